"""Compiles a metadata filter to SQL over typed columns and the JSON column.

Every comparison is made for each type that the key is declared with, and for the JSON column
of undeclared fields by the type of the stored value; a record holds the key in one of them at
most. Values are parameters of the statement, never part of its text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.archive import duck
from core.archive.columns import meta_column_name
from core.errors import BadInput
from core.instruments.model import DATA_TYPES, DataType, MetadataField

if TYPE_CHECKING:
    from core.archive.filters import Expression, MetadataFilter, Scalar

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_INT64_MAX = 2**63 - 1
_NEGATIVE = ("!=", "not in")
_SQL_OPERATOR = {"=": "=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


@dataclass(frozen=True, slots=True)
class SqlFilter:
    """A condition for a WHERE clause.

    Attributes
    ----------
    sql : str
        Boolean expression, never NULL; values stand in it as ``$name``.
    params : dict
        The values by name.
    columns : frozenset of str
        Table columns that the expression names. A column that the table has not yet got is to
        be read as null.
    """

    sql: str
    params: dict[str, Any] = field(default_factory=dict)
    columns: frozenset[str] = frozenset()


class _Compiler:
    """Collects parameters and columns while expressions are written."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.params: dict[str, Any] = {}
        self.columns: set[str] = set()

    def param(self, value: Any) -> str:
        name = f"{self.prefix}{len(self.params)}"
        self.params[name] = value
        return f"${name}"

    def expression(self, expression: Expression, types: tuple[DataType, ...]) -> str:
        options = [self._typed(expression, t) for t in types]
        options.extend(self._json(expression))
        return "(" + " OR ".join(options) + ")"

    def _typed(self, expression: Expression, data_type: DataType) -> str:
        column = meta_column_name(data_type, expression.key)
        self.columns.add(column)
        name = duck.quote_name(column)
        return f"coalesce({self._compare(name, expression, data_type)}, false)"

    def _json(self, expression: Expression) -> Iterator[str]:
        self.columns.add("metadata_json")
        pointer = "/" + expression.key.replace("~", "~0").replace("/", "~1")
        value = f"json_extract(metadata_json, {self.param(pointer)})"
        text = f"({value}->>'$')"
        for stored, data_type, cast in (
            ("('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE')", "double", "TRY_CAST({} AS DOUBLE)"),
            ("('BOOLEAN')", "bool", "TRY_CAST({} AS BOOLEAN)"),
            ("('VARCHAR')", "string", "{}"),
        ):
            test = self._compare(cast.format(text), expression, data_type)
            yield (
                "(metadata_json IS NOT NULL AND "
                f"coalesce(json_type({value}) IN {stored} AND {test}, false))"
            )

    def _compare(self, name: str, expression: Expression, data_type: str) -> str:
        """Return SQL that is true, false or, for a null column, null."""
        readable = [v for v in map(_READ[data_type], expression.values) if v is not None]
        operator = expression.operator
        if operator in _NEGATIVE or operator in ("in", "="):
            inside = self._any_of(name, readable)
            return f"({name} IS NOT NULL AND NOT {inside})" if operator in _NEGATIVE else inside
        if len(readable) != len(expression.values):
            return "false"
        if operator == "between":
            low, high = (self.param(v) for v in readable)
            return f"({name} BETWEEN {low} AND {high})"
        return f"({name} {_SQL_OPERATOR[operator]} {self.param(readable[0])})"

    def _any_of(self, name: str, values: list[Any]) -> str:
        if not values:
            return "false"
        return f"({name} IN ({', '.join(self.param(v) for v in values)}))"


def compile_filter(
    group: MetadataFilter, schema_fields: Iterable[MetadataField], prefix: str
) -> SqlFilter:
    """Return the SQL condition of `group`; see `MetadataFilter.to_sql`."""
    if not group.expressions:
        return SqlFilter("true")
    declared: dict[str, set[DataType]] = {}
    for entry in schema_fields:
        declared.setdefault(entry.field_name, set()).add(entry.data_type)
    compiler = _Compiler(prefix)
    parts = []
    for number, expression in enumerate(group.expressions):
        types = tuple(t for t in DATA_TYPES if t in declared.get(expression.key, ()))
        _check_readable(expression, types, number)
        parts.append(compiler.expression(expression, types))
    sql = "(" + f" {group.logical_operator} ".join(parts) + ")"
    return SqlFilter(sql, compiler.params, frozenset(compiler.columns))


def as_number(value: Scalar) -> float | int | None:
    """Return a filter value as a number, None if it is none; booleans are none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if abs(value) <= _INT64_MAX else _finite(value)
    if isinstance(value, float):
        return value
    text = value.strip()
    if not _NUMBER.fullmatch(text):
        return None
    try:
        return as_number(int(text))
    except ValueError:
        number = float(text)
        return number if abs(number) != float("inf") else None


def _finite(value: int) -> float | None:
    try:
        return float(value)
    except OverflowError:
        return None


def as_boolean(value: Scalar) -> bool | None:
    """Return a filter value as a boolean ("true" and "False" in any case), None if it is none."""
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(str(value).strip().lower())


def as_text(value: Scalar) -> str:
    """Return a filter value as the text that a string field is compared with."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


_READ: dict[str, Any] = {
    "double": as_number,
    "int": as_number,
    "bool": as_boolean,
    "string": as_text,
}


def _check_readable(expression: Expression, types: tuple[DataType, ...], number: int) -> None:
    for position, value in enumerate(expression.values):
        if types and all(_READ[t](value) is None for t in types):
            field = f"expressions[{number}].values[{position}]"
            raise BadInput(
                f"{value!r} is not a value of {expression.key!r}.",
                hint=f"The field is declared as {' or '.join(types)}.",
                field=field,
                value=value,
                key=expression.key,
                operator=expression.operator,
            )
