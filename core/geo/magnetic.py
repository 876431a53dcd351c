"""Altitude-adjusted corrected geomagnetic coordinates (AACGM-v2) and magnetic local time.

Shepherd (2014), J. Geophys. Res. 119, 7501, doi 10.1002/2014JA020264, through the package aacgmv2.
Its C code keeps the date of the coefficients in one global place: two threads with different
dates give each other wrong numbers without any error. Every call here holds one lock.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from functools import lru_cache

import aacgmv2._aacgmv2 as c_aacgm
import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.errors import BadInput

# Importing the package itself sets where its coefficient files are.
import aacgmv2  # isort: skip

FloatArray = NDArray[np.float64]
Pair = tuple[FloatArray, FloatArray]
Traces = tuple[FloatArray, FloatArray, FloatArray, FloatArray]

MAX_COEFFICIENT_ALT_KM: float = aacgmv2.high_alt_coeff
FOOT_ALT_KM = 100.0
# AuroraX hands the radius that comes back from the first conversion (0.999 Earth radii) to the
# second as its altitude in km. The mirror point is therefore that of 1 km: 0.003 degrees away.
_MIRROR_ALT_KM = 1.0

_MLT_STEP = np.timedelta64(5, "m")
# Conversions in one call, some 20 milliseconds.
_AT_ONCE = 1000
_MLT_NODES = 288

FIRST_YEAR, LAST_YEAR = 1590, 2029
"""Years of the coefficients of AACGM that the library is installed with."""
LOCK = threading.Lock()


def _calendar(time: datetime | np.datetime64) -> tuple[int, int, int, int, int, int]:
    if isinstance(time, datetime):
        moment = time.astimezone(UTC) if time.tzinfo else time
    elif np.isnat(time):
        raise BadInput("A time is needed for magnetic coordinates.", field="time", value=time)
    else:
        moment = time.astype("datetime64[s]").item()
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise BadInput(
            f"Magnetic coordinates (AACGM) are not known for the year {moment.year}.",
            hint=f"Give a time from {FIRST_YEAR} to {LAST_YEAR}.", field="time", value=str(time),
        )  # fmt: skip
    return moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second


def _convert(
    lat_deg: ArrayLike,
    lon_deg: ArrayLike,
    alt_km: ArrayLike,
    time: datetime | np.datetime64,
    code: int,
) -> Pair:
    lat, lon, alt = np.broadcast_arrays(
        *(np.asarray(values, dtype=float) for values in (lat_deg, lon_deg, alt_km))
    )
    out_lat, out_lon = np.full(lat.shape, np.nan), np.full(lat.shape, np.nan)
    good = np.isfinite(lat) & np.isfinite(lon) & (alt >= 0) & (alt <= MAX_COEFFICIENT_ALT_KM)
    if not good.any():
        return out_lat, out_lon
    wrapped = (lon[good] + 180.0) % 360.0 - 180.0
    with LOCK:
        c_aacgm.set_datetime(*_calendar(time))
        got_lat, got_lon, bad = _in_parts(lat[good], wrapped, alt[good], code)
    fine = np.asarray(bad) < 0
    out_lat[good] = np.where(fine, got_lat, np.nan)
    out_lon[good] = np.where(fine, got_lon, np.nan)
    return out_lat, out_lon


def _in_parts(lat: FloatArray, lon: FloatArray, alt: FloatArray, code: int) -> list[FloatArray]:
    """Convert some at a time: the library keeps the interpreter's lock, and others have to run."""
    parts = []
    for first in range(0, len(lat), _AT_ONCE):
        some = slice(first, first + _AT_ONCE)
        found = c_aacgm.convert_arr(
            lat[some].tolist(), lon[some].tolist(), alt[some].tolist(), code
        )
        parts.append(np.array([found[0], found[1], found[3]], dtype=float))
    return list(np.concatenate(parts, axis=1))


def to_magnetic(
    lat_deg: ArrayLike,
    lon_deg: ArrayLike,
    alt_km: ArrayLike,
    time: datetime | np.datetime64,
    *,
    geocentric: bool = False,
) -> Pair:
    """Return AACGM latitude and longitude of places.

    Parameters
    ----------
    lat_deg, lon_deg, alt_km : array_like of float
        Geodetic by default; `geocentric` takes latitudes and altitudes on a sphere of 6371.2 km.
    time : datetime or datetime64
        UTC; one date for all places (the coefficients change by 0.1 degrees in a year).

    Returns
    -------
    mlat_deg, mlon_deg : ndarray of float64
        NaN where the coordinates are not defined (near the magnetic equator at low altitude),
        above 2,000 km, below 0, and where the input is NaN.
    """
    code = c_aacgm.G2A | (c_aacgm.GEOCENTRIC if geocentric else 0)
    return _convert(lat_deg, lon_deg, alt_km, time, code)


def from_magnetic(
    mlat_deg: ArrayLike,
    mlon_deg: ArrayLike,
    alt_km: ArrayLike,
    time: datetime | np.datetime64,
    *,
    geocentric: bool = False,
) -> Pair:
    """Return the places that have these AACGM coordinates at an altitude; see `to_magnetic`."""
    code = c_aacgm.A2G | (c_aacgm.GEOCENTRIC if geocentric else 0)
    return _convert(mlat_deg, mlon_deg, alt_km, time, code)


