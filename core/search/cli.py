"""``python -m core worker``: the process that runs searches from the queue."""

from __future__ import annotations

import argparse
import signal
import threading
from types import FrameType

from core.search.worker import run_worker
from core.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command; its settings come from the environment."""
    parser.description = "Run searches from the queue until SIGTERM or SIGINT."


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Run a worker until the process is asked to end; return the exit status."""
    stop = threading.Event()

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask_to_stop)
    run_worker(settings, stop)
    return 0
