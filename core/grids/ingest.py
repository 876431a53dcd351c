"""Taking files of grids into the archive."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import xarray as xr

from core.archive.ingest_report import (
    FileOutcome,
    IngestReport,
    Progress,
    refused_outcome,
    take_each,
)
from core.errors import Conflict, FileRefused
from core.grids.readers import read_grid
from core.grids.spread import looks_turned
from core.grids.store import GridStore
from core.imaging.readers.bounded import sha256_of

if TYPE_CHECKING:
    from core.archive import Archive

_TURNED = (
    "; LOOK AT IT: turned by 180 degrees of longitude it would lie narrower along the auroral oval"
)


def ingest_grids(
    archive: Archive, paths: Sequence[Path], progress: Progress | None = None
) -> IngestReport:
    """Take files of grids into the archive; what is there already changes nothing.

    A forecast that would lie narrower along the auroral oval when it is turned by half a circle
    is taken as its format says, and the report says so.

    Parameters
    ----------
    archive : Archive
        Open for writing.
    paths : sequence of Path
        Files that `core.grids.readers.read_grid` reads.
    progress : callable, optional
        Called before each file with its name and the share done so far.

    Returns
    -------
    IngestReport
        A refused file stands in it with the reason and does not stop the others; `rows` of a file
        counts its grids.
    """
    store = GridStore(archive)
    return take_each(archive, "grid", paths, lambda path: _take(archive, store, path), progress)


def _take(archive: Archive, store: GridStore, path: Path) -> FileOutcome:
    try:
        grids = read_grid(path, archive.settings.max_grid_file_bytes)
        new = store.add(grids)
        sha256 = sha256_of(path)
    except (FileRefused, Conflict) as error:
        return refused_outcome(path, error)
    said, count = _summary(grids, new), grids.sizes["time"]
    return FileOutcome(path, "accepted" if new else "unchanged", said, sha256, count)


def _summary(grids: xr.Dataset, new: int) -> str:
    count, times = grids.sizes["time"], grids["time"].values.astype("M8[s]")
    when = str(times[0]).replace("T", " ")
    if count > 1:
        when += f" to {str(times[-1])[11:]}"
    text = f"{grids.attrs['series']}: {new} of {count} grids new or changed, {when}"
    forecast = grids.attrs["kind"] == "probability"
    return text + (_TURNED if forecast and _any_turned(grids) else "")


def _any_turned(grids: xr.Dataset) -> bool:
    pairs = zip(grids["grid"].values, grids["time"].values, strict=True)
    return any(looks_turned(grid, time) for grid, time in pairs)
