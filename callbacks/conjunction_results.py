"""The finder's results: pages of the table, the drawer of a row, a running search."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import ALL, MATCH, Dash, Input, Output, State, ctx, no_update
from dash.exceptions import PreventUpdate

from components.conjunction_answer import answer
from components.conjunction_detail import detail, utc
from components.conjunction_form import TYPE_LABELS
from components.conjunction_results import progress
from components.ids import Conjunctions as Ids
from core.observatory import Observatory
from core.search.results.result_set import ResultSet

MAX_PAGE = 1000
TIMES = ("start", "end")
_NUMBER_OPERATORS = {
    "equals": "=",
    "lessThan": "<",
    "lessThanOrEqual": "<=",
    "greaterThan": ">",
    "greaterThanOrEqual": ">=",
}


def sort_of(model: list[dict[str, str]] | None) -> list[tuple[str, str]]:
    """Return the grid's order as the result takes it."""
    return [(m["colId"], m["sort"]) for m in model or []]


def where_of(model: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the grid's filters as the result takes them."""
    return {column: _condition(column, entry) for column, entry in (model or {}).items()}


def _condition(column: str, entry: Mapping[str, Any]) -> Any:
    kind, value = entry.get("type"), entry.get("filter")
    if column == "conjunction_type":
        wanted = str(value).lower()
        return [key for key, label in TYPE_LABELS.items() if wanted in label.lower()]
    if column in TIMES:
        value = stored_time(str(value))
    if kind == "inRange":
        return {">=": value, "<=": entry.get("filterTo")}
    return {_NUMBER_OPERATORS.get(str(kind), "contains"): value}


def stored_time(text: str) -> str:
    """Return a piece of a time as the table shows it (2019-01-02T05) as the result holds it."""
    return text.strip().upper().replace("T", " ").replace("/", "-").rstrip("Z")


def matched_line(matched: int, count: int) -> str:
    """Return how many of the rows the table's filters leave; nothing where they leave all."""
    return "" if matched == count else f"{matched:,} of {count:,} match the table’s filters"


def page(found: ResultSet, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the rows that the grid asks for, and how many match in all."""
    first = int(request.get("startRow") or 0)
    last = int(request.get("endRow") or first + 100)
    table, matched = found.page(
        first,
        min(max(last - first, 0), MAX_PAGE),
        sort_of(request.get("sortModel")),
        where_of(request.get("filterModel")),
    )
    seconds = bool(found.header.query.get("subminute_precision"))
    rows = [_cells(row, seconds) for row in table.to_pylist()]
    return {"rowData": rows, "rowCount": matched}


def _cells(row: Mapping[str, Any], seconds: bool) -> dict[str, Any]:
    return {
        "row": str(row["row"]),
        "start": utc(row["start"], seconds=seconds),
        "start_full": utc(row["start"], seconds=True),
        "end": utc(row["end"], seconds=seconds),
        "end_full": utc(row["end"], seconds=True),
        "duration_min": row["duration_min"],
        "min_distance_km": row["min_distance_km"],
        "min_full": f"{row['min_distance_km']!r} km at {utc(row['closest_epoch'])}",
        "max_distance_km": row["max_distance_km"],
        "max_full": f"{row['max_distance_km']!r} km at {utc(row['farthest_epoch'])}",
        "conjunction_type": TYPE_LABELS.get(row["conjunction_type"], row["conjunction_type"]),
        "label": row["label"],
    }


def row_detail(found: ResultSet, row: int) -> Any:
    """Return the drawer's content for a row of the result."""
    table, matched = found.page(0, 1, (), {"row": row})
    if not matched:
        raise PreventUpdate
    return detail(table.to_pylist()[0], found.sources)


def clicked_row(event: Mapping[str, Any] | None) -> int | None:
    """Return the row that a click in the table or in the figure means, None for no row."""
    if not event:
        return None
    if "points" in event:
        return int(event["points"][0]["customdata"][0])
    row = event.get("rowId")
    return None if row in (None, "") else int(row)


def register(app: Dash, observatory: Observatory) -> None:
    """Bind the handlers of the results."""
    search = observatory.search

    @app.callback(
        Output(Ids.grid(MATCH), "getRowsResponse"),
        Output(Ids.matched(MATCH), "children"),
        Input(Ids.grid(MATCH), "getRowsRequest"),
        State(Ids.grid(MATCH), "id"),
        prevent_initial_call=True,
    )
    def on_rows(request: Any, identity: dict[str, str]) -> Any:
        if not request:
            raise PreventUpdate
        found = search.results(identity["request"])
        rows = page(found, request)
        return rows, matched_line(rows["rowCount"], found.count)

    @app.callback(
        Output(Ids.DRAWER, "opened"),
        Output(Ids.DRAWER_BODY, "children"),
        Input(Ids.grid(ALL), "cellClicked"),
        Input(Ids.figure(ALL), "clickData"),
        prevent_initial_call=True,
    )
    def on_row(cells: list[Any], points: list[Any]) -> Any:
        row = clicked_row(ctx.triggered[0]["value"] if ctx.triggered else None)
        if row is None:
            raise PreventUpdate
        return True, row_detail(search.results(ctx.triggered_id["request"]), row)

    @app.callback(
        Output(Ids.RESULTS, "children", allow_duplicate=True),
        Output(Ids.running("progress", ALL), "children", allow_duplicate=True),
        Input(Ids.running("poll", ALL), "n_intervals"),
        State(Ids.running("progress", ALL), "id"),
        prevent_initial_call=True,
    )
    def on_poll(ticks: list[Any], ids: list[dict[str, str]]) -> Any:
        if not any(ticks) or not ids:
            raise PreventUpdate
        request = ids[0]["request"]
        now = search.progress(request)
        if now.state in ("queued", "running"):
            return no_update, [progress(now.fraction, now.message) for _ in ids]
        return answer(search, request), [no_update for _ in ids]

    @app.callback(
        Output(Ids.running("progress", ALL), "children", allow_duplicate=True),
        Input(Ids.running("cancel", ALL), "n_clicks"),
        State(Ids.running("progress", ALL), "id"),
        prevent_initial_call=True,
    )
    def on_cancel(clicks: list[Any], ids: list[dict[str, str]]) -> Any:
        if not any(clicks) or not ids:
            raise PreventUpdate
        search.cancel(ids[0]["request"])
        return [progress(0.0, "Cancelling.") for _ in ids]
