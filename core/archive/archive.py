"""The archive: one folder with tables and catalogue, opened and created as a whole."""

from __future__ import annotations

import errno
import json
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from sqlalchemy.exc import OperationalError

from core.archive import schema
from core.archive.catalogue import Catalogue, catalogue_url
from core.archive.durable import write_text
from core.archive.ephemeris import EphemerisTable
from core.archive.indices import IndicesTable
from core.archive.products import ProductsTable
from core.archive.recovery import mend
from core.errors import ArchiveError
from core.settings import Settings

FORMAT = "aurora-atlas-archive"
FORMAT_VERSION = 1
_MARKER = "archive.json"


class Archive:
    """Records, catalogue and image folders under one path; use `create` or `open`.

    Attributes
    ----------
    settings : Settings
        What it was opened with.
    path : Path
        The archive folder.
    catalogue : Catalogue
        Data sources, searches, ingest log.
    ephemeris, products, indices
        The tables of records.
    images_path, results_path : Path
        Folders for image stores and for the results of searches.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.path = settings.archive.resolve()
        self.images_path = self.path / "images"
        self.results_path = self.path / "results"
        tables, retries = self.path / "tables", settings.commit_retries
        self.ephemeris = EphemerisTable(tables, retries)
        self.products = ProductsTable(tables, retries)
        self.indices = IndicesTable(tables, retries)
        url = catalogue_url(settings.catalogue_url, self.path)
        self.catalogue = Catalogue(url, self._has_records)

    @classmethod
    def create(cls, settings: Settings) -> Archive:
        """Create the archive, or complete and update the one that is there, and open it.

        Safe to call again, from several processes, and after it was killed half-way.

        Raises
        ------
        ArchiveError
            The folder holds an archive of another format or of a newer program, or it cannot be
            made or written.
        """
        path = settings.archive.resolve()
        if exists(settings):
            _check_marker(path)
        _make_folders(path)
        archive = cls(settings)
        with _closed_on_failure(archive):
            archive._mend()
            for table in archive._tables():
                table.create()
            schema.upgrade(archive.catalogue.engine)
        if not exists(settings):
            _write_marker(path)
        return archive

    @classmethod
    def open(cls, settings: Settings) -> Archive:
        """Open an archive that `create` made.

        Raises
        ------
        ArchiveError
            There is none, it has another format version, it cannot be written, or its
            catalogue is not at the revision of this program; the hint says what to do.
        """
        path = settings.archive.resolve()
        if not exists(settings):
            raise ArchiveError(
                f"There is no archive in {path}.",
                hint="`make archive` makes one; ATLAS_ARCHIVE names its folder.",
                path=str(path),
            )
        _check_marker(path)
        _check_writable(path)
        archive = cls(settings)
        with _closed_on_failure(archive):
            schema.check(archive.catalogue.engine)
            archive._mend()
        return archive

    @staticmethod
    def exists(settings: Settings) -> bool:
        """Tell whether the folder of `settings` holds an archive."""
        return exists(settings)

    def close(self) -> None:
        """Close the catalogue's connections."""
        self.catalogue.close()

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _tables(self) -> tuple[Any, ...]:
        return (self.ephemeris.store, self.products.store, self.indices.store)

    def _mend(self) -> None:
        for table in self._tables():
            mend(table.root)

    def _has_records(self, source: int) -> bool:
        stores = (self.ephemeris.store, self.products.store)
        return any(file.key == source for store in stores for file in store.snapshot().files)


def exists(settings: Settings) -> bool:
    """Tell whether the folder of `settings` holds an archive (one that was made to the end)."""
    try:
        return (settings.archive / _MARKER).is_file()
    except OSError as error:
        raise _unusable(settings.archive.absolute(), "read", error) from error


@contextmanager
def _closed_on_failure(archive: Archive) -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        archive.close()
        reason = str(error.orig).strip().splitlines()[0].rstrip(".")
        raise ArchiveError(
            f"The catalogue cannot be used: {reason}.",
            hint="ATLAS_CATALOGUE_URL names its database; empty means SQLite in the archive.",
        ) from error
    except BaseException:
        archive.close()
        raise


def _make_folders(path: Path) -> None:
    for folder in (path, path / "tables", path / "images", path / "results"):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except FileExistsError as error:
            error.strerror = "a file has that name"
            raise _unusable(folder, "made", error) from error
        except OSError as error:
            raise _unusable(folder, "made", error) from error
    _check_writable(path)


def _check_writable(path: Path) -> None:
    """Refuse an archive that this user may only read: even a search writes its state there."""
    for place in (path, path / "tables", path / "images", path / "results", path / _MARKER):
        if place.exists() and not os.access(place, os.W_OK):
            error = PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            raise _unusable(place, "written", error)


def _unusable(path: Path, what: str, error: OSError) -> ArchiveError:
    return ArchiveError(
        f"{path} cannot be {what}: {(error.strerror or str(error)).lower()}.",
        hint="ATLAS_ARCHIVE names the archive's folder; it must be one that you may write.",
        path=str(path),
    )


def _check_marker(path: Path) -> None:
    try:
        marker = json.loads((path / _MARKER).read_text(encoding="utf-8"))
        kind, version = marker["format"], marker["version"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ArchiveError(
            f"{path / _MARKER} cannot be read.",
            hint="It says which format the archive has; take it from a backup.",
            path=str(path),
        ) from error
    if kind != FORMAT or version != FORMAT_VERSION:
        raise ArchiveError(
            f"The archive in {path} has format {kind} {version}.",
            hint=f"This program reads {FORMAT} {FORMAT_VERSION}.",
            path=str(path),
            version=version,
        )


def _write_marker(path: Path) -> None:
    marker = {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "id": str(uuid.uuid4()),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    write_text(path / _MARKER, json.dumps(marker, indent=2) + "\n")
