"""What a filter may be, and how one that is not valid is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from core.archive import Archive
from core.archive.derived_fields import DERIVED_FIELDS
from core.archive.filters import MAX_DEPTH, MAX_EXPRESSIONS, MetadataFilter
from core.errors import BadInput, LimitExceeded
from core.instruments.model import MetadataField
from core.settings import Settings
from tests.oracle.small_archive import source

ARC = {"key": "arc", "operator": "=", "values": ["yes"]}
SUN = {"key": "derived.sun_elevation_deg", "operator": "<", "values": [-12]}


def negated(member: Any) -> dict[str, Any]:
    return {"logical_operator": "NOT", "expressions": [member]}


def test_a_flat_group_is_read_and_written_as_ever() -> None:
    group = {"logical_operator": "OR", "expressions": [ARC, {**ARC, "values": ["no"]}]}
    assert MetadataFilter.from_dict(group).to_dict() == group
    assert MetadataFilter.from_dict([ARC]).to_dict() == {
        "logical_operator": "AND", "expressions": [ARC]
    }  # fmt: skip
    for empty in (None, {}, [], {"expressions": []}, {"logical_operator": "or"}):
        assert not MetadataFilter.from_dict(empty)
        assert MetadataFilter.from_dict(empty).to_dict() == {}


def test_a_nested_group_survives_the_round_trip() -> None:
    group = {
        "logical_operator": "AND",
        "expressions": [ARC, negated({"logical_operator": "OR", "expressions": [ARC, SUN]})],
    }
    read = MetadataFilter.from_dict(group)
    assert read.to_dict() == group
    assert read.derived
    assert [leaf.key for leaf in read.leaves] == ["arc", "arc", SUN["key"]]


@pytest.mark.parametrize(
    ("group", "place"),
    [
        ({"logical_operator": "XOR", "expressions": [ARC]}, "f.logical_operator"),
        ({"logical_operator": "NOT", "expressions": [ARC, ARC]}, "f.expressions"),
        ({"logical_operator": "NOT", "expressions": []}, "f.expressions"),
        ([ARC, {"expressions": []}], "f.expressions[1].expressions"),
        ([ARC, 3], "f.expressions[1]"),
        ([{}], "f.expressions[0].key"),
        ([negated({**ARC, "operator": "~"})], "f.expressions[0].expressions[0].operator"),
        ([negated({**ARC, "values": []})], "f.expressions[0].expressions[0].values"),
        ([negated([ARC])], "f.expressions[0].expressions[0]"),
        ([{"expressions": [ARC], "why": 1}], "f.expressions[0].why"),
        ([{**SUN, "key": "derived.colour"}], "f.expressions[0].key"),
        ([negated({**SUN, "values": ["low"]})], "f.expressions[0].expressions[0].values[0]"),
        ([{**SUN, "values": [True]}], "f.expressions[0].values[0]"),
    ],
)
def test_what_is_wrong_is_named_by_its_place(group: Any, place: str) -> None:
    with pytest.raises(BadInput) as caught:
        MetadataFilter.from_dict(group, "f")
    assert caught.value.details["field"] == place


def test_depth_and_size_are_limited() -> None:
    nested: dict[str, Any] = ARC
    for _ in range(MAX_DEPTH):
        nested = negated(nested)
    assert MetadataFilter.from_dict(nested)
    with pytest.raises(LimitExceeded):
        MetadataFilter.from_dict(negated(nested))
    for _ in range(5000):
        nested = negated(nested)
    with pytest.raises(LimitExceeded):
        MetadataFilter.from_dict(nested)
    assert MetadataFilter.from_dict([ARC] * MAX_EXPRESSIONS)
    with pytest.raises(LimitExceeded):
        MetadataFilter.from_dict([ARC] * (MAX_EXPRESSIONS + 1))


def test_a_number_may_come_as_text() -> None:
    group = MetadataFilter.from_dict([{**SUN, "operator": "between", "values": ["-18", "-6.5"]}])
    assert [leaf.values for leaf in group.leaves] == [(-18, -6.5)]


def test_the_place_of_an_unreadable_value_is_named_inside_groups_too() -> None:
    fields = [MetadataField("arc", "", "double")]
    with pytest.raises(BadInput) as caught:
        MetadataFilter.from_dict([SUN, negated([ARC][0])]).to_sql(fields)
    assert caught.value.details["field"] == "expressions[0].key"
    with pytest.raises(BadInput) as caught:
        MetadataFilter.from_dict([{**ARC, "values": [1]}, negated(ARC)]).to_sql(fields)
    assert caught.value.details["field"] == "expressions[1].expressions[0].values[0]"


def test_the_largest_filter_compiles_and_runs(settings: Settings) -> None:
    with Archive.create(settings) as archive:
        archive.catalogue.sources.put(source(1, "leo"))
        deep: dict[str, Any] = {"logical_operator": "OR", "expressions": [ARC] * MAX_EXPRESSIONS}
        for _ in range(MAX_DEPTH - 1):
            deep = negated(deep)
        condition = MetadataFilter.from_dict(deep).to_sql([MetadataField("arc", "", "string")])
        sql = f"SELECT ({condition.sql}) AS said FROM (SELECT NULL::VARCHAR AS metadata_json, "
        from core.archive import duck

        sql += "'yes' AS md_string_arc)"
        assert duck.query(sql, condition.params)["said"].to_pylist() == [False]


@pytest.mark.parametrize("schema", ["ephemeris_metadata_schema", "data_product_metadata_schema"])
def test_no_source_may_declare_a_derived_name(settings: Settings, schema: str) -> None:
    taken = MetadataField(DERIVED_FIELDS[0].field_name, "", "double")
    with Archive.create(settings) as archive, pytest.raises(BadInput) as caught:
        archive.catalogue.sources.put(replace(source(1, "leo"), **{schema: (taken,)}))
    assert caught.value.details["field"] == f"{schema}[0].field_name"
