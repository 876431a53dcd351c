"""Has the track index kept complete while a worker has nothing else to do.

The work is done by a process of its own (``python -m core index build --idle``) at the lowest
priority, so that it neither holds the interpreter of anyone who waits nor takes a core from them.
It is killed as soon as a job begins, and started again when the worker has been idle for a while.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy.exc import SQLAlchemyError

from core.archive import Archive
from core.archive.snapshot import Snapshot
from core.errors import AtlasError
from core.logs import get_logger
from core.search.index.store import IndexStore, store_of
from core.search.index.upkeep import clear_after, work_left
from core.settings import Settings

log = get_logger(__name__)

POLL_S = 1.0
IDLE_AFTER_S = 3.0
# So many times `idle_after_s` pass between two looks at which columns searches have had made.
COLUMNS_EVERY = 10
# A keeper that has ended has done what can be done of this version of the table; until then.
AGAIN_AFTER_S = 1800.0


class IdleKeeper(threading.Thread):
    """A thread of a worker that starts and ends the process which keeps the index.

    Parameters
    ----------
    settings : Settings
    stop : threading.Event
        Ends the thread, and the process with it.
    idle_after_s : float, optional
        Seconds without a job after which the process is started.
    """

    def __init__(
        self, settings: Settings, stop: threading.Event, idle_after_s: float = IDLE_AFTER_S
    ) -> None:
        super().__init__(name="index-keeper", daemon=True)
        self.settings, self.stop, self.idle_after_s = settings, stop, idle_after_s
        self._lock = threading.Lock()
        self._jobs = 0
        self._asked: dict[int, set[str]] = {}
        self._look_at_columns = 0.0
        self._idle_since = time.monotonic()
        self._process: subprocess.Popen[bytes] | None = None
        self._seen: tuple[Snapshot | None, float] = (None, 0.0)
        self._done: tuple[Snapshot | None, float] = (None, 0.0)

    @contextmanager
    def away(self) -> Iterator[None]:
        """Keep the index process away while a job runs; ends one that is at work."""
        with self._lock:
            self._jobs += 1
            self._kill()
        try:
            yield
        finally:
            with self._lock:
                self._jobs -= 1
                self._idle_since = time.monotonic()

    @property
    def at_work(self) -> bool:
        """Whether the process is running."""
        process = self._process
        return process is not None and process.poll() is None

    def run(self) -> None:
        """Look after the index until told to stop."""
        if not (self.settings.index_when_idle and self.settings.track_index):
            return
        with Archive.open(self.settings) as archive:
            store = store_of(archive)
            if store is None:
                return
            try:
                while not self.stop.wait(min(POLL_S, self.idle_after_s)):
                    self._look(archive, store)
            finally:
                with self._lock:
                    self._kill()
                self._reap(store)

    def _look(self, archive: Archive, store: IndexStore) -> None:
        if self._process is not None:
            if self._process.poll() is None:
                return
            self._reap(store)
        if not self._idle():
            return
        try:
            snapshot = archive.ephemeris.store.snapshot()
            if self._due(snapshot, store):
                self._done = (snapshot, time.monotonic() + AGAIN_AFTER_S)
                if work_left(archive, store):
                    self._start()
        except (SQLAlchemyError, AtlasError, OSError) as error:
            log.warning("the track index is not looked after now", reason=str(error))

    def _due(self, snapshot: Snapshot, store: IndexStore) -> bool:
        """Say whether there may be something to do; not while the table is being written."""
        now = time.monotonic()
        if self._seen[0] is not snapshot:
            self._seen = (snapshot, now)
        known, until = self._done
        settled = now - self._seen[1] >= self.idle_after_s
        return settled and (snapshot is not known or now >= until or self._new_columns(store))

    def _new_columns(self, store: IndexStore) -> bool:
        """Say whether searches, of whatever process, have had columns made of a new field."""
        if time.monotonic() < self._look_at_columns:
            return False
        self._look_at_columns = time.monotonic() + COLUMNS_EVERY * self.idle_after_s
        before, self._asked = self._asked, store.columns_asked()
        return self._asked != before

    def _idle(self) -> bool:
        return not self._jobs and time.monotonic() - self._idle_since >= self.idle_after_s

    def _start(self) -> None:
        words = [sys.executable, "-m", "core", "index", "build", "--idle", "--quiet"]
        environment = os.environ | {
            "ATLAS_ARCHIVE": str(self.settings.archive), "OPENBLAS_NUM_THREADS": "1",
        }  # fmt: skip
        with self._lock:
            if self._jobs or self.stop.is_set():  # one came in between
                self._done = (None, 0.0)
                return
            self._process = subprocess.Popen(
                words, env=environment, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            )  # fmt: skip

    def _kill(self) -> None:
        """End the process at once; `_reap` clears away what it leaves."""
        if self._process is not None and self._process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._done = (None, 0.0)

    def _reap(self, store: IndexStore) -> None:
        if self._process is not None:
            self._process.wait()
            clear_after(store, self._process.pid)
            self._process = None
