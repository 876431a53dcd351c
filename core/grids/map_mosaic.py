"""Pictures of many cameras on one map at full resolution: Mercator, or seen from above a pole.

A map's edges belong to its series, not to a minute: they hold every camera of the array as far as
it sees, so that pictures lie on each other while time runs. Which camera is shown where several see
a place is told by the rules of the grid.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.geo.field_of_view import ground_range_km
from core.geo.sphere import EARTH_RADIUS_KM
from core.grids.combine import combine
from core.grids.definition import cell_of
from core.grids.document import camera_document, iso
from core.grids.frame_keeper import CameraFrame, Lost
from core.grids.library import GridLibrary
from core.grids.live import CameraNote, brightness, middle, provenance_of
from core.grids.mosaic_query import Crs, MosaicQuery
from core.grids.series import Series
from core.imaging.colour import colour_table, to_indices
from core.imaging.fisheye import RGBA
from core.imaging.projection import MIN_ELEVATION_DEG
from core.imaging.target_maps import MERCATOR_LIMIT_DEG, MercatorGrid, mercator_y
from core.imaging.targets import AzimuthalGrid, centres
from core.instruments.model import DataSource

_STEP_DEG = 5.0
_LOWEST_EDGE_DEG, _HIGHEST_EDGE_DEG = 20.0, 60.0
_OF_GRIDS_DEG = 30.0
_WHOLE_EARTH = (-85.0, 85.0, -180.0, 180.0)
Bounds = tuple[float, float, float, float]
"""South, north, west, east; east may pass 180."""


@dataclass(frozen=True, eq=False, slots=True)
class MapMosaic:
    """A map with what cameras, or a stored grid, show on it.

    Attributes
    ----------
    target : MercatorGrid or AzimuthalGrid
    values : float32 array, shape of the target
        NaN where nobody sees.
    valid_time : datetime64[us]
    provenance : str
    cameras : tuple of CameraNote
    of : int
        How many cameras of the array were in place.
    lost : tuple of Lost
        Cameras with a frame that cannot be shown.
    """

    target: MercatorGrid | AzimuthalGrid
    values: NDArray[np.float32]
    valid_time: np.datetime64
    provenance: str
    cameras: tuple[CameraNote, ...] = ()
    of: int = 0
    lost: tuple[Lost, ...] = ()


def map_mosaic(
    grids: GridLibrary, series: Series, time: np.datetime64, query: MosaicQuery
) -> MapMosaic:
    """Return a series at a time on a map.

    Parameters
    ----------
    grids : GridLibrary
    series : Series
        Of an imager array: the frames nearest to the time, pixel by pixel. Stored: the cells of
        its grid, as cells.
    time : datetime64
    query : MosaicQuery

    Raises
    ------
    NotFound
        There is nothing at that time; the hint names times that have something.
    BadInput
        The altitude is not above every camera.
    """
    target = map_target(grids, series, query)
    if series.array is None:
        return _of_grid(grids, series, time, target)
    live = grids.live
    _, found = live.shots(series, time)
    shown = [one for one in found if isinstance(one, CameraFrame)]
    weights = live.weights_of(shown, query.alt_km, target)
    values = [
        brightness(w.apply(one.image), one.dark) for w, one in zip(weights, shown, strict=True)
    ]
    cells = int(np.prod(target.shape))
    both = combine(weights, values, query.rule, cells)
    whole = np.full(cells, np.nan, dtype=np.float32)
    whole[both.cells] = both.values
    return MapMosaic(
        target, whole.reshape(target.shape), middle([one.time for one in shown], time),
        provenance_of([one.provenance for one in shown]), tuple(live.note(one) for one in shown),
        live.expected(series, time, found), tuple(one for one in found if isinstance(one, Lost)),
    )  # fmt: skip


def paint_mosaic(mosaic: MapMosaic, query: MosaicQuery) -> RGBA:
    """Return the picture, transparent where nobody sees."""
    return np.asarray(colour_table(query.cmap)[to_indices(mosaic.values, query.limits)])


def map_target(
    grids: GridLibrary, series: Series, query: MosaicQuery
) -> MercatorGrid | AzimuthalGrid:
    """Return the map of a series: its edges hold every camera of the array as far as it sees."""
    cameras = [] if series.array is None else grids.live.cameras.of(series.array)
    if query.crs == "mercator":
        # What a camera sees grows with the altitude: pictures of one altitude lie on each other.
        bounds = bounds_of(cameras, query.alt_km) if cameras else _WHOLE_EARTH
        return mercator_target(bounds, query.size)
    edge = polar_edge_deg(cameras, query.alt_km, query.crs) if cameras else _OF_GRIDS_DEG
    pole = 90.0 if query.crs == "north" else -90.0
    # Greenwich points down in the north, up in the south: east is to the right in both.
    return AzimuthalGrid(pole, 0.0, math.radians(90.0 - edge) * EARTH_RADIUS_KM, query.size)


def mercator_target(bounds: Bounds, size: int) -> MercatorGrid:
    """Return a map whose pixels are squares; `size` is its longer side."""
    south, north, west, east = bounds
    high, wide = float(mercator_y(north) - mercator_y(south)), math.radians(east - west)
    scale = size / max(high, wide)
    rows, columns = max(1, round(high * scale)), max(1, round(wide * scale))
    return MercatorGrid(rows, columns, south, north, west, east)


def bounds_of(cameras: Sequence[DataSource], alt_km: float) -> Bounds:
    """Return whole degrees around all that cameras see; the arc of longitudes is the shortest."""
    reach = math.degrees(float(ground_range_km(MIN_ELEVATION_DEG, alt_km)) / EARTH_RADIUS_KM)
    places = [_place(camera) for camera in cameras]
    south = max(-MERCATOR_LIMIT_DEG, math.floor(min(lat for lat, _ in places) - reach))
    north = min(MERCATOR_LIMIT_DEG, math.ceil(max(lat for lat, _ in places) + reach))
    arcs = []
    for lat, lon in places:
        sine = math.sin(math.radians(reach)) / max(math.cos(math.radians(lat)), 1e-9)
        # A camera that sees over a pole sees every longitude.
        half = math.degrees(math.asin(sine)) if abs(lat) + reach < 90.0 else 180.0
        arcs.append((lon - half, lon + half))
    west, east = shortest_arc(arcs)
    return south, north, west, east


def shortest_arc(arcs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return the shortest arc, in whole degrees, that holds arcs of longitudes.

    Parameters
    ----------
    arcs : sequence of (west, east)
        East not below west; of any number of turns.

    Returns
    -------
    west, east : float
        West from -180 up to 180; east at most 360 above it.
    """
    seen = np.zeros(360, dtype=bool)
    for west, east in arcs:
        first, last = math.floor(west), math.ceil(east)
        seen[np.arange(first, min(last, first + 360)) % 360] = True
    if seen.all() or not seen.any():
        return -180.0, 180.0
    # Every gap begins after a seen degree and ends before one; what is left of the longest is it.
    ends = np.flatnonzero(seen)
    gaps = np.diff(np.append(ends, ends[0] + 360))
    longest = int(gaps.argmax())
    west = float((ends[longest] + gaps[longest] + 180) % 360 - 180)
    return west, west + 360.0 - float(gaps[longest]) + 1.0


