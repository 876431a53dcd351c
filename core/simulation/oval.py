"""The auroral oval by Kp and magnetic local time, and the regions that it divides.

Equatorward edge at midnight 66.5 - 2.05 Kp (Gussenhoven et al. 1983, J. Geophys. Res. 88, 5692,
have about 67 - 2 Kp), poleward edge there 71 to 73; at noon the oval lies between 76 and 78.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
Codes = NDArray[np.int8]

ZONES = ("polar cap", "cusp", "cleft", "auroral oval", "mid-latitude", "low latitude")
"""Zones of either hemisphere, in the order of the schema's allowed values."""

_ORDER = ("low latitude", "mid-latitude", "polar cap", "cusp", "cleft")

LOW_LATITUDE_DEG = 30.0
_CUSP_H = 1.25
_CLEFT_H = 4.0
_CLEFT_WIDTH = 0.5


def _dayside(mlt_h: FloatArray) -> FloatArray:
    """Return 0 at 23.5 MLT, where the oval reaches lowest, to 1 at 11.5 MLT."""
    return np.asarray(0.5 * (1.0 - np.cos(2 * np.pi * (mlt_h - 23.5) / 24.0)))


def equatorward_edge_deg(mlt_h: ArrayLike, kp: ArrayLike) -> FloatArray:
    """Return the magnetic latitude (absolute) of the oval's equatorward edge."""
    activity = np.asarray(kp, float)
    day = _dayside(np.asarray(mlt_h, float))
    return np.asarray((66.5 - 2.05 * activity) * (1.0 - day) + (76.5 - 0.8 * activity) * day)


def poleward_edge_deg(mlt_h: ArrayLike, kp: ArrayLike) -> FloatArray:
    """Return the magnetic latitude (absolute) of the oval's poleward edge."""
    activity = np.asarray(kp, float)
    day = _dayside(np.asarray(mlt_h, float))
    return np.asarray((72.5 - 0.3 * activity) * (1.0 - day) + (78.5 - 0.7 * activity) * day)


def oval_terms(kp: ArrayLike) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return both edges as mean + swing * cos(local time from 23.5 hours).

    Returns
    -------
    low, low_swing, high, high_swing : ndarray of float64
        Degrees; the edges of `equatorward_edge_deg` and `poleward_edge_deg`.
    """
    night, day = (equatorward_edge_deg(local, kp) for local in (23.5, 11.5))
    far_night, far_day = (poleward_edge_deg(local, kp) for local in (23.5, 11.5))
    return (
        0.5 * (night + day),
        0.5 * (night - day),
        0.5 * (far_night + far_day),
        0.5 * (far_night - far_day),
    )


def zone_code(mlat_deg: ArrayLike, mlt_h: ArrayLike, kp: ArrayLike) -> Codes:
    """Return the zone that a foot lies in, as an index into `ZONES`.

    Parameters
    ----------
    mlat_deg : array_like of float
        AACGM latitude; its sign is not looked at. NaN (undefined near the magnetic equator) is
        low latitude.
    mlt_h, kp : array_like of float
        Magnetic local time in hours and Kp.

    Returns
    -------
    ndarray of int8
        The cusp is the poleward half of the oval within 1.25 hours of 11.5 MLT, the cleft the
        same within 4 hours.
    """
    latitude = np.nan_to_num(np.abs(np.asarray(mlat_deg, float)))
    local = np.nan_to_num(np.asarray(mlt_h, float))
    low, high = equatorward_edge_deg(local, kp), poleward_edge_deg(local, kp)
    from_noon = np.abs(local - 11.5)
    inner_half = latitude > low + _CLEFT_WIDTH * (high - low)
    return np.select(
        [
            latitude < LOW_LATITUDE_DEG,
            latitude < low,
            latitude > high,
            inner_half & (from_noon < _CUSP_H),
            inner_half & (from_noon < _CLEFT_H),
        ],
        [np.int8(ZONES.index(name)) for name in _ORDER],
        default=np.int8(ZONES.index("auroral oval")),
    ).astype(np.int8)
