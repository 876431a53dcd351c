"""Pages of a result: some rows in some order, read out of few columns and few groups of rows.

A page in another order than the file's is found in two steps: the columns that order and filters
name give the numbers of all matching rows, which are remembered for the next page; then the rows
of one page are read with all their columns.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from core.archive import duck
from core.archive.recent import Recent
from core.search.results.order import order_rows
from core.search.results.paging import Sort, check_sort, where_sql

Rows = npt.NDArray[np.int64]
# A result of a million rows takes 8 MB here.
_KEPT_ORDERS = 8
_orders: Recent[tuple[Any, ...], Rows] = Recent(_KEPT_ORDERS)


def read_page(
    path: Path,
    offset: int,
    limit: int,
    sort: Sequence[Sort] = (),
    where: Mapping[str, Any] | None = None,
    natural: str = "row",
) -> tuple[pa.Table, int]:
    """Return some rows of a result file, and how many rows match in all.

    Parameters
    ----------
    path : Path
        A Parquet file whose column `row` numbers its rows from 0.
    offset, limit : int
        First row and most rows of the page, counted among those that match.
    sort, where
        See `core.search.results.result_set.ResultSet.page`.
    natural : str
        Column by which the file is ordered already.

    Raises
    ------
    core.errors.BadInput
        For a column or operator that does not exist.
    OSError
        The file cannot be read.
    """
    first, most = max(0, offset), max(0, limit)
    # One open file for all: a file of rows found so far may be replaced at any time.
    with path.open("rb") as stream, pq.ParquetFile(stream) as file:
        names = file.schema_arrow.names
        check_sort(file.schema_arrow, sort)
        clause, params = where_sql(names, where)
        if not clause and list(sort) in ([], [(natural, "asc")], [("row", "asc")]):
            matched = int(file.metadata.num_rows)
            rows = np.arange(first, min(first + most, matched), dtype=np.int64)
        else:
            state = os.fstat(stream.fileno())
            key = (
                str(path), state.st_ino, state.st_mtime_ns, clause, tuple(sort),
                json.dumps(params, default=str, sort_keys=True),
            )  # fmt: skip
            every = _orders.get(key, lambda: _in_order(file, sort, where, clause, params))
            matched, rows = len(every), every[first : first + most]
        return _rows_of(file, rows), matched


def _in_order(
    file: pq.ParquetFile,
    sort: Sequence[Sort],
    where: Mapping[str, Any] | None,
    clause: str,
    params: Mapping[str, Any],
) -> Rows:
    """Return the numbers of all rows that match, in order."""
    used = {name for name, _ in sort} | set(where or {}) | {"row"}
    keys = file.read(columns=[name for name in file.schema_arrow.names if name in used])
    rows = _matching(keys, clause, params) if clause else np.arange(keys.num_rows)
    if not sort:
        return rows
    kept = keys.take(pa.array(rows)) if clause else keys
    return rows[order_rows([(kept[name], way) for name, way in sort], len(rows))]


def _matching(keys: pa.Table, clause: str, params: Mapping[str, Any]) -> Rows:
    """Return the numbers of the rows that match, in the order of the file."""
    found = duck.query(
        # Names in the clause were checked against the columns; values are parameters.
        f'SELECT "row" FROM keys{clause}',  # noqa: S608 - see above
        params,
        {"keys": keys},
    )
    return np.sort(np.asarray(found["row"].to_numpy(), dtype=np.int64))


def _rows_of(file: pq.ParquetFile, rows: Rows) -> pa.Table:
    """Read rows by their numbers, in the order given."""
    if not len(rows):
        return file.schema_arrow.empty_table()
    metadata = file.metadata
    sizes = [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]
    ends = np.cumsum(sizes)
    of = np.searchsorted(ends, rows, side="right")
    by_group = np.argsort(of, kind="stable")
    parts = []
    # One group after the other, so that rows from all over a large file need not hold it whole.
    for group, first, end in _stretches(of[by_group]):
        wanted = rows[by_group[first:end]] - (ends[group] - sizes[group])
        parts.append(file.read_row_group(group).take(pa.array(wanted)))
    back = np.empty_like(by_group)
    back[by_group] = np.arange(len(rows))
    found = pa.concat_tables(parts)
    return found if (back == np.arange(len(rows))).all() else found.take(pa.array(back))


def _stretches(groups: Rows) -> Iterator[tuple[int, int, int]]:
    """Yield each of the rising numbers with where it begins and ends."""
    numbers, firsts = np.unique(groups, return_index=True)
    ends = [*firsts[1:].tolist(), len(groups)]
    yield from zip(numbers.tolist(), firsts.tolist(), ends, strict=True)
