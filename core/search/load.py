"""Lays the records of one piece of work out for the kernel: from the track index or the table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from core.archive import Archive
from core.archive.columns import epoch_us
from core.archive.filters import SqlFilter
from core.archive.snapshot import Snapshot
from core.errors import BadInput
from core.geo.magnetic import ground_traces
from core.geo.sphere import geodetic_to_geocentric_lat_deg
from core.instruments.model import DataSource
from core.search.blocks import Block
from core.search.grid import PieceData, half_minute_track, half_minute_words
from core.search.index_store import store_of
from core.search.minutes import SourceMinutes, fixed_minutes
from core.search.plan import MINUTE_S, Partition, Plan
from core.search.query import ConjunctionQuery
from core.search.source_minutes import SourceReader
from core.search.sources import SourceLists
from core.search.tracks import Words, between, pack

# Sources read at one time: bounds memory, and lets a cancelled search end soon.
SOURCES_PER_READ = 12
Index = npt.NDArray[np.intp]
Passing = dict[int, dict[int, Words]]


def compile_filters(query: ConjunctionQuery, sources: SourceLists) -> tuple[SqlFilter | None, ...]:
    """Compile each block's metadata filters; None where it has none.

    Raises
    ------
    core.errors.BadInput
        A value does not fit the type that its field is declared with.
    """
    return tuple(
        _compile(block, found) if block.filters else None
        for block, found in zip(query.blocks, sources, strict=True)
    )


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
        self.filters = compile_filters(query, sources)
        self.by_id = {item.identifier: item for block in sources for item in block}
        self.snapshot: Snapshot = archive.ephemeris.store.snapshot()
        centric = query.latitude_frame == "geocentric"
        index = store_of(archive)
        self.mapped = index is not None
        self._reader = SourceReader(index, self.snapshot, plan.types, centric)
        self._places = {i: self._place(i, centric) for i in self.by_id if i < 0}

    def load(self, partition: Partition) -> PieceData:
        """Lay one piece out; a block without any epoch that passes leaves the rest unread."""
        half = self.plan.step_s != MINUTE_S
        minutes = partition.minutes + 1 if half else partition.minutes
        data, window = self._empty(partition, minutes)
        passing = self._passing(partition.first_minute, minutes)
        if passing is None:
            return data
        for source in self._wanted(passing):
            self.check()
            records = self._records(source, partition.first_minute, minutes)
            if records.present.any():
                self._lay(source, records, data, passing, window)
        return data

    load_piece = load

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
            found |= set(sources) & passing[block].keys() if block in passing else set(sources)
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
            valid = _in_hemisphere(block, records)
            if number in passing:
                valid = valid & passing[number].get(source, np.uint64(0))
            laid = half_minute_words(valid, records.length) if half else valid
            laid = laid & window
            if laid.any():
                data.valid[number, source] = laid
                used = True
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

    def _passing(self, first_minute: int, minutes: int) -> Passing | None:
        """Minutes that pass each filtered block's filters, by source; None if a block has none."""
        out: Passing = {}
        for block, condition in enumerate(self.filters):
            if condition is None:
                continue
            out[block] = {}
            wanted = set(self.plan.sources[block])
            for source, table in self._read(wanted, first_minute, minutes, condition):
                seconds = epoch_us(table.column("epoch")) // 1_000_000
                bits = np.zeros(minutes, dtype=bool)
                bits[seconds // MINUTE_S - first_minute] = True
                out[block][source] = pack(bits)
            if not out[block]:
                return None
        return out

    def _read(
        self, wanted: set[int], first_minute: int, minutes: int, condition: SqlFilter
    ) -> Iterator[tuple[int, pa.Table]]:
        start, end = (
            datetime.fromtimestamp(minute * MINUTE_S, tz=UTC)
            for minute in (first_minute, first_minute + minutes - 1)
        )
        for group in _groups(sorted(wanted), SOURCES_PER_READ):
            self.check()
            table = self.archive.ephemeris.read(
                group, start, end, columns=["source", "epoch"], where=condition
            )
            yield from _by_source(table)


def _compile(block: Block, sources: Iterable[DataSource]) -> SqlFilter:
    fields = [entry for source in sources for entry in source.ephemeris_metadata_schema]
    try:
        return block.filters.to_sql(fields)
    except BadInput as error:
        path = f"{block.kind}[{block.number - 1}].ephemeris_metadata_filters"
        details = {**error.details, "field": f"{path}.{error.details.get('field', '')}"}
        raise BadInput(f"{path}: {error.message}", hint=error.hint, **details) from error


def _in_hemisphere(block: Block, records: SourceMinutes) -> Words:
    if block.one_hemisphere is None:
        return records.present
    if block.one_hemisphere == "northern":
        return records.present & records.north
    return records.present & records.known & ~records.north


def _groups(items: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for first in range(0, len(items), size):
        yield items[first : first + size]


def _by_source(table: pa.Table) -> Iterator[tuple[int, pa.Table]]:
    """Cut a table that is ordered by source into one table a source."""
    if not table.num_rows:
        return
    sources = table.column("source").to_numpy()
    starts = np.concatenate([[0], np.flatnonzero(np.diff(sources)) + 1, [len(sources)]])
    for first, end in pairwise(starts):
        yield int(sources[first]), table.slice(int(first), int(end - first))
