"""More targets of images: maps in the Mercator projection, and parts of other targets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.geo.sphere import EARTH_RADIUS_KM, unit_vectors
from core.imaging.offsets import check, digest
from core.imaging.skymap import Skymap
from core.imaging.targets import MAX_CELLS, FloatArray, Index, Target, centres

MERCATOR_LIMIT_DEG = 85.0511287798066
"""Where a Mercator map of the whole Earth is a square (EPSG:3857)."""

_SPARE_RAD = 0.004
_KEPT_VECTORS = 2
_VECTORS: dict[str, NDArray[np.float32]] = {}


@dataclass(frozen=True)
class MercatorGrid:
    """A map in the spherical Mercator projection of geodetic latitudes, as web maps have it.

    Snyder (1987), USGS Professional Paper 1395, chapter 7, with the formulas of the sphere applied
    to geodetic latitudes: EPSG:3857. Row 0 is the northern edge and column 0 the western one.

    Attributes
    ----------
    rows, columns : int
    south_deg, north_deg : float
        Edges, within 85.06 degrees.
    west_deg, east_deg : float
        Edges; east is larger than west by up to 360, so that a map over the date line runs, for
        example, from 170 to 190.
    """

    rows: int
    columns: int
    south_deg: float
    north_deg: float
    west_deg: float
    east_deg: float

    def __post_init__(self) -> None:
        limit = MERCATOR_LIMIT_DEG + 1e-6
        check(min(self.rows, self.columns) > 0 and self.rows * self.columns <= MAX_CELLS,
               "rows", (self.rows, self.columns), f"At most {MAX_CELLS:,} cells.")  # fmt: skip
        check(-limit <= self.south_deg < self.north_deg <= limit, "south_deg", self.south_deg,
               "South must lie below north, both within 85.05 degrees.")  # fmt: skip
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
        """Distance of a cell's corner from its centre, that of the cell nearest to the equator."""
        inside = self.south_deg <= 0.0 <= self.north_deg
        lowest = 0.0 if inside else min(abs(self.south_deg), abs(self.north_deg))
        high = (mercator_y(self.north_deg) - mercator_y(self.south_deg)) / self.rows
        wide = np.radians(self.east_deg - self.west_deg) / self.columns
        return float(np.hypot(high, wide) / 2 * EARTH_RADIUS_KM * np.cos(np.radians(lowest)))

    def place(
        self, cell: Index, down: FloatArray, right: FloatArray, alt_km: float
    ) -> tuple[FloatArray, FloatArray]:
        """Return points of cells; see `Target.place`."""
        row, column = np.divmod(cell, self.columns)
        top, bottom = mercator_y(self.north_deg), mercator_y(self.south_deg)
        y = top + (bottom - top) * (row + 0.5 + down) / self.rows
        wide = (self.east_deg - self.west_deg) / self.columns
        lon_deg = self.west_deg + wide * (column + 0.5 + right)
        return np.degrees(np.arctan(np.sinh(y))), (lon_deg + 180.0) % 360.0 - 180.0

    def cell_of(self, lat_deg: ArrayLike, lon_deg: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return column and row of places, edges of cells being whole numbers."""
        top, bottom = mercator_y(self.north_deg), mercator_y(self.south_deg)
        row = (top - mercator_y(lat_deg)) / (top - bottom) * self.rows
        away = (np.asarray(lon_deg, float) - self.west_deg) % 360.0
        return away / (self.east_deg - self.west_deg) * self.columns, np.asarray(row)


def mercator_y(lat_deg: ArrayLike) -> FloatArray:
    """Return the height of latitudes on a Mercator map of a sphere of radius 1."""
    return np.asarray(np.arcsinh(np.tan(np.radians(np.asarray(lat_deg, float)))))


@dataclass(frozen=True, eq=False)
class TargetPart:
    """Some cells of another target, as a target of one axis.

    Attributes
    ----------
    whole : Target
    cells : int array, shape (n,)
        Flat numbers of the cells in `whole`.
    """

    whole: Target
    cells: NDArray[np.int64]

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of cells."""
        return (self.cells.size,)

    @property
    def key(self) -> str:
        """Text for caches."""
        return f"{self.whole.key}[{digest(self.cells.astype(float))}]"

    @property
    def reach_km(self) -> float:
        """As that of the whole."""
        return self.whole.reach_km

    def place(
        self, cell: Index, down: FloatArray, right: FloatArray, alt_km: float
    ) -> tuple[FloatArray, FloatArray]:
        """Return points of cells; see `Target.place`."""
        return self.whole.place(self.cells[cell], down, right, alt_km)


def part_in_view(
    target: Target, skymap: Skymap, alt_km: float, min_elevation_deg: float
) -> TargetPart:
    """Return the cells of which a camera may see a part at an altitude.

    Half a million cells are looked at so that the few thousand that matter need not be looked for
    by whoever goes on with them.
    """
    low = np.radians(min_elevation_deg)
    ratio = EARTH_RADIUS_KM / (EARTH_RADIUS_KM + alt_km)
    # The exact angle on a sphere; the ellipsoid moves it by less than what is spared.
    reach = np.arccos(ratio * np.cos(low)) - low + _SPARE_RAD + target.reach_km / EARTH_RADIUS_KM
    site = unit_vectors(skymap.lat_deg, skymap.lon_deg).astype(np.float32)
    near = centre_vectors(target) @ site >= np.cos(min(reach, np.pi))
    return TargetPart(target, np.flatnonzero(near).astype(np.int64))


def centre_vectors(target: Target) -> NDArray[np.float32]:
    """Return unit vectors to the centres of cells, shape (cells, 3); the last two are kept."""
    known = _VECTORS.get(target.key)
    if known is None:
        lat, lon = centres(target)
        known = unit_vectors(lat.ravel(), lon.ravel()).astype(np.float32)
        while len(_VECTORS) >= _KEPT_VECTORS:
            _VECTORS.pop(next(iter(_VECTORS), ""), None)
        _VECTORS[target.key] = known
    return known
