"""Which imagers an archive has, and in which nights there is something of them to see."""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right
from collections import Counter, OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from core.errors import NotFound
from core.imaging.wall import keogram_products, recorded, rows_for
from core.imaging.wall_model import WallRow
from core.imaging.wall_nights import By, shift_min
from core.instruments.model import DataSource

if TYPE_CHECKING:
    from core.archive import Archive

# Nothing in an auroral archive is older than all-sky cameras or lies beyond predicted orbits.
FIRST_DAY = date(1950, 1, 1)
LAST_DAY = date(2100, 12, 31)
_OTHER_IMAGERS = ("spectrograph", "DSLR")
_KEPT = 64

_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class DataDays:
    """Sorted dates on which some imager has records or a keogram; `images` are the latter.

    They are dates of nights or of UT days, as `data_days` was asked. `latest` is the last one
    on which at least half as many imagers have data as on the best: the last evening of an archive
    belongs to a night that few sites see.
    """

    days: tuple[date, ...] = ()
    images: tuple[date, ...] = ()
    latest: date | None = None

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


_remembered: OrderedDict[tuple[Any, ...], DataDays] = OrderedDict()


def is_imager(source: DataSource) -> bool:
    """Whether keograms can come from `source`: a camera or spectrograph on the ground."""
    kind = source.instrument_type
    return source.source_type == "ground" and (kind.endswith("ASI") or kind in _OTHER_IMAGERS)


def imager_sources(archive: Archive) -> tuple[DataSource, ...]:
    """Return the imagers of the catalogue by program and display name."""
    imagers = (source for source in archive.catalogue.sources.list() if is_imager(source))
    return tuple(sorted(imagers, key=lambda item: (item.program, item.display_name)))


def data_days(archive: Archive, sources: Sequence[DataSource], by: By = "night") -> DataDays:
    """Return the nights or UT days on which any of `sources` has data.

    They lie between `FIRST_DAY` and `LAST_DAY`.
    """
    if not sources:
        return DataDays()
    shifts = tuple((source.identifier, shift_min(source, by)) for source in sources)
    key = (archive.path, archive.ephemeris.version, archive.products.version, by, shifts)
    with _lock:
        if key in _remembered:
            _remembered.move_to_end(key)
            return _remembered[key]
    found = _read_days(archive, sources, by)
    with _lock:
        _remembered[key] = found
        while len(_remembered) > _KEPT:
            _remembered.popitem(last=False)
    return found


def shown_first(archive: Archive, sources: Sequence[DataSource], by: By = "night") -> date | None:
    """Return the date that a first look should meet, None where there are no data.

    It is the last one that many of the imagers have. The last UT day with data begins one more
    night in its evening; of the night that has its morning there is more to see.
    """
    days = data_days(archive, sources, by)
    if by == "day" or days.latest is None:
        return days.latest
    morning = data_days(archive, sources, "day").latest
    return morning if morning == days.before(days.latest) else days.latest


def _read_days(archive: Archive, sources: Sequence[DataSource], by: By) -> DataDays:
    products = keogram_products(archive, sources, FIRST_DAY, LAST_DAY, by)
    keys = recorded(archive, sources, FIRST_DAY, LAST_DAY, by) | products.keys()
    images = {day for (_, day), found in products.items() if any(p.served_here for p in found)}
    imagers = Counter(day for _, day in keys)
    days = tuple(sorted(imagers))
    enough = max(imagers.values(), default=0) / 2
    latest = next((day for day in reversed(days) if imagers[day] >= enough), None)
    return DataDays(days, tuple(sorted(images)), latest)


def day_row(archive: Archive, source_id: int, day: date, by: By = "night") -> WallRow:
    """Return the row of one imager and night (or UT day), empty where there is nothing of it.

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
    return rows_for(archive, [(source_id, day)], known, by)[0]
