"""The order of rows against Python's own sort."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.search.results.order import order_rows
from core.search.results.paging import check_sort

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
TYPES: dict[str, tuple[pa.DataType, st.SearchStrategy[Any]]] = {
    "number": (pa.float64(), st.sampled_from([-1.5, 0.0, 2.0, math.inf, math.nan, None])),
    "whole": (pa.int32(), st.sampled_from([-(2**31), 0, 3, 2**31 - 1, None])),
    "text": (pa.string(), st.sampled_from(["", "a", "B", "ä", "zz", None])),
    "flag": (pa.bool_(), st.sampled_from([True, False, None])),
    "time": (
        pa.timestamp("us", "UTC"),
        st.sampled_from([EPOCH, EPOCH + timedelta(microseconds=1), None]),
    ),
}


@given(st.data())
def test_rows_are_in_the_order_that_python_gives(data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from(sorted(TYPES)), min_size=0, max_size=3))
    count = data.draw(st.integers(0, 30))
    ways = [data.draw(st.sampled_from(["asc", "desc"])) for _ in names]
    columns = [
        data.draw(st.lists(TYPES[name][1], min_size=count, max_size=count)) for name in names
    ]
    keys = [
        (pa.chunked_array([values[:7], values[7:]], type=TYPES[name][0]), way)
        for name, values, way in zip(names, columns, ways, strict=True)
    ]
    expected = list(range(count))
    for values, way in reversed(list(zip(columns, ways, strict=True))):
        there = [row for row in expected if not missing(values[row])]
        there.sort(key=values.__getitem__, reverse=way == "desc")
        expected = there + [row for row in expected if missing(values[row])]
    assert order_rows(keys, count).tolist() == expected


def missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def test_a_column_of_lists_has_no_order() -> None:
    schema = pa.schema([("sources", pa.list_(pa.int32())), ("row", pa.int64())])
    check_sort(schema, [("row", "desc")])
    with pytest.raises(BadInput, match="holds lists"):
        check_sort(schema, [("sources", "asc")])
