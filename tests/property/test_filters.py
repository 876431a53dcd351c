"""A compiled filter selects the rows that a plain reading of the rules selects."""

from __future__ import annotations

import json
import operator
import re
from typing import Any

import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.archive import duck
from core.archive.columns import EPHEMERIS_SCHEMA, meta_column, with_meta_columns
from core.archive.filters import OPERATORS, MetadataFilter
from core.errors import BadInput
from core.instruments.model import DATA_TYPES, MetadataField

KEYS = ["region", "a.b", "Flag x", "q/~u"]
TEXTS = ["", "north", "North", "95", "95.0", "true", "False", "it's", 'a "b"', "é", "1e3"]
NUMBERS = [0, 1, -1, 95, 95.0, 0.95, 1e3, -2.5, 2**53, 1e-9]
ORDER = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}

values = st.sampled_from([*TEXTS, *NUMBERS, True, False, *map(str, NUMBERS)])
stored = {
    "string": st.sampled_from(TEXTS),
    "double": st.sampled_from([float(n) for n in NUMBERS]),
    "int": st.sampled_from([n for n in NUMBERS if isinstance(n, int)]),
    "bool": st.booleans(),
}
schemas = st.dictionaries(st.sampled_from(KEYS), st.sampled_from(DATA_TYPES))


@st.composite
def records(draw: st.DrawFn) -> tuple[dict[str, str], dict[str, Any], dict[str, Any]]:
    """Draw the schema of a source, and the declared and undeclared metadata of a record of it."""
    schema = draw(schemas)
    declared = {
        key: draw(stored[data_type]) for key, data_type in schema.items() if draw(st.booleans())
    }
    loose = st.one_of(*stored.values(), st.none(), st.just([1]), st.just({"x": 1}))
    others = {key: draw(loose) for key in KEYS if key not in schema and draw(st.booleans())}
    return schema, declared, others


@st.composite
def expressions(draw: st.DrawFn) -> dict[str, Any]:
    """Draw an expression with as many values as its operator takes."""
    word = draw(st.sampled_from(OPERATORS))
    most = {"between": 2, "in": 3, "not in": 3}.get(word, 1)
    least = 2 if word == "between" else 1
    drawn = draw(st.lists(values, min_size=least, max_size=most))
    return {"key": draw(st.sampled_from(KEYS)), "operator": word, "values": drawn}


def joined(members: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Groups of one to three members, or the NOT of one."""
    several = st.fixed_dictionaries(
        {
            "expressions": st.lists(members, min_size=1, max_size=3),
            "logical_operator": st.sampled_from(["AND", "or", "Or"]),
        }
    )
    negated = st.fixed_dictionaries(
        {"expressions": members.map(lambda m: [m]), "logical_operator": st.sampled_from(["NOT"])}
    )
    return several | negated


flat = st.fixed_dictionaries(
    {
        "expressions": st.lists(expressions(), min_size=1, max_size=3),
        "logical_operator": st.sampled_from(["AND", "or", "Or"]),
    }
)
groups = flat | joined(st.recursive(expressions(), joined, max_leaves=6))


def read_as(value: Any, like: Any) -> Any:
    """Return a filter's value as the kind of thing that `like` is, None if it cannot be."""
    if isinstance(like, bool):
        words = {"true": True, "false": False}
        return words.get(str(value).lower())
    if isinstance(like, int | float):
        if isinstance(value, bool):
            return None
        number = re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", str(value))
        return float(value) if number else None
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def matches(expression: dict[str, Any], found: Any) -> bool:
    """The rules, in Python: `found` is what the record holds under the key, or None."""
    if found is None or isinstance(found, list | dict):
        return False
    wanted = [read_as(v, found) for v in expression["values"]]
    word = expression["operator"]
    if word in ("=", "in"):
        return any(w is not None and w == found for w in wanted)
    if word in ("!=", "not in"):
        return not any(w is not None and w == found for w in wanted)
    if any(w is None for w in wanted):
        return False
    if word == "between":
        return wanted[0] <= found <= wanted[1]
    return ORDER[word](found, wanted[0])


def passes(group: dict[str, Any], metadata: dict[str, Any]) -> bool:
    """The rules of groups: two values, so that NOT is the complement."""
    if "key" in group:
        return matches(group, metadata.get(group["key"]))
    said = [passes(member, metadata) for member in group["expressions"]]
    word = group.get("logical_operator", "AND").upper()
    return not said[0] if word == "NOT" else any(said) if word == "OR" else all(said)


def selected_by_sql(group: dict[str, Any], drawn: list) -> list[int]:
    fields = [MetadataField(k, "", t) for schema, _, _ in drawn for k, t in schema.items()]
    condition = MetadataFilter.from_dict(group).to_sql(fields)
    base = pa.schema([pa.field("row", pa.int64()), EPHEMERIS_SCHEMA.field("metadata_json")])
    rows = []
    for number, (schema, declared, others) in enumerate(drawn):
        row: dict[str, Any] = {"row": number}
        row["metadata_json"] = json.dumps(others, ensure_ascii=False) if others else None
        row |= {meta_column(MetadataField(k, "", schema[k])): v for k, v in declared.items()}
        rows.append(row)
    names = {name for row in rows for name in row} | condition.columns
    table = pa.Table.from_pylist(
        rows, schema=with_meta_columns(base, names - {"row", "metadata_json"})
    )
    sql = f"SELECT row FROM records WHERE {condition.sql} ORDER BY row"
    return duck.query(sql, condition.params, {"records": table})["row"].to_pylist()


@settings(deadline=None, max_examples=300)
@given(groups, st.lists(records(), min_size=1, max_size=6))
@example(
    {"expressions": [{"key": "region", "operator": "!=", "values": ["north"]}]},
    [({"region": "string"}, {}, {}), ({"region": "string"}, {"region": "south"}, {})],
)
@example(
    {"expressions": [{"key": "region", "operator": ">=", "values": ["0.95"]}]},
    [({"region": "double"}, {"region": 0.95}, {}), ({}, {}, {"region": 0.95})],
)
def test_sql_selects_what_the_rules_select(group: dict[str, Any], drawn: list) -> None:
    try:
        selected = selected_by_sql(group, drawn)
    except BadInput as error:
        # Refused because a value is of no type that the key is declared with anywhere.
        types = {t for schema, _, _ in drawn for k, t in schema.items() if k == error.key}
        assert "string" not in types
        assert types
        return
    expected = [
        number
        for number, (_, declared, others) in enumerate(drawn)
        if passes(group, {**others, **declared})
    ]
    assert selected == expected


@settings(deadline=None)
@given(groups, st.lists(records(), min_size=1, max_size=6))
def test_a_group_and_its_not_share_out_the_records(group: dict[str, Any], drawn: list) -> None:
    negated = {"logical_operator": "NOT", "expressions": [group]}
    try:
        inside, outside = selected_by_sql(group, drawn), selected_by_sql(negated, drawn)
    except BadInput:
        return
    assert sorted(inside + outside) == list(range(len(drawn)))


@settings(deadline=None)
@given(groups)
def test_a_group_survives_being_written_and_read(group: dict[str, Any]) -> None:
    once = MetadataFilter.from_dict(group)
    assert MetadataFilter.from_dict(once.to_dict()) == once


@settings(deadline=None)
@given(st.text(min_size=1), st.text())
def test_keys_and_values_are_never_part_of_the_statement(key: str, value: str) -> None:
    group = {"expressions": [{"key": key, "operator": "=", "values": [value]}]}
    drawn = [({}, {}, {key: value}), ({}, {}, {key + "x": value})]
    assert selected_by_sql(group, drawn) == [0]
