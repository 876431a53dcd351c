"""Nights: from local solar noon to local solar noon, named by the date of their morning.

A UT day cuts the night of a Canadian site in two. A night does not: it runs over 24 hours from
mean solar noon (longitude / 15 hours, without the equation of time, rounded to a minute), and its
date is that of its morning in local solar time. So the sites of a continent agree on the date of
a night, whatever the UT day is in which it began.

Minutes of a night are counted from 00:00 UTC of its date, as those of a UT day are; the evening
may have negative ones. Rows of sites at different longitudes thereby share one axis.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.archive.columns import epoch_us
from core.instruments.model import DataSource

if TYPE_CHECKING:
    from core.archive import Archive

MINUTES_PER_DAY = 1440
HALF_DAY_MIN = 720
By = Literal["night", "day"]
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_KEPT_FILES = 50_000

_lock = threading.Lock()
_remembered: OrderedDict[tuple[Path, int], NDArray[np.int64]] = OrderedDict()


def longitude_deg(source: DataSource) -> float:
    """Return the longitude of a source on the ground, 0 where its metadata do not say."""
    value = source.metadata.get("longitude_deg")
    return float(value) if isinstance(value, int | float) else 0.0


def shift_min(source: DataSource, by: By) -> int:
    """Return the minutes to add to UTC so that midnight of the sum begins a row's window."""
    if by == "day":
        return 0
    lon_deg = (longitude_deg(source) + 180.0) % 360.0 - 180.0
    return round(lon_deg * MINUTES_PER_DAY / 360.0) + HALF_DAY_MIN


def window(source: DataSource, day: date, by: By) -> tuple[datetime, datetime]:
    """Return start and end (UTC, half-open, 24 hours) of the night or UT day named `day`."""
    midnight = datetime.combine(day, time.min, tzinfo=UTC)
    start = midnight - timedelta(minutes=shift_min(source, by))
    return start, start + timedelta(days=1)


def name_of(source: DataSource, moment: datetime, by: By) -> date:
    """Return the date of the night or UT day that a moment (UTC) of a source belongs to."""
    return (moment.astimezone(UTC) + timedelta(minutes=shift_min(source, by))).date()


def to_date(day_number: int) -> date:
    """Return the date that is this many days after 1970-01-01."""
    return date.fromordinal(_EPOCH_ORDINAL + day_number)


def recorded_nights(
    archive: Archive, sources: Sequence[DataSource], first: date, last: date
) -> set[tuple[int, date]]:
    """Return the (source, night) pairs from `first` to `last` that have an ephemeris record.

    The times of a data file are read once and remembered, because files never change.
    """
    by_id = {source.identifier: shift_min(source, "night") for source in sources}
    low, high = first.toordinal() - _EPOCH_ORDINAL, last.toordinal() - _EPOCH_ORDINAL
    # A night begins at most a day before its date in UTC and ends at most one after it.
    day_us = MINUTES_PER_DAY * 60_000_000
    files = archive.ephemeris.store.snapshot().overlapping(
        list(by_id), (low - 1) * day_us, (high + 2) * day_us
    )
    return {
        (int(file.key), to_date(int(night)))
        for file in files
        for night in _nights_of(file.path, by_id[int(file.key)])
        if low <= night <= high
    }


def _nights_of(path: Path, shift: int) -> NDArray[np.int64]:
    key = (path, shift)
    with _lock:
        if key in _remembered:
            _remembered.move_to_end(key)
            return _remembered[key]
    table = pq.read_table(path, columns=["epoch"], partitioning=None)
    nights = np.unique((epoch_us(table["epoch"]) // 60_000_000 + shift) // MINUTES_PER_DAY)
    with _lock:
        _remembered[key] = nights
        while len(_remembered) > _KEPT_FILES:
            _remembered.popitem(last=False)
    return nights
