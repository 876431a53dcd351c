"""Weights of a camera's pixels in the cells of the grid or a map: of the part that it sees alone.

They are those of `core.imaging.sampling`, asked for in the cells around the camera: of the grid's
half million a camera sees two thousand. Kept in files, because making them takes half a second of
one core, and in memory, because playing wants those of twenty cameras each time.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from core.geo.sightline import look_at
from core.geo.sphere import distance_km
from core.grids.definition import COLUMNS, centre_of
from core.imaging.projection import MIN_ELEVATION_DEG, MIN_SHARE
from core.imaging.render_cache import RenderCache
from core.imaging.skymap import Skymap
from core.imaging.target_maps import part_in_view
from core.imaging.targets import OVATION_GRID, Target

FloatArray = NDArray[np.float64]

VERSION = 3
"""Raised when the same skymap would give other weights."""
_KEPT_BYTES = 256 * 2**20
_Key = tuple[str, float, str]


@dataclass(frozen=True, eq=False)
class CameraWeights:
    """How the pixels of one camera make up the cells that it sees.

    Attributes
    ----------
    cells : int64 array, shape (n,)
        Flat numbers of cells at least half of which the camera sees, rising.
    matrix : scipy.sparse.csr_array of float64, shape (n, pixels of the image)
        Weights; rows sum to the share of their cell that is seen.
    elevation_deg, distance_km : float array, shape (n,)
        At which the cells' centres are seen, and how far from the camera they are.
    """

    cells: NDArray[np.int64]
    matrix: Any
    elevation_deg: FloatArray
    distance_km: FloatArray

    @cached_property
    def nbytes(self) -> int:
        """Memory of the weights."""
        matrix = self.matrix
        held = (matrix.data, matrix.indices, matrix.indptr, self.cells)
        return int(sum(array.nbytes for array in held))

    @cached_property
    def _shares(self) -> FloatArray:
        return np.asarray(self.matrix @ np.ones(self.matrix.shape[1]))

    def apply(self, image: NDArray[Any]) -> NDArray[np.float32]:
        """Return the means of an image in the cells.

        Parameters
        ----------
        image : array, shape (y, x) or (y, x, channel)
            Pixels that are not finite take no part; a cell has no value where they leave less
            than half of it.

        Returns
        -------
        float32 array, shape (n,) or (n, channel)
        """
        flat = image.reshape(image.shape[0] * image.shape[1], *image.shape[2:])
        values = flat.astype(np.float64)
        shares = self._shares if image.ndim == 2 else self._shares[:, None]
        if image.dtype.kind == "f":
            good = np.isfinite(values)
            if not good.all():
                values = np.where(good, values, 0.0)
                seen = np.asarray(self.matrix @ good.astype(np.float64))
                shares = np.where(seen >= MIN_SHARE - 1e-9, seen, np.nan)
        return np.asarray((self.matrix @ values) / shares, dtype=np.float32)


class WeightsKeeper:
    """The weights of cameras, made once; safe in threads.

    Parameters
    ----------
    files : RenderCache, optional
        Where they are kept beyond the life of the process.
    max_bytes : int
        Most memory for them.
    """

    def __init__(self, files: RenderCache | None = None, max_bytes: int = _KEPT_BYTES) -> None:
        self._files, self._max_bytes = files, max_bytes
        self._kept: OrderedDict[_Key, CameraWeights] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, skymap: Skymap, alt_km: float, target: Target = OVATION_GRID) -> CameraWeights:
        """Return the weights of a camera for light at an altitude, in the cells of a target.

        Raises
        ------
        BadInput
            The altitude is not above the camera.
        """
        key = (skymap.key, float(alt_km), target.key)
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
                return found
        return self._remember(key, self._load(skymap, alt_km, target))

    def ready(self, skymap: Skymap, alt_km: float, target: Target = OVATION_GRID) -> bool:
        """Return whether weights are at hand, in memory or in a file."""
        if (skymap.key, float(alt_km), target.key) in self._kept:
            return True
        return self._files is not None and self._files.has(_file_key(skymap, alt_km, target))

    def _load(self, skymap: Skymap, alt_km: float, target: Target) -> CameraWeights:
        if self._files is None:
            return make_weights(skymap, alt_km, target)
        name = _file_key(skymap, alt_km, target)
        made = self._files.get(name, lambda: _dataset(make_weights(skymap, alt_km, target)))
        return _from_dataset(made)

    def _remember(self, key: _Key, made: CameraWeights) -> CameraWeights:
        with self._lock:
            if key not in self._kept:
                self._kept[key] = made
                self._bytes += made.nbytes
            while self._bytes > self._max_bytes and len(self._kept) > 1:
                self._bytes -= self._kept.popitem(last=False)[1].nbytes
        return made


def make_weights(skymap: Skymap, alt_km: float, target: Target = OVATION_GRID) -> CameraWeights:
    """Return the weights of a camera for light at an altitude, computed.

    Parameters
    ----------
    skymap : Skymap
    alt_km : float
        Geodetic altitude of the emission, above the camera.
    target : Target
        The grid, or a map.
    """
    from core.imaging.sampling import cell_weights

    skymap.mapped(alt_km)  # refuses an altitude that is not above the camera
    part = part_in_view(target, skymap, alt_km, MIN_ELEVATION_DEG)
    matrix, _ = cell_weights(skymap, alt_km, part, MIN_ELEVATION_DEG)
    shares = np.asarray(matrix.sum(axis=1)).ravel()
    rows = np.flatnonzero(shares >= MIN_SHARE - 1e-9)
    matrix, cells = matrix[rows], part.cells[rows]
    lat, lon = _middles(target, cells, alt_km)
    _, elevation, _ = look_at(lat, lon, alt_km, skymap.lat_deg, skymap.lon_deg, skymap.alt_m)
    away = distance_km(skymap.lat_deg, skymap.lon_deg, lat, lon)
    return CameraWeights(cells, matrix, elevation, away)


def _middles(
    target: Target, cells: NDArray[np.int64], alt_km: float
) -> tuple[FloatArray, FloatArray]:
    """Return the centres of cells; of the grid as it defines them, by degrees and not by area."""
    if target.key == OVATION_GRID.key:
        return centre_of(*np.divmod(cells, COLUMNS))
    none = np.zeros(cells.size)
    return target.place(cells, none, none, alt_km)


def _file_key(skymap: Skymap, alt_km: float, target: Target) -> str:
    return f"weights {VERSION} {skymap.key} {float(alt_km)!r} {target.key}"


def _dataset(made: CameraWeights) -> xr.Dataset:
    matrix = made.matrix
    attrs = {"pixels": matrix.shape[1]}
    return xr.Dataset({
        "cells": ("cell", made.cells),
        "elevation_deg": ("cell", made.elevation_deg),
        "distance_km": ("cell", made.distance_km),
        "row_ends": ("end", matrix.indptr.astype(np.int32)),
        "column": ("entry", matrix.indices.astype(np.int32)),
        "weight": ("entry", matrix.data),
    }, attrs=attrs)  # fmt: skip


def _from_dataset(kept: xr.Dataset) -> CameraWeights:
    from scipy.sparse import csr_array

    arrays = {str(name): kept[name].values for name in kept.data_vars}
    shape = (arrays["cells"].size, int(kept.attrs["pixels"]))
    parts = (arrays["weight"], arrays["column"], arrays["row_ends"])
    return CameraWeights(
        arrays["cells"], csr_array(parts, shape=shape),
        arrays["elevation_deg"], arrays["distance_km"],
    )  # fmt: skip
