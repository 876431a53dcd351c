"""Metadata filters: the flat groups of the AuroraX query language, and groups inside groups.

A group is ``{"logical_operator": "AND"|"OR"|"NOT", "expressions": [...]}``; its members are
comparisons ``{"key", "operator", "values"}`` or groups again, and NOT takes exactly one member.
Values often arrive as strings; a comparison goes by the type of the stored value.

Logic has two values. A record that lacks the key matches no comparison, whatever the operator,
so also not ``!=`` and ``not in``; the NOT of a member matches all the records that the member
does not match, those that lack a key among them.

Keys that begin with ``derived.`` name what is computed for a record (`derived_fields`); only a
search that compares positions knows them. `core.archive.filter_sql` compiles the rest to SQL.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from core.archive.expressions import (
    OPERATORS,
    Expression,
    Operator,
    bad_place,
    read_expression,
)
from core.archive.filter_sql import SqlFilter, compile_filter
from core.archive.values import Scalar
from core.errors import LimitExceeded
from core.instruments.model import MetadataField

__all__ = [
    "MAX_DEPTH", "MAX_EXPRESSIONS", "OPERATORS", "Expression", "Logical", "Member",
    "MetadataFilter", "Operator", "Scalar", "SqlFilter",
]  # fmt: skip

Logical = Literal["AND", "OR", "NOT"]
LOGICAL: tuple[Logical, ...] = get_args(Logical)
MAX_DEPTH = 12
"""Most groups inside one another, the outermost counted."""
MAX_EXPRESSIONS = 1000
"""Most comparisons of one filter."""
_GROUP_KEYS = {"logical_operator", "logicalOperator", "expressions"}


@dataclass(frozen=True, slots=True)
class MetadataFilter:
    """A group of expressions and groups; without members it matches every record."""

    logical_operator: Logical = "AND"
    expressions: tuple[Member, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.expressions)

    @property
    def leaves(self) -> Iterator[Expression]:
        """All comparisons, those of groups inside included, in order."""
        for member in self.expressions:
            if isinstance(member, Expression):
                yield member
            else:
                yield from member.leaves

    @property
    def derived(self) -> bool:
        """Whether any comparison is of a derived field."""
        return any(leaf.derived for leaf in self.leaves)

    @classmethod
    def from_dict(cls, group: Any, path: str = "metadata_filters") -> MetadataFilter:
        """Read a group, a bare list of members (an AND group), or nothing.

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
        LimitExceeded
            More than `MAX_DEPTH` groups inside one another, or `MAX_EXPRESSIONS` comparisons.
        """
        if group is None:
            return cls()
        if isinstance(group, list | tuple):
            group = {"expressions": group}
        if not isinstance(group, Mapping):
            raise bad_place(path, group, "a filter group is an object or a list of expressions")
        read = _group(group, path, 1)
        count = sum(1 for _ in read.leaves)
        if count > MAX_EXPRESSIONS:
            raise _too_much(path, "comparisons", count, MAX_EXPRESSIONS)
        return read

    def to_dict(self) -> dict[str, Any]:
        """Return the group as the API writes it; an empty group is ``{}``."""
        if not self.expressions:
            return {}
        return {
            "logical_operator": self.logical_operator,
            "expressions": [member.to_dict() for member in self.expressions],
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
            A value cannot be read as any of the types that its key is declared with, or a
            comparison is of a derived field, which no table holds.
        """
        return compile_filter(self, schema_fields, prefix)


Member = Expression | MetadataFilter


def _group(group: Mapping[str, Any], path: str, depth: int) -> MetadataFilter:
    if depth > MAX_DEPTH:
        raise _too_much(path, "groups inside one another", depth, MAX_DEPTH)
    unknown = {str(key) for key in group} - _GROUP_KEYS
    if unknown:
        raise bad_place(f"{path}.{min(unknown)}", group.get(min(unknown)), "this key is not known")
    entries = group.get("expressions")
    entries = [] if entries is None else entries
    if not isinstance(entries, list | tuple):
        raise bad_place(f"{path}.expressions", entries, "expressions is a list")
    logical = _logical(group, path)
    members = tuple(_member(e, f"{path}.expressions[{i}]", depth) for i, e in enumerate(entries))
    if logical == "NOT" and len(members) != 1:
        hint = "NOT takes exactly one expression; put several into an AND or an OR group inside it"
        raise bad_place(f"{path}.expressions", list(entries), hint)
    return MetadataFilter(logical, members)


def _member(entry: Any, path: str, depth: int) -> Member:
    if not isinstance(entry, Mapping):
        hint = 'an expression is {"key", "operator", "values"} or a group of expressions'
        raise bad_place(path, entry, hint)
    if "key" in entry or not _GROUP_KEYS & set(entry):
        return read_expression(entry, path)
    inner = _group(entry, path, depth + 1)
    if not inner:
        raise bad_place(f"{path}.expressions", [], "a group inside a group is not empty")
    return inner


def _logical(group: Mapping[str, Any], path: str) -> Logical:
    word = group.get("logical_operator", group.get("logicalOperator"))
    upper = "AND" if word in (None, "") else str(word).strip().upper()
    for logical in LOGICAL:
        if upper == logical:
            return logical
    raise bad_place(f"{path}.logical_operator", word, "it is AND, OR or NOT")


def _too_much(path: str, what: str, asked: int, allowed: int) -> LimitExceeded:
    return LimitExceeded(
        f"{path} has {asked} {what}, more than {allowed}.",
        hint="Name several values in one comparison with in or between.",
        field=path, limit=what, asked=asked, allowed=allowed,
    )  # fmt: skip
