"""Datasets that cost something to make, kept in memory and in files up to a number of bytes.

The name of a file is a hash of what it holds and of the version of what made it, so nothing here
goes stale and several processes may share the folder: a file appears whole by rename, two that
make the same write the same. The files that were used longest ago are deleted first; one that
vanishes is made again. A folder that cannot be written costs time, never an answer.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import threading
import time
import uuid
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import structlog
import xarray as xr

log = structlog.get_logger(__name__)

_MEMORY_BYTES = 128 * 2**20
_SUFFIX = ".npz"
_ABANDONED_S = 3600.0
# The folder is measured again when this share of what it may hold has been written since.
_MEASURE_SHARE = 0.05
# The time of use is written no more often than this.
_TOUCH_S = 60.0


class RenderCache:
    """Datasets by key; safe in threads and among processes.

    Parameters
    ----------
    folder : Path
        Where the files are; made when the first is written.
    max_bytes : int
        Most bytes of files; 0 keeps none.
    memory_bytes : int
        Most bytes of arrays in memory.
    """

    def __init__(self, folder: Path, max_bytes: int, memory_bytes: int = _MEMORY_BYTES) -> None:
        self.folder, self._max_bytes, self._memory_bytes = folder, max_bytes, memory_bytes
        self._kept: OrderedDict[str, xr.Dataset] = OrderedDict()
        self._kept_bytes = 0
        self._since_measured = max_bytes  # measured at the first write
        self._lock = threading.Lock()
        self._making: dict[str, tuple[threading.Lock, int]] = {}

    @property
    def max_bytes(self) -> int:
        """Most bytes of files; 0 where none are kept."""
        return self._max_bytes

    def has(self, key: str) -> bool:
        """Return whether the dataset of a key is kept in a file."""
        return self._path(_name(key)).exists()

    def get(self, key: str, make: Callable[[], xr.Dataset]) -> xr.Dataset:
        """Return the dataset of a key, its arrays read-only; `make` is called once at a time.

        Parameters
        ----------
        key : str
            Names everything that the dataset depends on, the version of its maker too.
        make : callable
            Returns it when it is not kept. What it raises is raised to all who wait for it in
            turn, each after a try of its own.
        """
        name = _name(key)
        found = self._from_memory(name)
        if found is not None:
            return found
        with self._alone(name):
            found = self._from_memory(name) or self._from_file(name)
            if found is None:
                found = make()
                self._to_file(name, found)
            self._remember(name, found)
        return found

    def _from_memory(self, name: str) -> xr.Dataset | None:
        with self._lock:
            found = self._kept.get(name)
            if found is not None:
                self._kept.move_to_end(name)
            return found

    def _remember(self, name: str, dataset: xr.Dataset) -> None:
        for variable in dataset.data_vars.values():
            if isinstance(variable.values, np.ndarray):
                variable.values.flags.writeable = False
        with self._lock:
            if name not in self._kept:
                self._kept[name] = dataset
                self._kept_bytes += dataset.nbytes
            while self._kept_bytes > self._memory_bytes and len(self._kept) > 1:
                self._kept_bytes -= self._kept.popitem(last=False)[1].nbytes

    @contextlib.contextmanager
    def _alone(self, name: str) -> Iterator[None]:
        with self._lock:
            lock, users = self._making.get(name, (threading.Lock(), 0))
            self._making[name] = (lock, users + 1)
        try:
            with lock:
                yield
        finally:
            with self._lock:
                lock, users = self._making[name]
                if users == 1:
                    del self._making[name]
                else:
                    self._making[name] = (lock, users - 1)

    def _path(self, name: str) -> Path:
        return self.folder / name[:2] / f"{name}{_SUFFIX}"

    def _from_file(self, name: str) -> xr.Dataset | None:
        path = self._path(name)
        try:
            dataset = read(path)
            if time.time() - path.stat().st_mtime > _TOUCH_S:
                os.utime(path)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
            log.warning("render cache file cannot be read", path=str(path), error=str(error))
            return None
        return dataset

    def _to_file(self, name: str, dataset: xr.Dataset) -> None:
        if not self._max_bytes:
            return
        path = self._path(name)
        part = path.with_name(f".{name}-{os.getpid()}-{uuid.uuid4().hex}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                write(part, dataset)
                size = part.stat().st_size
                part.replace(path)
            finally:
                part.unlink(missing_ok=True)
            self._make_room(size)
        except OSError as error:
            log.warning("render cache cannot be written", folder=str(self.folder), error=str(error))

    def _make_room(self, written: int) -> None:
        with self._lock:
            self._since_measured += written
            if self._since_measured < _MEASURE_SHARE * self._max_bytes:
                return
            self._since_measured = 0
        files = sorted(self._files())
        total = sum(size for _, size, _ in files)
        for _, size, path in files:
            # A twentieth may be written before the next look.
            if total <= (1 - _MEASURE_SHARE) * self._max_bytes:
                break
            path.unlink(missing_ok=True)
            total -= size

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        """Yield time of use, size and path of every file; what a killed writer left is deleted."""
        for path in self.folder.glob("??/*"):
            with contextlib.suppress(FileNotFoundError):
                stat = path.stat()
                if path.suffix == _SUFFIX:
                    yield stat.st_mtime, stat.st_size, path
                elif time.time() - stat.st_mtime > _ABANDONED_S:
                    path.unlink()


def _name(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:40]


def write(path: Path, dataset: xr.Dataset) -> None:
    """Write a dataset of plain arrays as a NumPy archive."""
    arrays = {str(name): variable.values for name, variable in dataset.variables.items()}
    about = {
        "attrs": dataset.attrs,
        "coords": [str(name) for name in dataset.coords],
        "variables": {
            str(name): {"dims": list(variable.dims), "attrs": variable.attrs}
            for name, variable in dataset.variables.items()
        },
    }
    text = json.dumps(about, default=_plain).encode()
    with path.open("wb") as file:
        arrays[_ABOUT] = np.frombuffer(text, dtype=np.uint8)
        np.savez(file, **arrays)  # type: ignore[arg-type]  # names are free, as the manual says


def read(path: Path) -> xr.Dataset:
    """Read what `write` wrote; nothing in the file is executed."""
    with path.open("rb") as file, np.load(file, allow_pickle=False) as content:
        about = json.loads(content[_ABOUT].tobytes())
        variables = {
            name: xr.Variable(item["dims"], content[name], item["attrs"])
            for name, item in about["variables"].items()
        }
    coords = {name: variables.pop(name) for name in about["coords"]}
    return xr.Dataset(variables, coords, about["attrs"])


_ABOUT = "about.json"


def _plain(value: object) -> object:
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    return str(value)
