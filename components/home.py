"""The front page: what this is, the latest night, the ways in, and what is in the archive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dash import dcc, html

from components.conjunction_dialogs import notice
from components.icons import icon
from components.ids import Home as Ids
from components.shell_truth import Truth
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
    sources: Sequence[DataSource], held: Sequence[Holding], truth: Truth, base_url: str
) -> html.Div:
    """Return the page."""
    return html.Div(
        [
            html.Div([_lead(held, truth), _night()], className="home__top"),
            _ways(),
            _archive(sources, held),
            _program(base_url),
        ],
        className="home",
    )


def _lead(held: Sequence[Holding], truth: Truth) -> html.Div:
    return html.Div(
        [
            html.H1("Aurora Atlas"),
            html.P(
                "A virtual observatory for auroral data: nights of all-sky cameras, spacecraft "
                "that pass above them, and the minutes in which both saw the same aurora.",
                className="home__say",
            ),
            _figures(held),
            _truth(truth),
        ],
        className="home__lead",
    )


def _figures(held: Sequence[Holding]) -> html.Dl:
    first = min((h.first for h in held if h.first), default=None)
    last = max((h.last for h in held if h.last), default=None)
    years = f"{first:%Y} – {last:%Y}" if first and last else "–"
    facts = (
        ("records, one a minute", f"{sum(h.records for h in held):,}"),
        ("sources with data", f"{sum(h.sources for h in held):,}"),
        ("programs", f"{len(held):,}"),
        ("first and last year", years),
    )
    return html.Dl(
        [html.Div([html.Dt(name), html.Dd(number)]) for name, number in facts],
        className="home__figures",
    )


def _truth(truth: Truth) -> html.P:
    """Say whether these are observations, where the first look falls."""
    more = {
        "simulated": "Sites, spacecraft and lifetimes are real; what they record is computed to "
        "be physically plausible. Files that you ingest stand beside it, marked as observed.",
        "both": "Observed data replace simulated ones source by source.",
        "observed": "",
        "empty": "Ingest files to begin.",
    }[truth.kind]
    symbol = "flask-conical" if truth.simulated else "info"
    return html.P(
        [icon(symbol), html.Span([html.B(truth.sentence), f" {more}"])],
        className=f"home__truth home__truth--{truth.kind}",
    )


def _night() -> html.Div:
    """Return the place of the latest night; a callback fills it, so that nothing waits for it."""
    return html.Section(
        html.Div(
            [html.Div(className="wait"), "Looking for the latest night"], className="night__wait"
        ),
        id=Ids.NIGHT,
        className="panel night",
        **{"aria-label": "The latest night", "aria-live": "polite"},
    )


def _ways() -> html.Nav:
    return html.Nav(
        [
            _way(
                "/conjunctions",
                "satellite",
                "Conjunctions",
                "When did spacecraft pass over cameras that were working? Distances pair by "
                "pair, conditions on what was seen, seven examples to start from.",
                "Find conjunctions",
            ),
            _way(
                "/keogramist",
                "table",
                "Keogramist",
                "Nights of keograms on one axis of time. Open one for its frames, its map, its "
                "values and a movie.",
                "Browse keograms",
            ),
            _way(
                "/explorer",
                "globe",
                "Explorer",
                "One minute of everything on a globe and on maps: images, fields of view, "
                "spacecraft and footprints. Play the night.",
                "Explore a minute",
            ),
            _way(
                "/availability",
                "calendar-days",
                "Availability",
                "Which source has data on which day, and who was operating at a given minute.",
                "See what there is",
            ),
        ],
        className="ways",
        **{"aria-label": "Ways in"},
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
    having = sum(h.sources for h in held)
    summary = (
        f"{having:,} of {len(sources):,} described sources have data: "
        f"{sum(h.records for h in held):,} ephemeris records and "
        f"{sum(h.products for h in held):,} data products."
    )
    return html.Section(
        [html.H2("In this archive"), html.P(summary), _table(held)], className="section holdings"
    )


def _table(held: Sequence[Holding]) -> Any:
    if not held:
        return notice("plain", "There are no records yet.", "Ingest files to begin.", "info")
    names = ("Program", "Sources", "Records", "Products", "First", "Last")
    head = html.Tr(
        [
            html.Th(n, scope="col", className="right" if 0 < i < 4 else "")
            for i, n in enumerate(names)
        ]
    )
    table = html.Table(
        [html.Thead(head), html.Tbody([_row(h) for h in held])], className="plain holdings__table"
    )
    return html.Div(
        table,
        className="scrolled",
        tabIndex=0,
        role="region",
        **{"aria-label": "Programs in this archive"},
    )


def _row(held: Holding) -> html.Tr:
    def day(time: datetime | None) -> str:
        return f"{time:%Y-%m-%d}" if time else "–"

    year = f"year={held.last:%Y}&" if held.last else ""
    name = dcc.Link(
        program_label(held.program),
        href=f"/availability?v=1&{year}sources={held.program}",
        title="Its days with data",
    )
    return html.Tr(
        [
            html.Th(name, scope="row"),
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
            html.Pre(code, className="code", tabIndex=0),
        ],
        className="section",
    )
