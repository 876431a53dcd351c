"""How many records each data source has, and from when to when: read from the file listing alone.

A live file knows its number of rows and the bounds of its time column, so that no data is read,
whatever the size of the archive.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from core.archive.snapshot import LiveFile

if TYPE_CHECKING:
    from core.archive.archive import Archive

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Extent:
    """Number of records, and times of the first and the last (None when there are none)."""

    count: int = 0
    earliest: datetime | None = None
    latest: datetime | None = None

    def add(self, file: LiveFile, last_us: int) -> None:
        """Count the rows of `file`, whose last time is `last_us` microseconds since 1970."""
        first = _EPOCH + timedelta(microseconds=file.first_us)
        last = _EPOCH + timedelta(microseconds=last_us)
        self.count += file.rows
        self.earliest = min(first, self.earliest or first)
        self.latest = max(last, self.latest or last)


@dataclass(frozen=True, slots=True)
class SourceStatistics:
    """What the archive holds of one data source."""

    ephemeris: Extent
    products: Extent

    def to_dict(self) -> dict[str, int | str | None]:
        """Return the six values that the API delivers as `stats`; times are ISO 8601, UTC."""
        return {
            "ephemeris_count": self.ephemeris.count,
            "data_product_count": self.products.count,
            "earliest_ephemeris_loaded": _text(self.ephemeris.earliest),
            "latest_ephemeris_loaded": _text(self.ephemeris.latest),
            "earliest_data_product_loaded": _text(self.products.earliest),
            "latest_data_product_loaded": _text(self.products.latest),
        }


def statistics(archive: Archive, sources: Sequence[int]) -> dict[int, SourceStatistics]:
    """Return for each of `sources` the number of its records and their extent in time.

    Times are epochs of ephemeris records, and starts and ends of data products.
    """
    ephemeris = _extents(archive.ephemeris.store.snapshot().files, sources, ends=False)
    products = _extents(archive.products.store.snapshot().files, sources, ends=True)
    return {source: SourceStatistics(ephemeris[source], products[source]) for source in sources}


def _extents(files: Iterable[LiveFile], sources: Sequence[int], ends: bool) -> dict[int, Extent]:
    found = {source: Extent() for source in sources}
    for file in files:
        extent = found.get(int(file.key))
        if extent is not None and file.rows:
            extent.add(file, file.last_end_us if ends else file.last_us)
    return found


def _text(time: datetime | None) -> str | None:
    return time.strftime("%Y-%m-%dT%H:%M:%S") if time else None
