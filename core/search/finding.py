"""A search from its query to its table, whoever asks: a job of the queue or the command line."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from core.archive import Archive
from core.instruments.model import DataSource
from core.search import conjunctions, records
from core.search.query import ConjunctionQuery, Query
from core.search.records import Cancelled, Partial, Progress
from core.search.results.header import ResultHeader
from core.search.sources import SourceLists, block_sources

Note = tuple[str, str]
"""Level and text of what is said of a search before it begins."""

NOUNS = {"conjunction": "conjunctions", "ephemeris": "records", "data_product": "data products"}


@dataclass(frozen=True)
class Search:
    """A query with the sources that it names in this archive.

    Attributes
    ----------
    sources : tuple of DataSource
        All of them, block after block.
    notes : tuple of (level, text)
        What is searched, and what of the query has no effect.
    """

    archive: Archive
    query: Query
    sources: tuple[DataSource, ...]
    notes: tuple[Note, ...]

    def run(
        self, progress: Progress, cancelled: Cancelled, partial: Partial | None = None
    ) -> pa.Table:
        """Find all rows; see `core.search.conjunctions.run` and `core.search.records.run`."""
        if isinstance(self.query, ConjunctionQuery):
            return conjunctions.run(self.archive, self.query, progress, cancelled, partial)
        return records.run(self.archive, self.query, progress, cancelled, partial)

    def header(self, table: pa.Table) -> ResultHeader:
        """Return what is kept beside the rows of a table: the query and the sources they name."""
        if isinstance(self.query, ConjunctionQuery):
            column, frame = table.column("sources").combine_chunks(), self.query.latitude_frame
            used = set(column.flatten().unique().to_pylist())
        else:
            used, frame = set(table.column("source").unique().to_pylist()), ""
        kept = (source for source in self.sources if source.identifier in used)
        return ResultHeader.make(self.query.kind, self.query.to_dict(), kept, frame)


def prepare(archive: Archive, query: Query) -> Search:
    """Look up the sources of a query."""
    notes: list[Note] = [
        ("warn", f"The key {key} means nothing here and was ignored.") for key in query.ignored
    ]
    if isinstance(query, ConjunctionQuery):
        lists = block_sources(archive, query)
        sources = tuple(source for members in lists for source in members)
        notes += _block_notes(query, lists)
    else:
        sources = records.record_sources(archive, query)
        level = "info" if sources else "warn"
        notes.append((level, f"{len(sources)} data sources match the query."))
    return Search(archive, query, sources, tuple(notes))


def _block_notes(query: ConjunctionQuery, lists: SourceLists) -> list[Note]:
    named = list(zip(query.blocks, lists, strict=True))
    counts = ", ".join(f"{block.name} {len(members)}" for block, members in named)
    return [
        *(
            ("warn", f"No data source matches {block.name}, so nothing can be found.")
            for block, members in named
            if not members
        ),
        ("info", f"Data sources in each block: {counts}."),
        ("info", f"Latitudes are compared in the frame {query.latitude_frame!r}."),
    ]
