"""Runs one claimed job from its query to its result file, once.

What runs a kind of job is handed in: searches are here, other kinds belong to other packages.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import pyarrow as pa
import structlog

from core.archive import Archive
from core.errors import AtlasError, SearchCancelled
from core.instruments.model import DataSource
from core.search import conjunctions, records
from core.search.header import ResultHeader, write_result
from core.search.jobs import MAX_ATTEMPTS, Claim, JobStore
from core.search.monitor import Monitor
from core.search.query import ConjunctionQuery, Query, read_query
from core.search.sources import block_sources

log = structlog.get_logger(__name__)

NOUNS = {"conjunction": "conjunctions", "ephemeris": "records", "data_product": "data products"}


@dataclass(frozen=True, slots=True)
class Finished:
    """What a job came to: its result file, how much is in it, and a line for the log."""

    path: Path
    count: int
    size: int
    summary: str


Executor = Callable[[Archive, JobStore, Claim, Monitor], Finished]
"""Runs one claimed job to its result file. It asks `Monitor.cancelled` often, and then raises
`SearchCancelled`; progress goes to `Monitor.progress`."""


def cancelled_text(kind: str) -> str:
    """Return what is said of a job that was cancelled."""
    return f"The {noun(kind)} was cancelled."


def noun(kind: str) -> str:
    """Return what people call a job of this kind."""
    return "search" if kind in NOUNS else kind


def result_path(archive: Archive, request_id: str, attempt: int, ending: str = "parquet") -> Path:
    """Return the file for the result of one attempt; attempts never share a file."""
    return Path(archive.results_path) / f"{request_id}.{attempt}.{ending}"


def result_files(folder: Path, request_id: str) -> list[Path]:
    """Return the result files of all attempts of a job that are there."""
    return sorted(folder.glob(f"{request_id}.*"))


def delete_result(archive: Archive, store: JobStore, request_id: str) -> None:
    """Delete the result files of a job and note that; the job itself stays known."""
    for path in result_files(Path(archive.results_path), request_id):
        path.unlink(missing_ok=True)
    store.forget_result(request_id)


def run_search(archive: Archive, store: JobStore, claim: Claim, monitor: Monitor) -> Finished:
    """Run a claimed search; the `Executor` of all kinds of searches."""
    table, header = _search(archive, store, claim, monitor)
    path = result_path(archive, claim.request_id, claim.attempt)
    size = write_result(table, header, path)
    return Finished(path, table.num_rows, size, f"Found {table.num_rows} {NOUNS[claim.kind]}")


SEARCHES: Mapping[str, Executor] = MappingProxyType(dict.fromkeys(NOUNS, run_search))


def execute(
    archive: Archive,
    store: JobStore,
    claim: Claim,
    stop: threading.Event | None = None,
    executors: Mapping[str, Executor] = SEARCHES,
) -> None:
    """Run a claimed job and close it: done, failed, cancelled, or back to the queue.

    An error of the job is written into its log and does not leave this function. When the claim
    is lost on the way (its lease ran out), the result is dropped.
    """
    if claim.attempt > MAX_ATTEMPTS:
        what = noun(claim.kind)
        _fail(store, claim, f"Given up: {MAX_ATTEMPTS} attempts to run this {what} ended early.")
        return
    attempt = f", attempt {claim.attempt}" if claim.attempt > 1 else ""
    store.log(claim.request_id, "debug", f"Taken up by {claim.worker}{attempt}.")
    begun = time.monotonic()
    with Monitor(store, claim, archive.settings.lease_seconds, stop) as monitor:
        try:
            finished = executors[claim.kind](archive, store, claim, monitor)
        except SearchCancelled:
            _ended_early(store, claim, monitor)
        except AtlasError as error:
            _fail(store, claim, str(error))
        except Exception as error:
            # A fault of ours, or of the machine: worth another try, but not for ever.
            log.exception("job failed", request_id=claim.request_id, kind=claim.kind)
            _retry(store, claim, error)
        else:
            _finish(store, claim, finished, round(1000 * (time.monotonic() - begun)))


def _search(
    archive: Archive, store: JobStore, claim: Claim, monitor: Monitor
) -> tuple[pa.Table, ResultHeader]:
    query = read_query(claim.kind, claim.query, archive.settings)
    note = _Note(store, claim)
    sources = _announce(archive, query, note)
    if isinstance(query, ConjunctionQuery):
        table = conjunctions.run(archive, query, monitor.progress, monitor.cancelled)
        used = set(table.column("sources").combine_chunks().flatten().unique().to_pylist())
        frame = query.latitude_frame
    else:
        table = records.run(archive, query, monitor.progress, monitor.cancelled)
        used = set(table.column("source").unique().to_pylist())
        frame = ""
    kept = (source for source in sources if source.identifier in used)
    return table, ResultHeader.make(claim.kind, query.to_dict(), kept, frame)


class _Note:
    """Writes lines into one search's log."""

    def __init__(self, store: JobStore, claim: Claim) -> None:
        self.store, self.request_id = store, claim.request_id

    def __call__(self, level: str, summary: str) -> None:
        self.store.log(self.request_id, level, summary)