def mlt_h(mlon_deg: ArrayLike, times: ArrayLike) -> FloatArray:
    """Return the magnetic local time of magnetic longitudes.

    Magnetic local time grows by an hour for 15 degrees of magnetic longitude, so that of
    longitude 0 is looked up every five minutes and interpolated: within 0.0001 hours.

    Parameters
    ----------
    mlon_deg : array_like of float
        AACGM longitude; broadcast against `times`.
    times : array_like of datetime64
        UTC.

    Returns
    -------
    ndarray of float64
        Hours in [0, 24), NaN where the longitude is NaN.
    """
    moments = np.asarray(times, dtype="datetime64[us]")
    days = moments.astype("datetime64[D]")
    steps = (moments - days) / _MLT_STEP
    zero = np.empty(moments.shape)
    for day in np.unique(days):
        here = days == day
        nodes = _mlt_of_zero(int(day.astype(np.int64)))
        zero[here] = np.interp(steps[here], np.arange(nodes.size), nodes)
    return np.asarray((zero + np.asarray(mlon_deg, dtype=float) / 15.0) % 24.0)


def mlt_of_zero(times: NDArray[np.datetime64]) -> FloatArray:
    """Return the MLT of magnetic longitude 0 as the library has it, with the first time's date.

    Parameters
    ----------
    times : ndarray of datetime64, shape (n,)
        UTC, within a day of the first.

    Returns
    -------
    ndarray of float64, shape (n,)
        Hours without jumps at midnight: neighbours differ by less than 12.
    """
    moments = [_calendar(time) for time in times]
    columns = [list(column) for column in zip(*moments, strict=True)]
    with LOCK:
        # Without a date of its own the library keeps that of whichever call came last, up to 30
        # days off: local times then differ in their fifth digit from one process to the next.
        c_aacgm.set_datetime(*moments[0])
        values = c_aacgm.mlt_convert_arr(*columns, [0.0] * len(moments))
    return np.unwrap(np.asarray(values), period=24.0)


@lru_cache(maxsize=1024)
def _mlt_of_zero(day: int) -> FloatArray:
    """Return the unwrapped MLT of magnetic longitude 0 at the nodes of a day since 1970."""
    start = np.datetime64(day, "D").astype("datetime64[us]")
    return mlt_of_zero(start + np.arange(_MLT_NODES + 1) * _MLT_STEP)


def ground_traces(lat_deg: ArrayLike, lon_deg: ArrayLike, time: datetime | np.datetime64) -> Traces:
    """Return the north and south trace of places on the ground, as AuroraX derives them.

    The trace in a place's own hemisphere is the place itself. The other is its AACGM mirror:
    to AACGM at altitude 0, the magnetic latitude negated, and back.

    Parameters
    ----------
    lat_deg, lon_deg : array_like of float
        Geodetic.
    time : datetime or datetime64
        UTC.

    Returns
    -------
    nb_lat_deg, nb_lon_deg, sb_lat_deg, sb_lon_deg : ndarray of float64
        NaN for the mirror of places where AACGM is not defined.
    """
    lat, lon = np.broadcast_arrays(np.asarray(lat_deg, float), np.asarray(lon_deg, float))
    mlat, mlon = to_magnetic(lat, lon, 0.0, time)
    far_lat, far_lon = from_magnetic(-mlat, mlon, _MIRROR_ALT_KM, time)
    north = lat >= 0
    return (
        np.where(north, lat, far_lat),
        np.where(north, lon, far_lon),
        np.where(north, far_lat, lat),
        np.where(north, far_lon, lon),
    )


def footprints_aacgm(
    lat_deg: ArrayLike,
    lon_deg: ArrayLike,
    alt_km: ArrayLike,
    time: datetime | np.datetime64,
    *,
    foot_alt_km: float = FOOT_ALT_KM,
) -> Traces:
    """Return the north and south feet of the field lines through low-orbit positions.

    AACGM latitude and longitude are constant along a field line, so a foot is the place at the
    foot's altitude that has the same AACGM coordinates, or their mirror. Internal field only.

    Parameters
    ----------
    lat_deg, lon_deg, alt_km : array_like of float
        Geocentric, altitude above a sphere of 6371.2 km, at most 2,000 km.
    time : datetime or datetime64
        UTC.
    foot_alt_km : float
        Altitude of the feet above the same sphere.

    Returns
    -------
    nb_lat_deg, nb_lon_deg, sb_lat_deg, sb_lon_deg : ndarray of float64
        Geocentric; NaN where AACGM is not defined.
    """
    mlat, mlon = to_magnetic(lat_deg, lon_deg, alt_km, time, geocentric=True)
    north = from_magnetic(np.abs(mlat), mlon, foot_alt_km, time, geocentric=True)
    south = from_magnetic(-np.abs(mlat), mlon, foot_alt_km, time, geocentric=True)
    return (*north, *south)
