"""Where the minutes of a source come from: the track index where it can be had, else the table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from core.archive.snapshot import LiveFile, Snapshot
from core.instruments.model import DataSource
from core.search.minutes import SourceMinutes, empty_minutes, join_minutes, read_minutes

if TYPE_CHECKING:
    from core.search.index_store import IndexStore

YearFiles = Mapping[tuple[int, int], Sequence[LiveFile]]
_MINUTE_S = 60


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
        self.files = year_files(snapshot)

    def read(self, source: DataSource, first_minute: int, length: int) -> SourceMinutes:
        """Return `length` minutes of a source from `first_minute` (since 1970) on."""
        return join_minutes(
            [
                self._read_year(source, year, first, count)
                for year, first, count in spans_by_year(first_minute, length)
            ]
        )

    def _read_year(self, source: DataSource, year: int, first: int, count: int) -> SourceMinutes:
        files = self.files.get((source.identifier, year))
        if not files:
            return empty_minutes(count, self.types)
        centric = self.centric and source.latitude_frame == "geodetic"
        if self.index is not None:
            found = self.index.minutes(source, year, files, first, count, self.types, centric)
            if found is not None:
                return found
        return read_minutes(files, first, count, self.types, centric)


def year_files(snapshot: Snapshot) -> YearFiles:
    """Return the files of a version of the table by source and year."""
    out: dict[tuple[int, int], list[LiveFile]] = defaultdict(list)
    for file in snapshot.files:
        out[int(file.key), file.year].append(file)
    return dict(out)


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
