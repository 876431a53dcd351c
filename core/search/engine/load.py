"""Lays the records of one piece of work out for the kernel: from the track index or the table."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core.archive import Archive
from core.archive.snapshot import Snapshot
from core.geo.magnetic import ground_traces
from core.geo.sphere import geodetic_to_geocentric_lat_deg
from core.search.blocks import Block
from core.search.engine.grid import PieceData, half_minute_track, half_minute_words
from core.search.filters.block_filters import BlockFilters
from core.search.index.minutes import SourceMinutes, fixed_minutes
from core.search.index.source_minutes import SourceReader
from core.search.index.store import store_of
from core.search.index.tracks import Words, between
from core.search.plan import MINUTE_S, Partition, Plan
from core.search.query import ConjunctionQuery
from core.search.sources import SourceLists

# By block and type (a nameless one where the type makes no difference), then by source.
Passing = dict[tuple[int, str], dict[int, Words]]


class Loader:
    """Reads pieces of work for one query; `load` may be called by several threads at once.

    Parameters
    ----------
    archive : Archive
    query : ConjunctionQuery
    sources : tuple of tuple of DataSource
        The sources of each block.
    plan : Plan
    check : callable
        Called between reads; it may raise to end the search.

    Attributes
    ----------
    snapshot : Snapshot
        The one version of the table that the whole search sees.
    mapped : bool
        Whether there is a track index, so that positions cost no memory of their own.
    """

    def __init__(
        self,
        archive: Archive,
        query: ConjunctionQuery,
        sources: SourceLists,
        plan: Plan,
        check: Callable[[], None],
    ) -> None:
        self.archive, self.query, self.sources, self.plan = archive, query, sources, plan
        self.check = check
        self.by_id = {item.identifier: item for block in sources for item in block}
        self.snapshot: Snapshot = archive.ephemeris.store.snapshot()
        self.filters = BlockFilters(archive, query, sources, self.snapshot, check)
        centric = query.latitude_frame == "geocentric"
        index = store_of(archive)
        self.mapped = index is not None
        self._reader = SourceReader(index, self.snapshot, plan.types, centric)
        self._places = {i: self._place(i, centric) for i in self.by_id if i < 0}

    def load(
        self, partition: Partition, told: Callable[[float], None] = lambda fraction: None
    ) -> PieceData:
        """Lay one piece out; a block without any epoch that passes leaves the rest unread.

        `told` is called with the fraction of the sources that were read.
        """
        half = self.plan.step_s != MINUTE_S
        minutes = partition.minutes + 1 if half else partition.minutes
        data, window = self._empty(partition, minutes)
        first = partition.first_minute
        passing = self._passing(Partition(first, first + minutes - 1))
        if passing is None:
            return data
        wanted = self._wanted(passing)
        for number, source in enumerate(wanted):
            self.check()
            told(number / len(wanted))
            records = self._records(source, partition.first_minute, minutes)
            if records.present.any():
                self._lay(source, records, data, passing, window)
        return data

    def _empty(self, partition: Partition, minutes: int) -> tuple[PieceData, Words]:
        """Return a piece without any record, and the epochs of it inside the window."""
        step_s = self.plan.step_s
        half = step_s != MINUTE_S
        start_s = partition.first_minute * MINUTE_S
        length = 2 * minutes - 1 if half else minutes
        first = max(0, -(-(self.plan.start_s - start_s) // step_s))
        last = min(length - 1, (self.plan.end_s - start_s) // step_s)
        own = (first, min(length - 2, last) if half else last)
        return PieceData(start_s, step_s, length, own), between(first, last, length)

    def _wanted(self, passing: Passing) -> list[int]:
        """Return the sources that can stand in some block, of a filtered one those that pass."""
        found: set[int] = set()
        for block, sources in enumerate(self.plan.sources):
            if self.filters.has(block):
                for kind in self._kinds(block):
                    found |= passing[block, kind].keys()
            else:
                found |= set(sources)
        return sorted(found)

    def _records(self, source: int, first_minute: int, minutes: int) -> SourceMinutes:
        if source < 0:
            return fixed_minutes(minutes, self._places[source])
        return self._reader.read(self.by_id[source], first_minute, minutes)

    def _lay(
        self,
        source: int,
        records: SourceMinutes,
        data: PieceData,
        passing: Passing,
        window: Words,
    ) -> None:
        """Put the valid epochs of one source, and its tracks where it has some, into `data`."""
        half = data.step_s != MINUTE_S
        used = False
        for number, block in enumerate(self.query.blocks):
            if source not in self.plan.sources[number]:
                continue
            for kind in self._kinds(number):
                valid = _in_hemisphere(block, records)
                if self.filters.has(number):
                    valid = valid & passing[number, kind].get(source, np.uint64(0))
                laid = half_minute_words(valid, records.length) if half else valid
                used |= _put(data, kind, number, source, laid & window)
        for kind in self.plan.types if used else ():
            track = half_minute_track(records, kind) if half else records.tracks[kind]
            data.tracks[kind, source] = track

    def _place(self, source: int, centric: bool) -> dict[str, tuple[float, float]]:
        """Positions of a custom location by type, the same at every minute of the query."""
        metadata = self.by_id[source].metadata
        lat, lon = metadata["latitude_deg"], metadata["longitude_deg"]
        places = {"geographic": (lat, lon)}
        if set(self.plan.types) - {"geographic"}:
            # The field's slow change within a query is far below a record's precision.
            moment = np.datetime64(int(self.plan.start_s), "s")
            found = [float(value) for value in ground_traces(lat, lon, moment)]
            places |= {"nbtrace": (found[0], found[1]), "sbtrace": (found[2], found[3])}
        if centric:
            places = {
                kind: (float(geodetic_to_geocentric_lat_deg(place[0])), place[1])
                for kind, place in places.items()
            }
        return {kind: places[kind] for kind in self.plan.types}

    def _passing(self, piece: Partition) -> Passing | None:
        """Bitmaps of each filtered block; None if a block has none that passes."""
        out: Passing = {}
        for block, sources in enumerate(self.plan.sources):
            if not self.filters.has(block):
                continue
            for kind in self._kinds(block):
                out[block, kind] = self.filters.passing(block, sources, piece, kind)
            if not any(out[block, kind] for kind in self._kinds(block)):
                return None
        return out

    def _kinds(self, block: int) -> tuple[str, ...]:
        """Types that a block's valid epochs are told apart by; one nameless where they are not."""
        return self.plan.types if self.filters.by_type(block) else ("",)


def _put(data: PieceData, kind: str, block: int, source: int, valid: Words) -> bool:
    """Put valid epochs into a piece, for one type or for all; say whether there are any."""
    if not valid.any():
        return False
    if kind:
        data.by_type[kind, block, source] = valid
    else:
        data.valid[block, source] = valid
    return True


def _in_hemisphere(block: Block, records: SourceMinutes) -> Words:
    if block.one_hemisphere is None:
        return records.present
    if block.one_hemisphere == "northern":
        return records.present & records.north
    return records.present & records.known & ~records.north
