"""The WGS84 ellipsoid: geodetic and Cartesian positions, east, north and up.

Cartesian positions are Earth-centred and Earth-fixed, kilometres: x to longitude 0 on the
equator, z to the north pole (NGA.STND.0036, World Geodetic System 1984).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.geo.sphere import WGS84_A_KM, WGS84_E2, WGS84_F

FloatArray = NDArray[np.float64]

WGS84_B_KM = WGS84_A_KM * (1.0 - WGS84_F)
_SECOND_E2 = WGS84_E2 / (1.0 - WGS84_E2)


class Cartesian(NamedTuple):
    """Earth-fixed components; kilometres for positions, none for directions."""

    x: FloatArray
    y: FloatArray
    z: FloatArray


class Geodetic(NamedTuple):
    """Latitude and longitude on WGS84, longitude in [-180, 180), and height above it."""

    lat_deg: FloatArray
    lon_deg: FloatArray
    alt_km: FloatArray


class Upright(NamedTuple):
    """The normal of the ellipsoid below a position: its sine and cosine of latitude, and height."""

    sine: FloatArray
    cosine: FloatArray
    alt_km: FloatArray


def wrap_lon_deg(lon_deg: ArrayLike) -> FloatArray:
    """Return longitudes in [-180, 180)."""
    # The inner remainder can round up to 360 for a tiny negative angle; the outer one takes that.
    turned = (np.asarray(lon_deg, dtype=np.float64) + 180.0) % 360.0 % 360.0
    return np.asarray(turned - 180.0)


def to_cartesian(lat_deg: ArrayLike, lon_deg: ArrayLike, alt_km: ArrayLike) -> Cartesian:
    """Return the Cartesian position of geodetic places.

    Parameters
    ----------
    lat_deg, lon_deg, alt_km : array_like of float
        Geodetic; broadcast against each other.

    Returns
    -------
    Cartesian
        Kilometres, each of the broadcast shape.
    """
    lat, lon = np.radians(np.asarray(lat_deg, float)), np.radians(np.asarray(lon_deg, float))
    alt = np.asarray(alt_km, dtype=np.float64)
    sine, cosine = np.sin(lat), np.cos(lat)
    prime_vertical_km = WGS84_A_KM / np.sqrt(1.0 - WGS84_E2 * sine**2)
    across = (prime_vertical_km + alt) * cosine
    along = (prime_vertical_km * (1.0 - WGS84_E2) + alt) * sine
    x, y, z = np.broadcast_arrays(across * np.cos(lon), across * np.sin(lon), along)
    return Cartesian(x, y, z)


def upright(across_km: FloatArray, z_km: FloatArray) -> Upright:
    """Return the normal and the height at a distance from the axis and from the equator's plane.

    Bowring (1985), Survey Review 28, 202, twice: the first round starts from his formula for
    points far from the surface. From 100 km below the surface to 100,000 km above it the
    second leaves less than a micrometre.

    Parameters
    ----------
    across_km, z_km : ndarray of float64
        Distance from the Earth's axis (not negative) and height above the equator's plane.

    Returns
    -------
    Upright
        Sine and cosine of the geodetic latitude and the height.
    """
    radius = np.sqrt(across_km**2 + z_km**2)
    rise = z_km * (1.0 + _SECOND_E2 * WGS84_B_KM / radius) * WGS84_B_KM
    run = across_km * WGS84_A_KM
    for _ in range(2):
        length = np.sqrt(rise**2 + run**2)
        up = z_km + _SECOND_E2 * WGS84_B_KM * (rise / length) ** 3
        out = across_km - WGS84_E2 * WGS84_A_KM * (run / length) ** 3
        rise, run = up * WGS84_B_KM, out * WGS84_A_KM
    length = np.sqrt(up**2 + out**2)
    sine, cosine = up / length, out / length
    # This form of the height hardly feels an error of the latitude, and holds at the poles.
    alt = across_km * cosine + z_km * sine - WGS84_A_KM * np.sqrt(1.0 - WGS84_E2 * sine**2)
    return Upright(sine, cosine, alt)


def to_geodetic(position: Cartesian) -> Geodetic:
    """Return the geodetic place of Cartesian positions; NaN stays NaN.

    Parameters
    ----------
    position : Cartesian
        Kilometres; not near the Earth's centre, where latitude has no meaning.

    Returns
    -------
    Geodetic
        Degrees and kilometres, to a micrometre; see `upright`.
    """
    across = np.sqrt(position.x**2 + position.y**2)
    normal = upright(across, np.asarray(position.z))
    lat_deg = np.degrees(np.arctan2(normal.sine, normal.cosine))
    lon_deg = np.degrees(np.arctan2(position.y, position.x))
    return Geodetic(lat_deg, np.where(lon_deg == 180.0, -180.0, lon_deg), normal.alt_km)


def east_north_up(lat_deg: ArrayLike, lon_deg: ArrayLike) -> tuple[Cartesian, Cartesian, Cartesian]:
    """Return the unit vectors to the east, the north and up of the ellipsoid at places.

    Parameters
    ----------
    lat_deg, lon_deg : array_like of float
        Geodetic; at a pole the longitude says which way is north.

    Returns
    -------
    east, north, up : Cartesian
        Earth-fixed components, each of the broadcast shape or one that broadcasts to it.
    """
    lat, lon = np.radians(np.asarray(lat_deg, float)), np.radians(np.asarray(lon_deg, float))
    sin_lat, cos_lat, sin_lon, cos_lon = np.sin(lat), np.cos(lat), np.sin(lon), np.cos(lon)
    east = Cartesian(-sin_lon, cos_lon, np.zeros(lon.shape))
    north = Cartesian(-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat)
    return east, north, Cartesian(cos_lat * cos_lon, cos_lat * sin_lon, sin_lat)
