"""The order of rows by some of their columns, as numbers of rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Rows = npt.NDArray[np.int64]
Key = tuple[pa.ChunkedArray, str]


def order_rows(keys: Sequence[Key], count: int) -> Rows:
    """Return the order of `count` rows by keys, the first one counting most.

    Ties keep the order that they have. What is missing (null or NaN) comes last, whatever the
    direction.

    Parameters
    ----------
    keys : sequence of (column, "asc" or "desc")
        Columns of `count` values: numbers, times, truth values or text.
    count : int

    Returns
    -------
    int64[count]
    """
    ranks: Rows | None = None
    for column, direction in keys:
        found, differ = _ranks(column, direction == "desc")
        ranks = found if ranks is None else _dense(ranks)[0] * differ + found
    if ranks is None or not count:
        return np.arange(count, dtype=np.int64)
    # The number of the row goes along in the lower digits: numbers sort faster than pairs.
    placed = _dense(ranks)[0] * count if len(keys) > 1 else ranks * count
    placed += np.arange(count)
    placed.sort()
    return np.asarray(placed % count, dtype=np.int64)


def sortable(kind: pa.DataType) -> bool:
    """Say whether `order_rows` takes columns of a type."""
    return not pa.types.is_nested(kind)


def _ranks(column: pa.ChunkedArray, descending: bool) -> tuple[Rows, int]:
    """Return the place of each value among those that differ, and how many places there are."""
    values = _numbers(column)
    missing = column.is_null().to_numpy(zero_copy_only=False).astype(bool)
    if values.dtype.kind == "f":
        missing |= np.isnan(values)
    ranks, differ = _dense(values)
    if descending:
        ranks = differ - 1 - ranks
    ranks[missing] = differ
    return ranks, differ + 1


def _numbers(column: pa.ChunkedArray) -> npt.NDArray[Any]:
    """Numbers in the order of the values; any number where there is none."""
    kind = column.type
    if pa.types.is_string(kind):
        codes = column.dictionary_encode().unify_dictionaries().combine_chunks()
        column = pc.rank(codes.dictionary, sort_keys="ascending").take(codes.indices)
        return np.asarray(column.fill_null(0))
    if pa.types.is_boolean(kind):
        column = column.cast(pa.int8())
    elif pa.types.is_temporal(kind):
        column = column.cast(pa.int64())
    return np.asarray(column.fill_null(0).to_numpy())


def _dense(values: npt.NDArray[Any]) -> tuple[Rows, int]:
    """Return the place of each number among those that differ, and how many differ."""
    if not len(values):
        return np.zeros(0, dtype=np.int64), 0
    order = np.argsort(values)
    sorted_values = values[order]
    places = np.zeros(len(values), dtype=np.int64)
    np.cumsum(sorted_values[1:] != sorted_values[:-1], out=places[1:])
    ranks = np.empty_like(places)
    ranks[order] = places
    return ranks, int(places[-1]) + 1
