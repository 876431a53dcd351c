"""aacgmv2 and IRBEM are not safe in threads; with our locks around them they are.

Both sides run the same load. Take the lock away and the first test still passes and the second
fails, as the first one shows within moments.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = Path(__file__).with_name("library_load.py")


def _answers(load: str, guard: str, seconds: float) -> tuple[int, int]:
    done = subprocess.run(
        [sys.executable, str(PROGRAM), load, guard, str(seconds)],
        capture_output=True,
        text=True,
        check=True,
        timeout=seconds + 60,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    answers, wrong = (int(word) for word in done.stdout.split())
    return answers, wrong


@pytest.mark.parametrize("load", ["aacgm", "aacgm_directly", "fields", "feet"])
def test_without_the_lock_threads_get_wrong_numbers(load: str) -> None:
    # Ends at the first wrong number, mostly within a second.
    answers, wrong = _answers(load, "unguarded", 30.0)
    assert answers > 0
    assert wrong > 0


@pytest.mark.parametrize("load", ["aacgm", "fields", "feet"])
def test_with_the_lock_they_never_do(load: str) -> None:
    answers, wrong = _answers(load, "guarded", 2.0)
    assert answers > 50
    assert wrong == 0


@pytest.mark.parametrize(
    ("library", "home"),
    [("aacgmv2", "magnetic.py"), ("spacepy", "irbem.py")],
)
def test_one_module_alone_calls_the_library(library: str, home: str) -> None:
    # What goes around the module goes around its lock.
    words = (f"import {library}", f"from {library}", f'"{library}"')
    callers = {
        path.name
        for folder in ("core", "api", "components", "callbacks", "pages")
        for path in (ROOT / folder).rglob("*.py")
        if any(line.strip().startswith(words[:2]) or words[2] in line for line in _lines(path))
    }
    assert callers - {home} == set()


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()