def polar_edge_deg(cameras: Sequence[DataSource], alt_km: float, crs: Crs) -> float:
    """Return the latitude at the middle of a polar map's edges: a multiple of 5 degrees."""
    reach = math.degrees(float(ground_range_km(MIN_ELEVATION_DEG, alt_km)) / EARTH_RADIUS_KM)
    sign = 1.0 if crs == "north" else -1.0
    heights = [sign * _place(camera)[0] for camera in cameras]
    above = [height - reach for height in heights if height > 0]
    lowest = min(above, default=_HIGHEST_EDGE_DEG)
    edge = math.floor(lowest / _STEP_DEG) * _STEP_DEG
    return min(max(edge, _LOWEST_EDGE_DEG), _HIGHEST_EDGE_DEG)


def mosaic_document(
    mosaic: MapMosaic, series: Series, time: np.datetime64, query: MosaicQuery
) -> dict[str, Any]:
    """Return what JSON says of a map: where its picture lies, and what it shows."""
    height, width = mosaic.target.shape
    return {
        "series": series.key,
        "time": iso(time),
        "valid_time": iso(mosaic.valid_time),
        "crs": query.crs,
        **place_document(mosaic.target, query.crs),
        "width": width,
        "height": height,
        "units": series.units,
        "limits": list(query.limits),
        "cmap": query.cmap,
        "alt_km": query.alt_km,
        "min_elevation_deg": MIN_ELEVATION_DEG,
        "rule": query.rule,
        "provenance": mosaic.provenance,
        "cameras": [camera_document(camera) for camera in mosaic.cameras],
        "of": mosaic.of,
        "lost": [{"source_id": one.source_id, "reason": one.reason} for one in mosaic.lost],
    }


def place_document(target: MercatorGrid | AzimuthalGrid, crs: Crs) -> dict[str, Any]:
    """Return where a map's picture lies."""
    if isinstance(target, MercatorGrid):
        corners = [[target.south_deg, target.west_deg], [target.north_deg, target.east_deg]]
        return {"bounds": corners, "projection": "EPSG:3857"}
    edge = 90.0 - math.degrees(target.radius_km / EARTH_RADIUS_KM)
    return {
        "pole": crs,
        "edge_lat_deg": round(edge if crs == "north" else -edge, 9),
        "projection": "azimuthal equidistant, longitude 0 "
        + ("down" if crs == "north" else "up"),
    }  # fmt: skip


def _of_grid(
    grids: GridLibrary, series: Series, time: np.datetime64, target: MercatorGrid | AzimuthalGrid
) -> MapMosaic:
    frame = grids.grid(series, time)
    cell = cell_of(*centres(target))
    return MapMosaic(
        target, frame.values[cell.row, cell.column], frame.valid_time, frame.provenance
    )


def _place(camera: DataSource) -> tuple[float, float]:
    return float(camera.metadata["latitude_deg"]), float(camera.metadata["longitude_deg"])
