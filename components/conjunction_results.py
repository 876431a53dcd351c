"""What the finder shows below its form: a start, a wait, rows, nothing, or what went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_ag_grid as dag
import dash_mantine_components as dmc
from dash import dcc, html

from components.conjunction_dialogs import notice
from components.icons import icon
from components.ids import Conjunctions as Ids
from core.search.examples import EXAMPLES

ONE_DECIMAL = {"function": "params.value == null ? '' : d3.format(',.1f')(params.value)"}
_ROW_PX, _HEAD_PX = 34, 40
_TEXT_FILTER = {"filterOptions": ["contains"], "maxNumConditions": 1, "buttons": ["clear"]}
_NUMBER_FILTER = {
    "filterOptions": [
        "lessThanOrEqual",
        "greaterThanOrEqual",
        "inRange",
        "equals",
    ],
    "maxNumConditions": 1,
    "inRangeInclusive": True,
    "buttons": ["clear"],
}

# One asks for conjunctions that are near, but for those that last.
_AT_LEAST_FILTER = _NUMBER_FILTER | {
    "filterOptions": ["greaterThanOrEqual", "lessThanOrEqual", "inRange", "equals"]
}


def empty() -> html.Div:
    """Return what stands here before the first search: the examples, ready to load."""
    items = [
        html.Li(
            html.Button(
                [
                    html.Span(str(e.number), className="ex__n"),
                    html.Span(
                        [html.Strong(e.title), html.Span(e.description)], className="ex__text"
                    ),
                    icon("arrow-right"),
                ],
                id=Ids.example(e.number, "list"),
                type="button",
                className="ex",
            )
        )
        for e in EXAMPLES
    ]
    return html.Div(
        [
            html.Div(
                [
                    html.H2("Start from an example"),
                    html.P(
                        "Each fills the form above. Change what you like, then search.",
                        className="dim",
                    ),
                ],
                className="results__head results__head--stack",
            ),
            html.Ul(items, className="exs"),
        ],
        className="results results--empty",
    )


def failed(title: str, hint: str = "") -> html.Div:
    """Return what stands here when a search could not be run."""
    return html.Div(
        [html.H2("Search", className="sr-only"), notice("bad", title, hint)], className="results"
    )


def gone() -> html.Div:
    """Return what stands here when a link's results are no longer kept."""
    return html.Div(
        [
            html.H2("Search", className="sr-only"),
            notice(
                "warn",
                "The results of this link are no longer kept.",
                "The form above holds its criteria: search again.",
                "clock",
            ),
        ],
        className="results",
    )


def waiting(request: str, fraction: float, message: str) -> html.Div:
    """Return what stands here while the worker searches; it polls, and only then."""
    return html.Div(
        [
            dcc.Interval(id=Ids.running("poll", request), interval=700),
            html.Div(progress(fraction, message), id=Ids.running("progress", request)),
            html.Button(
                [icon("x"), "Cancel search"],
                id=Ids.running("cancel", request),
                type="button",
                className="btn btn--small",
            ),
        ],
        className="results panel waiting",
    )


def progress(fraction: float, message: str) -> list[Any]:
    """Return the line and bar of a running search."""
    percent = round(100 * min(max(fraction, 0.0), 1.0))
    return [
        html.H2("Searching"),
        html.P(message or "Waiting for the worker.", className="dim", role="status"),
        dmc.ProgressRoot(
            dmc.ProgressSection(
                value=max(percent, 2), **{"aria-label": f"{percent} per cent of the search is done"}
            ),
            size="sm",
        ),
    ]


def nothing(duration_s: float | None, without: Sequence[str] = ()) -> html.Div:
    """Return what stands here when a search found no row.

    `without` names the criteria blocks whose sources have no record in the whole window.
    """
    if without:
        blocks = " or ".join(without)
        return _nothing(
            duration_s,
            notice(
                "warn",
                f"The archive holds no records of {blocks} in this window.",
                "Choose other days or sources: the front page lists first and last day by program.",
            ),
        )
    advice = [
        html.P("No minute met all criteria at once. What often helps:"),
        html.Ul(
            [
                html.Li("a larger distance, or an empty field for pairs that do not matter;"),
                html.Li("a longer window: imagers observe only on dark nights;"),
                html.Li("fewer metadata filters, or none, to see whether there are records."),
            ]
        ),
    ]
    return _nothing(duration_s, html.Div(advice, className="panel nothing"))


def _nothing(duration_s: float | None, why: Any) -> html.Div:
    return html.Div(
        [
            html.Div(html.H2(found_line(0, duration_s)), className="results__head"),
            why,
        ],
        className="results",
    )


def found_line(count: int, duration_s: float | None) -> str:
    """Return the status line: Found 8 conjunctions in 0.41 s."""
    noun = "conjunction" if count == 1 else "conjunctions"
    took = "" if duration_s is None else f" in {duration_s:.2f} s"
    return f"Found {count:,} {noun}{took}" if count else f"Found no conjunctions{took}"


