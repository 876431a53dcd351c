"""Records per source and day, counted once for each data file and remembered."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
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


def day_matrix(
    files: Sequence[LiveFile],
    layout: Layout,
    rows: Mapping[int | str, int],
    first_day: int,
    days: int,
) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Return how many rows each key has on each day, days without any included.

    Parameters
    ----------
    files : sequence of LiveFile
        Of keys in `rows`.
    layout : Layout
        Of their table.
    rows : mapping
        Key to its row in the answer.
    first_day, days : int
        First day, counted from 1970-01-01, and number of days.
    """
    out = np.zeros((len(rows), days), dtype=np.int64)
    for file in files:
        day, count = _of_file(file, layout)
        low, high = np.searchsorted(day, (first_day, first_day + days)).tolist()
        # The days of a file are distinct, so that none is lost in this addition.
        out[rows[file.key], day[low:high] - first_day] += count[low:high]
    return out


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
    counted = _count(
        _all_times(file, layout) if _is_gapless(file, layout) else _times(file, layout)
    )
    with _lock:
        _remembered[file.path] = counted
        while len(_remembered) > _KEPT_FILES:
            _remembered.popitem(last=False)
    return counted


def _times(file: LiveFile, layout: Layout) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    # A third of the time that `read_table` takes, which looks at folders first.
    with pq.ParquetFile(file.path) as opened:
        return epoch_us(opened.read(columns=[layout.time], use_threads=False)[layout.time])


def _is_gapless(file: LiveFile, layout: Layout) -> bool:
    """Tell from the log alone that a file has a row for every step between its first and last.

    That holds where the key and the time are a row's identity: as many distinct times as steps.
    """
    if set(layout.identity) != {layout.key, layout.time}:
        return False
    return file.rows == (file.last_us - file.first_us) // layout.resolution_us + 1


def _all_times(file: LiveFile, layout: Layout) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    step = layout.resolution_us
    return np.arange(file.first_us, file.last_us + step, step, dtype=np.int64)


def _count(times: np.ndarray[tuple[int], np.dtype[np.int64]]) -> _Counts:
    day, count = np.unique(times // DAY_US, return_counts=True)
    return day, count.astype(np.int64)


def _joined(
    arrays: list[np.ndarray[tuple[int], np.dtype[np.int64]]],
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.concatenate(arrays) if arrays else np.empty(0, dtype=np.int64)
