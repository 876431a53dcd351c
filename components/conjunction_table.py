"""The table of conjunctions, which asks for its rows page by page."""

from __future__ import annotations

from typing import Any

import dash_ag_grid as dag
from dash import dcc, html

from components.ids import Conjunctions as Ids

ONE_DECIMAL = {"function": "params.value == null ? '' : d3.format(',.1f')(params.value)"}
_ROW_PX, _HEAD_PX = 34, 36
_THEME = {"function": "atlasGridTheme(themeQuartz)"}
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


def table() -> html.Div:
    """Return the table, put away until there are rows; then it asks for them page by page."""
    return html.Div(
        [
            dcc.Store(id=Ids.ASK),
            dcc.Store(id=Ids.ANSWERED),
            html.Strong(id=Ids.MATCHED, className="matched", role="status"),
            html.Div(_grid(), id=Ids.TABLE, className="table"),
        ]
    )


def _grid() -> dag.AgGrid:
    return dag.AgGrid(
        id=Ids.GRID,
        columnDefs=_columns(),
        rowModelType="infinite",
        getRowId="params.data.row",
        defaultColDef={"resizable": True, "sortable": True, "suppressHeaderMenuButton": False},
        dashGridOptions={
            "theme": _THEME,
            "cacheBlockSize": 100,
            "maxBlocksInCache": 20,
            # With more than one, an answer can be lost and its rows stay empty for ever.
            "maxConcurrentDatasourceRequests": 1,
            "infiniteInitialRowCount": 1,
            "rowHeight": _ROW_PX,
            "headerHeight": _HEAD_PX,
            "localeText": dict.fromkeys(
                ("noRowsToShow", "noMatchingRows"), "No row matches the filters of the table."
            ),
            "tooltipShowDelay": 400,
            "suppressCellFocus": False,
            "rowSelection": {
                "mode": "singleRow",
                "checkboxes": False,
                "enableClickSelection": True,
            },
        },
        className="grid",
        style={"height": "100%"},
    )


def _columns() -> list[dict[str, Any]]:
    """Return the columns: no narrower than their heads at 1024 px, and wider where there is room.

    On a wide page a head has room for its order and its filter beside each other. The browser
    widens the times where they have seconds.
    """
    return [
        _column("start", "Start (UTC)", 164, sort="asc", tooltip="start_full", text=True),
        _column("end", "End (UTC)", 164, tooltip="end_full", text=True),
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
