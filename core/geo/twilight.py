"""Day, twilight and night: on the ground and high up, where the Sun sets later.

The Sun is a point without refraction: its disc (0.27 degrees to each side) and the bending of
light on the horizon (0.6 degrees) are left out, except that sunset by name is at -0.833 degrees.
The Earth's shadow is that of the WGS84 ellipsoid, exactly: stretched along the axis the ellipsoid
is a sphere, and tangents stay tangents.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.errors import BadInput
from core.geo.sphere import WGS84_A_KM
from core.geo.sun import sun_azimuth_deg, sun_direction, sun_elevation_deg
from core.geo.wgs84 import WGS84_B_KM, Cartesian, east_north_up, to_cartesian, wrap_lon_deg

FloatArray = NDArray[np.float64]

RING_POINTS = 361
TWILIGHTS = (
    (-0.833, "day"),
    (-6.0, "civil twilight"),
    (-12.0, "nautical twilight"),
    (-18.0, "astronomical twilight"),
)
"""Least elevation of the Sun's centre, degrees, and what it is called from there up."""
NIGHT = "night"
_ROUNDS = 5


def twilight_name(sun_elevation_deg: float) -> str:
    """Return what it is called when the Sun stands at an elevation.

    Parameters
    ----------
    sun_elevation_deg : float
        Of the Sun's centre, without refraction, on the ground.

    Returns
    -------
    str
        "day", "civil twilight", "nautical twilight", "astronomical twilight" or "night".

    Raises
    ------
    BadInput
        The elevation is NaN.
    """
    if math.isnan(sun_elevation_deg):
        raise BadInput("The Sun's elevation is missing.", field="sun_elevation_deg", value=None)
    for least_deg, name in TWILIGHTS:
        if sun_elevation_deg >= least_deg:
            return name
    return NIGHT


def horizon_dip_deg(
    lat_deg: ArrayLike, lon_deg: ArrayLike, alt_km: ArrayLike, azimuth_deg: ArrayLike
) -> FloatArray:
    """Return how far the Earth's edge lies below the horizontal, seen from an altitude.

    Parameters
    ----------
    lat_deg, lon_deg, alt_km, azimuth_deg : array_like of float
        Geodetic place and direction; broadcast against each other.

    Returns
    -------
    ndarray of float64
        Degrees, 0 on the ellipsoid.
    """
    azimuth = np.radians(np.asarray(azimuth_deg, float))
    east, north, up = east_north_up(lat_deg, lon_deg)
    level = Cartesian(
        *(e * np.sin(azimuth) + n * np.cos(azimuth) for e, n in zip(east, north, strict=True))
    )
    here = _stretched(to_cartesian(lat_deg, lon_deg, alt_km))
    level, up = _stretched(level), _stretched(up)
    # The line here + s (level + m up) touches the sphere where this quadratic in m is zero.
    beyond = np.maximum(_dot(here, here) - WGS84_A_KM**2, 0.0)
    ahead, upward = _dot(here, level), _dot(here, up)
    square = upward**2 - beyond * _dot(up, up)
    half = ahead * upward - beyond * _dot(level, up)
    rest = ahead**2 - beyond * _dot(level, level)
    slope = (half + np.sqrt(np.maximum(half**2 - square * rest, 0.0))) / square
    return np.asarray(np.degrees(np.arctan(np.maximum(slope, 0.0))))


def sunlit(
    lat_deg: ArrayLike, lon_deg: ArrayLike, alt_km: ArrayLike, times: ArrayLike
) -> NDArray[np.bool_]:
    """Return whether the Sun shines on points above the ground.

    Parameters
    ----------
    lat_deg, lon_deg, alt_km : array_like of float
        Geodetic; broadcast against `times`.
    times : array_like of datetime64
        UTC.

    Returns
    -------
    ndarray of bool
        True outside the Earth's geometric shadow.
    """
    azimuth = sun_azimuth_deg(lat_deg, lon_deg, times)
    elevation = sun_elevation_deg(lat_deg, lon_deg, times)
    return np.asarray(elevation >= -horizon_dip_deg(lat_deg, lon_deg, alt_km, azimuth))


