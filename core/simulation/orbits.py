"""Positions of spacecraft: geocentric latitude, longitude and distance at any times.

SGP4 (Vallado et al. 2006, AIAA 2006-6753) gives positions in TEME; turning by Greenwich mean
sidereal time leaves out polar motion and UT1-UTC, less than 0.5 km at the ground. Geostationary
spacecraft are kept at their longitude, which free propagation would not do.
"""

from __future__ import annotations

from typing import NamedTuple

import erfa
import numpy as np
from numpy.typing import NDArray

from core.errors import AtlasError
from core.simulation.fleet import GEOSTATIONARY, ORBITS, orbit_in
from core.simulation.moon import LUNAR_SINCE_YEAR, artemis_position_km, julian_day
from core.simulation.orbit_model import satellite

FloatArray = NDArray[np.float64]
TimeArray = NDArray[np.datetime64]

_J1970 = 2440587.5
_GEOSTATIONARY_KM = 42_164.2


class Track(NamedTuple):
    """Geocentric latitude and longitude in degrees and distance from the centre in km."""

    lat_deg: FloatArray
    lon_deg: FloatArray
    radius_km: FloatArray


def positions(platform: str, times: TimeArray) -> Track:
    """Return where a platform is.

    Parameters
    ----------
    platform : str
        Of `core.instruments.spacecraft`, for example ``swarma``.
    times : ndarray of datetime64, shape (n,)
        UTC.

    Raises
    ------
    AtlasError
        SGP4 gave up on the elements.
    """
    if platform in GEOSTATIONARY:
        return _geostationary(platform, times)
    years = times.astype("datetime64[Y]").astype(np.int64) + 1970
    inertial = np.empty((3, times.size))
    for year in np.unique(years):
        here = years == year
        inertial[:, here] = _inertial_km(platform, int(year), times[here])
    return _track(inertial, times)


def _inertial_km(platform: str, year: int, times: TimeArray) -> FloatArray:
    if platform in ("themisb", "themisc") and year >= LUNAR_SINCE_YEAR:
        return artemis_position_km(platform, times)
    days = julian_day(times)
    whole = np.floor(days)
    errors, position, _ = satellite(orbit_in(platform, year), year).sgp4_array(
        _J1970 + whole, days - whole
    )
    if errors.any():
        raise AtlasError(
            f"SGP4 gave error {errors.max()} for {platform} in {year}.",
            hint="The mean elements of core.simulation.fleet are not usable for that year.",
        )
    return np.asarray(position.T)


def _track(inertial_km: FloatArray, times: TimeArray) -> Track:
    x, y, z = inertial_km
    radius_km = np.sqrt(x * x + y * y + z * z)
    sidereal = erfa.gmst82(_J1970, julian_day(times))
    lon_deg = np.degrees(np.arctan2(y, x) - sidereal)
    return Track(np.degrees(np.arcsin(z / radius_km)), (lon_deg + 180.0) % 360.0 - 180.0, radius_km)


def _geostationary(platform: str, times: TimeArray) -> Track:
    """Keep the longitude of the year; a small inclination makes the daily figure of eight."""
    years = times.astype("datetime64[Y]").astype(np.int64) + 1970
    since, places = np.array(GEOSTATIONARY[platform]).T
    slot = np.clip(np.searchsorted(since, years, side="right") - 1, 0, None)
    turn = 2 * np.pi * julian_day(times)
    return Track(
        0.3 * np.sin(turn),
        (places[slot] + 0.05 * np.sin(2 * turn) + 180.0) % 360.0 - 180.0,
        np.full(times.size, _GEOSTATIONARY_KM),
    )


def known_platforms() -> frozenset[str]:
    """Return the platforms that have an orbit."""
    return frozenset(ORBITS) | frozenset(GEOSTATIONARY)
