"""How much a cancelled job still does at each stage, and that no worker waits for the rest.

Nothing here is measured by a clock: what is counted is the work that is done after the wish.
"""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from core.archive import Archive
from core.errors import SearchCancelled
from core.search.engine import kernels
from core.search.jobs import worker as worker_module
from core.search.jobs.execution import SEARCHES, Finished, execute
from core.search.jobs.monitor import Monitor
from core.search.jobs.queue import Claim, JobStore
from core.search.jobs.run import Run
from core.search.jobs.worker import run_worker
from core.search.service import SearchService
from tests.oracle.small_archive import records, source

# Two days on either side of New Year: two pieces.
FIRST = int(np.datetime64("2018-12-30", "m").astype(np.int64))
MINUTES = 4 * 1440
COUNT = 5
FILTER = {
    "logical_operator": "AND",
    "expressions": [{"key": "derived.mlat_deg", "operator": ">", "values": [40]}],
}
PLAIN: dict[str, Any] = {
    "start": "2018-12-30T00:00:00",
    "end": "2019-01-02T23:59:00",
    "space": [{}, {}, {}],
    "max_distances": {f"space{i}-space{j}": 900 for i, j in ((1, 2), (1, 3), (2, 3))},
}
FILTERED = PLAIN | {"space": [{"ephemeris_metadata_filters": FILTER}, {}, {}]}
RECORDS = {"start": PLAIN["start"], "end": PLAIN["end"], "data_sources": {"programs": ["leo"]}}


@pytest.fixture
def archive(archive_of: Callable[..., Archive]) -> Archive:
    minutes = list(range(FIRST, FIRST + MINUTES))
    time_h = np.arange(MINUTES) / 60.0
    tables = []
    for number in range(1, COUNT + 1):
        lat = 60.0 + 4.0 * np.sin(time_h * (1.0 + 0.1 * number))
        tables.append(records(number, minutes, nb=(lat, np.full(MINUTES, number - 100.0))))
    return archive_of(
        [source(number, "leo") for number in range(1, COUNT + 1)],
        tables,
        inline_pair_minutes=0,
        search_kernel="numpy",
        search_executor="serial",
    )


class AtCall:
    """Stands before a function: at a call the job is cancelled, later calls are counted."""

    def __init__(self, function: Callable[..., Any], cancel: Callable[[], None], at: int) -> None:
        self.function, self.cancel, self.left = function, cancel, at
        self.after = 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.left -= 1
        if self.left < 0:
            self.after += 1
        if self.left == 0:
            self.cancel()
        return self.function(*args, **kwargs)


STAGES = {
    "waiting for the kernel": (PLAIN, "conjunctions.choose_kernel", 1, 0),
    "laying a piece out": (PLAIN, "engine.load.Loader.load", 1, 0),
    "reading the table": (PLAIN, "index.minutes.tables_of", 2, 0),
    "making an index": (PLAIN, "index.folder.write_index", 1, 0),
    "reading columns to keep": (FILTERED, "index.store.column_contents", 1, 0),
    "pairs": (PLAIN, "engine.kernel_numpy.near_words", 7, 0),
    "runs": (PLAIN, "engine.kernel_numpy.runs_of", 1, 0),
    "reading what filters name": (FILTERED, "filters.record_rows.RecordRows.read", 1, 0),
    "derived fields": (FILTERED, "filters.derived.DerivedRows.values", 1, 0),
    "joining pieces": (PLAIN, "conjunctions.join_parts", 1, 0),
    "sources of records": (RECORDS, "records._read", 2, 0),
}


