"""Filters as one puts them together: conditions in groups, groups in groups.

While the dialog is open its filter is a draft, a tree of plain values that a Store can hold. A
member of it is named by its path: "0.1" is the second member of the first member of the root.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components.conjunction_fields import Offer, operators, read_values, usual_operator
from components.filter_group import Expression, FilterGroup, Member
from core.errors import BadInput

Node = dict[str, Any]
LOGICS = ("AND", "OR", "NOT AND", "NOT OR")


@dataclass(frozen=True, slots=True)
class Fields:
    """What the dialog's fields hold, by path."""

    keys: Mapping[str, str | None]
    operators: Mapping[str, str | None]
    values: Mapping[str, Any]
    logics: Mapping[str, str | None]


def draft_of(group: FilterGroup) -> Node:
    """Return the draft of a filter; one without conditions has one to fill in."""
    node = _node(group)
    if not node["members"]:
        node["members"].append(condition())
    return node


def condition() -> Node:
    """Return a condition that says nothing yet."""
    return {"key": "", "operator": "", "values": ""}


def _node(member: Member) -> Node:
    if isinstance(member, Expression):
        return {"key": member.key, "operator": member.operator, "values": list(member.values)}
    logic = ("NOT " if member.negated else "") + member.logical_operator
    return {"logic": logic, "members": [_node(inner) for inner in member.expressions]}


def walk(node: Node, path: str = "") -> Iterator[tuple[str, Node]]:
    """Yield every member with its path, the root first."""
    yield path, node
    for number, member in enumerate(node.get("members", ())):
        yield from walk(member, f"{path}.{number}" if path else str(number))


def filled(node: Node, given: Fields, path: str = "") -> Node:
    """Return the draft with what the fields hold; a field chosen anew begins without a value."""
    if "members" in node:
        members = [
            filled(m, given, f"{path}.{i}" if path else str(i))
            for i, m in enumerate(node["members"])
        ]
        return {"logic": given.logics.get(path) or node["logic"], "members": members}
    key = given.keys.get(path) or ""
    if key != node["key"]:
        return {"key": key, "operator": "", "values": ""}
    return {
        "key": key,
        "operator": given.operators.get(path) or node["operator"],
        "values": given.values.get(path, node["values"]),
    }


def changed(node: Node, path: str, what: str) -> Node:
    """Return the draft with a condition (`add`) or group (`nest`) more in a group, or one less."""
    if what == "remove":
        return _without(node, path)
    new = condition() if what == "add" else {"logic": "OR", "members": [condition()]}
    return _with(node, [int(p) for p in path.split(".") if p], new)


def _with(node: Node, steps: Sequence[int], new: Node) -> Node:
    if not steps:
        return {**node, "members": [*node["members"], new]}
    members = [
        _with(m, steps[1:], new) if i == steps[0] else m for i, m in enumerate(node["members"])
    ]
    return {**node, "members": members}


def _without(node: Node, path: str) -> Node:
    first, _, rest = path.partition(".")
    members = [
        _without(m, rest) if rest and i == int(first) else m
        for i, m in enumerate(node["members"])
        if rest or i != int(first)
    ]
    return {**node, "members": members}


def read_draft(node: Node, offers: Sequence[Offer]) -> tuple[FilterGroup, dict[str, str]]:
    """Return the filter that the draft says, and what is wrong in it by path.

    Conditions without a field and groups without a condition say nothing and are left out.
    """
    errors: dict[str, str] = {}
    known = {offer.key: offer for offer in offers}
    found = _read(node, "", known, errors)
    return found if isinstance(found, FilterGroup) else FilterGroup(), errors


def _read(node: Node, path: str, known: Mapping[str, Offer], errors: dict[str, str]) -> Any:
    if "members" in node:
        read = [
            _read(m, f"{path}.{i}" if path else str(i), known, errors)
            for i, m in enumerate(node["members"])
        ]
        said = tuple(member for member in read if member)
        logic = str(node["logic"])
        joined = logic.removeprefix("NOT ")
        return FilterGroup(joined, said, logic.startswith("NOT")) if said else None
    return _read_condition(node, path, known, errors) if node["key"] else None


def _read_condition(
    node: Node, path: str, known: Mapping[str, Offer], errors: dict[str, str]
) -> Expression | None:
    entry = known[node["key"]].field if node["key"] in known else None
    operator = node["operator"] or (usual_operator(entry) if entry else "in")
    try:
        if entry and operator not in operators(entry):
            raise BadInput(f"This field cannot be compared by “{operator}”.", field=node["key"])
        values = read_values(entry, node["key"], operator, node["values"])
    except BadInput as error:
        errors[path] = str(error)
        return None
    return Expression(node["key"], operator, values)
