"""Which sources have a record in which minutes of a UT day, and of what provenance.

A day is read at once and remembered by the data files that it came from: files never change, so
nothing that is remembered goes stale.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from core.archive import duck
from core.archive.columns import PROVENANCES, epoch_us
from core.archive.recent import Recent
from core.archive.snapshot import Snapshot

if TYPE_CHECKING:
    from core.archive.archive import Archive

MINUTES_PER_DAY = 1440
_MINUTE_US = 60_000_000
_KEPT_DAYS = 32

DayKey = tuple[Path, date, tuple[Path, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class DayPresence:
    """Records of a UT day: a row a source that has any, a column a minute.

    Attributes
    ----------
    sources : ndarray of int64, shape (n,)
        Identifiers, rising.
    codes : ndarray of uint8, shape (n, 1440)
        0 where there is no record, else 1 and the place of its provenance in `PROVENANCES`.
    """

    sources: NDArray[np.int64]
    codes: NDArray[np.uint8]

    def at(self, minute: int) -> dict[int, str]:
        """Return the provenance of the record of each source that has one in a minute (0-1439)."""
        column = self.codes[:, minute]
        return {
            int(self.sources[row]): PROVENANCES[column[row] - 1] for row in np.flatnonzero(column)
        }


_remembered: Recent[DayKey, DayPresence] = Recent(_KEPT_DAYS)


def day_presence(archive: Archive, day: date, snapshot: Snapshot | None = None) -> DayPresence:
    """Return which sources have a record in which minutes of a UT day.

    Parameters
    ----------
    archive : Archive
        Where to look.
    day : date
        UT day.
    snapshot : Snapshot, optional
        A version of the table that suffices, of a caller who has just looked for the newest.
    """
    newest = snapshot or archive.ephemeris.store.snapshot()
    key = (archive.path, day, day_files(newest, None, day))
    return _remembered.get(key, lambda: _read(archive, day))


def day_files(snapshot: Snapshot, sources: Collection[int] | None, day: date) -> tuple[Path, ...]:
    """Return the data files that may hold records of the sources (None: all) on a UT day.

    Any change of those records changes one of these paths.
    """
    first, last = (duck.microseconds(moment) for moment in day_span(day))
    return tuple(file.path for file in snapshot.overlapping(sources, first, last))


def day_span(day: date) -> tuple[datetime, datetime]:
    """Return the first and the last minute of a UT day."""
    start = datetime.combine(day, time(), UTC)
    return start, start + timedelta(minutes=MINUTES_PER_DAY - 1)


def minute_of_day(epochs: pa.ChunkedArray, day: date) -> NDArray[np.int64]:
    """Return the minutes since the start of a UT day of timestamps, int64."""
    start = np.datetime64(day, "us").astype(np.int64)
    return np.asarray((epoch_us(epochs) - start) // _MINUTE_US)


def _read(archive: Archive, day: date) -> DayPresence:
    columns = ["source", "epoch", "provenance"]
    table = archive.ephemeris.read(None, *day_span(day), columns=columns)
    ids, rows = np.unique(table["source"].to_numpy(), return_inverse=True)
    codes = np.zeros((len(ids), MINUTES_PER_DAY), dtype=np.uint8)
    known = pa.array(PROVENANCES)
    place = pc.index_in(table["provenance"], value_set=known).to_numpy()
    codes[rows, minute_of_day(table["epoch"], day)] = place + 1
    codes.setflags(write=False)
    return DayPresence(ids.astype(np.int64), codes)
