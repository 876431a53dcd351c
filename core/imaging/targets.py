"""What images are projected onto: grids, paths and boxes, each a set of cells on the Earth.

A cell has an extent, so that many pixels within one can be averaged. Every target tells where a
point of a cell is: `place` takes offsets from -0.5 to 0.5 along the cell's two sides. Positions are
unit vectors or great circles inside, so that neither the date line nor a pole is a special place.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.errors import BadInput
from core.geo.sphere import EARTH_RADIUS_KM, HALF_CIRCUMFERENCE_KM, unit_vectors

FloatArray = NDArray[np.float64]
Index = NDArray[np.intp]

MAX_CELLS = 4_194_304


class Target(Protocol):
    """Cells that an image is projected onto."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the projected image."""
        ...

    @property
    def key(self) -> str:
        """Text that is equal for equal targets; for caches."""
        ...

    @property
    def reach_km(self) -> float:
        """At least the distance of a cell's corner from its centre."""
        ...

    def place(
        self, cell: Index, down: FloatArray, right: FloatArray, alt_km: float
    ) -> tuple[FloatArray, FloatArray]:
        """Return geodetic latitude and longitude of points of cells.

        Parameters
        ----------
        cell : int array, shape (n,)
            Flat index of each point's cell.
        down, right : float array, shape (n,)
            Offsets from the cell's centre in cell sizes, along the first and the second axis.
        alt_km : float
            Altitude of the emission; sizes in km are meant there where the target says so.
        """
        ...


def centres(target: Target, alt_km: float = 110.0) -> tuple[FloatArray, FloatArray]:
    """Return latitude and longitude of the centres of all cells, in the target's shape."""
    cells = np.arange(int(np.prod(target.shape)))
    zero = np.zeros(cells.size)
    lat_deg, lon_deg = target.place(cells, zero, zero, alt_km)
    return lat_deg.reshape(target.shape), lon_deg.reshape(target.shape)


