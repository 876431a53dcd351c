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
    centric = np.array([source.latitude_frame == "geocentric" for source in sources], dtype=bool)
    foot_km = np.array([_foot_alt_km(source) for source in sources])
    lat, alt = _heights(way, centric, foot_km)
    if not geodetic:
        lat = way.lat_deg
    return tuple(
        SpacecraftPlace(
            sources[row],
            provenance.get(sources[row].identifier, ""),
            _number(alt[GEO, row, -1]),
            *(_way(way, lat, alt, kind, row) for kind in (GEO, NORTH, SOUTH)),
        )
        for row in np.flatnonzero(way.present).tolist()
    )


def _foot_alt_km(source: DataSource) -> float:
    value = source.metadata.get("trace_altitude_km")
    return float(value) if isinstance(value, int | float) else _FOOT_ALT_KM


def _heights(
    way: Tracks, centric: NDArray[np.bool_], foot_km: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return geodetic latitudes and altitudes of all points.

    Without a radial distance the latitude is that of the place on the ground in the same direction.
    """
    lat, lon, radius = way.lat_deg, way.lon_deg, way.radius_km
    feet = np.broadcast_to(EARTH_RADIUS_KM + foot_km[:, None], radius.shape)
    far = np.stack([np.where(np.isnan(radius), EARTH_RADIUS_KM, radius), feet, feet])
    direction = np.where(centric[:, None], lat, geodetic_to_geocentric_lat_deg(lat))
    place = to_geodetic(Cartesian(*(np.moveaxis(unit_vectors(direction, lon), -1, 0) * far)))
    alt_km = place.alt_km
    alt_km[GEO] = np.where(np.isnan(radius), np.nan, alt_km[GEO])
    return np.where(centric[:, None], place.lat_deg, lat), alt_km


def _way(way: Tracks, lat_deg: FloatArray, alt_km: FloatArray, kind: int, row: int) -> Way:
    lat, lon, alt = lat_deg[kind, row], way.lon_deg[kind, row], alt_km[kind, row]
    breaks = np.flatnonzero(~way.linked[kind, row]) + 1
    trail = tuple(
        Stretch(way.minutes[a:b], lat[a:b], lon[a:b], alt[a:b])
        for a, b in pairwise([0, *breaks.tolist(), lat.size])
        if b - a > 1
    )
    return Way(_number(lat[-1]), _number(lon[-1]), trail)


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
