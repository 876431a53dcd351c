"""AACGM latitude and magnetic local time for millions of positions: from nodes, not one by one.

A conversion by the library costs microseconds and a lock, so both are interpolated by cubics
through four nodes a dimension. Coordinates are those of the middle of the month.

* Magnetic longitude and latitude: nodes every 2 degrees at the turn of every year, as unit
  vectors, which know neither poles nor date line. Where the latitude comes out below
  `EXACT_BELOW_DEG`, or a node has none, the position is given to the library itself.
* Magnetic local time of longitude 0: nodes every half hour of every eighth day.

Latitudes are within 0.01 degrees (0.03 below 18 degrees), local times within 0.002 hours divided by
the cosine of the latitude, of the library at the record's own time; most of that is the slow
drift of the field within a month.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.archive import duck
from core.geo.magnetic import FOOT_ALT_KM, LAST_YEAR, mlt_of_zero, to_magnetic

Float = NDArray[np.float64]
Ints = NDArray[np.int64]

EXACT_BELOW_DEG = 25.0
_STEP_DEG = 2.0
_ROWS, _COLUMNS = 91, 180
_DAYS_APART = 8
_SLOTS = 48
_SLOT_MINUTES = 30
_DAY_MINUTES = 1440


def magnetic(lat_deg: Float, lon_deg: Float, months: Ints) -> tuple[Float, Float]:
    """Return AACGM latitude and longitude of places at 100 km.

    Parameters
    ----------
    lat_deg, lon_deg : float64[N] or float64[1]
        Geodetic; one place may stand for all. NaN gives NaN.
    months : int64[N]
        Months since 1970 (UTC).

    Returns
    -------
    mlat_deg, mlon_deg : float64[N]
        NaN where AACGM is not defined: at low magnetic latitudes.

    Raises
    ------
    core.errors.BadInput
        A year is outside of the library's coefficients (1590 to 2029).
    """
    mlat, mlon = np.full(len(months), np.nan), np.full(len(months), np.nan)
    for month in np.flatnonzero(np.bincount(months - months.min())) + months.min():
        here = np.flatnonzero(months == month)
        one = len(lat_deg) == 1
        lat, lon = (lat_deg, lon_deg) if one else (lat_deg[here], lon_deg[here])
        mlat[here], mlon[here] = _in_month(lat, lon, int(month))
    return mlat, mlon


def mlt_of_zero_h(minutes: Ints) -> Float:
    """Return the magnetic local time of magnetic longitude 0; an hour is 15 degrees of longitude.

    Parameters
    ----------
    minutes : int64[N]
        Since 1970 (UTC).

    Returns
    -------
    float64[N]
        Hours, not brought into [0, 24).
    """
    day, minute = np.divmod(minutes, _DAY_MINUTES)
    slot, after = np.divmod(minute, _SLOT_MINUTES)
    across = _weights(after / _SLOT_MINUTES)
    blocks = np.floor_divide(day, _DAYS_APART)
    zero = np.empty(len(minutes))
    for block in np.unique(blocks):
        here = np.flatnonzero(blocks == block)
        nodes = _zero_nodes(int(block))
        days = minutes[here] / _DAY_MINUTES - float(block) * _DAYS_APART
        total = np.zeros(len(here))
        for n in range(4):
            column = slot[here] - 1 + n
            # A slot of the day before or after is the same column, seen from another time.
            along = _weights((days - column % _SLOTS * _SLOT_MINUTES / _DAY_MINUTES) / _DAYS_APART)
            total += across[n, here] * (nodes[:, column % _SLOTS] * along).sum(axis=0)
        zero[here] = total
    return zero + minute / 60.0


def _in_month(lat_deg: Float, lon_deg: Float, month: int) -> tuple[Float, Float]:
    x, y, z = _interpolate(_month_nodes(month), lat_deg, lon_deg)
    mlat = np.degrees(np.arctan2(z, np.hypot(x, y)))
    mlon = np.degrees(np.arctan2(y, x))
    unsure = np.flatnonzero(~(np.abs(mlat) >= EXACT_BELOW_DEG) & np.isfinite(lat_deg))
    if len(unsure):
        duck.check()
        exact = to_magnetic(lat_deg[unsure], lon_deg[unsure], FOOT_ALT_KM, _middle(month))
        mlat[unsure], mlon[unsure] = exact
    return mlat, mlon


def _middle(month: int) -> np.datetime64:
    start = np.datetime64(month, "M").astype("datetime64[s]")
    return np.datetime64(start + np.timedelta64(15, "D"))


@lru_cache(maxsize=24)
def _month_nodes(month: int) -> Float:
    """Return nodes for the middle of a month: float64[latitudes * (longitudes + 4), 3]."""
    year = month // 12 + 1970
    share = (month % 12 + 0.5) / 12.0
    nodes = (1.0 - share) * _year_nodes(year) + share * _year_nodes(year + 1)
    around = np.concatenate([nodes[:, -1:], nodes, nodes[:, :3]], axis=1)
    return np.ascontiguousarray(around.reshape(-1, 3))


@lru_cache(maxsize=32)
def _year_nodes(year: int) -> Float:
    """Return AACGM directions at the start of a year: float64[latitudes, longitudes, 3]."""
    start = np.datetime64(f"{year:04d}-01-01T00:00:00", "s")
    if year == LAST_YEAR + 1:
        start -= np.timedelta64(1, "s")
    lat = np.linspace(-90.0, 90.0, _ROWS)[:, None]
    lon = -180.0 + _STEP_DEG * np.arange(_COLUMNS)[None, :]
    mlat, mlon = (np.radians(v) for v in to_magnetic(lat, lon, FOOT_ALT_KM, start))
    across = np.cos(mlat)
    return np.stack([across * np.cos(mlon), across * np.sin(mlon), np.sin(mlat)], axis=-1)


def _interpolate(nodes: Float, lat_deg: Float, lon_deg: Float) -> Float:
    """Return the directions between nodes, float64[3, N]; NaN beside a node without one."""
    known = np.isfinite(lat_deg) & np.isfinite(lon_deg)
    y = (np.where(known, lat_deg, 0.0) + 90.0) / _STEP_DEG
    x = (np.where(known, lon_deg, 0.0) + 180.0) % 360.0 / _STEP_DEG
    row = np.clip(np.floor(y).astype(np.int64), 1, _ROWS - 3)
    column = np.minimum(np.floor(x).astype(np.int64), _COLUMNS - 1)
    down, across = _weights(y - row), _weights(x - column)
    first = (row - 1) * (_COLUMNS + 4) + column
    out = np.zeros((len(y), 3))
    for i in range(4):
        for j in range(4):
            weight = (down[i] * across[j])[:, None]
            out += nodes[first + i * (_COLUMNS + 4) + j] * weight
    out[~known] = np.nan
    return out.T


def _weights(f: Float) -> Float:
    """Weights of the nodes at -1, 0, 1 and 2 for a value at `f` (Lagrange), float64[4, N]."""
    return np.stack(
        [
            -f * (f - 1.0) * (f - 2.0) / 6.0,
            (f + 1.0) * (f - 1.0) * (f - 2.0) / 2.0,
            -(f + 1.0) * f * (f - 2.0) / 2.0,
            (f + 1.0) * f * (f - 1.0) / 6.0,
        ]
    )


@lru_cache(maxsize=1024)
def _zero_nodes(block: int) -> Float:
    """Return MLT of longitude 0 less UT at the nodes around a block of days: float64[4, slots]."""
    first = (block - 1) * _DAYS_APART
    rows = [_zero_of_day(first + n * _DAYS_APART) for n in range(4)]
    # All on one branch: neighbours in time differ by minutes.
    for n in range(1, 4):
        rows[n] = rows[n] - 24.0 * np.round((rows[n] - rows[n - 1]) / 24.0)
    return np.stack(rows)


@lru_cache(maxsize=4096)
def _zero_of_day(day: int) -> Float:
    start = np.datetime64(day, "D").astype("datetime64[m]")
    times = start + _SLOT_MINUTES * np.arange(_SLOTS)
    return mlt_of_zero(times) - np.arange(_SLOTS) * _SLOT_MINUTES / 60.0
