"""Pages of a result as the table wants them: its order and filters read, its cells written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from components.conjunction_detail import utc
from components.conjunction_form import TYPE_LABELS
from core.search.results.result_set import ResultSet

MAX_PAGE = 1000
# What a table asks for that nobody has touched.
FIRST_PAGE = {"startRow": 0, "endRow": 100, "sortModel": [{"colId": "start", "sort": "asc"}]}
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
    rows = [cells(row, seconds) for row in table.to_pylist()]
    return {"rowData": rows, "rowCount": matched}


def cells(row: Mapping[str, Any], seconds: bool) -> dict[str, Any]:
    """Return a row as the table shows it; `seconds` says that times are finer than a minute."""
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
