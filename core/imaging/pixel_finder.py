"""From directions in the sky to places in an image, for any skymap.

A lens that is known by a formula can be asked; an official skymap is a table of the directions of
pixel centres. Between four centres the direction is bilinear in the zenithal plane, (u, v) = zenith
angle times (sine, cosine) of the azimuth, in which a fisheye is nearly linear; Newton's method
solves that for the place. Towards the rim the outermost complete cell is continued.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.errors import BadInput
from core.imaging.skymap import Skymap

FloatArray = NDArray[np.float64]
Index = NDArray[np.intp]

_ROUNDS = 6
# A step of this size leaves its square times the lens's curvature: far below 1e-6 pixels.
_CLOSE_PX = 1e-4
_FURTHEST_STEP_PX = 32.0
_RASTER = 192
_KEPT = 32


class PixelFinder:
    """Where directions fall in the images of one skymap.

    Parameters
    ----------
    skymap : Skymap
        At least 2 x 2 pixels that see the sky.

    Raises
    ------
    BadInput
        No four neighbouring pixels see the sky.
    """

    def __init__(self, skymap: Skymap) -> None:
        from scipy.ndimage import distance_transform_edt

        self.shape = skymap.shape
        self.seen = np.isfinite(skymap.elevation_deg) & np.isfinite(skymap.azimuth_deg)
        u, v = zenithal_plane(skymap.azimuth_deg, skymap.elevation_deg)
        whole = self.seen[1:, 1:] & self.seen[1:, :-1] & self.seen[:-1, 1:] & self.seen[:-1, :-1]
        if not whole.any():
            raise BadInput(
                f"No pixel of the skymap {skymap.source} sees the sky.", field="skymap",
                value=skymap.source,
            )  # fmt: skip
        self._cells = np.concatenate([_bilinear(u), _bilinear(v)]).reshape(8, -1)
        nearest = distance_transform_edt(~whole, return_distances=False, return_indices=True)
        self._whole_row, self._whole_column = nearest[0].ravel(), nearest[1].ravel()
        self._tabulate(u, v)

    def pixels_of(
        self, azimuth_deg: ArrayLike, elevation_deg: ArrayLike
    ) -> tuple[FloatArray, FloatArray]:
        """Return where directions fall in the image.

        Parameters
        ----------
        azimuth_deg, elevation_deg : array_like of float
            Broadcast against each other.

        Returns
        -------
        x, y : ndarray of float64
            Pixels from the left and the upper edge, the centre of column j at j + 0.5, within
            1e-6 pixels of the bilinear inverse; NaN outside the image, below the horizon and
            in pixels that see no sky.
        """
        x, y = self.extended(azimuth_deg, elevation_deg)
        height, width = self.shape
        with np.errstate(invalid="ignore"):
            inside = (x >= 0) & (x <= width) & (y >= 0) & (y <= height)
            inside &= np.asarray(elevation_deg, float) >= 0
        column = np.clip(np.where(inside, x, 0).astype(np.intp), 0, width - 1)
        row = np.clip(np.where(inside, y, 0).astype(np.intp), 0, height - 1)
        inside &= self.seen[row, column]
        return np.where(inside, x, np.nan), np.where(inside, y, np.nan)

    def extended(
        self, azimuth_deg: ArrayLike, elevation_deg: ArrayLike
    ) -> tuple[FloatArray, FloatArray]:
        """Return the same, continued beyond the sky and the image; a guess there."""
        azimuth, elevation = np.broadcast_arrays(
            np.asarray(azimuth_deg, float), np.asarray(elevation_deg, float)
        )
        azimuth = np.where(np.isfinite(azimuth), azimuth, np.nan)
        u, v = (part.ravel() for part in zenithal_plane(azimuth, elevation))
        a, b = self._guess(u, v)
        open_ = np.flatnonzero(np.isfinite(a))
        for _ in range(_ROUNDS):
            steps = self._step(a[open_], b[open_], u[open_], v[open_])
            step_a, step_b = (np.clip(s, -_FURTHEST_STEP_PX, _FURTHEST_STEP_PX) for s in steps)
            a[open_] -= step_a
            b[open_] -= step_b
            open_ = open_[np.maximum(np.abs(step_a), np.abs(step_b)) > _CLOSE_PX]
            if not open_.size:
                break
        return (a + 0.5).reshape(azimuth.shape), (b + 0.5).reshape(azimuth.shape)

    def apart(
        self, x: FloatArray, y: FloatArray, azimuth_deg: FloatArray, elevation_deg: FloatArray
    ) -> FloatArray:
        """Return how far directions are from places of the image, pixels, to first order."""
        step_a, step_b = self._step(x - 0.5, y - 0.5, *zenithal_plane(azimuth_deg, elevation_deg))
        return np.asarray(np.hypot(step_a, step_b))

    def _step(
        self, a: FloatArray, b: FloatArray, u: FloatArray, v: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return Newton's step at places (a, b), counted from the centre of pixel (0, 0)."""
        height, width = self.shape
        with np.errstate(invalid="ignore"):
            column = np.clip(a, 0, width - 2).astype(np.intp)
            row = np.clip(b, 0, height - 2).astype(np.intp)
        cell = row * (width - 1) + column
        row, column = self._whole_row[cell], self._whole_column[cell]
        u0, ua, ub, uab, v0, va, vb, vab = self._cells[:, row * (width - 1) + column]
        fa, fb = a - column, b - row
        miss_u = u0 + ua * fa + (ub + uab * fa) * fb - u
        miss_v = v0 + va * fa + (vb + vab * fa) * fb - v
        du_a, du_b, dv_a, dv_b = ua + uab * fb, ub + uab * fa, va + vab * fb, vb + vab * fa
        area = du_a * dv_b - du_b * dv_a
        with np.errstate(divide="ignore", invalid="ignore"):
            step_a = (miss_u * dv_b - miss_v * du_b) / area
            step_b = (miss_v * du_a - miss_u * dv_a) / area
        return step_a, step_b

    def _tabulate(self, u: FloatArray, v: FloatArray) -> None:
        """Rasterise the zenithal plane: which pixel is near each of its squares."""
        from scipy.ndimage import distance_transform_edt

        row, column = np.nonzero(self.seen)
        self._edge = float(max(np.abs(u[row, column]).max(), np.abs(v[row, column]).max()))
        square = self._square(u[row, column], v[row, column])
        table = np.full(_RASTER * _RASTER, -1, dtype=np.intp)
        table[square] = row * self.shape[1] + column
        empty = (table < 0).reshape(_RASTER, _RASTER)
        i, j = distance_transform_edt(empty, return_distances=False, return_indices=True)
        self._table = table.reshape(_RASTER, _RASTER)[i, j].ravel()

    def _square(self, u: FloatArray, v: FloatArray) -> Index:
        scale = (_RASTER - 1) / (2 * self._edge)
        i = np.clip((v + self._edge) * scale + 0.5, 0, _RASTER - 1).astype(np.intp)
        j = np.clip((u + self._edge) * scale + 0.5, 0, _RASTER - 1).astype(np.intp)
        return np.asarray(i * _RASTER + j)

    def _guess(self, u: FloatArray, v: FloatArray) -> tuple[FloatArray, FloatArray]:
        good = np.isfinite(u) & np.isfinite(v)
        row, column = np.divmod(
            self._table[self._square(np.where(good, u, 0), np.where(good, v, 0))], self.shape[1]
        )
        return np.where(good, column, np.nan), np.where(good, row, np.nan)


