"""JSON out."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api import answers

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
values = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20
).filter(lambda value: "Infinity" not in json.dumps(value))


@settings(deadline=None)
@given(st.lists(values, max_size=12), st.sampled_from([None, "result"]), st.integers(1, 5))
def test_a_stream_is_the_same_json_as_the_whole(
    records: list[object], key: str | None, chunk: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(answers, "CHUNK_RECORDS", chunk)
        body = answers.stream(iter(records), key).get_data(as_text=True)
    assert json.loads(body) == (records if key is None else {key: records})


@settings(deadline=None)
@given(st.recursive(st.floats(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_what_json_does_not_know_becomes_null(value: object) -> None:
    def refuse(name: str) -> None:
        raise AssertionError(name)

    read = json.loads(answers.encode(value), parse_constant=refuse)
    assert type(read) is type(value) or read is None


def test_nan_is_null_beside_numbers_that_stay() -> None:
    assert json.loads(answers.encode({"a": [1.5, math.nan], "b": math.inf})) == {
        "a": [1.5, None],
        "b": None,
    }


def test_the_content_type_names_no_character_set() -> None:
    assert answers.answer({}).headers["Content-Type"] == "application/json"
    assert answers.stream(iter([])).headers["Content-Type"] == "application/json"


def test_records_are_read_while_they_are_sent() -> None:
    read: list[int] = []

    def numbers() -> object:
        for number in range(10 * answers.CHUNK_RECORDS):
            read.append(number)
            yield number

    response = answers.stream(numbers())  # type: ignore[arg-type]
    assert len(read) == answers.CHUNK_RECORDS
    assert len(json.loads(response.get_data())) == 10 * answers.CHUNK_RECORDS


def test_what_fails_before_the_first_record_fails_before_the_response() -> None:
    def broken() -> object:
        raise LookupError("gone")
        yield

    with pytest.raises(LookupError):
        answers.stream(broken())  # type: ignore[arg-type]
