"""Loads many rows in one transaction: a stream of batches in, one file per source and month out.

Data files are written while the stream is read, and named by the log in one commit at its end.
A file is forced to disk in that last step, when most of it is there already: asking for each one
at once would wait for the disk thousands of times.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import get_args

import pyarrow as pa
import structlog
from deltalake.exceptions import DeltaError
from deltalake.transaction import AddAction

from core.archive import bulk_merge, files
from core.archive.bulk_merge import Existing, Merge, Piece, Slot, slot_of
from core.archive.durable import sync_file
from core.archive.layout import arrange, split
from core.archive.snapshot import Snapshot
from core.archive.store import Change, TableStore
from core.errors import BadInput

log = structlog.get_logger(__name__)

CHUNK_ROWS = 500_000  # what is checked and cut at once
HELD_CHUNKS = 8  # a month that is still growing is kept in memory for so many chunks
SYNC_THREADS = 8
Prepare = Callable[[pa.Table], pa.Table]
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class BulkReport:
    """What a bulk load did.

    Attributes
    ----------
    rows : int
        Rows of the stream that are in the table now.
    duplicates : int
        Rows of the stream that gave way to a later one with the same identity.
    replaced : int
        Rows of the table that gave way to one of the stream.
    kept : int
        Rows of the stream that gave way to one of the table.
    files : int
        Data files that the load made.
    version : int
        A version of the table that holds all of it.
    retries : int
        Times that another writer had to be given way to.
    """

    rows: int
    duplicates: int
    replaced: int
    kept: int
    files: int
    version: int
    retries: int


def load(
    store: TableStore,
    batches: Iterable[pa.Table | pa.RecordBatch],
    prepare: Prepare,
    existing: Existing = "refuse",
    progress: Progress | None = None,
) -> BulkReport:
    """Load a stream of rows: all of it is in the table when this returns, or nothing.

    Parameters
    ----------
    store : TableStore
        Table whose identity is its key and time.
    batches : iterable of pa.Table or pa.RecordBatch
        Of any size and order; fastest in order of key and time.
    prepare : callable
        Types and checks a batch, or refuses it.
    existing : {"refuse", "replace", "keep"}
        What to do where the table has a row of the same identity: refuse the whole load, let
        the stream's row take its place, or keep it.
    progress : callable, optional
        Called with the number of rows read so far.

    Raises
    ------
    BadInput
        A row is refused, counted from 0 in the stream; nothing was written.
    Duplicate
        The table has some of the rows, and `existing` is "refuse"; nothing was written.
    Conflict, ArchiveError
        As `TableStore.commit`.
    """
    if existing not in get_args(Existing):
        raise BadInput(f"{existing!r} is none of {get_args(Existing)}.", field="existing")
    loading = _Loading(store, prepare)
    try:
        with store.storage_errors():
            for chunk in _chunks(batches):
                loading.take(chunk)
                if progress:
                    progress(loading.read)
            pieces = loading.finish()
        merge = Merge(store.root, store.layout, pieces, existing, loading.write)
        report = store.commit(lambda base: _change(store, base, merge, loading))
        loading.live.update(action.path for action in merge.actions())
    finally:
        loading.close()
    return BulkReport(
        loading.rows - merge.kept,
        loading.read - loading.rows,
        merge.replaced,
        merge.kept,
        len(merge.actions()),
        report.version,
        report.retries,
    )


def _change(store: TableStore, base: Snapshot, merge: Merge, loading: _Loading) -> Change:
    """Plan a load against a version of the table, with every file and folder on disk."""
    removed = merge.plan(base)
    actions = merge.actions()
    loading.sync(actions)
    files.sync_folders(store.root, actions)
    keys = frozenset(slot.key for slot in merge.slots())
    schema = merge.schema()
    return Change(removed, (), keys, 0, tuple(actions), schema)


class _Loading:
    """The files of a load on their way to disk."""

    def __init__(self, store: TableStore, prepare: Prepare) -> None:
        self.root, self.layout, self._store, self._prepare = (
            store.root, store.layout, store, prepare
        )  # fmt: skip
        self.read = 0
        self.rows = 0
        self.live: set[str] = set()
        self._chunk = 0
        self._held: dict[Slot, list[tuple[int, pa.Table]]] = {}
        self._tasks: dict[Slot, list[Future[Piece]]] = {}
        self._made: list[AddAction] = []
        self._synced: set[str] = set()
        self._failed: Future[Piece] | None = None
        self._pool = ThreadPoolExecutor(files.WRITER_THREADS, "bulk-load")
        self._room = BoundedSemaphore(8 * files.WRITER_THREADS)

    def take(self, chunk: pa.Table) -> None:
        """Take a chunk in; months that it does not go on with are written."""
        try:
            rows = arrange(self._prepare(chunk), self.layout)
        except BadInput as error:
            raise _of_stream(error, self.read) from error
        self.read += chunk.num_rows
        self._chunk += 1
        touched = set()
        for part in split(rows, self.layout):
            slot = slot_of(part, self.layout)
            self._held.setdefault(slot, []).append((self._chunk, part))
            touched.add(slot)
        full = any(parts[0][0] <= self._chunk - HELD_CHUNKS for parts in self._held.values())
        for slot in [s for s in self._held if full or s not in touched]:
            self._send(slot)

    def finish(self) -> dict[Slot, Piece]:
        """Write what is held and return one file per key and period."""
        for slot in list(self._held):
            self._send(slot)
        pieces = {
            slot: bulk_merge.join(self.root, self.layout, [t.result() for t in tasks], self.write)
            for slot, tasks in self._tasks.items()
        }
        self.rows = sum(piece.rows for piece in pieces.values())
        return pieces

    def write(self, part: pa.Table) -> Piece:
        """Write a file that nothing names yet; safe from any thread."""
        action = files.write_file(self.root, self.layout, part, durable=False)
        self._made.append(action)
        return Piece.of(action, part, self.layout)

    def sync(self, actions: Iterable[AddAction]) -> None:
        """Force data files to disk that are not there yet."""
        paths = [a.path for a in actions if a.path not in self._synced]
        with ThreadPoolExecutor(SYNC_THREADS) as pool:
            for _ in pool.map(sync_file, [self.root / path for path in paths]):
                pass
        self._synced.update(paths)

    def close(self) -> None:
        """End the threads and delete every file that the log does not name."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        stray = [a for a in self._made if a.path not in self.live]
        if not stray:
            return
        try:
            live = {f.path for f in self._store.snapshot().files}
        except (OSError, DeltaError) as error:
            # What the log names is not known now; `vacuum` removes the rest later.
            log.warning("files of a load are left", files=len(stray), reason=str(error))
            return
        files.remove_files(self.root, [a for a in stray if self.root / a.path not in live])

    def _send(self, slot: Slot) -> None:
        """Have a thread write what is held of a month; wait while many are being written."""
        parts = [part for _, part in self._held.pop(slot)]
        self._room.acquire()
        if self._failed is not None:
            self._failed.result()  # raises: no need to read the stream to its end
        task = self._pool.submit(self._write_parts, parts)
        task.add_done_callback(self._done)
        self._tasks.setdefault(slot, []).append(task)

    def _write_parts(self, parts: list[pa.Table]) -> Piece:
        return self.write(bulk_merge.concat(parts, self.layout))

    def _done(self, task: Future[Piece]) -> None:
        if not task.cancelled() and task.exception() is not None:
            self._failed = task
        self._room.release()


def _of_stream(error: BadInput, before: int) -> BadInput:
    """Return an error about a row of a chunk as one about a row of the stream."""
    row = error.details.get("row")
    if row is None:
        return error
    text = error.message.replace(f"Row {row}:", f"Row {row + before}:", 1)
    return BadInput(text, hint=error.hint, **(error.details | {"row": row + before}))


def _chunks(batches: Iterable[pa.Table | pa.RecordBatch]) -> Iterator[pa.Table]:
    """Join small batches and cut large ones, so that all work is done on many rows at once."""
    held: list[pa.Table] = []
    rows = 0
    for batch in batches:
        table = batch if isinstance(batch, pa.Table) else pa.Table.from_batches([batch])
        for first in range(0, table.num_rows, CHUNK_ROWS):
            piece = table.slice(first, CHUNK_ROWS)
            held.append(piece)
            rows += piece.num_rows
            if rows >= CHUNK_ROWS:
                yield _joined(held)
                held, rows = [], 0
    if held:
        yield _joined(held)


def _joined(tables: Sequence[pa.Table]) -> pa.Table:
    if len(tables) == 1:
        return tables[0]
    return pa.concat_tables(tables, promote_options="default")
