"""Watches over a running search: heartbeat, progress, and the wish to end it."""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Literal

import structlog
from sqlalchemy.exc import SQLAlchemyError

from core.search.jobs import Claim, JobStore

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 0.04
REPORT_EVERY_S = 0.25
Reason = Literal["cancelled", "lost", "stopped"]


class Monitor:
    """A thread beside one search.

    Parameters
    ----------
    store : JobStore
    claim : Claim
    lease_s : float
        Length of the lease; it is renewed four times in that time.
    stop : threading.Event, optional
        Set when the process is to end; the search then ends as well.
    """

    def __init__(
        self, store: JobStore, claim: Claim, lease_s: float, stop: threading.Event | None = None
    ) -> None:
        self.store, self.claim, self.lease_s = store, claim, lease_s
        self.stop = stop or threading.Event()
        self.reason: Reason | None = None
        self._state = (0.0, 0)
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="search-monitor", daemon=True)

    def __enter__(self) -> Monitor:
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

    def progress(self, fraction: float, found: int) -> None:
        """Take note of the progress; the thread reports it."""
        self._state = (fraction, found)

    def cancelled(self) -> bool:
        """Say whether the search is to end; `reason` says why."""
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
                log.warning("search heartbeat failed", error=str(error))

    def _look(self) -> None:
        if self.stop.is_set():
            self.reason = "stopped"
            return
        held, cancel = self.store.look(self.claim)
        if not held:
            self.reason = "lost"
        elif cancel:
            self.reason = "cancelled"

    def _beat(self, fraction: float, found: int) -> None:
        if not self.store.beat(self.claim, self.lease_s, fraction, found):
            self.reason = "lost"
