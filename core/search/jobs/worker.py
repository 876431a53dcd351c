"""The worker: takes jobs from the queue, one after the other, until it is told to stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping

import structlog
from sqlalchemy.exc import OperationalError

from core.archive import Archive
from core.search.jobs.execution import SEARCHES, Executor
from core.search.jobs.job import Claim, worker_name
from core.search.jobs.queue import JobStore
from core.search.jobs.retention import purge
from core.search.jobs.run import Run
from core.settings import Settings

log = structlog.get_logger(__name__)

POLL_S = 0.05
SWEEP_EVERY_S = 600.0
# Jobs that were cancelled and have not come to their end yet; with as many the worker waits.
MOST_LEFT = 4


def run_worker(
    settings: Settings, stop: threading.Event, executors: Mapping[str, Executor] = SEARCHES
) -> int:
    """Run jobs until `stop` is set; return how many were taken up.

    Several workers may share one archive. Old results and old jobs are removed on
    the way, in a thread of its own.

    Parameters
    ----------
    settings : Settings
        Names the archive.
    stop : threading.Event
        Ends the worker; the job in hand goes back to the queue.
    executors : mapping of str to Executor
        The kinds of jobs that are taken, and what runs them.
    """
    with Archive.open(settings) as archive:
        worker = _Worker(archive, stop, executors)
        log.info("worker started", worker=worker.name, kinds=sorted(executors))
        try:
            worker.work()
        finally:
            worker.end()
    log.info("worker stopped", worker=worker.name, jobs=worker.taken)
    return worker.taken


class _Worker:
    """One worker: the job in hand, and those that were cancelled and are still about to end."""

    def __init__(
        self, archive: Archive, stop: threading.Event, executors: Mapping[str, Executor]
    ) -> None:
        self.archive, self.stop, self.executors = archive, stop, executors
        self.store = JobStore(archive.catalogue.engine)
        self.name = worker_name("worker")
        self.taken = 0
        self.left: list[Run] = []
        self.sweeper = threading.Thread(target=self._sweep, name="job-sweeper", daemon=True)
        self._ended = threading.Event()

    def work(self) -> None:
        """Take jobs until the worker is to stop."""
        self.sweeper.start()
        while not self.stop.is_set():
            claim = self._claim()
            if claim is None:
                self.stop.wait(POLL_S)
                continue
            self.taken += 1
            self._do(claim)

    def end(self) -> None:
        """Wait for everything that still goes on; it was told to end."""
        self._ended.set()
        for run in self.left:
            run.join()
        if self.sweeper.is_alive():
            self.sweeper.join()

    def _claim(self) -> Claim | None:
        """Claim a job; None where there is none, or the catalogue does not answer."""
        try:
            return self.store.claim(
                self.name, self.archive.settings.lease_seconds, kinds=self.executors
            )
        except OperationalError as error:
            log.warning("the catalogue did not answer", error=str(error))
            return None

    def _do(self, claim: Claim) -> None:
        """Run a job until it ends, or until it is to end and takes too long about it."""
        run = Run(self.archive, self.store, claim, self.stop, self.executors)
        run.start()
        self.left.append(run)
        run.wait()
        for other in [other for other in self.left if not other.is_alive()]:
            self._take_off(other)
        while len(self.left) > MOST_LEFT:
            self.left[0].join()
            self._take_off(self.left[0])

    def _take_off(self, run: Run) -> None:
        self.left.remove(run)
        run.raise_fault()

    def _sweep(self) -> None:
        """Remove what is old, now and then, beside the jobs."""
        while True:
            begun = time.monotonic()
            try:
                purge(self.archive)
            except (OperationalError, OSError) as error:
                log.warning("old jobs not purged", error=str(error))
            if self._ended.wait(max(0.0, begun + SWEEP_EVERY_S - time.monotonic())):
                return
