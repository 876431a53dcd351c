"""Which UT days have a keogram of this server: read from the table of data products."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.archive import reading
from core.archive.columns import PROVENANCES, epoch_us, meta_column_name
from core.archive.filters import SqlFilter
from core.archive.snapshot import Snapshot
from core.hapi.spans import DAY_US
from core.hapi.times import microseconds, read_time

IMAGING_START = meta_column_name("string", "imaging_start_time")
IMAGING_END = meta_column_name("string", "imaging_end_time")
KEOGRAM_TYPE = meta_column_name("string", "keogram_type")
# One row a source and day: the address says both.
OWN_DAILY = SqlFilter(
    "data_product_type = 'keogram' AND url = '/media/keogram/' || source || '/' || "
    "strftime(\"start\", '%Y-%m-%d') || '.png'"
)
_SAMPLE_US = 600_000_000
_MINUTE_US = 60_000_000


@dataclass(frozen=True, slots=True, eq=False)
class KeogramDays:
    """The days of one imager.

    Attributes
    ----------
    days : int64 array, shape (n,)
        UT days since 1970, rising.
    kinds : frozenset of str
        Provenances that occur.
    sample_us : (int, int)
        Ten minutes of the last day in which there were images, as far as the table tells.
    """

    days: NDArray[np.int64]
    kinds: frozenset[str]
    sample_us: tuple[int, int]

    @property
    def first_us(self) -> int:
        """Begin of the first day."""
        return int(self.days[0]) * DAY_US

    @property
    def last_us(self) -> int:
        """Begin of the last day."""
        return int(self.days[-1]) * DAY_US

    def touching(self, start_us: int, stop_us: int) -> NDArray[np.int64]:
        """Return the days that have a part in [start, stop)."""
        first, end = np.searchsorted(self.days, [start_us // DAY_US, -(-stop_us // DAY_US)])
        return self.days[first:end]


def keogram_days(snapshot: Snapshot) -> dict[int, KeogramDays]:
    """Return the days with a keogram of every imager that has any, by identifier."""
    names = ("source", "start", "provenance", IMAGING_START)
    table = reading.select(snapshot, snapshot.files, [OWN_DAILY], names, ("source", "start"), None)
    sources = table["source"].to_numpy()
    days = epoch_us(table["start"]) // DAY_US
    kinds = table["provenance"].to_numpy()
    found = {}
    for source in np.unique(sources):
        first, end = np.searchsorted(sources, [source, source + 1])
        begun = table[IMAGING_START][int(end) - 1].as_py()
        found[int(source)] = KeogramDays(
            np.unique(days[first:end]),
            frozenset(kind for kind in PROVENANCES if kind in set(kinds[first:end])),
            _sample(int(days[end - 1]) * DAY_US, begun),
        )
    return found


def _sample(day_us: int, begun: str | None) -> tuple[int, int]:
    moment = read_time(begun or "")
    if moment is None or microseconds(moment) // DAY_US != day_us // DAY_US:
        return day_us, day_us + DAY_US
    first = microseconds(moment) // _MINUTE_US * _MINUTE_US
    return first, min(first + _SAMPLE_US, day_us + DAY_US)
