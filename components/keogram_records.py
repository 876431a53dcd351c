"""The records of one imager and night as a grid that asks the server for what it shows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import dash_ag_grid as dag
import pyarrow as pa

from components.ids import Keogramist as Ids
from components.keogram_state import OpenKey, open_key, parse_open
from core.archive.columns import meta_column
from core.imaging.wall_model import By, WallRow
from core.instruments.model import DataSource

_POSITIONS = {
    "geo_lat_deg": ("Latitude (°)", "Geodetic latitude of the site"),
    "geo_lon_deg": ("Longitude (°)", "Geodetic longitude of the site"),
    "nbtrace_lat_deg": ("N B-trace lat (°)", "Foot of the field line in the north"),
    "nbtrace_lon_deg": ("N B-trace lon (°)", "Foot of the field line in the north"),
    "sbtrace_lat_deg": ("S B-trace lat (°)", "Foot of the field line in the south"),
    "sbtrace_lon_deg": ("S B-trace lon (°)", "Foot of the field line in the south"),
}

_HEIGHT = 360


def grid_id(key: str) -> dict[str, str]:
    """Return the id of the grid of one row: another row is another grid, read anew."""
    return {"type": Ids.GRID, "row": key}


def columns(source: DataSource) -> list[dict[str, Any]]:
    """Return the grid's columns: epoch, metadata as the source declares them, positions."""
    fields = [
        {
            "field": meta_column(item),
            "headerName": item.field_name,
            "minWidth": 60 + 8 * len(item.field_name),
            "headerTooltip": item.description,
        }
        for item in source.ephemeris_metadata_schema
    ]
    positions = [
        {"field": name, "headerName": title, "headerTooltip": tip, "type": "rightAligned"}
        for name, (title, tip) in _POSITIONS.items()
    ]
    first = {"field": "epoch", "headerName": "Epoch (UTC)", "pinned": "left", "width": 170}
    last = {"field": "provenance", "headerName": "Provenance", "sortable": False}
    return [first, *fields, *positions, last]


def records_grid(row: WallRow, total: int) -> dag.AgGrid:
    """Return the grid of the records of a row."""
    return dag.AgGrid(
        id=grid_id(f"{row.by} {open_key(row.source.identifier, row.day)}"),
        columnDefs=columns(row.source),
        rowModelType="infinite",
        defaultColDef={"sortable": True, "resizable": True, "filter": False, "minWidth": 110},
        dashGridOptions={
            "theme": {"function": "atlasGridTheme(themeQuartz)"},
            "cacheBlockSize": 200,
            "maxBlocksInCache": 8,
            # With more, a jump over two blocks can leave one of them loading for ever.
            "maxConcurrentDatasourceRequests": 1,
            "rowHeight": 30,
            "headerHeight": 34,
            "infiniteInitialRowCount": min(total, 200),
            "tooltipShowDelay": 300,
            "enableCellTextSelection": True,
        },
        style={"height": f"{min(_HEIGHT, 34 + 30 * total + 18)}px"},
    )


def grid_key(name: str) -> tuple[By, OpenKey]:
    """Return what the name of a grid says: nights or days, and the row's key."""
    by, _, key = name.partition(" ")
    return ("day" if by == "day" else "night"), parse_open(key)


def grid_rows(table: pa.Table, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the grid asked for, sorted and cut, and how many rows there are in all."""
    order = [
        (item["colId"], "descending" if item["sort"] == "desc" else "ascending")
        for item in request.get("sortModel") or []
        if item["colId"] in table.column_names
    ]
    rows = table.sort_by(order) if order else table
    first = max(0, int(request.get("startRow") or 0))
    last = max(first, int(request.get("endRow") or first + 200))
    shown = rows.slice(first, last - first).to_pylist()
    return {"rowData": [_row(record) for record in shown], "rowCount": table.num_rows}


def _row(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _cell(name, value) for name, value in record.items()}


def _cell(name: str, value: Any) -> Any:
    if name == "epoch":
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if name in _POSITIONS and value is not None:
        return f"{value:.3f}"
    if isinstance(value, bool | dict | list):
        return json.dumps(value)
    return value


def grid_columns(source: DataSource) -> Sequence[str]:
    """Return the table's columns that the grid shows."""
    return [column["field"] for column in columns(source)]