def found(
    request: str,
    count: int,
    duration_s: float | None,
    frame: str,
    figure: Any | None,
    *,
    seconds: bool = False,
) -> html.Div:
    """Return the results: status line, ways out, figure and table.

    `seconds` says that times are finer than a minute.
    """
    compared = "geocentric latitudes" if frame == "geocentric" else "latitudes as delivered"
    head = html.Div(
        [
            html.Div(
                [
                    html.H2(found_line(count, duration_s), role="status"),
                    html.Span(f"{compared}, sphere of 6371.2 km", className="faint small"),
                    html.Strong(id=Ids.matched(request), className="matched", role="status"),
                ],
                className="results__line",
            ),
            _ways_out(request),
        ],
        className="results__head",
    )
    parts: list[Any] = [head]
    if figure is not None:
        parts.append(_graph(request, figure))
    parts.append(table(request, count, seconds=seconds))
    return html.Div(parts, className="results")


def _ways_out(request: str) -> html.Div:
    links = [
        html.A(
            [icon("download"), label],
            href=f"/exports/{request}.{extension}",
            download=f"conjunctions-{request[:8]}.{extension}",
            className="btn btn--small",
            title=title,
        )
        for label, extension, title in (
            ("CSV", "csv", "Table with units, query and frame in its head"),
            ("JSON", "json", "As the API delivers it"),
            ("Parquet", "parquet", "Typed columns with the query in the metadata"),
        )
    ]
    permalink = html.Button(
        [icon("link"), html.Span("Copy link", **{"data-label": "1"})],
        type="button",
        className="btn btn--small",
        title="A link to this form and these results",
        **{"data-copy": "url"},
    )
    return html.Div([permalink, *links], className="results__out")


def _graph(request: str, figure: Any) -> html.Div:
    graph = dcc.Graph(
        id=Ids.figure(request),
        figure=figure,
        className="results__figure",
        config={"displaylogo": False, "displayModeBar": False, "responsive": True},
    )
    return html.Div(graph, className="panel figure", role="img", **{"aria-label": figure_text()})


def figure_text() -> str:
    """Return what the figure shows, for people who do not see it."""
    return "Minimum distance of each conjunction against its start; the table holds the same."


def table(request: str, count: int, *, seconds: bool = False) -> dag.AgGrid:
    """Return the table of a request's `count` rows; the grid asks for them page by page."""
    columns = _columns(184 if seconds else 164)
    return dag.AgGrid(
        id=Ids.grid(request),
        columnDefs=columns,
        rowModelType="infinite",
        getRowId="params.data.row",
        defaultColDef={"resizable": True, "sortable": True, "suppressHeaderMenuButton": False},
        dashGridOptions={
            "theme": {"function": "atlasGridTheme(themeQuartz)"},
            "cacheBlockSize": 100,
            "maxBlocksInCache": 20,
            # With more than one, an answer can be lost and its rows stay empty for ever.
            "maxConcurrentDatasourceRequests": 1,
            "infiniteInitialRowCount": 1,
            "rowHeight": _ROW_PX,
            "headerHeight": _HEAD_PX - 4,
            "localeText": {"noRowsToShow": "No row matches the filters of the table."},
            "tooltipShowDelay": 400,
            "suppressCellFocus": False,
            "rowSelection": {
                "mode": "singleRow",
                "checkboxes": False,
                "enableClickSelection": True,
            },
        },
        className="grid",
        style={"height": f"min({_ROW_PX * max(count, 4) + _HEAD_PX}px, max(320px, 58vh))"},
    )


def _columns(time_px: int) -> list[dict[str, Any]]:
    """Return the columns: no narrower than their heads at 1024 px, and wider where there is room.

    On a wide page a head has room for its order and its filter beside each other.
    """
    return [
        _column("start", "Start (UTC)", time_px, sort="asc", tooltip="start_full", text=True),
        _column("end", "End (UTC)", time_px, tooltip="end_full", text=True),
        _column("duration_min", "Duration (min)", 126, number=True, decimals=False, least=True),
        _column("min_distance_km", "Min (km)", 98, number=True, tooltip="min_full"),
        _column("max_distance_km", "Max (km)", 98, number=True, tooltip="max_full"),
        _column("conjunction_type", "Type", 110, text=True),
        _column(
            "label",
            "Conjunction between",
            214,
            flex=4,
            maxWidth=None,
            text=True,
            tooltip="label",
        ),
    ]


def _column(
    field: str,
    name: str,
    width: int,
    *,
    number: bool = False,
    decimals: bool = True,
    least: bool = False,
    text: bool = False,
    tooltip: str = "",
    **more: Any,
) -> dict[str, Any]:
    column: dict[str, Any] = {
        "field": field,
        "headerName": name,
        "flex": 1,
        "minWidth": width,
        "maxWidth": width + 24,
    }
    if number:
        column |= {
            "type": "rightAligned",
            "filter": "agNumberColumnFilter",
            "filterParams": _AT_LEAST_FILTER if least else _NUMBER_FILTER,
        }
        column |= {"cellClass": "ag-right-aligned-cell num"}
        if decimals:
            column["valueFormatter"] = ONE_DECIMAL
    if text:
        column |= {"filter": "agTextColumnFilter", "filterParams": _TEXT_FILTER}
    if field in ("start", "end"):
        column["cellClass"] = "num"
    if tooltip:
        column["tooltipField"] = tooltip
    return column | more
