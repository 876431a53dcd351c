"""Watches over the pieces of one search: how far it is, and whether it must end."""

from __future__ import annotations

import threading
from collections.abc import Callable

from core.errors import LimitExceeded, SearchCancelled

Progress = Callable[[float, int], None]
Cancelled = Callable[[], bool]


class Guard:
    """Reports progress, and ends a search that was cancelled or that finds too much.

    Safe in threads; `progress` is called by one thread at a time.

    Parameters
    ----------
    progress, cancelled : callable
        See `core.search.conjunctions.run`.
    most : int
        Most conjunctions that a search may find.
    """

    def __init__(self, progress: Progress, cancelled: Cancelled, most: int) -> None:
        self.progress, self.cancelled, self.most = progress, cancelled, most
        self._done: list[float] = []
        self._found: list[int] = []
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    def begin(self, pieces: int) -> None:
        """Say how many pieces there are."""
        self._done = [0.0] * pieces
        self._found = [0] * pieces

    def stop(self) -> None:
        """Let every piece that still runs end at its next check."""
        self._stopped.set()

    def check(self) -> None:
        """Raise `SearchCancelled` when the search is to end."""
        if self._stopped.is_set() or self.cancelled():
            raise SearchCancelled("The search was cancelled.")

    def watch(self, piece: int, found: int, fraction: float) -> None:
        """Take note of one piece's progress, tell the sum, and check.

        `found` leaves out what may go on from the piece before, so that the sum over all pieces
        is never more than the number of conjunctions.
        """
        self.check()
        with self._lock:
            self._found[piece], self._done[piece] = found, fraction
            total = sum(self._found)
            self.progress(sum(self._done) / len(self._done), total)
        if total > self.most:
            self.refuse(total)

    def settle(self, count: int) -> None:
        """Check the number of conjunctions after all joins."""
        if count > self.most:
            self.refuse(count)

    def refuse(self, count: int) -> None:
        """Raise `LimitExceeded` for so many conjunctions."""
        raise LimitExceeded(
            f"The search finds more than {self.most} conjunctions.",
            hint="Shorten the window, lower the distances or name fewer sources.",
            limit="results",
            asked=count,
            allowed=self.most,
        )