def _announce(archive: Archive, query: Query, note: Callable[[str, str], None]) -> list[DataSource]:
    """Log what is searched, and what of the query has no effect; return all its sources."""
    for key in query.ignored:
        note("warn", f"The key {key} means nothing here and was ignored.")
    if not isinstance(query, ConjunctionQuery):
        found = records.record_sources(archive, query)
        note("info" if found else "warn", f"{len(found)} data sources match the query.")
        return list(found)
    lists = block_sources(archive, query)
    counts = []
    for block, members in zip(query.blocks, lists, strict=True):
        counts.append(f"{block.name} {len(members)}")
        if not members:
            note("warn", f"No data source matches {block.name}, so nothing can be found.")
    note("info", f"Data sources in each block: {', '.join(counts)}.")
    note("info", f"Latitudes are compared in the frame {query.latitude_frame!r}.")
    return [source for members in lists for source in members]


def _finish(store: JobStore, claim: Claim, finished: Finished, duration_ms: int) -> None:
    seconds = f"{duration_ms / 1000:.3f} s"
    store.log(claim.request_id, "info", f"{finished.summary} in {seconds}.")
    done = store.end(
        claim, "done", progress=1.0, result_count=finished.count, file_size=finished.size,
        query_duration_ms=duration_ms,
    )  # fmt: skip
    if not done:
        finished.path.unlink(missing_ok=True)
        log.warning("job was taken over by another worker", request_id=claim.request_id)
        return
    for other in result_files(finished.path.parent, claim.request_id):
        if other != finished.path:
            other.unlink(missing_ok=True)


def _ended_early(store: JobStore, claim: Claim, monitor: Monitor) -> None:
    if monitor.reason == "stopped":
        store.log(claim.request_id, "info", "Put back into the queue: the worker is stopping.")
        store.release(claim, count_attempt=False)
    elif monitor.reason == "cancelled":
        text = cancelled_text(claim.kind)
        store.log(claim.request_id, "error", text)
        store.end(claim, "cancelled", error_message=text)


def _retry(store: JobStore, claim: Claim, error: Exception) -> None:
    reason = f"{type(error).__name__}: {error}"
    if claim.attempt >= MAX_ATTEMPTS:
        _fail(store, claim, f"Failed {claim.attempt} times, at last with {reason}")
        return
    store.log(claim.request_id, "warn", f"Attempt {claim.attempt} failed: {reason}")
    store.release(claim, count_attempt=True)


def _fail(store: JobStore, claim: Claim, message: str) -> None:
    store.log(claim.request_id, "error", message)
    store.end(claim, "failed", error_message=message)
