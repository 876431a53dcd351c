"""Lines on the small map around an imager: how far it sees, and magnetic latitude."""

from __future__ import annotations

from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from core.geo.field_of_view import ground_range_km, ring
from core.geo.magnetic import from_magnetic, to_magnetic

Line = list[list[float]]

LOWEST_ELEVATION_DEG = 5.0
RING_ELEVATIONS_DEG = (LOWEST_ELEVATION_DEG, 10.0)
_MARGIN = 1.12
_STEP_KM = 50.0
_PARALLEL_STEP_DEG = 5.0
_PARALLEL_REACH_DEG = 15.0
_MERIDIAN_REACH_DEG = 60.0
_RING_POINTS = 91
_DIGITS = 3


def map_radius_km(alt_km: float, elevation_deg: float = LOWEST_ELEVATION_DEG) -> float:
    """Return half the width of a map that shows the field of view with a margin, whole 50 km."""
    reach = float(ground_range_km(elevation_deg, alt_km)) * _MARGIN
    return float(np.ceil(reach / _STEP_KM) * _STEP_KM)


def rings(lat_deg: float, lon_deg: float, alt_m: float, map_alt_km: float) -> dict[str, Line]:
    """Return the lines of 5 and 10 degrees elevation at an altitude.

    Parameters
    ----------
    lat_deg, lon_deg, alt_m : float
        Geodetic place of the imager.
    map_alt_km : float
        Altitude of the emission.

    Returns
    -------
    dict
        By elevation in degrees: closed lines of ``[longitude, latitude]`` in degrees, as GeoJSON
        orders them.
    """
    return {
        f"{elevation:g}": _line(
            *ring(lat_deg, lon_deg, alt_m, map_alt_km, elevation, points=_RING_POINTS)
        )
        for elevation in RING_ELEVATIONS_DEG
    }


def magnetic_parallels(
    lat_deg: float, lon_deg: float, alt_km: float, time: datetime
) -> dict[str, Line]:
    """Return lines of constant AACGM latitude around a place, every five degrees.

    Parameters
    ----------
    lat_deg, lon_deg : float
        Geodetic place that the lines lie around.
    alt_km : float
        Altitude at which they are meant.
    time : datetime
        UTC; the coordinates change slowly with the years.

    Returns
    -------
    dict
        By magnetic latitude in degrees: lines of ``[longitude, latitude]`` in degrees. Empty
        where the place has no magnetic coordinates.
    """
    mlat, mlon = (float(value) for value in to_magnetic(lat_deg, lon_deg, alt_km, time))
    if not np.isfinite(mlat):
        return {}
    along = mlon + np.linspace(-_MERIDIAN_REACH_DEG, _MERIDIAN_REACH_DEG, 61)
    lines = {}
    for parallel in _parallels(mlat):
        lat, lon = from_magnetic(np.full(along.size, parallel), along, alt_km, time)
        good = np.isfinite(lat) & np.isfinite(lon)
        if good.sum() > 1:
            lines[f"{parallel:g}"] = _line(lat[good], lon[good])
    return lines


def _parallels(mlat_deg: float) -> NDArray[np.float64]:
    first = np.ceil((mlat_deg - _PARALLEL_REACH_DEG) / _PARALLEL_STEP_DEG)
    last = np.floor((mlat_deg + _PARALLEL_REACH_DEG) / _PARALLEL_STEP_DEG)
    every = np.arange(first, last + 1) * _PARALLEL_STEP_DEG
    return every[np.abs(every) < 90.0]


def _line(lat_deg: NDArray[np.float64], lon_deg: NDArray[np.float64]) -> Line:
    pairs = np.column_stack((lon_deg, lat_deg))
    return [[float(lon), float(lat)] for lon, lat in np.round(pairs, _DIGITS)]