@dataclass(frozen=True)
class AzimuthalGrid:
    """A square map around a place: azimuthal equidistant on a sphere of 6371.2 km.

    Distances and directions from the centre are true (Snyder 1987, USGS Professional Paper 1395,
    chapter 25). Row 0 is the northern edge and column 0 the western one, as on a map.

    Attributes
    ----------
    lat_deg, lon_deg : float
        Centre.
    radius_km : float
        From the centre to the middle of an edge, on the ground.
    size : int
        Rows and columns.
    """

    lat_deg: float
    lon_deg: float
    radius_km: float
    size: int

    def __post_init__(self) -> None:
        _check_place(np.array([self.lat_deg]), np.array([self.lon_deg]))
        _check(0 < self.radius_km * np.sqrt(2) <= HALF_CIRCUMFERENCE_KM, "radius_km",
               self.radius_km, "It must lie between 0 and 14,150 km.")  # fmt: skip
        _check(0 < self.size**2 <= MAX_CELLS, "size", self.size, "Take 1 to 2048.")

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows and columns."""
        return self.size, self.size

    @property
    def key(self) -> str:
        """Text for caches."""
        return repr(self)

    @property
    def cell_km(self) -> float:
        """Length of a cell's side."""
        return 2.0 * self.radius_km / self.size

    @property
    def reach_km(self) -> float:
        """Distance of a cell's corner from its centre."""
        # Across the direction to the centre the projection stretches: cells are never larger.
        return self.cell_km * float(np.sqrt(0.5))

    def place(
        self, cell: Index, down: FloatArray, right: FloatArray, alt_km: float
    ) -> tuple[FloatArray, FloatArray]:
        """Return points of cells; see `Target.place`."""
        row, column = np.divmod(cell, self.size)
        north = self.radius_km - (row + 0.5 + down) * self.cell_km
        east = (column + 0.5 + right) * self.cell_km - self.radius_km
        return destination(self.lat_deg, self.lon_deg, east, north, EARTH_RADIUS_KM)

    def cell_of(self, lat_deg: ArrayLike, lon_deg: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return column and row of places, edges of cells being whole numbers."""
        east, north = offsets_km(self.lat_deg, self.lon_deg, lat_deg, lon_deg, EARTH_RADIUS_KM)
        return (east + self.radius_km) / self.cell_km, (self.radius_km - north) / self.cell_km


@dataclass(frozen=True)
class LatLonGrid:
    """Cells of equal steps in latitude and longitude; row 0 is the southern edge.

    Attributes
    ----------
    rows, columns : int
    south_deg, north_deg : float
        Edges of the first and the last row.
    west_deg, east_deg : float
        Edges of the first and the last column; east is larger than west by up to 360, so that a
        grid over the date line runs, for example, from 170 to 190.
    """

    rows: int
    columns: int
    south_deg: float = -90.0
    north_deg: float = 90.0
    west_deg: float = -180.0
    east_deg: float = 180.0

    def __post_init__(self) -> None:
        _check(min(self.rows, self.columns) > 0 and self.rows * self.columns <= MAX_CELLS,
               "rows", (self.rows, self.columns), f"At most {MAX_CELLS:,} cells.")  # fmt: skip
        _check(-90 <= self.south_deg < self.north_deg <= 90, "south_deg", self.south_deg,
               "South must lie below north, both within -90 to 90.")  # fmt: skip
        _check(0 < self.east_deg - self.west_deg <= 360, "east_deg", self.east_deg,
               "East must lie above west, by at most 360.")  # fmt: skip

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows and columns."""
        return self.rows, self.columns

    @property
    def key(self) -> str:
        """Text for caches."""
        return repr(self)

    @property
    def reach_km(self) -> float:
        """Distance of a cell's corner from its centre, that of a cell at the equator."""
        high = (self.north_deg - self.south_deg) / self.rows
        wide = (self.east_deg - self.west_deg) / self.columns
        return float(np.radians(np.hypot(high, wide)) / 2 * EARTH_RADIUS_KM)

    def place(
        self, cell: Index, down: FloatArray, right: FloatArray, alt_km: float
    ) -> tuple[FloatArray, FloatArray]:
        """Return points of cells; equal steps of `down` are equal areas within a cell."""
        row, column = np.divmod(cell, self.columns)
        high = (self.north_deg - self.south_deg) / self.rows
        sine = np.sin(np.radians(self.south_deg + high * np.arange(self.rows + 1)))
        between = sine[row] + (sine[row + 1] - sine[row]) * (down + 0.5)
        lat_deg = np.degrees(np.arcsin(np.clip(between, -1.0, 1.0)))
        wide = (self.east_deg - self.west_deg) / self.columns
        lon_deg = self.west_deg + wide * (column + 0.5 + right)
        return lat_deg, (lon_deg + 180.0) % 360.0 - 180.0


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
        lat, lon = _check_place(self.lat_deg, self.lon_deg)
        _check(lat.ndim == 1 and 2 <= lat.size <= MAX_CELLS, "lat_deg", lat.shape,
               "A path has at least two places.")  # fmt: skip
        _check(0 <= self.width_km <= 10_000, "width_km", self.width_km, "Take 0 to 10,000.")
        at = unit_vectors(lat, lon)
        cosine = (at[1:] * at[:-1]).sum(axis=1)
        apart = np.linalg.norm(at[1:] - at[:-1], axis=1)
        _check(bool((apart > 1e-9).all() and (cosine > -0.9999).all()), "lat_deg", None,
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
        return f"path:{_digest(self.lat_deg, self.lon_deg)}:{self.width_km!r}"

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
        return _lat_lon(point * np.cos(angle) + across * np.sin(angle))

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
        lat, lon = _check_place(np.atleast_1d(self.lat_deg), np.atleast_1d(self.lon_deg))
        for name in ("dx_km", "dy_km"):
            _check(0 < getattr(self, name) <= 5000, name, getattr(self, name), "Take up to 5,000.")
        object.__setattr__(self, "lat_deg", lat)
        object.__setattr__(self, "lon_deg", lon)

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of boxes."""
        return (self.lat_deg.size,)

    @property
    def key(self) -> str:
        """Text for caches."""
        return f"box:{_digest(self.lat_deg, self.lon_deg)}:{self.dx_km!r}:{self.dy_km!r}"

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


def destination(
    lat_deg: ArrayLike, lon_deg: ArrayLike, east_km: ArrayLike, north_km: ArrayLike,
    radius_km: float,
) -> tuple[FloatArray, FloatArray]:  # fmt: skip
    """Return the places at azimuthal equidistant offsets from others on a sphere."""
    east, north = np.asarray(east_km, float), np.asarray(north_km, float)
    angle = np.hypot(east, north) / radius_km
    bearing = np.arctan2(east, north)
    lat = np.radians(np.asarray(lat_deg, float))
    sine = np.sin(lat) * np.cos(angle) + np.cos(lat) * np.sin(angle) * np.cos(bearing)
    turn = np.arctan2(
        np.sin(bearing) * np.sin(angle) * np.cos(lat), np.cos(angle) - np.sin(lat) * sine
    )
    lon = np.asarray(lon_deg, float) + np.degrees(turn)
    return np.degrees(np.arcsin(np.clip(sine, -1.0, 1.0))), (lon + 180.0) % 360.0 - 180.0


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


def _lat_lon(vectors: FloatArray) -> tuple[FloatArray, FloatArray]:
    x, y, z = np.moveaxis(vectors, -1, 0)
    return np.degrees(np.arctan2(z, np.hypot(x, y))), np.degrees(np.arctan2(y, x))


def _check_place(lat_deg: ArrayLike, lon_deg: ArrayLike) -> tuple[FloatArray, FloatArray]:
    lat, lon = np.array(lat_deg, dtype=float), np.array(lon_deg, dtype=float)
    _check(lat.shape == lon.shape, "lat_deg", lat.shape, f"Longitudes have shape {lon.shape}.")
    good = np.isfinite(lon).all() and bool((np.abs(lat) <= 90).all())
    _check(bool(good), "lat_deg", None, "Latitudes are numbers from -90 to 90, longitudes finite.")
    return lat, lon


def _check(good: bool, field: str, value: object, hint: str) -> None:
    if not good:
        raise BadInput(f"{field} does not make a target.", hint=hint, field=field, value=value)


def _digest(*arrays: FloatArray) -> str:
    digest = hashlib.sha256()
    for values in arrays:
        digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()[:32]


OVATION_GRID = LatLonGrid(512, 1024)
"""The grid of NOAA's OVATION text product and of UCalgary's grid files."""
