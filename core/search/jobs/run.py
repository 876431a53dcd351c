"""One job in a thread of its own, so that whoever waits for it can leave it when it is cancelled.

A job that is to end looks for that often and ends soon. What cannot be interrupted (one call into
a library) may take longer: the job is closed in the catalogue by then, its result will be dropped,
and nobody has to wait for it.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping

import structlog
from sqlalchemy.exc import OperationalError

from core.archive import Archive
from core.search.jobs.execution import Executor, execute
from core.search.jobs.job import Claim
from core.search.jobs.monitor import Monitor
from core.search.jobs.queue import JobStore

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 0.01
# Time that a cancelled job has to end by itself before the worker leaves it.
GRACE_S = 0.04


class Run(threading.Thread):
    """A claimed job that is being run.

    Parameters
    ----------
    archive, store, claim, stop, executors
        See `core.search.jobs.execution.execute`.
    """

    def __init__(
        self,
        archive: Archive,
        store: JobStore,
        claim: Claim,
        stop: threading.Event,
        executors: Mapping[str, Executor],
    ) -> None:
        super().__init__(name=f"job-{claim.request_id}")
        self.archive, self.store, self.claim = archive, store, claim
        self.executors = executors
        self.monitor = Monitor(store, claim, archive.settings.lease_seconds, stop)
        self._fault: Exception | None = None

    def run(self) -> None:
        """Run the job; an error that is not the job's own is kept for `raise_fault`."""
        claim = self.claim
        with structlog.contextvars.bound_contextvars(job_id=claim.request_id, kind=claim.kind):
            try:
                execute(
                    self.archive, self.store, claim,
                    executors=self.executors, monitor=self.monitor,
                )  # fmt: skip
            except OperationalError as error:
                # The lease tells when that lasts too long.
                log.warning("the catalogue did not answer", error=str(error))
            except Exception as error:  # noqa: BLE001 - raised again by who started the thread
                self._fault = error

    def wait(self) -> None:
        """Wait until the job has ended, or is another's matter and has had its time to end.

        A worker that stops waits for the end in any case: the job is still to be given back.
        """
        while self.is_alive() and self.monitor.reason not in ("cancelled", "lost"):
            self.join(LOOK_EVERY_S)
        if self.is_alive():
            self.join(GRACE_S)
        if self.is_alive():
            log.info("left a cancelled job to end by itself", job_id=self.claim.request_id)

    def raise_fault(self) -> None:
        """Raise the error that ended the thread, if one did."""
        if self._fault is not None:
            raise self._fault
