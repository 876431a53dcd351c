"""The web server as it is deployed, over a copy of an archive, and plain requests to it."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]
JSON = "application/json"
READY_S = 120.0
TIMEOUT_S = 120.0
SMALLEST_HEADERS = {"Content-Type": JSON}


@dataclass(frozen=True)
class Answer:
    """One answer: status, headers, body as it came, and the seconds until its last byte."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float

    def json(self) -> Any:
        """Return the body, which is JSON that is not compressed."""
        return json.loads(self.body)


class Client:
    """One connection that stays open, as a browser's or a session's does."""

    def __init__(self, url: str) -> None:
        place = urlsplit(url)
        self.connection = http.client.HTTPConnection(
            str(place.hostname), place.port, timeout=TIMEOUT_S
        )

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Send a request and read all of its answer."""
        sent = None if body is None else json.dumps(body).encode()
        given = SMALLEST_HEADERS | {name.replace("_", "-"): text for name, text in headers.items()}
        start = time.perf_counter()
        self.connection.request(method, path, sent, given)
        response = self.connection.getresponse()
        read = response.read()
        seconds = time.perf_counter() - start
        if response.status >= 400:
            raise SystemExit(f"{method} {path}: {response.status} {read[:300]!r}")
        return Answer(response.status, dict(response.getheaders()), read, seconds)

    def close(self) -> None:
        """End the connection."""
        self.connection.close()


@contextmanager
def served(archive: Path) -> Iterator[str]:
    """Copy an archive, serve the copy with gunicorn, and give the address."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "archive"
        shutil.copytree(archive, copy, ignore=shutil.ignore_patterns("rendered"))
        port = _free_port()
        process = subprocess.Popen(
            [sys.executable, "-m", "core", "serve", "--port", str(port)],
            cwd=ROOT,
            env=os.environ | {"ATLAS_ARCHIVE": str(copy), "ATLAS_LOG_LEVEL": "WARNING",
                              "ATLAS_RENDER_PROCESSES": "0"},
        )  # fmt: skip
        try:
            _wait(f"http://127.0.0.1:{port}", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + READY_S
    while time.monotonic() < until:
        if process.poll() is not None:
            raise SystemExit(f"the server ended with status {process.returncode}")
        client = Client(url)
        try:
            client.ask("GET", "/healthz")
            return
        except OSError:
            time.sleep(0.2)
        finally:
            client.close()
    raise SystemExit(f"{url} did not answer in {READY_S:.0f} s")
