"""Magnetic footprints of a spacecraft for every minute.

Low orbits (below 2,000 km, 25 degrees or more from the magnetic equator): AACGM at every minute.
Everything else is traced at nodes and interpolated between them: every 2 minutes within 2 Earth
radii (every minute where it is faster than 450 km a minute over the ground), every 5 within 8,
every 10 farther out, every 15 for geostationary spacecraft. Between nodes a cubic through four of
them is used, a great circle where there are two, and nothing where the feet of the two nodes are
1,000 km or more apart: feet do jump.

Low orbits near the magnetic equator, where AACGM is not defined or off by degrees, are traced in
the internal field alone; all other lines in T89 with the Kp of the series.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.geo.footprints import trace_feet
from core.geo.irbem import INTERNAL_ONLY, T89
from core.geo.magnetic import FOOT_ALT_KM, from_magnetic, to_magnetic
from core.geo.sphere import EARTH_RADIUS_KM
from core.simulation.orbits import Track

FloatArray = NDArray[np.float64]
TimeArray = NDArray[np.datetime64]
Mask = NDArray[np.bool_]

LOW_ORBIT_KM = 1999.0
MARGIN_MIN = 32
"""Minutes on either side of what is asked for that `feet` needs."""
_AACGM_MIN_MLAT_DEG = 25.0
_JUMP_KM = 1000.0
_ZONES_RE = (2.0, 8.0)
_NODE_MIN = (2, 5, 10)
_QUICK_KM_MIN = 450.0
_STILL_NODE_MIN = 15


class Foot(NamedTuple):
    """One side's feet: unit vectors (3, n) and AACGM coordinates (n); NaN where open."""

    vector: FloatArray
    mlat_deg: FloatArray
    mlon_deg: FloatArray


class Traces(NamedTuple):
    """The feet of both sides."""

    north: Foot
    south: Foot


