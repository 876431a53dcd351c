"""The lines of a map in pixels: graticules, coast, field of view, and where they meet the edges."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.geo.field_of_view import ring
from core.geo.land import coastlines
from core.geo.magnetic import from_magnetic, to_magnetic
from core.geo.sphere import EARTH_RADIUS_KM
from core.imaging.compass import Lines, runs
from core.imaging.offsets import destination, offsets_km
from core.imaging.targets import AzimuthalGrid
from core.imaging.ticks import number_text, round_ticks

if TYPE_CHECKING:
    from core.imaging.skymap import Skymap

FloatArray = NDArray[np.float64]
Marks = tuple[tuple[float, str], ...]
"""Along an edge, pixels from its left or upper end, and what is written there."""

_MOST = 6
_BEYOND = 0.1  # of the size: lines are followed so far outside, so that none ends before the edge
_APART = 0.05  # of an edge: the least distance of two words for the same value
_SCALE_KM = (20.0, 50.0, 100.0, 200.0, 500.0, 1000.0)


@dataclass(frozen=True, slots=True)
class MapLines:
    """Lines over a map of `size` x `size` pixels.

    Attributes
    ----------
    geographic, magnetic : Lines
        Meridians and parallels, geodetic on the ground and AACGM at the altitude of the map.
    coast, view : Lines
        Coastlines; the rim of what is drawn of the camera's field of view.
    left, bottom : Marks
        Geodetic latitudes along the left and longitudes along the lower edge.
    right, top : Marks
        AACGM latitudes along the right and longitudes along the upper edge.
    site, site_code
        Where the camera is.
    scale_km, scale_px : float
        A round distance and its length.
    """

    size: int
    geographic: Lines
    magnetic: Lines
    coast: Lines
    view: Lines
    left: Marks
    bottom: Marks
    right: Marks
    top: Marks
    site: tuple[float, float]
    site_code: str
    scale_km: float
    scale_px: float


def map_lines(
    skymap: Skymap,
    grid: AzimuthalGrid,
    size: int,
    alt_km: float,
    time: np.datetime64,
    min_elevation_deg: float,
) -> MapLines:
    """Return the lines of the map that a camera's frames are projected onto.

    Parameters
    ----------
    skymap : Skymap
        Gives the place of the camera.
    grid : AzimuthalGrid
        The map.
    size : int
        Pixels of the picture's sides; may differ from the grid's.
    alt_km : float
        Altitude of the emission, for the field of view and magnetic coordinates.
    time : datetime64
        UTC, for magnetic coordinates.
    min_elevation_deg : float
        Of the rim.
    """
    sides = _Sides(grid, size)
    magnetic = _Magnetic(alt_km, time)
    lat_deg, lon_deg = ring(skymap.lat_deg, skymap.lon_deg, skymap.alt_m, alt_km, min_elevation_deg)
    site = sides.pixels(np.array([skymap.lat_deg]), np.array([skymap.lon_deg]))[0]
    scale_km = max(km for km in _SCALE_KM if km <= max(0.5 * grid.radius_km, _SCALE_KM[0]))
    left, bottom = sides.latitudes("left"), sides.longitudes("bottom")
    right = sides.latitudes("right", magnetic.to)
    top = sides.longitudes("top", magnetic.to)
    return MapLines(
        size=size,
        geographic=_graticule(sides, left.values, bottom.values, lambda lat, lon: (lat, lon)),
        magnetic=_graticule(sides, right.values, top.values, magnetic.back),
        coast=sum((sides.lines(*line) for line in _near_coast(grid)), ()),
        view=sides.lines(lat_deg, lon_deg),
        left=left.marks("° N", "° S"),
        bottom=bottom.marks("° E", "° W"),
        right=right.marks("°", "° S"),
        top=top.marks("°", "°"),
        site=(float(site[0]), float(site[1])),
        site_code=skymap.site.upper(),
        scale_km=scale_km,
        scale_px=scale_km / (2 * grid.radius_km) * size,
    )


class _Magnetic:
    def __init__(self, alt_km: float, time: np.datetime64) -> None:
        self.alt_km, self.time = alt_km, time

    def to(self, lat_deg: FloatArray, lon_deg: FloatArray) -> tuple[FloatArray, FloatArray]:
        return to_magnetic(lat_deg, lon_deg, self.alt_km, self.time)

    def back(self, mlat_deg: FloatArray, mlon_deg: FloatArray) -> tuple[FloatArray, FloatArray]:
        return from_magnetic(mlat_deg, mlon_deg, self.alt_km, self.time)


Convert = Callable[[FloatArray, FloatArray], tuple[FloatArray, FloatArray]]


@dataclass(frozen=True, slots=True)
class _Edge:
    """Round values along an edge, rising, and where; one that is passed twice is there twice."""

    values: FloatArray
    at: FloatArray

    def marks(self, positive: str, negative: str) -> Marks:
        texts = []
        for value in self.values:
            turned = (value + 180) % 360 - 180
            sign = positive if turned >= 0 else negative
            # Magnetic longitudes carry a sign, the others a letter.
            shown = turned if positive == negative else abs(turned)
            texts.append(f"{number_text(float(shown))}{sign}")
        return tuple(zip(self.at.tolist(), texts, strict=True))


class _Sides:
    """From places to pixels of a map and back along its edges."""

    def __init__(self, grid: AzimuthalGrid, size: int) -> None:
        self.grid, self.size = grid, size

    def pixels(self, lat_deg: FloatArray, lon_deg: FloatArray) -> FloatArray:
        column, row = self.grid.cell_of(lat_deg, lon_deg)
        return np.stack([column, row], axis=-1) * (self.size / self.grid.size)

    def lines(self, lat_deg: FloatArray, lon_deg: FloatArray) -> Lines:
        points = self.pixels(lat_deg, lon_deg)
        margin = _BEYOND * self.size
        outside = (points < -margin) | (points > self.size + margin)
        return runs(np.where(outside.any(axis=1, keepdims=True), np.nan, points))

    def edge(self, name: str) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return pixels along an edge and the places there."""
        along = np.linspace(-1.0, 1.0, 201) * self.grid.radius_km
        still = np.full(along.shape, self.grid.radius_km)
        east, north = {
            "left": (-still, -along), "right": (still, -along),
            "top": (along, still), "bottom": (along, -still),
        }[name]  # fmt: skip
        lat, lon = destination(self.grid.lat_deg, self.grid.lon_deg, east, north, EARTH_RADIUS_KM)
        return (along / self.grid.radius_km + 1) / 2 * self.size, lat, lon

    def latitudes(self, name: str, convert: Convert | None = None) -> _Edge:
        along, lat, lon = self.edge(name)
        return _round_values(along, convert(lat, lon)[0] if convert else lat)

    def longitudes(self, name: str, convert: Convert | None = None) -> _Edge:
        along, lat, lon = self.edge(name)
        turned = convert(lat, lon)[1] if convert else lon
        if not np.isfinite(turned).all():
            return _Edge(np.zeros(0), np.zeros(0))
        return _round_values(along, np.unwrap(turned, period=360.0))


