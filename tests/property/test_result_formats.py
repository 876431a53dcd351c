"""Laws of results: parts make up the whole, orders are those of sorting, formats say the same."""

from __future__ import annotations

import io
import json
import math
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api import formats
from api.answers import encode
from core.archive.columns import EPHEMERIS_SCHEMA, POSITION_COLUMNS
from core.search.results import header as header_module
from core.search.results import result_set
from core.search.results.flat import SOURCE_NAMES, flat
from core.search.results.header import ResultHeader, write_result
from core.search.results.result_set import ResultSet, as_records
from tests.oracle.small_archive import source

START = datetime(2019, 1, 1, tzinfo=UTC)
SCHEMA = pa.schema(
    [
        ("row", pa.int64()),
        *EPHEMERIS_SCHEMA,
        ("md_double_confidence", pa.float64()),
        ("md_string_region", pa.string()),
        ("md_int_quality", pa.int64()),
        ("md_bool_on", pa.bool_()),
    ]
)
SORTABLE = [name for name in SCHEMA.names if name != "year"]
SOURCES = [source(number, "leo") for number in (1, 7, 30)]
HEADER = ResultHeader.make("ephemeris", {}, SOURCES)
FORMULA = "=+-@\t\r"

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=8)
hostile = st.sampled_from(["=1+1", "+1", "-1", "@x", "\tx", "a,b", 'a"b', "a\nb", "", "\r", "ä€"])
words = st.none() | texts | hostile
numbers = st.none() | st.floats(allow_nan=True, allow_infinity=True)
few = st.none() | st.sampled_from([-1.5, 0.0, 2.0])


