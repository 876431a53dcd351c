"""The track index of an archive: which files it has, and the records that are read from them.

A file's name carries a token of the data files that it was made from, so that one that is out
of date is never found. Positions of a source-year stand in one file; a column of its records that
filters ask for stands in a file of its own. Whatever goes wrong, a search goes on with the table.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import pyarrow as pa

from core.errors import IndexDamaged
from core.instruments.model import DataSource
from core.search.index.build import index_arrays, minutes_of
from core.search.index.columns import column_contents, records_of
from core.search.index.file import VERSION, IndexFile
from core.search.index.folder import COLUMN, TRACKS, Content, IndexFolder
from core.search.index.minutes import SourceMinutes
from core.search.index.source_minutes import SourceYear, source_years, year_minutes

if TYPE_CHECKING:
    from core.archive import Archive

# A search makes the files of a source-year when it reads at least this part of its records.
_WORTH = 4
_ATTEMPTS = 2  # a second one after a damaged file was thrown away

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


class IndexStore(IndexFolder):
    """Files of the track index of one archive; safe in threads and among processes."""

    def __init__(self, archive: Archive) -> None:
        settings = archive.settings
        super().__init__(index_folder(archive), settings.index_open_files, settings.max_index_bytes)
        self._table = archive.ephemeris.store

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
        for _ in range(_ATTEMPTS):
            opened = self.opened(path)
            if opened is None and _worth_while(records, first, count):
                opened = self.make_tracks(source, records)
            if opened is None:
                return None
            try:
                return minutes_of(opened, first - start, count, types, centric)
            except IndexDamaged as error:
                self.throw_away(path, error)
        return None

    def columns(
        self,
        records: SourceYear,
        names: Sequence[str],
        first: int,
        count: int,
        make: bool = True,
    ) -> pa.Table | None:
        """Return columns of records out of their files, which are made where that is worth while.

        Parameters
        ----------
        records : SourceYear
            Where the table keeps the records of the year.
        names : sequence of str
            Metadata columns, and columns of positions.
        first, count : int
            First minute since 1970, and how many, all inside the year.
        make : bool, optional
            Whether to make files that are missing.

        Returns
        -------
        pyarrow.Table or None
            See `records_of`; None also where there are no files and none can be made now.
        """
        paths = {self.column_path_of(records, name): name for name in names}
        for _ in range(_ATTEMPTS):
            opened = {path: file for path in paths if (file := self.opened(path)) is not None}
            if len(opened) < len(paths) and make and _worth_while(records, first, count):
                opened = self._make_columns(records, paths)
            if len(opened) < len(paths):
                return None
            try:
                return records_of(
                    {name: opened[path] for path, name in paths.items()}, first, count
                )
            except IndexDamaged as error:
                self.throw_away(Path(error.details["path"]), error)
        return None

    def path_of(self, source: DataSource, records: SourceYear) -> Path:
        """Return where the positions of a source-year belong that are made from these records."""
        frame = "d" if source.latitude_frame == "geodetic" else "c"
        name = f"{records.year}-{VERSION}{frame}{records.token}{TRACKS}"
        return self.folder / str(records.source) / name

    def column_path_of(self, records: SourceYear, name: str) -> Path:
        """Return where a column of these records belongs."""
        short = hashlib.blake2b(name.encode(), digest_size=10).hexdigest()
        return self.folder / str(records.source) / f"{_column_stem(records)}.{short}{COLUMN}"

    def columns_asked(self) -> dict[int, set[str]]:
        """Return the columns that searches have had made of some year of each source."""
        first: dict[tuple[str, str], Path] = {}
        for path in sorted(self.folder.glob(f"*/*{COLUMN}")):
            first[path.parent.name, path.suffixes[0]] = path
        out: dict[int, set[str]] = {}
        for (source, _), path in first.items():
            opened = self.opened(path)
            if opened is not None and source.isdigit():
                out.setdefault(int(source), set()).add(str(opened.facts["column"]))
        return out

    def is_current(self, path: Path, source: DataSource, records: SourceYear) -> bool:
        """Tell whether a file was made from the records that a source-year has now."""
        if path.suffix == COLUMN:
            return path.name.split(".", 1)[0] == _column_stem(records)
        return path == self.path_of(source, records)

    def make_tracks(self, source: DataSource, records: SourceYear) -> IndexFile | None:
        """Make the file of positions of a source-year unless it is there.

        Returns
        -------
        IndexFile or None
            None where it cannot be written now; the log says so once.
        """

        def read(_: list[str]) -> list[Content]:
            geodetic = source.latitude_frame == "geodetic"
            facts = {"source": records.source, "year": records.year, "records": records.rows}
            return [(facts, index_arrays(records.files, records.year, geodetic))]

        path = self.path_of(source, records)
        made = self.make({path: "tracks"}, records.year, read).get(path)
        self._remove_old(records, {path} if made else set())
        return made

    def make_columns(self, records: SourceYear, names: Iterable[str]) -> bool:
        """Make columns of a source-year unless they are there; False where that cannot be now."""
        paths = {self.column_path_of(records, name): name for name in names}
        return len(self._make_columns(records, paths)) == len(paths)

    def _make_columns(
        self, records: SourceYear, paths: Mapping[Path, str]
    ) -> dict[Path, IndexFile]:
        def read(names: list[str]) -> list[Content]:
            found = column_contents(records.files, names)
            return [(found[name].facts, found[name].arrays) for name in names]

        made = self.make(paths, records.year, read)
        self._remove_old(records, set(made))
        return made

    def has(self, source: DataSource, records: SourceYear) -> bool:
        """Tell whether the positions of a source-year are there and up to date."""
        return self.path_of(source, records).is_file()

    def _remove_old(self, records: SourceYear, made: set[Path]) -> None:
        """Remove what files have replaced, if they are of the newest version of the table."""
        newest = source_years(self._table.snapshot()).get((records.source, records.year))
        if newest is None or newest.token != records.token:
            return  # this search began before the last write
        for path in made:
            kind = "".join(path.suffixes)
            for other in path.parent.glob(f"{records.year}-*{kind}"):
                if other != path:
                    self.forget(other)


def index_folder(archive: Archive) -> Path:
    """Return the folder of an archive's track index; one outside of it may serve several."""
    chosen = archive.settings.index_folder
    if chosen is None:
        return archive.path / "index"
    name = hashlib.blake2b(str(archive.path).encode(), digest_size=8).hexdigest()
    return chosen.resolve() / name


def _column_stem(records: SourceYear) -> str:
    return f"{records.year}-{VERSION}{records.token}"


def _worth_while(records: SourceYear, first: int, count: int) -> bool:
    """Tell whether reading a part of a year is nearly as much work as reading all of it."""
    return 0 < records.rows <= _WORTH * records.rows_within(first, count)
