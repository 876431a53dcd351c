"""Where spacecraft were: positions and feet between minutes, and trails without false lines.

Records give positions at whole minutes. Between two of them a position lies on the great circle.
It is not known across a gap, where the two are 1,000 km apart or more, and, for the feet of field
lines, where their latitude or that of the spacecraft changes sign: there the field line changes,
and its feet jump. This is the rule of searches with sub-minute precision.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.archive.presence import MINUTES_PER_DAY, day_files, day_span, minute_of_day
from core.archive.recent import Recent
from core.archive.snapshot import Snapshot
from core.geo.sphere import EARTH_RADIUS_KM, unit_vectors

if TYPE_CHECKING:
    from core.archive import Archive

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

JUMP_KM = 1000.0
KINDS = ("geo", "nbtrace", "sbtrace")
GEO, NORTH, SOUTH = range(3)
_RADIUS = "md_double_radial_distance"
_KEPT_DAYS = 8
_MINUTE = np.timedelta64(1, "m")
_JUMP_CHORD = 2.0 * np.sin(0.5 * JUMP_KM / EARTH_RADIUS_KM)

DayKey = tuple[Path, date, tuple[int, ...], tuple[Path, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Positions:
    """Positions of sources at consecutive minutes, NaN where there is none.

    Attributes
    ----------
    lat_deg, lon_deg : ndarray of float64, shape (3, sources, minutes)
        Of the spacecraft, of the northern and of the southern foot, as delivered.
    radius_km : ndarray of float64, shape (sources, minutes)
        Distance from the Earth's centre.
    present : ndarray of bool, shape (sources, minutes)
        Where there is a record.
    """

    lat_deg: FloatArray
    lon_deg: FloatArray
    radius_km: FloatArray
    present: BoolArray


@dataclass(frozen=True, slots=True, eq=False)
class Tracks:
    """Where sources are at a time, and the way there.

    Attributes
    ----------
    lat_deg, lon_deg : ndarray of float64, shape (3, sources, points)
        As in `Positions`; the last point is the time itself.
    radius_km : ndarray of float64, shape (sources, points)
        Distance from the Earth's centre.
    linked : ndarray of bool, shape (3, sources, points - 1)
        Whether the way from each point to the next is known.
    minutes : ndarray of float64, shape (points,)
        Of each point, from the time: -45 to 0. All but the last are those of records.
    present : ndarray of bool, shape (sources,)
        Whether there is a record at the time, or at the minutes on both sides of it.
    """

    lat_deg: FloatArray
    lon_deg: FloatArray
    radius_km: FloatArray
    linked: BoolArray
    minutes: FloatArray
    present: BoolArray


_remembered: Recent[DayKey, Positions] = Recent(_KEPT_DAYS)


def tracks(
    archive: Archive,
    sources: Sequence[int],
    time: np.datetime64,
    trail_min: int,
    snapshot: Snapshot | None = None,
) -> Tracks:
    """Return where sources are and were, in the order of `sources`.

    Parameters
    ----------
    archive : Archive
        Where records are read from.
    sources : sequence of int
        Identifiers.
    time : datetime64
        UTC.
    trail_min : int
        Minutes that the way reaches back.
    snapshot : Snapshot, optional
        A version of the table that suffices, of a caller who has just looked for the newest.
    """
    moment = time.astype("datetime64[us]")
    minute = moment.astype("datetime64[m]")
    part = float((moment - minute) / _MINUTE)
    last = minute + np.timedelta64(1 if part else 0, "m")
    # Between minutes at least the two around the time are needed, however short the trail.
    first = min(last - np.timedelta64(trail_min, "m"), minute)
    newest = snapshot or archive.ephemeris.store.snapshot()
    days = [
        _day(archive, tuple(sources), day, newest)
        for day in np.arange(
            first.astype("datetime64[D]"), last.astype("datetime64[D]") + 1
        ).tolist()
    ]
    records = _joined(days, first, last)
    offsets = (np.arange(first, last + 1) - minute).astype(np.float64) - part
    if not part:
        known = linked(records.lat_deg, records.lon_deg)
        places = (records.lat_deg, records.lon_deg, records.radius_km)
        return Tracks(*places, known, offsets, records.present[:, -1])
    found = _between(records, offsets, part)
    if not trail_min:
        found.linked[:] = False
    return found


def positions_of_day(archive: Archive, sources: Sequence[int], day: date) -> Positions:
    """Return the positions of sources at the 1,440 minutes of a UT day, in their order."""
    return _day(archive, tuple(sources), day, archive.ephemeris.store.snapshot())


def linked(lat_deg: FloatArray, lon_deg: FloatArray) -> BoolArray:
    """Return whether the way from each point to the next is known.

    Parameters
    ----------
    lat_deg, lon_deg : ndarray of float64, shape (3, sources, minutes)
        In the order of `KINDS`.

    Returns
    -------
    ndarray of bool, shape (3, sources, minutes - 1)
    """
    vectors = unit_vectors(lat_deg, lon_deg)
    chord = np.linalg.norm(np.diff(vectors, axis=2), axis=-1)
    near = chord < _JUMP_CHORD  # false where one of the two is NaN
    known = ~np.isnan(lat_deg)
    changed = np.diff(lat_deg >= 0.0, axis=2) & known[..., 1:] & known[..., :-1]
    # A spacecraft flies over the equator; its feet jump there.
    near[NORTH:] &= ~(changed[NORTH:] | changed[GEO])
    return np.asarray(near)


def great_circle(a: FloatArray, b: FloatArray, part: float) -> FloatArray:
    """Return unit vectors a share of the way along the great circle from `a` to `b`.

    Parameters
    ----------
    a, b : ndarray of float64, shape (..., 3)
        Unit vectors, not opposite to each other.
    part : float
        0 at `a` to 1 at `b`.
    """
    cosine = np.sum(a * b, axis=-1, keepdims=True)
    across = b - cosine * a
    sine = np.linalg.norm(across, axis=-1, keepdims=True)
    turn = part * np.arctan2(sine, cosine)
    direction = across / np.where(sine > 0.0, sine, 1.0)
    return np.asarray(np.cos(turn) * a + np.sin(turn) * direction)


def _between(records: Positions, offsets: FloatArray, part: float) -> Tracks:
    """Put the time itself in the place of the minute after it."""
    lat, lon, radius = records.lat_deg.copy(), records.lon_deg.copy(), records.radius_km.copy()
    known = linked(lat, lon)
    vectors = unit_vectors(lat[..., -2:], lon[..., -2:])
    x, y, z = np.moveaxis(great_circle(vectors[..., 0, :], vectors[..., 1, :], part), -1, 0)
    lat[..., -1] = np.where(known[..., -1], np.degrees(np.arctan2(z, np.hypot(x, y))), np.nan)
    lon[..., -1] = np.where(known[..., -1], np.degrees(np.arctan2(y, x)), np.nan)
    radius[:, -1] = radius[:, -2] + part * (radius[:, -1] - radius[:, -2])
    present = records.present[:, -2] & records.present[:, -1]
    return Tracks(lat, lon, radius, known, np.append(offsets[:-1], 0.0), present)


def _joined(days: list[Positions], first: np.datetime64, last: np.datetime64) -> Positions:
    """Return the positions from one minute to another, both included, of the days they lie in."""
    start = int((first - first.astype("datetime64[D]")) / _MINUTE)
    stop = start + int((last - first) / _MINUTE) + 1
    return Positions(
        *(
            np.concatenate([getattr(day, name) for day in days], axis=-1)[..., start:stop]
            if len(days) > 1
            else getattr(days[0], name)[..., start:stop]
            for name in ("lat_deg", "lon_deg", "radius_km", "present")
        )
    )


def _day(archive: Archive, sources: tuple[int, ...], day: date, snapshot: Snapshot) -> Positions:
    key = (archive.path, day, sources, day_files(snapshot, frozenset(sources), day))
    return _remembered.get(key, lambda: _read(archive, sources, day))


def _read(archive: Archive, sources: tuple[int, ...], day: date) -> Positions:
    shape = (len(sources), MINUTES_PER_DAY)
    places = np.full((2 * len(KINDS), *shape), np.nan)
    radius, present = np.full(shape, np.nan), np.zeros(shape, dtype=bool)
    names = [f"{kind}_{axis}_deg" for axis in ("lat", "lon") for kind in KINDS]
    table = archive.ephemeris.read(
        list(sources), *day_span(day), columns=["source", "epoch", *names, _RADIUS]
    )
    row_of = {source: row for row, source in enumerate(sources)}
    ids, inverse = np.unique(table["source"].to_numpy(), return_inverse=True)
    rows = np.array([row_of[int(key)] for key in ids], dtype=np.intp)[inverse]
    minutes = minute_of_day(table["epoch"], day)
    present[rows, minutes] = True
    for place, name in zip(places, names, strict=True):
        place[rows, minutes] = table[name].to_numpy()
    radius[rows, minutes] = table[_RADIUS].to_numpy()
    for array in (places, radius, present):
        array.setflags(write=False)
    return Positions(places[: len(KINDS)], places[len(KINDS) :], radius, present)
