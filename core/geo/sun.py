"""Where the Sun is: subsolar point, elevation and azimuth, for arrays of times and places.

The apparent direction of the Sun comes from astropy (GCRS to ITRS) at nodes six hours apart;
between them declination and equation of time are interpolated linearly, which adds less than
0.0002 degrees. No file is fetched: the Earth-orientation tables are those that come with astropy.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.geo.ephemeris import EPOCH, US_PER_DAY, earth_fixed_km
from core.geo.ephemeris import elapsed_us as since_epoch_us
from core.geo.wgs84 import Cartesian

FloatArray = NDArray[np.float64]

_NODE = np.timedelta64(6, "h")
_NODES_PER_BLOCK = 128


@lru_cache(maxsize=256)
def _block(index: int) -> tuple[FloatArray, FloatArray]:
    """Return declination and longitude-plus-UT (degrees) at the nodes of one block."""
    steps = index * _NODES_PER_BLOCK + np.arange(_NODES_PER_BLOCK + 1)
    times = EPOCH + steps * _NODE
    x, y, z = earth_fixed_km("sun", times)
    ut_deg = ((times - EPOCH).astype(np.int64) % US_PER_DAY) / US_PER_DAY * 360.0
    # At noon UT the Sun stands near the meridian of Greenwich: the rest is the equation of time.
    equation_deg = (np.degrees(np.arctan2(y, x)) + ut_deg) % 360.0 - 180.0
    return np.degrees(np.arctan2(z, np.hypot(x, y))), equation_deg


def subsolar_point(times: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return the point that has the Sun in its zenith.

    Parameters
    ----------
    times : array_like of datetime64, any shape
        UTC.

    Returns
    -------
    lat_deg, lon_deg : ndarray of float64, shape of `times`
        Geodetic latitude (the Sun's declination) and longitude in [-180, 180). Good to 0.001
        degrees between 1973 and the end of the Earth-orientation tables, 0.01 degrees after it.
    """
    moments = np.asarray(times, dtype="datetime64[us]")
    elapsed_us = since_epoch_us(moments)
    position = elapsed_us / np.int64(_NODE / np.timedelta64(1, "us"))
    step = np.floor(position).astype(np.int64)
    fraction = position - step
    blocks, slot = np.divmod(step, _NODES_PER_BLOCK)
    lat_deg = np.empty(moments.shape)
    equation_deg = np.empty(moments.shape)
    for index in np.unique(blocks):
        here = blocks == index
        declination, equation = _block(int(index))
        k, f = slot[here], fraction[here]
        lat_deg[here] = declination[k] * (1 - f) + declination[k + 1] * f
        equation_deg[here] = equation[k] * (1 - f) + equation[k + 1] * f
    ut_deg = (elapsed_us % US_PER_DAY) / US_PER_DAY * 360.0
    lon_deg = (equation_deg - ut_deg) % 360.0 - 180.0
    return lat_deg, lon_deg


def sun_elevation_deg(lat_deg: ArrayLike, lon_deg: ArrayLike, times: ArrayLike) -> FloatArray:
    """Return the elevation of the Sun's centre above the horizon, without refraction.

    Parameters
    ----------
    lat_deg, lon_deg : array_like of float
        Geodetic latitude and longitude; broadcast against `times`.
    times : array_like of datetime64
        UTC.

    Returns
    -------
    ndarray of float64
        Degrees. The parallax of the Sun (0.0024 degrees) is left out.
    """
    sun_lat_deg, sun_lon_deg = subsolar_point(times)
    lat, sun_lat = np.radians(np.asarray(lat_deg, float)), np.radians(sun_lat_deg)
    hour_angle = np.radians(np.asarray(lon_deg, float) - sun_lon_deg)
    sine = np.sin(lat) * np.sin(sun_lat) + np.cos(lat) * np.cos(sun_lat) * np.cos(hour_angle)
    elevation: FloatArray = np.degrees(np.arcsin(np.clip(sine, -1.0, 1.0)))
    return elevation


def sun_azimuth_deg(lat_deg: ArrayLike, lon_deg: ArrayLike, times: ArrayLike) -> FloatArray:
    """Return the azimuth of the Sun, from north towards east.

    Parameters
    ----------
    lat_deg, lon_deg : array_like of float
        Geodetic latitude and longitude; broadcast against `times`.
    times : array_like of datetime64
        UTC.

    Returns
    -------
    ndarray of float64
        Degrees in [0, 360), without meaning where the Sun is in the zenith or nadir.
    """
    sun_lat_deg, sun_lon_deg = subsolar_point(times)
    lat, sun_lat = np.radians(np.asarray(lat_deg, float)), np.radians(sun_lat_deg)
    hour_angle = np.radians(np.asarray(lon_deg, float) - sun_lon_deg)
    east = -np.cos(sun_lat) * np.sin(hour_angle)
    north = np.sin(sun_lat) * np.cos(lat) - np.cos(sun_lat) * np.cos(hour_angle) * np.sin(lat)
    return np.asarray(np.degrees(np.arctan2(east, north)) % 360.0 % 360.0)


def sun_direction(times: ArrayLike) -> Cartesian:
    """Return the unit vector from the Earth to the Sun.

    Parameters
    ----------
    times : array_like of datetime64
        UTC.

    Returns
    -------
    Cartesian
        Earth-fixed components of the shape of `times`; as good as `subsolar_point`.
    """
    lat_deg, lon_deg = subsolar_point(times)
    lat, lon = np.radians(lat_deg), np.radians(lon_deg)
    return Cartesian(np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat))
