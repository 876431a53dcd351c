"""Finding the rows of a batch that a table does not hold yet as they are.

Writing what is there already would make a new version of the table for nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa


def changed_rows(batch: pa.Table, existing: pa.Table, identity: Sequence[str]) -> pa.Table:
    """Return the rows of `batch` that differ from `existing` or are not in it.

    Parameters
    ----------
    batch : pa.Table
        Rows to write.
    existing : pa.Table
        Rows of the table that may have the same identity; its further columns do not count
        where they are null.
    identity : sequence of str
        Columns that name a row.
    """
    known = {tuple(row[name] for name in identity): _filled(row) for row in existing.to_pylist()}
    keep = [
        known.get(tuple(row[name] for name in identity)) != _filled(row)
        for row in batch.to_pylist()
    ]
    return batch.filter(pa.array(keep, pa.bool_()))


def _filled(row: dict[str, object]) -> dict[str, object]:
    """Return what a row says: nulls say nothing, and `year` follows from the time."""
    return {key: value for key, value in row.items() if value is not None and key != "year"}
