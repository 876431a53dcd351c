"""What images are projected onto: grids, paths and boxes, each a set of cells on the Earth.

A cell has an extent, so that many pixels within one can be averaged. Every target tells where a
point of a cell is: `place` takes offsets from -0.5 to 0.5 along the cell's two sides. Positions are
unit vectors or great circles inside, so that neither the date line nor a pole is a special place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.geo.sphere import EARTH_RADIUS_KM, HALF_CIRCUMFERENCE_KM
from core.imaging.offsets import check, check_place, destination, offsets_km
from core.imaging.target_lines import Box, Path

__all__ = ["OVATION_GRID", "AzimuthalGrid", "Box", "LatLonGrid", "Path", "Target", "centres"]

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
        check_place(np.array([self.lat_deg]), np.array([self.lon_deg]))
        check(0 < self.radius_km * np.sqrt(2) <= HALF_CIRCUMFERENCE_KM, "radius_km",
               self.radius_km, "It must lie between 0 and 14,150 km.")  # fmt: skip
        check(0 < self.size**2 <= MAX_CELLS, "size", self.size, "Take 1 to 2048.")

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
        check(min(self.rows, self.columns) > 0 and self.rows * self.columns <= MAX_CELLS,
               "rows", (self.rows, self.columns), f"At most {MAX_CELLS:,} cells.")  # fmt: skip
        check(-90 <= self.south_deg < self.north_deg <= 90, "south_deg", self.south_deg,
               "South must lie below north, both within -90 to 90.")  # fmt: skip
        check(0 < self.east_deg - self.west_deg <= 360, "east_deg", self.east_deg,
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


OVATION_GRID = LatLonGrid(512, 1024)
"""The grid of NOAA's OVATION text product and of UCalgary's grid files."""
