"""``python -m core.leash PID WORDS...``: become a program that ends when its parent does.

`core.launch` starts its children through this. Whoever is killed with SIGKILL ends nobody: its
children would go on, and hold the port. Linux sends SIGTERM to a process whose parent has died
(``prctl(PR_SET_PDEATHSIG)``, which stays in force over exec); elsewhere this process stays, looks
who its parent is, and ends the program when that has changed.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from types import FrameType

POLL_SECONDS = 0.5
STOP_SECONDS = 15.0
_PR_SET_PDEATHSIG = 1


def words(command: Sequence[str]) -> list[str]:
    """Return what to start instead of `command`, so that it ends with the calling process."""
    return [sys.executable, "-m", "core.leash", str(os.getpid()), *command]


def bind() -> bool:
    """Ask for SIGTERM when the parent dies; False where the system knows no such thing."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        done: int = ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    except (OSError, AttributeError):
        return False
    return done == 0


def watch(parent: int, command: Sequence[str]) -> int:
    """Run a program until it ends or the parent is another; return the exit status.

    Parameters
    ----------
    parent : int
        Process identifier that this process's parent has.
    command : sequence of str
        The program and its arguments. SIGTERM and SIGINT are passed on to it.
    """
    child = subprocess.Popen(command)

    def pass_on(number: int, frame: FrameType | None) -> None:
        child.send_signal(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, pass_on)
    while os.getppid() == parent:
        try:
            status = child.wait(POLL_SECONDS)
        except subprocess.TimeoutExpired:
            continue
        return status if status >= 0 else 128 - status
    child.terminate()
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    return 128 + signal.SIGTERM


def main(arguments: Sequence[str]) -> int:
    """Become the program that `arguments` name after the parent's process identifier."""
    parent, command = int(arguments[0]), list(arguments[1:])
    bound = bind()
    if os.getppid() != parent:  # it died before it could be asked for
        return 128 + signal.SIGTERM
    if bound:
        os.execv(command[0], command)  # noqa: S606  # no shell: a fixed argument list
    return watch(parent, command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
