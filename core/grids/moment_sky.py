"""What the Sun and the Earth's magnetic field draw on the Earth at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.geo.magnetic import FIRST_YEAR, LAST_YEAR, from_magnetic
from core.geo.sun import subsolar_point
from core.geo.twilight import terminator

FloatArray = NDArray[np.float64]
Line = tuple[FloatArray, FloatArray]
LatLon = tuple[float, float]

MAGNETIC_LATITUDES_DEG = (60.0, 70.0, 80.0, -60.0, -70.0, -80.0)
TERMINATOR_POINTS = 181
"""Every two degrees: chords leave the circle by 1 km at most."""
_STEP_DEG = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class Sky:
    """Sun and terminators at a time.

    Attributes
    ----------
    subsolar : tuple of float
        Geodetic latitude and longitude of the point that has the Sun in its zenith, degrees.
    terminators : dict
        Altitude in km to the closed ring on which the Sun is on the horizon there: geodetic
        latitude and longitude, degrees.
    """

    subsolar: LatLon
    terminators: dict[float, Line]


@dataclass(frozen=True, slots=True, eq=False)
class MagneticLines:
    """AACGM at an altitude, for one UT day.

    Attributes
    ----------
    north, south : tuple of float
        Geodetic latitude and longitude of the magnetic poles, degrees.
    lines : dict
        Magnetic latitude to the closed ring of geodetic latitude and longitude, degrees.
    """

    alt_km: float
    north: LatLon
    south: LatLon
    lines: dict[float, Line]


def sky(time: np.datetime64, alt_km: float) -> Sky:
    """Return the Sun and the terminators on the ground and at an altitude (km), at a UTC time."""
    lat, lon = subsolar_point(time)
    altitudes = dict.fromkeys((0.0, float(alt_km)))
    return Sky(
        (float(lat), float(lon)),
        {alt: terminator(time, alt, points=TERMINATOR_POINTS) for alt in altitudes},
    )


def magnetic_lines(time: np.datetime64, alt_km: float) -> MagneticLines | None:
    """Return magnetic poles and lines of constant AACGM latitude at an altitude.

    Parameters
    ----------
    time : datetime64
        UTC. Its day counts: the coordinates move by 0.1 degrees in a year.
    alt_km : float
        0 to 2,000.

    Returns
    -------
    MagneticLines or None
        None for years of which AACGM has no coefficients.
    """
    day: date = time.astype("datetime64[D]").item()
    return _of_day(day, float(alt_km)) if FIRST_YEAR <= day.year <= LAST_YEAR else None


@lru_cache(maxsize=128)
def _of_day(day: date, alt_km: float) -> MagneticLines:
    noon = np.datetime64(day, "s") + np.timedelta64(12, "h")
    around = np.arange(-180.0, 180.0 + _STEP_DEG, _STEP_DEG)
    around[-1] = around[0]
    mlat, mlon = np.meshgrid(MAGNETIC_LATITUDES_DEG, around, indexing="ij")
    lat, lon = from_magnetic(mlat, mlon, alt_km, noon)
    pole_lat, pole_lon = from_magnetic([90.0, -90.0], [0.0, 0.0], alt_km, noon)
    poles = [(float(a), float(b)) for a, b in zip(pole_lat, pole_lon, strict=True)]
    lines = {latitude: (lat[row], lon[row]) for row, latitude in enumerate(MAGNETIC_LATITUDES_DEG)}
    return MagneticLines(alt_km, poles[0], poles[1], lines)
