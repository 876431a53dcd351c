"""Datasets read lately, kept in memory up to a number of bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import xarray as xr


class DatasetCache:
    """The last datasets read from files that are replaced and never changed; safe in threads.

    Parameters
    ----------
    read : callable
        (path, group) -> dataset.
    max_bytes : int
        Most bytes of arrays that are kept.
    """

    def __init__(self, read: Callable[[Path, str], xr.Dataset], max_bytes: int) -> None:
        self._read, self._max_bytes, self._bytes = read, max_bytes, 0
        self._kept: OrderedDict[tuple[Path, str, int], xr.Dataset] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, path: Path, group: str) -> xr.Dataset:
        """Return the dataset, its arrays read-only because they are shared.

        Raises
        ------
        FileNotFoundError
            The file is gone.
        """
        key = (path, group, path.stat().st_mtime_ns)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        dataset = self._read(path, group)
        for variable in dataset.data_vars.values():
            variable.values.flags.writeable = False
        with self._lock:
            if key not in self._kept:
                self._kept[key] = dataset
                self._bytes += dataset.nbytes
            while self._bytes > self._max_bytes:
                self._bytes -= self._kept.popitem(last=False)[1].nbytes
        return dataset
