"""Taking official skymaps into the archive."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.archive.ingest_report import (
    FileOutcome,
    IngestReport,
    Progress,
    refused_outcome,
    take_each,
)
from core.errors import FileRefused
from core.imaging.readers.bounded import sha256_of
from core.imaging.skymap import Skymap
from core.imaging.skymap_sav import read_skymap
from core.imaging.skymap_store import SkymapStore
from core.instruments.registry import array_for

if TYPE_CHECKING:
    from core.archive import Archive


def ingest_skymaps(
    archive: Archive, paths: Sequence[Path], progress: Progress | None = None
) -> IngestReport:
    """Take skymap files into the archive; one that is there already changes nothing.

    Parameters
    ----------
    archive : Archive
        Open for writing.
    paths : sequence of Path
        Files that `core.imaging.skymap_sav.read_skymap` reads.
    progress : callable, optional
        Called before each file with its name and the share done so far.

    Returns
    -------
    IngestReport
        A refused file stands in it with the reason and does not stop the others.
    """
    store = SkymapStore(archive)
    return take_each(archive, "skymap", paths, lambda path: _take(archive, store, path), progress)


def _take(archive: Archive, store: SkymapStore, path: Path) -> FileOutcome:
    try:
        skymap = read_skymap(path, archive.settings.max_skymap_file_bytes)
        new = store.add(skymap, path)
        sha256 = sha256_of(path)
    except FileRefused as error:
        return refused_outcome(path, error)
    return FileOutcome(path, "accepted" if new else "unchanged", _summary(skymap), sha256)


def _summary(skymap: Skymap) -> str:
    label = array_for(skymap.array).label
    end = f" to {_text(skymap.valid_to)}" if skymap.valid_to is not None else " on"
    return (
        f"skymap of {label} {skymap.site.upper()} ({skymap.camera}), "
        f"{skymap.shape[0]} x {skymap.shape[1]}, from {_text(skymap.valid_from)}{end}"
    )


def _text(moment: object) -> str:
    return str(moment)[:16].replace("T", " ")
