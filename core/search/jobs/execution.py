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

import structlog

from core.archive import Archive
from core.errors import AtlasError, SearchCancelled
from core.search.finding import NOUNS, prepare
from core.search.jobs.files import delete_files, partial_path, result_files, result_path
from core.search.jobs.monitor import Monitor
from core.search.jobs.queue import MAX_ATTEMPTS, Claim, JobStore
from core.search.jobs.so_far import RowsSoFar
from core.search.query import read_query
from core.search.results.header import write_result

log = structlog.get_logger(__name__)


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


def delete_result(archive: Archive, store: JobStore, request_id: str) -> None:
    """Delete the result files of a job and note that; the job itself stays known."""
    delete_files(Path(archive.results_path), request_id)
    store.forget_result(request_id)


def run_search(archive: Archive, store: JobStore, claim: Claim, monitor: Monitor) -> Finished:
    """Run a claimed search; the `Executor` of all kinds of searches."""
    query = read_query(claim.kind, claim.query, archive.settings)
    search = prepare(archive, query)
    store.log(claim.request_id, *search.notes)
    so_far = RowsSoFar(partial_path(archive, claim.request_id, claim.attempt), search.header)
    table = search.run(monitor.progress, monitor.cancelled, so_far)
    path = result_path(archive, claim.request_id, claim.attempt)
    size = write_result(table, search.header(table), path)
    return Finished(path, table.num_rows, size, f"Found {table.num_rows} {NOUNS[claim.kind]}")


SEARCHES: Mapping[str, Executor] = MappingProxyType(dict.fromkeys(NOUNS, run_search))


def execute(
    archive: Archive,
    store: JobStore,
    claim: Claim,
    stop: threading.Event | None = None,
    executors: Mapping[str, Executor] = SEARCHES,
    monitor: Monitor | None = None,
) -> None:
    """Run a claimed job and close it: done, failed, cancelled, or back to the queue.

    An error of the job is written into its log and does not leave this function. When the claim
    is lost on the way (its lease ran out, or it was cancelled), the result is dropped. Who wants
    to know meanwhile whether the job is to end gives the `monitor`, else one is made with `stop`.
    """
    if claim.attempt > MAX_ATTEMPTS:
        what = noun(claim.kind)
        _fail(store, claim, f"Given up: {MAX_ATTEMPTS} attempts to run this {what} ended early.")
        return
    attempt = f", attempt {claim.attempt}" if claim.attempt > 1 else ""
    store.log(claim.request_id, ("debug", f"Taken up by {claim.worker}{attempt}."))
    try:
        with monitor or Monitor(store, claim, archive.settings.lease_seconds, stop) as watching:
            _run(archive, store, claim, watching, executors[claim.kind])
    finally:
        partial_path(archive, claim.request_id, claim.attempt).unlink(missing_ok=True)


def _run(
    archive: Archive, store: JobStore, claim: Claim, monitor: Monitor, executor: Executor
) -> None:
    begun = time.monotonic()
    try:
        finished = executor(archive, store, claim, monitor)
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


def _finish(store: JobStore, claim: Claim, finished: Finished, duration_ms: int) -> None:
    line = ("info", f"{finished.summary} in {duration_ms / 1000:.3f} s.")
    done = store.end(
        claim, "done", line, progress=1.0, result_count=finished.count,
        file_size=finished.size, query_duration_ms=duration_ms,
    )  # fmt: skip
    if not done:
        finished.path.unlink(missing_ok=True)
        log.warning("job was closed or taken over meanwhile", request_id=claim.request_id)
        return
    for other in result_files(finished.path.parent, claim.request_id):
        if other != finished.path:
            other.unlink(missing_ok=True)


def _ended_early(store: JobStore, claim: Claim, monitor: Monitor) -> None:
    # A job that was cancelled is closed already; one that was lost is another's.
    if monitor.reason == "stopped":
        line = ("info", "Put back into the queue: the worker is stopping.")
        store.release(claim, line, count_attempt=False)


def _retry(store: JobStore, claim: Claim, error: Exception) -> None:
    reason = f"{type(error).__name__}: {error}"
    if claim.attempt >= MAX_ATTEMPTS:
        _fail(store, claim, f"Failed {claim.attempt} times, at last with {reason}")
        return
    line = ("warn", f"Attempt {claim.attempt} failed: {reason}")
    store.release(claim, line, count_attempt=True)


def _fail(store: JobStore, claim: Claim, message: str) -> None:
    store.end(claim, "failed", ("error", message), error_message=message)
