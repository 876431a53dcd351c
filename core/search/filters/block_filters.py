"""Which minutes of which sources pass the filters of a query's blocks, as bitmaps."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import blake2b
from itertools import pairwise
from threading import Lock

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.archive import Archive, duck
from core.archive.snapshot import LiveFile, Snapshot
from core.errors import BadInput
from core.instruments.model import DataSource
from core.search.blocks import Block
from core.search.filters.derived import DerivedRows, Moments
from core.search.filters.mixed_filter import MixedFilter, Node, compile_mixed, evaluate
from core.search.filters.record_rows import RecordRows
from core.search.index.minutes import MINUTE_US
from core.search.index.tracks import Words, pack, word_count
from core.search.plan import Partition
from core.search.query import ConjunctionQuery
from core.search.sources import SourceLists

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Passing = dict[int, Words]

# Sources read at one time: bounds memory, and lets a cancelled search end soon.
SOURCES_PER_READ = 24


def compile_filters(
    query: ConjunctionQuery, sources: SourceLists
) -> tuple[MixedFilter | None, ...]:
    """Compile each block's filters; None where it has none.

    Raises
    ------
    BadInput
        A value does not fit the type that its field is declared with; `field` names the place.
    """
    return tuple(
        _compile(block, found) if block.filters else None
        for block, found in zip(query.blocks, sources, strict=True)
    )


class BlockFilters:
    """The filters of one query's blocks over one snapshot of the records.

    Safe in threads. Bitmaps are kept by the process (`Kept`), so that a search with the same
    filters and other distances does not read again.

    Parameters
    ----------
    archive : Archive
    query : ConjunctionQuery
    sources : tuple of tuple of DataSource
        The sources of each block.
    snapshot : Snapshot, optional
        Version of the ephemeris table; the present one where not given.
    check : callable, optional
        Called between reads; it may raise to end the search.
    """

    def __init__(
        self,
        archive: Archive,
        query: ConjunctionQuery,
        sources: SourceLists,
        snapshot: Snapshot | None = None,
        check: Callable[[], None] = duck.check,
    ) -> None:
        self.archive, self.check = archive, check
        KEPT.most_bytes = archive.settings.max_filter_cache_bytes
        self.snapshot = snapshot or archive.ephemeris.store.snapshot()
        self.filters = compile_filters(query, sources)
        self.rows = RecordRows(archive, self.snapshot)
        self.by_id = {item.identifier: item for block in sources for item in block}

    def has(self, block: int) -> bool:
        """Say whether a block filters its records at all."""
        return self.filters[block] is not None

    def by_type(self, block: int) -> bool:
        """Say whether what passes depends on the type of conjunction."""
        found = self.filters[block]
        return found is not None and found.positional

    def passing(self, block: int, sources: Iterable[int], piece: Partition, kind: str) -> Passing:
        """Return bitmaps of the minutes that pass a block's filter.

        Parameters
        ----------
        block : int
            A block that has a filter.
        sources : iterable of int
            Identifiers.
        piece : Partition
            First and last minute, both inclusive.
        kind : {"nbtrace", "sbtrace", "geographic"}
            Which positions are compared; without meaning unless `by_type`.

        Returns
        -------
        dict of int to uint64[W]
            By source; a source without any passing minute is left out. A bit is set only where
            there is a record.
        """
        found = self.filters[block]
        if found is None:
            raise ValueError(f"block {block} has no filter")
        wanted = [source for source in sources if source >= 0]
        common = self._common(found, piece, kind)
        tokens = {source: self._token(common, source, piece) for source in wanted}
        out = {source: KEPT.get(token) for source, token in tokens.items()}
        missing = sorted(source for source, words in out.items() if words is None)
        # What depends on time alone is worked out once for all sources.
        moments = Moments(self.archive, piece.first_minute, piece.minutes)
        for first in range(0, len(missing), SOURCES_PER_READ):
            self.check()
            group = missing[first : first + SOURCES_PER_READ]
            for source, words in self._read(found, group, piece, kind, moments).items():
                KEPT.put(tokens[source], words)
                out[source] = words
        return {source: words for source, words in out.items() if words is not None and words.any()}

    def _common(self, found: MixedFilter, piece: Partition, kind: str) -> str:
        """Text of what all bitmaps of one call have in common."""
        parts: list[object] = [found.key, piece.first_minute, piece.last_minute]
        if found.positional:
            parts.append(kind)
        if found.indices:
            parts.append([str(f.path) for f in self.archive.indices.store.snapshot().files])
        return repr(parts)

    def _token(self, common: str, source: int, piece: Partition) -> bytes:
        """Name one bitmap: the same name, the same bits."""
        files = self._files([source], piece)
        parts = [common, source, self.by_id[source].latitude_frame, [str(f.path) for f in files]]
        return blake2b(repr(parts).encode(), digest_size=20).digest()

    def _files(self, sources: Sequence[int], piece: Partition) -> list[LiveFile]:
        first_us, last_us = _ends_us(piece)
        return self.snapshot.overlapping(sources, first_us, last_us)

    def _read(
        self,
        found: MixedFilter,
        sources: Sequence[int],
        piece: Partition,
        kind: str,
        moments: Moments,
    ) -> Passing:
        table = self.rows.read(found, sources, piece, kind)
        count = piece.minutes
        out = {source: np.zeros(word_count(count), np.uint64) for source in sources}
        for source, rows in by_source(table):
            index = rows["minute"].to_numpy().astype(np.int64)
            if found.rest is not None:
                self.check()
                derived = self._derived(found, self.by_id[source], rows, index, moments)
                index = index[_pass(found.rest, len(index), rows, len(found.flags), derived)]
            present = np.zeros(count, dtype=bool)
            present[index] = True
            out[source] = pack(present)
        return out

    def _derived(
        self,
        found: MixedFilter,
        source: DataSource,
        rows: pa.Table,
        index: Ints,
        moments: Moments,
    ) -> DerivedRows:
        if not found.positional:
            return DerivedRows(moments, index, None, None, source.latitude_frame)
        lat, lon = (_floats(rows[f"{part}_deg"]) for part in ("lat", "lon"))
        return DerivedRows(moments, index, lat, lon, source.latitude_frame)


class Kept:
    """Bitmaps that were worked out last, at most `most_bytes` of them."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes, self.bytes = most_bytes, 0
        self._lock = Lock()
        self._items: OrderedDict[bytes, Words] = OrderedDict()

    def get(self, key: bytes) -> Words | None:
        """Return a bitmap, None where it is not there (any more)."""
        with self._lock:
            if key in self._items:
                self._items.move_to_end(key)
            return self._items.get(key)

    def put(self, key: bytes, words: Words) -> None:
        """Keep a bitmap; those that were not asked for longest make room."""
        words.flags.writeable = False
        with self._lock:
            old = self._items.pop(key, None)
            self.bytes += (
                words.nbytes + len(key) - (old.nbytes + len(key) if old is not None else 0)
            )
            self._items[key] = words
            while self.bytes > self.most_bytes and self._items:
                name, dropped = self._items.popitem(last=False)
                self.bytes -= dropped.nbytes + len(name)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._items.clear()
            self.bytes = 0


