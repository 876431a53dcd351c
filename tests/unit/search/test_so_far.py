"""Rows that are read while the search for more goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from core.archive import Archive
from core.errors import NotFound, SearchCancelled
from core.search import records as record_search
from core.search.jobs import so_far
from core.search.jobs.execution import execute
from core.search.jobs.files import result_files
from core.search.jobs.so_far import RowsSoFar
from core.search.results.header import ResultHeader
from core.search.results.result_set import ResultSet
from core.search.service import SearchService
from tests.oracle.small_archive import records, source

FIRST = int(np.datetime64("2019-01-01", "m").astype(np.int64))
SOURCES = 30
MINUTES = 5
QUERY: dict[str, Any] = {
    "start": "2019-01-01T00:00:00",
    "end": "2019-01-02T00:00:00",
    "data_sources": {"programs": ["leo"]},
}


class Clock:
    """Tells the time that it was set to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def table(rows: int) -> pa.Table:
    return pa.table({"row": np.arange(rows), "x": np.full(rows, rows)})


def header(found: pa.Table) -> ResultHeader:
    return ResultHeader.make("ephemeris", {}, [])


class Maker:
    """Makes a table, takes its time, and counts how often it was asked."""

    def __init__(self, clock: Clock, rows: int = 3, takes_s: float = 0.0) -> None:
        self.clock, self.rows, self.takes_s, self.asked = clock, rows, takes_s, 0

    def __call__(self) -> pa.Table:
        self.asked += 1
        self.clock.now += self.takes_s
        return table(self.rows)


def test_a_quick_search_writes_nothing(tmp_path: Path) -> None:
    clock = Clock()
    make = Maker(clock)
    rows = RowsSoFar(tmp_path / "a.parquet", header, clock)
    clock.now = so_far.FIRST_AFTER_S - 0.01
    rows(make)
    assert make.asked == 0
    clock.now = so_far.FIRST_AFTER_S
    rows(make)
    assert ResultSet(tmp_path / "a.parquet").count == 3
    assert [path.name for path in tmp_path.iterdir()] == ["a.parquet"]


def test_later_files_come_seldom_and_take_a_tenth_of_the_time(tmp_path: Path) -> None:
    clock = Clock()
    make = Maker(clock)
    rows = RowsSoFar(tmp_path / "a.parquet", header, clock)
    for step in range(100):
        clock.now = 0.15 + step * 0.1
        make.rows = step + 1
        rows(make)
    assert make.asked == 10
    make.takes_s = 5.0
    clock.now = 100.0
    rows(make)
    before = make.asked
    for second in range(106, 149):
        clock.now = float(second)
        rows(make)
    assert make.asked == before
    clock.now = 151.0
    rows(make)
    assert make.asked == before + 1


def test_nothing_found_is_no_file(tmp_path: Path) -> None:
    clock = Clock()
    rows = RowsSoFar(tmp_path / "a.parquet", header, clock)
    clock.now = 1.0
    rows(Maker(clock, rows=0))
    assert list(tmp_path.iterdir()) == []


def test_readers_see_one_file_or_the_next(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    clock = Clock()
    rows = RowsSoFar(path, header, clock)
    stop, wrong = threading.Event(), []

    def read() -> None:
        while not stop.is_set():
            try:
                page, matched = ResultSet(path).page(0, 10, [("x", "desc")], {"x": {">": 0}})
            except NotFound:
                continue
            if set(page["x"].to_pylist()) != {matched}:
                wrong.append(page)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for step in range(60):
        clock.now = 10.0 * (step + 1)
        rows(Maker(clock, rows=1 + step % 7))
    stop.set()
    for reader in readers:
        reader.join()
    assert not wrong


@dataclass
class Held:
    """A search in a thread that waits before its last read."""

    service: SearchService
    request_id: str
    reached: threading.Event
    go_on: threading.Event
    runner: threading.Thread


@pytest.fixture
def held(archive_of: Callable[..., Archive], monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    minutes = list(range(FIRST, FIRST + MINUTES))
    place = ([60.0] * MINUTES, [0.0] * MINUTES)
    ids = range(1, SOURCES + 1)
    archive = archive_of(
        [source(number, "leo") for number in ids],
        [records(number, minutes, nb=place) for number in ids],
        inline_pair_minutes=0,
    )
    reached, go_on = threading.Event(), threading.Event()
    read = record_search._read

    def read_or_wait(archive: Any, query: Any, group: Any, *rest: Any) -> pa.Table:
        if group and group[-1].identifier == SOURCES:
            reached.set()
            assert go_on.wait(60)
        return read(archive, query, group, *rest)

    monkeypatch.setattr(record_search, "_read", read_or_wait)
    monkeypatch.setattr(so_far, "FIRST_AFTER_S", -1.0)
    monkeypatch.setattr(so_far, "EVERY_S", 0.0)
    monkeypatch.setattr(so_far, "SHARE", 1e9)
    service = SearchService(archive)
    request_id = service.submit("ephemeris", QUERY)
    claim = service.jobs.claim("here", 60.0, request_id)
    assert claim is not None
    runner = threading.Thread(target=execute, args=(archive, service.jobs, claim))
    yield Held(service, request_id, reached, go_on, runner)
    go_on.set()
    runner.join()


def test_rows_found_so_far_can_be_read_while_it_runs(held: Held) -> None:
    with pytest.raises(NotFound):
        held.service.rows_so_far(held.request_id)
    assert not held.service.progress(held.request_id).rows_so_far
    held.runner.start()
    assert held.reached.wait(60)
    assert held.service.progress(held.request_id).rows_so_far
    found = held.service.rows_so_far(held.request_id)
    assert found.count == 24 * MINUTES
    page, matched = found.page(0, 5, [("source", "desc")])
    assert (matched, set(page["source"].to_pylist())) == (24 * MINUTES, {24})
    assert set(found.sources) == set(range(1, 25))
    assert len(list(found.records())) == 24 * MINUTES
    held.go_on.set()
    held.runner.join()
    every = held.service.rows_so_far(held.request_id)
    assert every.count == SOURCES * MINUTES
    assert result_files(every.path.parent, held.request_id) == [every.path]
    assert not held.service.progress(held.request_id).rows_so_far
    with pytest.raises(NotFound):
        found.page()


def test_a_cancelled_search_leaves_none_of_them(held: Held) -> None:
    held.runner.start()
    assert held.reached.wait(60)
    folder = held.service.rows_so_far(held.request_id).path.parent
    held.service.cancel(held.request_id)
    held.go_on.set()
    held.runner.join()
    assert result_files(folder, held.request_id) == []
    with pytest.raises(SearchCancelled):
        held.service.rows_so_far(held.request_id)
