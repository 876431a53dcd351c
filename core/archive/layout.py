"""How each table is laid out: partitions, file size in time, identity and order of rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.archive import columns
from core.archive.columns import epoch_us


@dataclass(frozen=True, slots=True)
class Layout:
    """Layout of one table.

    Attributes
    ----------
    name : str
        Folder of the table.
    schema : pa.Schema
        Columns that every row has; metadata columns come on top.
    key : str
        Column that partitions the table beside `year`, and that concurrent writes conflict on.
    time : str
        Column that orders the rows of a file.
    identity : tuple of str
        Columns that name a row: two rows never agree in them.
    period : "M" or "Y"
        A file holds one key and one month or year.
    times : tuple of str
        Time columns whose range per file stands in the log, for pruning.
    resolution_us : int
        Times are whole multiples of this many microseconds.
    """

    name: str
    schema: pa.Schema
    key: str
    time: str
    identity: tuple[str, ...]
    period: Literal["M", "Y"]
    times: tuple[str, ...]
    resolution_us: int = 1


EPHEMERIS = Layout(
    "ephemeris",
    columns.EPHEMERIS_SCHEMA,
    "source",
    "epoch",
    ("source", "epoch"),
    "M",
    ("epoch",),
    60_000_000,
)
PRODUCTS = Layout(
    "data_products",
    columns.PRODUCTS_SCHEMA,
    "source",
    "start",
    ("source", "url"),
    "Y",
    ("start", "end"),
)
INDICES = Layout(
    "indices", columns.INDICES_SCHEMA, "name", "epoch", ("name", "epoch"), "Y", ("epoch",)
)


def key_order(table: pa.Table, layout: Layout) -> pa.Table:
    """Return the rows in order of key and time, without copying where they are already so."""
    keys, times = codes(table, layout.key), epoch_us(table[layout.time])
    step = np.diff(keys)
    if np.all((step > 0) | ((step == 0) & (np.diff(times) >= 0))):
        return table
    return table.take(pa.array(np.lexsort((times, keys))))


def arrange(table: pa.Table, layout: Layout) -> pa.Table:
    """Return the rows in order of key and time, the last of those with one identity.

    Nothing is copied where they are already so; for tables whose identity is key and time one
    pass tells that.
    """
    if layout.identity == (layout.key, layout.time):
        parts = [codes(table, name) for name in layout.identity]
        if _strictly_increasing(parts):
            return table
    return keep_last(key_order(table, layout), layout)


def keep_last(table: pa.Table, layout: Layout) -> pa.Table:
    """Return the table with one row per identity: of equal ones the last stays."""
    parts = [codes(table, name) for name in layout.identity]
    if table.num_rows < 2 or _strictly_increasing(parts):
        return table
    order = np.lexsort(tuple(reversed(parts)))  # stable: equal rows keep their order
    last = np.ones(len(order), dtype=bool)
    last[:-1] = np.any([np.diff(p[order]) != 0 for p in parts], axis=0)
    if last.all():
        return table
    keep = np.zeros(len(order), dtype=bool)
    keep[order[last]] = True
    return table.filter(pa.array(keep))


def split(table: pa.Table, layout: Layout) -> Iterator[pa.Table]:
    """Yield one slice per file of a table in key order: one key, one month or year each."""
    if not table.num_rows:
        return
    keys, times = codes(table, layout.key), epoch_us(table[layout.time])
    runs = [0, *(np.flatnonzero(np.diff(keys)) + 1).tolist(), table.num_rows]
    for start, end in pairwise(runs):
        # The times of a key rise, so its periods are cut at a few places only.
        starts_us = _period_starts_us(int(times[start]), int(times[end - 1]), layout.period)
        cuts = (start + np.searchsorted(times[start:end], starts_us)).tolist()
        for first, last in pairwise([start, *cuts, end]):
            if first < last:
                yield table.slice(first, last - first)


def period_of(time_us: int, layout: Layout) -> int:
    """Return the month (or year) of a time in microseconds, counted from 1970."""
    return int(np.datetime64(time_us, "us").astype(f"M8[{layout.period}]").astype(np.int64))


def _period_starts_us(
    first_us: int, last_us: int, period: str
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the starts of the periods after that of the first time, up to that of the last."""
    first, last = np.array([first_us, last_us], "M8[us]").astype(f"M8[{period}]")
    starts = np.arange(first + 1, last + 1).astype("M8[us]")
    return starts.astype(np.int64)


def codes(table: pa.Table, name: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return a column as int64, equal where the values are; text by rank of first occurrence."""
    column = table[name].combine_chunks()
    if pa.types.is_string(column.type):
        column = pc.dictionary_encode(column).indices
    elif pa.types.is_timestamp(column.type):
        return epoch_us(table[name])
    values: np.ndarray[tuple[int], np.dtype[np.int64]] = column.cast(pa.int64()).to_numpy()
    return values


def _strictly_increasing(parts: list[np.ndarray[tuple[int], np.dtype[np.int64]]]) -> bool:
    """Tell whether rows are in rising order of (first, second) with no two equal."""
    first, second = parts
    step = np.diff(first)
    return bool(np.all((step > 0) | ((step == 0) & (np.diff(second) > 0))))
