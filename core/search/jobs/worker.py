"""The worker: takes jobs from the queue, one after the other, until it is told to stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping

import structlog
from sqlalchemy.exc import OperationalError

from core.archive import Archive
from core.search.jobs.execution import SEARCHES, Executor, execute
from core.search.jobs.job import worker_name
from core.search.jobs.queue import JobStore
from core.search.jobs.retention import purge
from core.settings import Settings

log = structlog.get_logger(__name__)

POLL_S = 0.05
SWEEP_EVERY_S = 600.0


def run_worker(
    settings: Settings, stop: threading.Event, executors: Mapping[str, Executor] = SEARCHES
) -> int:
    """Run jobs until `stop` is set; return how many were taken up.

    Several workers may share one archive. Old results and old jobs are removed on
    the way.

    Parameters
    ----------
    settings : Settings
        Names the archive.
    stop : threading.Event
        Ends the worker; the job in hand goes back to the queue.
    executors : mapping of str to Executor
        The kinds of jobs that are taken, and what runs them.
    """
    name = worker_name("worker")
    taken = 0
    with Archive.open(settings) as archive:
        store = JobStore(archive.catalogue.engine)
        log.info("worker started", worker=name, kinds=sorted(executors))
        swept = -SWEEP_EVERY_S
        while not stop.is_set():
            if time.monotonic() - swept >= SWEEP_EVERY_S:
                purge(archive)
                swept = time.monotonic()
            if _take_one(archive, store, name, stop, executors):
                taken += 1
            else:
                stop.wait(POLL_S)
    log.info("worker stopped", worker=name, jobs=taken)
    return taken


def _take_one(
    archive: Archive,
    store: JobStore,
    name: str,
    stop: threading.Event,
    executors: Mapping[str, Executor],
) -> bool:
    """Claim a job and run it; a catalogue that fails on the way leaves it to the lease."""
    try:
        claim = store.claim(name, archive.settings.lease_seconds, kinds=executors)
        if claim is None:
            return False
        with structlog.contextvars.bound_contextvars(job_id=claim.request_id, kind=claim.kind):
            execute(archive, store, claim, stop, executors)
    except OperationalError as error:
        log.warning("the catalogue did not answer", error=str(error))
        return False
    return True
