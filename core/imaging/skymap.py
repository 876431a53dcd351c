"""Skymaps: where each pixel of a camera looks, and what place that is at an altitude.

A skymap belongs to one camera at one site for an interval of time. It holds directions; places at
any altitude follow from them by one line of sight on WGS84. Its arrays are in the order of the
frames' pixels: row 0 the northern edge, column 0 the eastern one.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.geo.sightline import map_to_altitude
from core.imaging.lens import Lens

FloatArray = NDArray[np.float64]
Kind = Literal["official", "model", "simulated"]
OFFICIAL: Final = "official"
MODEL: Final = "model"
SIMULATED: Final = "simulated"

_KEPT_ALTITUDES = 4


@dataclass(frozen=True, eq=False, slots=True)
class MappedSkymap:
    """Where the pixels of a skymap lie at one altitude.

    Attributes
    ----------
    alt_km : float
        Height above WGS84.
    lat_deg, lon_deg : float64 array, shape (y, x)
        Geodetic places of pixel centres, longitude in [-180, 180); NaN below the horizon.
    corner_lat_deg, corner_lon_deg : float64 array, shape (y + 1, x + 1)
        The same of pixel corners: corner [i, j] is the upper left one of pixel [i, j].
    """

    alt_km: float
    lat_deg: FloatArray
    lon_deg: FloatArray
    corner_lat_deg: FloatArray
    corner_lon_deg: FloatArray


@dataclass(frozen=True, eq=False)
class Skymap:
    """The directions of a camera's pixels; compared by identity, by content with `key`.

    Attributes
    ----------
    site : str
        Four-letter code, lower case.
    array : str
        Key of the imager array.
    camera : str
        Name of the device, for example ``themis20``; empty where it is not known.
    lat_deg, lon_deg : float
        Geodetic position of the camera, degrees.
    alt_m : float
        Height of the camera above WGS84, metres.
    valid_from, valid_to : datetime64[s] or None
        Interval in which it holds; None is an open end.
    kind : {"official", "model", "simulated"}
        From the provider's file, from assumptions about the lens, or of a simulated camera.
    source : str
        Name of the file, or of what it was computed from.
    azimuth_deg, elevation_deg : float64 array, shape (y, x)
        Directions of pixel centres; NaN where a pixel sees no sky.
    corner_azimuth_deg, corner_elevation_deg : float64 array, shape (y + 1, x + 1)
        Directions of pixel corners.
    """

    site: str
    array: str
    camera: str
    lat_deg: float
    lon_deg: float
    alt_m: float
    valid_from: np.datetime64 | None
    valid_to: np.datetime64 | None
    kind: Kind
    source: str
    azimuth_deg: FloatArray
    elevation_deg: FloatArray
    corner_azimuth_deg: FloatArray
    corner_elevation_deg: FloatArray
    _mapped: dict[float, MappedSkymap] = field(init=False, default_factory=dict, repr=False)
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        height, width = self.azimuth_deg.shape
        corners = (height + 1, width + 1)
        for name, wanted in (
            ("azimuth_deg", (height, width)),
            ("elevation_deg", (height, width)),
            ("corner_azimuth_deg", corners),
            ("corner_elevation_deg", corners),
        ):
            values = getattr(self, name)
            if values.shape != wanted:
                raise BadInput(
                    f"{name} of a skymap of {height} x {width} pixels has shape {values.shape}.",
                    hint=f"It must be {wanted[0]} x {wanted[1]}.",
                    field=name,
                    value=values.shape,
                )
            values.flags.writeable = False  # shared between threads

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of its pixels."""
        height, width = self.azimuth_deg.shape
        return height, width

    @property
    def approximate(self) -> bool:
        """Whether directions are assumed, not measured; figures say so."""
        return self.kind == MODEL

    @cached_property
    def key(self) -> str:
        """Text that changes whenever anything in the skymap does; for caches."""
        digest = hashlib.sha256()
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, np.ndarray):
                digest.update(np.ascontiguousarray(value).tobytes())
            elif not item.name.startswith("_"):
                digest.update(f"{item.name}={value!r};".encode())
        return digest.hexdigest()[:32]

    def mapped(self, alt_km: float) -> MappedSkymap:
        """Return where its pixels lie at an altitude; the last few altitudes are kept.

        Parameters
        ----------
        alt_km : float
            Height above WGS84, above the camera.

        Raises
        ------
        BadInput
            The altitude is not above the camera.
        """
        alt = float(alt_km)
        if not (np.isfinite(alt) and alt > self.alt_m / 1e3):
            raise BadInput(
                f"{alt_km} km is no altitude above the camera ({self.alt_m / 1e3:g} km).",
                field="alt_km",
                value=alt_km,
            )
        with self._lock:
            found = self._mapped.pop(alt, None) or self._map(alt)
            self._mapped[alt] = found  # the last used is at the end
            while len(self._mapped) > _KEPT_ALTITUDES:
                del self._mapped[next(iter(self._mapped))]
        return found

    def _map(self, alt_km: float) -> MappedSkymap:
        place = (self.lat_deg, self.lon_deg, self.alt_m, alt_km)
        centres = map_to_altitude(self.azimuth_deg, self.elevation_deg, *place)
        corners = map_to_altitude(self.corner_azimuth_deg, self.corner_elevation_deg, *place)
        for values in (*centres, *corners):
            values.flags.writeable = False
        return MappedSkymap(alt_km, *centres, *corners)


@dataclass(frozen=True, slots=True)
class SkymapEntry:
    """Whom a skymap belongs to, without its arrays; `source` is the name its file had."""

    sha256: str
    source: str
    array: str
    site: str
    camera: str
    valid_from: np.datetime64 | None
    valid_to: np.datetime64 | None


def model_skymap(
    site: str,
    lens: Lens,
    shape: tuple[int, ...],
    *,
    array: str,
    lat_deg: float,
    lon_deg: float,
    alt_m: float,
    kind: Kind = MODEL,
    camera: str = "",
    valid_from: np.datetime64 | None = None,
    valid_to: np.datetime64 | None = None,
    source: str = "",
) -> Skymap:
    """Return the skymap of a camera from its place, its lens and its turn.

    Parameters
    ----------
    site : str
        Four-letter code.
    lens : Lens
        Lens, centre and turn of the camera.
    shape : tuple of int
        Rows and columns of its images; channels are ignored.
    array : str
        Key of the imager array.
    lat_deg, lon_deg : float
        Geodetic position, degrees.
    alt_m : float
        Height above WGS84, metres.
    kind : {"model", "simulated"}
        "model" is marked as approximate wherever it is drawn.
    camera, valid_from, valid_to, source
        See `Skymap`.
    """
    height, width = shape[0], shape[1]
    y, x = np.meshgrid(np.arange(height + 1.0), np.arange(width + 1.0), indexing="ij")
    centres = lens.direction_of(x[:-1, :-1] + 0.5, y[:-1, :-1] + 0.5)
    corners = lens.direction_of(x, y)
    return Skymap(
        site.lower(), array, camera, lat_deg, lon_deg, alt_m, valid_from, valid_to, kind,
        source or f"lens {lens.radial}", *centres, *corners,
    )  # fmt: skip
