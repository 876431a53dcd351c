"""The table of data product records: one row per source and URL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from core.archive import duck, reading, rewrite
from core.archive.checks import check_values
from core.archive.columns import PRODUCTS_SCHEMA, normalise
from core.archive.counts import day_counts
from core.archive.filters import SqlFilter
from core.archive.layout import PRODUCTS, keep_last, key_order
from core.archive.snapshot import LiveFile, Snapshot
from core.archive.store import TableStore, WriteReport

_EVER_US = 2**62


class ProductsTable:
    """Data product records of all sources; columns are `PRODUCTS_SCHEMA` plus `md_*`."""

    def __init__(self, folder: Path, retries: int) -> None:
        self.store = TableStore(folder, PRODUCTS, retries)

    @property
    def version(self) -> int:
        """Newest version of the table."""
        return self.store.snapshot().version

    def upsert(self, batch: pa.Table) -> WriteReport:
        """Write records; one with the same source and URL is replaced whole.

        The promises and errors are those of `EphemerisTable.upsert`.
        """
        rows = check_values(normalise(batch, PRODUCTS_SCHEMA, "start"))
        rows = key_order(keep_last(rows, PRODUCTS), PRODUCTS)
        if not rows.num_rows:
            return WriteReport(0, self.version, 0)
        return self.store.commit(lambda base: rewrite.upsert(base, PRODUCTS, rows))

    def delete_urls(self, source: int, urls: Sequence[str]) -> int:
        """Delete the records of a source with these URLs; return how many there were."""
        return self.store.commit(
            lambda base: rewrite.delete_values(base, PRODUCTS, source, "url", urls)
        ).rows

    def delete_all(self, source: int) -> int:
        """Delete all records of a source; return how many there were."""
        return self.store.commit(
            lambda base: rewrite.delete(base, PRODUCTS, source, -_EVER_US, _EVER_US)
        ).rows

    def read(
        self,
        sources: Sequence[int] | None,
        start: datetime,
        end: datetime,
        types: Sequence[str] = (),
        where: SqlFilter | None = None,
        contained: bool = True,
        columns: Sequence[str] | None = None,
        limit: int | None = None,
    ) -> pa.Table:
        """Return records in order of source, start and URL.

        Parameters
        ----------
        sources : sequence of int or None
            Identifiers; None means all.
        start, end : datetime
            With `contained` a record's own start and end lie in this closed range, else it
            suffices that they overlap it.
        types : sequence of str
            Values of `data_product_type`; empty means all.
        where : SqlFilter, optional
            A compiled metadata filter.
        columns, limit
            As in `EphemerisTable.read`.
        """
        snapshot = self.store.snapshot()
        first, last = duck.microseconds(start), duck.microseconds(end)
        files = _candidates(snapshot, sources, first, last, contained)
        conditions = [_span(first, last, contained), _types(types), where or SqlFilter("true")]
        order = ("source", "start", "url")
        return reading.select(snapshot, files, conditions, columns, order, limit)

    def day_counts(
        self,
        start: datetime,
        end: datetime,
        sources: Sequence[int] | None = None,
        types: Sequence[str] = (),
    ) -> pa.Table:
        """Return records per source and UT day of their start: source, day (date32), count."""
        first, last = duck.microseconds(start), duck.microseconds(end)
        snapshot = self.store.snapshot()
        files = snapshot.overlapping(sources, first, last)
        if not types:
            return day_counts(files, PRODUCTS, first, last)
        conditions = [reading.between_condition("start", first, last), _types(types)]
        rows = reading.select(snapshot, files, conditions, ("source", "start"), ("source",), None)
        days = rows.append_column("day", rows["start"].cast(pa.date32()))
        counts = days.group_by(["source", "day"]).aggregate([([], "count_all")])
        return counts.rename_columns(["source", "day", "count"]).sort_by(
            [("source", "ascending"), ("day", "ascending")]
        )


def _candidates(
    snapshot: Snapshot,
    sources: Sequence[int] | None,
    first_us: int,
    last_us: int,
    contained: bool,
) -> list[LiveFile]:
    if contained:
        return snapshot.overlapping(sources, first_us, last_us)
    begun = snapshot.overlapping(sources, -_EVER_US, last_us)
    return [f for f in begun if f.last_end_us >= first_us]


def _span(first_us: int, last_us: int, contained: bool) -> SqlFilter:
    low, high = "make_timestamptz($first_us)", "make_timestamptz($last_us)"
    sql = (
        f'("start" >= {low} AND "end" <= {high})'
        if contained
        else f'("start" <= {high} AND "end" >= {low})'
    )
    return SqlFilter(sql, {"first_us": first_us, "last_us": last_us})


def _types(types: Sequence[str]) -> SqlFilter:
    if not types:
        return SqlFilter("true")
    return SqlFilter(
        "list_contains($product_types, data_product_type)", {"product_types": list(types)}
    )
