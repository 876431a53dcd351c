"""What is kept of jobs, and how long: their results, then the jobs themselves with their logs."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import Connection, Engine, and_, delete, select

from core.archive import Archive
from core.archive.models import SearchLog, SearchRequest
from core.search.jobs.files import delete_files
from core.search.jobs.queue import FINISHED, Job, JobStore, Line

log = structlog.get_logger(__name__)

# A file that no job knows is left alone for a day: its job may be about to be closed.
ORPHAN_AGE_S = 86_400.0
# SQLite takes 32,766 parameters in one statement, older ones 999.
_NAMES_PER_QUERY = 500


@dataclass(frozen=True, slots=True)
class Purged:
    """What a purge removed: results of jobs, jobs with their logs, and files that none knows."""

    results: int
    jobs: int
    files: int


def purge(
    archive: Archive,
    results_older_than: timedelta | None = None,
    jobs_older_than: timedelta | None = None,
    orphans_older_than: timedelta = timedelta(seconds=ORPHAN_AGE_S),
) -> Purged:
    """Delete old results, forget old jobs, and remove files of the results that no job knows.

    Searches and movies that wait or run are left alone, whatever their age.

    Parameters
    ----------
    archive : Archive
    results_older_than, jobs_older_than : timedelta, optional
        Age since the job ended; default `settings.result_days` and `settings.job_days`.
    orphans_older_than : timedelta
        Age of a file that no job knows, or that is a left-over of a job that has ended.
    """
    settings = archive.settings
    engine, folder = archive.catalogue.engine, Path(archive.results_path)
    keep_results = _or_days(results_older_than, settings.result_days)
    keep_jobs = _or_days(jobs_older_than, settings.job_days)
    store = JobStore(engine)
    stale = stale_results(engine, keep_results)
    for request_id in stale:
        delete_files(folder, request_id)
        store.forget_result(request_id)
    gone = forget_jobs(engine, keep_jobs)
    for request_id in gone:
        delete_files(folder, request_id)
    files = _delete_orphans(archive, orphans_older_than)
    if stale or gone or files:
        log.info("old jobs purged", results=len(stale), jobs=len(gone), files=files)
    return Purged(len(stale), len(gone), files)


def stale_results(engine: Engine, older_than: timedelta) -> list[str]:
    """List the finished jobs whose results are older than that."""
    old = select(SearchRequest.request_id).where(
        SearchRequest.state == "done",
        SearchRequest.result_deleted.is_(None),
        SearchRequest.completed <= _now() - older_than,
    )
    with engine.connect() as con:
        return list(con.execute(old).scalars())


def forget_jobs(engine: Engine, older_than: timedelta) -> list[str]:
    """Remove jobs that ended longer ago than that, with their logs; return which."""
    old = and_(SearchRequest.state.in_(FINISHED), SearchRequest.completed <= _now() - older_than)
    with engine.execution_options(write=True).begin() as con:
        gone = list(con.execute(select(SearchRequest.request_id).where(old)).scalars())
        for some in _in_parts(gone):
            _forget(con, some)
    return gone


def forget_job(archive: Archive, store: JobStore, job: Job, line: Line) -> None:
    """Remove a job with its log and its files; one that waits or runs is cancelled first.

    Parameters
    ----------
    archive : Archive
    store : JobStore
    job : Job
    line : (str, str)
        What its log says last, for whoever reads it at this moment.
    """
    store.cancel(job.request_id, line)
    with store.engine.execution_options(write=True).begin() as con:
        _forget(con, [job.request_id])
    # Whoever runs it holds it no longer, and drops what it comes to.
    delete_files(Path(archive.results_path), job.request_id)


def _forget(con: Connection, request_ids: list[str]) -> None:
    con.execute(delete(SearchLog).where(SearchLog.request_id.in_(request_ids)))
    con.execute(delete(SearchRequest).where(SearchRequest.request_id.in_(request_ids)))


def _delete_orphans(archive: Archive, older_than: timedelta) -> int:
    """Delete files that no job knows, and what jobs left that came to no result."""
    oldest = time.time() - older_than.total_seconds()
    old: dict[str, list[Path]] = {}
    for path in Path(archive.results_path).iterdir():
        if path.is_file() and path.stat().st_mtime <= oldest:
            old.setdefault(path.name.split(".")[0], []).append(path)
    states = _states(archive.catalogue.engine, old)
    kept = ("queued", "running", "done")
    orphans = [
        path for name, paths in old.items() if states.get(name) not in kept for path in paths
    ]
    for path in orphans:
        path.unlink(missing_ok=True)
    return len(orphans)


def _states(engine: Engine, request_ids: Collection[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    with engine.connect() as con:
        for some in _in_parts(sorted(request_ids)):
            rows = select(SearchRequest.request_id, SearchRequest.state).where(
                SearchRequest.request_id.in_(some)
            )
            found |= {row[0]: row[1] for row in con.execute(rows)}
    return found


def _in_parts(names: list[str]) -> Iterator[list[str]]:
    for first in range(0, len(names), _NAMES_PER_QUERY):
        yield names[first : first + _NAMES_PER_QUERY]


def _or_days(given: timedelta | None, days: float) -> timedelta:
    return timedelta(days=days) if given is None else given


def _now() -> datetime:
    return datetime.now(UTC)
