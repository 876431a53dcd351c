"""Results of a search: one Parquet file, read page by page and never held as rows of objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from core.archive.csv_text import csv_header, csv_rows
from core.archive.records import ephemeris_to_records, products_to_records
from core.errors import NotFound
from core.instruments.model import DataSource
from core.search.results.flat import flat, flat_columns
from core.search.results.header import HEADER_KEY, ResultHeader
from core.search.results.pages import read_page
from core.search.results.paging import Sort

BATCH_ROWS = 10_000
# Of rows in another order than the file's each page reads most of the file: fewer, larger pages.
SORTED_ROWS = 50_000


class ResultSet:
    """The rows that a search found.

    Parameters
    ----------
    path : Path
        A Parquet file written by `write_result`. It carries the query, the data sources and the
        frame of the latitudes with it, so that it can be read without the archive.

    Raises
    ------
    core.errors.NotFound
        When the file is no longer there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            schema = pq.read_schema(path)
        except FileNotFoundError as error:
            raise _gone(path) from error
        self.header = ResultHeader.from_json((schema.metadata or {})[HEADER_KEY])
        self.schema: pa.Schema = schema
        self.columns: tuple[str, ...] = tuple(schema.names)

    @cached_property
    def count(self) -> int:
        """Number of rows."""
        try:
            return int(pq.read_metadata(self.path).num_rows)
        except FileNotFoundError as error:
            raise _gone(self.path) from error

    def version(self) -> tuple[str, int, int, int]:
        """Return what names the file as it is now: its name, inode, size and time."""
        try:
            state = self.path.stat()
        except FileNotFoundError as error:
            raise _gone(self.path) from error
        return self.path.name, state.st_ino, state.st_size, state.st_mtime_ns

    @property
    def kind(self) -> str:
        """Kind of search: conjunction, ephemeris or data_product."""
        return self.header.kind

    @property
    def sources(self) -> dict[int, DataSource]:
        """Data sources that the rows name, by identifier."""
        return self.header.sources

    def page(
        self,
        offset: int = 0,
        limit: int = 100,
        sort: Sequence[Sort] = (),
        where: Mapping[str, Any] | None = None,
    ) -> tuple[pa.Table, int]:
        """Return some rows in some order, and how many rows match `where` in all.

        Parameters
        ----------
        offset, limit : int
            First row, and most rows.
        sort : sequence of (column, "asc" or "desc")
            Order; ties and an empty list fall back on the order of the result. What is missing
            comes last in either direction.
        where : mapping, optional
            Column to a value, a list of values, or operators to values, such as
            ``{"min_distance_km": {"<=": 300}, "label": {"contains": "Swarm"}}``.

        Raises
        ------
        core.errors.BadInput
            For a column or operator that does not exist.
        """
        natural = "epoch" if self.kind == "ephemeris" else "start"
        try:
            return read_page(self.path, offset, limit, sort, where, natural)
        except FileNotFoundError as error:
            raise _gone(self.path) from error

    def table(self) -> pa.Table:
        """Return all rows."""
        return pq.read_table(self.path)

    def tables(
        self,
        offset: int = 0,
        limit: int | None = None,
        sort: Sequence[Sort] = (),
        where: Mapping[str, Any] | None = None,
    ) -> tuple[Iterator[pa.Table], int]:
        """Return some rows in some order as tables of bounded size, and how many match in all.

        Parameters are those of `page`; without a `limit` all rows from `offset` on are meant.
        There is always a first table, which may be empty.

        Raises
        ------
        core.errors.BadInput
            For a column or operator that does not exist.
        """
        if not sort and not where:
            return self._batches(offset, limit), self.count
        _, matched = self.page(0, 0, sort, where)
        end = matched if limit is None else min(matched, offset + limit)
        firsts = range(offset, end, SORTED_ROWS) or range(offset, offset + 1)
        pages = (
            self.page(first, max(0, min(SORTED_ROWS, end - first)), sort, where)[0]
            for first in firsts
        )
        return pages, matched

    def records(
        self,
        offset: int = 0,
        limit: int | None = None,
        sort: Sequence[Sort] = (),
        where: Mapping[str, Any] | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Yield rows as the API delivers them; see `tables`."""
        for batch in self.tables(offset, limit, sort, where)[0]:
            yield from as_records(batch, self.header)

    def to_csv(self, stream: BinaryIO) -> None:
        """Write all rows as text; see `core.search.results.flat` and `core.archive.csv_text`."""
        stream.write(csv_header(flat_columns(self.kind, list(self.columns))))
        for batch in self._batches(0, None):
            stream.write(csv_rows(flat(batch, self.header)))

    def _batches(self, offset: int, limit: int | None) -> Iterator[pa.Table]:
        """Cut the file into tables of some thousand rows; one empty table when there is none."""
        left = self.count if limit is None else limit
        yielded = False
        with pq.ParquetFile(self.path) as file:
            groups, skip = _groups_from(file.metadata, offset)
            for batch in file.iter_batches(batch_size=BATCH_ROWS, row_groups=groups):
                taken = batch.slice(skip, left)
                skip = max(0, skip - batch.num_rows)
                if taken.num_rows:
                    yield pa.Table.from_batches([taken])
                    yielded = True
                left -= taken.num_rows
                if left <= 0:
                    break
            if not yielded:
                yield file.schema_arrow.empty_table()


def _groups_from(metadata: pq.FileMetaData, offset: int) -> tuple[list[int], int]:
    """Return the groups of rows that lie behind `offset`, and how many rows to skip in them."""
    first, before = 0, 0
    while first < metadata.num_row_groups:
        rows = metadata.row_group(first).num_rows
        if before + rows > offset:
            break
        first, before = first + 1, before + rows
    return list(range(first, metadata.num_row_groups)), offset - before


def _gone(path: Path) -> NotFound:
    return NotFound(
        "The results of this search are no longer kept.",
        hint="Submit the search again.",
        kind="search results",
        key=path.stem,
    )


def as_records(table: pa.Table, header: ResultHeader) -> Iterator[dict[str, Any]]:
    """Yield rows of a result as the API delivers them."""
    if header.kind == "ephemeris":
        return ephemeris_to_records(table.drop_columns(["row"]), header.sources)
    if header.kind == "data_product":
        return products_to_records(table.drop_columns(["row"]), header.sources)
    return conjunction_records(table, header.sources)


def conjunction_records(
    table: pa.Table, sources: Mapping[int, DataSource]
) -> Iterator[dict[str, Any]]:
    """Yield conjunction rows with the nine keys that the API's clients know."""
    basic = {key: basic_info(source) for key, source in sources.items()}
    for row in table.to_pylist():
        kind = row["conjunction_type"]
        yield {
            "conjunction_type": kind,
            "start": _text(row["start"]),
            "end": _text(row["end"]),
            "data_sources": [basic[key] for key in row["sources"]],
            "min_distance": row["min_distance_km"],
            "max_distance": row["max_distance_km"],
            "closest_epoch": _text(row["closest_epoch"]),
            "farthest_epoch": _text(row["farthest_epoch"]),
            "events": [
                {
                    "conjunction_type": kind,
                    "e1_source": basic[event["e1_source"]],
                    "e2_source": basic[event["e2_source"]],
                    "start": _text(event["start"]),
                    "end": _text(event["end"]),
                    "min_distance": event["min_distance_km"],
                    "max_distance": event["max_distance_km"],
                }
                for event in row["events"]
            ],
        }


def basic_info(source: DataSource) -> dict[str, Any]:
    """Return the six keys by which records name their source."""
    names = (
        "identifier", "program", "platform", "instrument_type", "source_type", "display_name",
    )  # fmt: skip
    return {name: getattr(source, name) for name in names}


def _text(time: Any) -> str:
    return str(time.strftime("%Y-%m-%dT%H:%M:%S"))
