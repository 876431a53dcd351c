"""The worker: takes searches from the queue, one after the other, until it is told to stop."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from pathlib import Path

import structlog
from sqlalchemy.exc import OperationalError

from core.archive import Archive
from core.search.execution import execute
from core.search.jobs import JobStore
from core.search.service import SearchService, worker_name
from core.settings import Settings

log = structlog.get_logger(__name__)

POLL_S = 0.2
SWEEP_EVERY_S = 600.0
ORPHAN_AGE_S = 86_400.0


def run_worker(settings: Settings, stop: threading.Event) -> int:
    """Run searches until `stop` is set; return how many were taken up.

    Several workers may share one archive. Old results are deleted on the way.
    """
    name = worker_name("worker")
    taken = 0
    with Archive.open(settings) as archive:
        store = JobStore(archive.catalogue.engine)
        log.info("worker started", worker=name)
        swept = -SWEEP_EVERY_S
        while not stop.is_set():
            if time.monotonic() - swept >= SWEEP_EVERY_S:
                sweep(archive)
                swept = time.monotonic()
            if _take_one(archive, store, name, stop):
                taken += 1
            else:
                stop.wait(POLL_S)
    log.info("worker stopped", worker=name, searches=taken)
    return taken


def sweep(archive: Archive) -> int:
    """Delete results older than `settings.result_days`, and files that no search knows."""
    service = SearchService(archive)
    stale = service.jobs.stale_results(timedelta(days=archive.settings.result_days))
    for request_id in stale:
        service.delete_results(request_id)
    oldest = time.time() - max(ORPHAN_AGE_S, archive.settings.result_days * 86_400.0)
    for path in Path(archive.results_path).glob("*.part"):
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
    if stale:
        log.info("old results deleted", searches=len(stale))
    return len(stale)


def _take_one(archive: Archive, store: JobStore, name: str, stop: threading.Event) -> bool:
    """Claim a job and run it; a catalogue that fails on the way leaves it to the lease."""
    try:
        claim = store.claim(name, archive.settings.lease_seconds)
        if claim is None:
            return False
        with structlog.contextvars.bound_contextvars(search_id=claim.request_id):
            execute(archive, store, claim, stop)
    except OperationalError as error:
        log.warning("the catalogue did not answer", error=str(error))
        return False
    return True