@pytest.mark.parametrize("stage", STAGES)
def test_no_further_step_is_begun_after_a_cancel(
    archive: Archive, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    query, name, at, allowed = STAGES[stage]
    monkeypatch.setattr("core.search.records.SOURCES_PER_READ", 1)
    monkeypatch.setattr("core.search.filters.block_filters.SOURCES_PER_READ", 1)
    store, claim, monitor = begun(
        archive, "ephemeris" if query is RECORDS else "conjunction", query
    )
    counted = count(monkeypatch, name, lambda: end(monitor), at)
    unwanted = [
        count(monkeypatch, after, lambda: None, 1)
        for after in ("conjunctions.to_table", "jobs.execution.write_result")
    ]
    execute(archive, store, claim, monitor=monitor)
    assert counted.left <= 0, "the stage was reached"
    assert counted.after <= allowed
    assert [step.left for step in unwanted] == [1, 1], "no table was made, no result written"
    assert store.get(claim.request_id).state == "cancelled"
    assert list(archive.results_path.iterdir()) == []


def test_no_further_rows_are_written_after_a_cancel(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.search.results.header.GROUP_ROWS", 100)
    store, claim, monitor = begun(archive, "ephemeris", RECORDS)
    written: list[int] = []
    write = pq.ParquetWriter.write_table

    def write_and_cancel(self: pq.ParquetWriter, *args: Any, **kwargs: Any) -> None:
        written.append(1)
        if len(written) == 3:
            end(monitor)
        write(self, *args, **kwargs)

    monkeypatch.setattr(pq.ParquetWriter, "write_table", write_and_cancel)
    execute(archive, store, claim, monitor=monitor)
    assert len(written) == 3
    assert list(archive.results_path.iterdir()) == []


def begun(archive: Archive, kind: str, query: dict[str, Any]) -> tuple[JobStore, Claim, Monitor]:
    """Submit and claim a search whose monitor looks at nothing by itself."""
    service = SearchService(archive)
    claim = service.jobs.claim("here", 600.0, service.submit(kind, query))
    assert claim is not None
    monitor = Monitor(service.jobs, claim, 600.0)
    monitor._look = lambda: None  # type: ignore[method-assign]
    return service.jobs, claim, monitor


def end(monitor: Monitor) -> None:
    """Do at once what a monitor does when it sees that its job was cancelled."""
    monitor.store.cancel(monitor.claim.request_id, ("error", "cancelled"))
    monitor.reason = "cancelled"
    monitor.interrupts.interrupt()


def count(
    monkeypatch: pytest.MonkeyPatch, name: str, cancel: Callable[[], None], at: int
) -> AtCall:
    path, _, attribute = f"core.search.{name}".rpartition(".")
    try:
        owner: Any = importlib.import_module(path)
    except ModuleNotFoundError:
        module, _, kind = path.rpartition(".")
        owner = getattr(importlib.import_module(module), kind)
    made = AtCall(getattr(owner, attribute), cancel, at)
    held = (lambda *args, **kwargs: made(*args, **kwargs)) if isinstance(owner, type) else made
    monkeypatch.setattr(owner, attribute, held)
    if name.startswith("engine.kernel_numpy"):
        kernels._numpy.cache_clear()
        monkeypatch.setattr(kernels, "_numpy", kernels._numpy.__wrapped__)
    return made


# The worker


def two_kinds(
    begun: threading.Event, let_go: threading.Event
) -> dict[str, Callable[..., Finished]]:
    """A job that hears nothing until it is let go, and one that is done at once."""

    def deaf(archive: Archive, store: JobStore, claim: Claim, monitor: Monitor) -> Finished:
        begun.set()
        assert let_go.wait(120)
        return finished(archive, claim)

    def quick(archive: Archive, store: JobStore, claim: Claim, monitor: Monitor) -> Finished:
        return finished(archive, claim)

    return {"conjunction": deaf, "ephemeris": quick}


def finished(archive: Archive, claim: Claim) -> Finished:
    path = archive.results_path / f"{claim.request_id}.{claim.attempt}.parquet"
    path.write_bytes(b"x")
    return Finished(path, 1, 1, "Made one")


def test_a_worker_does_not_wait_for_a_cancelled_job_that_hears_nothing(archive: Archive) -> None:
    service = SearchService(archive)
    begun, let_go, stop = threading.Event(), threading.Event(), threading.Event()
    executors = two_kinds(begun, let_go)
    deaf = service.submit("conjunction", PLAIN)
    worker = threading.Thread(target=run_worker, args=(archive.settings, stop, executors))
    worker.start()
    try:
        assert begun.wait(120)
        assert service.cancel(deaf) is True
        next_one = service.submit("ephemeris", RECORDS)
        wait_for(lambda: service.jobs.get(next_one).finished)
        assert not let_go.is_set()
        assert service.jobs.get(next_one).state == "done"
    finally:
        let_go.set()
        stop.set()
        worker.join()
    # What the cancelled job still made was dropped.
    assert service.jobs.get(deaf).state == "cancelled"
    assert {path.name.split(".")[0] for path in archive.results_path.iterdir()} == {next_one}


def test_a_worker_leaves_only_so_many_jobs_behind(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "MOST_LEFT", 0)
    service = SearchService(archive)
    begun, let_go, stop = threading.Event(), threading.Event(), threading.Event()
    deaf = service.submit("conjunction", PLAIN)
    worker = threading.Thread(
        target=run_worker, args=(archive.settings, stop, two_kinds(begun, let_go))
    )
    worker.start()
    try:
        assert begun.wait(120)
        next_one = service.submit("ephemeris", RECORDS)
        service.cancel(deaf)
        assert not stop.wait(0.5)
        assert service.jobs.get(next_one).state == "queued"
        let_go.set()
        wait_for(lambda: service.jobs.get(next_one).finished)
    finally:
        let_go.set()
        stop.set()
        worker.join()


def test_an_error_that_is_not_the_jobs_ends_the_worker(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("no way to close the job")

    monkeypatch.setattr("core.search.jobs.run.execute", broken)
    SearchService(archive).submit("conjunction", PLAIN)
    with pytest.raises(RuntimeError, match="no way"):
        run_worker(archive.settings, threading.Event())


def test_a_job_that_runs_is_waited_for(archive: Archive) -> None:
    service = SearchService(archive)
    claim = service.jobs.claim("here", 600.0, service.submit("conjunction", PLAIN))
    assert claim is not None
    run = Run(archive, service.jobs, claim, threading.Event(), SEARCHES)
    run.start()
    run.wait()
    assert not run.is_alive()
    assert service.jobs.get(claim.request_id).state == "done"


def test_waiting_for_the_kernel_can_be_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    let_go = threading.Event()
    compiling: list[threading.Thread] = []

    def compile_it(folder: object) -> None:
        compiling.append(threading.current_thread())
        let_go.wait(120)

    monkeypatch.setattr(kernels, "_made", [])
    monkeypatch.setattr(kernels, "_compile", compile_it)

    def check() -> None:
        raise SearchCancelled("now")

    try:
        with pytest.raises(SearchCancelled):
            kernels.choose_kernel("numba", check=check)
    finally:
        let_go.set()
        for thread in compiling:
            thread.join()


# Progress


def test_progress_is_told_many_times_inside_one_piece(archive: Archive) -> None:
    blocks = PLAIN | {
        "end": "2018-12-31T23:59:00",
        "space": [{}] * 4,
        "max_distances": {f"space{i}-space{j}": 900 for i in (1, 2, 3) for j in range(i + 1, 5)},
    }
    store, claim, monitor = begun(archive, "conjunction", blocks)
    told: list[tuple[float, int]] = []
    monitor.progress = lambda *state: told.append(state)  # type: ignore[method-assign]
    execute(archive, store, claim, monitor=monitor)
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions)
    assert len(set(fractions)) > COUNT**3, "every source of every block counts"
    assert max(np.diff(fractions)) < 0.1
    assert fractions[-1] == 1.0


def wait_for(condition: Callable[[], bool]) -> None:
    tries = 6000
    while not condition():
        tries -= 1
        assert tries, "waited in vain"
        threading.Event().wait(0.02)
