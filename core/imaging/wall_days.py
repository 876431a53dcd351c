"""Which imagers an archive has, and on which days there is something of them to see."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from core.errors import NotFound
from core.imaging.wall import day_bounds, keogram_products, rows_for
from core.imaging.wall_model import WallRow
from core.instruments.model import DataSource

if TYPE_CHECKING:
    from core.archive import Archive

# Nothing in an auroral archive is older than all-sky cameras or lies beyond predicted orbits.
FIRST_DAY = date(1950, 1, 1)
LAST_DAY = date(2100, 12, 31)
_OTHER_IMAGERS = ("spectrograph", "DSLR")


@dataclass(frozen=True, slots=True)
class DataDays:
    """Sorted UT days on which some imager has records or a keogram; `images` are the latter."""

    days: tuple[date, ...] = ()
    images: tuple[date, ...] = ()

    def before(self, day: date) -> date | None:
        """Return the nearest day with data before `day`."""
        place = bisect_left(self.days, day)
        return self.days[place - 1] if place else None

    def after(self, day: date) -> date | None:
        """Return the nearest day with data after `day`."""
        place = bisect_right(self.days, day)
        return self.days[place] if place < len(self.days) else None

    def months(self) -> tuple[date, ...]:
        """Return the first of every month that has data, in order."""
        return tuple(sorted({day.replace(day=1) for day in self.days}))


def is_imager(source: DataSource) -> bool:
    """Whether keograms can come from `source`: a camera or spectrograph on the ground."""
    kind = source.instrument_type
    return source.source_type == "ground" and (kind.endswith("ASI") or kind in _OTHER_IMAGERS)


def imager_sources(archive: Archive) -> tuple[DataSource, ...]:
    """Return the imagers of the catalogue by program and display name."""
    imagers = (source for source in archive.catalogue.sources.list() if is_imager(source))
    return tuple(sorted(imagers, key=lambda item: (item.program, item.display_name)))


def data_days(archive: Archive, sources: Sequence[DataSource]) -> DataDays:
    """Return the days between `FIRST_DAY` and `LAST_DAY` on which any of `sources` has data."""
    ids = [source.identifier for source in sources]
    if not ids:
        return DataDays()
    counts = archive.ephemeris.day_counts(*day_bounds(FIRST_DAY, LAST_DAY), sources=ids)
    products = keogram_products(archive, ids, FIRST_DAY, LAST_DAY)
    days = set(counts.column("day").unique().to_pylist()) | {day for _, day in products}
    images = {day for (_, day), found in products.items() if any(p.served_here for p in found)}
    return DataDays(tuple(sorted(days)), tuple(sorted(images)))


def day_row(archive: Archive, source_id: int, day: date) -> WallRow:
    """Return the row of one imager and day, empty where the archive has nothing of it.

    Raises
    ------
    NotFound
        When `source_id` is not an imager of this archive.
    """
    known = {source.identifier: source for source in imager_sources(archive)}
    if source_id not in known:
        raise NotFound(
            f"No imager of this archive has the identifier {source_id}.",
            hint="Choose one of the sources that the Keogramist lists.",
            kind="imager",
            key=source_id,
        )
    return rows_for(archive, [(source_id, day)], known)[0]
