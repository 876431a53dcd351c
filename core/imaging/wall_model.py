"""What the keogram wall speaks of: its query, its rows, a page of them.

A row is one (source, UT day). It exists where the archive holds ephemeris records of that day, or
a keogram that has a part of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from core.errors import BadInput
from core.instruments.model import DataSource

MINUTES_PER_DAY = 1440
MEDIA_PREFIX = "/media/keogram/"
Grouping = Literal["date", "source"]
Key = tuple[int, date]


@dataclass(frozen=True, slots=True)
class WallQuery:
    """What a reader of the wall asks for.

    Parameters
    ----------
    start, end : date
        First and last UT day, both included.
    sources : tuple of int
        Identifiers of the imagers; empty means every imager of the archive.
    group : {"date", "source"}
        What rows are sorted by first.
    latest_first : bool
        Direction of the days.
    only_images : bool
        Leave out the rows that have no image to show.
    page, page_size : int
        Page counted from 1, and the number of rows on it.
    """

    start: date
    end: date
    sources: tuple[int, ...] = ()
    group: Grouping = "date"
    latest_first: bool = False
    only_images: bool = False
    page: int = 1
    page_size: int = 50

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise BadInput(
                f"The last day {self.end} is before the first day {self.start}.",
                hint="Choose a last day that is the same or later.",
                field="end",
                value=self.end.isoformat(),
            )


@dataclass(frozen=True, slots=True)
class KeogramProduct:
    """A keogram of the data product table; `start` and `end` are UTC."""

    url: str
    start: datetime
    end: datetime
    provenance: str
    metadata: dict[str, Any] = field(default_factory=dict)

    @property
    def served_here(self) -> bool:
        """Whether this server draws the image itself."""
        return self.url.startswith(MEDIA_PREFIX)

    def days(self, first: date, last: date) -> Iterator[date]:
        """Yield the UT days from `first` to `last` that the keogram has a part of."""
        # An end at midnight belongs to the day before, unless the keogram is a single instant.
        final = max(self.start, self.end - timedelta(microseconds=1))
        start, stop = max(self.start.date(), first), min(final.date(), last)
        return (start + timedelta(days=step) for step in range((stop - start).days + 1))


@dataclass(frozen=True, slots=True)
class WallRow:
    """One imager on one UT day.

    `intervals` are the minutes of operation as half-open (first, last + 1) minutes of the day;
    `minutes` is how many there are. `provenance` is that of the ephemeris records: simulated,
    ingested, uploaded, mixed, or empty where there are none.
    """

    source: DataSource
    day: date
    intervals: tuple[tuple[int, int], ...] = ()
    provenance: str = ""
    products: tuple[KeogramProduct, ...] = ()

    @property
    def minutes(self) -> int:
        """Number of minutes with a record."""
        return sum(stop - start for start, stop in self.intervals)

    @property
    def image(self) -> KeogramProduct | None:
        """The keogram that this server can draw, if there is one."""
        return next((product for product in self.products if product.served_here), None)


@dataclass(frozen=True, slots=True)
class WallPage:
    """Some rows out of `total`; `page` is counted from 1 and lies within `pages`."""

    rows: tuple[WallRow, ...]
    total: int
    page: int
    page_size: int
    sources_with_rows: int = 0

    @property
    def pages(self) -> int:
        """Number of pages, at least one."""
        return max(1, -(-self.total // self.page_size))

    @property
    def first(self) -> int:
        """Number of the first row of this page, counted from 1 (0 when there is none)."""
        return (self.page - 1) * self.page_size + 1 if self.rows else 0


def minute_runs(minutes: npt.ArrayLike) -> tuple[tuple[int, int], ...]:
    """Join sorted minutes of a day into half-open runs.

    Parameters
    ----------
    minutes : array of int
        Minutes of the day, ascending; repeats are harmless.

    Returns
    -------
    tuple of (int, int)
        First minute and the minute after the last one, of every unbroken run.
    """
    values = np.unique(np.asarray(minutes, dtype=np.int64))
    if not values.size:
        return ()
    breaks = np.flatnonzero(np.diff(values) > 1)
    firsts = values[np.concatenate(([0], breaks + 1))]
    lasts = values[np.concatenate((breaks, [values.size - 1]))]
    return tuple((int(a), int(b) + 1) for a, b in zip(firsts, lasts, strict=True))
