"""Where the lines of sight of nodes ask for emission: over other nodes, or on a net afar."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.geo.sphere import EARTH_RADIUS_KM
from core.simulation.cameras.grid import Grid, bilinear
from core.simulation.cameras.layers import Layer
from core.simulation.cameras.sight import (
    LOWEST_DEG,
    MagneticPlane,
    brightening,
    central_angle,
    directions,
    elevation_of,
)

FloatArray = NDArray[np.float64]
Float32 = NDArray[np.float32]
Index = NDArray[np.int64]

FAR_RAD = float(np.radians(33.0))
"""Below this elevation places are asked for on a net around the site."""

# Rings at 110 km lie 6 km apart over the site, and 1 km more for every 50 km of distance.
_RING_KM, _WIDER = 6.0, 0.02
_RINGS = 256


@dataclass(frozen=True, eq=False, slots=True)
class Asked:
    """Places of a plane where emission is asked for, and each node's share of them."""

    east: FloatArray
    north: FloatArray
    columns: Index
    weights: Float32


def asked_overhead(
    layer: Layer, plane: MagneticPlane, grid: Grid, azimuth: FloatArray, elevation: FloatArray
) -> Asked:
    """Return emission at nodes that neighbours share: what is high lies over another node."""
    columns, rows, lengths = [], [], []
    for alt_km, weight in layer.shells:
        east, north = _foot(layer, plane, azimuth, elevation, alt_km)
        foot = np.degrees(elevation_of(np.hypot(east, north), layer.alt_km))
        x, y = grid.lens.pixel_of(np.degrees(np.arctan2(east, north)), np.maximum(foot, 0.0))
        column, row = grid.at(x, y)
        columns.append(column)
        rows.append(row)
        lengths.append(weight * brightening(elevation, alt_km))
    corner, share = bilinear(np.stack(columns, 1), np.stack(rows, 1), grid)
    asked, corner = np.unique(corner, return_inverse=True)
    weights = share * np.stack(lengths, 1).astype(np.float32)[..., None]
    turn, height = directions(grid.lens, *grid.pixel(asked))
    angle = central_angle(np.maximum(height, np.radians(LOWEST_DEG)), layer.alt_km)
    shape = (azimuth.size, 4 * len(layer.shells))
    return Asked(
        angle * np.sin(turn), angle * np.cos(turn),
        corner.reshape(shape), weights.reshape(shape),
    )  # fmt: skip


def asked_afar(
    layer: Layer, plane: MagneticPlane, grid: Grid, azimuth: FloatArray, elevation: FloatArray
) -> Asked:
    """Return emission along nodes' lines of sight near the horizon, on a net around the site.

    The net has a spoke for each node along the horizon, and rings that lie farther apart the
    farther away they are. A line of sight lies on its nearest spoke and between two rings.
    """
    east, north = (
        np.stack(parts, 1)
        for parts in zip(
            *(_foot(layer, plane, azimuth, elevation, alt_km) for alt_km in layer.far_shells),
            strict=True,
        )
    )
    length = [brightening(elevation, alt_km) for alt_km in layer.far_shells]
    weight = np.stack(length, 1) / len(layer.far_shells)
    spokes = round(2.0 * np.pi * grid.lens.horizon_px / grid.step)
    spoke = np.rint(np.arctan2(east, north) * (spokes / (2.0 * np.pi))).astype(np.int64) % spokes
    ring = _ring_of(np.hypot(east, north), layer.alt_km)
    inner = np.floor(ring).astype(np.int64)
    outer = ring - inner
    place = spoke * _RINGS + inner
    columns, weights = _merged(
        np.concatenate([place, place + 1], 1),
        np.concatenate([weight * (1.0 - outer), weight * outer], 1),
    )
    used, where = np.unique(columns[weights > 0.0], return_inverse=True)
    corner = np.zeros_like(columns)
    corner[weights > 0.0] = where
    turn, angle = 2.0 * np.pi / spokes * (used // _RINGS), _ring_at(used % _RINGS, layer.alt_km)
    return Asked(angle * np.sin(turn), angle * np.cos(turn), corner, weights.astype(np.float32))


def _ring_of(angle: FloatArray, alt_km: float) -> FloatArray:
    """Return the number of the ring at a central angle, with its fraction."""
    reach_km = angle * (EARTH_RADIUS_KM + alt_km)
    wide = _RING_KM * alt_km / 110.0
    return np.asarray(np.log1p(_WIDER * reach_km / wide) / _WIDER)


def _ring_at(ring: Index, alt_km: float) -> FloatArray:
    """Return the central angle of rings; see `_ring_of`."""
    wide = _RING_KM * alt_km / 110.0
    return np.asarray(np.expm1(_WIDER * ring) / _WIDER * wide / (EARTH_RADIUS_KM + alt_km))


def _merged(columns: Index, weights: FloatArray) -> tuple[Index, FloatArray]:
    """Return each row with its columns rising and once only: weights added, 0 for what is over."""
    order = np.argsort(columns, axis=1, kind="stable")
    columns = np.take_along_axis(columns, order, 1)
    weights = np.take_along_axis(weights, order, 1)
    first = np.ones(columns.shape, dtype=bool)
    first[:, 1:] = columns[:, 1:] != columns[:, :-1]
    total = np.zeros_like(weights)
    if columns.size:
        total[first] = np.add.reduceat(weights.ravel(), np.flatnonzero(first))
    return columns, total


def _foot(
    layer: Layer, plane: MagneticPlane, azimuth: FloatArray, elevation: FloatArray, alt_km: float
) -> tuple[FloatArray, FloatArray]:
    """Return where the field lines met at an altitude cross the layer's own, on its plane."""
    angle, rise = central_angle(elevation, alt_km), alt_km - layer.alt_km
    east = angle * np.sin(azimuth) - rise * plane.lean_rad_km[0]
    return east, angle * np.cos(azimuth) - rise * plane.lean_rad_km[1]
