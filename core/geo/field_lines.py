"""Magnetic field lines followed to a surface, many at a time.

IRBEM's own tracer spends some 600 field evaluations on a line, because it looks for the foot in
steps of a hundredth of its stride. Here IRBEM gives the field and a fourth-order Runge-Kutta
integrator follows all lines at once, with strides in proportion to the distance from the Earth
and a Newton step onto the surface: some 60 evaluations.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.geo.irbem import FieldModel
from core.geo.sphere import EARTH_RADIUS_KM
from core.geo.wgs84 import upright

FloatArray = NDArray[np.float64]
Index = NDArray[np.intp]
Surface = Callable[[FloatArray], tuple[FloatArray, FloatArray]]
"""Positions (3, m) in Earth radii to the height above a surface (Earth radii) and the way up."""

_OPEN_RE = 40.0
_STEEP = 0.05


class Strides(NamedTuple):
    """How finely a line is followed."""

    relative: float
    """Length of a step in units of the distance from the Earth's centre."""
    low_re: float
    """Longest step at the surface, Earth radii; it grows by half the height above it."""
    most_re: float
    """Longest step anywhere, Earth radii."""
    close_km: float
    """How near the surface a line ends."""
    most: int
    """Number of steps after which a line is open."""


COARSE = Strides(0.25, 0.05, 1.5, 0.05, 120)
"""0.02 degrees from tiny strides."""
FINE = Strides(0.05, 0.012, 0.15, 1e-4, 1500)
"""2 m from tiny strides out to 5,000 km, 10 m in geostationary orbit."""


def sphere(radius_re: float) -> Surface:
    """Return the surface of a sphere around the Earth's centre."""

    def height(at: FloatArray) -> tuple[FloatArray, FloatArray]:
        r_re = np.sqrt((at**2).sum(axis=0))
        return r_re - radius_re, at / r_re

    return height


def geodetic(alt_km: float) -> Surface:
    """Return the surface of one geodetic altitude above WGS84."""

    def height(at: FloatArray) -> tuple[FloatArray, FloatArray]:
        across = np.sqrt(at[0] ** 2 + at[1] ** 2)
        normal = upright(across * EARTH_RADIUS_KM, at[2] * EARTH_RADIUS_KM)
        outward = normal.cosine / np.maximum(across, 1e-12)
        up = np.stack([at[0] * outward, at[1] * outward, normal.sine])
        return (normal.alt_km - alt_km) / EARTH_RADIUS_KM, up

    return height


def follow(
    model: FieldModel,
    rows: Index,
    sense: FloatArray,
    start: FloatArray,
    surface: Surface,
    strides: Strides = COARSE,
) -> FloatArray:
    """Follow lines until they come down onto a surface.

    Parameters
    ----------
    model : FieldModel
        The field at its times.
    rows : ndarray of int, shape (m,)
        Which of the model's times each line belongs to.
    sense : ndarray of float64, shape (m,)
        1 along the field (to the northern foot), -1 against it.
    start : ndarray of float64, shape (3, m)
        Geographic Cartesian, Earth radii of 6371.2 km. A start below the surface is followed
        back up to it.
    surface : Surface
        Where lines end.
    strides : Strides
        How finely.

    Returns
    -------
    ndarray of float64, shape (3, m)
        NaN where a line leaves 40 Earth radii or does not come down in the number of steps.
    """
    ends = np.full(start.shape, np.nan)
    alive = np.flatnonzero(np.isfinite(start).all(axis=0) & ((start**2).sum(axis=0) > 0.9))
    at = start[:, alive]
    for _ in range(strides.most):
        if alive.size == 0:
            break
        height, up = surface(at)
        along = direction(model, rows[alive], sense[alive], at)
        climb = (along * up).sum(axis=0)
        down = (climb < 0) & (np.abs(height) * EARTH_RADIUS_KM < strides.close_km)
        ends[:, alive[down]] = at[:, down]
        r_re = np.sqrt((at**2).sum(axis=0))
        go = ~down & (r_re < _OPEN_RE) & np.isfinite(climb)
        alive, at, along = alive[go], at[:, go], along[:, go]
        step = _step_re(r_re[go], height[go], climb[go], strides)
        at = runge_kutta(model, rows[alive], sense[alive], at, along, step)
    return ends


def _step_re(
    r_re: FloatArray, height: FloatArray, climb: FloatArray, strides: Strides
) -> FloatArray:
    """Return the length of the next step: the stride, or what is left down to the surface."""
    # Close to the surface a line may turn over within a stride, so strides shrink towards it.
    near = strides.low_re + 0.5 * np.abs(height)
    stride = np.minimum(np.minimum(strides.relative * r_re, near), strides.most_re)
    falling = climb < -_STEEP
    left = height / np.where(falling, -climb, 1.0)
    return np.where(falling, np.clip(left, -stride, stride), stride)


def direction(model: FieldModel, rows: Index, sense: FloatArray, at: FloatArray) -> FloatArray:
    """Return unit vectors along the lines at positions, shape (3, m)."""
    field = model.field_nt(rows, at)
    return np.asarray(field * (sense / np.sqrt((field**2).sum(axis=0))))


def runge_kutta(
    model: FieldModel,
    rows: Index,
    sense: FloatArray,
    at: FloatArray,
    k1: FloatArray,
    step: FloatArray,
) -> FloatArray:
    """Return the positions after one classical fourth-order step along the lines."""
    k2 = direction(model, rows, sense, at + 0.5 * step * k1)
    k3 = direction(model, rows, sense, at + 0.5 * step * k2)
    k4 = direction(model, rows, sense, at + step * k3)
    return at + step / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
