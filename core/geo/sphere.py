"""Directions from the Earth's centre, great-circle distances, geodetic and geocentric latitude.

Every distance of the observatory is the central angle between two directions times
`EARTH_RADIUS_KM`, the radius that SSCWeb uses for the traces it delivers.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

EARTH_RADIUS_KM = 6371.2
HALF_CIRCUMFERENCE_KM = float(np.pi * EARTH_RADIUS_KM)

WGS84_A_KM = 6378.137
WGS84_F = 1.0 / 298.257223563
WGS84_E2 = WGS84_F * (2.0 - WGS84_F)


def unit_vectors(lat_deg: npt.ArrayLike, lon_deg: npt.ArrayLike) -> FloatArray:
    """Turn latitude and longitude into unit vectors.

    Parameters
    ----------
    lat_deg, lon_deg : array_like, degrees
        Broadcast against each other. Longitudes of any range; NaN gives NaN.

    Returns
    -------
    float64[..., 3]
        x to longitude 0 at the equator, z to the north pole. A pole is one point whatever its
        longitude, and longitudes that differ by 360 degrees are one longitude.
    """
    lat = np.asarray(lat_deg, dtype=np.float64)
    lon = _wrapped(np.asarray(lon_deg, dtype=np.float64))
    lat_rad, lon_rad = np.radians(lat), np.radians(lon)
    cos_lat = np.where(np.abs(lat) == 90.0, 0.0, np.cos(lat_rad))
    x, y, z = np.broadcast_arrays(
        cos_lat * np.cos(lon_rad), cos_lat * np.sin(lon_rad), np.sin(lat_rad)
    )
    return np.stack([x, y, z], axis=-1)


def vector_distance_km(a: FloatArray, b: FloatArray) -> FloatArray:
    """Great-circle distance between unit vectors ``[..., 3]``, in km.

    The atan2 form keeps its figures at all separations, where acos loses them near 0 and 180
    degrees (T. Vincenty, Survey Review 23, 88-93, 1975, on a sphere).
    """
    (ax, ay, az), (bx, by, bz) = np.moveaxis(a, -1, 0), np.moveaxis(b, -1, 0)
    sine = np.sqrt((ay * bz - az * by) ** 2 + (az * bx - ax * bz) ** 2 + (ax * by - ay * bx) ** 2)
    cosine = ax * bx + ay * by + az * bz
    return np.asarray(EARTH_RADIUS_KM * np.arctan2(sine, cosine), dtype=np.float64)


def distance_km(
    lat1_deg: npt.ArrayLike,
    lon1_deg: npt.ArrayLike,
    lat2_deg: npt.ArrayLike,
    lon2_deg: npt.ArrayLike,
) -> FloatArray:
    """Great-circle distance between points given in degrees, in km; NaN where one is NaN."""
    return vector_distance_km(unit_vectors(lat1_deg, lon1_deg), unit_vectors(lat2_deg, lon2_deg))


def geodetic_to_geocentric_lat_deg(
    lat_deg: npt.ArrayLike, alt_km: npt.ArrayLike = 0.0
) -> FloatArray:
    """Geocentric latitude of a point given by geodetic latitude and height on WGS84.

    Parameters
    ----------
    lat_deg : array_like, degrees
        Geodetic latitude.
    alt_km : array_like, km
        Height above the ellipsoid.
    """
    lat = np.radians(np.asarray(lat_deg, dtype=np.float64))
    sin_lat = np.sin(lat)
    prime_vertical_km = WGS84_A_KM / np.sqrt(1.0 - WGS84_E2 * sin_lat**2)
    alt = np.asarray(alt_km, dtype=np.float64)
    across = (prime_vertical_km + alt) * np.cos(lat)
    along = (prime_vertical_km * (1.0 - WGS84_E2) + alt) * sin_lat
    return np.asarray(np.degrees(np.arctan2(along, across)), dtype=np.float64)


def geocentric_to_geodetic_lat_deg(
    lat_deg: npt.ArrayLike, alt_km: npt.ArrayLike = 0.0
) -> FloatArray:
    """Geodetic latitude of a point given by geocentric latitude and geodetic height.

    Inverse of `geodetic_to_geocentric_lat_deg`, by fixed-point iteration on the difference of
    the two latitudes. That difference changes by less than 0.7 % of a change in latitude, so
    ten rounds leave only rounding.
    """
    geocentric = np.asarray(lat_deg, dtype=np.float64)
    geodetic = geocentric.copy()
    for _ in range(10):
        geodetic = geodetic + (geocentric - geodetic_to_geocentric_lat_deg(geodetic, alt_km))
    return np.asarray(geodetic, dtype=np.float64)


def _wrapped(lon_deg: FloatArray) -> FloatArray:
    """Longitudes in (-180, 180], unchanged to the last bit where they already are."""
    turned = lon_deg - 360.0 * np.round(lon_deg / 360.0)
    return np.where(turned == -180.0, 180.0, turned)
