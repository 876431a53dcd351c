"""A Delta table on local disk: a held snapshot for readers, optimistic commits for writers.

Writers lay out the data files themselves and commit them with `create_write_transaction`. Each
commit carries one application transaction per key (source) that it touches; Delta's own
conflict check then refuses a commit whose key was written since its snapshot was read, and lets
writers of different keys pass. There is no lock file.
"""

from __future__ import annotations

import random
import shutil
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pyarrow as pa
import structlog
from deltalake import CommitProperties, DeltaTable, PostCommitHookProperties, Transaction
from deltalake.exceptions import CommitFailedError, DeltaError
from deltalake.schema import Schema as DeltaSchema
from deltalake.transaction import AddAction, RemoveAction

from core.archive import files, snapshot
from core.archive.durable import sync_file, sync_folder
from core.archive.layout import Layout
from core.archive.snapshot import LiveFile, Snapshot
from core.errors import ArchiveError, Conflict

log = structlog.get_logger(__name__)

CHECKPOINT_EVERY = 50
_BACKOFF_S, _LONGEST_BACKOFF_S = 0.01, 0.5
# Checkpoints are made by `TableStore._checkpoint`, which forces them to disk.
_NO_HOOKS = PostCommitHookProperties(create_checkpoint=False, cleanup_expired_logs=False)
EMPTY_SCHEMA = pa.schema([])


@dataclass(frozen=True, slots=True)
class WriteReport:
    """What a write did.

    Attributes
    ----------
    rows : int
        Rows of the batch that were written, after duplicates inside the batch were dropped.
    version : int
        A version of the table that holds them.
    retries : int
        Times that another writer had to be given way to.
    """

    rows: int
    version: int
    retries: int


@dataclass(frozen=True, slots=True)
class Change:
    """What one commit is to do: files that go, tables (one per new file) that come.

    `written` are new files that are on disk already, with their folders, and `schema` has the
    metadata columns in them; they stay there if the commit is refused.
    """

    removed: tuple[LiveFile, ...]
    parts: tuple[pa.Table, ...]
    keys: frozenset[int | str]
    rows: int
    written: tuple[AddAction, ...] = ()
    schema: pa.Schema = EMPTY_SCHEMA