def shadow_height_km(lat_deg: ArrayLike, lon_deg: ArrayLike, times: ArrayLike) -> FloatArray:
    """Return the altitude over places from which on the Sun shines.

    Parameters
    ----------
    lat_deg, lon_deg : array_like of float
        Geodetic; broadcast against `times`.
    times : array_like of datetime64
        UTC.

    Returns
    -------
    ndarray of float64
        Kilometres: 0 where the Sun is up, growing without bound towards the midnight side.
    """
    here, up = to_cartesian(lat_deg, lon_deg, 0.0), east_north_up(lat_deg, lon_deg)[2]
    here, up, sun = _stretched(here), _stretched(up), _stretched(sun_direction(times))
    length = _dot(sun, sun)
    behind, rising = _dot(here, sun), _dot(up, sun)
    # How far a point of the vertical is from the shadow's axis, squared, is a quadratic in height.
    square = np.maximum(_dot(up, up) - rising**2 / length, 0.0)
    half = _dot(here, up) - behind * rising / length
    rest = -(behind**2) / length
    with np.errstate(divide="ignore"):
        height = -rest / (half + np.sqrt(half**2 - square * rest))
    return np.where(behind >= 0.0, 0.0, height)


def terminator(
    time: np.datetime64,
    alt_km: float = 0.0,
    sun_elevation_deg: float = 0.0,
    points: int = RING_POINTS,
) -> tuple[FloatArray, FloatArray]:
    """Return the closed ring on which the Sun stands at an elevation above the visible horizon.

    At altitude 0 that horizon is the horizontal. At an altitude it lies lower, and with elevation
    0 the ring is the edge of the Earth's shadow there.

    Parameters
    ----------
    time : datetime64
        UTC.
    alt_km : float
        Geodetic altitude, not negative.
    sun_elevation_deg : float
        -90 to 90; -6, -12 and -18 end the twilights.
    points : int
        Of the ring; the last is the first.

    Returns
    -------
    lat_deg, lon_deg : ndarray of float64, shape (points,)
        Geodetic, longitude in [-180, 180): the ring jumps at the date line.

    Raises
    ------
    BadInput
        A negative altitude or an elevation beyond 90 degrees.
    """
    if not alt_km >= 0.0:
        raise BadInput("A terminator lies above the ground.", field="alt_km", value=alt_km)
    if not abs(sun_elevation_deg) <= 90.0:
        raise BadInput(
            "The Sun stands between -90 and 90 degrees.",
            field="sun_elevation_deg",
            value=sun_elevation_deg,
        )
    around = np.radians(np.linspace(0.0, 360.0, points))
    around[-1] = around[0]
    lat, lon = _sun_ring(time, np.full(points, sun_elevation_deg), around)
    # The dip hardly changes along a meridian, so that each round gains three figures:
    # five leave less than 1e-11 degrees at any altitude.
    for _ in range(_ROUNDS if alt_km > 0.0 else 0):
        azimuth = sun_azimuth_deg(lat, lon, time)
        dip = horizon_dip_deg(lat, lon, alt_km, azimuth)
        lat, lon = _sun_ring(time, np.maximum(sun_elevation_deg - dip, -90.0), around)
    return lat, lon


def _sun_ring(
    time: np.datetime64, elevation_deg: FloatArray, around: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the places that see the Sun at elevations, in directions around the subsolar point."""
    sun = sun_direction(time)
    sun_lat, sun_lon = np.arctan2(sun.z, np.hypot(sun.x, sun.y)), np.arctan2(sun.y, sun.x)
    east, north, up = east_north_up(np.degrees(sun_lat), np.degrees(sun_lon))
    elevation = np.radians(elevation_deg)
    high, wide = np.sin(elevation), np.cos(elevation)
    x, y, z = (
        high * u + wide * (np.cos(around) * n + np.sin(around) * e)
        for e, n, u in zip(east, north, up, strict=True)
    )
    return np.degrees(np.arctan2(z, np.hypot(x, y))), wrap_lon_deg(np.degrees(np.arctan2(y, x)))


def _stretched(vector: Cartesian) -> Cartesian:
    return Cartesian(vector.x, vector.y, vector.z * (WGS84_A_KM / WGS84_B_KM))


def _dot(a: Cartesian, b: Cartesian) -> FloatArray:
    return np.asarray(a.x * b.x + a.y * b.y + a.z * b.z)
