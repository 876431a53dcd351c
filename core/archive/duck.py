"""The one place where DuckDB connections come from: UTC, and Arrow out.

A process has one in-memory database; every caller gets a cursor of its own, which is what
DuckDB asks of threads. The database holds no data of ours: it reads Parquet files.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import duckdb
import pyarrow as pa

_lock = threading.Lock()
_roots: dict[int, duckdb.DuckDBPyConnection] = {}


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
    """
    with connect() as con:
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
