"""Watches over a running job: heartbeat, progress, and the wish to end it."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack
from types import TracebackType
from typing import Literal

import structlog
from sqlalchemy.exc import SQLAlchemyError

from core.archive import duck
from core.search.jobs.job import Claim
from core.search.jobs.queue import JobStore

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 0.03
INTERRUPT_EVERY_S = 0.02
REPORT_EVERY_S = 0.25
Reason = Literal["cancelled", "lost", "stopped"]


class Monitor:
    """A thread beside one job.

    When the job was cancelled, or is no longer this worker's, the thread interrupts what DuckDB
    reads for it, and lets it end by itself (`cancelled`).

    Parameters
    ----------
    store : JobStore
    claim : Claim
    lease_s : float
        Length of the lease; it is renewed four times in that time.
    stop : threading.Event, optional
        Set when the process is to end; the job then ends as well.
    """

    def __init__(
        self,
        store: JobStore,
        claim: Claim,
        lease_s: float,
        stop: threading.Event | None = None,
    ) -> None:
        self.store, self.claim, self.lease_s = store, claim, lease_s
        self.stop = stop or threading.Event()
        self.reason: Reason | None = None
        self.interrupts = duck.Interrupts()
        self._state = (0.0, 0)
        self._done = threading.Event()
        self._scope = ExitStack()
        self._thread = threading.Thread(target=self._watch, name="job-monitor", daemon=True)

    def __enter__(self) -> Monitor:
        self._scope.enter_context(duck.interruptible(self.interrupts))
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._done.set()
        self._thread.join()
        self._scope.close()

    def progress(self, fraction: float, found: int) -> None:
        """Take note of the progress; the thread reports it."""
        self._state = (fraction, found)

    def cancelled(self) -> bool:
        """Say whether the job is to end; `reason` says why."""
        return self.reason is not None

    def _watch(self) -> None:
        last_beat = time.monotonic()
        reported = self._state
        while self.reason is None and not self._done.wait(LOOK_EVERY_S):
            try:
                self._look()
                since = time.monotonic() - last_beat
                news = self._state != reported and since >= REPORT_EVERY_S
                if self.reason is None and (news or since >= self.lease_s / 4):
                    reported = self._state
                    self._beat(*reported)
                    last_beat = time.monotonic()
            except SQLAlchemyError as error:
                # The catalogue may be busy; the lease tells when that lasts too long.
                log.warning("job heartbeat failed", error=str(error))
        if self.reason is not None:
            self._end()

    def _look(self) -> None:
        if self.stop.is_set():
            self.reason = "stopped"
            return
        held, cancelled = self.store.look(self.claim)
        if not held:
            self.reason = "cancelled" if cancelled else "lost"

    def _beat(self, fraction: float, found: int) -> None:
        if not self.store.beat(self.claim, self.lease_s, fraction, found):
            self.reason = "lost"

    def _end(self) -> None:
        self.interrupts.interrupt()
        # A statement that was just about to start has not noticed: again, until the job has ended.
        while not self._done.wait(INTERRUPT_EVERY_S):
            self.interrupts.interrupt()
