"""Lines of sight from a place on the ground: where one meets an altitude, and the way back.

Altitudes are geodetic, above WGS84. The surface of one altitude is not an ellipsoid, but for
auroral heights it lies within a metre of the one with axes lengthened by that altitude: the line
is cut with that ellipsoid and the cut then moved along the line by Newton's rule until its
altitude is right.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.errors import BadInput
from core.geo.sphere import WGS84_A_KM
from core.geo.wgs84 import (
    WGS84_B_KM,
    Cartesian,
    east_north_up,
    to_cartesian,
    upright,
)

FloatArray = NDArray[np.float64]

_CLOSE_KM = 1e-9
_MAX_ROUNDS = 20
_LEAST_CLIMB = 1e-6


def map_to_altitude(
    azimuth_deg: ArrayLike,
    elevation_deg: ArrayLike,
    lat_deg: ArrayLike,
    lon_deg: ArrayLike,
    alt_m: ArrayLike,
    map_alt_km: ArrayLike,
) -> tuple[FloatArray, FloatArray]:
    """Return where lines of sight meet an altitude.

    Straight lines: refraction (half a degree on the horizon) is left out, as in the official
    skymaps.

    Parameters
    ----------
    azimuth_deg, elevation_deg : array_like of float
        Direction: azimuth from north towards east, elevation above the horizontal plane of WGS84.
    lat_deg, lon_deg, alt_m : array_like of float
        Geodetic place of the observer, metres above WGS84.
    map_alt_km : array_like of float
        Geodetic altitude to map to. All six broadcast against each other.

    Returns
    -------
    lat_deg, lon_deg : ndarray of float64
        Geodetic, within a millimetre; longitude in [-180, 180). NaN for elevations below 0 or
        above 90 and where an input is not finite.

    Raises
    ------
    BadInput
        The altitude is not above the observer, or the observer's latitude is none.
    """
    site_km, map_km = np.asarray(alt_m, float) / 1000.0, np.asarray(map_alt_km, float)
    if np.any(map_km <= site_km):
        raise BadInput(
            "The altitude to map to is not above the place of the observer.",
            field="map_alt_km",
            value=float(np.min(map_km)),
            hint=f"Give an altitude above {float(np.max(site_km)):.3f} km.",
        )
    if np.any(np.abs(np.asarray(lat_deg, float)) > 90.0):
        raise BadInput(
            "The observer's latitude lies outside -90 to 90 degrees.",
            field="lat_deg", value=float(np.nanmax(np.abs(np.asarray(lat_deg, float)))),
        )  # fmt: skip
    map_km = np.where(np.isfinite(map_km), map_km, np.nan)
    elevation = np.asarray(elevation_deg, float)
    with np.errstate(invalid="ignore"):
        elevation = np.where((elevation >= 0.0) & (elevation <= 90.0), elevation, np.nan)
        away = _direction(np.asarray(azimuth_deg, float), elevation, lat_deg, lon_deg)
    start = to_cartesian(lat_deg, lon_deg, site_km)
    return _follow(start, away, map_km)


def look_at(
    lat_deg: ArrayLike,
    lon_deg: ArrayLike,
    alt_km: ArrayLike,
    site_lat_deg: ArrayLike,
    site_lon_deg: ArrayLike,
    site_alt_m: ArrayLike,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return azimuth, elevation and distance of targets seen from a place.

    Parameters
    ----------
    lat_deg, lon_deg, alt_km : array_like of float
        Geodetic place of the target.
    site_lat_deg, site_lon_deg, site_alt_m : array_like of float
        Geodetic place of the observer, metres above WGS84. All six broadcast.

    Returns
    -------
    azimuth_deg : ndarray of float64
        From north towards east, [0, 360).
    elevation_deg : ndarray of float64
        Above the horizontal plane; negative below it.
    range_km : ndarray of float64
        Straight distance.
    """
    target = to_cartesian(lat_deg, lon_deg, alt_km)
    site = to_cartesian(site_lat_deg, site_lon_deg, np.asarray(site_alt_m, float) / 1000.0)
    away = Cartesian(target.x - site.x, target.y - site.y, target.z - site.z)
    east, north, up = (_dot(away, axis) for axis in east_north_up(site_lat_deg, site_lon_deg))
    level = np.hypot(east, north)
    azimuth_deg = np.asarray(np.degrees(np.arctan2(east, north)) % 360.0 % 360.0)
    return azimuth_deg, np.degrees(np.arctan2(up, level)), np.hypot(level, up)


def _dot(a: Cartesian, b: Cartesian) -> FloatArray:
    return np.asarray(a.x * b.x + a.y * b.y + a.z * b.z)


def _direction(
    azimuth_deg: FloatArray, elevation_deg: FloatArray, lat_deg: ArrayLike, lon_deg: ArrayLike
) -> Cartesian:
    azimuth, elevation = np.radians(azimuth_deg), np.radians(elevation_deg)
    level = np.cos(elevation)
    parts = (level * np.sin(azimuth), level * np.cos(azimuth), np.sin(elevation))
    axes = east_north_up(lat_deg, lon_deg)
    x, y, z = (
        sum((part * axis[k] for part, axis in zip(parts, axes, strict=True)), np.float64(0.0))
        for k in range(3)
    )
    return Cartesian(np.asarray(x), np.asarray(y), np.asarray(z))


def _ellipsoid_range_km(start: Cartesian, away: Cartesian, map_km: FloatArray) -> FloatArray:
    """Return the distance to the ellipsoid with both axes lengthened by the altitude."""
    across, along = 1.0 / (WGS84_A_KM + map_km) ** 2, 1.0 / (WGS84_B_KM + map_km) ** 2
    a = (away.x**2 + away.y**2) * across + away.z**2 * along
    b = (start.x * away.x + start.y * away.y) * across + start.z * away.z * along
    c = (start.x**2 + start.y**2) * across + start.z**2 * along - 1.0
    return np.asarray((np.sqrt(np.maximum(b * b - a * c, 0.0)) - b) / a)


def _follow(start: Cartesian, away: Cartesian, map_km: FloatArray) -> tuple[FloatArray, FloatArray]:
    range_km = _ellipsoid_range_km(start, away, map_km)
    for _ in range(_MAX_ROUNDS):
        x, y = start.x + range_km * away.x, start.y + range_km * away.y
        across, z = np.sqrt(x * x + y * y), start.z + range_km * away.z
        normal = upright(across, z)
        short = map_km - normal.alt_km
        if not np.any(np.abs(short) > _CLOSE_KM):
            break
        level = (x * away.x + y * away.y) / np.maximum(across, _CLOSE_KM)
        climb = normal.cosine * level + normal.sine * away.z
        range_km = range_km + short / np.maximum(climb, _LEAST_CLIMB)
    lat_deg = np.asarray(np.degrees(np.arctan2(normal.sine, normal.cosine)))
    lon_deg = np.degrees(np.arctan2(y, x))
    return lat_deg, np.where(lon_deg == 180.0, -180.0, lon_deg)
