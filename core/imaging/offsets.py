"""Offsets in km around places on a sphere, and the checks of what makes a target of projections."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.errors import BadInput
from core.geo.wgs84 import east_north_up

FloatArray = NDArray[np.float64]


def destination(
    lat_deg: ArrayLike, lon_deg: ArrayLike, east_km: ArrayLike, north_km: ArrayLike,
    radius_km: float,
) -> tuple[FloatArray, FloatArray]:  # fmt: skip
    """Return the places at azimuthal equidistant offsets from others on a sphere."""
    away_east, away_north = np.asarray(east_km, float), np.asarray(north_km, float)
    length = np.hypot(away_east, away_north)
    east, north, up = east_north_up(lat_deg, lon_deg)
    # Vectors, because a pole has directions too. sinc(x / pi) = sin(x) / x, and 1 at 0.
    slope = np.sinc(length / radius_km / np.pi) / radius_km
    rise = np.cos(length / radius_km)
    x, y, z = (
        (away_east * to_east + away_north * to_north) * slope + to_up * rise
        for to_east, to_north, to_up in zip(east, north, up, strict=True)
    )
    return np.degrees(np.arctan2(z, np.hypot(x, y))), np.degrees(np.arctan2(y, x))


def offsets_km(
    lat_deg: ArrayLike, lon_deg: ArrayLike, to_lat_deg: ArrayLike, to_lon_deg: ArrayLike,
    radius_km: float,
) -> tuple[FloatArray, FloatArray]:  # fmt: skip
    """Return the azimuthal equidistant offsets (east, north) of places; undoes `destination`."""
    lat, to_lat = np.radians(np.asarray(lat_deg, float)), np.radians(np.asarray(to_lat_deg, float))
    turn = np.radians(np.asarray(to_lon_deg, float) - np.asarray(lon_deg, float))
    east = np.cos(to_lat) * np.sin(turn)
    north = np.cos(lat) * np.sin(to_lat) - np.sin(lat) * np.cos(to_lat) * np.cos(turn)
    up = np.sin(lat) * np.sin(to_lat) + np.cos(lat) * np.cos(to_lat) * np.cos(turn)
    level = np.hypot(east, north)
    scale = radius_km * np.where(level > 1e-12, np.arctan2(level, up) / np.maximum(level, 1e-12), 1)
    return scale * east, scale * north


def lat_lon(vectors: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return latitude and longitude, degrees, of vectors (..., 3)."""
    x, y, z = np.moveaxis(vectors, -1, 0)
    return np.degrees(np.arctan2(z, np.hypot(x, y))), np.degrees(np.arctan2(y, x))


def check_place(lat_deg: ArrayLike, lon_deg: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return places as arrays.

    Raises
    ------
    BadInput
        They are not on the Earth, or not as many latitudes as longitudes.
    """
    lat, lon = np.array(lat_deg, dtype=float), np.array(lon_deg, dtype=float)
    check(lat.shape == lon.shape, "lat_deg", lat.shape, f"Longitudes have shape {lon.shape}.")
    good = np.isfinite(lon).all() and bool((np.abs(lat) <= 90).all())
    check(bool(good), "lat_deg", None, "Latitudes are numbers from -90 to 90, longitudes finite.")
    return lat, lon


def check(good: bool, field: str, value: object, hint: str) -> None:
    """Raise `BadInput` unless `good`."""
    if not good:
        raise BadInput(f"{field} does not make a target.", hint=hint, field=field, value=value)


def digest(*arrays: FloatArray) -> str:
    """Return a text that is equal for equal arrays."""
    summed = hashlib.sha256()
    for values in arrays:
        summed.update(np.ascontiguousarray(values).tobytes())
    return summed.hexdigest()[:32]
