"""The ways to answer a question that are measured beside each other, each in its own process.

A process of its own gives each way its own peak memory; they are asked in turn, so that a busy
moment of the machine does not fall on one of them alone.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks import search_pages, search_sql
from benchmarks.search_archive import bench_settings
from core import logs
from core.archive import Archive
from core.search import conjunctions
from core.search.filters.block_filters import KEPT
from core.search.query import ConjunctionQuery

Query = dict[str, Any]
Ask = Callable[[Query], pa.Table]
MODES: dict[str, dict[str, Any]] = {
    "engine": {},
    "engine_noindex": {"track_index": False},
    "numpy": {"search_kernel": "numpy"},
    "duckdb": {},
}
_LEAVE = 60.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a way needed and found.

    `digest` is of sources, first and last minute of all runs, in order; `km` the sums of their
    least and greatest distances. `read_bytes` came by read() calls, `disk_bytes` from the disk.
    """

    seconds: float
    runs: int
    minutes: int
    digest: str
    km: tuple[float, float]
    peak_rss_mb: float
    read_bytes: int
    disk_bytes: int


class Way:
    """One way to answer, in a process of its own; `ask` waits for its answer."""

    def __init__(self, mode: str, folder: Path) -> None:
        context = multiprocessing.get_context("spawn")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(mode, folder, theirs), daemon=True)
        self._process.start()
        theirs.close()

    def ask(self, query: Query) -> Answer:
        """Have one query answered."""
        self._ours.send(query)
        try:
            answer: Answer | str = self._ours.recv()
        except EOFError:
            raise SystemExit("A process of the benchmark ended; its message is above.") from None
        if isinstance(answer, str):
            raise SystemExit(answer)
        return answer

    def close(self) -> None:
        """End the process."""
        self._ours.close()
        self._process.join(_LEAVE)


@contextmanager
def ways(modes: Sequence[str], folder: Path) -> Iterator[dict[str, Way]]:
    """Start a process for each of some modes."""
    started = {mode: Way(mode, folder) for mode in modes}
    try:
        yield started
    finally:
        for way in started.values():
            way.close()


def ask_cold(folder: Path, warm_up: Query, query: Query) -> Answer:
    """Answer in a new process that is warm in all but the files, which are not in memory.

    `warm_up` is to need other files than `query`. No other process may have them mapped.
    """
    with ways(["engine"], folder) as started:
        started["engine"].ask(warm_up)
        search_pages.drop(folder)
        return started["engine"].ask(query)


def _serve(mode: str, folder: Path, pipe: Connection) -> None:
    settings = bench_settings(folder, **MODES[mode])
    logs.configure(settings)
    with Archive.open(settings) as archive:
        answer = _duckdb(archive) if mode == "duckdb" else _engine(archive)
        while True:
            try:
                query = pipe.recv()
            except EOFError:
                return
            pipe.send(_measured(archive, query, answer))


def _measured(
    archive: Archive, asked: Query, answer: Callable[[ConjunctionQuery], pa.Table]
) -> Answer:
    query = ConjunctionQuery.from_dict(asked, archive.settings)
    before = search_pages.counters()
    start = time.perf_counter()
    table = answer(query)
    seconds = time.perf_counter() - start
    after = search_pages.counters()
    runs, km = canonical(table)
    return Answer(
        seconds,
        len(runs),
        int((runs[:, -1] - runs[:, -2] + 1).sum()),
        hashlib.sha256(runs.tobytes()).hexdigest()[:16],
        km,
        search_pages.peak_rss_mb(),
        after.read_bytes - before.read_bytes,
        after.disk_bytes - before.disk_bytes,
    )


def _engine(archive: Archive) -> Callable[[ConjunctionQuery], pa.Table]:
    def answer(query: ConjunctionQuery) -> pa.Table:
        KEPT.clear()  # the bitmaps of filters: every repeat is to read them for the first time
        return conjunctions.run(archive, query, lambda done, found: None, lambda: False)

    return answer


def _duckdb(archive: Archive) -> Callable[[ConjunctionQuery], pa.Table]:
    con = search_sql.connect()

    def answer(query: ConjunctionQuery) -> pa.Table:
        return search_sql.run(con, search_sql.statement(archive, query).sql)

    return answer


def canonical(table: pa.Table) -> tuple[np.ndarray[Any, Any], tuple[float, float]]:
    """Return sources, first and last minute of each run, in order, and the sums of distances."""
    if "events" in table.column_names:
        sources = table["sources"].combine_chunks().flatten().to_numpy()
        width = len(sources) // max(1, table.num_rows)
        edges = [_minutes(table["start"]), _minutes(table["end"])]
        columns = [*sources.reshape(-1, max(1, width)).T, *edges]
        km = (table["min_distance_km"], table["max_distance_km"])
    else:
        names = table.column_names[:-2]
        columns = [table[name].to_numpy() for name in names]
        km = (table["min_km"], table["max_km"])
    runs = np.stack([np.asarray(column, dtype=np.int64) for column in columns], axis=1)
    order = np.lexsort(runs.T[::-1])
    return runs[order], (pc.sum(km[0]).as_py() or 0.0, pc.sum(km[1]).as_py() or 0.0)


def _minutes(column: pa.ChunkedArray) -> np.ndarray[Any, Any]:
    found: np.ndarray[Any, Any] = column.cast(pa.int64()).to_numpy() // 60_000_000
    return found
