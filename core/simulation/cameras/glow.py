"""The aurora as a camera sees it: emission along each line of sight, shell by shell.

Emission is asked for at nodes a few pixels apart, at one altitude. The part of it that lies
higher on the same field lines is seen nearer to the magnetic zenith: a sparse matrix moves it
there, weighted by a profile of height and by the length of the line of sight in each shell
(van Rhijn). Another lays the nodes onto pixels, which stands for the blur of the optics.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.simulation.aurora.field import Aurora
from core.simulation.cameras.camera import Camera
from core.simulation.cameras.pixels import Pixels, directions
from core.simulation.cameras.sight import (
    LOWEST_DEG,
    MagneticPlane,
    brightening,
    central_angle,
    elevation_of,
    magnetic_plane,
)

if TYPE_CHECKING:
    from scipy.sparse import csr_array

FloatArray = NDArray[np.float64]
Float32 = NDArray[np.float32]
Index = NDArray[np.int64]
Times = NDArray[np.datetime64]


@dataclass(frozen=True, slots=True)
class Layer:
    """Height profile of bands.

    Attributes
    ----------
    bands : tuple of str
        Bands with this profile.
    alt_km : float
        Altitude whose magnetic coordinates the emission is asked at.
    shells : tuple of (alt_km, weight)
        The profile.
    low_shells : tuple of float
        The same as heights of equal weight: near the horizon a line of sight crosses a hundred
        kilometres of ground between the first shell and the last.
    coarse : int
        Factor on the spacing of nodes: what lives long is smooth.
    """

    bands: tuple[str, ...]
    alt_km: float
    shells: tuple[tuple[float, float], ...]
    low_shells: tuple[float, ...]
    coarse: int = 1


LAYERS = (
    Layer(
        ("green", "blue"), 110.0,
        ((102.0, 0.26), (108.0, 0.30), (116.0, 0.22), (128.0, 0.14), (148.0, 0.08)),
        (100.0, 104.0, 108.0, 112.5, 120.0, 138.0),
    ),
    Layer(
        ("nir",), 110.0,
        ((104.0, 0.28), (112.0, 0.32), (124.0, 0.24), (145.0, 0.16)),
        (102.0, 107.0, 112.0, 118.0, 127.0, 146.0),
    ),
    Layer(
        ("red",), 230.0,
        ((195.0, 0.22), (225.0, 0.32), (260.0, 0.28), (310.0, 0.18)),
        (190.0, 212.0, 230.0, 249.0, 274.0, 318.0), coarse=2,
    ),
)  # fmt: skip
"""Peaks and scale heights as of electrons of some keV (Rees 1989, Physics and Chemistry of the
Upper Atmosphere, chapter 7); the red line where its long life survives quenching."""

_LOW_RAD = float(np.radians(33.0))


@dataclass(frozen=True, eq=False, slots=True)
class Sight:
    """Lines of sight of pixels through one layer.

    Attributes
    ----------
    mlat_deg, mlon_deg : float32 array, shape (e,)
        Where emission is to be asked for.
    spread : csr_array, shape (nodes, e)
        From emission to brightness at nodes.
    lay : csr_array, shape (pixels, nodes)
        From nodes to pixels.
    """

    layer: Layer
    mlat_deg: Float32
    mlon_deg: Float32
    spread: csr_array
    lay: csr_array

    def brightness(
        self, aurora: Aurora, times: Times, exposure_s: float, bands: tuple[str, ...]
    ) -> list[Float32]:
        """Return for each band Rayleighs along the lines of sight, shape (times, pixels)."""
        asked = [
            aurora.emission_r(self.mlat_deg, self.mlon_deg, times, exposure_s, band)
            for band in bands
        ]
        stacked = np.ascontiguousarray(np.concatenate(asked).T)
        seen = (self.lay @ (self.spread @ stacked)).T
        count = times.size
        return [np.ascontiguousarray(seen[k * count : (k + 1) * count]) for k in range(len(bands))]


def sight_of(pixels: Pixels, layer: Layer, month: np.datetime64) -> Sight:
    """Return the lines of sight of pixels through a layer, of a month's magnetic coordinates."""
    camera = pixels.camera
    grid = _grid(camera, layer)
    column, row = (pixels.x - 0.5) / grid.step, (pixels.y - 0.5) / grid.step
    nodes, lay_columns, lay_weights = _bilinear(column + grid.left, row, grid)
    plane = magnetic_plane(camera.site, layer.alt_km, month)
    azimuth, elevation = directions(camera, *grid.pixel(nodes))
    elevation = np.maximum(elevation, np.radians(LOWEST_DEG))
    high, low = np.flatnonzero(elevation >= _LOW_RAD), np.flatnonzero(elevation < _LOW_RAD)
    shared = _shared(camera, layer, plane, grid, azimuth[high], elevation[high])
    own = _own(layer, plane, azimuth[low], elevation[low])
    mlat, mlon = plane.magnetic(np.r_[shared.east, own.east], np.r_[shared.north, own.north])
    spread = _matrix([(high, shared, 0), (low, own, shared.east.size)], nodes.size, mlat.size)
    none = np.empty(0)
    whole = _Asked(none, none, lay_columns, lay_weights)
    lay = _matrix([(np.arange(pixels.size), whole, 0)], pixels.size, nodes.size)
    return Sight(layer, mlat.astype(np.float32), mlon.astype(np.float32), spread, lay)


