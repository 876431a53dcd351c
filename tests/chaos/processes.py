"""Starts, lets go, reads and ends the children of the chaos tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import Queue

ROOT = Path(__file__).parents[2]
PROGRAM = Path(__file__).with_name("children.py")


class Child:
    """One child process and the lines that it has said."""

    def __init__(self, archive: Path, task: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(PROGRAM), str(archive), task],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        self._lines: Queue[list[str] | None] = Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.split(" ", 1))
        self._lines.put(None)

    def line(self, timeout_s: float = 60) -> list[str] | None:
        """Return the next line as its first word and the rest; None at the end."""
        return self._lines.get(timeout=timeout_s)

    def lines(self) -> Iterator[list[str]]:
        """Yield the lines that are left, to the end."""
        while (line := self.line()) is not None:
            yield line

    def go(self, *arguments: object) -> None:
        """Wait until the child is ready and let it go."""
        assert self.line() == ["ready\n"]
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(arguments) + "\n")
        self.process.stdin.flush()

    def result(self) -> object:
        """Wait for the end and return what the task returned."""
        word, rest = list(self.lines())[-1]
        assert (word, self.process.wait(60)) == ("done", 0)
        return json.loads(rest)

    def kill(self) -> None:
        """Kill with SIGKILL and wait; harmless if the child has ended."""
        self.process.kill()
        self.process.wait(60)


@contextmanager
def children(archive: Path, task: str, count: int) -> Iterator[list[Child]]:
    """Start children, and end them whatever happens."""
    started = [Child(archive, task) for _ in range(count)]
    try:
        yield started
    finally:
        for child in started:
            child.kill()
            child._reader.join(10)
            for stream in (child.process.stdin, child.process.stdout):
                if stream is not None:
                    stream.close()


def run_at_once(archive: Path, task: str, jobs: Sequence[Sequence[object]]) -> list[object]:
    """Run a task in one child per job; all are ready before any is let go."""
    with children(archive, task, len(jobs)) as started:
        for child, job in zip(started, jobs, strict=True):
            child.go(*job)
        return [child.result() for child in started]
