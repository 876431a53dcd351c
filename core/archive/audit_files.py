"""Tells whether one data file is what the log says of it, with its rows in order."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.archive.columns import epoch_us
from core.archive.layout import Layout, keep_last
from core.archive.snapshot import LiveFile

Fault = Literal[
    "missing", "damaged", "closed", "untrue", "twice", "disorder", "epochs", "misplaced"
]
LOST: tuple[Fault, ...] = ("missing", "damaged")
REWRITTEN: tuple[Fault, ...] = ("untrue", "twice", "disorder")
LEFT: tuple[Fault, ...] = ("closed", "epochs", "misplaced")


def file_fault(file: LiveFile, layout: Layout, *, every_column: bool) -> Fault | None:
    """Return the worst that is wrong with a file, None where it is sound.

    Parameters
    ----------
    file : LiveFile
    layout : Layout
        Of its table.
    every_column : bool
        Read all columns, not only those that identify the rows: that finds damage anywhere.
    """
    wanted = [layout.key, "year", layout.time, *layout.identity]
    try:
        size = file.path.stat().st_size
        with pq.ParquetFile(file.path, page_checksum_verification=True) as opened:
            rows = opened.metadata.num_rows
            if not set(wanted) <= set(opened.schema_arrow.names):
                return "damaged"
            columns = None if every_column else list(dict.fromkeys(wanted))
            table = opened.read(columns=columns, use_threads=False)
    except FileNotFoundError:
        return "missing"
    except PermissionError:
        return "closed"
    except (pa.ArrowException, OSError):
        return "damaged"
    if (size, rows) != (file.size, file.rows):
        return "untrue"
    return _rows_fault(table, file, layout)


def _rows_fault(table: pa.Table, file: LiveFile, layout: Layout) -> Fault | None:
    times = epoch_us(table[layout.time])
    if not times.size:
        return None
    if pc.unique(table[layout.key]).to_pylist() != [file.key]:
        return "misplaced"
    if pc.unique(table["year"]).to_pylist() != [file.year]:
        return "misplaced"
    if not file.bounded or times.min() < file.first_us or times.max() > file.last_us:
        return "untrue"
    if keep_last(table, layout).num_rows < table.num_rows:
        return "twice"
    if np.any(np.diff(times) < 0):
        return "disorder"
    return "epochs" if np.any(times % layout.resolution_us) else None
