"""The keogram wall: one row for each imager and night (or UT day), all on one axis of time.

A row is a plain link to itself opened, so that it works by mouse, keyboard, and in a new tab. The
minutes of operation are one CSS gradient a row: a wall of a thousand bands is a few kilobytes.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import groupby

from dash import html
from dash.development.base_component import Component

from components.keogram_state import WallState, encode, open_key
from components.keogram_strip import mark_of, percent, provenance_mark, strip
from components.keogram_view import WallView
from core.imaging.colour import DEFAULT_COLOUR_MAP
from core.imaging.wall_days import DataDays
from core.imaging.wall_model import MINUTES_PER_DAY, WallAxis, WallRow

PATH = "/keogramist"
# Height in CSS pixels of the rows that have an image; the others are thin, they show less.
IMAGE_HEIGHTS = {"small": 44, "standard": 72, "tall": 132}

_KEY = (
    "Bands are the minutes that have a record, hatched where it is simulated. Images run from "
    "south (below) to north, those of one colour coloured from the 1st to the 99th percentile of "
    f"the sky in each ({DEFAULT_COLOUR_MAP}); open one to change that."
)


def href(state: WallState) -> str:
    """Return the address of a state of the page."""
    return f"{PATH}?{encode(state)}"


def wall(view: WallView) -> Component:
    """Return the axis and the rows of one page, or what to do when it is empty."""
    page, state = view.page, view.state
    if not page.rows:
        return empty_wall(view)
    axis = page.axis
    groups = groupby(page.rows, key=lambda row: _group_key(row, state.group))
    body = [_group(key, list(rows), state, axis) for key, rows in groups]
    return html.Div(
        [_axis(axis), *body, *_lines(axis), html.P(_KEY, className="kg-key")],
        className=f"kg-wall kg-{state.height}",
        style={
            "--kg-image-height": f"{IMAGE_HEIGHTS[state.height]}px",
            "--kg-hours": str(len(axis.hours) - 1),
        },
        **{"data-start": str(axis.start_min), "data-end": str(axis.end_min)},
    )


def empty_wall(view: WallView) -> Component:
    """Say that nothing is there, and where the nearest days with data are."""
    state, start, end, days = view.state, view.query.start, view.query.end, view.days
    what = "No keogram image" if state.images else "No imager data"
    span = f"{start}" if start == end else f"{start} to {end}"
    known = DataDays(days.images) if state.images else days
    nearest = [("Before", known.before(start)), ("After", known.after(end))]
    links = [_day_link(label, day, state) for label, day in nearest if day]
    hint = "The nearest days that have some:" if links else "The archive has none of any day."
    if state.images:
        links.append(
            html.A("Show rows without an image", href=href(replace(state, images=False, page=1)))
        )
    return html.Div(
        [
            html.H2(f"{what} {_of(state)} {span}", className="kg-empty-title"),
            html.P(hint, className="kg-quiet"),
            html.Div(links, className="kg-empty-links"),
        ],
        className="kg-empty",
    )


def day_name(day: date) -> str:
    """Return a day as 2019-01-01 with its weekday."""
    return f"{day.isoformat()} {day:%a}"


def _of(state: WallState) -> str:
    return "in the night of" if state.by == "night" else "on UT day"


def _lines(axis: WallAxis) -> list[Component]:
    """Return the cursor, and the line at which the date changes."""
    lines = [html.Div(className="kg-cursor", **{"aria-hidden": "true"})]
    if axis.start_min < 0 < axis.end_min:
        share = f"{axis.share(0):.5f}"
        hidden = {"aria-hidden": "true"}
        lines.append(html.Div(className="kg-midnight", style={"--kg-at": share}, **hidden))
    return lines


def _axis(axis: WallAxis) -> Component:
    by_day = axis.end_min - axis.start_min == MINUTES_PER_DAY and axis.start_min == 0
    hours = [
        html.Span(
            f"{hour if by_day else hour % 24:02d}",
            style={"left": percent(axis, hour * 60)},
            className="kg-hour",
        )
        for hour in axis.hours
    ]
    tag = html.Span(className="kg-cursor-tag", **{"aria-hidden": "true"})
    return html.Div(
        [html.Div("UTC", className="kg-axis-name"), html.Div([*hours, tag], className="kg-hours")],
        className="kg-axis",
        role="presentation",
    )


def _group_key(row: WallRow, group: str) -> tuple[str, str]:
    if group == "source":
        return row.source.display_name, place(row.source.platform)
    return row.day.isoformat(), f"{row.day:%A}"


def _group(
    key: tuple[str, str], rows: list[WallRow], state: WallState, axis: WallAxis
) -> Component:
    noun = state.by if state.group == "source" else "imager"
    count = f"{len(rows)} {noun}{'' if len(rows) == 1 else 's'} on this page"
    head = html.H2(
        [html.Span(key[0]), html.Small(key[1]), html.Small(count, className="kg-count")],
        className="kg-group-head",
    )
    return html.Section([head, *(_row(row, state, axis) for row in rows)], className="kg-group")


def _row(row: WallRow, state: WallState, axis: WallAxis) -> Component:
    key = open_key(row.source.identifier, row.day)
    day, name = day_name(row.day), row.source.display_name
    # A thin row has room for one of both; the other one is the heading that stays in view.
    first, second = (day, name) if state.group == "source" else (name, day)
    return html.A(
        [
            html.Span(
                [
                    html.Span(first, className="kg-name"),
                    html.Span(
                        [
                            html.Span(second, className="kg-second"),
                            provenance_mark(mark_of(row)),
                        ],
                        className="kg-sub",
                    ),
                ],
                className="kg-label",
            ),
            strip(row, axis),
        ],
        href=href(state.with_open((row.source.identifier, row.day))),
        className=f"kg-row kg-row-{mark_of(row)}" + (" kg-row-image" if row.image else ""),
        **{"data-key": key, "aria-label": _spoken(row)},
    )


def _spoken(row: WallRow) -> str:
    image = "with keogram" if row.image else "no image yet"
    image = "keogram at its provider" if row.products and not row.image else image
    mark = mark_of(row)
    return ", ".join(
        part
        for part in (
            row.source.display_name,
            f"night of {row.day.isoformat()}"
            if row.by == "night"
            else f"{row.day.isoformat()} UTC",
            f"{row.minutes} minutes of operation",
            image,
            mark,
        )
        if part
    )


def _day_link(label: str, day: date, state: WallState) -> Component:
    return html.A(f"{label}: {day_name(day)}", href=href(state.with_days(day, day)))


def place(platform: str) -> str:
    """Return a platform as a place's name is written."""
    return platform.title()
