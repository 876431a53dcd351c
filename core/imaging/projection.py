"""Projection of images onto cells on the Earth: one sparse matrix per camera, altitude and target.

A cell's value is the mean of pixels by their weights, values = (M @ image) / (M @ valid): a pixel
that is not valid takes its weight away and nothing else, and a constant image stays that constant
wherever it is covered. Sums are kept in double precision, so that it does so to the last bit.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.imaging.overlap import box_weights
from core.imaging.sampling import cell_weights
from core.imaging.skymap import Skymap
from core.imaging.targets import Box, Target

FloatArray = NDArray[np.float64]

MIN_ELEVATION_DEG = 5.0
MIN_SHARE = 0.5
"""A cell has a value where at least this share of it is seen by valid pixels."""

_BLOCK_BYTES = 32 * 2**20
_KEPT_BYTES = 192 * 2**20


@dataclass(frozen=True, eq=False)
class Projection:
    """How the pixels of one camera make up the cells of a target; safe to share between threads.

    Attributes
    ----------
    matrix : scipy.sparse.csr_array of float64, shape (cells, pixels)
        Weights; a row sums to the share of its cell that the camera sees.
    shape_out : tuple of int
        Shape of the target.
    image_shape : (int, int)
        Rows and columns of the images.
    elevation_deg : ndarray of float64, shape `shape_out`
        At which each cell is seen, NaN where it is not.
    min_elevation_deg : float
        What is seen lower was left out.
    """

    matrix: Any
    shape_out: tuple[int, ...]
    image_shape: tuple[int, int]
    elevation_deg: FloatArray
    min_elevation_deg: float

    @cached_property
    def pixels(self) -> NDArray[np.intp]:
        """Flat indices of the pixels that have any weight, in order."""
        return np.asarray(np.unique(self.matrix.indices), dtype=np.intp)

    @cached_property
    def coverage(self) -> FloatArray:
        """Share of each cell that the camera sees, 0 to 1, shape `shape_out`."""
        return np.asarray(self.matrix.sum(axis=1)).reshape(self.shape_out)

    @cached_property
    def nbytes(self) -> int:
        """Memory of the weights."""
        matrix = self.matrix
        return int(matrix.data.nbytes + matrix.indices.nbytes + matrix.indptr.nbytes) * 2

    @cached_property
    def _rows(self) -> NDArray[np.intp]:
        return np.flatnonzero(np.diff(self.matrix.indptr))

    @cached_property
    def _dense(self) -> Any:
        """The rows and columns that are not empty."""
        return self.matrix[self._rows][:, self.pixels]

    def apply(
        self,
        images: NDArray[Any],
        valid: NDArray[np.bool_] | None = None,
        *,
        min_share: float = MIN_SHARE,
    ) -> NDArray[np.float32]:
        """Return projected images.

        Parameters
        ----------
        images : array, shape (time, y, x) or (time, y, x, channel)
            Pixels that are not finite count as not valid.
        valid : bool array, optional
            Pixels to use, shape (y, x), (time, y, x) or that of the images.
        min_share : float
            A cell has no value where less than this share of it is seen by valid pixels.

        Returns
        -------
        float32 array, shape (time, *shape_out[, channel])
            NaN where there is no value.

        Raises
        ------
        BadInput
            The shape of images or mask does not fit.
        """
        flat = self._flat(images)
        mask = None if valid is None else self._mask(valid, images)
        return self.apply_pixels(flat, mask, min_share=min_share)

    def apply_pixels(
        self,
        values: NDArray[Any],
        valid: NDArray[np.bool_] | None = None,
        *,
        min_share: float = MIN_SHARE,
    ) -> NDArray[np.float32]:
        """Return the same from the values of `pixels` alone.

        Parameters
        ----------
        values : array, shape (time, len(pixels)[, channel])
        valid : bool array of the same shape, optional
        min_share : float
            As in `apply`.
        """
        times, channels = values.shape[0], values.shape[2:]
        planes = int(np.prod(channels))
        values = values.reshape(times, self.pixels.size, planes)
        valid = None if valid is None else valid.reshape(values.shape)
        rows = int(np.prod(self.shape_out))
        out = np.full((times, rows, planes), np.nan, dtype=np.float32)
        step = max(1, _BLOCK_BYTES // (8 * max(1, self.pixels.size * planes)))
        for first in range(0, times if self.pixels.size else 0, step):
            part = slice(first, first + step)
            mask = None if valid is None else valid[part]
            out[part, self._rows] = self._means(values[part], mask, min_share)
        return out.reshape(times, *self.shape_out, *channels)

    def _means(
        self, values: NDArray[Any], valid: NDArray[np.bool_] | None, min_share: float
    ) -> FloatArray:
        """Return weighted means, shape (time, rows, planes)."""
        times, pixels, planes = values.shape
        columns = np.moveaxis(values, 1, 0).reshape(pixels, times * planes).astype(np.float64)
        if valid is None and values.dtype.kind in "uib":
            weights = self._dense @ np.ones((pixels, 1))
        else:
            good = np.isfinite(columns)
            if valid is not None:
                good &= np.moveaxis(valid, 1, 0).reshape(columns.shape)
            columns = np.where(good, columns, 0.0)
            weights = self._dense @ good.astype(np.float64)
        # Rounding may leave a fully seen cell a little below 1.
        enough = weights >= max(min_share, 1e-6) - 1e-9
        means = (self._dense @ columns) / np.where(enough, weights, np.nan)
        return np.moveaxis(means.reshape(len(means), times, planes), 0, 1)

    def _flat(self, images: NDArray[Any]) -> NDArray[Any]:
        if images.ndim not in (3, 4) or images.shape[1:3] != self.image_shape:
            raise BadInput(
                f"Images of shape {images.shape} do not fit a projection of images of "
                f"{self.image_shape[0]} x {self.image_shape[1]} pixels.",
                hint="They have the axes time, y, x and, for colour, channel.",
                field="images", value=images.shape,
            )  # fmt: skip
        pixels = int(np.prod(self.image_shape))
        return images.reshape(images.shape[0], pixels, *images.shape[3:])[:, self.pixels]

    def _mask(self, valid: NDArray[np.bool_], images: NDArray[Any]) -> NDArray[np.bool_]:
        good = np.asarray(valid, dtype=bool)
        if good.shape == images.shape[1:3]:
            good = good[None]
        if good.ndim == 3 and images.ndim == 4:
            good = good[..., None]
        try:
            return self._flat(np.broadcast_to(good, images.shape))
        except ValueError as error:
            raise BadInput(
                f"A mask of shape {np.shape(valid)} does not fit images of {images.shape}.",
                field="valid", value=np.shape(valid),
            ) from error  # fmt: skip


def build_projection(
    skymap: Skymap, alt_km: float, target: Target, min_elevation_deg: float = MIN_ELEVATION_DEG
) -> Projection:
    """Return the projection of a camera's images onto a target; the last ones are kept.

    Grids and paths are sampled (`core.imaging.sampling`), boxes take the exact overlap of pixels
    (`core.imaging.overlap`).

    Parameters
    ----------
    skymap : Skymap
    alt_km : float
        Geodetic altitude of the emission, km.
    target : Target
        A grid, a path or boxes.
    min_elevation_deg : float
        What is seen lower is left out: pixels become hundreds of kilometres long there.

    Raises
    ------
    BadInput
        The altitude is not above the camera, or the elevation is not within 0 to 90 degrees.
    LimitExceeded
        The target's cells are too large.
    """
    if not 0.0 <= min_elevation_deg < 90.0:
        raise BadInput(
            f"{min_elevation_deg} degrees is no least elevation.", hint="Choose 0 to 89 degrees.",
            field="min_elevation_deg", value=min_elevation_deg,
        )  # fmt: skip
    skymap.mapped(alt_km)  # refuses an altitude that is not above the camera
    key = (skymap.key, float(alt_km), target.key, float(min_elevation_deg))
    found = _KEPT.get(key)
    if found is None:
        if isinstance(target, Box):
            matrix, elevation = box_weights(skymap, alt_km, target, min_elevation_deg)
        else:
            matrix, elevation = cell_weights(skymap, alt_km, target, min_elevation_deg)
        shape = target.shape
        found = Projection(
            matrix, shape, skymap.shape, elevation.reshape(shape), float(min_elevation_deg)
        )
        _KEPT.put(key, found)
    return found


class _Cache:
    """The projections used last, up to a number of bytes."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes, self._bytes = max_bytes, 0
        self._kept: OrderedDict[tuple[Any, ...], Projection] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[Any, ...]) -> Projection | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: tuple[Any, ...], projection: Projection) -> None:
        with self._lock:
            # Two threads may have made the same one.
            if key not in self._kept:
                self._kept[key] = projection
                self._bytes += projection.nbytes
            while self._bytes > self._max_bytes and len(self._kept) > 1:
                self._bytes -= self._kept.popitem(last=False)[1].nbytes


_KEPT = _Cache(_KEPT_BYTES)