def unit(lat_deg: FloatArray, lon_deg: FloatArray) -> FloatArray:
    """Return unit vectors (3, n)."""
    lat, lon = np.radians(lat_deg), np.radians(lon_deg)
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def lat_lon_deg(vector: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return latitude and longitude of vectors (3, n) of any length."""
    x, y, z = vector
    return np.degrees(np.arctan2(z, np.hypot(x, y))), np.degrees(np.arctan2(y, x))


def feet(
    track: Track, minutes: TimeArray, kp: FloatArray, reachable: Mask, *, still: bool = False
) -> Traces:
    """Return the feet at consecutive whole minutes; those within the margins are not good.

    Parameters
    ----------
    track : Track
        Positions at `minutes`.
    minutes : ndarray of datetime64, shape (n,)
        Consecutive whole minutes, `MARGIN_MIN` more at both ends than wanted.
    kp : ndarray of float64, shape (n,)
        Activity for T89.
    reachable : ndarray of bool, shape (n,)
        False where no line is worth following (outside the magnetopause).
    still : bool
        Geostationary: nodes every 15 minutes.
    """
    low = track.radius_km - EARTH_RADIUS_KM < LOW_ORBIT_KM
    number = minutes.astype("datetime64[m]").astype(np.int64)
    traces = _low_orbit(track, minutes, low)
    good = np.isfinite(traces.north.mlat_deg)
    spacing = _spacing_min(track, still)
    wanted = np.where(low, ~good, reachable)
    steps = [int(step) for step in np.unique(spacing)]
    nodes = np.zeros(minutes.size, dtype=bool)
    for step in steps:
        nodes |= _widen(wanted & (spacing == step), 2 * step) & (number % step == 0)
    nodes &= ~good & (low | reachable)
    _trace_nodes(track, minutes, kp, low, np.flatnonzero(nodes), traces)
    for side in traces:
        for step in steps:
            _interpolate(side.vector, wanted & ~nodes & (spacing == step), number, step)
        _fill_magnetic(side, minutes)
    return traces


def _spacing_min(track: Track, still: bool) -> NDArray[np.int64]:
    """Return how many minutes apart nodes are at each place."""
    if still:
        return np.full(track.radius_km.shape, _STILL_NODE_MIN)
    zone = np.searchsorted(_ZONES_RE, track.radius_km / EARTH_RADIUS_KM)
    below = unit(track.lat_deg, track.lon_deg)
    step_km = EARTH_RADIUS_KM * np.sqrt((np.diff(below, axis=1) ** 2).sum(axis=0))
    quick = np.append(step_km, step_km[-1:]) > _QUICK_KM_MIN
    return np.where(quick & (zone == 0), 1, np.array(_NODE_MIN)[zone])


def _low_orbit(track: Track, minutes: TimeArray, low: Mask) -> Traces:
    """Return the AACGM feet where they are good, NaN elsewhere."""
    north, south = (
        Foot(np.full((3, minutes.size), np.nan), *np.full((2, minutes.size), np.nan))
        for _ in range(2)
    )
    days = minutes.astype("datetime64[D]")
    for day in np.unique(days[low]):
        rows = np.flatnonzero(low & (days == day))
        noon = day.astype("datetime64[s]") + np.timedelta64(12, "h")
        place = (track.lat_deg[rows], track.lon_deg[rows], track.radius_km[rows] - EARTH_RADIUS_KM)
        mlat, mlon = to_magnetic(*place, noon, geocentric=True)
        far = np.abs(mlat) >= _AACGM_MIN_MLAT_DEG
        rows, mlat, mlon = rows[far], np.abs(mlat[far]), mlon[far]
        for side, sign in ((north, 1.0), (south, -1.0)):
            side.mlat_deg[rows], side.mlon_deg[rows] = sign * mlat, mlon
            foot = from_magnetic(sign * mlat, mlon, FOOT_ALT_KM, noon, geocentric=True)
            side.vector[:, rows] = unit(*foot)
    return Traces(north, south)


def _trace_nodes(
    track: Track,
    minutes: TimeArray,
    kp: FloatArray,
    low: Mask,
    rows: NDArray[np.intp],
    traces: Traces,
) -> None:
    """Fill in the feet of the nodes, low orbits in the internal field."""
    for chosen, external in ((rows[low[rows]], INTERNAL_ONLY), (rows[~low[rows]], T89)):
        if chosen.size == 0:
            continue
        found = trace_feet(
            track.lat_deg[chosen],
            track.lon_deg[chosen],
            track.radius_km[chosen],
            minutes[chosen],
            kp[chosen],
            external=external,
        )
        traces.north.vector[:, chosen] = unit(found.nb_lat_deg, found.nb_lon_deg)
        traces.south.vector[:, chosen] = unit(found.sb_lat_deg, found.sb_lon_deg)


def _fill_magnetic(side: Foot, minutes: TimeArray) -> None:
    """Fill in magnetic coordinates of the feet that were not made from them."""
    days = minutes.astype("datetime64[D]")
    missing = np.isnan(side.mlat_deg) & np.isfinite(side.vector[0])
    for day in np.unique(days[missing]):
        rows = np.flatnonzero(missing & (days == day))
        noon = day.astype("datetime64[s]") + np.timedelta64(12, "h")
        place = lat_lon_deg(side.vector[:, rows])
        side.mlat_deg[rows], side.mlon_deg[rows] = to_magnetic(
            *place, FOOT_ALT_KM, noon, geocentric=True
        )


def _widen(mask: Mask, minutes: int) -> Mask:
    """Return `mask` with `minutes` more on both sides of every true run."""
    ones = np.ones(2 * minutes + 1)
    return np.asarray(np.convolve(mask.astype(float), ones, mode="same") > 0.5)


def _close(a: FloatArray, b: FloatArray) -> Mask:
    """Return whether unit vectors are less than 1,000 km apart on the ground."""
    chord = np.sqrt(((a - b) ** 2).sum(axis=0))
    return np.asarray(chord < 2.0 * np.sin(0.5 * _JUMP_KM / EARTH_RADIUS_KM))


def _interpolate(feet: FloatArray, rows: Mask, number: NDArray[np.int64], step: int) -> None:
    """Fill `rows` of `feet` from the nodes `step` minutes apart around them, in place."""
    index = np.flatnonzero(rows)
    offset = number[index] % step
    place = index - offset
    inside = (place >= step) & (place + 2 * step < number.size)
    index, offset, place = index[inside], offset[inside], place[inside]
    outer_a, a, b, outer_b = (feet[:, place + k * step] for k in (-1, 0, 1, 2))
    part = offset / step
    angle = np.arccos(np.clip((a * b).sum(axis=0), -1.0, 1.0))
    sine = np.where(angle > 1e-7, np.sin(angle), 1.0)
    wa = np.where(angle > 1e-7, np.sin((1 - part) * angle) / sine, 1 - part)
    wb = np.where(angle > 1e-7, np.sin(part * angle) / sine, part)
    circle = wa * a + wb * b
    cubic = _cubic(part, outer_a, a, b, outer_b)
    smooth = _close(outer_a, a) & _close(b, outer_b)
    feet[:, index] = np.where(_close(a, b), np.where(smooth, cubic, circle), np.nan)


def _cubic(
    part: FloatArray, p0: FloatArray, p1: FloatArray, p2: FloatArray, p3: FloatArray
) -> FloatArray:
    """Return Lagrange's cubic through equidistant points, at `part` of the way from p1 to p2."""
    f = part
    return np.asarray(
        -f * (f - 1) * (f - 2) / 6 * p0
        + (f + 1) * (f - 1) * (f - 2) / 2 * p1
        - (f + 1) * f * (f - 2) / 2 * p2
        + (f + 1) * f * (f - 1) / 6 * p3
    )
