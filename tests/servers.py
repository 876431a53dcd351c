"""Programs of this repository as real processes: started, waited for, and ended by their group."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import flask
import pytest
from werkzeug.serving import make_server

ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def running(words: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process in a group of its own and end the group."""
    process = subprocess.Popen(
        words, cwd=ROOT, env={**os.environ, **environment}, start_new_session=True
    )
    try:
        yield process
    finally:
        for number, seconds in ((signal.SIGTERM, 15), (signal.SIGKILL, 5)):
            try:
                os.killpg(process.pid, number)
                process.wait(seconds)
                break
            except ProcessLookupError:
                break
            except subprocess.TimeoutExpired:
                continue
        process.wait(5)


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def answering(server: flask.Flask) -> Iterator[str]:
    """Serve an application of this process from a thread; give its base URL."""
    live = make_server("127.0.0.1", 0, server, threaded=True)
    thread = threading.Thread(target=live.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{live.server_port}"
    finally:
        live.shutdown()
        thread.join(10)
        live.server_close()


@contextmanager
def live_server(archive: Path, **settings: str) -> Iterator[str]:
    """Serve `archive` and give the address once it answers."""
    with serving(archive, **settings) as (url, _):
        yield url


@contextmanager
def serving(archive: Path, **settings: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Serve `archive` and give address and process once it answers.

    Without processes that render: each server would set up every camera twice.
    """
    port = free_port()
    words = [sys.executable, "-m", "core", "serve", "--port", str(port)]
    rendering = {"ATLAS_RENDER_PROCESSES": "0"}
    with running(words, environment_of(archive) | rendering | settings) as process:
        url = f"http://127.0.0.1:{port}"
        wait_until_healthy(f"{url}/healthz", process)
        yield url, process


@contextmanager
def working(archive: Path, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run one search worker over `archive`."""
    words = [sys.executable, "-m", "core", "worker"]
    with running(words, environment_of(archive) | settings) as process:
        yield process


def environment_of(archive: Path) -> dict[str, str]:
    """Return the settings that name `archive`, with a quiet log."""
    return {"ATLAS_ARCHIVE": str(archive), "ATLAS_LOG_LEVEL": "WARNING"}


def wait_until_healthy(url: str, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    """Wait for 200 of `url`; fail when the process ends or the time is over."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        assert process.poll() is None, f"the server ended with {process.returncode}"
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    pytest.fail(f"{url} did not answer in {seconds:.0f} s")
