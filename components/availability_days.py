"""What the archive has of each source on each day of the chart, ready to be drawn."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from components.availability_state import AvailabilityState, Kind
from core.archive import Archive
from core.archive.availability import days_of, product_availability
from core.instruments.model import DataSource
from core.instruments.programs import program_label
from core.observatory import Observatory

MOST = 65_535  # what two bytes hold; a day has 1,440 minutes


@dataclass(frozen=True, slots=True)
class Row:
    """One source and its counts, one a day of the chart."""

    source: DataSource
    counts: NDArray[np.int64]

    @property
    def days(self) -> int:
        """Number of days with anything."""
        return int(np.count_nonzero(self.counts))


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one program that are shown, and how many sources of it were asked for."""

    program: str
    rows: tuple[Row, ...]
    of: int


@dataclass(frozen=True, slots=True)
class Days:
    """The chart: its days, groups of rows, years with data, and days with data a month."""

    state: AvailabilityState
    first: date
    last: date
    groups: tuple[Group, ...]
    sources: int
    with_data: int
    years: tuple[int, ...]
    months: tuple[int, ...]

    @property
    def count(self) -> int:
        """Number of days."""
        return (self.last - self.first).days + 1

    @property
    def rows(self) -> list[Row]:
        """All rows, in order."""
        return [row for group in self.groups for row in group.rows]


def days(observatory: Observatory, state: AvailabilityState) -> Days:
    """Return what the chart of a state shows."""
    archive = observatory.archive
    years = years_with_data(archive, state.kind)
    year = state.year or (years[-1] if years else datetime.now(UTC).year)
    sources = chosen(archive, state)
    whole = _counts(archive, state.kind, sources, year)
    first, last = state.days(year)
    start = (first - date(year, 1, 1)).days
    part = slice(start, start + (last - first).days + 1)
    rows = [Row(source, whole[source.identifier][part]) for source in sources]
    shown = [row for row in rows if state.empty or row.days]
    of = {program: len(list(own)) for program, own in groupby(sources, key=_program)}
    groups = tuple(
        Group(program, tuple(own), of[program])
        for program, own in groupby(shown, key=lambda row: _program(row.source))
    )
    with_data = sum(1 for row in rows if row.days)
    return Days(state, first, last, groups, len(sources), with_data, years, _months(whole, year))


def chosen(archive: Archive, state: AvailabilityState) -> list[DataSource]:
    """Return the sources that a state names, by program and name."""
    wanted = set(state.sources)
    known = [
        source
        for source in archive.catalogue.sources.list()
        if not wanted or {source.program, str(source.identifier)} & wanted
    ]
    return sorted(known, key=_order)


def years_with_data(archive: Archive, kind: Kind) -> tuple[int, ...]:
    """Return the years that have any record, from the listing of files alone."""
    table = archive.ephemeris if kind == "ephemeris" else archive.products
    return tuple(sorted({file.year for file in table.store.snapshot().files if file.rows}))


def last_moment(archive: Archive) -> datetime | None:
    """Return when the last ephemeris record is, from the listing of files alone."""
    ends = [file.last_us for file in archive.ephemeris.store.snapshot().files if file.rows]
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=max(ends)) if ends else None


def packed(rows: Sequence[Row]) -> str:
    """Return the counts of all rows as text: little-endian uint16, zlib, base 64."""
    if not rows:
        return ""
    values = np.minimum(np.stack([row.counts for row in rows]), MOST).astype("<u2")
    return base64.b64encode(zlib.compress(values.tobytes(), 6)).decode()


def _counts(
    archive: Archive, kind: Kind, sources: Sequence[DataSource], year: int
) -> dict[int, NDArray[np.int64]]:
    first, last = date(year, 1, 1), date(year, 12, 31)
    asked = [source.identifier for source in sources]
    if not asked:
        return {}
    if kind == "ephemeris":
        return days_of(archive, asked, first, last)
    found = product_availability(archive, first, last, asked)
    length = (last - first).days + 1
    counts = {identifier: np.zeros(length, dtype=np.int64) for identifier in asked}
    for identifier, by_day in found.items():
        for day, count in by_day.items():
            counts[identifier][(date.fromisoformat(day) - first).days] = count
    return counts


def _months(whole: dict[int, NDArray[np.int64]], year: int) -> tuple[int, ...]:
    """Return on how many days of each month any of the sources has data."""
    length = (date(year, 12, 31) - date(year, 1, 1)).days + 1
    anything = np.zeros(length, dtype=bool)
    for counts in whole.values():
        anything |= counts > 0
    starts = [(date(year, month, 1) - date(year, 1, 1)).days for month in range(1, 13)]
    return tuple(int(n) for n in np.add.reduceat(anything, starts, dtype=np.int64))


def _program(source: DataSource) -> str:
    return source.program


def _order(source: DataSource) -> tuple[str, str, str, int]:
    name = source.display_name
    digits = "".join(c for c in name if c.isdigit())
    return (
        program_label(source.program).lower(),
        source.program,
        name.rstrip("0123456789").lower(),
        int(digits or 0),
    )
