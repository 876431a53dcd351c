"""Compiles a metadata filter to SQL over typed columns and the JSON column.

Every comparison is made for each type that the key is declared with, and for the JSON column
of undeclared fields by the type of the stored value; a record holds the key in one of them at
most. Values are parameters of the statement, never part of its text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.archive import duck
from core.archive.columns import meta_column_name
from core.archive.expressions import Expression
from core.archive.values import as_boolean, as_number, as_text
from core.errors import BadInput
from core.instruments.model import DATA_TYPES, DataType, MetadataField

if TYPE_CHECKING:
    from core.archive.filters import Member, MetadataFilter

_NEGATIVE = ("!=", "not in")
_READ: dict[str, Any] = {
    "double": as_number,
    "int": as_number,
    "bool": as_boolean,
    "string": as_text,
}
Declared = Mapping[str, tuple[DataType, ...]]
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
    declared : SqlFilter or None
        The same condition for records without undeclared metadata, where that is simpler.
    """

    sql: str
    params: dict[str, Any] = field(default_factory=dict)
    columns: frozenset[str] = frozenset()
    declared: SqlFilter | None = None


class _Compiler:
    """Collects parameters and columns while expressions are written."""

    def __init__(self, prefix: str) -> None:
        self.prefix, self.json = prefix, False
        self.params: dict[str, Any] = {}
        self.columns: set[str] = set()

    def param(self, value: Any) -> str:
        name = f"{self.prefix}{len(self.params)}"
        self.params[name] = value
        return f"${name}"

    def group(self, group: MetadataFilter, declared: Declared) -> str:
        parts = [self._member(member, declared) for member in group.expressions]
        if group.logical_operator == "NOT":
            return f"(NOT {parts[0]})"
        return "(" + f" {group.logical_operator} ".join(parts) + ")"

    def _member(self, member: Member, declared: Declared) -> str:
        if isinstance(member, Expression):
            return self.expression(member, declared.get(member.key, ()))
        return self.group(member, declared)

    def expression(self, expression: Expression, types: tuple[DataType, ...]) -> str:
        options = [self._typed(expression, t) for t in types]
        if self.json:
            options.extend(self._json(expression))
        if not options:
            return "false"
        return "(" + " OR ".join(options) + ")"

    def _typed(self, expression: Expression, data_type: DataType) -> str:
        column = meta_column_name(data_type, expression.key)
        self.columns.add(column)
        name = duck.quote_name(column)
        return f"coalesce({self._compare(name, expression, data_type)}, false)"

    def _json(self, expression: Expression) -> Iterator[str]:
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
    declared = declared_types(schema_fields)
    check_readable(group, declared)
    compiler = _Compiler(prefix)
    # Few records hold undeclared fields; the others need not be asked about each of them.
    typed = compiler.group(group, declared)
    simpler = SqlFilter(typed, dict(compiler.params), frozenset(compiler.columns))
    compiler.json = True
    both = compiler.group(group, declared)
    sql = f"((metadata_json IS NULL AND {typed}) OR (metadata_json IS NOT NULL AND {both}))"
    return SqlFilter(sql, compiler.params, frozenset({*compiler.columns, "metadata_json"}), simpler)


def declared_types(schema_fields: Iterable[MetadataField]) -> Declared:
    """Return the types that each key is declared with, in one order."""
    found: dict[str, set[DataType]] = {}
    for entry in schema_fields:
        found.setdefault(entry.field_name, set()).add(entry.data_type)
    return {key: tuple(t for t in DATA_TYPES if t in types) for key, types in found.items()}


def check_readable(
    group: MetadataFilter, declared: Declared, path: str = "", *, derived: bool = False
) -> None:
    """Refuse values that no declared type of their key can be, and derived fields unless allowed.

    Raises
    ------
    BadInput
        `field` is the place below the filter, such as ``expressions[1].values[0]``.
    """
    for number, member in enumerate(group.expressions):
        place = f"{path}expressions[{number}]"
        if not isinstance(member, Expression):
            check_readable(member, declared, f"{place}.", derived=derived)
        elif not member.derived:
            _check_values(member, declared.get(member.key, ()), place)
        elif not derived:
            raise _not_here(member, place)


def _check_values(expression: Expression, types: tuple[DataType, ...], place: str) -> None:
    for position, value in enumerate(expression.values):
        if types and all(_READ[t](value) is None for t in types):
            raise BadInput(
                f"{value!r} is not a value of {expression.key!r}.",
                hint=f"The field is declared as {' or '.join(types)}.",
                field=f"{place}.values[{position}]",
                value=value,
                key=expression.key,
                operator=expression.operator,
            )


def _not_here(expression: Expression, place: str) -> BadInput:
    return BadInput(
        f"{expression.key!r} is known in conjunction searches only.",
        hint="It is computed for the position that is compared; a record by itself has several.",
        field=f"{place}.key",
        value=expression.key,
    )
