"""Apexes of field lines, and the quasi-dipole and apex latitudes that follow from them.

Richmond (1995), J. Geomag. Geoelectr. 47, 191: a place's latitude is that of the dipole line with
the same apex, ``cos^2 = (R + h) / (R + apex height)``, with its own altitude as h (quasi-dipole)
or a common one (modified apex). Traced in IGRF-13, so that it holds at any date without tables.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.geo.field_lines import direction, geodetic, runge_kutta
from core.geo.gsm import dipole_axis
from core.geo.irbem import INTERNAL_ONLY, FieldModel
from core.geo.sphere import EARTH_RADIUS_KM
from core.geo.wgs84 import Cartesian, to_cartesian, to_geodetic, wrap_lon_deg

FloatArray = NDArray[np.float64]

APEX_RADIUS_KM = 6371.009
"""Mean radius in the definition of the latitudes."""
_STRIDE = 0.05
_MAX_STEPS = 400
_FLAT = 1e-9
_OPEN_RE = 100.0


class Apex(NamedTuple):
    """The highest point of field lines above WGS84; NaN beyond 100 Earth radii."""

    lat_deg: FloatArray
    lon_deg: FloatArray
    alt_km: FloatArray


def apex_of(lat_deg: ArrayLike, lon_deg: ArrayLike, alt_km: ArrayLike, time: np.datetime64) -> Apex:
    """Return the apex of the IGRF lines through geodetic places, arrays of the broadcast shape.

    Parameters
    ----------
    lat_deg, lon_deg, alt_km : array_like of float
        Geodetic; broadcast against each other.
    time : datetime64
        UTC; the field is that of the middle of the year.
    """
    lat, lon, alt = np.broadcast_arrays(
        *(np.asarray(value, dtype=np.float64) for value in (lat_deg, lon_deg, alt_km))
    )
    at = np.stack(to_cartesian(lat.ravel(), lon.ravel(), alt.ravel())) / EARTH_RADIUS_KM
    place = to_geodetic(Cartesian(*(_climb(at, time) * EARTH_RADIUS_KM)))
    return Apex(*(value.reshape(lat.shape) for value in place))


def _climb(start: FloatArray, time: np.datetime64) -> FloatArray:
    """Follow lines upwards to where they are level, shape (3, n)."""
    at, ends = start.copy(), np.full(start.shape, np.nan)
    count = start.shape[1]
    model = FieldModel(np.full(count, time), 0.0, external=INTERNAL_ONLY)
    alive = np.flatnonzero(np.isfinite(at).all(axis=0))
    # A line that is overshot is followed back with a quarter of the stride: always upwards.
    reach, last = np.ones(count), np.zeros(count)
    for _ in range(_MAX_STEPS):
        if alive.size == 0:
            break
        along, climb = _uphill(model, alive, at[:, alive])
        flat = np.abs(climb) < _FLAT
        ends[:, alive[flat]] = at[:, alive[flat]]
        r_re = np.sqrt((at[:, alive] ** 2).sum(axis=0))
        go = ~flat & (r_re < _OPEN_RE) & np.isfinite(climb)
        alive, along, climb, r_re = alive[go], along[:, go], climb[go], r_re[go]
        upward = np.where(climb < 0.0, -1.0, 1.0)
        reach[alive] *= np.where(upward * last[alive] < 0.0, 0.25, 1.0)
        last[alive] = upward
        step = _STRIDE * r_re * reach[alive] * np.minimum(1.0, 4.0 * np.abs(climb) + _FLAT)
        at[:, alive] = runge_kutta(model, alive, upward, at[:, alive], along * upward, step)
    return ends


def _uphill(
    model: FieldModel, rows: NDArray[np.intp], at: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the way along the field and the sine of its climb."""
    along = direction(model, rows, np.ones(rows.size), at)
    return along, (along * geodetic(0.0)(at)[1]).sum(axis=0)


def quasi_dipole_lat_deg(apex_alt_km: ArrayLike, alt_km: ArrayLike) -> FloatArray:
    """Return the absolute latitude at an altitude of the lines with an apex.

    Parameters
    ----------
    apex_alt_km, alt_km : array_like of float
        Geodetic; the altitude of the place gives the quasi-dipole latitude, a common reference
        altitude the modified apex latitude.

    Returns
    -------
    ndarray of float64
        Degrees, 0 to 90; the sign is that of the side of the apex. NaN above the apex.
    """
    share = (APEX_RADIUS_KM + np.asarray(alt_km, float)) / (
        APEX_RADIUS_KM + np.asarray(apex_alt_km, float)
    )
    with np.errstate(invalid="ignore"):
        return np.asarray(np.degrees(np.arccos(np.sqrt(share))))


def apex_lon_deg(apex: Apex, time: np.datetime64) -> FloatArray:
    """Return the dipole longitude of apexes, which is the apex and quasi-dipole longitude.

    Parameters
    ----------
    apex : Apex
        As `apex_of` returns it.
    time : datetime64
        UTC.

    Returns
    -------
    ndarray of float64
        Degrees in [-180, 180), east of the meridian through both the dipole's southern and the
        geographic south pole.
    """
    pole = dipole_axis(time)
    east = np.array([-pole[1], pole[0], 0.0]) / np.hypot(pole[0], pole[1])
    # East of the pole's meridian and away from it: the prime meridian leads south from the pole.
    front = np.cross(east, pole)
    x, y, z = to_cartesian(apex.lat_deg, apex.lon_deg, apex.alt_km)
    along = x * front[0] + y * front[1] + z * front[2]
    across = x * east[0] + y * east[1]
    return wrap_lon_deg(np.degrees(np.arctan2(across, along)))
