"""One command starts everything, and ending it ends everything."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from core.settings import Settings
from core.simulation.build import build_archive
from core.simulation.marker import built_days, interrupted_days

ROOT = Path(__file__).resolve().parents[2]


LEASH = """
import sys
from core import leash
if not {bound}:
    leash.bind = lambda: False
sys.exit(leash.main(sys.argv[1:]))
"""
SLEEPER = """
import os, sys, time
with open(sys.argv[1] + "~", "w") as file:
    file.write(str(os.getpid()))
os.rename(sys.argv[1] + "~", sys.argv[1])
time.sleep(600)
"""
PARENT = """
import os, subprocess, sys
leash, sleeper, path = sys.argv[1:]
words = [sys.executable, "-c", leash, str(os.getpid()), sys.executable, "-c", sleeper, path]
subprocess.run(words)
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("launch") / "archive"
    build_archive(Settings(archive=folder), days=[date(2019, 1, 1)], sources=[3, 46], processes=1)
    return folder


class Running:
    """`python -m core up` as a user starts it, in a process group of its own."""

    def __init__(self, archive: Path) -> None:
        self.port = free_port()
        environment = os.environ | {"ATLAS_ARCHIVE": str(archive), "PORT": str(self.port)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "core", "up"],
            cwd=ROOT, env=environment, start_new_session=True, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.lines: list[str] = []

    def wait_until_ready(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            if "is ready" in line:
                return
        raise AssertionError("".join(self.lines))

    def children(self) -> list[int]:
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(word) for word in listed.split()]

    def get(self, path: str) -> tuple[int, bytes]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return answer.status, answer.read()


@pytest.fixture
def running(archive: Path) -> Iterator[Running]:
    up = Running(archive)
    yield up
    if up.process.poll() is None:
        up.process.send_signal(signal.SIGTERM)
        up.process.wait(30)
    assert up.process.stdout is not None
    up.process.stdout.close()


def family(pid: int) -> list[int]:
    """Return a process and all that descend from it."""
    listed = Path(f"/proc/{pid}/task").glob("*/children")
    return [pid, *(p for path in listed for word in path.read_text().split()
                   for p in family(int(word)))]  # fmt: skip


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    return state != "Z"


def wait_for(condition: object, seconds: float = 20.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():  # type: ignore[operator]
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_all_of_it(running: Running, number: signal.Signals) -> None:
    running.wait_until_ready()
    assert f"http://127.0.0.1:{running.port}" in running.lines[-1]
    status, body = running.get("/healthz")
    assert status == 200
    assert json.loads(body)["status"] == "ok"
    children = running.children()
    assert len(children) == 2
    running.process.send_signal(number)
    assert running.process.wait(30) == 0
    assert not [pid for pid in children if alive(pid)]


def test_clients_that_stay_connected_stall_nobody(running: Running) -> None:
    running.wait_until_ready()
    request = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    with contextlib.ExitStack() as held:
        for _ in range(20):
            client = socket.create_connection(("127.0.0.1", running.port), timeout=10)
            held.enter_context(client)
            client.sendall(request)
        # A server that waits for each of them to hang up would take longer than the 10 s of `get`.
        assert running.get("/healthz")[0] == 200


def test_a_worker_that_dies_is_started_again(running: Running) -> None:
    running.wait_until_ready()
    before = set(running.children())
    worker = next(p for p in before if b"\0worker\0" in Path(f"/proc/{p}/cmdline").read_bytes())
    os.kill(worker, signal.SIGKILL)
    assert wait_for(lambda: len(set(running.children()) - before) == 1)
    assert running.get("/healthz")[0] == 200


def test_a_kill_of_the_launcher_ends_its_children_and_frees_the_port(running: Running) -> None:
    running.wait_until_ready()
    everyone = [pid for child in running.children() for pid in family(child)]
    assert len(everyone) >= 3  # web server, what serves for it, worker
    running.process.kill()
    running.process.wait()
    assert wait_for(lambda: not [pid for pid in everyone if alive(pid)], 60)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", running.port))


@pytest.mark.parametrize("bound", [True, False])
def test_a_leash_ends_a_program_with_its_parent(tmp_path: Path, bound: bool) -> None:
    """With the system's help and, where it has none to give, without."""
    told = tmp_path / "pid"
    words = [sys.executable, "-c", PARENT, LEASH.format(bound=bound), SLEEPER, str(told)]
    parent = subprocess.Popen(words, cwd=ROOT)
    try:
        assert wait_for(told.exists, 60)
        pid = int(told.read_text())
        assert alive(pid)
    finally:
        parent.kill()
        parent.wait()
    assert wait_for(lambda: not alive(pid), 60)


@pytest.mark.parametrize("bound", [True, False])
@pytest.mark.parametrize(("code", "status"), [("raise SystemExit(3)", 3), ("pass", 0)])
def test_a_leash_hands_the_exit_status_on(bound: bool, code: str, status: int) -> None:
    words = [sys.executable, "-c", LEASH.format(bound=bound), str(os.getpid())]
    done = subprocess.run([*words, sys.executable, "-c", code], cwd=ROOT, check=False, timeout=60)
    assert done.returncode == status


def test_a_leash_whose_parent_is_gone_already_starts_nothing(tmp_path: Path) -> None:
    left = tmp_path / "left"
    code = f"open({str(left)!r}, 'w')"
    words = [sys.executable, "-m", "core.leash", "1", sys.executable, "-c", code]
    assert subprocess.run(words, cwd=ROOT, check=False, timeout=60).returncode == 143
    assert not left.exists()


def test_an_interrupted_build_is_finished_by_the_next_start(tmp_path: Path) -> None:
    settings = Settings(archive=tmp_path / "archive")
    words = [sys.executable, "-m", "core", "archive", "--days", "2019-01-01", "--processes", "1"]
    environment = os.environ | {"ATLAS_ARCHIVE": str(settings.archive)}
    build = subprocess.Popen(words, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    assert wait_for(lambda: interrupted_days(settings) == [date(2019, 1, 1)], 60)
    build.send_signal(signal.SIGKILL)
    build.wait()
    assert built_days(settings) == []
    running = Running(settings.archive)
    try:
        running.wait_until_ready()
        assert "interrupted" in "".join(running.lines)
        assert built_days(settings) == [date(2019, 1, 1)]
        assert interrupted_days(settings) == []
    finally:
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(30) == 0
        assert running.process.stdout is not None
        running.process.stdout.close()


def test_a_taken_port_is_said_and_ends_it(archive: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "core", "up", "--port", str(port)],
            cwd=ROOT, env=os.environ | {"ATLAS_ARCHIVE": str(archive)},
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert f"127.0.0.1:{port} is in use" in done.stderr
