"""Reads the records of one partition out of the archive and lays them on the kernel's grid."""

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
from core.errors import BadInput
from core.geo.magnetic import ground_traces
from core.geo.sphere import geodetic_to_geocentric_lat_deg
from core.instruments.model import DataSource
from core.search.blocks import Block
from core.search.grid import (
    BoolArray,
    Float,
    GridData,
    make_track,
    minute_positions,
    with_half_minutes,
)
from core.search.plan import MINUTE_S, Partition, Plan
from core.search.query import ConjunctionQuery
from core.search.sources import SourceLists

COLUMN_PREFIX = {"nbtrace": "nbtrace", "sbtrace": "sbtrace", "geographic": "geo"}
# Sources read at one time: bounds memory, and lets a cancelled search end soon.
SOURCES_PER_READ = 12
Index = npt.NDArray[np.intp]


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
    """Reads partitions for one query.

    Parameters
    ----------
    archive : Archive
    query : ConjunctionQuery
    sources : tuple of tuple of DataSource
        The sources of each block.
    plan : Plan
    check : callable
        Called between reads; it may raise to end the search.
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

    def load(self, partition: Partition) -> GridData:
        """Read one partition; a block without any valid epoch leaves the rest unread."""
        data = self._empty(partition)
        minutes = data.length if data.step_s == MINUTE_S else (data.length + 1) // 2
        passing = self._passing(data, minutes)
        if passing is None:
            return data
        wanted = {i for block in self.plan.sources for i in block if i >= 0}
        for block, kept in passing.items():
            wanted -= self._only_in(block) - kept.keys()
        for source, records in self._read_positions(wanted, data, minutes):
            self._lay(source, records, data, passing, minutes)
        for source in (i for i in self.by_id if i < 0):
            self._lay(source, self._virtual(source, minutes), data, passing, minutes)
        return data

    def _empty(self, partition: Partition) -> GridData:
        plan = self.plan
        half = plan.step_s != MINUTE_S
        start_s = partition.first_minute * MINUTE_S
        length = 2 * partition.minutes + 1 if half else partition.minutes
        window = (
            -(-(plan.start_s - start_s) // plan.step_s),
            (plan.end_s - start_s) // plan.step_s,
        )
        own_last = length - 2 if half else length - 1
        return GridData(
            start_s, plan.step_s, length,
            window=(max(0, window[0]), min(length - 1, window[1])),
            own=(max(0, window[0]), min(own_last, window[1])),
        )  # fmt: skip

    def _passing(self, data: GridData, minutes: int) -> dict[int, dict[int, BoolArray]] | None:
        """Minutes that pass each filtered block's filters, by source; None if a block has none."""
        out: dict[int, dict[int, BoolArray]] = {}
        for block, condition in enumerate(self.filters):
            if condition is None:
                continue
            out[block] = {}
            wanted = set(self.plan.sources[block])
            for source, table in self._read(wanted, data, minutes, [], condition):
                out[block][source] = _presence(_minute_index(table, data), minutes)
            if not out[block]:
                return None
        return out

    def _only_in(self, block: int) -> set[int]:
        others = {i for k, found in enumerate(self.plan.sources) if k != block for i in found}
        return set(self.plan.sources[block]) - others

    def _read_positions(
        self, wanted: set[int], data: GridData, minutes: int
    ) -> Iterator[tuple[int, _Records]]:
        columns = ["geo_lat_deg"]
        for kind in self.plan.types:
            prefix = COLUMN_PREFIX[kind]
            columns += [f"{prefix}_lat_deg", f"{prefix}_lon_deg"]
        names = list(dict.fromkeys(columns))
        for source, table in self._read(wanted, data, minutes, names, None):
            index = _minute_index(table, data)
            laid = {
                name: minute_positions(index, _floats(table.column(name)), minutes)
                for name in names
            }
            yield source, _Records(_presence(index, minutes), laid)

    def _read(
        self,
        wanted: set[int],
        data: GridData,
        minutes: int,
        columns: list[str],
        condition: SqlFilter | None,
    ) -> Iterator[tuple[int, pa.Table]]:
        start = datetime.fromtimestamp(data.start_s, tz=UTC)
        end = datetime.fromtimestamp(data.start_s + (minutes - 1) * MINUTE_S, tz=UTC)
        for group in _groups(sorted(wanted), SOURCES_PER_READ):
            self.check()
            table = self.archive.ephemeris.read(
                group, start, end, columns=["source", "epoch", *columns], where=condition
            )
            yield from _by_source(table)

    def _virtual(self, source: int, minutes: int) -> _Records:
        """Positions of a custom location, the same at every minute of the query."""
        metadata = self.by_id[source].metadata
        lat, lon = metadata["latitude_deg"], metadata["longitude_deg"]
        places = {"geo": (lat, lon)}
        if set(self.plan.types) - {"geographic"}:
            # The field's slow change within a query is far below a record's precision.
            moment = np.datetime64(int(self.plan.start_s), "s")
            found = [float(value) for value in ground_traces(lat, lon, moment)]
            places |= {"nbtrace": (found[0], found[1]), "sbtrace": (found[2], found[3])}
        laid: dict[str, Float] = {}
        for name, (place_lat, place_lon) in places.items():
            laid[f"{name}_lat_deg"] = np.full(minutes, place_lat)
            laid[f"{name}_lon_deg"] = np.full(minutes, place_lon)
        return _Records(np.ones(minutes, dtype=bool), laid)

    def _lay(
        self,
        source: int,
        records: _Records,
        data: GridData,
        passing: dict[int, dict[int, BoolArray]],
        minutes: int,
    ) -> None:
        """Put the valid epochs and tracks of one source into `data`."""
        self.check()
        half = data.step_s != MINUTE_S
        for number, block in enumerate(self.query.blocks):
            if source not in self.plan.sources[number]:
                continue
            valid = records.present & _in_hemisphere(block, records.columns["geo_lat_deg"])
            if number in passing:
                valid &= passing[number].get(source, np.zeros(minutes, dtype=bool))
            if valid.any():
                data.valid[number, source] = with_half_minutes(valid) if half else valid
        geo_lat = records.columns["geo_lat_deg"]
        for kind in self.plan.types:
            lat = records.columns[f"{COLUMN_PREFIX[kind]}_lat_deg"]
            lon = records.columns[f"{COLUMN_PREFIX[kind]}_lon_deg"]
            compared = self._in_frame(self.by_id[source], lat)
            data.tracks[kind, source] = make_track(compared, lon, geo_lat, data.step_s)

    def _in_frame(self, source: DataSource, lat_deg: Float) -> Float:
        if self.query.latitude_frame == "geocentric" and source.latitude_frame == "geodetic":
            return geodetic_to_geocentric_lat_deg(lat_deg)
        return lat_deg


