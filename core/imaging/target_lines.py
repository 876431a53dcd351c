"""Lines and boxes that images are projected onto: slices of keograms, tracks of satellites."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.geo.sphere import EARTH_RADIUS_KM, unit_vectors
from core.imaging.offsets import check, check_place, destination, digest, lat_lon

FloatArray = NDArray[np.float64]
Index = NDArray[np.intp]

_MOST_PLACES = 1_000_000


@dataclass(frozen=True, eq=False)
class Path:
    """Places along a line, each with the stretch halfway to its neighbours and a width.

    Attributes
    ----------
    lat_deg, lon_deg : float array, shape (n,)
        At least two places; neighbours differ and are less than half the Earth apart.
    width_km : float
        Across the line, at the altitude of the emission; 0 is the line itself.
    """

    lat_deg: FloatArray
    lon_deg: FloatArray
    width_km: float = 0.0

    def __post_init__(self) -> None:
        lat, lon = check_place(self.lat_deg, self.lon_deg)
        check(lat.ndim == 1 and 2 <= lat.size <= _MOST_PLACES, "lat_deg", lat.shape,
               "A path has at least two places.")  # fmt: skip
        check(0 <= self.width_km <= 10_000, "width_km", self.width_km, "Take 0 to 10,000.")
        at = unit_vectors(lat, lon)
        cosine = (at[1:] * at[:-1]).sum(axis=1)
        apart = np.linalg.norm(at[1:] - at[:-1], axis=1)
        check(bool((apart > 1e-9).all() and (cosine > -0.9999).all()), "lat_deg", None,
               "Neighbours must be different places, less than half the Earth apart.")  # fmt: skip
        object.__setattr__(self, "lat_deg", lat)
        object.__setattr__(self, "lon_deg", lon)

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of places."""
        return (self.lat_deg.size,)

    @property
    def key(self) -> str:
        """Text for caches."""
        return f"path:{digest(self.lat_deg, self.lon_deg)}:{self.width_km!r}"

    @property
    def reach_km(self) -> float:
        """Half the longest stretch and half the width."""
        edges = self._edges()
        chords = np.linalg.norm(edges[1:] - edges[:-1], axis=1)
        longest = 2 * EARTH_RADIUS_KM * np.arcsin(np.clip(chords.max() / 2, 0, 1))
        return float(longest + self.width_km / 2)

    def place(
        self, cell: Index, down: FloatArray, right: FloatArray, alt_km: float
    ) -> tuple[FloatArray, FloatArray]:
        """Return points of stretches: `down` along the line, `right` across it."""
        at = unit_vectors(self.lat_deg, self.lon_deg)[cell]
        edges = self._edges()
        end = np.where((down < 0)[:, None], edges[cell], edges[cell + 1])
        share = 2.0 * np.abs(down)[:, None]
        point = at + share * (end - at)
        across = np.cross(edges[cell + 1] - edges[cell], point)
        across /= np.linalg.norm(across, axis=1, keepdims=True)
        point /= np.linalg.norm(point, axis=1, keepdims=True)
        angle = (right * self.width_km / (EARTH_RADIUS_KM + alt_km))[:, None]
        return lat_lon(point * np.cos(angle) + across * np.sin(angle))

    def _edges(self) -> FloatArray:
        """Return the limits of the stretches, shape (n + 1, 3): halfway between the places."""
        at = unit_vectors(self.lat_deg, self.lon_deg)
        middle = at[1:] + at[:-1]
        middle /= np.linalg.norm(middle, axis=1, keepdims=True)
        # The first and the last place lie in the middle of their stretches too.
        first = 2 * (at[0] @ middle[0]) * at[0] - middle[0]
        last = 2 * (at[-1] @ middle[-1]) * at[-1] - middle[-1]
        return np.concatenate([first[None], middle, last[None]])


@dataclass(frozen=True, eq=False)
class Box:
    """Rectangles around places: sides run east and north through the centre of each.

    Attributes
    ----------
    lat_deg, lon_deg : float array, shape (n,), or one number each
        Centres.
    dx_km, dy_km : float
        Extent to the east and to the north, at the altitude of the emission.
    """

    lat_deg: FloatArray
    lon_deg: FloatArray
    dx_km: float
    dy_km: float

    def __post_init__(self) -> None:
        lat, lon = check_place(np.atleast_1d(self.lat_deg), np.atleast_1d(self.lon_deg))
        for name in ("dx_km", "dy_km"):
            check(0 < getattr(self, name) <= 5000, name, getattr(self, name), "Take up to 5,000.")
        object.__setattr__(self, "lat_deg", lat)
        object.__setattr__(self, "lon_deg", lon)

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of boxes."""
        return (self.lat_deg.size,)

    @property
    def key(self) -> str:
        """Text for caches."""
        return f"box:{digest(self.lat_deg, self.lon_deg)}:{self.dx_km!r}:{self.dy_km!r}"

    @property
    def reach_km(self) -> float:
        """Half the diagonal."""
        return float(np.hypot(self.dx_km, self.dy_km) / 2)

    def place(
        self, cell: Index, down: FloatArray, right: FloatArray, alt_km: float
    ) -> tuple[FloatArray, FloatArray]:
        """Return points of boxes; `down` counts to the south."""
        return destination(
            self.lat_deg[cell], self.lon_deg[cell], right * self.dx_km, -down * self.dy_km,
            EARTH_RADIUS_KM + alt_km,
        )  # fmt: skip