def _round_values(along: FloatArray, values: FloatArray) -> _Edge:
    """Return the round values that an edge passes, each as often as it passes it."""
    if not np.isfinite(values).all():
        return _Edge(np.zeros(0), np.zeros(0))
    ticks = round_ticks(float(values.min()), float(values.max()), _MOST)
    apart_px = _APART * (along[-1] - along[0])
    found: list[tuple[float, float]] = []
    for tick in ticks:
        above = values >= tick
        last = -np.inf
        for k in np.flatnonzero(above[1:] != above[:-1]):
            share = (tick - values[k]) / (values[k + 1] - values[k])
            at = along[k] + share * (along[k + 1] - along[k])
            if at - last > apart_px:  # where an edge only touches a value, one word is enough
                found.append((float(tick), float(at)))
            last = at
    passed = np.array(found).reshape(-1, 2)
    return _Edge(passed[:, 0], passed[:, 1])


def _graticule(sides: _Sides, lats: FloatArray, lons: FloatArray, back: Convert) -> Lines:
    """Return parallels and meridians in the steps of the edges, over the whole map."""
    lines: list[FloatArray] = []
    around = np.linspace(-180.0, 180.0, 1441)
    down = np.linspace(-89.9, 89.9, 1799)
    for lat in _extended(lats, 90.0):
        lines += sides.lines(*back(np.full(around.shape, lat), around))
    for lon in _extended(lons, 360.0):
        lines += sides.lines(*back(down, np.full(down.shape, lon)))
    return tuple(lines)


def _extended(values: FloatArray, limit: float) -> FloatArray:
    """Return the values and as many in the same steps on both sides: edges are shorter."""
    values = np.unique(values)
    if len(values) < 2:
        return values
    step = float(values[1] - values[0])
    more = np.arange(values[0] - step * len(values), values[-1] + step * (len(values) + 0.5), step)
    return more[np.abs(more) < limit]


def _near_coast(grid: AzimuthalGrid) -> list[tuple[FloatArray, FloatArray]]:
    """Return the coastlines with a point near the map."""
    near = []
    for lat, lon in coastlines():
        east, north = offsets_km(grid.lat_deg, grid.lon_deg, lat, lon, EARTH_RADIUS_KM)
        if (np.maximum(np.abs(east), np.abs(north)) < 1.2 * grid.radius_km).any():
            near.append((lat, lon))
    return near
