"""CSV, JSON and binary carry the same values to the last bit."""

from __future__ import annotations

import json
import struct
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Conflict
from core.hapi import encoding
from core.hapi.columns import batch_of
from core.hapi.model import Parameter, time_parameter
from tests.hapi.reading import binary_rows, csv_rows, json_rows

PARAMETERS = (
    time_parameter("time"),
    Parameter("double", "double", None, ""),
    Parameter("integer", "integer", None, ""),
    Parameter("text", "string", None, "", 64),
    Parameter("line", "double", None, "", size=(3,)),
    Parameter("picture", "double", None, "", size=(2, 3)),
)
DESCRIBED = [parameter.to_dict() for parameter in PARAMETERS]
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_characters="\0\r\n", exclude_categories=("Cs",)),
    max_size=16,
)
ROWS = st.lists(
    st.tuples(
        st.integers(-(2**45), 2**45),
        FLOATS,
        st.integers(-(2**31) + 1, 2**31 - 1),
        TEXTS,
        st.lists(FLOATS, min_size=3, max_size=3),
        st.lists(FLOATS, min_size=6, max_size=6),
    ),
    max_size=12,
)


def table(rows: list[Any]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * 6
    kinds = [
        pa.int64(), pa.float64(), pa.int32(), pa.string(), pa.list_(pa.float64(), 3),
        pa.list_(pa.float64(), 6),
    ]  # fmt: skip
    arrays = [pa.array(list(c), k) for c, k in zip(columns, kinds, strict=True)]
    return pa.table(arrays, names=[parameter.name for parameter in PARAMETERS])


def bits(rows: list[list[Any]]) -> list[list[Any]]:
    """Floats as their bytes, so that -0.0 is not 0.0."""
    return [
        [
            struct.pack("<d", float(v)) if k == "double" else v
            for v, k in zip(row, KINDS, strict=True)
        ]
        for row in rows
    ]


KINDS = ["isotime", "double", "integer", "string", *["double"] * 9]


@given(ROWS)
def test_the_formats_agree_to_the_last_bit(rows: list[Any]) -> None:
    batch = table(rows)
    text = b"".join(encoding.csv_chunks([batch], PARAMETERS)).decode()
    packed = b"".join(encoding.binary_chunks([batch], PARAMETERS))
    written = b"".join(encoding.json_chunks([batch], PARAMETERS, {"HAPI": "3.3"})).decode()
    from_csv = bits(csv_rows(text, DESCRIBED))
    assert from_csv == bits(json_rows(written))
    assert from_csv == bits(binary_rows(packed, DESCRIBED))
    sent = [struct.pack("<d", row[1]) for row in rows]
    assert [row[1] for row in from_csv] == sent
    assert [row[3] for row in from_csv] == [row[3] for row in rows]


@given(st.lists(ROWS, max_size=4))
def test_batches_follow_one_another(parts: list[list[Any]]) -> None:
    whole = table([row for rows in parts for row in rows])
    batches = [table(rows) for rows in parts]
    for encode in (encoding.csv_chunks, encoding.binary_chunks):
        assert b"".join(encode(batches, PARAMETERS)) == b"".join(encode([whole], PARAMETERS))
    document = {"HAPI": "3.3", "ends": [1]}
    written = b"".join(encoding.json_chunks(batches, PARAMETERS, document))
    assert written == b"".join(encoding.json_chunks([whole], PARAMETERS, document))
    assert list(json.loads(written)) == ["HAPI", "ends", "data"]


def test_chunks_are_small_whatever_the_batch() -> None:
    wide = Parameter("wide", "double", None, "", size=(1000,))
    column = pa.FixedSizeListArray.from_arrays(pa.array([0.125] * 2_000_000), 1000)
    batch = pa.table([pa.array([0] * 2000), column], names=["Time", "wide"])
    sizes = [len(chunk) for chunk in encoding.csv_chunks([batch], (PARAMETERS[0], wide))]
    assert len(sizes) > 10
    assert max(sizes) < 2_000_000


def test_nulls_and_what_is_no_number_are_fill() -> None:
    columns = [
        pa.chunked_array([pa.array([0, 1], pa.timestamp("us", tz="UTC"))]),
        pa.chunked_array([pa.array([None, float("nan")], pa.float64())]),
        pa.chunked_array([pa.array([None, True])]),
        pa.chunked_array([pa.array([None, "ä"])]),
    ]
    batch = batch_of(columns, PARAMETERS[:4])
    assert batch.to_pydict() == {
        "Time": [0, 1], "double": [-1e31, -1e31], "integer": [-(2**31), 1], "text": ["n/a", "ä"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"), [("integer", 2**31), ("integer", -(2**31)), ("text", "ä" * 33)]
)
def test_what_hapi_cannot_carry_is_refused(name: str, value: Any) -> None:
    parameter = next(p for p in PARAMETERS if p.name == name)
    with pytest.raises(Conflict) as caught:
        batch_of([pa.chunked_array([pa.array([value])])], [parameter])
    assert caught.value.parameter == name
