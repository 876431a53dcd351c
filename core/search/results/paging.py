"""Order and filters over the columns of a result: checked, filters as SQL with parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from core.archive.duck import quote_name
from core.errors import BadInput
from core.search.parsing import read_time
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


def check_sort(schema: pa.Schema, sort: Sequence[Sort], field: str = "sort") -> None:
    """Check that rows can be ordered so; `field` is what errors call the order.

    Raises
    ------
    core.errors.BadInput
        A column does not exist or holds lists, or a direction is neither asc nor desc.
    """
    for column, direction in sort:
        if direction not in ("asc", "desc"):
            raise BadInput(f"{field}: {direction!r} is neither asc nor desc.", field=field)
        _quoted(column, schema.names, field)
        if not sortable(schema.field(column).type):
            raise BadInput(
                f"{field}: the column {column!r} holds lists, which have no order.",
                field=field,
                value=column,
            )


def check_where(schema: pa.Schema, where: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return filters that came from outside as operators to values of their columns' types.

    Parameters
    ----------
    schema : pyarrow.Schema
        Columns of the result.
    where : mapping
        See `core.search.results.result_set.ResultSet.page`; times are ISO 8601 text.

    Raises
    ------
    core.errors.BadInput
        Naming the place, for example ``where.start``.
    """
    checked: dict[str, dict[str, Any]] = {}
    for column, wanted in where.items():
        _quoted(column, schema.names, "where")
        path, kind = f"where.{column}", schema.field(column).type
        if not sortable(kind):
            raise BadInput(f"{path}: the column holds lists.", field=path, value=wanted)
        checked[column] = {
            operator: _operand(operator, value, kind, path)
            for operator, value in _as_operators(wanted).items()
        }
    return checked


def _operand(operator: str, value: Any, kind: pa.DataType, path: str) -> Any:
    if operator not in OPERATORS:
        raise BadInput(
            f"{path}: there is no operator {operator!r}.",
            hint=f"The operators are: {', '.join(OPERATORS)}.",
            field=path,
            value=operator,
        )
    if operator == "contains":
        return _typed(value, pa.string(), path)
    if operator != "in":
        return _typed(value, kind, path)
    if not isinstance(value, list | tuple):
        raise BadInput(f"{path}: in wants a list.", field=path, value=value)
    return [_typed(item, kind, path) for item in value]


def _typed(value: Any, kind: pa.DataType, path: str) -> Any:
    """Return `value` when a column of `kind` can be compared with it."""
    if pa.types.is_timestamp(kind):
        return read_time(value, path)
    if pa.types.is_boolean(kind):
        fits, wanted = isinstance(value, bool), "true or false"
    elif pa.types.is_string(kind):
        fits, wanted = isinstance(value, str), "text"
    else:
        fits, wanted = isinstance(value, int | float) and not isinstance(value, bool), "a number"
    if not fits:
        raise BadInput(
            f"{path}: {value!r:.60} is not {wanted}.", field=path, value=value, expected=wanted
        )
    return value


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
