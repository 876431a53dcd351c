"""Clouds: one slowly moving field over the whole Earth, so that neighbours share their weather.

The field is a sum of plane waves of 700 to 4,000 km length which drift eastward at 8 to 15 m/s
and change over days. It has zero mean and unit variance; cloudy is above `CLOUDY`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.geo.sphere import EARTH_RADIUS_KM
from core.simulation.seeds import FloatArray, generator

TimeArray = NDArray[np.datetime64]

CLOUDY = 0.15
"""Level above which a sky is cloudy: 44 per cent of the time."""

_WAVES = 40


def cloud_level(lat_deg: float, lon_deg: float, times: TimeArray, seed: int) -> FloatArray:
    """Return the cloud field over a place.

    Parameters
    ----------
    lat_deg, lon_deg : float
        Place.
    times : ndarray of datetime64, shape (n,)
        UTC.

    Returns
    -------
    ndarray of float64, shape (n,)
        No unit; zero mean, unit variance.
    """
    random = generator("clouds", seed=seed)
    length_km = np.exp(random.uniform(np.log(700.0), np.log(4000.0), _WAVES))
    direction = random.normal(size=(_WAVES, 3))
    direction /= np.sqrt((direction**2).sum(axis=1, keepdims=True))
    wind_km_h = 3.6 * random.uniform(8.0, 15.0, _WAVES)
    phase = random.uniform(0.0, 2 * np.pi, _WAVES)
    own_rate = random.normal(0.0, 2 * np.pi / 60.0, _WAVES)
    lat, lon = np.radians(lat_deg), np.radians(lon_deg)
    here = np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    east = np.array([-np.sin(lon), np.cos(lon), 0.0])
    wave_km = 2 * np.pi / length_km
    along = wave_km * (direction @ here) * EARTH_RADIUS_KM
    drift = wave_km * (direction @ east) * wind_km_h
    hours = times.astype("datetime64[us]").astype(np.int64) / 3.6e9 - 350_000.0
    angle = along[:, None] + phase[:, None] - (drift + own_rate)[:, None] * hours[None, :]
    return np.asarray(np.cos(angle).sum(axis=0) * np.sqrt(2.0 / _WAVES))
