"""Processes that render keograms: the same bits, and no answer lost when they die."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from multiprocessing import active_children
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from core.errors import NotFound
from core.simulation.cameras import SimulatedImagers
from core.simulation.render_pool import RenderPool
from core.simulation.seeds import SEED

GILLAM, SMITH = 46, 55
START = np.datetime64("2019-01-10T04:00", "us")
END = START + np.timedelta64(20, "m")
READY_S = 120.0

PARENT = """
import sys
import numpy as np
from multiprocessing import active_children
from core.simulation.render_pool import RenderPool

if __name__ == "__main__":
    pool = RenderPool(2)
    pool.start(20050101, np.datetime64("2019-01-10T04:00", "us"), [46, 55])
    pool.wait(120)
    print(*(child.pid for child in active_children()), flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def pool() -> Iterator[RenderPool]:
    made = RenderPool(2)
    made.start(SEED, START, [GILLAM, SMITH])
    try:
        yield made
    finally:
        made.close()


def until(true: Callable[[], bool]) -> bool:
    """Wait for something to become true, half a minute at most."""
    for _ in range(300):
        if true():
            return True
        time.sleep(0.1)
    return False


def running(pid: int) -> bool:
    """Return whether a process is there and no zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.parametrize("source", [GILLAM, SMITH])
def test_a_process_renders_the_same_bits(pool: RenderPool, source: int) -> None:
    pool.wait(READY_S)
    imagers = SimulatedImagers(SEED)
    for line, ours in (
        ("column", imagers.keogram(source, START, END)),
        ("meridian", imagers.meridian_keogram(source, START, END)),
    ):
        theirs = pool.keogram(SEED, source, START, END, line)
        assert theirs is not None
        assert ours.sizes["time"] == 20
        xr.testing.assert_identical(ours, theirs)


def test_before_it_is_started_or_ready_it_renders_nothing() -> None:
    pool = RenderPool(2)
    assert pool.keogram(SEED, GILLAM, START, END, "column") is None
    pool.start(SEED, START, [GILLAM])
    try:
        assert pool.keogram(SEED, GILLAM, START, END, "column") is None  # they only just start
    finally:
        pool.close()
    assert pool.keogram(SEED, GILLAM, START, END, "column") is None


def test_a_killed_process_is_done_without(pool: RenderPool) -> None:
    pool.wait(READY_S)
    for child in active_children():
        os.kill(child.pid, signal.SIGKILL)
    # Every call that meets a dead process says so at once; none hangs or raises.
    for _ in range(3):
        assert pool.keogram(SEED, GILLAM, START, END, "column") is None
        assert pool.keogram(SEED, SMITH, START, END, "column") is None


def test_what_a_process_raises_reaches_the_caller(pool: RenderPool) -> None:
    pool.wait(READY_S)
    with pytest.raises(NotFound) as ours:
        SimulatedImagers(SEED).keogram(-1, START, END)
    with pytest.raises(NotFound) as theirs:
        pool.keogram(SEED, -1, START, END, "column")
    assert str(theirs.value) == str(ours.value)
    assert theirs.value.details == ours.value.details == {"kind": "source", "key": -1}


@pytest.mark.skipif(not Path("/proc").exists(), reason="processes are looked up in /proc")
def test_they_end_when_their_parent_is_killed() -> None:
    words = [sys.executable, "-c", PARENT]
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as parent:
        try:
            assert parent.stdout is not None
            pids = [int(word) for word in parent.stdout.readline().split()]
            assert len(pids) == 2
            assert all(running(pid) for pid in pids)
        finally:
            parent.kill()
        parent.wait()
    assert until(lambda: not any(running(pid) for pid in pids))
