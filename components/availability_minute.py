"""Who was operating at a minute: each program with its sources, and the ways to see more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from components.availability_days import last_moment
from components.availability_links import leads_to, minute_address
from components.availability_state import AvailabilityState, encode
from components.home_night import explorer_href
from components.icons import icon
from components.ids import Availability as Ids
from core.archive.availability import operating_at
from core.imaging.wall_days import is_imager
from core.instruments.model import DataSource
from core.instruments.programs import program_label
from core.observatory import Observatory

Found = tuple[DataSource, str]
_STEPS = (("−1 day", -1440), ("−1 h", -60), ("−1 min", -1), ("+1 min", 1), ("+1 h", 60),
          ("+1 day", 1440))  # fmt: skip
_NIGHT_HOUR = 6  # UTC; dark over North America for most of the year
KINDS = ("Imagers", "Other ground instruments", "Spacecraft", "Event lists")


@dataclass(frozen=True, slots=True)
class Minute:
    """Who had a record in a minute, and every source that the archive describes."""

    state: AvailabilityState
    time: datetime
    found: tuple[Found, ...]
    known: tuple[DataSource, ...]


def minute(observatory: Observatory, state: AvailabilityState) -> Minute:
    """Return who was operating at the minute of a state."""
    archive = observatory.archive
    time = minute_of(observatory, state)
    known = tuple(archive.catalogue.sources.list())
    return Minute(state, time, tuple(operating_at(archive, time)), known)


def minute_of(observatory: Observatory, state: AvailabilityState) -> datetime:
    """Return the minute that a state names or means."""
    return state.at or default_minute(last_moment(observatory.archive))


def default_minute(last: datetime | None) -> datetime:
    """Return a minute of the last day with data at which it is night over North America."""
    if last is None:
        return datetime(2019, 1, 1, _NIGHT_HOUR, tzinfo=UTC)
    chosen = last.replace(hour=_NIGHT_HOUR, minute=0, second=0, microsecond=0)
    return chosen if chosen <= last else last.replace(second=0, microsecond=0)


def kind_of(source: DataSource) -> str:
    """Return which of `KINDS` a source is."""
    if is_imager(source):
        return KINDS[0]
    if source.source_type == "event_list":
        return KINDS[3]
    return KINDS[1] if source.source_type in ("ground", "not_applicable") else KINDS[2]


def picker(time: datetime) -> Component:
    """Return the field of the minute."""
    return dmc.DateTimePicker(
        id=Ids.AT,
        label="Date and time (UTC)",
        value=f"{time:%Y-%m-%d %H:%M:%S}",
        valueFormat="YYYY-MM-DD HH:mm",
        size="sm",
        w=220,
        weekendDays=[],
        submitButtonProps={"aria-label": "Take this time"},
    )


def minute_panel(told: Minute) -> Component:
    """Return the steps, the counts and the lists."""
    by_kind = {kind: [f for f in told.found if kind_of(f[0]) == kind] for kind in KINDS}
    sections = [_kind(kind, found, told) for kind, found in by_kind.items() if found]
    return html.Div(
        [
            _steps(told),
            _summary(told, by_kind),
            *(sections or [_nobody(told)]),
        ],
        key=encode(told.state),
        className="av-minute",
    )


def _steps(told: Minute) -> Component:
    links = [
        dcc.Link(
            words,
            href=told.state.to(view="minute", at=told.time + timedelta(minutes=step)),
            className="av-link",
        )
        for words, step in _STEPS
    ]
    explorer = dcc.Link(
        [icon("globe"), "See this minute in the Explorer"],
        href=explorer_href(told.time),
        className="btn",
    )
    steps = html.Div(links, className="av-links", role="group", **{"aria-label": "Step in time"})
    return html.Div([steps, explorer], className="av-minute__steps")


def _summary(told: Minute, by_kind: dict[str, list[Found]]) -> Component:
    counts = []
    for kind, found in by_kind.items():
        of = sum(1 for source in told.known if kind_of(source) == kind)
        if of:
            counts.append(
                html.Div([html.Dt(kind), html.Dd([f"{len(found)}", html.Small(f" of {of}")])])
            )
    return html.Div(
        [
            html.P(
                [
                    html.Strong(f"{len(told.found)} of {len(told.known)}"),
                    f" sources have a record at {told.time:%Y-%m-%d %H:%M} UTC",
                    _provenance(told.found),
                ],
                role="status",
            ),
            html.Dl(counts, className="av-minute__counts panel"),
        ]
    )


def _provenance(found: Sequence[Found]) -> str:
    simulated = sum(1 for _, provenance in found if provenance == "simulated")
    if not found:
        return "."
    if simulated in (0, len(found)):
        return ", all SIMULATED." if simulated else ", all observed."
    return f", {simulated} of them SIMULATED."


def _kind(kind: str, found: Sequence[Found], told: Minute) -> Component:
    ordered = sorted(found, key=lambda f: (program_label(f[0].program).lower(), f[0].display_name))
    programs = [
        _program(program, list(own), told)
        for program, own in groupby(ordered, key=lambda item: item[0].program)
    ]
    return html.Section(
        [html.H2(kind), html.Div(programs, className="av-programs")], className="av-kind"
    )


def _program(program: str, found: Sequence[Found], told: Minute) -> Component:
    kind = kind_of(found[0][0])
    of = sum(1 for s in told.known if s.program == program and kind_of(s) == kind)
    return html.Article(
        [
            html.H3([program_label(program), " ", html.Small(f"{len(found)} of {of}")]),
            html.Ul([_source(source, provenance, told.time) for source, provenance in found]),
        ],
        className="av-program-card panel",
    )


def _source(source: DataSource, provenance: str, time: datetime) -> Component:
    words = f"Open in {leads_to(source)}; {provenance}"
    mark = [] if provenance == "simulated" else [html.B("observed", className="av-observed")]
    link = html.A(
        [source.display_name, *mark],
        href=minute_address(source, time),
        title=words,
        className="av-chip",
    )
    return html.Li(link)


def _nobody(told: Minute) -> Component:
    return html.Div(
        [
            html.H2("Nobody"),
            html.P("No source of this archive has a record in this minute."),
            html.P(
                dcc.Link(
                    f"See which days of {told.time:%Y} have data",
                    href=told.state.to(view="days", year=told.time.year, month=None),
                )
            ),
        ],
        className="av-nothing panel",
    )
