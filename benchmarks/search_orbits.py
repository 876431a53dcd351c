"""Where the benchmark's spacecraft are: Kepler orbits that J2 turns, and dipole footprints.

Simple on purpose: 158 million positions are made in minutes, with the speeds, gaps and dwell
times over a site that matter to a search. Positions are rounded to 4 decimals, as providers do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.geo.sphere import EARTH_RADIUS_KM

FloatArray = NDArray[np.float64]
Minutes = NDArray[np.int64]

DECIMALS = 4
FOOT_KM = EARTH_RADIUS_KM + 100.0
_MU_KM3_S2 = 398600.4418
_J2_KM2 = 1.08263e-3 * 6378.137**2
_EPOCH_MINUTE = 23_142_240  # 2014-01-01
_SIDEREAL_RAD_MIN = 2 * np.pi / 1436.0681766
_SIDEREAL_AT_EPOCH = np.radians(100.4)
_DIPOLE_LAT, _DIPOLE_LON = np.radians(80.5), np.radians(-72.7)
_OPEN_L = 12.0
_NEAR_KM = 2.0 * EARTH_RADIUS_KM
_KEPLER_ROUNDS = 6


@dataclass(frozen=True, slots=True)
class Orbit:
    """Altitudes of perigee and apogee (km) and, at the start of 2014, four angles (degrees)."""

    perigee_km: float
    apogee_km: float
    inclination_deg: float
    node_deg: float
    argument_deg: float
    anomaly_deg: float


class Positions(NamedTuple):
    """One spacecraft, minute by minute; degrees, NaN where a field line is open."""

    geo: tuple[FloatArray, FloatArray]
    gsm: tuple[FloatArray, FloatArray]
    north: tuple[FloatArray, FloatArray]
    south: tuple[FloatArray, FloatArray]
    radius_km: FloatArray


def positions(orbit: Orbit, minutes: Minutes) -> Positions:
    """Return where a spacecraft and its two magnetic footprints are (minutes since 1970)."""
    x, y, z = _inertial_km(orbit, (minutes - _EPOCH_MINUTE).astype(np.float64))
    radius_km = np.sqrt(x * x + y * y + z * z)
    lat_rad = np.arcsin(z / radius_km)
    sidereal = _SIDEREAL_AT_EPOCH + _SIDEREAL_RAD_MIN * (minutes - _EPOCH_MINUTE)
    lon_rad = np.arctan2(y, x) - sidereal
    north, south = feet(lat_rad, lon_rad, radius_km)
    sunward = lon_rad + 2 * np.pi * ((minutes % 1440) / 1440.0 - 0.5)
    geo, gsm = rounded_deg(lat_rad, lon_rad), rounded_deg(lat_rad, sunward)
    return Positions(geo, gsm, north, south, radius_km.round(1))


def feet(
    lat_rad: FloatArray, lon_rad: FloatArray, radius_km: FloatArray
) -> tuple[tuple[FloatArray, FloatArray], tuple[FloatArray, FloatArray]]:
    """Follow a tilted dipole's lines to 100 km in the north and in the south.

    On a line that is open (L above 12) only a spacecraft near the Earth has a foot, the near one.
    """
    mlat, mlon = _to_dipole(lat_rad, lon_rad)
    shell_km = radius_km / np.cos(mlat) ** 2
    foot = np.arccos(np.sqrt(np.minimum(FOOT_KM / shell_km, 1.0)))
    closed, near = shell_km <= _OPEN_L * EARTH_RADIUS_KM, radius_km < _NEAR_KM
    north = _from_dipole(np.where(closed | (near & (mlat >= 0)), foot, np.nan), mlon)
    south = _from_dipole(np.where(closed | (near & (mlat < 0)), -foot, np.nan), mlon)
    return rounded_deg(*north), rounded_deg(*south)


def rounded_deg(lat_rad: FloatArray, lon_rad: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return degrees with 4 decimals, longitudes in [-180, 180]."""
    lon_deg = (np.degrees(lon_rad) + 180.0) % 360.0 - 180.0
    return np.degrees(lat_rad).round(DECIMALS), lon_deg.round(DECIMALS)


def _inertial_km(orbit: Orbit, elapsed_min: FloatArray) -> tuple[FloatArray, ...]:
    axis_km = 6378.137 + 0.5 * (orbit.perigee_km + orbit.apogee_km)
    ecc = 1.0 - (6378.137 + orbit.perigee_km) / axis_km
    motion = 60.0 * np.sqrt(_MU_KM3_S2 / axis_km**3)
    tilt = np.radians(orbit.inclination_deg)
    turn = 1.5 * _J2_KM2 * motion / (axis_km * (1 - ecc**2)) ** 2
    node = np.radians(orbit.node_deg) - turn * np.cos(tilt) * elapsed_min
    argument = np.radians(orbit.argument_deg) + turn * (2.5 * np.cos(tilt) ** 2 - 0.5) * elapsed_min
    eccentric = _eccentric(np.radians(orbit.anomaly_deg) + motion * elapsed_min, ecc)
    flat_x = axis_km * (np.cos(eccentric) - ecc)
    flat_y = axis_km * np.sqrt(1 - ecc**2) * np.sin(eccentric)
    sin_arg, cos_arg = np.sin(argument), np.cos(argument)
    along, across = flat_x * cos_arg - flat_y * sin_arg, flat_x * sin_arg + flat_y * cos_arg
    level = across * np.cos(tilt)
    sin_node, cos_node = np.sin(node), np.cos(node)
    return (
        along * cos_node - level * sin_node,
        along * sin_node + level * cos_node,
        across * np.sin(tilt),
    )


def _eccentric(mean_rad: FloatArray, ecc: float) -> FloatArray:
    """Solve Kepler's equation by Newton's method, from a start that never overshoots."""
    mean = (mean_rad + np.pi) % (2 * np.pi) - np.pi
    found = mean + ecc * np.sin(mean) / (1.0 - ecc * np.cos(mean) * 0.5)
    for _ in range(_KEPLER_ROUNDS if ecc > 0.1 else 2):
        found -= (found - ecc * np.sin(found) - mean) / (1.0 - ecc * np.cos(found))
    return found


def _to_dipole(lat_rad: FloatArray, lon_rad: FloatArray) -> tuple[FloatArray, FloatArray]:
    east = lon_rad - _DIPOLE_LON
    cos_lat, sin_lat = np.cos(lat_rad), np.sin(lat_rad)
    x, y = cos_lat * np.cos(east), cos_lat * np.sin(east)
    up = sin_lat * np.sin(_DIPOLE_LAT) + x * np.cos(_DIPOLE_LAT)
    side = x * np.sin(_DIPOLE_LAT) - sin_lat * np.cos(_DIPOLE_LAT)
    return np.arcsin(np.clip(up, -1.0, 1.0)), np.arctan2(y, side)


def _from_dipole(mlat: FloatArray, mlon: FloatArray) -> tuple[FloatArray, FloatArray]:
    cos_lat, up = np.cos(mlat), np.sin(mlat)
    side, y = cos_lat * np.cos(mlon), cos_lat * np.sin(mlon)
    sin_lat = up * np.sin(_DIPOLE_LAT) - side * np.cos(_DIPOLE_LAT)
    x = up * np.cos(_DIPOLE_LAT) + side * np.sin(_DIPOLE_LAT)
    # Where there is no foot the latitude is NaN already; the longitude goes with it.
    return np.arcsin(np.clip(sin_lat, -1.0, 1.0)), np.arctan2(y, x) + _DIPOLE_LON