@st.composite
def rows(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Rows as a search finds them: in the order of their epochs."""
    count = draw(st.integers(0, 12))
    minutes = sorted(draw(st.lists(st.integers(0, 4), min_size=count, max_size=count)))
    return [
        {
            "row": number,
            "source": draw(st.sampled_from([item.identifier for item in SOURCES])),
            "year": 2019,
            "epoch": START + timedelta(minutes=minute),
            **{name: draw(few) for name in POSITION_COLUMNS},
            "metadata_json": draw(st.none() | st.just('{"note":"=x"}')),
            "provenance": "uploaded",
            "md_double_confidence": draw(numbers),
            "md_string_region": draw(words),
            "md_int_quality": draw(st.none() | st.integers(-(2**63), 2**63 - 1)),
            "md_bool_on": draw(st.none() | st.booleans()),
        }
        for number, minute in enumerate(minutes)
    ]


@pytest.fixture(autouse=True)
def _small_parts() -> Iterator[None]:
    """Groups, batches and pages of a few rows, so that a few rows have many of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(header_module, "GROUP_ROWS", 4)
        patch.setattr(result_set, "BATCH_ROWS", 3)
        patch.setattr(result_set, "SORTED_ROWS", 5)
        yield


def kept(folder: str, found: list[dict[str, Any]]) -> ResultSet:
    path = Path(folder) / "result.parquet"
    write_result(pa.Table.from_pylist(found, schema=SCHEMA), HEADER, path, durable=False)
    return ResultSet(path)


def numbers_of(results: ResultSet, *asked: Any) -> list[int]:
    tables, _ = results.tables(*asked)
    return [number for table in tables for number in table["row"].to_pylist()]


sorts = st.lists(st.tuples(st.sampled_from(SORTABLE), st.sampled_from(["asc", "desc"])), max_size=3)
wheres = st.sampled_from(
    [
        {},
        {"source": {"in": [1, 30]}},
        {"md_string_region": {"contains": "A"}},
        {"md_double_confidence": {">": 0.0}, "md_bool_on": {"=": True}},
        {"epoch": {">=": START + timedelta(minutes=2)}},
    ]
)


def matches(row: dict[str, Any], where: dict[str, Any]) -> bool:
    """The same filters, row by row; NaN is above every number, as databases have it."""
    region, confidence = row["md_string_region"], row["md_double_confidence"]
    tests = {
        "source": row["source"] in (1, 30),
        "md_string_region": region is not None and "a" in region.lower(),
        "md_double_confidence": confidence is not None
        and (math.isnan(confidence) or confidence > 0),
        "md_bool_on": row["md_bool_on"] is True,
        "epoch": row["epoch"] >= START + timedelta(minutes=2),
    }
    return all(tests[name] for name in where)


def brute_force(
    found: list[dict[str, Any]], sort: list[tuple[str, str]], where: dict[str, Any]
) -> list[int]:
    """Sort by the last key first, and keep ties in place."""
    left = [row for row in found if matches(row, where)]
    for name, way in reversed(sort):
        left = [left[place] for place in order_of(left, name, way)]
    return [row["row"] for row in left]


def order_of(left: list[dict[str, Any]], name: str, way: str) -> list[int]:
    places = [i for i, row in enumerate(left) if not is_missing(row[name])]
    missing = [i for i, row in enumerate(left) if is_missing(row[name])]
    values = sorted({left[i][name] for i in places}, reverse=way == "desc")
    return [i for value in values for i in places if left[i][name] == value] + missing


def is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


@settings(max_examples=25, deadline=None)
@given(rows(), sorts, wheres, st.integers(3, 7), st.integers(0, 14))
def test_pages_make_up_the_whole_in_the_order_of_sorting(
    found: list[dict[str, Any]],
    sort: list[tuple[str, str]],
    where: dict[str, Any],
    size: int,
    offset: int,
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        results = kept(folder, found)
        expected = brute_force(found, sort, where)
        assert numbers_of(results, 0, None, sort, where) == expected
        assert results.tables(0, None, sort, where)[1] == len(expected)
        assert numbers_of(results, offset, None, sort, where) == expected[offset:]
        pages = [
            numbers_of(results, first, size, sort, where)
            for first in range(0, len(expected) + size, size)
        ]
        assert [number for page in pages for number in page] == expected
        assert all(len(page) <= size for page in pages)
        assert [r["epoch"] for r in results.records(0, None, sort, where)] == [
            found[number]["epoch"].strftime("%Y-%m-%dT%H:%M:%S") for number in expected
        ]


@settings(max_examples=25, deadline=None)
@given(rows())
def test_all_formats_say_the_same(found: list[dict[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        results = kept(folder, found)
        table = read(formats.PARQUET_TYPE, results)
        assert read(formats.ARROW_TYPE, results).equals(table)
        assert read(formats.CSV_TYPE, results, table.schema).equals(escaped(table))
        records = json.loads(encode(list(as_records(results.table(), results.header))))
        for record in records:  # a number that is none stays in JSON, as null
            record["metadata"] = {k: v for k, v in record["metadata"].items() if v is not None}
        assert [record_of(row) for row in table.to_pylist()] == records


def read(kind: str, results: ResultSet, schema: pa.Schema | None = None) -> pa.Table:
    """Write a result in one format, and read it with a reader that knows nothing of ours."""
    tables = (flat(table, HEADER) for table in results.tables()[0])
    raw = io.BytesIO(b"".join(formats.stream_tables(kind, tables).iter_encoded()))
    if kind == formats.PARQUET_TYPE:
        return pq.read_table(raw)
    if kind == formats.ARROW_TYPE:
        return pa.ipc.open_stream(raw).read_all()
    assert schema is not None
    return pa_csv.read_csv(
        raw,
        parse_options=pa_csv.ParseOptions(newlines_in_values=True),
        convert_options=pa_csv.ConvertOptions(
            column_types=schema, strings_can_be_null=True, quoted_strings_can_be_null=False,
            null_values=[""],
        ),
    ).cast(schema)  # fmt: skip


def escaped(table: pa.Table) -> pa.Table:
    rows = table.to_pylist()
    for row in rows:
        for name, value in row.items():
            if isinstance(value, str) and value[:1] and value[0] in FORMULA:
                row[name] = f"'{value}"
    return pa.Table.from_pylist(rows, schema=table.schema)


def record_of(row: dict[str, Any]) -> dict[str, Any]:
    """Nest a flat row as the API's records are."""
    metadata = {
        name.split("_", 2)[2]: value
        for name, value in row.items()
        if name.startswith("md_") and value is not None
    }
    places = {"location_geo": "geo", "location_gsm": "gsm", "nbtrace": "nbtrace"}
    places["sbtrace"] = "sbtrace"
    return {
        "data_source": {"identifier": row["source"], **{n: row[n] for n in SOURCE_NAMES}},
        "epoch": row["epoch"].strftime("%Y-%m-%dT%H:%M:%S"),
        **{
            name: {"lat": row[f"{short}_lat_deg"], "lon": row[f"{short}_lon_deg"]}
            for name, short in places.items()
        },
        "metadata": metadata | json.loads(row["metadata_json"] or "{}"),
    }
