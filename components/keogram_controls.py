"""What chooses the wall: nights or days, imagers, order, page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby
from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from components.icons import icon
from components.ids import Keogramist as Ids
from components.keogram_state import PAGE_SIZES, WallState
from components.keogram_view import WallView
from components.keogram_wall import day_name, href
from core.imaging.wall_days import DataDays
from core.imaging.wall_model import WallPage
from core.instruments.model import DataSource
from core.instruments.programs import program_label

_MOST_DAYS = 8


def choosing_bar(view: WallView) -> Component:
    """Return the days and the imagers."""
    earlier, later = steps(view)
    return html.Div(
        [
            html.Div(
                [
                    _step(Ids.EARLIER, earlier, "chevron-left", "Earlier"),
                    dmc.DatePickerInput(
                        id=Ids.DATES,
                        type="range",
                        label=days_label(view.state),
                        value=[view.query.start.isoformat(), view.query.end.isoformat()],
                        valueFormat="YYYY-MM-DD",
                        allowSingleDateInRange=True,
                        className="kg-dates",
                        weekendDays=[],
                        getDayProps=day_marks(view.days),
                        size="sm",
                    ),
                    _step(Ids.LATER, later, "chevron-right", "Later"),
                ],
                className="kg-days",
            ),
            dmc.Menu(
                [
                    dmc.MenuTarget(dmc.Button("Go to", variant="default", size="sm")),
                    dmc.MenuDropdown(quick_items(view), id=Ids.QUICK, className="kg-quick"),
                ],
                position="bottom-start",
                width=240,
                shadow="md",
            ),
            html.Div(_sources(view), className="kg-sources"),
            dmc.Switch(
                id=Ids.IMAGES,
                label="Images only",
                checked=view.state.images,
                size="sm",
                className="kg-images-only",
            ),
        ],
        className="kg-choose",
    )


def days_label(state: WallState) -> str:
    """Return what the dates of the wall are."""
    return "Nights (date of the morning)" if state.by == "night" else "UT days"


def _sources(view: WallView) -> Component:
    return dmc.MultiSelect(
        id=Ids.SOURCES,
        label="Imagers",
        placeholder="All imagers",
        data=source_choices(view.sources),
        value=list(view.state.sources),
        searchable=True,
        clearable=True,
        hidePickedOptions=True,
        nothingFoundMessage="No imager of this name",
        maxDropdownHeight=320,
        size="sm",
        clearButtonProps={"aria-label": "Choose all imagers again"},
    )


def ordering_bar(view: WallView) -> Component:
    """Return how many rows there are, the pager, and how rows are ordered and drawn."""
    state = view.state
    return html.Div(
        [
            html.Div(
                summary(view.page),
                id=Ids.SUMMARY,
                className="kg-summary",
                role="status",
                **{"data-days": f"{view.query.start} {view.query.end}"},
            ),
            dmc.Pagination(
                id=Ids.PAGER,
                total=view.page.pages,
                value=view.page.page,
                size="sm",
                siblings=1,
                hideWithOnePage=True,
                **{"aria-label": "Pages of the wall"},
            ),
            html.Div(className="kg-spring"),
            _segments(Ids.BY, "Rows are", state.by, [("night", "Nights"), ("day", "UT days")]),
            _segments(Ids.GROUP, "Group by", state.group, [("date", "Date"), ("source", "Imager")]),
            _segments(
                Ids.ORDER,
                "Order",
                state.order,
                [("earliest", "Earliest"), ("latest", "Latest")],
            ),
            _segments(
                Ids.HEIGHT,
                "Row height",
                state.height,
                [("small", "S"), ("standard", "M"), ("tall", "L")],
            ),
            dmc.Select(
                id=Ids.SIZE,
                data=[{"value": str(n), "label": f"{n} rows"} for n in PAGE_SIZES],
                value=str(state.size),
                allowDeselect=False,
                size="xs",
                w=96,
                **{"aria-label": "Rows on a page"},
            ),
        ],
        className="kg-order",
    )


def source_choices(sources: Sequence[DataSource]) -> list[dict[str, Any]]:
    """Return the imagers grouped by program, each group led by the program as a whole."""
    choices = []
    for program, members in groupby(sources, key=lambda source: source.program):
        own = list(members)
        name = program_label(program)
        whole = {"value": program, "label": f"All {name} ({len(own)})"}
        items = [{"value": str(s.identifier), "label": s.display_name} for s in own]
        choices.append({"group": name, "items": [whole, *items]})
    return choices


def day_marks(days: DataDays) -> dict[str, Any]:
    """Return how the calendar marks the days that have data: for each month one bit a day."""
    months: dict[str, int] = {}
    for day in days.days:
        name = f"{day:%Y-%m}"
        months[name] = months.get(name, 0) | 1 << (day.day - 1)
    return {"function": "keogramDay", "options": {"months": months}}


def summary(page: WallPage) -> list[Component | str]:
    """Return `Showing 1 – 50 of 312` and of how many imagers."""
    if not page.total:
        return ["Nothing to show"]
    last = page.first + len(page.rows) - 1
    imagers = f"{page.sources_with_rows} imager{'' if page.sources_with_rows == 1 else 's'}"
    return [
        "Showing ",
        html.Strong(f"{page.first} – {last}"),
        " of ",
        html.Strong(f"{page.total}"),
        f" · {imagers}",
    ]


def quick_items(view: WallView) -> list[Component]:
    """Return the menu of days that have data."""
    state, days = view.state, view.days
    if not days.days:
        return [dmc.MenuLabel("No days with data")]
    last, first = days.days[-1], days.days[0]
    month = view.query.start.replace(day=1)
    noun = "Nights" if state.by == "night" else "UT days"
    items = [
        dmc.MenuLabel(f"{noun} with data"),
        _item(f"Last: {day_name(last)}", state, last, last),
        *_best(state, days),
        _item(f"First: {day_name(first)}", state, first, first),
        _item(f"All of {month:%B %Y}", state, month, _month_end(month)),
    ]
    if days.images:
        items.append(dmc.MenuLabel(f"{noun} with keograms"))
        items += [_item(day_name(d), state, d, d) for d in days.images[::-1][:_MOST_DAYS]]
        items += _more_images(state, days)
    items.append(dmc.MenuLabel("Months with data"))
    items += [_item(f"{m:%Y-%m}", state, m, _month_end(m)) for m in days.months()[::-1]]
    return items


def _best(state: WallState, days: DataDays) -> list[Component]:
    latest = days.latest
    if latest is None or latest == days.days[-1]:
        return []
    return [_item(f"Last of many imagers: {day_name(latest)}", state, latest, latest)]


def steps(view: WallView) -> tuple[str, str]:
    """Return the addresses of the days before and after, empty where there are none.

    From a single day it goes to the nearest days with data, from a longer span by its length.
    """
    state, start, end = view.state, view.query.start, view.query.end
    if start == end:
        return _one_day(state, view.days.before(start)), _one_day(state, view.days.after(end))
    move = end - start + timedelta(days=1)
    earlier, later = (state.with_days(start + way, end + way) for way in (-move, move))
    return href(earlier), href(later)


def _one_day(state: WallState, day: date | None) -> str:
    return href(state.with_days(day, day)) if day else ""


def notes(state: WallState) -> list[Component]:
    """Return what of the address could not be read."""
    if not state.notes:
        return []
    told = [html.Strong("This link was read in part."), *map(html.Div, state.notes)]
    body = [icon("triangle-alert"), html.Div(told)]
    return [html.Div(body, className="notice notice--warn", role="alert")]


def _more_images(state: WallState, days: DataDays) -> list[Component]:
    if len(days.images) <= _MOST_DAYS:
        return []
    every = replace(state.with_days(days.images[0], days.images[-1]), images=True)
    return [dmc.MenuItem(f"All {len(days.images)} of them", href=href(every))]


def _item(text: str, state: WallState, start: date, end: date) -> Component:
    return dmc.MenuItem(text, href=href(state.with_days(start, end)))


def _month_end(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _step(name: str, address: str, shape: str, label: str) -> Component:
    return html.A(
        icon(shape),
        id=name,
        href=address,
        className="kg-step",
        title=label,
        **{"aria-label": label},
    )


def _segments(name: str, label: str, value: str, choices: list[tuple[str, str]]) -> Component:
    return html.Div(
        dmc.SegmentedControl(
            id=name,
            data=[{"value": key, "label": text} for key, text in choices],
            value=value,
            size="xs",
        ),
        role="group",
        **{"aria-label": label},
        title=label,
    )
