from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from core.archive import duck


def test_times_come_out_in_utc() -> None:
    table = duck.query("SELECT make_timestamptz($us) AS t", {"us": 1_577_836_800_000_000})
    assert table.schema.field("t").type == pa.timestamp("us", tz="UTC")
    assert table["t"].to_pylist() == [datetime(2020, 1, 1, tzinfo=UTC)]


def test_threads_have_connections_of_their_own() -> None:
    def work(number: int) -> int:
        rows = pa.table({"x": [number] * 1000})
        return duck.query("SELECT sum(x) AS s FROM mine", tables={"mine": rows})["s"][0].as_py()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(40))) == [n * 1000 for n in range(40)]


def test_microseconds_take_times_without_a_zone_as_utc() -> None:
    aware = datetime(2020, 1, 1, 0, 0, 0, 5, tzinfo=UTC)
    elsewhere = aware.astimezone(timezone(timedelta(hours=-7)))
    naive = aware.replace(tzinfo=None)
    wanted = 1_577_836_800_000_005
    assert [duck.microseconds(t) for t in (aware, elsewhere, naive)] == [wanted] * 3


@settings(deadline=None)
@given(st.text())
def test_quoted_text_and_names_are_read_as_they_are(text: str) -> None:
    # DuckDB has neither strings nor names with a zero character.
    text = text.replace("\0", "")
    name = text or "x"
    table = duck.query(f"SELECT {duck.quote_text(text)} AS {duck.quote_name(name)}")
    assert table.column_names == [name]
    assert table.column(0).to_pylist() == [text]