class _Records:
    """Records of one source on the grid of minutes."""

    def __init__(self, present: BoolArray, columns: dict[str, Float]) -> None:
        self.present, self.columns = present, columns


def _compile(block: Block, sources: Iterable[DataSource]) -> SqlFilter:
    fields = [entry for source in sources for entry in source.ephemeris_metadata_schema]
    try:
        return block.filters.to_sql(fields)
    except BadInput as error:
        path = f"{block.kind}[{block.number - 1}].ephemeris_metadata_filters"
        details = {**error.details, "field": f"{path}.{error.details.get('field', '')}"}
        raise BadInput(f"{path}: {error.message}", hint=error.hint, **details) from error


def _in_hemisphere(block: Block, geo_lat_deg: Float) -> BoolArray:
    if block.one_hemisphere is None:
        return np.ones(len(geo_lat_deg), dtype=bool)
    return geo_lat_deg >= 0.0 if block.one_hemisphere == "northern" else geo_lat_deg < 0.0


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


def _minute_index(table: pa.Table, data: GridData) -> Index:
    seconds = epoch_us(table.column("epoch")) // 1_000_000
    return np.asarray((seconds - data.start_s) // MINUTE_S, dtype=np.intp)


def _presence(index: Index, minutes: int) -> BoolArray:
    out = np.zeros(minutes, dtype=bool)
    out[index] = True
    return out


def _floats(column: pa.ChunkedArray) -> Float:
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64)
