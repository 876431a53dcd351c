"""Reads what filters need of records: out of mapped columns where there are any, else the tables.

The condition is DuckDB's in both cases, so that a filter means one thing.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from core.archive import Archive, duck, reading
from core.archive.columns import META_PREFIX
from core.archive.filters import SqlFilter
from core.archive.snapshot import LiveFile, Snapshot
from core.search.filters.mixed_filter import MixedFilter
from core.search.index.columns import MINUTE, UNDECLARED
from core.search.index.minutes import COLUMN_PREFIX, MINUTE_US
from core.search.index.source_minutes import SourceYear, source_years, spans_by_year
from core.search.index.store import store_of
from core.search.plan import Partition

_MAPPED = "mapped"
# Seconds for which a search makes columns; the others it reads from the table. Later searches, or
# an idle worker, make the rest.
MAKING_S = 0.25


class RecordRows:
    """Rows of one version of the ephemeris table; safe in threads.

    Parameters
    ----------
    archive : Archive
    snapshot : Snapshot
        Version of the table.
    """

    def __init__(self, archive: Archive, snapshot: Snapshot) -> None:
        self.snapshot, self.index = snapshot, store_of(archive)
        self.years = source_years(snapshot)
        self._made_s = 0.0

    def read(
        self, found: MixedFilter, sources: Sequence[int], piece: Partition, kind: str
    ) -> pa.Table:
        """Return the records of a piece that meet the condition of a filter, in no order.

        Parameters
        ----------
        found : MixedFilter
        sources : sequence of int
        piece : Partition
        kind : {"nbtrace", "sbtrace", "geographic"}
            Which positions are wanted; without meaning unless the filter is positional.

        Returns
        -------
        pyarrow.Table
            ``source``, ``minute`` (int32, from the first minute of the piece), ``flag0`` and so
            on, and ``lat_deg`` and ``lon_deg`` for a positional filter.

        Raises
        ------
        core.errors.SearchCancelled
            The work around it was interrupted.
        """
        places = _places(kind) if found.positional else {}
        mapped, unmapped = self._mapped(found, sources, piece, list(places.values()))
        tables = []
        if mapped is not None:
            tables.append(self._from_columns(found, mapped, piece, places))
        files = [file for year in unmapped for file in year.files]
        if files or mapped is None:
            tables.append(self._from_files(found, files, piece, places))
        return pa.concat_tables(tables)

    def _mapped(
        self, found: MixedFilter, sources: Sequence[int], piece: Partition, places: list[str]
    ) -> tuple[pa.Table | None, list[SourceYear]]:
        """Return the records of mapped columns, and the source-years that have none."""
        spans = list(spans_by_year(piece.first_minute, piece.minutes))
        names = _columns(found, places)
        parts, unmapped = [], []
        for source in sources:
            for year, first, count in spans:
                records = self.years.get((source, year))
                if records is None:
                    continue
                table = self._columns(records, names, first, count)
                if table is None:
                    unmapped.append(records)
                elif table.num_rows:
                    number = np.full(table.num_rows, source, dtype=np.int32)
                    parts.append(table.append_column("source", pa.array(number)))
        return (pa.concat_tables(parts) if parts else None), unmapped

    def _columns(
        self, records: SourceYear, names: list[str], first: int, count: int
    ) -> pa.Table | None:
        if self.index is None or not names:
            return None
        duck.check()
        begun = time.perf_counter()
        table = self.index.columns(records, names, first, count, make=self._made_s < MAKING_S)
        self._made_s += time.perf_counter() - begun
        return table

    def _from_columns(
        self, found: MixedFilter, table: pa.Table, piece: Partition, places: dict[str, str]
    ) -> pa.Table:
        where, *flags = (_declared(part) for part in (found.where, *found.flags))
        columns = [
            "source", f"CAST({MINUTE} - {piece.first_minute} AS INTEGER) AS minute",
            *_flags(flags), *_renamed(places),
        ]  # fmt: skip
        params = where.params.copy()
        for flag in flags:
            params |= flag.params
        sql = f"SELECT {', '.join(columns)} FROM {_MAPPED} WHERE {where.sql}"  # noqa: S608 - names are ours or quoted, values are parameters
        return duck.query(sql, params, {_MAPPED: table})

    def _from_files(
        self,
        found: MixedFilter,
        files: Sequence[LiveFile],
        piece: Partition,
        places: dict[str, str],
    ) -> pa.Table:
        first_us, last_us = (n * MINUTE_US for n in (piece.first_minute, piece.last_minute))
        within = reading.between_condition("epoch", first_us, last_us)
        files = [f for f in files if f.first_us <= last_us and f.last_us >= first_us]
        columns = [
            "source",
            f"CAST(epoch_us(epoch) // {MINUTE_US} - {piece.first_minute} AS INTEGER) AS minute",
            *_flags(found.flags), *_renamed(places),
        ]  # fmt: skip
        used: set[str] = set()
        params: dict[str, object] = {}
        for part in (within, found.where, *found.flags):
            used |= part.columns
            params |= part.params
        schema = reading.readable_schema(self.snapshot.schema, used)
        sql = (  # names are ours or quoted, values are parameters
            f"SELECT {', '.join(columns)} FROM {reading.source_sql(files, schema)} "  # noqa: S608 - see above
            f"WHERE {within.sql} AND {found.where.sql}"
        )
        return duck.query(sql, params)


def _declared(part: SqlFilter) -> SqlFilter:
    """Return a condition as it stands for records without undeclared metadata."""
    return part.declared or part


def _columns(found: MixedFilter, places: list[str]) -> list[str]:
    """Return the columns that a filter needs; none where columns alone cannot answer it."""
    parts = (found.where, *found.flags)
    names = set().union(*(_declared(part).columns for part in parts))
    loose = any(UNDECLARED in part.columns for part in parts)
    if loose and not any(name.startswith(META_PREFIX) for name in names):
        return []  # only the file of a metadata column tells of undeclared fields
    return sorted(names | set(places))


def _places(kind: str) -> dict[str, str]:
    prefix = COLUMN_PREFIX[kind]
    return {f"{part}_deg": f"{prefix}_{part}_deg" for part in ("lat", "lon")}


def _flags(flags: Sequence[SqlFilter]) -> list[str]:
    return [f"{flag.sql} AS flag{n}" for n, flag in enumerate(flags)]


def _renamed(places: dict[str, str]) -> list[str]:
    return [f"{column} AS {name}" for name, column in places.items()]
