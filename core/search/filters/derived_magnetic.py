"""AACGM latitude and magnetic local time for millions of positions: from nodes, not one by one.

A conversion by the library costs microseconds and a lock, so both are interpolated by cubics
through four nodes a dimension. Coordinates are those of the middle of the month.

* Magnetic longitude and latitude: nodes every 2 degrees at the turn of every year, of the
  horizontal part of the direction, which knows neither poles nor date line, and which is smooth
  at the magnetic equator as well (`magnetic_harmonics`). Where its modulus is nearly 1, and
  where the latitude jumps from south to north, the position is given to the library itself.
* Magnetic local time of longitude 0: nodes every half hour of every eighth day.

Latitudes are within 0.01 degrees (0.03 below 18 degrees), local times within 0.002 hours divided by
the cosine of the latitude, of the library at the record's own time; most of that is the slow
drift of the field within a month.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from core.archive import duck
from core.geo.magnetic import FOOT_ALT_KM, LAST_YEAR, mlt_of_zero, to_magnetic
from core.search.filters.magnetic_harmonics import fit, horizontal, turning_lat_deg

Complex = NDArray[np.complex128]
Bools = NDArray[np.bool_]
Float = NDArray[np.float64]
Ints = NDArray[np.int64]

_STEP_DEG = 2.0
_ROWS, _COLUMNS = 91, 180
_NODE_LON_DEG: Float = np.linspace(-180.0, 180.0 - _STEP_DEG, _COLUMNS)
# Below 2 degrees an error of the modulus is an error of the latitude more than 28 times as large.
_STEEP, _SURELY_UNDEFINED = float(np.cos(np.radians(2.0))), 1.001
# The latitude jumps from about -7 to 7 degrees where it turns and there is no undefined band.
_TURN_DEG, _TURN_BELOW_DEG = 2.0, 12.0
_CHUNK = 16_384
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
    across = cubic_weights(after / _SLOT_MINUTES)
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
            along = cubic_weights(
                (days - column % _SLOTS * _SLOT_MINUTES / _DAY_MINUTES) / _DAYS_APART
            )
            total += across[n, here] * (nodes[:, column % _SLOTS] * along).sum(axis=0)
        zero[here] = total
    return zero + minute / 60.0


def _in_month(lat_deg: Float, lon_deg: Float, month: int) -> tuple[Float, Float]:
    mlat, mlon = np.empty(len(lat_deg)), np.empty(len(lat_deg))
    unsure = np.empty(len(lat_deg), dtype=bool)
    for first in range(0, len(lat_deg), _CHUNK):
        part = slice(first, first + _CHUNK)
        found = _interpolate(_month_nodes(month), lat_deg[part], lon_deg[part])
        from_turn = lat_deg[part] - _turning(month // 12 + 1970, lon_deg[part])
        mlat[part], mlon[part], unsure[part] = _coordinates(found, from_turn)
    asked = np.flatnonzero(unsure)
    if len(asked):
        duck.check()
        exact = to_magnetic(lat_deg[asked], lon_deg[asked], FOOT_ALT_KM, _middle(month))
        mlat[asked], mlon[asked] = exact
    return mlat, mlon


def _coordinates(found: Complex, from_turn_deg: Float) -> tuple[Float, Float, Bools]:
    """Return latitude, longitude, and where the library itself is to be asked.

    Near a modulus of 1 the latitude changes much with it, and near the turn from south to north
    it jumps. NaN is never asked about.
    """
    modulus = np.abs(found)
    size = np.degrees(np.arccos(np.minimum(modulus, 1.0)))
    mlat = np.where(modulus > 1.0, np.nan, np.copysign(size, from_turn_deg))
    mlon = np.where(np.isnan(mlat), np.nan, np.degrees(np.angle(found)))
    turns = (np.abs(from_turn_deg) < _TURN_DEG) & (modulus < _SURELY_UNDEFINED)
    steep = (modulus > _STEEP) & (modulus < _SURELY_UNDEFINED)
    return mlat, mlon, np.asarray((turns & (size < _TURN_BELOW_DEG)) | steep)


def _middle(month: int) -> np.datetime64:
    start = np.datetime64(month, "M").astype("datetime64[s]")
    return np.datetime64(start + np.timedelta64(15, "D"))


@lru_cache(maxsize=24)
def _month_nodes(month: int) -> Complex:
    """Return the nodes for the middle of a month, four neighbours of a row together.

    complex128[latitudes, longitudes + 1, 4]: a view of far fewer values.
    """
    year = month // 12 + 1970
    share = (month % 12 + 0.5) / 12.0
    nodes = (1.0 - share) * _year_nodes(year) + share * _year_nodes(year + 1)
    around = np.concatenate([nodes[:, -1:], nodes, nodes[:, :3]], axis=1)
    return sliding_window_view(around, 4, axis=1)


@lru_cache(maxsize=32)
def _year_nodes(year: int) -> Complex:
    """Return cos(mlat) exp(i mlon) at the start of a year: complex128[latitudes, longitudes]."""
    return horizontal(fit(_turn_of(year)), np.linspace(-90.0, 90.0, _ROWS), _NODE_LON_DEG)


@lru_cache(maxsize=32)
def _turning_nodes(year: int) -> Float:
    """Return the latitudes at which magnetic latitude turns in a year: float64[longitudes + 1]."""
    nodes = turning_lat_deg(_NODE_LON_DEG, _turn_of(year))
    return np.append(nodes, nodes[:1])


def _turning(year: int, lon_deg: Float) -> Float:
    place = np.nan_to_num((lon_deg + 180.0) % 360.0 / _STEP_DEG)
    return np.interp(place, np.arange(_COLUMNS + 1), _turning_nodes(year))


def _turn_of(year: int) -> np.datetime64:
    start = np.datetime64(f"{year:04d}-01-01T00:00:00", "s")
    return start - np.timedelta64(1, "s") if year == LAST_YEAR + 1 else start


def _interpolate(nodes: Complex, lat_deg: Float, lon_deg: Float) -> Complex:
    """Return the horizontal part of the direction between nodes: complex128[N]."""
    known = np.isfinite(lat_deg) & np.isfinite(lon_deg)
    y = (np.where(known, lat_deg, 0.0) + 90.0) / _STEP_DEG
    x = (np.where(known, lon_deg, 0.0) + 180.0) % 360.0 / _STEP_DEG
    row = np.clip(np.floor(y).astype(np.int64), 1, _ROWS - 3)
    column = np.minimum(np.floor(x).astype(np.int64), _COLUMNS - 1)
    down, across = cubic_weights(y - row), cubic_weights(x - column)
    out = np.zeros(len(y), dtype=np.complex128)
    for i in range(4):
        out += down[i] * np.einsum("nj,jn->n", nodes[row - 1 + i, column], across)
    out[~known] = np.nan
    return out


def cubic_weights(f: Float) -> Float:
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
