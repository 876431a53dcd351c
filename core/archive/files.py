"""Data files of a table: Parquet, written whole and on disk before the log names them."""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake.transaction import AddAction

from core.archive.columns import META_PREFIX
from core.archive.durable import sync_folders_up_to
from core.archive.layout import Layout

ROWS_PER_GROUP = 50_000  # a month of minutes is one row group
ALMOST_MS = timedelta(microseconds=999)
WRITER_THREADS = min(4, os.cpu_count() or 1)


def write_files(root: Path, layout: Layout, parts: Iterable[pa.Table]) -> list[AddAction]:
    """Write one file per part and force all of them, and their folders, to disk.

    Each part holds one key and one period, sorted by time. Metadata columns that are null
    throughout are left out; readers fill them with nulls.
    """
    with ThreadPoolExecutor(WRITER_THREADS) as pool:
        tasks = [pool.submit(write_file, root, layout, part) for part in parts]
    try:
        actions = [task.result() for task in tasks]
    except OSError:  # a full disk: leave nothing that takes space
        remove_files(root, [task.result() for task in tasks if task.exception() is None])
        raise
    sync_folders(root, actions)
    return actions


def sync_folders(root: Path, actions: Iterable[AddAction]) -> None:
    """Force to disk the folders of data files, up to and with the table's own."""
    sync_folders_up_to({(root / action.path).parent for action in actions}, root)


def remove_files(root: Path, actions: Iterable[AddAction]) -> None:
    """Delete files that no log entry names, after a commit that did not happen."""
    for action in actions:
        (root / action.path).unlink(missing_ok=True)


def write_file(root: Path, layout: Layout, part: pa.Table, *, durable: bool = True) -> AddAction:
    """Write one part to a file of its own and return what the log is to say of it.

    Where not `durable`, the caller forces the file to disk before the log names it. The folder
    is left to the caller in any case.
    """
    key, year = part[layout.key][0].as_py(), part["year"][0].as_py()
    first = pc.min(part[layout.time]).as_py()
    name = f"{first:%Y-%m}-{uuid.uuid4().hex}.parquet"
    relative = f"{layout.key}={key}/year={year}/{name}"
    path = root / relative
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        _write_parquet(path, layout, _without_empty_columns(part), durable)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return AddAction(
        path=relative,
        size=path.stat().st_size,
        partition_values={layout.key: str(key), "year": str(year)},
        modification_time=int(time.time() * 1000),
        data_change=True,
        stats=statistics(part, layout),
    )


def _write_parquet(path: Path, layout: Layout, table: pa.Table, durable: bool) -> None:
    with path.open("wb") as stream:
        pq.write_table(
            table,
            stream,
            compression="zstd",
            compression_level=1,
            use_dictionary=[f.name for f in table.schema if pa.types.is_string(f.type)],
            column_encoding=_encodings(table, layout),
            row_group_size=ROWS_PER_GROUP,
            store_schema=False,
            write_page_checksum=True,
        )
        if durable:
            stream.flush()
            os.fsync(stream.fileno())


def _without_empty_columns(part: pa.Table) -> pa.Table:
    empty = [
        name
        for name in part.column_names
        if name.startswith(META_PREFIX) and part[name].null_count == part.num_rows
    ]
    return part.drop_columns(empty) if empty else part


def _encodings(table: pa.Table, layout: Layout) -> dict[str, str]:
    """Choose how columns are written.

    Bytes of numbers that move slowly compress better, and faster, apart: all first bytes, then
    all second ones. A number that stands still is one run either way, and shorter plain.
    """
    whole = {f.name: "DELTA_BINARY_PACKED" for f in table.schema if pa.types.is_integer(f.type)}
    moving = [
        f.name
        for f in table.schema
        if pa.types.is_floating(f.type) and not _stands_still(table[f.name])
    ]
    apart = dict.fromkeys(moving, "BYTE_STREAM_SPLIT")
    return whole | apart | dict.fromkeys(layout.times, "DELTA_BINARY_PACKED")


def _stands_still(column: pa.ChunkedArray) -> bool:
    """Guess from three rows whether all are alike; a wrong guess costs some bytes."""
    rows = len(column)
    return len({column[k].as_py() for k in (0, rows // 2, rows - 1)}) == 1


def statistics(part: pa.Table, layout: Layout) -> str:
    """Row count and ranges as the Delta protocol writes them (milliseconds, widened)."""
    low = {name: _millis(pc.min(part[name]).as_py()) for name in layout.times}
    high = {name: _millis(pc.max(part[name]).as_py() + ALMOST_MS) for name in layout.times}
    provenance = pc.min_max(part["provenance"]).as_py()
    nulls = {name: part[name].null_count for name in (*layout.times, "provenance")}
    if provenance["min"] is not None:
        low["provenance"], high["provenance"] = provenance["min"], provenance["max"]
    return json.dumps(
        {"numRecords": part.num_rows, "minValues": low, "maxValues": high, "nullCount": nulls}
    )


def _millis(when: datetime) -> str:
    return f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03d}Z"
