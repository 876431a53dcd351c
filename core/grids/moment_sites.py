"""Where imagers stand and what they see of the sky: the same at every moment."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.geo.field_of_view import ring
from core.instruments.model import DataSource
from core.instruments.registry import array_of_source

FloatArray = NDArray[np.float64]
Line = tuple[FloatArray, FloatArray]

FOV_ELEVATION_DEG = 10.0
FOV_POINTS = 73
"""Every five degrees of azimuth: the line lies within 0.6 km of the circle at 110 km."""
DEFAULT_ALT_KM = 110.0
# A slit along the meridian sees no circle of the sky.
_SLITS = ("trex_spectrograph",)
_GROUND_M = (-500.0, 9000.0)


@dataclass(frozen=True, slots=True)
class Place:
    """A place on the ground: geodetic, degrees and metres."""

    lat_deg: float
    lon_deg: float
    alt_m: float = 0.0


def place_of(source: DataSource) -> Place | None:
    """Return where a source stands, as its metadata say; None where they do not."""
    known = [_number(source.metadata.get(name)) for name in ("latitude_deg", "longitude_deg")]
    lat, lon = known
    if lat is None or lon is None or abs(lat) > 90.0 or abs(lon) > 360.0:
        return None
    alt_m = _number(source.metadata.get("altitude_m")) or 0.0
    return Place(lat, (lon + 180.0) % 360.0 - 180.0, min(max(alt_m, _GROUND_M[0]), _GROUND_M[1]))


def fov_alt_km(source: DataSource) -> float:
    """Return the altitude at which a source's field of view is drawn: that of its emission."""
    array = array_of_source(source)
    return array.emission_alt_km if array else DEFAULT_ALT_KM


def field_of_view(source: DataSource, place: Place | None) -> Line | None:
    """Return the ring at `FOV_ELEVATION_DEG` at the emission's altitude.

    Parameters
    ----------
    source : DataSource
        An imager.
    place : Place, optional
        Where it stands.

    Returns
    -------
    lat_deg, lon_deg : ndarray of float64, shape (73,)
        Closed, from north over east. None for slits, and where the place is not known.
    """
    array = array_of_source(source)
    if place is None or (array is not None and array.key in _SLITS):
        return None
    return _ring(place, fov_alt_km(source))


@lru_cache(maxsize=1024)
def _ring(place: Place, alt_km: float) -> Line:
    return ring(place.lat_deg, place.lon_deg, place.alt_m, alt_km, FOV_ELEVATION_DEG, FOV_POINTS)


@dataclass(frozen=True, slots=True)
class Life:
    """First and last UT day of a source's life; None where it has no such end."""

    start: date | None = None
    end: date | None = None

    def holds(self, day: date) -> bool:
        """Tell whether a day lies in it."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


def life_of(source: DataSource) -> Life:
    """Return the life that a source's metadata declare, without ends where they do not."""
    declared = source.metadata.get("lifetime")
    if not isinstance(declared, dict):
        return Life()
    return Life(_day(declared.get("start")), _day(declared.get("end")))


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _number(value: object) -> float | None:
    """Return a finite number, None for anything else: metadata are free text of the owner."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None
