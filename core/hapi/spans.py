"""From the listing of a table's files: what spans of time they hold, and of what provenance."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import numpy as np

from core.archive import reading
from core.archive.columns import epoch_us
from core.archive.filters import SqlFilter
from core.archive.provenance import file_provenances
from core.archive.snapshot import LiveFile, Snapshot

DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Holding:
    """The files of one source or series: `last_us` is the time of its last record."""

    files: tuple[LiveFile, ...]
    first_us: int
    last_us: int
    kinds: frozenset[str]
    modified_ms: int


def holdings(snapshot: Snapshot, time: str) -> dict[int | str, Holding]:
    """Return the holding of every key of a table that has records; `time` is its time column."""
    found = {}
    for key, group in groupby(snapshot.files, key=lambda file: file.key):
        files = tuple(group)
        bounds = [_bounds(snapshot, file, time) for file in files if file.rows]
        known = [bound for bound in bounds if bound is not None]
        if known:
            found[key] = Holding(
                files,
                min(first for first, _ in known),
                max(last for _, last in known),
                frozenset().union(*(file_provenances(file) for file in files)),
                max(file.modified_ms for file in files),
            )
    return found


def whole_days(first_us: int, last_us: int) -> tuple[int, int]:
    """Return the begin of the first and the end of the last UT day of a span."""
    return first_us // DAY_US * DAY_US, (last_us // DAY_US + 1) * DAY_US


def whole_months(first_us: int, last_us: int) -> tuple[int, int]:
    """Return the begin of the first and the end of the last UT month of a span."""
    months = np.array([first_us, last_us], "M8[us]").astype("M8[M]") + np.array([0, 1])
    first, last = months.astype("M8[us]").astype(np.int64).tolist()
    return first, last


def _bounds(snapshot: Snapshot, file: LiveFile, time: str) -> tuple[int, int] | None:
    if file.bounded:
        return file.first_us, file.last_us
    # The log tells no times of a file that another program wrote.
    table = reading.select(snapshot, [file], [SqlFilter("true")], [time], [time], None)
    times = epoch_us(table[time])
    return (int(times[0]), int(times[-1])) if times.size else None
