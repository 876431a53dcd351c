from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.archive import duck
from core.errors import ArchiveError, SearchCancelled


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


LONG = "SELECT count(*) FROM range(400000) a, range(4000000) b WHERE (a.range * b.range) % 7 = 3"


def _interrupted_after_start(interrupts: duck.Interrupts, work: Callable[[], object]) -> None:
    """Run `work` in a thread of this context, and interrupt until it has ended."""
    with ThreadPoolExecutor(1) as pool, duck.interruptible(interrupts):
        running = pool.submit(copy_context().run, work)
        while not running.done():
            interrupts.interrupt()
            wait([running], timeout=0.02)
    with pytest.raises(SearchCancelled):
        running.result()


def test_a_statement_is_interrupted_in_whatever_thread_it_runs() -> None:
    interrupts = duck.Interrupts()
    _interrupted_after_start(interrupts, lambda: duck.query(LONG))
    assert interrupts.asked
    assert duck.query("SELECT 1 AS one")["one"].to_pylist() == [1], "outside nothing has changed"


def test_nothing_starts_after_an_interrupt() -> None:
    interrupts = duck.Interrupts()
    duck.check()
    with duck.interruptible(interrupts):
        duck.check()
        assert duck.query("SELECT 1 AS one").num_rows == 1
        interrupts.interrupt()
        with pytest.raises(SearchCancelled):
            duck.query("SELECT 1 AS one")
        with pytest.raises(SearchCancelled):
            duck.check()
    duck.check()


def test_work_beside_the_interrupted_goes_on() -> None:
    ended, other = duck.Interrupts(), duck.Interrupts()
    with duck.interruptible(other):
        _interrupted_after_start(ended, lambda: duck.query(LONG))
        assert duck.query("SELECT 1 AS one").num_rows == 1
    assert not other.asked


@pytest.mark.parametrize("content", [None, b"x", b"x" * 1000])
def test_a_data_file_that_cannot_be_read_is_an_error_of_the_archive(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "a.parquet"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ArchiveError, match=r"a\.parquet") as caught:
        duck.query(f"SELECT * FROM read_parquet({duck.quote_text(str(path))})")
    assert "core check" in str(caught.value.hint)
