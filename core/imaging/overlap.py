"""Which share of a box each pixel covers: exact areas of quadrangles cut by rectangles."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.geo.sphere import EARTH_RADIUS_KM, unit_vectors
from core.imaging.offsets import offsets_km
from core.imaging.skymap import Skymap
from core.imaging.target_lines import Box

FloatArray = NDArray[np.float64]
Index = NDArray[np.intp]

_PAIRS_AT_ONCE = 4_000_000
_LONGEST_PIXEL = 0.2
"""Longest half-diagonal of a pixel, radians: larger ones lie on the horizon and are left out."""


def box_weights(
    skymap: Skymap, alt_km: float, boxes: Box, min_elevation_deg: float
) -> tuple[Any, FloatArray]:
    """Return how much of each box each pixel covers.

    Parameters
    ----------
    skymap : Skymap
    alt_km : float
        Geodetic altitude of the emission.
    boxes : Box
    min_elevation_deg : float
        Pixels whose centre is lower are left out.

    Returns
    -------
    matrix : scipy.sparse.csr_array, shape (boxes, pixels)
        Area of the box within the pixel over the area of the box, in the plane that is
        azimuthal equidistant around the box's centre; rows sum to 1 where the box is covered.
    elevation_deg : ndarray of float64, shape (boxes,)
        Mean of the pixels by these weights, NaN where there are none.
    """
    from scipy.sparse import coo_array

    pixels = _Pixels(skymap, alt_km, min_elevation_deg)
    box, pixel = pixels.near(boxes)
    east, north = offsets_km(
        boxes.lat_deg[box, None], boxes.lon_deg[box, None],
        pixels.corner_lat_deg[pixel], pixels.corner_lon_deg[pixel], EARTH_RADIUS_KM + alt_km,
    )  # fmt: skip
    area = overlap_km2(east, north, boxes.dx_km, boxes.dy_km)
    share = area / (boxes.dx_km * boxes.dy_km)
    hit = share > 0
    box, pixel, share = box[hit], pixels.index[pixel[hit]], share[hit]
    shape = (boxes.shape[0], skymap.elevation_deg.size)
    matrix = coo_array((share, (box, pixel)), shape=shape).tocsr()
    total = np.bincount(box, share, minlength=shape[0])
    rise = np.bincount(box, share * skymap.elevation_deg.ravel()[pixel], minlength=shape[0])
    with np.errstate(invalid="ignore"):
        return matrix, rise / np.where(total > 0, total, np.nan)


def overlap_km2(x: FloatArray, y: FloatArray, width: float, height: float) -> FloatArray:
    """Return the areas that polygons share with a rectangle around the origin.

    Each edge is divided where it crosses the rectangle's sides, and what lies beyond a side is
    moved onto it: the parts outside become lines without area, so that the area of the closed
    chain is that of the intersection, without any case to tell apart.

    Parameters
    ----------
    x, y : float array, shape (polygons, corners)
        Corners in order, closed by themselves.
    width, height : float
        Of the rectangle.
    """
    x, y = _clamp(x, y, width / 2)
    y, x = _clamp(y, x, height / 2)
    twice = x * np.roll(y, -1, axis=1) - np.roll(x, -1, axis=1) * y
    return np.asarray(np.abs(twice.sum(axis=1)) / 2)


def _clamp(x: FloatArray, y: FloatArray, limit: float) -> tuple[FloatArray, FloatArray]:
    """Divide edges where |x| passes the limit, and hold x within it."""
    run, rise = np.roll(x, -1, axis=1) - x, np.roll(y, -1, axis=1) - y
    with np.errstate(divide="ignore", invalid="ignore"):
        crossings = np.stack([(-limit - x) / run, (limit - x) / run])
    # An edge that does not cross is divided at its own beginning, which changes nothing.
    crossings = np.where((crossings > 0) & (crossings < 1), crossings, 0.0)
    crossings.sort(axis=0)
    share = np.stack([np.zeros_like(x), *crossings], axis=2)
    shape = (x.shape[0], 3 * x.shape[1])
    across = np.clip(x[..., None] + share * run[..., None], -limit, limit)
    return across.reshape(shape), (y[..., None] + share * rise[..., None]).reshape(shape)


class PixelPolygons(NamedTuple):
    """The outlines of a camera's pixels at one altitude.

    Attributes
    ----------
    lat_deg, lon_deg : ndarray of float64, shape (pixels, 5)
        The four corners in order around each pixel, and the first again; geodetic, NaN below
        the horizon.
    elevation_deg : ndarray of float64, shape (pixels,)
        Of the pixel's centre.
    """

    lat_deg: FloatArray
    lon_deg: FloatArray
    elevation_deg: FloatArray


def pixel_polygons(skymap: Skymap, alt_km: float) -> PixelPolygons:
    """Return the outlines of pixels as closed polygons, in the order of the flattened image.

    Parameters
    ----------
    skymap : Skymap
    alt_km : float
        Geodetic altitude, above the camera.
    """
    mapped = skymap.mapped(alt_km)
    lat, lon = (
        np.concatenate([corners, corners[:, :1]], axis=1)
        for corners in (_corners(mapped.corner_lat_deg), _corners(mapped.corner_lon_deg))
    )
    return PixelPolygons(lat, lon, skymap.elevation_deg.ravel())


class _Pixels:
    """The pixels that see enough of the sky, with their corners."""

    def __init__(self, skymap: Skymap, alt_km: float, min_elevation_deg: float) -> None:
        mapped = skymap.mapped(alt_km)
        lat, lon = _corners(mapped.corner_lat_deg), _corners(mapped.corner_lon_deg)
        with np.errstate(invalid="ignore"):
            good = (skymap.elevation_deg.ravel() >= min_elevation_deg) & np.isfinite(lat).all(1)
        centre = unit_vectors(mapped.lat_deg.ravel()[good], mapped.lon_deg.ravel()[good])
        chord = np.linalg.norm(unit_vectors(lat[good], lon[good]) - centre[:, None], axis=2)
        reach = 2 * np.arcsin(np.clip(chord.max(axis=1, initial=0.0) / 2, 0, 1))
        near = reach < _LONGEST_PIXEL
        self.index = np.flatnonzero(good)[near]
        self.corner_lat_deg, self.corner_lon_deg = lat[self.index], lon[self.index]
        self._centre, self._reach = centre[near], reach[near]

    def near(self, boxes: Box) -> tuple[Index, Index]:
        """Return pairs of box and pixel that may touch."""
        centre = unit_vectors(boxes.lat_deg, boxes.lon_deg)
        cosine = np.cos(self._reach + boxes.reach_km / EARTH_RADIUS_KM)
        rows = max(1, _PAIRS_AT_ONCE // max(1, self.index.size))
        found = [
            np.nonzero(centre[first : first + rows] @ self._centre.T >= cosine)
            for first in range(0, len(centre), rows)
        ]
        box = [part[0] + first * rows for first, part in enumerate(found)]
        return np.concatenate(box), np.concatenate([part[1] for part in found])


def _corners(values: FloatArray) -> FloatArray:
    """Return the four corners of each pixel in order around it, shape (pixels, 4)."""
    around = (values[:-1, :-1], values[:-1, 1:], values[1:, 1:], values[1:, :-1])
    return np.stack(around, axis=-1).reshape(-1, 4)
