"""Feet of magnetic field lines in T89 and IGRF, many lines at a time.

IRBEM's own tracer spends some 600 field evaluations on a line, because it looks for the foot in
steps of a hundredth of its stride. Here IRBEM gives the field and a fourth-order Runge-Kutta
integrator of our own follows all lines at once, with strides in proportion to the distance from
the Earth and a Newton step onto the sphere of the foot: some 60 evaluations, 0.02
degrees from the same integrator with tiny strides.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.geo.irbem import T89, FieldModel
from core.geo.sphere import EARTH_RADIUS_KM

FloatArray = NDArray[np.float64]
Index = NDArray[np.intp]

FOOT_ALT_KM = 100.0
STRIDE = 0.25
"""Length of a step in units of the distance from the Earth's centre."""
_MAX_STRIDE_RE = 1.5
_LOW_STRIDE_RE = 0.05
_OPEN_RE = 40.0
_MAX_STEPS = 120
_CLOSE_RE = 0.05 / EARTH_RADIUS_KM


class Feet(NamedTuple):
    """Geocentric positions of the feet, degrees; NaN where a line is open."""

    nb_lat_deg: FloatArray
    nb_lon_deg: FloatArray
    sb_lat_deg: FloatArray
    sb_lon_deg: FloatArray


def trace_feet(
    lat_deg: ArrayLike,
    lon_deg: ArrayLike,
    radius_km: ArrayLike,
    times: ArrayLike,
    kp: ArrayLike,
    *,
    foot_alt_km: float = FOOT_ALT_KM,
    external: int = T89,
) -> Feet:
    """Return the north and south feet of the lines through positions.

    Parameters
    ----------
    lat_deg, lon_deg, radius_km : array_like of float, shape (n,)
        Geocentric; distance from the Earth's centre.
    times : array_like of datetime64, shape (n,)
        UTC.
    kp : array_like of float
        0 to 9, broadcast to (n,).
    foot_alt_km : float
        Altitude of the feet above a sphere of 6371.2 km, as SSCWeb delivers them.
    external : int
        `core.geo.irbem.T89` or `INTERNAL_ONLY`.

    Returns
    -------
    Feet
        Four arrays of shape (n,). A line that leaves 40 Earth radii or does not come down within
        120 steps is open: its foot on that side is NaN. North and south are decided by where
        the line ends when followed along (north) and against (south) the field.
    """
    lat, lon = np.radians(np.asarray(lat_deg, float)), np.radians(np.asarray(lon_deg, float))
    r_re = np.asarray(radius_km, float) / EARTH_RADIUS_KM
    start = r_re * np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    count = start.shape[1]
    model = FieldModel(times, kp, external=external)
    rows = np.concatenate([np.arange(count), np.arange(count)])
    # The field points north on the ground of the northern hemisphere's far side: a line followed
    # along the field comes down in the north.
    sense = np.concatenate([np.ones(count), -np.ones(count)])
    ends = _follow(model, rows, sense, np.tile(start, 2), 1.0 + foot_alt_km / EARTH_RADIUS_KM)
    lat_out = np.degrees(np.arcsin(ends[2] / np.sqrt((ends**2).sum(axis=0))))
    lon_out = np.degrees(np.arctan2(ends[1], ends[0]))
    return Feet(lat_out[:count], lon_out[:count], lat_out[count:], lon_out[count:])


def _follow(
    model: FieldModel, rows: Index, sense: FloatArray, start: FloatArray, stop_re: float
) -> FloatArray:
    """Follow lines until they reach the sphere `stop_re`; NaN for those that do not."""
    ends = np.full(start.shape, np.nan)
    alive = np.flatnonzero(np.isfinite(start).all(axis=0) & ((start**2).sum(axis=0) > 0.9))
    at = start[:, alive]
    for _ in range(_MAX_STEPS):
        if alive.size == 0:
            break
        r_re = np.sqrt((at**2).sum(axis=0))
        along = _direction(model, rows[alive], sense[alive], at)
        climb = (along * at).sum(axis=0) / r_re
        down = (climb < 0) & (np.abs(r_re - stop_re) < _CLOSE_RE)
        ends[:, alive[down]] = at[:, down]
        go = ~down & (r_re < _OPEN_RE) & np.isfinite(climb)
        alive, at, along = alive[go], at[:, go], along[:, go]
        step = _step_re(r_re[go], climb[go], stop_re)
        at = _runge_kutta(model, rows[alive], sense[alive], at, along, step)
    return ends


def _step_re(r_re: FloatArray, climb: FloatArray, stop_re: float) -> FloatArray:
    """Return the length of the next step: the stride, or what is left down to the sphere."""
    # Close to the sphere a line may turn over within a stride, so strides shrink towards it.
    near = _LOW_STRIDE_RE + 0.5 * np.abs(r_re - stop_re)
    stride = np.minimum(np.minimum(STRIDE * r_re, near), _MAX_STRIDE_RE)
    falling = climb < -0.05
    left = (r_re - stop_re) / np.where(falling, -climb, 1.0)
    return np.where(falling, np.clip(left, -stride, stride), stride)


def _direction(model: FieldModel, rows: Index, sense: FloatArray, at: FloatArray) -> FloatArray:
    field = model.field_nt(rows, at)
    return np.asarray(field * (sense / np.sqrt((field**2).sum(axis=0))))


def _runge_kutta(
    model: FieldModel,
    rows: Index,
    sense: FloatArray,
    at: FloatArray,
    k1: FloatArray,
    step: FloatArray,
) -> FloatArray:
    """Return the positions after one classical fourth-order step."""
    k2 = _direction(model, rows, sense, at + 0.5 * step * k1)
    k3 = _direction(model, rows, sense, at + 0.5 * step * k2)
    k4 = _direction(model, rows, sense, at + step * k3)
    return at + step / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
