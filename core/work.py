"""``python -m core worker``: the process that runs searches and makes movies from the queue.

Searches and movies are taken by a thread each, so that a long movie does not hold up searches.
"""

from __future__ import annotations

import argparse
import signal
import threading
from collections.abc import Mapping
from types import FrameType

import structlog

from core.movies import KIND, movie_executor
from core.observatory import Observatory
from core.search.engine.kernels import warm_kernel
from core.search.jobs.execution import SEARCHES, Executor
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
        movies = _Lane(settings, stop, {KIND: movie_executor(observatory.frames)})
        movies.start()
        warm_kernel(settings.search_kernel, settings.kernel_folder)
        try:
            run_worker(settings, stop, SEARCHES)
        finally:
            stop.set()
            movies.join()
    return 1 if movies.failed else 0


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
