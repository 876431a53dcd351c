"""Records per source and day, counted once for each data file and remembered."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from core.archive.columns import epoch_us
from core.archive.layout import Layout
from core.archive.snapshot import LiveFile

DAY_US = 86_400_000_000
_KEPT_FILES = 50_000
_Counts = tuple[np.ndarray[tuple[int], np.dtype[np.int64]], ...]

_lock = threading.Lock()
_remembered: OrderedDict[Path, _Counts] = OrderedDict()


def day_counts(files: Sequence[LiveFile], layout: Layout, first_us: int, last_us: int) -> pa.Table:
    """Return key, day (date32) and count (int64) of the rows whose time is in the closed range."""
    keys: list[int | str] = []
    days: list[np.ndarray[tuple[int], np.dtype[np.int64]]] = []
    counts: list[np.ndarray[tuple[int], np.dtype[np.int64]]] = []
    for file in files:
        day, count = _in_range(file, layout, first_us, last_us)
        keys.extend([file.key] * len(day))
        days.append(day)
        counts.append(count)
    key_type = layout.schema.field(layout.key).type
    table = pa.table(
        {
            layout.key: pa.array(keys, key_type),
            "day": pa.array(_joined(days).astype("datetime64[D]"), pa.date32()),
            "count": pa.array(_joined(counts)),
        }
    )
    # A day may lie in two files where someone else has compacted the table.
    summed = table.group_by([layout.key, "day"]).aggregate([("count", "sum")])
    return summed.rename_columns([layout.key, "day", "count"]).sort_by(
        [(layout.key, "ascending"), ("day", "ascending")]
    )


def _in_range(file: LiveFile, layout: Layout, first_us: int, last_us: int) -> _Counts:
    first_day, last_day = first_us // DAY_US, last_us // DAY_US
    whole_days = first_us % DAY_US == 0 and last_us % DAY_US >= DAY_US - layout.resolution_us
    covered = file.first_us >= first_us and file.last_us <= last_us
    if not (whole_days or covered):
        times = _times(file, layout)
        return _count(times[(times >= first_us) & (times <= last_us)])
    day, count = _of_file(file, layout)
    inside = (day >= first_day) & (day <= last_day)
    return day[inside], count[inside]


def _of_file(file: LiveFile, layout: Layout) -> _Counts:
    with _lock:
        if file.path in _remembered:
            _remembered.move_to_end(file.path)
            return _remembered[file.path]
    counted = _count(_times(file, layout))
    with _lock:
        _remembered[file.path] = counted
        while len(_remembered) > _KEPT_FILES:
            _remembered.popitem(last=False)
    return counted


def _times(file: LiveFile, layout: Layout) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    table = pq.read_table(file.path, columns=[layout.time], partitioning=None)
    return epoch_us(table[layout.time])


def _count(times: np.ndarray[tuple[int], np.dtype[np.int64]]) -> _Counts:
    day, count = np.unique(times // DAY_US, return_counts=True)
    return day, count.astype(np.int64)


def _joined(
    arrays: list[np.ndarray[tuple[int], np.dtype[np.int64]]],
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.concatenate(arrays) if arrays else np.empty(0, dtype=np.int64)
