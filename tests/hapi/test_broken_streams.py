"""A stream that cannot go on is broken off, so that no client takes a part for the whole."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection, IncompleteRead
from pathlib import Path

import pytest

from core.observatory import Observatory
from tests.hapi import world

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def port(observatory: Observatory, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A gunicorn server, as the application is served by, over records that break."""
    archive = tmp_path_factory.mktemp("breaking") / "archive"
    shutil.copytree(observatory.archive.path, archive)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number = int(probe.getsockname()[1])
    command = [
        sys.executable, "-m", "gunicorn", "breaking:create()", "--bind",
        f"127.0.0.1:{number}", "--worker-class", "gthread", "--threads", "2", "--log-level",
        "critical", "--no-control-socket",
    ]  # fmt: skip
    environment = os.environ | {"ATLAS_ARCHIVE": str(archive), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        command, cwd=Path(__file__).parent, env=environment, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        wait(number, process)
        yield number
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert process.poll() is None, "gunicorn has ended"
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError("gunicorn does not answer")


@pytest.mark.parametrize("kind", ["csv", "binary", "json"])
def test_an_error_midway_breaks_the_transfer_off(port: int, kind: str) -> None:
    # Two months are two files, of which the second cannot be read.
    query = f"dataset={world.SWARM}&start=2018-12-31&stop=2019-01-02&format={kind}"
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", f"/hapi/data?{query}")
        response = connection.getresponse()
        assert response.status == 200
        assert response.reason == "OK; HAPI 1200 OK"
        with pytest.raises((IncompleteRead, ConnectionError)):
            response.read()
    finally:
        connection.close()
