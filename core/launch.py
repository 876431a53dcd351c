"""`python -m core up`: everything a laptop needs, with one command.

Builds the embedded archive where there is none, starts a search worker and the web server as
children in process groups of their own, says where the pages are once `/healthz` answers, starts
a worker again that died, and ends all of them when it is told to end. Where it is killed and can
end nobody, they end themselves (`core.leash`).
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

from core import leash, warm_up
from core.archive import Archive
from core.errors import ArchiveError
from core.serve import check_address, port_number
from core.serve import command as serve_command
from core.settings import Settings
from core.simulation.keogram_products import ensure_products
from core.simulation.marker import interrupted_days

STOP_SECONDS = 10.0
START_SECONDS = 60.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the verb."""
    parser.add_argument("--host", help="address to bind to (default: HOST or 127.0.0.1)")
    parser.add_argument("--port", type=port_number, help="port to bind to (default: PORT or 8050)")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Run until a signal ends it or the web server dies.

    Returns
    -------
    int
        0 after a signal, otherwise the exit status of the web server.
    """
    host, port = args.host or settings.host, args.port or settings.port
    check_address(host, port)
    _ensure_archive(settings)
    # Brought up to date and opened once here, so that an error is not said by each child in turn.
    with Archive.create(settings) as archive:
        added = ensure_products(archive)
    if added:
        _say(f"{added:,} simulated keograms were added to the products of the archive.")
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _setter(stop))
    children = Children(
        web=Child(serve_command(host, port, settings)),
        worker=Child([sys.executable, "-m", "core", "worker"]),
    )
    try:
        children.web.start()
        children.worker.start()
        if _wait_until_healthy(host, port, children.web, stop):
            _say(f"Aurora Atlas is ready: http://{host}:{port}  (Ctrl-C ends it)")
            warm_up.start(f"http://{host}:{port}", settings, stop)
        return _watch(children, stop)
    finally:
        children.worker.end()
        children.web.end()


@dataclass(slots=True)
class Child:
    """A process in a group of its own, so that ending it ends what it started."""

    words: list[str]
    process: subprocess.Popen[bytes] | None = field(default=None)

    def start(self) -> None:
        """Start, or start again."""
        # Someone at a terminal wants the address to stay in sight, not a line for each request.
        # The threads of a server share the cores; those of a library would only get in their way.
        environment = {"ATLAS_LOG_LEVEL": "WARNING", "OPENBLAS_NUM_THREADS": "1"} | os.environ
        self.process = subprocess.Popen(
            leash.words(self.words), env=environment, start_new_session=True
        )

    def status(self) -> int | None:
        """Return the exit status, or None while it runs."""
        return self.process.poll() if self.process else None

    def end(self) -> None:
        """Ask it to end, wait, then insist."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass(frozen=True, slots=True)
class Children:
    """The two processes of a small installation."""

    web: Child
    worker: Child


def _ensure_archive(settings: Settings) -> None:
    words = [sys.executable, "-m", "core", "archive", "--missing"]
    if not Archive.exists(settings):
        _say(f"There is no archive at {settings.archive} yet: building the embedded one.")
    elif days := interrupted_days(settings):
        _say(f"A build of {len(days)} days was interrupted at {settings.archive}: building again.")
        words += ["--days", *(day.isoformat() for day in days)]
    else:
        return
    if subprocess.run(leash.words(words), check=False).returncode != 0:
        raise ArchiveError(
            f"The embedded archive could not be built at {settings.archive}.",
            hint="The message above says why; `make archive` tries again.",
        )


def _setter(stop: threading.Event) -> Callable[[int, FrameType | None], None]:
    def handle(number: int, frame: FrameType | None) -> None:
        stop.set()

    return handle


def _wait_until_healthy(host: str, port: int, web: Child, stop: threading.Event) -> bool:
    url = f"http://{host}:{port}/healthz"
    for _ in range(int(START_SECONDS / 0.2)):
        if web.status() is not None or stop.wait(0.2):
            return False
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:  # our own server
                if answer.status == 200:
                    return True
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            continue
    _say(f"{url} has not answered in {START_SECONDS:.0f} s; still waiting.")
    return False


def _watch(children: Children, stop: threading.Event) -> int:
    while not stop.wait(0.5):
        status = children.web.status()
        if status is not None:
            _say(f"The web server ended with status {status}.")
            return status or 1
        if children.worker.status() is not None:
            _say(f"The worker ended with status {children.worker.status()}; starting it again.")
            children.worker.start()
    _say("Ending.")
    return 0


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
