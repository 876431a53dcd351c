"""Brings data files back to one per key and month (or year), whoever wrote them.

This package's own writes leave no small files behind; another program's may, and one that does
not look first may leave a row twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass

from core.archive.layout import Layout, arrange, period_of, split
from core.archive.rewrite import read_files
from core.archive.snapshot import LiveFile, Snapshot
from core.archive.store import Change, TableStore

Progress = Callable[[float], None]
Chosen = Callable[[Collection[LiveFile]], Collection[LiveFile]]
Unit = tuple[int | str, int]


@dataclass(slots=True)
class Compacted:
    """What was done: files that went, files that came, rows that were there twice and went."""

    before: int = 0
    after: int = 0
    duplicates: int = 0


def compact(store: TableStore, progress: Progress | None = None) -> Compacted:
    """Rewrite months that have several files, and files that reach over several months.

    One transaction a key and year, which gives way to other writers like any write. Of rows with
    the same identity that of the file written last stays.

    Raises
    ------
    Conflict, ArchiveError
        As `TableStore.commit`; what was done before stays done.
    """
    return regroup(store, lambda files: scattered(files, store.layout), progress)


def scattered(files: Collection[LiveFile], layout: Layout) -> set[LiveFile]:
    """Return the files, all of one key, that are not alone in one month (or year)."""
    of_period: dict[int, set[LiveFile]] = defaultdict(set)
    for file in files:
        if not file.bounded:
            return set(files)  # it may hold any time: only reading all of them tells
        for period in _periods(file, layout):
            of_period[period].add(file)
    wide = {f for f in files if len(_periods(f, layout)) > 1}
    crowds = [together for together in of_period.values() if len(together) > 1]
    return _with_neighbours(wide.union(*crowds), of_period, layout)


def regroup(store: TableStore, chosen: Chosen, progress: Progress | None = None) -> Compacted:
    """Rewrite chosen files as one per key and month (or year), with each identity once.

    Parameters
    ----------
    store : TableStore
    chosen : callable
        Tells which of the files of a key and year are to be rewritten.
    progress : callable, optional
        Called with the share that is done.
    """
    units = sorted({unit_of(f, store.layout) for f in store.snapshot().files}, key=str)
    total = Compacted()
    for number, unit in enumerate(units):
        if chosen(_files(store.snapshot(), store.layout, unit)):
            done = _rewrite(store, unit, chosen)
            total.before += done.before
            total.after += done.after
            total.duplicates += done.duplicates
        if progress:
            progress((number + 1) / len(units))
    return total


def unit_of(file: LiveFile, layout: Layout) -> Unit:
    """Return the key and year of a file; no year where one identity may lie in any of them."""
    return file.key, file.year if layout.time in layout.identity else 0


def _rewrite(store: TableStore, unit: Unit, chosen: Chosen) -> Compacted:
    done = Compacted()

    def plan(base: Snapshot) -> Change:
        layout = store.layout
        files = chosen(_files(base, layout, unit))
        # The rows of the file that was written last come last, so that they stay.
        old = sorted(files, key=lambda f: (f.modified_ms, f.path))
        rows = read_files(old, layout, base.schema)
        kept = arrange(rows, layout)
        parts = tuple(split(kept, layout))
        done.before, done.after = len(old), len(parts)
        done.duplicates = rows.num_rows - kept.num_rows
        return Change(tuple(old), parts, frozenset([unit[0]]), kept.num_rows)

    store.commit(plan)
    return done


def _files(base: Snapshot, layout: Layout, unit: Unit) -> list[LiveFile]:
    return [f for f in base.files if unit_of(f, layout) == unit]


def _periods(file: LiveFile, layout: Layout) -> range:
    return range(period_of(file.first_us, layout), period_of(file.last_us, layout) + 1)


def _with_neighbours(
    files: set[LiveFile], of_period: dict[int, set[LiveFile]], layout: Layout
) -> set[LiveFile]:
    """Add the files of every month that one of `files` reaches: rewritten, they are one file."""
    found = set(files)
    todo = list(files)
    while todo:
        for period in _periods(todo.pop(), layout):
            new = of_period[period] - found
            found |= new
            todo.extend(new)
    return found
