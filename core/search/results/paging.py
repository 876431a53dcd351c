"""Order and filters over the columns of a result, as SQL with parameters."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from core.archive.duck import quote_name
from core.errors import BadInput

Sort = tuple[str, str]
_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
OPERATORS = (*_COMPARISONS, "in", "contains")


def page_sql(
    columns: Sequence[str],
    sort: Sequence[Sort],
    where: Mapping[str, Any] | None,
    text: Collection[str] = (),
) -> tuple[str, str, dict[str, Any]]:
    """Return the WHERE clause, the ORDER BY clause and the parameters of the WHERE clause.

    Columns in `text` are ordered by another that holds their ranks (`rank_name`).
    """
    conditions: list[str] = []
    params: dict[str, Any] = {}
    for column, wanted in (where or {}).items():
        name = _quoted(column, columns, "where")
        for operator, value in _as_operators(wanted).items():
            conditions.append(_condition(name, operator, value, params))
    clause = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return clause, _order(columns, sort, text), params


def rank_name(column: str) -> str:
    """Return the name of the column that holds the ranks of a column of text."""
    return f"rank of {column}"


def _order(columns: Sequence[str], sort: Sequence[Sort], text: Collection[str]) -> str:
    terms = []
    for column, direction in sort:
        if direction not in ("asc", "desc"):
            raise BadInput(f"sort: {direction!r} is neither asc nor desc.", field="sort")
        name = _quoted(column, columns, "sort")
        if column in text:
            name = quote_name(rank_name(column))
        terms.append(f"{name} {direction.upper()} NULLS LAST")
    terms.append('"row"')
    return f" ORDER BY {', '.join(terms)}"


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
