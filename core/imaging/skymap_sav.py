"""Official skymaps: the University of Calgary's IDL save files.

A file gives the direction of each pixel's centre and the places of its corners at some altitudes.
The centres are taken as they are. The corners' directions are found by looking at their places
from the camera, so that any altitude follows from one line of sight. Its arrays have the order of
the raw images of the same array, and are turned as those are.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import NotFound
from core.geo.sightline import look_at
from core.imaging.readers.bounded import refused
from core.imaging.readers.identify import check_shape, check_site, from_north_east
from core.imaging.readers.idl_save import read_idl_save
from core.imaging.skymap import OFFICIAL, Skymap
from core.instruments.array import ImagerArray
from core.instruments.registry import array_for

MAX_BYTES = 64 * 2**20
FloatArray = NDArray[np.float64]

_ARRAY_OF_CAMERA = {
    "themis": "themis_asi", "rego": "rego", "rgb": "trex_rgb", "nir": "trex_nir",
    "blue": "trex_blue",
}  # fmt: skip
_CAMERA = re.compile(r"([a-z]+)-?\d*")
_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})(\d{2})?")
_LARGEST_MISMATCH_DEG = 1.0
_CHECKED_FROM_DEG = 5.0


def read_skymap(path: Path, max_bytes: int = MAX_BYTES) -> Skymap:
    """Read an official skymap.

    Parameters
    ----------
    path : Path
        A ``.sav`` file; its name does not matter.
    max_bytes : int
        Largest file that is read.

    Returns
    -------
    Skymap
        kind "official"; directions NaN where a pixel sees no sky.

    Raises
    ------
    FileRefused
        A file that is no skymap, damaged, too large, of an unknown camera or site, with arrays
        whose sizes do not agree, or whose corners are not where its centres look.
    """
    variables = read_idl_save(path, max_bytes, "ATLAS_MAX_SKYMAP_FILE_BYTES")
    sky = variables.get("SKYMAP")
    if not isinstance(sky, dict):
        names = ", ".join(list(variables)[:5]) or "none"
        raise refused(path, f"it has no structure SKYMAP (its variables: {names})")
    fields = _Fields(path, sky)
    site, camera = fields.word("SITE_UID").lower(), fields.word("IMAGER_UID").lower()
    array = _array_of(path, camera)
    place = _place(fields)
    check_site(path, array, site, place[:2])
    start, end = _interval(fields)
    centres = _centres(fields, array)
    corners = _corners(fields, centres[0].shape, place)
    _check_agreement(path, centres, corners)
    ordered = (from_north_east(values, array) for values in (*centres, *corners))
    return Skymap(
        site, array.key, camera, *place, start, end, OFFICIAL, path.name,
        *ordered,
    )  # fmt: skip


class _Fields:
    """The fields of a structure, refused by name when they are not what they should be."""

    def __init__(self, path: Path, fields: dict[str, Any]) -> None:
        self.path, self._fields = path, fields

    def word(self, name: str) -> str:
        value = self._fields.get(name)
        if not isinstance(value, str):
            raise refused(self.path, f"its field {name} is missing or no text")
        return value.strip()

    def inner(self, name: str) -> _Fields:
        value = self._fields.get(name)
        if not isinstance(value, dict):
            raise refused(self.path, f"its field {name} is missing or no structure")
        return _Fields(self.path, value)

    def numbers(self, name: str, dimensions: int) -> FloatArray:
        value = self._fields.get(name)
        if not (isinstance(value, np.ndarray | np.generic) and value.dtype.kind in "iuf"):
            raise refused(self.path, f"its field {name} is missing or no numbers")
        if value.ndim != dimensions:
            raise refused(self.path, f"its field {name} has {value.ndim} dimensions")
        return np.asarray(value, dtype=np.float64)


def _array_of(path: Path, camera: str) -> ImagerArray:
    match = _CAMERA.fullmatch(camera)
    key = _ARRAY_OF_CAMERA.get(match[1]) if match else None
    if key is None:
        known = ", ".join(_ARRAY_OF_CAMERA)
        raise refused(path, f"its imager {camera!r} is of no array with skymaps ({known})")
    try:
        return array_for(key)
    except NotFound as error:
        raise refused(path, f"its imager {camera!r} is of no array that is known") from error


def _place(fields: _Fields) -> tuple[float, float, float]:
    lat, lon, alt = (
        float(fields.numbers(f"SITE_MAP_{name}", 0))
        for name in ("LATITUDE", "LONGITUDE", "ALTITUDE")
    )
    if not (abs(lat) <= 90 and -180 <= lon <= 360 and -500 <= alt <= 9000):
        raise refused(fields.path, f"it puts the site at {lat:g}, {lon:g} and {alt:g} m")
    return lat, (lon + 180.0) % 360.0 - 180.0, alt


def _interval(fields: _Fields) -> tuple[np.datetime64, np.datetime64 | None]:
    info = fields.inner("GENERATION_INFO")
    start = _moment(fields.path, info.word("VALID_INTERVAL_START"))
    stop = info.word("VALID_INTERVAL_STOP")
    end = None if stop in ("+", "") else _moment(fields.path, stop)
    if end is not None and end <= start:
        raise refused(fields.path, f"it is said to hold from {start} to {end}")
    return start, end


def _moment(path: Path, text: str) -> np.datetime64:
    match = _DATE.fullmatch(text)
    try:
        if match is not None:
            return np.datetime64(f"{match[1]}-{match[2]}-{match[3]}T{match[4] or '00'}", "s")
    except ValueError:
        pass  # a 13th month, for example
    raise refused(path, f"its interval has the end {text[:20]!r}, not YYYYMMDDHH")


def _centres(fields: _Fields, array: ImagerArray) -> tuple[FloatArray, FloatArray]:
    azimuth, elevation = fields.numbers("FULL_AZIMUTH", 2), fields.numbers("FULL_ELEVATION", 2)
    for name, values in (("FULL_AZIMUTH", azimuth), ("FULL_ELEVATION", elevation)):
        check_shape(fields.path, name, array, (values.shape[0], values.shape[1]))
    seen = np.isfinite(azimuth) & np.isfinite(elevation)
    if not seen.any():
        raise refused(fields.path, "none of its pixels has a direction")
    if np.abs(elevation[seen]).max() > 90 or np.abs(azimuth[seen]).max() > 360:
        raise refused(fields.path, "it has directions beyond 90 degrees of elevation or 360")
    unseen = np.where(seen, 0.0, np.nan)
    return azimuth % 360.0 + unseen, elevation + unseen


def _corners(
    fields: _Fields, shape: tuple[int, ...], place: tuple[float, float, float]
) -> tuple[FloatArray, FloatArray]:
    """Directions of the corners, from their places at the highest altitude of the file.

    Single precision puts them within a metre; the farthest ones turn the line of sight least.
    """
    alt_km = fields.numbers("FULL_MAP_ALTITUDE", 1) / 1e3
    lat, lon = fields.numbers("FULL_MAP_LATITUDE", 3), fields.numbers("FULL_MAP_LONGITUDE", 3)
    wanted = (len(alt_km), shape[0] + 1, shape[1] + 1)
    if lat.shape != wanted or lon.shape != wanted:
        raise refused(fields.path, f"its corners have shape {lat.shape}, not {wanted}")
    if not np.all((alt_km > place[2] / 1e3 + 10) & (alt_km < 2000)):
        raise refused(fields.path, f"it is mapped to {alt_km} km")
    layer = int(np.argmax(alt_km))
    lat, lon = lat[layer], lon[layer]
    seen = np.isfinite(lat) & np.isfinite(lon)
    if np.any(np.abs(lat[seen]) > 90) or np.any(np.abs(lon[seen]) > 360):
        raise refused(fields.path, "it has corners beyond 90 degrees of latitude or 360")
    azimuth, elevation, _ = look_at(lat, lon, float(alt_km[layer]), *place)
    return azimuth, elevation


def _check_agreement(
    path: Path, centres: tuple[FloatArray, FloatArray], corners: tuple[FloatArray, FloatArray]
) -> None:
    """Refuse corners whose middle is not where the centre of their pixel looks."""
    corner = _directions(*corners)
    middle = corner[:-1, :-1] + corner[1:, :-1] + corner[:-1, 1:] + corner[1:, 1:]
    middle /= np.linalg.norm(middle, axis=-1, keepdims=True)
    apart = np.linalg.norm(middle - _directions(*centres), axis=-1)
    compared = (centres[1] > _CHECKED_FROM_DEG) & np.isfinite(apart)
    worst = float(np.degrees(np.max(apart, where=compared, initial=0.0)))
    if not compared.any() or worst > _LARGEST_MISMATCH_DEG:
        raise refused(path, f"its corners are up to {worst:.1f} degrees off its pixels' centres")


def _directions(azimuth_deg: FloatArray, elevation_deg: FloatArray) -> FloatArray:
    azimuth, elevation = np.radians(azimuth_deg), np.radians(elevation_deg)
    level = np.cos(elevation)
    return np.stack([level * np.sin(azimuth), level * np.cos(azimuth), np.sin(elevation)], axis=-1)
