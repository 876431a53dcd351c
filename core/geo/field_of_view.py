"""How far an imager sees: rings of constant elevation at an altitude, and the ranges to them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.errors import BadInput
from core.geo.sightline import map_to_altitude
from core.geo.sphere import EARTH_RADIUS_KM

FloatArray = NDArray[np.float64]

RING_POINTS = 361
_FEWEST_POINTS = 4


def ring(
    lat_deg: float,
    lon_deg: float,
    alt_m: float,
    map_alt_km: float,
    elevation_deg: float,
    points: int = RING_POINTS,
) -> tuple[FloatArray, FloatArray]:
    """Return the closed ring in which a cone of constant elevation cuts an altitude.

    Parameters
    ----------
    lat_deg, lon_deg, alt_m : float
        Geodetic place of the observer.
    map_alt_km : float
        Geodetic altitude of the ring.
    elevation_deg : float
        0 to 90.
    points : int
        At equal steps of azimuth from north over east to north again: the last is the first.

    Returns
    -------
    lat_deg, lon_deg : ndarray of float64, shape (points,)
        On WGS84, longitude in [-180, 180): a ring over the date line jumps there.

    Raises
    ------
    BadInput
        An elevation outside 0 to 90, fewer than four points, or an altitude below the place.
    """
    if not 0.0 <= elevation_deg <= 90.0:
        raise BadInput(
            "The elevation of a ring lies outside 0 to 90 degrees.",
            field="elevation_deg",
            value=elevation_deg,
        )
    if points < _FEWEST_POINTS:
        raise BadInput("A ring needs four points.", field="points", value=points)
    azimuth_deg = np.linspace(0.0, 360.0, points)
    azimuth_deg[-1] = 0.0
    return map_to_altitude(azimuth_deg, elevation_deg, lat_deg, lon_deg, alt_m, map_alt_km)


def slant_range_km(elevation_deg: ArrayLike, map_alt_km: ArrayLike) -> FloatArray:
    """Return the length of the line of sight from a spherical Earth to an altitude.

    Of the law of cosines ``(R + h)^2 = R^2 + rho^2 + 2 R rho sin e`` the positive root,
    ``rho = -R sin e + sqrt(R^2 sin^2 e + h (2 R + h))``.

    Parameters
    ----------
    elevation_deg, map_alt_km : array_like of float
        Broadcast against each other; the observer is on the ground.

    Returns
    -------
    ndarray of float64
        Kilometres; NaN for elevations outside 0 to 90.

    Raises
    ------
    BadInput
        An altitude below the ground.
    """
    elevation = np.asarray(elevation_deg, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        elevation = np.where((elevation >= 0.0) & (elevation <= 90.0), elevation, np.nan)
    height = np.asarray(map_alt_km, dtype=np.float64)
    if np.any(height < 0.0):
        raise BadInput(
            "The altitude lies below the ground.", field="map_alt_km", value=float(np.min(height))
        )
    fall = EARTH_RADIUS_KM * np.sin(np.radians(elevation))
    lift = height * (2.0 * EARTH_RADIUS_KM + height)
    # Not the difference of two nearly equal numbers.
    return np.asarray(lift / (fall + np.sqrt(fall**2 + lift)))


def ground_range_km(elevation_deg: ArrayLike, map_alt_km: ArrayLike) -> FloatArray:
    """Return the distance along a spherical Earth to below the point in the line of sight.

    Parameters
    ----------
    elevation_deg, map_alt_km : array_like of float
        Broadcast against each other; the observer is on the ground.

    Returns
    -------
    ndarray of float64
        Kilometres on a sphere of 6371.2 km; NaN for elevations outside 0 to 90.

    Raises
    ------
    BadInput
        An altitude below the ground.
    """
    elevation = np.radians(np.asarray(elevation_deg, dtype=np.float64))
    slant = slant_range_km(elevation_deg, map_alt_km)
    angle = np.arctan2(slant * np.cos(elevation), EARTH_RADIUS_KM + slant * np.sin(elevation))
    return np.asarray(EARTH_RADIUS_KM * angle)
