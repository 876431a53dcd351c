"""The front page: what this is, what is in the archive, and the ways in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dash import dcc, html

from components.conjunction_dialogs import notice
from components.icons import icon
from core.archive.statistics import SourceStatistics
from core.instruments.model import DataSource
from core.instruments.programs import program_label


@dataclass(frozen=True, slots=True)
class Holding:
    """What the archive holds of one program."""

    program: str
    sources: int
    records: int
    products: int
    first: datetime | None
    last: datetime | None


def holdings(
    sources: Sequence[DataSource], counts: Mapping[int, SourceStatistics]
) -> list[Holding]:
    """Return what there is of each program that has records; most records first.

    `counts` maps a source's identifier to its statistics.
    """
    programs: dict[str, list[SourceStatistics]] = {}
    for source in sources:
        count = counts[source.identifier]
        if count.ephemeris.count or count.products.count:
            programs.setdefault(source.program, []).append(count)
    found = [_holding(program, members) for program, members in programs.items()]
    return sorted(found, key=lambda h: -h.records)


def _holding(program: str, members: list[SourceStatistics]) -> Holding:
    extents = [extent for m in members for extent in (m.ephemeris, m.products)]
    return Holding(
        program,
        len(members),
        sum(m.ephemeris.count for m in members),
        sum(m.products.count for m in members),
        min((e.earliest for e in extents if e.earliest), default=None),
        max((e.latest for e in extents if e.latest), default=None),
    )


def home(
    sources: Sequence[DataSource], held: Sequence[Holding], simulated: bool, base_url: str
) -> html.Div:
    """Return the page."""
    return html.Div(
        [
            _lead(),
            *([_simulated()] if simulated else []),
            _ways(),
            _archive(sources, held),
            _program(base_url),
        ],
        className="home",
    )


def _lead() -> html.Div:
    return html.Div(
        [
            html.H1("Aurora Atlas"),
            html.P(
                "A virtual observatory for auroral data. Find when cameras on the ground and "
                "spacecraft above looked at the same aurora, and look at the nights themselves. "
                "It runs on this machine, with its own archive, and asks nobody else for anything."
            ),
        ],
        className="home__lead",
    )


def _simulated() -> html.Div:
    return notice(
        "warn",
        "This archive holds simulated records.",
        "Sites, spacecraft and lifetimes are real; the records are computed to be physically "
        "plausible and were not observed. Every page and export says so. Observed files that "
        "you ingest stand beside them and are marked as such.",
        "flask-conical",
    )


def _ways() -> html.Div:
    return html.Div(
        [
            _way(
                "/conjunctions",
                "satellite",
                "Conjunctions",
                "Criteria for ground stations, spacecraft, event lists and places of your own; "
                "distances pair by pair; conditions on metadata. Seven examples to start from.",
                "Find conjunctions",
            ),
            _way(
                "/keogramist",
                "table",
                "Keogramist",
                "A wall of daily keograms on one UTC axis. Open one to see its records, its "
                "metadata and whom to acknowledge.",
                "Browse keograms",
            ),
        ],
        className="ways",
    )


def _way(path: str, symbol: str, name: str, text: str, go: str) -> dcc.Link:
    return dcc.Link(
        [
            html.H2([icon(symbol), name]),
            html.P(text),
            html.Div([go, " ", icon("arrow-right")], className="way__go"),
        ],
        href=path,
        className="way panel",
    )


def _archive(sources: Sequence[DataSource], held: Sequence[Holding]) -> html.Section:
    counts = (
        ("Data sources with data", sum(h.sources for h in held)),
        ("Data sources described", len(sources)),
        ("Ephemeris records", sum(h.records for h in held)),
        ("Data products", sum(h.products for h in held)),
    )
    figures = html.Dl(
        [html.Div([html.Dt(name), html.Dd(f"{number:,}")]) for name, number in counts],
        className="panel counts",
    )
    return html.Section(
        [html.H2("In this archive"), figures, _table(held)], className="section holdings"
    )


def _table(held: Sequence[Holding]) -> Any:
    if not held:
        return notice("plain", "There are no records yet.", "Ingest files to begin.", "info")
    names = ("Program", "Sources", "Records", "Products", "First", "Last")
    head = html.Tr(
        [html.Th(n, className="right" if 0 < i < 4 else "") for i, n in enumerate(names)]
    )
    return html.Table(
        [html.Thead(head), html.Tbody([_row(h) for h in held])], className="plain holdings__table"
    )


def _row(held: Holding) -> html.Tr:
    def day(time: datetime | None) -> str:
        return f"{time:%Y-%m-%d}" if time else "–"

    return html.Tr(
        [
            html.Td(program_label(held.program)),
            html.Td(f"{held.sources:,}", className="right"),
            html.Td(f"{held.records:,}", className="right"),
            html.Td(f"{held.products:,}", className="right"),
            html.Td(day(held.first), className="num"),
            html.Td(day(held.last), className="num"),
        ]
    )


def _program(base_url: str) -> html.Section:
    code = (
        "import pyaurorax\n\n"
        f'aurorax = pyaurorax.PyAuroraX(api_base_url="{base_url.rstrip("/")}")\n'
        "sources = aurorax.search.sources.list()\n"
    )
    return html.Section(
        [
            html.H2("From a program"),
            html.P(
                "The API is the one that AuroraX has, so PyAuroraX and IDL-AuroraX work here "
                "unchanged. Point them at this server:"
            ),
            html.Pre(code, className="code"),
        ],
        className="section",
    )
