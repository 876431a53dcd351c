"""The table of ephemeris records: one row per source and minute."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from core.archive import bulk, duck, reading, rewrite
from core.archive.bulk import BulkReport
from core.archive.bulk_merge import Existing
from core.archive.checks import check_ephemeris
from core.archive.columns import EPHEMERIS_SCHEMA, PROVENANCES, epoch_us, normalise
from core.archive.counts import day_counts
from core.archive.filters import SqlFilter
from core.archive.layout import EPHEMERIS, arrange
from core.archive.snapshot import LiveFile
from core.archive.store import TableStore, WriteReport
from core.errors import BadInput


class EphemerisTable:
    """Ephemeris records of all sources; columns are those of `EPHEMERIS_SCHEMA` plus `md_*`."""

    def __init__(self, folder: Path, retries: int) -> None:
        self.store = TableStore(folder, EPHEMERIS, retries)

    @property
    def version(self) -> int:
        """Newest version of the table."""
        return self.store.snapshot().version

    def upsert(self, batch: pa.Table) -> WriteReport:
        """Write records; one with the same source and epoch is replaced whole.

        Parameters
        ----------
        batch : pa.Table
            Columns of the schema; `year` and any `md_*` column may be missing. Of rows with
            the same identity the last counts.

        Returns
        -------
        WriteReport
            Once this returns, the rows are on disk and every later reader sees them.

        Raises
        ------
        BadInput
            A column is unknown or of a type that does not fit; nothing was written.
        Conflict
            Other writers of the same sources were faster at every try.
        """
        rows = arrange(normalised(batch), EPHEMERIS)
        if not rows.num_rows:
            return WriteReport(0, self.version, 0)
        return self.store.commit(lambda base: rewrite.upsert(base, EPHEMERIS, rows))

    def replace(
        self,
        batch: pa.Table,
        sources: Sequence[int],
        start: datetime,
        end: datetime,
        provenance: str,
    ) -> WriteReport:
        """Replace what a writer owns: records of `provenance` of `sources` in [start, end].

        One transaction for all sources. Records of another provenance stay as they are, and
        win where the batch has the same source and epoch: a simulation does not cover up what
        was observed. Fastest with whole months, in order of source and epoch.

        Raises
        ------
        BadInput
            A row lies outside of the sources or the range; nothing was written.
        """
        first, last = duck.microseconds(start), duck.microseconds(end)
        rows = arrange(_stamped(_known(provenance))(batch), EPHEMERIS)
        _check_inside(rows, sources, first, last)
        return self.store.commit(
            lambda base: rewrite.replace(
                base, EPHEMERIS, rows, list(sources), first, last, provenance
            )
        )

    def load(
        self,
        batches: Iterable[pa.Table | pa.RecordBatch],
        existing: Existing = "refuse",
        provenance: str | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> BulkReport:
        """Load a stream of records of any sources, millions of them, in one transaction.

        Parameters
        ----------
        batches : iterable of pa.Table or pa.RecordBatch
            Columns as for `upsert`; fastest in order of source and epoch. Of rows with the
            same identity the last counts.
        existing : {"refuse", "replace", "keep"}
            What to do where there is a record of the same source and epoch: refuse the whole
            load, replace that record, or keep it.
        provenance : str, optional
            Provenance of all rows; default is what they say, or ``uploaded``.
        progress : callable, optional
            Called with the number of rows read so far.

        Returns
        -------
        BulkReport
            Once this returns, the rows are on disk and every later reader sees them.

        Raises
        ------
        BadInput
            A row is refused; nothing was written. The row is counted from 0 in the stream.
        Duplicate
            Some of the records are there already and `existing` is ``refuse``.
        Conflict
            Other writers of the same sources were faster at every try.
        """
        prepare = normalised if provenance is None else _stamped(_known(provenance))
        return bulk.load(self.store, batches, prepare, existing, progress)

    def delete_range(self, source: int, start: datetime, end: datetime) -> int:
        """Delete the records of a source in [start, end]; return how many there were."""
        first, last = duck.microseconds(start), duck.microseconds(end)
        return self.store.commit(
            lambda base: rewrite.delete(base, EPHEMERIS, source, first, last)
        ).rows

    def read(
        self,
        sources: Sequence[int] | None,
        start: datetime,
        end: datetime,
        columns: Sequence[str] | None = None,
        where: SqlFilter | None = None,
        limit: int | None = None,
    ) -> pa.Table:
        """Return records with start <= epoch <= end, in order of source and epoch.

        Parameters
        ----------
        sources : sequence of int or None
            Identifiers; None means all.
        start, end : datetime
            Both inclusive; without a zone they are UTC.
        columns : sequence of str, optional
            Columns to return, in this order; default all of the table. A metadata column that
            no record has yet is null.
        where : SqlFilter, optional
            A compiled metadata filter.
        limit : int, optional
            Most rows to return.
        """
        snapshot = self.store.snapshot()
        first, last = duck.microseconds(start), duck.microseconds(end)
        conditions = [
            reading.between_condition("epoch", first, last),
            where or SqlFilter("true"),
        ]
        files = snapshot.overlapping(sources, first, last)
        return reading.select(snapshot, files, conditions, columns, ("source", "epoch"), limit)

    def live_files(
        self, sources: Sequence[int] | None, start: datetime, end: datetime
    ) -> list[LiveFile]:
        """Return the data files that may hold records of the sources in [start, end].

        A file never changes once written, so its path is a key for anything derived from it.
        """
        return self.store.snapshot().overlapping(
            sources, duck.microseconds(start), duck.microseconds(end)
        )

    def sql(
        self,
        sources: Sequence[int] | None,
        start: datetime,
        end: datetime,
        columns: Sequence[str] = (),
    ) -> str:
        """Return SQL to stand after FROM: the records of the sources in [start, end].

        `columns` names metadata columns that have to be there even if no record has them yet.
        """
        snapshot = self.store.snapshot()
        first, last = duck.microseconds(start), duck.microseconds(end)
        files = snapshot.overlapping(sources, first, last)
        rows = reading.source_sql(files, reading.readable_schema(snapshot.schema, columns))
        return (
            f"(SELECT * FROM {rows} WHERE epoch BETWEEN make_timestamptz({first}) "  # noqa: S608 - numbers
            f"AND make_timestamptz({last}))"
        )

    def relation(
        self,
        con: duckdb.DuckDBPyConnection,
        sources: Sequence[int] | None,
        start: datetime,
        end: datetime,
        columns: Sequence[str] = (),
    ) -> duckdb.DuckDBPyRelation:
        """Return the rows of `sql` as a relation of a connection made by `duck.connect`."""
        return con.sql(f"SELECT * FROM {self.sql(sources, start, end, columns)}")  # noqa: S608 - ours

    def day_counts(
        self, start: datetime, end: datetime, sources: Sequence[int] | None = None
    ) -> pa.Table:
        """Return how many records each source has on each UT day: source, day (date32), count.

        Only epochs in [start, end] count; days without records have no row.
        """
        first, last = duck.microseconds(start), duck.microseconds(end)
        files = self.store.snapshot().overlapping(sources, first, last)
        return day_counts(files, EPHEMERIS, first, last)


def normalised(batch: pa.Table) -> pa.Table:
    """Return ephemeris rows typed and checked, in the order they came; BadInput refuses them."""
    return check_ephemeris(normalise(batch, EPHEMERIS_SCHEMA, "epoch"))


def _known(provenance: str) -> str:
    if provenance not in PROVENANCES:
        raise BadInput(f"{provenance!r} is no provenance.", field="provenance", value=provenance)
    return provenance


def _stamped(provenance: str) -> Callable[[pa.Table], pa.Table]:
    """Return what `normalised` does, with one provenance for all rows."""

    def prepare(batch: pa.Table) -> pa.Table:
        if "provenance" in batch.column_names:
            batch = batch.drop_columns(["provenance"])
        constant = pa.repeat(pa.scalar(provenance, pa.string()), batch.num_rows)
        return normalised(batch.append_column("provenance", constant))

    return prepare


def _check_inside(rows: pa.Table, sources: Sequence[int], first: int, last: int) -> None:
    if not rows.num_rows:
        return
    strangers = set(rows["source"].unique().to_pylist()) - set(sources)
    if strangers:
        raise BadInput(
            f"The batch has records of source {min(strangers)}, which is not to be replaced.",
            field="source",
            value=min(strangers),
        )
    times = epoch_us(rows["epoch"])
    if times.min() < first or times.max() > last:
        raise BadInput("The batch has epochs outside of the range to be replaced.", field="epoch")
