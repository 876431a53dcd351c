"""Where the Moon is, and THEMIS B and C, which circle it as ARTEMIS since 2011."""

from __future__ import annotations

import erfa
import numpy as np
from numpy.typing import NDArray

from core.geo.moon import moon_view

FloatArray = NDArray[np.float64]

_AU_KM = 149_597_870.7
_J1970 = 2440587.5
LUNAR_SINCE_YEAR = 2011
_AXIS_KM = 11_400.0
_PERIOD_H = 26.0


def julian_day(times: NDArray[np.datetime64]) -> FloatArray:
    """Return days since Julian day 2440587.5 (1970-01-01) of UTC times."""
    return np.asarray(times.astype("datetime64[us]").astype(np.int64) / 86_400e6)


def moon_position_km(times: NDArray[np.datetime64]) -> FloatArray:
    """Return the Moon's position in the mean equator and equinox of date, shape (3, n).

    The series of Meeus as in ERFA's Moon98: 10 arcseconds. UTC is taken for terrestrial time
    (the Moon moves 40 arcseconds in that minute).
    """
    days = julian_day(times)
    position = np.asarray(erfa.moon98(_J1970, days)["p"]) * _AU_KM
    to_date = erfa.pmat06(_J1970, days)
    return np.asarray(np.einsum("nij,nj->in", to_date, position))


def artemis_position_km(platform: str, times: NDArray[np.datetime64]) -> FloatArray:
    """Return the position of THEMIS B or C: the Moon's plus a 26-hour orbit around it."""
    hours = julian_day(times) * 24.0
    turn = 2 * np.pi * hours / _PERIOD_H + (0.0 if platform == "themisb" else np.pi)
    sense = 1.0 if platform == "themisb" else -1.0
    around = np.stack([np.cos(turn), sense * np.sin(turn), 0.2 * np.cos(turn)]) * _AXIS_KM
    return np.asarray(moon_position_km(times) + around)


def moonlight(lat_deg: float, lon_deg: float, times: NDArray[np.datetime64]) -> FloatArray:
    """Return the Moon's light at a place: illuminated fraction times the sine of its elevation.

    Parameters
    ----------
    lat_deg, lon_deg : float
        Place.
    times : ndarray of datetime64, shape (n,)
        UTC.

    Returns
    -------
    ndarray of float64, shape (n,)
        0 (set or new) to 1 (full, in the zenith).
    """
    view = moon_view(lat_deg, lon_deg, times)
    sine = np.sin(np.radians(view.elevation_deg))
    return np.asarray(view.illuminated * np.clip(sine, 0.0, 1.0))
