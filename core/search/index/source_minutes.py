"""Where the minutes of a source come from: the track index where it can be had, else the table."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property
from typing import TYPE_CHECKING

from core.archive.snapshot import LiveFile, Snapshot
from core.instruments.model import DataSource
from core.search.index.minutes import (
    MINUTE_US,
    SourceMinutes,
    empty_minutes,
    join_minutes,
    read_minutes,
)

if TYPE_CHECKING:
    from core.search.index.store import IndexStore

_MINUTE_S = 60
_VERSIONS = 4


@dataclass(frozen=True)
class SourceYear:
    """The files of a version of the table that hold the records of one source in one UTC year."""

    source: int
    year: int
    files: tuple[LiveFile, ...]

    @cached_property
    def rows(self) -> int:
        """How many records there are."""
        return sum(file.rows for file in self.files)

    @cached_property
    def token(self) -> str:
        """Name of this very set of files: files never change, so it stands for their content."""
        names = "\n".join(sorted(file.path.name for file in self.files))
        return hashlib.blake2b(names.encode(), digest_size=10).hexdigest()

    def rows_within(self, first_minute: int, length: int) -> int:
        """Return how many records have to be read for some minutes of the year."""
        begin, end = first_minute * MINUTE_US, (first_minute + length) * MINUTE_US
        return sum(f.rows for f in self.files if f.first_us < end and f.last_us >= begin)


SourceYears = Mapping[tuple[int, int], SourceYear]
# The latest versions that were looked at, each with its files by source and year.
_grouped: list[tuple[Snapshot, SourceYears]] = []


class SourceReader:
    """Reads minutes of sources, in one version of the table and one latitude frame.

    Parameters
    ----------
    index : IndexStore or None
        None reads the table alone.
    snapshot : Snapshot
        Version of the ephemeris table.
    types : sequence of str
        Conjunction types whose positions are wanted.
    centric : bool
        Whether latitudes are compared from the Earth's centre, else as delivered.
    """

    def __init__(
        self, index: IndexStore | None, snapshot: Snapshot, types: Sequence[str], centric: bool
    ) -> None:
        self.index, self.types, self.centric = index, tuple(types), centric
        self.years = source_years(snapshot)

    def read(self, source: DataSource, first_minute: int, length: int) -> SourceMinutes:
        """Return `length` minutes of a source from `first_minute` (since 1970) on."""
        spans = spans_by_year(first_minute, length)
        return join_minutes([self._read_year(source, *span) for span in spans])

    def _read_year(self, source: DataSource, year: int, first: int, count: int) -> SourceMinutes:
        found = self.years.get((source.identifier, year))
        if found is None:
            return empty_minutes(count, self.types)
        centric = self.centric and source.latitude_frame == "geodetic"
        if self.index is not None:
            minutes = self.index.minutes(source, found, first, count, self.types, centric)
            if minutes is not None:
                return minutes
        return read_minutes(found.files, first, count, self.types, centric)


def source_years(snapshot: Snapshot) -> SourceYears:
    """Return the files of a version of the table by source and year."""
    for known, years in list(_grouped):
        if known is snapshot:
            return years
    found: dict[tuple[int, int], list[LiveFile]] = defaultdict(list)
    for file in snapshot.files:
        found[int(file.key), file.year].append(file)
    years = {key: SourceYear(*key, tuple(files)) for key, files in found.items()}
    _grouped.insert(0, (snapshot, years))
    del _grouped[_VERSIONS:]
    return years


@cache
def year_minutes(year: int) -> tuple[int, int]:
    """Return the first minute (since 1970) of a UTC year and how many it has."""
    first, after = (
        int(datetime(y, 1, 1, tzinfo=UTC).timestamp()) // _MINUTE_S for y in (year, year + 1)
    )
    return first, after - first


def spans_by_year(first_minute: int, length: int) -> Iterator[tuple[int, int, int]]:
    """Cut a span of minutes at the turn of years; yield year, first minute and length of each."""
    end = first_minute + length
    while first_minute < end:
        year = datetime.fromtimestamp(first_minute * _MINUTE_S, tz=UTC).year
        start, count = year_minutes(year)
        after = min(end, start + count)
        yield year, first_minute, after - first_minute
        first_minute = after
