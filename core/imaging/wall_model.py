"""What the keogram wall speaks of: its query, its rows, a page of them.

A row is one imager in one night, or on one UT day (`core.imaging.wall_nights`). It exists where
the archive holds ephemeris records of that time, or a keogram that has a part of it. Minutes are
counted from 00:00 UTC of the row's date; those of a night may be negative.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from core.errors import BadInput
from core.imaging.wall_nights import MINUTES_PER_DAY, By, window
from core.instruments.model import DataSource

__all__ = ["MINUTES_PER_DAY", "By"]

MEDIA_PREFIX = "/media/keogram/"
Grouping = Literal["date", "source"]
Key = tuple[int, date]
_HOUR = 60
_SHORTEST_AXIS_MIN = 6 * _HOUR


@dataclass(frozen=True, slots=True)
class WallQuery:
    """What a reader of the wall asks for.

    Parameters
    ----------
    start, end : date
        First and last night (or UT day), both included.
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
    by : {"night", "day"}
        Whether a row is a night, from local solar noon to noon, or a UT day.
    """

    start: date
    end: date
    sources: tuple[int, ...] = ()
    group: Grouping = "date"
    latest_first: bool = False
    only_images: bool = False
    page: int = 1
    page_size: int = 50
    by: By = "night"

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

    @property
    def imaging(self) -> tuple[datetime, datetime]:
        """Start of the first and end of the last exposure, UTC; of the product where unknown."""
        start, end = (_moment(self.metadata.get(f"imaging_{edge}_time")) for edge in _EDGES)
        return (start, end) if start and end else (self.start, self.end)

    def days(self, first: date, last: date) -> Iterator[date]:
        """Yield the UT days from `first` to `last` that the keogram has a part of."""
        # An end at midnight belongs to the day before, unless the keogram is a single instant.
        final = max(self.start, self.end - timedelta(microseconds=1))
        start, stop = max(self.start.date(), first), min(final.date(), last)
        return (start + timedelta(days=step) for step in range((stop - start).days + 1))


@dataclass(frozen=True, slots=True)
class WallRow:
    """One imager in one night or on one UT day.

    `intervals` are the minutes of operation as half-open (first, last + 1) minutes from 00:00 UTC
    of `day`; `minutes` is how many there are. `provenance` is that of the ephemeris records:
    simulated, ingested, uploaded, mixed, or empty where there are none.
    """

    source: DataSource
    day: date
    intervals: tuple[tuple[int, int], ...] = ()
    provenance: str = ""
    products: tuple[KeogramProduct, ...] = ()
    by: By = "day"

    @property
    def window(self) -> tuple[datetime, datetime]:
        """Start and end of the row in UTC, 24 hours apart."""
        return window(self.source, self.day, self.by)

    @property
    def minutes(self) -> int:
        """Number of minutes with a record."""
        return sum(stop - start for start, stop in self.intervals)

    @property
    def image(self) -> KeogramProduct | None:
        """A keogram of the row that this server can draw, if there is one."""
        return next((product for product in self.products if product.served_here), None)

    @property
    def image_provenance(self) -> str:
        """Where what is drawn comes from: as `provenance`, empty without an image."""
        kinds = {product.provenance for product in self.products if product.served_here}
        return kinds.pop() if len(kinds) == 1 else "mixed" if kinds else ""

    @property
    def image_minutes(self) -> tuple[int, int] | None:
        """First and last + 1 minute, within the row, that its images cover; None without any.

        A simulated product is of a UT day, the ends of two nights; of those, the row has what lies
        within its minutes of operation.
        """
        start, end = (self._minute(edge) for edge in self.window)
        if self.image_provenance == "simulated" and self.intervals:
            start, end = self.intervals[0][0], self.intervals[-1][1]
        if self.intervals:
            # The images of a UT day lie in two nights; in between there are no records.
            start, end = max(start, self.intervals[0][0]), min(end, self.intervals[-1][1])
        spans = [
            (max(start, self._minute(first)), min(end, self._minute(last, up=True)))
            for first, last in (p.imaging for p in self.products if p.served_here)
        ]
        spans = [span for span in spans if span[0] < span[1]]
        if not spans:
            return None
        return min(span[0] for span in spans), max(span[1] for span in spans)

    def _minute(self, moment: datetime, *, up: bool = False) -> int:
        midnight = datetime.combine(self.day, time.min, tzinfo=UTC)
        whole, rest = divmod(moment - midnight, timedelta(minutes=1))
        return whole + 1 if up and rest else whole


@dataclass(frozen=True, slots=True)
class WallAxis:
    """The common axis of time of a page: whole hours, as minutes from 00:00 UTC of a row's date."""

    start_min: int
    end_min: int

    @property
    def hours(self) -> tuple[int, ...]:
        """Hours from 00:00 UTC of the date, both ends included; -3 is 21:00 of the day before."""
        return tuple(range(self.start_min // _HOUR, self.end_min // _HOUR + 1))

    def share(self, minute: float) -> float:
        """Return the place of a minute along the axis, 0 at its start and 1 at its end."""
        return (minute - self.start_min) / (self.end_min - self.start_min)


@dataclass(frozen=True, slots=True)
class WallPage:
    """Some rows out of `total`; `page` is counted from 1 and lies within `pages`."""

    rows: tuple[WallRow, ...]
    total: int
    page: int
    page_size: int
    sources_with_rows: int = 0
    by: By = "day"

    @property
    def pages(self) -> int:
        """Number of pages, at least one."""
        return max(1, -(-self.total // self.page_size))

    @property
    def first(self) -> int:
        """Number of the first row of this page, counted from 1 (0 when there is none)."""
        return (self.page - 1) * self.page_size + 1 if self.rows else 0

    @property
    def axis(self) -> WallAxis:
        """The axis that the rows need: the whole UT day, or the hours in which there is data."""
        return WallAxis(0, MINUTES_PER_DAY) if self.by == "day" else night_axis(self.rows)


def night_axis(rows: tuple[WallRow, ...]) -> WallAxis:
    """Return the whole hours that hold all minutes and images of the rows, six at least."""
    spans = [span for row in rows for span in (*row.intervals, row.image_minutes) if span]
    if not spans:
        return WallAxis(-MINUTES_PER_DAY // 2, MINUTES_PER_DAY // 2)
    start = min(span[0] for span in spans) // _HOUR * _HOUR
    end = -(-max(span[1] for span in spans) // _HOUR) * _HOUR
    missing = max(0, _SHORTEST_AXIS_MIN - (end - start)) // _HOUR
    return WallAxis(start - missing // 2 * _HOUR, end + (missing - missing // 2) * _HOUR)


def minute_runs(minutes: npt.ArrayLike) -> tuple[tuple[int, int], ...]:
    """Join sorted minutes into half-open runs.

    Parameters
    ----------
    minutes : array of int
        Minutes, ascending; repeats are harmless.

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


_EDGES = ("start", "end")


def _moment(text: Any) -> datetime | None:
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None  # an uploaded product may say anything
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
