"""How many records of an archive were observed and how many are simulated.

The listing of files says so where a file's rows agree; the others are read once and remembered.
"""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.archive.snapshot import LiveFile

if TYPE_CHECKING:
    from core.archive.archive import Archive

_KEPT_FILES = 50_000

_lock = threading.Lock()
_remembered: OrderedDict[Path, Counter[str]] = OrderedDict()


def provenance_counts(archive: Archive) -> dict[str, int]:
    """Return how many ephemeris records and data products there are of each provenance.

    Keys are those of `core.archive.columns.PROVENANCES` that occur; an empty archive gives an
    empty mapping.
    """
    counts: Counter[str] = Counter()
    for table in (archive.ephemeris, archive.products):
        for file in table.store.snapshot().files:
            counts += file_provenances(file)
    return dict(counts)


def file_provenances(file: LiveFile) -> Counter[str]:
    """Return how many records of each provenance a data file holds."""
    if file.provenance is not None and file.rows >= 0:
        return Counter({file.provenance: file.rows})
    with _lock:
        if file.path in _remembered:
            _remembered.move_to_end(file.path)
            return _remembered[file.path]
    counted = _read(file.path)
    with _lock:
        _remembered[file.path] = counted
        while len(_remembered) > _KEPT_FILES:
            _remembered.popitem(last=False)
    return counted


def _read(path: Path) -> Counter[str]:
    column = pq.read_table(path, columns=["provenance"], partitioning=None)["provenance"]
    return Counter(
        {str(row["values"]): row["counts"] for row in pc.value_counts(column).to_pylist()}
    )
