"""Searches for ephemeris records and data products."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa

from core.archive import Archive, duck
from core.archive.columns import EPHEMERIS_SCHEMA, PRODUCTS_SCHEMA, meta_column
from core.archive.filters import SqlFilter
from core.errors import LimitExceeded, SearchCancelled
from core.instruments.model import DataSource, MetadataField
from core.search.query import EphemerisQuery, ProductQuery
from core.search.results.header import ResultHeader

SOURCES_PER_READ = 12
RecordQuery = EphemerisQuery | ProductQuery
Progress = Callable[[float, int], None]
Cancelled = Callable[[], bool]
Partial = Callable[[Callable[[], pa.Table]], None]


def record_sources(archive: Archive, query: RecordQuery) -> tuple[DataSource, ...]:
    """Return the data sources that a query names, by identifier."""
    found = archive.catalogue.sources.search(
        query.programs, query.platforms, query.instrument_types
    )
    return tuple(sorted(found, key=lambda source: source.identifier))


def compile_filter(query: RecordQuery, sources: Sequence[DataSource]) -> SqlFilter | None:
    """Compile a query's metadata filters against the schemas of its sources.

    Raises
    ------
    core.errors.BadInput
        A value does not fit the type that its field is declared with.
    """
    return query.filters.to_sql(_fields(query, sources)) if query.filters else None


def run(
    archive: Archive,
    query: RecordQuery,
    progress: Progress,
    cancelled: Cancelled,
    partial: Partial | None = None,
) -> pa.Table:
    """Find the records of a query.

    Parameters
    ----------
    archive : Archive
    query : EphemerisQuery or ProductQuery
    progress : callable
        Given the fraction done (0 to 1) and the number found so far.
    cancelled : callable
        Asked between reads; the search ends soon after it says True.
    partial : callable, optional
        Told after each read that there are more rows; given what makes a table of them.

    Returns
    -------
    pyarrow.Table
        `row` and the columns of the archive's table, with the metadata columns that the sources
        declare; ephemeris ordered by epoch and source, products by start, source and address.

    Raises
    ------
    core.errors.LimitExceeded
        More rows than `settings.max_results`.
    core.errors.SearchCancelled
        `cancelled` said so.
    """
    sources = record_sources(archive, query)
    condition = compile_filter(query, sources)
    parts = [_read(archive, query, [], condition, sources, 0)]
    found = 0
    for first in range(0, len(sources), SOURCES_PER_READ):
        if cancelled():
            raise SearchCancelled("The search was cancelled.")
        group = sources[first : first + SOURCES_PER_READ]
        most = archive.settings.max_results - found + 1
        parts.append(_read(archive, query, group, condition, sources, most))
        found += parts[-1].num_rows
        _check_count(found, archive.settings.max_results)
        progress(min(1.0, (first + len(group)) / len(sources)), found)
        if partial is not None:
            partial(lambda: _in_order(query, parts))
    return _in_order(query, parts)


def _in_order(query: RecordQuery, parts: Sequence[pa.Table]) -> pa.Table:
    duck.check()
    order = (
        [("epoch", "ascending"), ("source", "ascending")]
        if query.kind == "ephemeris"
        else [("start", "ascending"), ("source", "ascending"), ("url", "ascending")]
    )
    table = pa.concat_tables(parts).sort_by(order)
    return table.add_column(0, "row", pa.array(np.arange(table.num_rows, dtype=np.int64)))


def find_table(archive: Archive, query: RecordQuery) -> tuple[pa.Table, ResultHeader]:
    """Find records at once, without keeping a result; return what a result file would hold."""
    table = run(archive, query, lambda fraction, found: None, lambda: False)
    return table, ResultHeader.make(query.kind, query.to_dict(), record_sources(archive, query))


def _fields(query: RecordQuery, sources: Sequence[DataSource]) -> list[MetadataField]:
    if query.kind == "ephemeris":
        return [entry for source in sources for entry in source.ephemeris_metadata_schema]
    return [entry for source in sources for entry in source.data_product_metadata_schema]


def _read(
    archive: Archive,
    query: RecordQuery,
    group: Sequence[DataSource],
    condition: SqlFilter | None,
    sources: Sequence[DataSource],
    most: int,
) -> pa.Table:
    """Read the records of some sources, at most `most`, with the columns of all sources."""
    identifiers = [source.identifier for source in group]
    declared = sorted({meta_column(entry) for entry in _fields(query, sources)})
    if isinstance(query, EphemerisQuery):
        return archive.ephemeris.read(
            identifiers, query.start, query.end,
            columns=[*EPHEMERIS_SCHEMA.names, *declared], where=condition, limit=most,
        )  # fmt: skip
    return archive.products.read(
        identifiers, query.start, query.end, types=query.types,
        columns=[*PRODUCTS_SCHEMA.names, *declared], where=condition, limit=most,
    )  # fmt: skip


def _check_count(found: int, most: int) -> None:
    if found > most:
        raise LimitExceeded(
            f"The search finds more than {most} records.",
            hint="Shorten the window or name fewer sources.",
            limit="results",
            asked=found,
            allowed=most,
        )