KEPT = Kept(0)
"""The bitmaps of this process; the setting `max_filter_cache_bytes` says how many bytes of them."""


def by_source(table: pa.Table) -> Iterator[tuple[int, pa.Table]]:
    """Cut a table into one a source; rows of a source may stand in several places."""
    if not table.num_rows:
        return
    sources = table["source"].to_numpy()
    steps = np.diff(sources)
    if (steps < 0).any():
        table = table.take(pa.array(np.argsort(sources, kind="stable")))
        sources = table["source"].to_numpy()
        steps = np.diff(sources)
    starts = np.concatenate([[0], np.flatnonzero(steps) + 1, [len(sources)]])
    for first, end in pairwise(starts):
        yield int(sources[first]), table.slice(int(first), int(end - first))


def _pass(node: Node, count: int, rows: pa.Table, flags: int, derived: DerivedRows) -> Bools:
    columns = [rows[f"flag{n}"].to_numpy().astype(bool) for n in range(flags)]
    return evaluate(node, np.arange(count), columns, derived.values)


def _ends_us(piece: Partition) -> tuple[int, int]:
    return piece.first_minute * MINUTE_US, piece.last_minute * MINUTE_US


def _floats(column: pa.ChunkedArray) -> NDArray[np.float64]:
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64)


def _compile(block: Block, sources: Iterable[DataSource]) -> MixedFilter:
    fields = [entry for source in sources for entry in source.ephemeris_metadata_schema]
    try:
        return compile_mixed(block.filters, fields)
    except BadInput as error:
        path = f"{block.kind}[{block.number - 1}].ephemeris_metadata_filters"
        details = {**error.details, "field": f"{path}.{error.details.get('field', '')}"}
        raise BadInput(f"{path}: {error.message}", hint=error.hint, **details) from error
