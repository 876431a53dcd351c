"""Filters as the finder's form holds them: conditions, and groups inside groups.

The form has no NOT of its own: a group may be `negated`, which is the same and reads better
("none of"). NOT of a single comparison is a negated group of that one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Expression:
    """One condition; values are text and are compared by the field's declared type."""

    key: str
    operator: str
    values: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the condition as the API takes it."""
        return {"key": self.key, "operator": self.operator, "values": list(self.values)}


@dataclass(frozen=True, slots=True)
class FilterGroup:
    """Conditions and groups joined by AND or OR, and perhaps the opposite of that."""

    logical_operator: str = "AND"
    expressions: tuple[Member, ...] = ()
    negated: bool = False

    def __bool__(self) -> bool:
        return bool(self.expressions)

    @property
    def flat(self) -> bool:
        """Whether it holds comparisons alone, joined by AND or OR."""
        return not self.negated and all(isinstance(e, Expression) for e in self.expressions)

    @property
    def leaves(self) -> Iterator[Expression]:
        """All conditions, those of groups inside included, in order."""
        for member in self.expressions:
            if isinstance(member, Expression):
                yield member
            else:
                yield from member.leaves

    def to_dict(self) -> dict[str, Any]:
        """Return the group as the API takes it; no condition is an empty object."""
        if not self.expressions:
            return {}
        inner = [member.to_dict() for member in self.expressions]
        if self.negated and len(inner) == 1:
            return {"logical_operator": "NOT", "expressions": inner}
        group = {"logical_operator": self.logical_operator, "expressions": inner}
        return {"logical_operator": "NOT", "expressions": [group]} if self.negated else group


Member = Expression | FilterGroup


def filters_from_query(group: Mapping[str, Any] | Sequence[Any] | None) -> FilterGroup:
    """Return the filter of a valid query; a bare list is joined by AND."""
    if not group:
        return FilterGroup()
    if not isinstance(group, Mapping):
        group = {"expressions": group}
    word = group.get("logical_operator", group.get("logicalOperator"))
    logical = str(word or "AND").strip().upper()
    members = tuple(_member(entry) for entry in group.get("expressions") or [])
    if logical != "NOT":
        return FilterGroup(logical, members)
    only = members[0] if len(members) == 1 else None
    if isinstance(only, FilterGroup) and not only.negated and len(only.expressions) > 1:
        return FilterGroup(only.logical_operator, only.expressions, negated=True)
    return FilterGroup("OR", members, negated=True)  # "none of these" reads best for one


def _member(entry: Mapping[str, Any]) -> Member:
    if "expressions" in entry:
        return filters_from_query(entry)
    values = tuple(_text(value) for value in entry["values"])
    return Expression(str(entry["key"]), str(entry["operator"]), values)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
