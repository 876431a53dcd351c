"""Keeps the track index complete: what has none is made, what is out of date goes.

One process of an archive does so at a time, at the lowest priority (`keep`). It may be killed at
any moment: files are made aside, and what a killed process left is cleared away by the next.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from core.archive import Archive
from core.search.index.folder import COLUMN, abandoned, year_of
from core.search.index.source_minutes import SourceYear, source_years
from core.search.index.store import IndexStore

if TYPE_CHECKING:
    from core.instruments.model import DataSource

LOCK_NAME = ".keeper"
LOWEST_PRIORITY = 19

Pair = tuple["DataSource", SourceYear]


def years_of(archive: Archive) -> list[Pair]:
    """Return all source-years with records and their sources, the latest years first."""
    sources = {item.identifier: item for item in archive.catalogue.sources.search([], [], [])}
    years = source_years(archive.ephemeris.store.snapshot()).values()
    known = [(sources[y.source], y) for y in years if y.source in sources]
    return sorted(known, key=lambda pair: (-pair[1].year, pair[1].source))


def missing(archive: Archive, store: IndexStore) -> list[Pair]:
    """Return the source-years with records that have no index, the latest years first."""
    return [pair for pair in years_of(archive) if not store.has(*pair)]


def columns_missing(archive: Archive, store: IndexStore) -> list[tuple[SourceYear, list[str]]]:
    """Return the columns that source-years lack and another year of the source has.

    Whoever filters one year by a field may want the next one too. The latest years come first.
    """
    asked = store.columns_asked()
    found = []
    for _, records in years_of(archive) if asked else ():
        names = asked.get(records.source, set())
        lacking = [n for n in sorted(names) if not store.column_path_of(records, n).is_file()]
        if lacking:
            found.append((records, lacking))
    return found


def stale(archive: Archive, store: IndexStore) -> list[tuple[Path, int]]:
    """Return files that no search begun now would read, and what they take on disk.

    The files are listed before the table is looked at, so that one that another process has just
    made of a newer version of the table is never among them.
    """
    files = list(store.files())
    current = {(pair[1].source, pair[1].year): pair for pair in years_of(archive)}

    def is_current(path: Path) -> bool:
        pair = current.get((int(path.parent.name), year_of(path)))
        return pair is not None and store.is_current(path, *pair)

    return [
        (path, size)
        for path, size in files
        if (abandoned(path) if path.name.endswith(".tmp") else not is_current(path))
    ]


def work_left(archive: Archive, store: IndexStore) -> bool:
    """Tell whether `keep` would find something to do."""
    return bool(missing(archive, store) or columns_missing(archive, store) or stale(archive, store))


def remove_stale(archive: Archive, store: IndexStore) -> tuple[int, int]:
    """Delete the files that are out of date; return how many, and the bytes they took."""
    found = stale(archive, store)
    for path, _ in found:
        store.forget(path)
    return len(found), sum(size for _, size in found)


def keep(archive: Archive, store: IndexStore, stop: Callable[[], bool]) -> int | None:
    """Remove what is out of date and make what is missing, unless another process does so now.

    Parameters
    ----------
    archive : Archive
    store : IndexStore
    stop : callable
        Asked before every file.

    Returns
    -------
    int or None
        How many source-years still have no positions because they cannot be written now or have
        no room; None where another process is at it.
    """
    with only_one(store) as alone:
        if not alone:
            return None
        # Columns that are out of date go last: they tell which are wanted.
        columns = columns_missing(archive, store)
        for path, _ in stale(archive, store):
            if path.suffix != COLUMN:
                store.forget(path)
        failed = 0
        for number, (source, records) in enumerate(wanted := missing(archive, store)):
            if stop():
                return len(wanted) - number + failed
            failed += store.make_tracks(source, records) is None
        for records, names in columns:
            if stop():
                return failed
            store.make_columns(records, names)
        remove_stale(archive, store)
        return failed


def kept_now(store: IndexStore) -> bool:
    """Tell whether some process is keeping the index at this moment."""
    with only_one(store) as alone:
        return not alone


def lower_priority() -> None:
    """Let every other process go first."""
    os.setpriority(os.PRIO_PROCESS, 0, LOWEST_PRIORITY)


def orphaned() -> Callable[[], bool]:
    """Return a function that tells whether the process that started this one is gone."""
    parent = os.getppid()
    return lambda: os.getppid() != parent


def clear_after(store: IndexStore, pid: int) -> None:
    """Remove what a process of this machine left half made when it was killed."""
    for path in store.folder.glob(f"*/.*.{pid}-*.tmp"):
        with suppress(OSError):
            path.unlink()


@contextmanager
def only_one(store: IndexStore) -> Iterator[bool]:
    """Hold the lock of the archive's keeper; False where another has it, or nobody can."""
    try:
        store.folder.mkdir(parents=True, exist_ok=True)
        stream = (store.folder / LOCK_NAME).open("w")
    except OSError:
        # A folder that cannot be written: making files says so, by the store's own rules.
        yield True
        return
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True
