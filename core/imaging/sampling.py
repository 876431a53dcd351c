"""Weights of pixels in cells, by sampling each cell as finely as the camera sees it.

A cell smaller than a pixel is looked up at its centre, between the centres of four pixels. A
larger one is looked up at as many points as it takes to have two within each pixel, in each
direction; the points stand for equal parts of its area and each is interpolated in the same way, so
that every pixel within counts by its area. Where a cell holds very many pixels it is divided first,
because pixels are finer overhead than near the horizon. One rule for all: there are neither holes
nor seams.
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
from core.imaging.targets import Target

FloatArray = NDArray[np.float64]
Index = NDArray[np.intp]

SAMPLES_PER_PIXEL = 2.0
MAX_SAMPLES = 50_000_000
_SAMPLES_AT_ONCE = 400_000
_SPARE_RAD = 0.002
_LARGE_PX = 8.0
_LARGE_SHARE = 1 / 3
_MOST_PARTS, _MOST_DIVISIONS = 8, 6


class _Patches(NamedTuple):
    """Parts of cells: whose they are, where their middle is, and their share of its sides."""

    cell: Index
    down: FloatArray
    right: FloatArray
    high: FloatArray
    wide: FloatArray

    def at(self, which: Any) -> _Patches:
        return _Patches(*(values[which] for values in self))


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
    weight, rise = np.zeros(count), np.zeros(count)
    matrix = csr_array((count, skymap.elevation_deg.size))
    for points in _points(view):
        share = points.high * points.wide
        x, y, elevation = view.look(points)
        seen = np.isfinite(x)
        cell, share = points.cell[seen], share[seen]
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
        elevation = np.radians(min_elevation_deg)
        ratio = EARTH_RADIUS_KM / (EARTH_RADIUS_KM + alt_km)
        # The exact angle on a sphere; the ellipsoid moves it by less than what is spared.
        self._reach_rad = np.arccos(ratio * np.cos(elevation)) - elevation + _SPARE_RAD

    def whole_cells(self) -> _Patches:
        """Return all cells, as patches."""
        cells = np.arange(int(np.prod(self.target.shape)))
        zero, one = np.zeros(cells.size), np.ones(cells.size)
        return _Patches(cells, zero, zero, one, one)

    def near(self, patches: _Patches) -> _Patches:
        """Return the patches of which a part may be seen."""
        lat, lon = self.target.place(patches.cell, patches.down, patches.right, self.alt_km)
        site = unit_vectors(self.skymap.lat_deg, self.skymap.lon_deg)
        half_rad = self.half_km(patches) / EARTH_RADIUS_KM
        limit = np.cos(np.minimum(self._reach_rad + half_rad, np.pi))
        return patches.at(unit_vectors(lat, lon) @ site >= limit)

    def half_km(self, patches: _Patches) -> FloatArray:
        """Return at least the distances of the patches' corners from their middles."""
        return np.asarray(np.maximum(patches.high, patches.wide) * self.target.reach_km)

    def directions(
        self, cell: Index, down: FloatArray, right: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return azimuth and elevation of points of cells."""
        lat, lon = self.target.place(cell, down, right, self.alt_km)
        site = (self.skymap.lat_deg, self.skymap.lon_deg, self.skymap.alt_m)
        azimuth, elevation, _ = look_at(lat, lon, self.alt_km, *site)
        return azimuth, elevation

    def look(self, points: _Patches) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return where points fall in the image (NaN where they are not seen) and elevation."""
        azimuth, elevation = self.directions(points.cell, points.down, points.right)
        high = np.where(elevation >= self.min_elevation_deg, elevation, np.nan)
        x, y = self.finder.pixels_of(azimuth, high)
        return x, y, elevation

    def pixels_across(self, patches: _Patches) -> tuple[FloatArray, FloatArray]:
        """Return the sizes of patches in pixels, along both sides."""
        cell, middle_down, middle_right = patches.cell, patches.down, patches.right
        x, y = self.finder.extended(*self.directions(cell, middle_down, middle_right))
        sizes = []
        for down, right in ((patches.high / 2, 0.0), (0.0, patches.wide / 2)):
            side = self.directions(cell, middle_down + down, middle_right + right)
            size = 2.0 * self.finder.apart(x, y, *side)
            # Beyond the image places are guessed: no patch is larger than the image.
            largest = float(max(self.skymap.shape))
            sizes.append(np.clip(np.nan_to_num(size, nan=1.0), 0.0, largest))
        return sizes[0], sizes[1]


def _points(view: _View) -> Iterator[_Patches]:
    """Yield points spread over the cells that may be seen, as patches around each of them."""
    leaves = _leaves(view)
    rows, columns = (_per_side(size) for size in leaves[1:])
    total = np.cumsum(rows * columns)
    if total.size and total[-1] > MAX_SAMPLES:
        raise LimitExceeded(
            f"The cells hold so many pixels that {total[-1]:,} points would be needed.",
            hint="Choose a finer grid, a narrower path or smaller boxes.",
            limit="samples", asked=int(total[-1]), allowed=MAX_SAMPLES,
        )  # fmt: skip
    first = 0
    while first < total.size:
        done = total[first - 1] if first else 0
        last = max(first + 1, int(np.searchsorted(total, done + _SAMPLES_AT_ONCE, side="right")))
        part = slice(first, last)
        yield _divided(leaves[0].at(part), rows[part], columns[part])
        first = last


def _leaves(view: _View) -> tuple[_Patches, FloatArray, FloatArray]:
    """Return patches with their sizes in pixels, so small that pixels within are nearly equal.

    A patch is divided when it has many pixels, and when it is no longer small beside the height
    of the emission: how large pixels are at its middle says nothing about its ends then.
    """
    done: list[tuple[_Patches, FloatArray, FloatArray]] = []
    patches = view.near(view.whole_cells())
    for round_ in range(_MOST_DIVISIONS):
        down_px, right_px = view.pixels_across(patches)
        extent = view.half_km(patches) / (_LARGE_SHARE * view.alt_km)
        rows, columns = (
            np.ceil(np.maximum(size / _LARGE_PX, extent)) for size in (down_px, right_px)
        )
        small = (rows * columns <= 1) | (round_ == _MOST_DIVISIONS - 1)
        done.append((patches.at(small), down_px[small], right_px[small]))
        if small.all():
            break
        parts = (np.clip(n[~small], 1, _MOST_PARTS).astype(np.intp) for n in (rows, columns))
        patches = view.near(_divided(patches.at(~small), *parts))
    whole, down, right = zip(*done, strict=True)
    joined = _Patches(*(np.concatenate(values) for values in zip(*whole, strict=True)))
    return joined, np.concatenate(down), np.concatenate(right)


def _per_side(size_px: FloatArray) -> Index:
    points = np.where(size_px <= 1.0, 1.0, np.ceil(SAMPLES_PER_PIXEL * size_px))
    return np.asarray(points, dtype=np.intp)


def _divided(patches: _Patches, rows: Index, columns: Index) -> _Patches:
    """Return patches divided into rows and columns."""
    count = rows * columns
    owner = np.repeat(np.arange(count.size), count)
    number = np.arange(owner.size) - np.repeat(np.cumsum(count) - count, count)
    row, column = np.divmod(number, columns[owner])
    whole = patches.at(owner)
    return _Patches(
        whole.cell,
        whole.down + ((row + 0.5) / rows[owner] - 0.5) * whole.high,
        whole.right + ((column + 0.5) / columns[owner] - 0.5) * whole.wide,
        whole.high / rows[owner],
        whole.wide / columns[owner],
    )


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
