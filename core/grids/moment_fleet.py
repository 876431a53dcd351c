"""Spacecraft at a moment, one by one: position, altitude, feet, and trails cut where unknown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.geo.sphere import (
    EARTH_RADIUS_KM,
    geodetic_to_geocentric_lat_deg,
    unit_vectors,
)
from core.geo.wgs84 import Cartesian, to_geodetic
from core.grids.moment_tracks import GEO, NORTH, SOUTH, Tracks
from core.instruments.model import DataSource

FloatArray = NDArray[np.float64]

_FOOT_ALT_KM = 100.0
# A radial distance below the ground is one in other units.
_LEAST_RADIUS_KM = 6300.0


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """An unbroken part of a trail, shape (n,) with n > 1.

    `minutes` count from the moment, and are negative. `alt_km` is NaN where it is not known.
    """

    minutes: FloatArray
    lat_deg: FloatArray
    lon_deg: FloatArray
    alt_km: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """A position (None where it is not known) and its trail, the oldest stretch first."""

    lat_deg: float | None
    lon_deg: float | None
    trail: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True, eq=False)
class SpacecraftPlace:
    """A spacecraft at a moment.

    Attributes
    ----------
    alt_km : float or None
        Above WGS84; None where the records have no radial distance.
    position, north, south : Way
        The spacecraft, and the feet of its field line; a foot is None where the line is open.
    """

    source: DataSource
    provenance: str
    alt_km: float | None
    position: Way
    north: Way
    south: Way


def is_spacecraft(source: DataSource) -> bool:
    """Whether a source moves: it has an orbit."""
    return source.source_type in ("leo", "heo", "lunar")


def spacecraft_places(
    sources: Sequence[DataSource], way: Tracks, provenance: dict[int, str], *, geodetic: bool
) -> tuple[SpacecraftPlace, ...]:
    """Return the spacecraft that have records, in the order of `sources`.

    Parameters
    ----------
    sources : sequence of DataSource
        Those of the rows of `way`.
    way : Tracks
        Their positions.
    provenance : dict
        Of the records of the minute, by identifier.
    geodetic : bool
        Turn geocentric latitudes into geodetic ones.
    """
    shown = [(row, sources[row]) for row in np.flatnonzero(way.present).tolist()]
    rows = [row for row, _ in shown]
    lat, lon, linked = way.lat_deg[:, rows], way.lon_deg[:, rows], way.linked[:, rows]
    centric = np.array([s.latitude_frame == "geocentric" for _, s in shown], dtype=bool)
    feet_km = np.array([_foot_alt_km(source) for _, source in shown])
    level, alt = _heights(lat, lon, _far(way.radius_km[rows], feet_km), centric)
    ways = [
        [
            _way(way.minutes, level[kind, k] if geodetic else lat[kind, k], lon[kind, k],
                 alt[kind, k], linked[kind, k])
            for kind in (GEO, NORTH, SOUTH)
        ]
        for k in range(len(shown))
    ]  # fmt: skip
    return tuple(
        SpacecraftPlace(
            source, provenance.get(source.identifier, ""), _number(alt[GEO, k, -1]), *ways[k]
        )
        for k, (_, source) in enumerate(shown)
    )


def _foot_alt_km(source: DataSource) -> float:
    value = source.metadata.get("trace_altitude_km")
    return float(value) if isinstance(value, int | float) else _FOOT_ALT_KM


def _far(radius_km: FloatArray, feet_km: FloatArray) -> FloatArray:
    """Return distances from the Earth's centre of spacecraft and feet; NaN for unlikely ones."""
    told = np.where(radius_km > _LEAST_RADIUS_KM, radius_km, np.nan)
    feet = np.broadcast_to(EARTH_RADIUS_KM + feet_km[:, None], told.shape)
    return np.stack([told, feet, feet])


def _heights(
    lat_deg: FloatArray, lon_deg: FloatArray, far_km: FloatArray, centric: NDArray[np.bool_]
) -> tuple[FloatArray, FloatArray]:
    """Return geodetic latitudes and altitudes of all points.

    Without a distance the latitude is that of the place on the ground in the same direction.
    """
    direction = lat_deg
    if not centric.all():
        direction = np.where(centric[:, None], lat_deg, geodetic_to_geocentric_lat_deg(lat_deg))
    known = np.isfinite(far_km)
    vectors = np.moveaxis(unit_vectors(direction, lon_deg), -1, 0)
    place = to_geodetic(Cartesian(*(vectors * np.where(known, far_km, EARTH_RADIUS_KM))))
    level = np.where(centric[:, None], place.lat_deg, lat_deg)
    return level, np.where(known, place.alt_km, np.nan)


def _way(
    minutes: FloatArray,
    lat: FloatArray,
    lon: FloatArray,
    alt: FloatArray,
    linked: NDArray[np.bool_],
) -> Way:
    breaks = np.flatnonzero(~linked) + 1
    trail = tuple(
        Stretch(minutes[a:b], lat[a:b], lon[a:b], alt[a:b])
        for a, b in pairwise([0, *breaks.tolist(), lat.size])
        if b - a > 1
    )
    return Way(_number(lat[-1]), _number(lon[-1]), trail)


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
