"""The track index of an archive: which files it has, opened, made and thrown away.

A file's name carries a token of the data files that it was made from, so that one that is out
of date is never found. Files are made aside and renamed: processes that make the same one at
once do no harm. Whatever goes wrong with the index, a search goes on with the table.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from core.archive import duck
from core.errors import IndexDamaged
from core.instruments.model import DataSource
from core.logs import get_logger
from core.search.index.build import index_arrays, minutes_of
from core.search.index.file import VERSION, IndexFile, write_index
from core.search.index.minutes import SourceMinutes
from core.search.index.source_minutes import SourceYear, source_years, year_minutes
from core.search.index.tracks import Bools

if TYPE_CHECKING:
    from core.archive import Archive

log = get_logger(__name__)

SUFFIX = ".tracks"
# A search makes the file of a source-year when it reads at least this part of its records.
_WORTH = 4
# Seconds until making files is tried again after the folder could not be written.
_RETRY_S = 600.0

# Age at which a file that is being made must be of a process that was killed.
_ABANDONED_S = 3600.0

_stores: WeakKeyDictionary[Archive, IndexStore] = WeakKeyDictionary()
_stores_lock = threading.Lock()


def store_of(archive: Archive) -> IndexStore | None:
    """Return the track index of an archive; None where the settings do without."""
    if not archive.settings.track_index:
        return None
    with _stores_lock:
        if archive not in _stores:
            _stores[archive] = IndexStore(archive)
        return _stores[archive]


class IndexStore:
    """Files of the track index of one archive; safe in threads and among processes."""

    def __init__(self, archive: Archive) -> None:
        self.folder = index_folder(archive)
        self._table = archive.ephemeris.store
        self._limit = archive.settings.index_open_files
        self._most_bytes = archive.settings.max_index_bytes
        self._open: OrderedDict[Path, IndexFile] = OrderedDict()
        # Checked blocks by path and identity: they outlive the mapping of a file.
        self._checked: dict[Path, tuple[tuple[int, int, int], Bools]] = {}
        self._lock = threading.Lock()
        self._making: dict[Path, threading.Lock] = {}
        self._rest_until = 0.0
        # Years up to this one found no room, until then.
        self._crowded: tuple[int, float] = (0, 0.0)

    def minutes(
        self,
        source: DataSource,
        records: SourceYear,
        first: int,
        count: int,
        types: Sequence[str],
        centric: bool,
    ) -> SourceMinutes | None:
        """Return minutes of a source out of its index, which is made where that is worth while.

        Parameters
        ----------
        source : DataSource
        records : SourceYear
            Where the table keeps its records of the year.
        first, count : int
            First minute since 1970, and how many, all inside the year.
        types : sequence of str
            Conjunction types whose positions are wanted.
        centric : bool
            Whether geodetic latitudes are turned into geocentric ones.

        Returns
        -------
        SourceMinutes or None
            None where there is no index and none can be made now: read the table.
        """
        path = self.path_of(source, records)
        start = year_minutes(records.year)[0]
        for _ in range(2):  # a second time after a damaged file was thrown away
            opened = self._opened(path)
            if opened is None and _worth_while(records, first, count):
                opened = self.make(source, records)
            if opened is None:
                return None
            try:
                return minutes_of(opened, first - start, count, types, centric)
            except IndexDamaged as error:
                self._throw_away(path, error)
        return None

    def path_of(self, source: DataSource, records: SourceYear) -> Path:
        """Return where the index of a source-year belongs that is made from these records."""
        frame = "d" if source.latitude_frame == "geodetic" else "c"
        name = f"{records.year}-{VERSION}{frame}{records.token}{SUFFIX}"
        return self.folder / str(records.source) / name

    def make(self, source: DataSource, records: SourceYear) -> IndexFile | None:
        """Make the index of a source-year unless it is there; of threads that ask one makes it.

        Returns
        -------
        IndexFile or None
            None where it cannot be written now; the log says so once.
        """
        path = self.path_of(source, records)
        with self._lock:
            making = self._making.setdefault(path, threading.Lock())
        with making:
            try:
                return self._opened(path) or self._write(source, records, path)
            finally:
                with self._lock:
                    self._making.pop(path, None)

    def has(self, source: DataSource, records: SourceYear) -> bool:
        """Tell whether the index of a source-year is there and up to date."""
        return self.path_of(source, records).is_file()

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
            if path.name.endswith((SUFFIX, ".tmp")) and (
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

    def _opened(self, path: Path) -> IndexFile | None:
        with self._lock:
            found = self._open.get(path)
            if found is not None:
                self._open.move_to_end(path)
                return found
        try:
            opened = IndexFile(path)
        except IndexDamaged as error:
            self._throw_away(path, error)
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

    def _write(self, source: DataSource, records: SourceYear, path: Path) -> IndexFile | None:
        if time.monotonic() < self._rest_until or self._is_crowded(records.year):
            return None
        begun = time.perf_counter()
        geodetic = source.latitude_frame == "geodetic"
        arrays = index_arrays(records.files, records.year, geodetic)
        duck.check()
        facts = {"source": records.source, "year": records.year, "records": records.rows}
        try:
            size = write_index(path, facts, arrays, partial(self._make_room, records.year))
        except FileNotFoundError:  # somebody drops the index just now
            return None
        except OSError as error:
            self._rest(error)
            return None
        if size is None:
            return None
        log.debug(
            "track index made",
            source=records.source, year=records.year, bytes=size, s=time.perf_counter() - begun,
        )  # fmt: skip
        self._remove_old(source, records, path)
        return self._opened(path)

    def _is_crowded(self, year: int) -> bool:
        latest, until = self._crowded
        return year <= latest and time.monotonic() < until

    def _make_room(self, year: int, size: int) -> bool:
        """Delete files of the oldest years until one of a later year fits; False if it cannot."""
        found = sorted((_year_of(path), str(path), path, taken) for path, taken in self.files())
        over = sum(taken for *_, taken in found) + size - self._most_bytes
        older = [(path, taken) for of, _, path, taken in found if of < year]
        if over > sum(taken for _, taken in older):
            if self._crowded[1] == 0.0:
                log.warning("the track index is full; searches of older years read the tables",
                            folder=str(self.folder), allowed_bytes=self._most_bytes)  # fmt: skip
            self._crowded = (year, time.monotonic() + _RETRY_S)
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

    def _remove_old(self, source: DataSource, records: SourceYear, path: Path) -> None:
        """Remove what a file has replaced, if it is of the newest version of the table."""
        newest = source_years(self._table.snapshot()).get((records.source, records.year))
        if newest is None or self.path_of(source, newest) != path:
            return  # this search began before the last write
        for other in path.parent.glob(f"{records.year}-*{SUFFIX}"):
            if other != path:
                self.forget(other)
        for aside in path.parent.glob(".*.tmp"):
            with suppress(OSError):
                if abandoned(aside):
                    aside.unlink()

    def _throw_away(self, path: Path, error: IndexDamaged) -> None:
        log.warning("track index damaged", path=str(path), reason=error.details["reason"])
        self.forget(path)


def index_folder(archive: Archive) -> Path:
    """Return the folder of an archive's track index; one outside of it may serve several."""
    chosen = archive.settings.index_folder
    if chosen is None:
        return archive.path / "index"
    name = hashlib.blake2b(str(archive.path).encode(), digest_size=8).hexdigest()
    return chosen.resolve() / name


def _year_of(path: Path) -> int:
    """Return the year that stands in a file's name; 0 for a name that is none of ours."""
    head = path.name.lstrip(".").split("-", 1)[0]
    return int(head) if head.isdigit() else 0


def abandoned(aside: Path) -> bool:
    """Tell whether a file that is being made must be of a process that was killed."""
    with suppress(FileNotFoundError):
        return time.time() - aside.stat().st_mtime > _ABANDONED_S
    return False


def _worth_while(records: SourceYear, first: int, count: int) -> bool:
    """Tell whether reading a part of a year is nearly as much work as reading all of it."""
    return 0 < records.rows <= _WORTH * records.rows_within(first, count)
