"""Response formats."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api import masks
from core.errors import BadInput

KEYS = st.sampled_from(["data_source", "identifier", "epoch", "nbtrace", "lat", "lon", "events"])
trees = st.recursive(st.booleans(), lambda inner: st.dictionaries(KEYS, inner), max_leaves=15)
mask_objects = st.dictionaries(KEYS, trees)
location = st.fixed_dictionaries({"lat": st.none() | st.floats(-90, 90), "lon": st.floats(-9, 9)})
records = st.fixed_dictionaries(
    {
        "data_source": st.fixed_dictionaries({"identifier": st.integers(), "epoch": st.text()}),
        "epoch": st.text(),
        "nbtrace": location,
        "events": st.lists(st.fixed_dictionaries({"identifier": st.integers(), "lat": st.none()})),
    }
)


def is_part(part: Any, whole: Any) -> bool:
    if isinstance(part, dict):
        return all(key in whole and is_part(value, whole[key]) for key, value in part.items())
    if isinstance(part, list):
        return len(part) == len(whole) and all(map(is_part, part, whole))
    return bool(part == whole)


def everything(value: Any) -> Any:
    if isinstance(value, dict) and value:
        return {key: everything(item) for key, item in value.items()}
    if isinstance(value, list) and value:
        return everything(value[0])
    return True


@settings(deadline=None)
@given(mask_objects, records)
def test_a_mask_gives_part_of_the_record(mask: dict[str, Any], record: dict[str, Any]) -> None:
    assert is_part(masks.apply(mask, record), record)


@settings(deadline=None)
@given(records)
def test_the_mask_of_everything_gives_everything(record: dict[str, Any]) -> None:
    assert masks.apply(everything(record), record) == record


@settings(deadline=None)
@given(mask_objects, records)
def test_a_location_is_whole_or_absent(mask: dict[str, Any], record: dict[str, Any]) -> None:
    masked = masks.apply(mask, record)
    assert masked.get("nbtrace", record["nbtrace"]) == record["nbtrace"]
    assert ("nbtrace" in masked) == masks.wants(mask, "nbtrace")


@settings(deadline=None)
@given(records)
def test_nothing_asked_nothing_given(record: dict[str, Any]) -> None:
    assert masks.apply({}, record) == {}
    assert masks.apply({"epoch": False, "events": {"identifier": False}}, record) == {}


def test_lists_are_masked_element_by_element() -> None:
    record = {"events": [{"start": 1, "end": 2}, {"start": 3, "end": 4}]}
    assert masks.apply({"events": {"start": True}}, record) == {
        "events": [{"start": 1}, {"start": 3}]
    }


@pytest.mark.parametrize("leaf", ["yes", 1, None, [True]])
def test_a_leaf_that_is_no_boolean_is_named(leaf: object) -> None:
    with pytest.raises(BadInput, match=r"data_source\.identifier") as caught:
        masks.check({"data_source": {"identifier": leaf}})
    assert caught.value.field == "data_source.identifier"
