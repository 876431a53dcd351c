"""The one place where DuckDB connections come from: UTC, and Arrow out.

A process has one in-memory database; every caller gets a cursor of its own, which is what
DuckDB asks of threads. The database holds no data of ours: it reads Parquet files.

Work that someone may want to end runs inside `interruptible`; every statement that it runs
through `query` then ends soon after `Interrupts.interrupt`.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

import duckdb
import pyarrow as pa

from core.errors import ArchiveError, SearchCancelled

_lock = threading.Lock()
_roots: dict[int, duckdb.DuckDBPyConnection] = {}


class Interrupts:
    """Ends the statements of one piece of work, in whatever threads they run.

    A statement may be between its start here and its start in DuckDB when it is interrupted, and
    would not notice: whoever interrupts calls again until the work has ended.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[duckdb.DuckDBPyConnection] = set()
        self._asked = False

    @property
    def asked(self) -> bool:
        """Whether the work is to end."""
        return self._asked

    def interrupt(self) -> None:
        """End the statements that run now, and keep others from starting."""
        self._asked = True
        with self._lock:
            for cursor in self._running:
                cursor.interrupt()

    def check(self) -> None:
        """Raise SearchCancelled when the work is to end."""
        if self._asked:
            raise SearchCancelled("The search was cancelled.")

    @contextmanager
    def running(self, cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
        """Let the statements of a cursor be interrupted; they then raise SearchCancelled."""
        with self._lock:
            self._running.add(cursor)
        try:
            self.check()
            yield
        except duckdb.InterruptException:
            self.check()
            raise
        finally:
            with self._lock:
                self._running.discard(cursor)


_scope: ContextVar[Interrupts | None] = ContextVar("duck_interrupts", default=None)


@contextmanager
def interruptible(interrupts: Interrupts) -> Iterator[Interrupts]:
    """Let `interrupts` end the statements of this block.

    Threads that the block starts take part when they run in a copy of its context
    (``contextvars.copy_context().run``).
    """
    token = _scope.set(interrupts)
    try:
        yield interrupts
    finally:
        _scope.reset(token)


def check() -> None:
    """Raise SearchCancelled when the work around the caller is to end; for long loops."""
    scope = _scope.get()
    if scope is not None:
        scope.check()


def connect() -> duckdb.DuckDBPyConnection:
    """Return a new cursor whose time zone is UTC, for use by one thread; close it after use."""
    with _lock:
        pid = os.getpid()
        if pid not in _roots:
            root = duckdb.connect()
            root.execute("SET GLOBAL TimeZone = 'UTC'")
            # Nothing is fetched at run time; extensions that are needed are linked in.
            root.execute("SET GLOBAL autoinstall_known_extensions = false")
            # What does not fit into memory goes here, not into the folder we happen to be in.
            spill = quote_text(tempfile.gettempdir())
            root.execute(f"SET GLOBAL temp_directory = {spill}")
            _roots[pid] = root
        return _roots[pid].cursor()


def query(
    sql: str,
    params: Mapping[str, Any] | None = None,
    tables: Mapping[str, pa.Table] | None = None,
) -> pa.Table:
    """Run one statement and return its rows as an Arrow table.

    Parameters
    ----------
    sql : str
        The statement; values stand in it as ``$name``.
    params : mapping, optional
        Values of the parameters.
    tables : mapping, optional
        Arrow tables that the statement names.

    Raises
    ------
    core.errors.SearchCancelled
        The work around it was interrupted (`interruptible`).
    core.errors.ArchiveError
        A file that it reads is gone or damaged.
    """
    scope = _scope.get()
    try:
        with connect() as con:
            if scope is None:
                return _run(con, sql, params, tables)
            with scope.running(con):
                return _run(con, sql, params, tables)
    except (duckdb.IOException, duckdb.InvalidInputException) as error:
        if ".parquet" not in str(error):  # of no data file
            raise
        raise ArchiveError(
            f"A data file of the archive cannot be read: {error}",
            hint="Search again; `python -m core check` looks through the tables.",
        ) from error


def _run(
    con: duckdb.DuckDBPyConnection,
    sql: str,
    params: Mapping[str, Any] | None,
    tables: Mapping[str, pa.Table] | None,
) -> pa.Table:
    for name, table in (tables or {}).items():
        con.register(name, table)
    relation = con.sql(sql, params=dict(params or {}))
    return relation.to_arrow_table()


def microseconds(when: datetime) -> int:
    """Return microseconds since 1970 of a time; one without a zone is taken as UTC."""
    aware = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    delta = aware - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def quote_name(name: str) -> str:
    """Return an identifier in double quotes, safe in a statement."""
    return '"' + name.replace('"', '""') + '"'


def quote_text(text: str) -> str:
    """Return a string literal in single quotes, safe in a statement."""
    return "'" + text.replace("'", "''") + "'"
