"""Metadata filters: the flat groups of the AuroraX query language.

A group is ``{"logical_operator": "AND"|"OR", "expressions": [{"key", "operator", "values"}]}``.
Values often arrive as strings; a comparison goes by the type of the stored value. A record that
lacks the key does not match, whatever the operator, so also not for ``!=`` and ``not in``.
`core.archive.filter_sql` compiles a filter to SQL.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, Literal, get_args

from core.archive.filter_sql import SqlFilter, compile_filter
from core.errors import BadInput
from core.instruments.model import MetadataField

__all__ = ["OPERATORS", "Expression", "MetadataFilter", "Operator", "Scalar", "SqlFilter"]

Operator = Literal["=", "!=", "<", "<=", ">", ">=", "in", "not in", "between"]
OPERATORS: tuple[Operator, ...] = get_args(Operator)
Scalar = str | bool | int | float
# Several values of these mean any (or none) of them; old clients send "=" with a list.
_MANY: dict[str, Operator] = {"=": "in", "!=": "not in"}


@dataclass(frozen=True, slots=True)
class Expression:
    """One comparison of a metadata field with values."""

    key: str
    operator: Operator
    values: tuple[Scalar, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the expression as the API writes it."""
        return {"key": self.key, "operator": self.operator, "values": list(self.values)}


@dataclass(frozen=True, slots=True)
class MetadataFilter:
    """A flat group of expressions; without expressions it matches every record."""

    logical_operator: Literal["AND", "OR"] = "AND"
    expressions: tuple[Expression, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.expressions)

    @classmethod
    def from_dict(cls, group: Any, path: str = "metadata_filters") -> MetadataFilter:
        """Read a group, a bare list of expressions (an AND group), or nothing.

        Parameters
        ----------
        group : mapping, list or None
            What a client sent.
        path : str
            Where it stood in the query; errors name fields below it.

        Raises
        ------
        BadInput
            Its `field` is the path to what is wrong, such as ``...expressions[1].operator``.
        """
        if group is None:
            return cls()
        if isinstance(group, list | tuple):
            group = {"expressions": group}
        if not isinstance(group, Mapping):
            raise _bad(path, group, "a filter group is an object or a list of expressions")
        unknown = set(group) - {"logical_operator", "logicalOperator", "expressions"}
        if unknown:
            raise _bad(f"{path}.{min(unknown)}", group[min(unknown)], "this key is not known")
        entries = group.get("expressions") or []
        if not isinstance(entries, list | tuple):
            raise _bad(f"{path}.expressions", entries, "expressions is a list")
        return cls(
            _logical(group, path),
            tuple(_expression(e, f"{path}.expressions[{i}]") for i, e in enumerate(entries)),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the group as the API writes it; an empty group is ``{}``."""
        if not self.expressions:
            return {}
        return {
            "logical_operator": self.logical_operator,
            "expressions": [e.to_dict() for e in self.expressions],
        }

    def to_sql(self, schema_fields: Iterable[MetadataField], prefix: str = "filter") -> SqlFilter:
        """Compile to a condition over the columns of the table.

        Parameters
        ----------
        schema_fields : iterable of MetadataField
            Declared fields of all sources in question, together; one key may occur with several
            types, then each record is compared by the type it was stored with.
        prefix : str
            Start of the parameters' names, to keep several filters in one statement apart.

        Raises
        ------
        BadInput
            A value cannot be read as any of the types that its key is declared with.
        """
        return compile_filter(self, schema_fields, prefix)


def _logical(group: Mapping[str, Any], path: str) -> Literal["AND", "OR"]:
    word = group.get("logical_operator", group.get("logicalOperator"))
    upper = "AND" if word in (None, "") else str(word).strip().upper()
    if upper not in ("AND", "OR"):
        raise _bad(f"{path}.logical_operator", word, "it is AND or OR")
    return "AND" if upper == "AND" else "OR"


def _expression(entry: Any, path: str) -> Expression:
    if not isinstance(entry, Mapping):
        raise _bad(path, entry, 'an expression is {"key", "operator", "values"}')
    key = entry.get("key")
    if not isinstance(key, str) or not key or not _encodable(key):
        raise _bad(f"{path}.key", key, "key is the name of a metadata field")
    operator = _operator(entry.get("operator", "in"), f"{path}.operator")
    values = _values(entry.get("values"), f"{path}.values")
    if len(values) > 1:
        operator = _MANY.get(operator, operator)
    if operator == "between" and len(values) != 2:
        raise _bad(f"{path}.values", list(values), "between takes exactly two values")
    if operator not in ("in", "not in", "between") and len(values) != 1:
        raise _bad(f"{path}.values", list(values), f"{operator} takes exactly one value")
    return Expression(key, operator, values)


def _operator(word: Any, path: str) -> Operator:
    plain = " ".join(str(word).lower().split())
    plain = {"==": "=", "<>": "!="}.get(plain, plain)
    for operator in OPERATORS:
        if plain == operator:
            return operator
    raise _bad(path, word, f"operators are {', '.join(OPERATORS)}")


def _values(values: Any, path: str) -> tuple[Scalar, ...]:
    entries = values if isinstance(values, list | tuple) else [values]
    if not entries:
        raise _bad(path, values, "at least one value is needed")
    for i, value in enumerate(entries):
        if not isinstance(value, str | bool | int | float):
            raise _bad(f"{path}[{i}]", value, "a value is a string, a number or a boolean")
        if isinstance(value, str) and not _encodable(value):
            raise _bad(f"{path}[{i}]", ascii(value), "a string is valid Unicode")
        if isinstance(value, float) and not isfinite(value):
            raise _bad(f"{path}[{i}]", str(value), "a number is finite")
    return tuple(entries)


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # JSON can spell lone surrogates, no database can keep them
        return False
    return True


def _bad(path: str, value: Any, hint: str) -> BadInput:
    return BadInput(
        f"{path} is not valid: {value!r}.", hint=f"Here {hint}.", field=path, value=value
    )
