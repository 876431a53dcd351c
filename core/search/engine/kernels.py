"""Which kernel a search runs on: compiled by numba, or numpy alone."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Literal

import structlog

from core.search.engine.near import Float
from core.search.engine.runs import Cuts
from core.search.index.tracks import Index, Track, Words

log = structlog.get_logger(__name__)

KernelName = Literal["numba", "numpy"]
_LOOK_S = 0.02


@dataclass(frozen=True)
class Kernel:
    """The functions of one kernel; `core.search.engine.kernel_numpy` says what each does."""

    name: KernelName
    near_words: Callable[[Track, Track, float, Words], Words]
    near_crowd: Callable[[Sequence[Track], Track, float, Words], Words]
    measure: Callable[[Track, Track, Index], Float]
    words_to_index: Callable[[Words], Index]
    runs_of: Callable[[Index, Float], Cuts]


def choose_kernel(
    name: KernelName, cache_folder: Path | None = None, check: Callable[[], None] | None = None
) -> Kernel:
    """Return a kernel; numpy's where numba is asked for and does not work here, said in the log.

    Parameters
    ----------
    name : str
        ``numba`` or ``numpy``.
    cache_folder : Path, optional
        Where numba keeps what it compiled, unless ``NUMBA_CACHE_DIR`` says otherwise. It counts
        the first time only: what is compiled is kept for the life of the process.
    check : callable, optional
        Called often while the kernel is being compiled, which takes seconds; it may raise.
    """
    if name == "numba":
        if check is not None and not _made:
            _wait(warm_kernel(name, cache_folder), check)
        found = _numba(cache_folder)
        if found is not None:
            return found
    return _numpy()


def warm_kernel(name: KernelName, cache_folder: Path | None = None) -> threading.Thread:
    """Compile the kernel, or load it compiled, in a thread of its own."""
    thread = threading.Thread(
        target=choose_kernel, args=(name, cache_folder), name="warm-kernel", daemon=True
    )
    thread.start()
    return thread


def _wait(thread: threading.Thread, check: Callable[[], None]) -> None:
    while thread.is_alive():
        check()
        thread.join(_LOOK_S)


_lock = threading.Lock()
_made: list[Kernel | None] = []


def _numba(cache_folder: Path | None) -> Kernel | None:
    """Compile once in a process; a search that comes meanwhile waits for it."""
    with _lock:
        if not _made:
            _made.append(_compile(cache_folder))
        return _made[0]


def _compile(cache_folder: Path | None) -> Kernel | None:
    if cache_folder is not None and _writable(cache_folder):
        os.environ.setdefault("NUMBA_CACHE_DIR", str(cache_folder))
    try:
        from core.search.engine import kernel_numba as made
    except Exception as error:  # noqa: BLE001 - whatever ails a compiler, a search can do without
        log.warning("search kernel without numba", error=f"{type(error).__name__}: {error}")
        return None
    return _of("numba", made)


@cache
def _numpy() -> Kernel:
    from core.search.engine import kernel_numpy as made

    return _of("numpy", made)


def _of(name: KernelName, made: ModuleType) -> Kernel:
    """Take the functions of a kernel from its module."""
    return Kernel(name, *(getattr(made, item.name) for item in fields(Kernel)[1:]))


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)
