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
from core.simulation.cameras.grid import Grid, bilinear
from core.simulation.cameras.layers import LAYERS, Layer
from core.simulation.cameras.places import FAR_RAD, Asked, asked_afar, asked_overhead
from core.simulation.cameras.sight import LOWEST_DEG, central_angle, directions, magnetic_plane

if TYPE_CHECKING:
    from scipy.sparse import csr_array

FloatArray = NDArray[np.float64]
Float32 = NDArray[np.float32]
Index = NDArray[np.int64]
Times = NDArray[np.datetime64]

_MEAN_ELEVATION_DEG = (16.0, 28.0, 45.0, 66.0)
_MEAN_AZIMUTHS = 8


@dataclass(frozen=True, eq=False, slots=True)
class Glow:
    """The aurora at the nodes of a camera, or at some of them.

    Attributes
    ----------
    brightness : dict
        Of each band, Rayleighs along the nodes' lines of sight, shape (nodes, times).
    mean : dict
        Of each band, mean emission over the sky, shape (times,).
    """

    brightness: dict[str, Float32]
    mean: dict[str, FloatArray]

    def part(self, part: slice) -> Glow:
        """Return the aurora at some of the times."""
        return Glow(
            {band: np.ascontiguousarray(b[:, part]) for band, b in self.brightness.items()},
            {band: mean[part] for band, mean in self.mean.items()},
        )


@dataclass(frozen=True, eq=False, slots=True)
class Sight:
    """Lines of sight of nodes through one layer.

    Attributes
    ----------
    bands : tuple of str
        Bands of the layer that the camera sees.
    mlat_deg, mlon_deg : float32 array, shape (e,)
        Where emission is asked for; the last ones are spread over the sky, for its mean.
    spread : csr_array, shape (nodes, e without the last ones)
        From emission to brightness at nodes.
    """

    bands: tuple[str, ...]
    mlat_deg: Float32
    mlon_deg: Float32
    spread: csr_array

    def glow(self, aurora: Aurora, times: Times, exposure_s: float) -> Glow:
        """Return the aurora at times."""
        found = aurora.emissions_r(self.mlat_deg, self.mlon_deg, times, exposure_s, self.bands)
        brightness, means = {}, {}
        for band, emission in found.items():
            ordered = np.ascontiguousarray(emission[:, : self.spread.shape[1]].T)
            brightness[band] = np.asarray(self.spread @ ordered)
            # One sum at a time: the mean at a time must not depend on how many times there are.
            total = np.zeros(times.size)
            for column in emission.T[self.spread.shape[1] :]:
                total += column
            means[band] = total / (_MEAN_AZIMUTHS * len(_MEAN_ELEVATION_DEG))
        return Glow(brightness, means)


def layers_of(camera: Camera) -> list[tuple[Layer, tuple[str, ...]]]:
    """Return the layers that a camera sees light of, with the bands it sees."""
    seen = [(layer, tuple(b for b in layer.bands if b in camera.design.bands)) for layer in LAYERS]
    return [(layer, bands) for layer, bands in seen if bands]


def sight_of(
    camera: Camera, layer: Layer, bands: tuple[str, ...], nodes: Index, month: np.datetime64
) -> Sight:
    """Return the lines of sight of nodes, in a month's magnetic coordinates.

    Parameters
    ----------
    camera, layer, bands
        What is seen by what.
    nodes : int64 array
        Numbers of nodes of the camera's `Grid`, rising.
    month : datetime64[M]
        When.
    """
    grid = Grid.of(camera, layer)
    plane = magnetic_plane(camera.site, layer.alt_km, month)
    x, y = grid.pixel(nodes)
    azimuth, elevation = directions(camera.lens, x, y)
    elevation = np.maximum(elevation, np.radians(LOWEST_DEG))
    # Nodes far beyond the horizon touch no pixel that sees the sky.
    near = grid.beyond(x, y) < 1.5 * grid.step
    high = np.flatnonzero(near & (elevation >= FAR_RAD))
    far = np.flatnonzero(near & (elevation < FAR_RAD))
    parts = [
        (high, asked_overhead(layer, plane, grid, azimuth[high], elevation[high])),
        (far, asked_afar(layer, plane, grid, azimuth[far], elevation[far])),
    ]
    mean_east, mean_north = _over_the_sky(layer)
    mlat, mlon = plane.magnetic(
        np.concatenate([*(asked.east for _, asked in parts), mean_east]),
        np.concatenate([*(asked.north for _, asked in parts), mean_north]),
    )
    spread = _matrix(parts, nodes.size, mlat.size - mean_east.size)
    return Sight(bands, mlat.astype(np.float32), mlon.astype(np.float32), spread)


def lay_of(camera: Camera, layer: Layer, index: Index, nodes: Index | None) -> csr_array:
    """Return the weights of nodes at pixels, shape (pixels, nodes).

    Parameters
    ----------
    index : int64 array
        Pixels: row times width plus column.
    nodes : int64 array, optional
        Numbers of the nodes that are at hand; by default the whole grid.
    """
    grid = Grid.of(camera, layer)
    corners, weights = bilinear(*grid.at_pixels(index), grid)
    count = grid.size if nodes is None else nodes.size
    columns = corners if nodes is None else np.searchsorted(nodes, corners)
    none = np.empty(0)
    return _matrix(
        [(np.arange(index.size), Asked(none, none, columns, weights))], index.size, count
    )


def nodes_of(camera: Camera, layer: Layer, index: Index) -> Index:
    """Return the numbers of the nodes that pixels need, rising."""
    grid = Grid.of(camera, layer)
    return np.unique(bilinear(*grid.at_pixels(index), grid)[0])


def _over_the_sky(layer: Layer) -> tuple[FloatArray, FloatArray]:
    """Return places on a layer's plane, in all directions above 15 degrees."""
    azimuth = np.radians(np.arange(_MEAN_AZIMUTHS) * 360.0 / _MEAN_AZIMUTHS)
    turn, height = np.meshgrid(azimuth, np.radians(_MEAN_ELEVATION_DEG))
    angle = central_angle(height.ravel(), layer.alt_km)
    return angle * np.sin(turn.ravel()), angle * np.cos(turn.ravel())


def _matrix(parts: list[tuple[Index, Asked]], height: int, width: int) -> csr_array:
    """Return a matrix whose rows keep the order of their entries: sums must not depend on it."""
    from scipy.sparse import csr_array

    counts = np.zeros(height, dtype=np.int64)
    for rows, asked in parts:
        counts[rows] = (asked.weights > 0).sum(axis=1)
    ends = np.r_[0, np.cumsum(counts)]
    columns = np.empty(ends[-1], dtype=np.int32)
    weights = np.empty(ends[-1], dtype=np.float32)
    first = 0
    for rows, asked in parts:
        used = asked.weights > 0
        at = (ends[rows][:, None] + np.cumsum(used, axis=1) - 1)[used]
        columns[at] = asked.columns[used] + first
        weights[at] = asked.weights[used]
        first += asked.east.size
    return csr_array((weights, columns, ends.astype(np.int32)), shape=(height, width))
