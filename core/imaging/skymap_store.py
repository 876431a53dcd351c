"""The official skymaps of an archive: files named by their hash, and a table that describes them.

A file is copied before its row is written, so that what the table names is there; a file without a
row is never looked at. The table alone tells which skymap suits; files are read when they are used,
and the last ones used are kept.
"""

from __future__ import annotations

import os
import shutil
import threading
import uuid
from collections import OrderedDict
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from core.archive.durable import sync_file, sync_folder
from core.archive.models import SkymapRow
from core.errors import BadInput, FileRefused
from core.imaging.readers.bounded import refused, sha256_of
from core.imaging.skymap import OFFICIAL, Skymap, SkymapEntry
from core.imaging.skymap_check import SkymapUse, check, nearest
from core.imaging.skymap_sav import read_skymap

if TYPE_CHECKING:
    from core.archive import Archive

_KEPT = 32  # of 2 MB each, and as much again for every altitude in use


class SkymapStore:
    """The skymaps that were taken in; safe in threads.

    Parameters
    ----------
    archive : Archive
        Its `images_path` holds the files, in the folder ``skymaps``.
    """

    def __init__(self, archive: Archive) -> None:
        self.root = Path(archive.images_path) / "skymaps"
        self._catalogue = archive.catalogue
        self._max_bytes = archive.settings.max_skymap_file_bytes
        self._kept: OrderedDict[str, Skymap] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, skymap: Skymap, path: Path) -> bool:
        """Take a skymap in; return whether it was new.

        Parameters
        ----------
        skymap : Skymap
            As `core.imaging.skymap_sav.read_skymap` read it.
        path : Path
            The file it was read from; it is copied.

        Raises
        ------
        BadInput
            The skymap is no official one.
        FileRefused
            The file cannot be read any more.
        """
        if skymap.kind != OFFICIAL:
            raise BadInput(
                f"A skymap of kind {skymap.kind} is computed, not kept.",
                field="kind", value=skymap.kind,
            )  # fmt: skip
        sha256, copied = self._copy(path)
        return self._write_row(sha256, skymap, path.name) or copied

    def all(self, array: str | None = None, site: str | None = None) -> list[Skymap]:
        """Return the skymaps of an array and site, oldest first; None is any."""
        return [self.load(entry) for entry in self.entries(array, site)]

    def entries(self, array: str | None = None, site: str | None = None) -> list[SkymapEntry]:
        """Return what the table says, without reading files; by array, site and date."""
        query = select(SkymapRow)
        if array is not None:
            query = query.where(SkymapRow.array == array)
        if site is not None:
            query = query.where(SkymapRow.site == site.lower())
        with self._catalogue.reading() as session:
            found = [_entry(row) for row in session.scalars(query)]
        return sorted(found, key=lambda e: (e.array, e.site, str(e.valid_from), e.source))

    def state(self) -> str:
        """Return a text that changes when a skymap is taken in: none is ever taken out."""
        with self._catalogue.reading() as session:
            return str(session.scalar(select(func.count()).select_from(SkymapRow)))

    def use(
        self, array: str, site: str, camera: str, time: np.datetime64, *, accept: bool = False
    ) -> SkymapUse:
        """Return the best skymap for frames; see `core.imaging.skymap_check.use_skymap`.

        Raises
        ------
        NotFound
            There is none of this array and site.
        SkymapRefused
            None holds for this camera and time, and `accept` is false.
        """
        best = nearest(self.entries(array, site), array, site, camera, time)
        return check(self.load(best), site, camera, time, array=array, accept=accept)

    def choose(self, array: str, site: str, camera: str, time: np.datetime64) -> Skymap:
        """Return the newest skymap that holds for a camera at a time; raises as `use`."""
        return self.use(array, site, camera, time).skymap

    def load(self, entry: SkymapEntry) -> Skymap:
        """Return the skymap of an entry.

        Raises
        ------
        FileRefused
            Its file in the archive is gone or damaged.
        """
        with self._lock:
            if entry.sha256 in self._kept:
                self._kept.move_to_end(entry.sha256)
                return self._kept[entry.sha256]
        skymap = replace(self._read(entry), source=entry.source)
        with self._lock:
            self._kept[entry.sha256] = skymap
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return skymap

    def _read(self, entry: SkymapEntry) -> Skymap:
        path = self._path(entry.sha256)
        try:
            return read_skymap(path, self._max_bytes)
        except FileRefused as error:
            raise FileRefused(
                f"The archive's copy of {entry.source} is refused: {error.reason}.",
                hint="Take it in again: `python -m core ingest skymap FILE`.",
                path=str(path),
                reason=str(error.reason),
            ) from error

    def _path(self, sha256: str) -> Path:
        return self.root / f"{sha256}.sav"

    def _copy(self, path: Path) -> tuple[str, bool]:
        """Copy a file under its hash; return that, and whether it was not there."""
        self.root.mkdir(parents=True, exist_ok=True)
        temporary = self.root / f".build-{os.getpid()}-{uuid.uuid4().hex}"
        try:
            shutil.copyfile(path, temporary)
            sha256 = sha256_of(temporary)
            target = self._path(sha256)
            if target.is_file() and sha256_of(target) == sha256:
                return sha256, False
            sync_file(temporary)
            temporary.replace(target)
            sync_folder(self.root)
        except OSError as error:
            raise refused(path, f"it cannot be copied ({error.strerror or error})") from error
        finally:
            temporary.unlink(missing_ok=True)
        return sha256, True

    def _write_row(self, sha256: str, skymap: Skymap, name: str) -> bool:
        try:
            with self._catalogue.writing() as session:
                if session.get(SkymapRow, sha256) is not None:
                    return False
                session.add(
                    SkymapRow(
                        sha256=sha256,
                        name=name,
                        array=skymap.array,
                        site=skymap.site,
                        camera=skymap.camera,
                        valid_from=_moment(skymap.valid_from),
                        valid_to=_moment(skymap.valid_to),
                    )
                )
        except IntegrityError:
            return False  # another process took the same file in meanwhile
        return True


def _entry(row: SkymapRow) -> SkymapEntry:
    return SkymapEntry(
        row.sha256, row.name, row.array, row.site, row.camera,
        _time(row.valid_from), _time(row.valid_to),
    )  # fmt: skip


def _moment(time: np.datetime64 | None) -> datetime | None:
    if time is None:
        return None
    moment: datetime = time.astype("M8[s]").astype(datetime)
    return moment.replace(tzinfo=UTC)


def _time(moment: datetime | None) -> np.datetime64 | None:
    return None if moment is None else np.datetime64(moment.replace(tzinfo=None), "s")
