"""The chart of sources by day: one row a source, drawn by the browser from packed counts.

`assets/modules/front/availability.js` draws the days and makes the day under pointer or keyboard a
link; the row itself says in words how many days it has.
"""

from __future__ import annotations

import calendar
from datetime import timedelta

import numpy as np
from dash import dcc, html
from dash.development.base_component import Component

from components.availability_days import Days, Group, Row, packed
from components.availability_links import day_address, leads_to
from components.availability_state import AvailabilityState, encode
from components.keogram_state import WallState
from components.keogram_state import encode as encode_wall
from core.instruments.programs import program_label

# Least count of each colour, and what a reader is told of it.
LEVELS = {
    "ephemeris": (
        (1, "under 6 h"),
        (360, "6 to 12 h"),
        (720, "12 to 18 h"),
        (1080, "18 to 24 h"),
        (1440, "the whole day"),
    ),
    "products": ((1, "1"), (2, "2"), (3, "3 to 5"), (6, "6 to 10"), (11, "more")),
}
NOUNS = {"ephemeris": ("record", "records"), "products": ("product", "products")}


def board(chart: Days) -> Component:
    """Return summary, legend and chart, or what to do where there is nothing to show."""
    state = chart.state
    return html.Div(
        [_caption(chart), _table(chart) if chart.groups else _nothing(chart)],
        key=f"{encode(state)} {chart.first}",
        className="av-board",
        **_facts(chart),
    )


def _facts(chart: Days) -> dict[str, str]:
    """Return what the browser needs besides the rows."""
    if not chart.groups:
        return {}
    return {
        "data-mount": "availability",
        "data-first": chart.first.isoformat(),
        "data-days": str(chart.count),
        "data-levels": ",".join(str(low) for low, _ in LEVELS[chart.state.kind]),
        "data-nouns": ",".join(NOUNS[chart.state.kind]),
        "data-counts": packed(chart.rows),
    }


def span_name(state: AvailabilityState, chart: Days) -> str:
    """Return the year, or the month with its year."""
    year = chart.first.year
    return f"{calendar.month_name[state.month]} {year}" if state.month else str(year)


def _caption(chart: Days) -> Component:
    state = chart.state
    noun = NOUNS[state.kind][1]
    hidden = chart.sources - chart.with_data
    told = [
        html.Strong(f"{chart.with_data} of {chart.sources}"),
        f" sources have {noun} in {span_name(state, chart)}.",
    ]
    if hidden:
        word = "Hide" if state.empty else "Show"
        told += [
            " ",
            dcc.Link(f"{word} the {hidden} without", href=state.to(empty=not state.empty)),
        ]
    return html.Div(
        [html.P(told, role="status"), _legend(state)],
        className="av-caption",
    )


def _legend(state: AvailabilityState) -> Component:
    title = {
        "ephemeris": "Time with records, one a minute",
        "products": "Products that begin on the day",
    }[state.kind]
    levels = [(0, "none"), *LEVELS[state.kind]]
    items = [
        html.Li([html.I(className=f"av-key av-key--{n}"), words])
        for n, (_, words) in enumerate(levels)
    ]
    return html.Div([html.Span(title), html.Ul(items)], className="av-legend")


def _nothing(chart: Days) -> Component:
    years = [year for year in chart.years if year != chart.first.year]
    nearest = sorted(years, key=lambda year: abs(year - chart.first.year))[:4]
    links = [
        dcc.Link(str(year), href=chart.state.to(year=year, month=None), className="btn btn--small")
        for year in sorted(nearest)
    ]
    more = "Other years have data:" if links else "The archive has none in any year."
    if chart.state.sources and not chart.sources:
        more, links = "No source of this archive has the names in the address.", []
    return html.Div(
        [
            html.H2(f"Nothing in {span_name(chart.state, chart)}"),
            html.P(more),
            html.Div(links, className="av-nothing__links"),
        ],
        className="av-nothing panel",
    )


def _table(chart: Days) -> Component:
    noun = NOUNS[chart.state.kind][1]
    head = html.Tr(
        [
            html.Th("Source", scope="col", className="av-name"),
            html.Th(_axis(chart), scope="col", className="av-days"),
            html.Th("Days", scope="col", className="av-count"),
        ],
        role="row",
    )
    bodies = [_body(group, chart) for group in chart.groups]
    table = html.Table(
        [html.Thead(head, role="rowgroup"), *bodies],
        className="av-table",
        role="grid",
        **{"aria-label": f"{noun.capitalize()} by source and day, {span_name(chart.state, chart)}"},
    )
    dense = " av-scroll--month" if chart.state.month else ""
    return html.Div(table, className=f"av-scroll panel{dense}")


def _axis(chart: Days) -> Component:
    cells = _day_cells(chart) if chart.state.month else _month_cells(chart)
    return html.Div([html.Span("Days", className="sr-only"), *cells], className="av-axis")


def _month_cells(chart: Days) -> list[Component]:
    year = chart.first.year
    cells = []
    for month in range(1, 13):
        length = calendar.monthrange(year, month)[1]
        link = dcc.Link(
            calendar.month_abbr[month],
            href=chart.state.to(year=year, month=month),
            title=f"{calendar.month_name[month]} {year}",
        )
        cells.append(html.Span(link, className="av-month", style={"flexGrow": length}))
    return cells


def _day_cells(chart: Days) -> list[Component]:
    cells = []
    for number in range(chart.count):
        day = chart.first + timedelta(days=number)
        wall = WallState(by="day", start=day, end=day)
        link = dcc.Link(
            str(day.day),
            href=f"/keogramist?{encode_wall(wall)}",
            title=f"{day:%Y-%m-%d %a}: keograms of this UT day",
        )
        weekend = " av-month--week" if day.weekday() == 0 else ""
        cells.append(html.Span(link, className=f"av-month{weekend}", style={"flexGrow": 1}))
    return cells


def _body(group: Group, chart: Days) -> Component:
    with_data = sum(1 for row in group.rows if row.days)
    head = html.Tr(
        html.Th(
            [program_label(group.program), " ", html.Small(f"{with_data} of {group.of} with data")],
            colSpan=3,
            scope="rowgroup",
        ),
        className="av-program",
        role="row",
    )
    rows = [_row(row, chart) for row in group.rows]
    return html.Tbody([head, *rows], role="rowgroup")


def _row(row: Row, chart: Days) -> Component:
    facts = {"data-href": day_address(row.source), "data-to": leads_to(row.source)}
    return html.Tr(
        [
            html.Th(row.source.display_name, scope="row", className="av-name"),
            html.Td(
                html.Span(_spoken(row, chart), className="sr-only"),
                className="av-strip",
                role="gridcell",
            ),
            html.Td(str(row.days or "–"), className="av-count", role="gridcell"),
        ],
        className="av-row",
        role="row",
        **facts,
    )


def _spoken(row: Row, chart: Days) -> str:
    """Say in words what a row shows."""
    noun = NOUNS[chart.state.kind][1]
    having = np.flatnonzero(row.counts)
    if not having.size:
        return f"no {noun}"
    first, last = (chart.first + timedelta(days=int(having[edge])) for edge in (0, -1))
    low, high = int(row.counts[having].min()), int(row.counts.max())
    amount = f"{high:,}" if low == high else f"{low:,} to {high:,}"
    return f"{having.size} days from {first} to {last}, {amount} {noun} a day"
