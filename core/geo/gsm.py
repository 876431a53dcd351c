"""Geocentric solar magnetospheric directions.

X points to the Sun, the dipole axis lies in the X-Z plane, Z towards the magnetic north
(Russell 1971, Cosmic Electrodynamics 2, 184). The pole of the dipole is that of IGRF-14.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.geo.sun import subsolar_point

FloatArray = NDArray[np.float64]

# Year, latitude and longitude (degrees, geocentric) of the north end of the IGRF dipole axis.
_POLE = np.array(
    [
        (1980.0, 78.80, -70.76),
        (1990.0, 79.21, -71.13),
        (2000.0, 79.61, -71.57),
        (2005.0, 79.82, -71.81),
        (2010.0, 80.09, -72.21),
        (2015.0, 80.37, -72.63),
        (2020.0, 80.65, -72.68),
        (2025.0, 80.85, -72.76),
    ]
)


def _unit(lat_deg: FloatArray, lon_deg: FloatArray) -> FloatArray:
    lat, lon = np.radians(lat_deg), np.radians(lon_deg)
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def dipole_axis(times: ArrayLike) -> FloatArray:
    """Return the north end of the dipole axis as geographic unit vectors, shape (3, ...)."""
    moments = np.asarray(times, dtype="datetime64[us]")
    years = 1970.0 + moments.astype(np.int64) / (365.2425 * 86_400e6)
    lat_deg = np.interp(years, _POLE[:, 0], _POLE[:, 1])
    lon_deg = np.interp(years, _POLE[:, 0], _POLE[:, 2])
    return _unit(lat_deg, lon_deg)


def geographic_to_gsm(
    lat_deg: ArrayLike, lon_deg: ArrayLike, times: ArrayLike
) -> tuple[FloatArray, FloatArray]:
    """Return GSM latitude and longitude of geocentric directions.

    Parameters
    ----------
    lat_deg, lon_deg : array_like of float
        Geocentric direction; broadcast against `times`.
    times : array_like of datetime64
        UTC.

    Returns
    -------
    lat_deg, lon_deg : ndarray of float64
        Longitude 0 is sunward and 90 duskward, in [-180, 180).
    """
    here = _unit(*np.broadcast_arrays(np.asarray(lat_deg, float), np.asarray(lon_deg, float)))
    x_axis = _unit(*subsolar_point(times))
    y_axis = np.cross(dipole_axis(times), x_axis, axis=0)
    y_axis /= np.sqrt((y_axis**2).sum(axis=0))
    z_axis = np.cross(x_axis, y_axis, axis=0)
    x, y, z = ((here * axis).sum(axis=0) for axis in (x_axis, y_axis, z_axis))
    lon_gsm = (np.degrees(np.arctan2(y, x)) + 180.0) % 360.0 - 180.0
    return np.degrees(np.arcsin(np.clip(z, -1.0, 1.0))), lon_gsm