class TableStore:
    """One Delta table of the archive."""

    def __init__(self, folder: Path, layout: Layout, retries: int) -> None:
        self.root = folder / layout.name
        self.layout = layout
        self._retries = retries
        self._held: DeltaTable | None = None
        self._seen_ns = -1
        self._snapshot: Snapshot | None = None
        self._reading = threading.Lock()
        self._writing = threading.Lock()

    def create(self) -> None:
        """Create the table where there is none.

        It is made in a folder of its own and then renamed: of several processes that do so at
        once one comes first, and nobody sees or changes a table that is half there.
        """
        if DeltaTable.is_deltatable(str(self.root)):
            return
        folder = self.root.with_name(f".{self.root.name}-{uuid.uuid4().hex}")
        try:
            create_table(folder, self.layout.schema, self.layout)
            _sync_log(folder, 0, 0)
            sync_folder(folder)
            folder.rename(self.root)
        except OSError:
            if not DeltaTable.is_deltatable(str(self.root)):
                raise
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        sync_folder(self.root.parent)

    def snapshot(self) -> Snapshot:
        """Return the newest version; safe from any thread."""
        with self._reading:
            changed_ns = self._log_changed_ns()
            if self._held is None:
                self._held = DeltaTable(str(self.root))
            elif changed_ns != self._seen_ns or self._entry(self._held.version() + 1).exists():
                self._held.update_incremental()
            self._seen_ns = changed_ns
            if self._snapshot is None or self._snapshot.version != self._held.version():
                self._snapshot = snapshot.take(self._held, self.root, self.layout)
            return self._snapshot

    def _log_changed_ns(self) -> int:
        """Return when the folder of the log was last changed, -1 where there is none.

        This and a look for the next entry save the milliseconds that reading the log takes. Either
        alone could miss an entry: the folder's time has steps, and old entries may be removed.
        """
        try:
            return self._entry(0).parent.stat().st_mtime_ns
        except OSError:
            return -1  # what is wrong is told by whoever reads the log

    def _entry(self, version: int) -> Path:
        return self.root / "_delta_log" / f"{version:020d}.json"

    def commit(self, plan: Callable[[Snapshot], Change]) -> WriteReport:
        """Plan against the newest version and commit; on a conflict plan and try again.

        Parameters
        ----------
        plan : callable
            Works out the change from a snapshot. It is called anew for every try.

        Raises
        ------
        Conflict
            Other writers were faster each time (`commit_retries` of the settings).
        ArchiveError
            The disk is full, or the table's files cannot be read or written.
        """
        with self._writing, self.storage_errors():
            for attempt in range(self._retries + 1):
                try:
                    rows, version = self._try(plan)
                except CommitFailedError as error:
                    log.debug("commit conflict", table=self.layout.name, reason=str(error))
                    time.sleep(_pause_s(attempt))
                else:
                    return WriteReport(rows, version, attempt)
        raise Conflict(
            f"Table {self.layout.name} was written by others at each of {self._retries} tries.",
            hint="Nothing was changed. Try again, or raise ATLAS_COMMIT_RETRIES.",
            table=self.layout.name,
        )

    @contextmanager
    def storage_errors(self) -> Iterator[None]:
        """Turn a failure of the disk or of the log into ArchiveError."""
        try:
            yield
        except (OSError, DeltaError) as error:
            raise ArchiveError(
                f"Table {self.layout.name} could not be written: {error}",
                hint="Look for a full disk or missing permissions. What is there stays.",
                table=self.layout.name,
            ) from error

    def vacuum(self, hours: int, *, dry_run: bool = False) -> int:
        """Delete files older than `hours` that the newest version does not name; count them.

        With `dry_run` they are only counted.
        """
        table = DeltaTable(str(self.root))
        before = table.version()
        gone: list[str] = table.vacuum(
            hours,
            dry_run=dry_run,
            enforce_retention_duration=False,
            full=True,
            post_commithook_properties=_NO_HOOKS,
        )
        table.update_incremental()
        _sync_log(self.root, before + 1, table.version())
        return len(gone)

    def _try(self, plan: Callable[[Snapshot], Change]) -> tuple[int, int]:
        # A table object of its own: the held one may move on while this write is planned,
        # and Delta would then take this write to have seen what it has not.
        table = DeltaTable(str(self.root))
        base = snapshot.take(table, self.root, self.layout)
        change = plan(base)
        if not (change.parts or change.removed or change.written):
            return change.rows, base.version
        if self._add_columns(table, base, change):
            # Read again: the plan must be made on the version that it is committed against.
            return self._try(plan)
        added = files.write_files(self.root, self.layout, change.parts)
        table = self._commit(table, base, change, added)
        table.update_incremental()
        _sync_log(self.root, base.version + 1, table.version())
        self._checkpoint(table, base.version)
        return change.rows, table.version()

    def _commit(
        self, table: DeltaTable, base: Snapshot, change: Change, added: list[AddAction]
    ) -> DeltaTable:
        """Commit to the log, over what others have written meanwhile where that is allowed.

        Delta refuses a commit when any file was removed since its snapshot, whoever's it was.
        Where the files of this change's own keys are as they were when it was planned, the
        same change is right on the newer version too, and its files need not be written again.
        """
        planned_on = base.paths_of(change.keys)
        for attempt in count():
            try:
                self._log_change(table, base, change, added)
            except CommitFailedError:
                table = DeltaTable(str(self.root))
                base = snapshot.take(table, self.root, self.layout)
                if attempt >= self._retries or base.paths_of(change.keys) != planned_on:
                    self._discard(base, added)
                    raise
            else:
                break
        return table

    def _log_change(
        self, table: DeltaTable, base: Snapshot, change: Change, added: list[AddAction]
    ) -> None:
        now_ms = int(time.time() * 1000)
        removed = [self._removal(f, now_ms) for f in change.removed]
        marks = [Transaction(f"{self.layout.key}={k}", base.version + 1) for k in change.keys]
        table.create_write_transaction(
            [*change.written, *added, *removed],
            mode="append",
            schema=table.schema(),
            partition_by=[self.layout.key, "year"],
            commit_properties=CommitProperties(max_commit_retries=1000, app_transactions=marks),
            post_commithook_properties=_NO_HOOKS,
        )

    def _discard(self, now: Snapshot, added: list[AddAction]) -> None:
        """Delete the files of a refused commit; never one that the log names after all."""
        live = {f.path for f in now.files}
        files.remove_files(self.root, [a for a in added if self.root / a.path not in live])

    def _removal(self, file: LiveFile, now_ms: int) -> RemoveAction:
        return RemoveAction(
            path=str(file.path.relative_to(self.root)),
            data_change=True,
            deletion_timestamp=now_ms,
            size=file.size,
            partition_values={self.layout.key: str(file.key), "year": str(file.year)},
        )

    def _add_columns(self, table: DeltaTable, base: Snapshot, change: Change) -> bool:
        """Add the columns that the table lacks; True when the table has moved on."""
        known = set(base.schema.names)
        schemas = [change.schema, *(part.schema for part in change.parts)]
        new = {f.name: f for schema in schemas for f in schema if f.name not in known}
        if not new:
            return False
        fields = DeltaSchema.from_arrow(pa.schema(list(new.values()))).fields
        table.alter.add_columns(fields, post_commithook_properties=_NO_HOOKS)
        return True

    def _checkpoint(self, table: DeltaTable, before: int) -> None:
        if table.version() // CHECKPOINT_EVERY == before // CHECKPOINT_EVERY:
            return
        try:
            table.create_checkpoint()
        except DeltaError as error:
            # The write has landed; a checkpoint only makes opening faster.
            log.warning("no checkpoint", table=self.layout.name, reason=str(error))
            return
        folder = self.root / "_delta_log"
        for path in folder.glob(f"{table.version():020d}.checkpoint*"):
            sync_file(path)
        sync_file(folder / "_last_checkpoint")
        sync_folder(folder)


def create_table(folder: Path, schema: pa.Schema, layout: Layout) -> None:
    """Create an empty table in a folder that has none."""
    DeltaTable.create(
        str(folder),
        DeltaSchema.from_arrow(schema),
        partition_by=[layout.key, "year"],
        post_commithook_properties=_NO_HOOKS,
    )


def _sync_log(root: Path, first: int, last: int) -> None:
    """Force log entries to disk: ours, and those of others that it builds on."""
    folder = root / "_delta_log"
    for version in range(first, last + 1):
        sync_file(folder / f"{version:020d}.json")
    sync_folder(folder)


def _pause_s(attempt: int) -> float:
    longest = min(_LONGEST_BACKOFF_S, _BACKOFF_S * 2.0 ** min(attempt, 10))
    spread: float = random.uniform(0.2, 1.0)  # noqa: S311 - spreads writers, hides nothing
    return spread * longest
