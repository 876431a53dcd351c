"""A folder of index files: opened, made and thrown away, within the bytes that it may take.

Files are made aside and renamed: processes that make the same one at once do no harm. Whatever
goes wrong with a file, its reader goes on without it.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy.typing as npt

from core.archive import duck
from core.errors import ArchiveError, IndexDamaged
from core.logs import get_logger
from core.search.index.file import IndexFile, write_index
from core.search.index.tracks import Bools

log = get_logger(__name__)

TRACKS, COLUMN = ".tracks", ".column"
# Seconds until making files is tried again after the folder could not be written.
_RETRY_S = 600.0

# Seconds until what other processes have written is looked at, while there is plenty of room.
_LOOK_S = 10.0

# Age at which a file that is being made must be of a process that was killed.
_ABANDONED_S = 3600.0

Content = tuple[Mapping[str, Any], Mapping[str, npt.NDArray[Any]]]
"""Facts and arrays of one file."""


class IndexFolder:
    """Index files below one folder, in a folder a source; their names begin with the year.

    Safe in threads and among processes.

    Parameters
    ----------
    folder : Path
    most_open : int
        Files that are kept open.
    most_bytes : int
        What all files may take on disk; those of the oldest years make room.
    """

    def __init__(self, folder: Path, most_open: int, most_bytes: int) -> None:
        self.folder = folder
        self._limit, self._most_bytes = most_open, most_bytes
        self._open: OrderedDict[Path, IndexFile] = OrderedDict()
        # Checked blocks by path and identity: they outlive the mapping of a file.
        self._checked: dict[Path, tuple[tuple[int, int, int], Bools]] = {}
        self._lock = threading.Lock()
        self._making: dict[Path, threading.Lock] = {}
        self._rest_until = 0.0
        # By suffix: years up to this one found no room, until then.
        self._crowded: dict[str, tuple[int, float]] = {}
        # Bytes that all files took when they were looked at, and when that was.
        self._taken: tuple[int, float] = (0, -_LOOK_S)

    def make(
        self, wanted: Mapping[Path, str], year: int, read: Callable[[list[str]], list[Content]]
    ) -> dict[Path, IndexFile]:
        """Make files of one source-year that are not there; of threads that ask one makes them.

        Parameters
        ----------
        wanted : mapping of Path to str
            Where files belong, and what `read` calls them.
        year : int
        read : callable
            Given names of files that are missing, returns their contents.

        Returns
        -------
        dict of Path to IndexFile
            Without those that cannot be written now; the log says so once.
        """
        first = min(wanted)
        with self._lock:
            making = self._making.setdefault(first, threading.Lock())
        with making:
            try:
                found = {path: self.opened(path) for path in wanted}
                missing = [path for path, file in found.items() if file is None]
                if missing and not self._hopeless(missing[0].suffix, year):
                    contents = _read_or_none(read, [wanted[path] for path in missing])
                    for path, content in zip(missing, contents, strict=False):
                        found[path] = self._write(path, year, content)
                return {path: file for path, file in found.items() if file is not None}
            finally:
                with self._lock:
                    self._making.pop(first, None)

    def usage(self, source: int | None = None, year: int | None = None) -> tuple[int, int]:
        """Return how many files there are, out of date or not, and the bytes they take on disk."""
        sizes = [size for _, size in self.files(source, year)]
        return len(sizes), sum(sizes)

    def drop(self, source: int | None = None, year: int | None = None) -> tuple[int, int]:
        """Delete files, also those that a killed process left half made; return as `usage`."""
        found = list(self.files(source, year))
        for path, _ in found:
            self.forget(path)
        return len(found), sum(size for _, size in found)

    def files(
        self, source: int | None = None, year: int | None = None
    ) -> Iterator[tuple[Path, int]]:
        """Yield every file, whole or half made, and the bytes that it takes on disk."""
        for path in self.folder.glob(f"{'*' if source is None else source}/*"):
            if path.name.endswith((TRACKS, COLUMN, ".tmp")) and (
                year is None or path.name.lstrip(".").startswith(f"{year}-")
            ):
                with suppress(FileNotFoundError):
                    yield path, path.stat().st_blocks * 512

    def forget(self, path: Path) -> None:
        """Remove a file and what this process holds of it; positions handed out stay valid."""
        with self._lock:
            self._open.pop(path, None)
            self._checked.pop(path, None)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            log.warning("track index not removed", path=str(path), reason=str(error))

    def opened(self, path: Path) -> IndexFile | None:
        """Return a file, None where it is not there or was damaged and is gone now."""
        with self._lock:
            found = self._open.get(path)
            if found is not None:
                self._open.move_to_end(path)
                return found
        try:
            opened = IndexFile(path)
        except IndexDamaged as error:
            self.throw_away(path, error)
            return None
        except OSError:  # not there, or not for us to read
            return None
        self._hold(path, opened)
        return opened

    def _hold(self, path: Path, opened: IndexFile) -> None:
        with self._lock:
            known = self._checked.get(path)
            if known is not None and known[0] == opened.identity:
                opened.checked = known[1]
            self._checked[path] = (opened.identity, opened.checked)
            self._open[path] = opened
            while len(self._open) > self._limit:
                self._open.popitem(last=False)

    def throw_away(self, path: Path, error: IndexDamaged) -> None:
        """Remove a file that turned out to be damaged."""
        log.warning("track index damaged", path=str(path), reason=error.details["reason"])
        self.forget(path)

    def _write(self, path: Path, year: int, content: Content) -> IndexFile | None:
        begun = time.perf_counter()
        duck.check()
        try:
            size = write_index(path, *content, partial(self._make_room, path.suffix, year))
        except FileNotFoundError:  # somebody drops the index just now
            return None
        except OSError as error:
            self._rest(error)
            return None
        if size is None:
            return None
        log.debug("index file made", path=str(path), bytes=size, s=time.perf_counter() - begun)
        for aside in path.parent.glob(".*.tmp"):
            with suppress(OSError):
                if abandoned(aside):
                    aside.unlink()
        return self.opened(path)

    def _hopeless(self, suffix: str, year: int) -> bool:
        """Tell whether a file of a year could not be written, going by what happened last."""
        latest, until = self._crowded.get(suffix, (0, 0.0))
        now = time.monotonic()
        return now < self._rest_until or (year <= latest and now < until)

    def _make_room(self, suffix: str, year: int, size: int) -> bool:
        """Delete files until another fits; False if it cannot.

        Columns go before positions, and never make positions go; of either the oldest years go
        first, and none goes for one of an older year.
        """
        taken, looked = self._taken
        if time.monotonic() - looked < _LOOK_S and taken + size <= self._most_bytes:
            self._taken = (taken + size, looked)
            return True
        found = sorted(
            (path.suffix == TRACKS, year_of(path), str(path), path, taken)
            for path, taken in self.files()
        )
        before = sum(taken for *_, taken in found)
        self._taken = (before + size, time.monotonic())
        over = before + size - self._most_bytes
        older = [
            (path, taken)
            for positions, of, _, path, taken in found
            if (of < year and not (positions and suffix == COLUMN))
        ]
        if over > sum(taken for _, taken in older):
            if suffix == TRACKS and suffix not in self._crowded:
                log.warning("the track index is full; searches of older years read the tables",
                            folder=str(self.folder), allowed_bytes=self._most_bytes)  # fmt: skip
            self._crowded[suffix] = (year, time.monotonic() + _RETRY_S)
            return False
        for path, taken in older:
            if over <= 0:
                break
            self.forget(path)
            over -= taken
        return True

    def _rest(self, error: OSError) -> None:
        first = self._rest_until == 0.0
        self._rest_until = time.monotonic() + _RETRY_S
        if first:
            log.warning(
                "no track index can be written; searches read the tables",
                folder=str(self.folder),
                reason=error.strerror or str(error),
            )


def _read_or_none(read: Callable[[list[str]], list[Content]], names: list[str]) -> list[Content]:
    """Read contents; none where a data file is damaged, which may not matter to who asks."""
    try:
        return read(names)
    except ArchiveError as error:
        log.warning("records not readable for the track index", reason=str(error))
        return []


def year_of(path: Path) -> int:
    """Return the year that stands in a file's name; 0 for a name that is none of ours."""
    head = path.name.lstrip(".").split("-", 1)[0]
    return int(head) if head.isdigit() else 0


def abandoned(aside: Path) -> bool:
    """Tell whether a file that is being made must be of a process that was killed."""
    with suppress(FileNotFoundError):
        return time.time() - aside.stat().st_mtime > _ABANDONED_S
    return False