@dataclass(frozen=True, eq=False, slots=True)
class _Asked:
    """Places of a plane where emission is asked for, and each node's share of them."""

    east: FloatArray
    north: FloatArray
    columns: Index
    weights: Float32


@dataclass(frozen=True, slots=True)
class _Grid:
    """Nodes over an image: every `step` pixels, one of their columns on the image's centre."""

    step: int
    left: float
    columns: int
    rows: int

    def pixel(self, node: Index) -> tuple[FloatArray, FloatArray]:
        row, column = np.divmod(node, self.columns)
        return (column - self.left) * self.step + 0.5, row * self.step + 0.5


def _grid(camera: Camera, layer: Layer) -> _Grid:
    step, middle = camera.design.node_step * layer.coarse, camera.width // 2
    left = -(-middle // step)
    right = -(-(camera.width - 1 - middle) // step)
    rows = -(-(camera.height - 1) // step) + 1
    return _Grid(step, left - middle / step, left + right + 1, rows)


def _bilinear(column: FloatArray, row: FloatArray, grid: _Grid) -> tuple[Index, Index, Float32]:
    """Return the nodes in use (rising), and each point's four of them with their weights."""
    column = np.clip(column, 0.0, grid.columns - 1.0)
    row = np.clip(row, 0.0, grid.rows - 1.0)
    left = np.minimum(np.floor(column), grid.columns - 2).astype(np.int64)
    top = np.minimum(np.floor(row), grid.rows - 2).astype(np.int64)
    across, down = column - left, row - top
    first = top * grid.columns + left
    corners = np.stack([first, first + 1, first + grid.columns, first + grid.columns + 1], -1)
    weights = np.stack(
        [(1 - across) * (1 - down), across * (1 - down), (1 - across) * down, across * down], -1
    ).astype(np.float32)
    corners = np.where(weights > 0, corners, first[..., None])
    nodes, inverse = np.unique(corners, return_inverse=True)
    return nodes, inverse.reshape(corners.shape), weights


def _shared(
    camera: Camera, layer: Layer, plane: MagneticPlane, grid: _Grid, azimuth: FloatArray,
    elevation: FloatArray,
) -> _Asked:  # fmt: skip
    """Return emission at nodes that neighbours share: what is high lies over another node."""
    columns, rows, lengths = [], [], []
    for alt_km, weight in layer.shells:
        east, north = _foot(layer, plane, azimuth, elevation, alt_km)
        foot = np.degrees(elevation_of(np.hypot(east, north), layer.alt_km))
        x, y = camera.lens.pixel_of(np.degrees(np.arctan2(east, north)), np.maximum(foot, 0.0))
        columns.append((x - 0.5) / grid.step + grid.left)
        rows.append((y - 0.5) / grid.step)
        lengths.append(weight * brightening(elevation, alt_km))
    asked, corner, share = _bilinear(np.stack(columns, 1), np.stack(rows, 1), grid)
    weights = share * np.stack(lengths, 1).astype(np.float32)[..., None]
    turn, height = directions(camera, *grid.pixel(asked))
    angle = central_angle(np.maximum(height, np.radians(LOWEST_DEG)), layer.alt_km)
    shape = (azimuth.size, 4 * len(layer.shells))
    return _Asked(
        angle * np.sin(turn), angle * np.cos(turn),
        corner.reshape(shape), weights.reshape(shape),
    )  # fmt: skip


def _own(layer: Layer, plane: MagneticPlane, azimuth: FloatArray, elevation: FloatArray) -> _Asked:
    """Return emission at each node's own places, for directions near the horizon."""
    each = len(layer.low_shells)
    east, north, weights = (np.empty((azimuth.size, each)) for _ in range(3))
    for k, alt_km in enumerate(layer.low_shells):
        east[:, k], north[:, k] = _foot(layer, plane, azimuth, elevation, alt_km)
        weights[:, k] = brightening(elevation, alt_km) / each
    columns = np.arange(azimuth.size * each).reshape(-1, each)
    return _Asked(east.ravel(), north.ravel(), columns, weights.astype(np.float32))


def _foot(
    layer: Layer, plane: MagneticPlane, azimuth: FloatArray, elevation: FloatArray, alt_km: float
) -> tuple[FloatArray, FloatArray]:
    """Return where the field lines met at an altitude cross the layer's own, on its plane."""
    angle, rise = central_angle(elevation, alt_km), alt_km - layer.alt_km
    east = angle * np.sin(azimuth) - rise * plane.lean_rad_km[0]
    return east, angle * np.cos(azimuth) - rise * plane.lean_rad_km[1]


def _matrix(parts: list[tuple[Index, _Asked, int]], height: int, width: int) -> csr_array:
    """Return a matrix whose rows keep the order of their entries: sums must not depend on it."""
    from scipy.sparse import csr_array

    counts = np.zeros(height, dtype=np.int64)
    for rows, asked, _ in parts:
        counts[rows] = (asked.weights > 0).sum(axis=1)
    ends = np.r_[0, np.cumsum(counts)]
    columns = np.empty(ends[-1], dtype=np.int32)
    weights = np.empty(ends[-1], dtype=np.float32)
    for rows, asked, first in parts:
        used = asked.weights > 0
        at = (ends[rows][:, None] + np.cumsum(used, axis=1) - 1)[used]
        columns[at] = asked.columns[used] + first
        weights[at] = asked.weights[used]
    return csr_array((weights, columns, ends.astype(np.int32)), shape=(height, width))
