"""Order and filters over the columns of a result: checked, filters as SQL with parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from core.archive.duck import quote_name
from core.errors import BadInput
from core.search.results.order import sortable

Sort = tuple[str, str]
_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
OPERATORS = (*_COMPARISONS, "in", "contains")


def where_sql(
    columns: Sequence[str], where: Mapping[str, Any] | None
) -> tuple[str, dict[str, Any]]:
    """Return the WHERE clause of filters, empty without any, and its parameters."""
    conditions: list[str] = []
    params: dict[str, Any] = {}
    for column, wanted in (where or {}).items():
        name = _quoted(column, columns, "where")
        for operator, value in _as_operators(wanted).items():
            conditions.append(_condition(name, operator, value, params))
    return f" WHERE {' AND '.join(conditions)}" if conditions else "", params


def check_sort(schema: pa.Schema, sort: Sequence[Sort]) -> None:
    """Check that rows can be ordered so.

    Raises
    ------
    core.errors.BadInput
        A column does not exist or holds lists, or a direction is neither asc nor desc.
    """
    for column, direction in sort:
        if direction not in ("asc", "desc"):
            raise BadInput(f"sort: {direction!r} is neither asc nor desc.", field="sort")
        _quoted(column, schema.names, "sort")
        if not sortable(schema.field(column).type):
            raise BadInput(
                f"sort: the column {column!r} holds lists, which have no order.",
                field="sort",
                value=column,
            )


def _quoted(column: str, columns: Sequence[str], place: str) -> str:
    if column not in columns:
        raise BadInput(
            f"{place}: the result has no column {column!r}.",
            hint=f"Its columns are: {', '.join(columns)}.",
            field=place,
            value=column,
        )
    return quote_name(column)


def _as_operators(wanted: Any) -> Mapping[str, Any]:
    if isinstance(wanted, Mapping):
        return wanted
    return {"in": wanted} if isinstance(wanted, list | tuple) else {"=": wanted}


def _condition(name: str, operator: str, value: Any, params: dict[str, Any]) -> str:
    """Write one comparison; its values go into `params`."""
    if operator == "contains":
        return f"contains(lower(CAST({name} AS VARCHAR)), lower({_param(str(value), params)}))"
    if operator == "in" and isinstance(value, list | tuple):
        marks = ", ".join(_param(item, params) for item in value)
        return f"{name} IN ({marks})" if value else "false"
    if operator not in _COMPARISONS:
        raise BadInput(
            f"where: there is no operator {operator!r}.",
            hint=f"The operators are: {', '.join(OPERATORS)}.",
            field="where",
            value=operator,
        )
    return f"{name} {operator} {_param(value, params)}"


def _param(value: Any, params: dict[str, Any]) -> str:
    name = f"value{len(params)}"
    params[name] = value
    return f"${name}"
