"""The Availability page's parts: what chooses, and the two views."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from components.availability_days import Days
from components.availability_state import AvailabilityState
from components.icons import icon
from components.ids import Availability as Ids
from core.instruments.model import DataSource
from core.instruments.programs import program_label

_YEARS_SHOWN = 24


def view_switch(state: AvailabilityState) -> Component:
    """Return the two views as links."""
    return html.Nav(
        [
            _tab("Days of a year or month", state.to(view="days"), state.view == "days"),
            _tab("At one minute", state.to(view="minute"), state.view == "minute"),
        ],
        className="av-views",
        **{"aria-label": "Views of this page"},
    )


def sources_choice(sources: Sequence[DataSource], state: AvailabilityState) -> Component:
    """Return the field that restricts the chart to programs or sources."""
    return dmc.MultiSelect(
        id=Ids.SOURCES,
        label="Programs and sources",
        placeholder="All" if not state.sources else "",
        data=source_options(sources),
        value=list(state.sources),
        searchable=True,
        clearable=True,
        hidePickedOptions=True,
        nothingFoundMessage="Nothing of this name",
        maxDropdownHeight=320,
        size="sm",
        clearButtonProps={"aria-label": "Choose all sources again"},
    )


def source_options(sources: Sequence[DataSource]) -> list[dict[str, Any]]:
    """Return the sources grouped by program, each group led by the program as a whole."""
    ordered = sorted(sources, key=lambda s: (program_label(s.program).lower(), s.display_name))
    choices = []
    for program, members in groupby(ordered, key=lambda source: source.program):
        own = list(members)
        whole = {"value": program, "label": f"All {program_label(program)} ({len(own)})"}
        items = [{"value": str(s.identifier), "label": s.display_name} for s in own]
        choices.append({"group": program_label(program), "items": [whole, *items]})
    return choices


def navigation(chart: Days) -> list[Component]:
    """Return what, year and month as links, each with the rest of the address as it is."""
    state, year = chart.state, chart.first.year
    kinds = [
        _tab(name, state.to(kind=kind), state.kind == kind)
        for kind, name in (("ephemeris", "Ephemeris records"), ("products", "Data products"))
    ]
    return [
        html.Div(kinds, className="av-links", role="group", **{"aria-label": "What is counted"}),
        html.Div(
            [
                _step(year - 1, state, "chevron-left", "The year before"),
                *(_year(value, year, state, chart.years) for value in _years(chart, year)),
                _step(year + 1, state, "chevron-right", "The year after"),
            ],
            className="av-links",
            role="group",
            **{"aria-label": "Year"},
        ),
        html.Div(_months(chart), className="av-links", role="group", **{"aria-label": "Month"}),
    ]


def _years(chart: Days, year: int) -> list[int]:
    """Return the years to offer: those with data and the one shown, the nearest where many."""
    known = sorted({*chart.years, year})
    nearest = sorted(known, key=lambda value: abs(value - year))[:_YEARS_SHOWN]
    return sorted(nearest)


def _year(value: int, shown: int, state: AvailabilityState, known: Sequence[int]) -> Component:
    nothing = "" if value in known else " av-link--none"
    return _tab(str(value), state.to(year=value), value == shown, nothing)


def _step(year: int, state: AvailabilityState, symbol: str, label: str) -> Component:
    return dcc.Link(
        [icon(symbol), html.Span(f"{label}, {year}", className="sr-only")],
        href=state.to(year=year),
        className="av-link av-link--step",
        title=f"{year}",
    )


def _months(chart: Days) -> list[Component]:
    state, year = chart.state, chart.first.year
    links = [_tab("Whole year", state.to(year=year, month=None), state.month is None)]
    for month, count in enumerate(chart.months, start=1):
        words = f"{count} days with data" if count else "no data"
        links.append(
            _tab(
                calendar.month_abbr[month],
                state.to(year=year, month=month),
                state.month == month,
                "" if count else " av-link--none",
                f"{calendar.month_name[month]} {year}: {words}",
            )
        )
    return links


def _tab(text: str, target: str, here: bool, more: str = "", title: str = "") -> Component:
    current = {"aria-current": "true"} if here else {}
    words = [text, html.Span(f" ({title})", className="sr-only")] if title else text
    return (
        dcc.Link(words, href=target, className=f"av-link{more}", title=title or None, **current)
        if not here
        else html.A(words, href=target, className=f"av-link{more}", **current)
    )


def notes(state: AvailabilityState) -> list[Component]:
    """Return what of the address could not be read."""
    return [
        html.Div([icon("info"), html.Div(note)], className="notice", role="status")
        for note in state.notes
    ]
