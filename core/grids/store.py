"""Where grids are kept: one packed Zarr group for each series and UT minute."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

if TYPE_CHECKING:
    from core.archive import Archive


class GridStore:
    """The grids of an archive; safe in threads and with many processes.

    Parameters
    ----------
    archive : Archive
        Its `images_path` holds the files, in the folder ``grids/<series>``.
    """

    def __init__(self, archive: Archive) -> None:
        self.root = Path(archive.images_path) / "grids"

    def add(self, dataset: xr.Dataset) -> int:
        """Add grids to their series; return how many were new or changed."""
        raise NotImplementedError

    def series(self) -> list[str]:
        """Return the keys of the series that have grids, in order."""
        return []

    def times(
        self, series: str, start: np.datetime64, end: np.datetime64
    ) -> NDArray[np.datetime64]:
        """Return the valid times of grids with start <= time < end, datetime64[us], in order."""
        return np.array([], "datetime64[us]")

    def read(self, series: str, time: np.datetime64) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Return the grid that is valid at exactly this time, (512, 1024), and its attributes."""
        raise NotImplementedError

    def version(self, series: str, time: np.datetime64 | None = None) -> str:
        """Return a text that changes whenever the series (or what is at a time) changes."""
        return ""
