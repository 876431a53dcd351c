"""``python -m core worker``: the process that runs searches and makes movies from the queue.

Searches and movies are taken by a thread each, so that a long movie does not hold up searches.
While there is nothing to do, the track index is made of what has none.
"""

from __future__ import annotations

import argparse
import signal
import threading
from collections.abc import Mapping
from types import FrameType

import structlog

from core.archive import Archive
from core.movies import KIND, movie_executor
from core.observatory import Observatory
from core.search.engine.kernels import warm_kernel
from core.search.index.idle import IdleKeeper
from core.search.jobs.execution import SEARCHES, Executor, Finished
from core.search.jobs.job import Claim
from core.search.jobs.monitor import Monitor
from core.search.jobs.queue import JobStore
from core.search.jobs.worker import run_worker
from core.settings import Settings

log = structlog.get_logger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command; its settings come from the environment."""
    parser.description = "Run searches and make movies from the queue until SIGTERM or SIGINT."


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Work until the process is asked to end; return the exit status."""
    stop = threading.Event()

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask_to_stop)
    with Observatory(settings) as observatory:
        keeper = IdleKeeper(settings, stop)
        movies = _Lane(settings, stop, _apart(keeper, {KIND: movie_executor(observatory.frames)}))
        movies.start()
        keeper.start()
        warm_kernel(settings.search_kernel, settings.kernel_folder)
        try:
            run_worker(settings, stop, _apart(keeper, SEARCHES))
        finally:
            stop.set()
            movies.join()
            keeper.join()
    return 1 if movies.failed else 0


def _apart(keeper: IdleKeeper, executors: Mapping[str, Executor]) -> dict[str, Executor]:
    """Return executors that keep the index process away while they run."""

    def apart(executor: Executor) -> Executor:
        def run(archive: Archive, store: JobStore, claim: Claim, monitor: Monitor) -> Finished:
            with keeper.away():
                return executor(archive, store, claim, monitor)

        return run

    return {kind: apart(executor) for kind, executor in executors.items()}


class _Lane(threading.Thread):
    """A worker in a thread of its own; when it fails, the whole process ends."""

    def __init__(
        self, settings: Settings, stop: threading.Event, executors: Mapping[str, Executor]
    ) -> None:
        super().__init__(name="worker-" + "-".join(executors))
        self.settings, self.stop, self.executors = settings, stop, executors
        self.failed = False

    def run(self) -> None:
        """Work until the process is asked to end."""
        try:
            run_worker(self.settings, self.stop, self.executors)
        except Exception:
            # Whoever started the process starts it again; a half of it would go unnoticed.
            log.exception("worker failed", kinds=sorted(self.executors))
            self.failed = True
            self.stop.set()