def zenithal_plane(
    azimuth_deg: FloatArray, elevation_deg: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return zenith angle (radians) times sine and cosine of the azimuth."""
    zenith, azimuth = np.radians(90.0 - elevation_deg), np.radians(azimuth_deg)
    return zenith * np.sin(azimuth), zenith * np.cos(azimuth)


def _bilinear(nodes: FloatArray) -> FloatArray:
    """Return value, slopes and twist of each cell between four nodes, shape (4, y-1, x-1)."""
    corner, right = nodes[:-1, :-1], nodes[:-1, 1:] - nodes[:-1, :-1]
    down = nodes[1:, :-1] - nodes[:-1, :-1]
    twist = nodes[1:, 1:] - nodes[1:, :-1] - right
    return np.stack([corner, right, down, twist])


@lru_cache(maxsize=_KEPT)
def _finder(holder: _ByContent) -> PixelFinder:
    return PixelFinder(holder.skymap)


class _ByContent:
    """A skymap that is equal to another of the same content."""

    def __init__(self, skymap: Skymap) -> None:
        self.skymap = skymap

    def __hash__(self) -> int:
        return hash(self.skymap.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByContent) and self.skymap.key == other.skymap.key


def finder_of(skymap: Skymap) -> PixelFinder:
    """Return the finder of a skymap; those of the last few skymaps are kept."""
    return _finder(_ByContent(skymap))
