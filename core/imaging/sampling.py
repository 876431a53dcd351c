"""Weights of pixels in cells, by sampling each cell as finely as the camera sees it.

A cell smaller than a pixel is looked up at its centre, between the centres of four pixels. A
larger one is looked up at as many points as it takes to have two within each pixel, in each
direction; the points are spread evenly over its area and each is interpolated in the same way, so
that every pixel within counts by its area. One rule for both: there are neither holes nor seams.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.errors import LimitExceeded
from core.geo.sightline import look_at
from core.geo.sphere import EARTH_RADIUS_KM, unit_vectors
from core.imaging.pixel_finder import PixelFinder, finder_of
from core.imaging.skymap import Skymap
from core.imaging.targets import Target, centres

FloatArray = NDArray[np.float64]
Index = NDArray[np.intp]

SAMPLES_PER_PIXEL = 2.0
MAX_SAMPLES = 50_000_000
_SAMPLES_AT_ONCE = 400_000
_SPARE_RAD = 0.002
_LARGE_PX = 3.0


class _Samples(NamedTuple):
    """Points of cells: whose they are, and where in the cell."""

    cell: Index
    down: FloatArray
    right: FloatArray
    share: FloatArray


def cell_weights(
    skymap: Skymap, alt_km: float, target: Target, min_elevation_deg: float
) -> tuple[Any, FloatArray]:
    """Return the weight of each pixel in each cell.

    Parameters
    ----------
    skymap : Skymap
    alt_km : float
        Geodetic altitude of the emission.
    target : Target
    min_elevation_deg : float
        Points that are seen lower are left out.

    Returns
    -------
    matrix : scipy.sparse.csr_array, shape (cells, pixels)
        Rows sum to the share of the cell that the camera sees.
    elevation_deg : ndarray of float64, shape (cells,)
        Mean of the points that are seen, NaN where there are none.

    Raises
    ------
    LimitExceeded
        The cells are so large that more than 50 million points would be needed.
    """
    from scipy.sparse import coo_array, csr_array

    count = int(np.prod(target.shape))
    view = _View(skymap, alt_km, target, min_elevation_deg)
    near = view.cells_near()
    weight, rise = np.zeros(count), np.zeros(count)
    matrix = csr_array((count, skymap.elevation_deg.size))
    for samples in _samples(near, *view.pixels_across(near)):
        x, y, elevation = view.look(samples.cell, samples.down, samples.right)
        seen = np.isfinite(x)
        cell, share = samples.cell[seen], samples.share[seen]
        weight += np.bincount(cell, share, minlength=count)
        rise += np.bincount(cell, share * elevation[seen], minlength=count)
        pixel, part = _between_centres(view.finder.seen, x[seen], y[seen])
        entries = (part * share[:, None]).ravel(), (np.repeat(cell, 4), pixel.ravel())
        matrix = matrix + coo_array(entries, shape=matrix.shape).tocsr()
    matrix.eliminate_zeros()
    return matrix, rise / np.where(weight > 0, weight, np.nan)


class _View:
    """A target as one camera sees it."""

    def __init__(
        self, skymap: Skymap, alt_km: float, target: Target, min_elevation_deg: float
    ) -> None:
        self.skymap, self.alt_km, self.target = skymap, alt_km, target
        self.min_elevation_deg = min_elevation_deg
        self.finder: PixelFinder = finder_of(skymap)

    def cells_near(self) -> Index:
        """Return the cells of which a part may be seen."""
        lat, lon = centres(self.target, self.alt_km)
        site = unit_vectors(self.skymap.lat_deg, self.skymap.lon_deg)
        elevation = np.radians(self.min_elevation_deg)
        ratio = EARTH_RADIUS_KM / (EARTH_RADIUS_KM + self.alt_km)
        # The exact angle on a sphere; the ellipsoid moves it by less than what is spared.
        angle = np.arccos(ratio * np.cos(elevation)) - elevation + _SPARE_RAD
        limit = np.cos(min(angle + self.target.reach_km / EARTH_RADIUS_KM, np.pi))
        return np.flatnonzero(unit_vectors(lat.ravel(), lon.ravel()) @ site >= limit)

    def directions(
        self, cell: Index, down: FloatArray, right: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return azimuth and elevation of points of cells."""
        lat, lon = self.target.place(cell, down, right, self.alt_km)
        site = (self.skymap.lat_deg, self.skymap.lon_deg, self.skymap.alt_m)
        azimuth, elevation, _ = look_at(lat, lon, self.alt_km, *site)
        return azimuth, elevation

    def look(
        self, cell: Index, down: FloatArray, right: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return where points fall in the image (NaN where they are not seen) and elevation."""
        azimuth, elevation = self.directions(cell, down, right)
        high = np.where(elevation >= self.min_elevation_deg, elevation, np.nan)
        x, y = self.finder.pixels_of(azimuth, high)
        return x, y, elevation

    def pixels_across(self, cell: Index) -> tuple[FloatArray, FloatArray]:
        """Return the sizes of cells in pixels, along both sides."""
        zero = np.zeros(cell.size)
        x, y = self.finder.extended(*self.directions(cell, zero, zero))
        sizes = []
        for down, right in ((0.5, 0.0), (0.0, 0.5)):
            side = self.directions(cell, zero + down, zero + right)
            size = 2.0 * self.finder.apart(x, y, *side)
            large = np.flatnonzero(~(size < _LARGE_PX))
            # Over a large cell pixels change their size: take the half that has more of them.
            for sign in (-1.0, 1.0):
                offsets = zero[large] + sign * down, zero[large] + sign * right
                to_x, to_y = self.finder.extended(*self.directions(cell[large], *offsets))
                half = np.hypot(to_x - x[large], to_y - y[large])
                size[large] = np.fmax(2.0 * half, size[large] if sign > 0 else 0.0)
            sizes.append(size)
        # Beyond the image places are guessed: no cell is larger than the image.
        largest = float(max(self.skymap.shape))
        down_px, right_px = (np.clip(np.nan_to_num(s, nan=1.0), 0.0, largest) for s in sizes)
        return down_px, right_px


def _samples(near: Index, down_px: FloatArray, right_px: FloatArray) -> Iterator[_Samples]:
    """Yield points spread evenly over cells, some cells at a time."""
    rows, columns = _points(down_px), _points(right_px)
    total = np.cumsum(rows * columns)
    if near.size and total[-1] > MAX_SAMPLES:
        raise LimitExceeded(
            f"The cells hold so many pixels that {total[-1]:,} points would be needed.",
            hint="Choose a finer grid, a narrower path or smaller boxes.",
            limit="samples", asked=int(total[-1]), allowed=MAX_SAMPLES,
        )  # fmt: skip
    first = 0
    while first < near.size:
        done = total[first - 1] if first else 0
        last = max(first + 1, int(np.searchsorted(total, done + _SAMPLES_AT_ONCE, side="right")))
        yield _spread(near[first:last], rows[first:last], columns[first:last])
        first = last


def _points(size_px: FloatArray) -> Index:
    points = np.where(size_px <= 1.0, 1.0, np.ceil(SAMPLES_PER_PIXEL * size_px))
    return np.asarray(points, dtype=np.intp)


def _spread(cells: Index, rows: Index, columns: Index) -> _Samples:
    count = rows * columns
    owner = np.repeat(np.arange(cells.size), count)
    number = np.arange(owner.size) - np.repeat(np.cumsum(count) - count, count)
    row, column = np.divmod(number, columns[owner])
    down = (row + 0.5) / rows[owner] - 0.5
    right = (column + 0.5) / columns[owner] - 0.5
    return _Samples(cells[owner], down, right, 1.0 / count[owner])


def _between_centres(
    seen: NDArray[np.bool_], x: FloatArray, y: FloatArray
) -> tuple[Index, FloatArray]:
    """Return the four pixels around places and their bilinear weights, shape (n, 4).

    Pixels that see no sky get no weight, and the others what they leave.
    """
    height, width = seen.shape
    a, b = np.clip(x - 0.5, 0, width - 1), np.clip(y - 0.5, 0, height - 1)
    column = np.minimum(a.astype(np.intp), max(width - 2, 0))
    row = np.minimum(b.astype(np.intp), max(height - 2, 0))
    fa, fb = a - column, b - row
    pixel = np.stack([row * width + column + step for step in (0, 1, width, width + 1)], axis=1)
    weight = np.stack([(1 - fa) * (1 - fb), fa * (1 - fb), (1 - fa) * fb, fa * fb], axis=1)
    weight *= seen.ravel()[pixel]
    return pixel, weight / weight.sum(axis=1, keepdims=True)
