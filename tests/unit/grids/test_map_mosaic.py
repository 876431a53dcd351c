"""Maps of many cameras: where they lie, against pyproj and by hand; lit pixels; edges."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pymap3d
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pyproj import Transformer

from core.errors import BadInput
from core.grids.map_mosaic import (
    MapMosaic,
    bounds_of,
    map_mosaic,
    map_target,
    mosaic_document,
    paint_mosaic,
    polar_edge_deg,
    shortest_arc,
)
from core.grids.mosaic_query import Crs, MosaicQuery
from core.imaging.skymap import Skymap
from core.imaging.target_maps import MERCATOR_LIMIT_DEG, MercatorGrid
from core.imaging.targets import AzimuthalGrid, centres
from tests.unit.grids.cameras_world import NOON, World, even

ALT_KM = 110.0
CANADA = [(56.4, -94.6), (62.8, -92.1), (60.0, -111.9)]
DATE_LINE = [(66.0, 179.5), (64.0, -177.0)]
NORTH, SOUTH = [(88.5, 30.0)], [(-84.0, 100.0)]
SIZE = 400


def query(crs: str, size: int = SIZE, rule: Any = "elevation") -> MosaicQuery:
    return MosaicQuery(cast("Crs", crs), size, "viridis", (0.0, 1000.0), rule, ALT_KM)


def drawn(world: World, crs: str, size: int = SIZE, rule: Any = "elevation") -> MapMosaic:
    live = world.grids()
    grids: Any = SimpleNamespace(live=live)
    (series,) = live.series()
    return map_mosaic(grids, series, NOON, query(crs, size, rule))


@settings(deadline=None)
@given(
    south=st.floats(-85, 60), high=st.floats(1, 25), west=st.floats(-180, 180),
    wide=st.floats(1, 360), row=st.integers(0, 59), column=st.integers(0, 79),
)  # fmt: skip
def test_a_mercator_map_is_that_of_pyproj(
    south: float, high: float, west: float, wide: float, row: int, column: int
) -> None:
    grid = MercatorGrid(60, 80, south, south + high, west, west + wide)
    lat, lon = (part.reshape(60, 80)[row, column] for part in centres(grid))
    to_map = Transformer.from_crs(4326, 3857, always_xy=True)
    _, y = to_map.transform(lon, lat)
    bottom, top = (to_map.transform(0, edge)[1] for edge in (south, south + high))
    # A millimetre: numbers of 1e7 metres in double precision through a few functions.
    assert y == pytest.approx(top - (row + 0.5) / 60 * (top - bottom), abs=1e-3)
    assert (lon - west - (column + 0.5) / 80 * wide + 180) % 360 - 180 == pytest.approx(0, abs=1e-9)
    back = grid.cell_of(lat, lon)
    assert (float(back[0]), float(back[1])) == pytest.approx((column + 0.5, row + 0.5), abs=1e-6)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(-180, 179), st.integers(1, 120)), min_size=1, max_size=6))
def test_the_shortest_arc_is_that_of_trying_all(parts: list[tuple[int, int]]) -> None:
    west, east = shortest_arc([(float(a), float(a + n)) for a, n in parts])
    seen = {(a + k) % 360 for a, n in parts for k in range(n)}
    inside = {int(west + k) % 360 for k in range(int(east - west))}
    assert seen <= inside
    assert -180 <= west <= 180
    # One degree less is too little wherever it begins.
    less = int(east - west) - 1
    assert not any(seen <= {(first + k) % 360 for k in range(less)} for first in seen)


@pytest.mark.parametrize(
    ("places", "crs"),
    [(CANADA, "mercator"), (CANADA, "north"), (DATE_LINE, "mercator"), (DATE_LINE, "north"),
     (NORTH, "north"), (SOUTH, "south"), (SOUTH, "mercator")],
)  # fmt: skip
def test_a_constant_stays_that_constant_and_no_camera_is_cut(
    places: list[tuple[float, float]], crs: str
) -> None:
    mosaic = drawn(World(places, even(750.0)), crs)
    seen = np.isfinite(mosaic.values)
    assert np.array_equal(np.unique(mosaic.values[seen]), np.float32([750.0]))
    # What is seen covers its share of the map's area, and touches no edge but that of Mercator.
    assert seen.sum() > 2000
    if crs != "mercator" or places is not SOUTH:
        assert not (seen[0].any())
        assert not (seen[-1].any())
        assert not (seen[:, 0].any())
        assert not (seen[:, -1].any())
    painted = paint_mosaic(mosaic, query(crs))
    assert np.array_equal(painted[..., 3] > 0, seen)


def places_of(skymap: Skymap, row: int, column: int) -> tuple[float, float]:
    """Where a pixel's centre looks at 110 km, by halving the distance along its line of sight."""
    near, far = 100e3, 2000e3
    site = (skymap.lat_deg, skymap.lon_deg, skymap.alt_m)
    look = (skymap.azimuth_deg[row, column], skymap.elevation_deg[row, column])
    for _ in range(60):
        middle = (near + far) / 2
        lat, lon, alt = pymap3d.aer2geodetic(*look, middle, *site)
        near, far = (middle, far) if alt < ALT_KM * 1e3 else (near, middle)
    return float(lat), float(lon)


def by_hand(mosaic: MapMosaic, lat: float, lon: float) -> tuple[int, int]:
    """Row and column of a place, from what the document says of the map alone."""
    document = mosaic_document(
        mosaic,
        SimpleNamespace(key="x", units="counts"),
        NOON,
        query("north"),  # type: ignore[arg-type]
    )
    height, width = document["height"], document["width"]
    if isinstance(mosaic.target, MercatorGrid):
        (south, west), (north, east) = document["bounds"]
        y, top, bottom = (
            np.log(np.tan(np.pi / 4 + np.radians(part) / 2)) for part in (lat, north, south)
        )
        away = (lon - west) % 360.0
        return int((top - y) / (top - bottom) * height), int(away / (east - west) * width)
    sign = np.sign(mosaic.target.lat_deg)
    edge = 90.0 - np.degrees(mosaic.target.radius_km / 6371.2)
    share = (90.0 - sign * lat) / (90.0 - edge) / 2
    # Greenwich is down in the north and up in the south, east to the right.
    x, y = share * np.sin(np.radians(lon)), sign * share * np.cos(np.radians(lon))
    return int((0.5 + y) * height), int((0.5 + x) * width)


@pytest.mark.parametrize(
    ("place", "crs"),
    [(CANADA[0], "mercator"), (CANADA[0], "north"), (DATE_LINE[0], "mercator"),
     (DATE_LINE[1], "mercator"), (DATE_LINE[0], "north"), (NORTH[0], "north"),
     (SOUTH[0], "south"), ((-65.0, 179.9), "south"), ((-65.0, 179.9), "mercator")],
)  # fmt: skip
@pytest.mark.parametrize("pixel", [(50, 50), (30, 44), (62, 68), (75, 52)])
def test_one_lit_pixel_is_where_it_looks(
    place: tuple[float, float], crs: str, pixel: tuple[int, int]
) -> None:
    def paint(skymap: Skymap, time: np.datetime64) -> NDArray[Any]:
        image = even(0.0)(skymap, time)
        image[pixel] += 10_000.0
        return image

    world = World([place], paint)
    mosaic = drawn(world, crs)
    row, column = by_hand(mosaic, *places_of(next(iter(world.skymaps.values())), *pixel))
    lit = np.nan_to_num(mosaic.values)
    rows, columns = np.nonzero(lit > 0.6 * lit.max())
    # Half a pixel of the camera (100 across) on a map of 400 pixels around one camera: three.
    assert np.abs(rows - row).max() <= 4
    assert np.abs(columns - column).max() <= 4
    assert lit[row, column] > 0.3 * lit.max()


def test_edges_hold_every_camera_and_pass_the_date_line() -> None:
    canada, date_line, north = (World(places, even(1.0)).sources
                                for places in (CANADA, DATE_LINE, NORTH))  # fmt: skip
    south, top, west, east = bounds_of(canada, ALT_KM)
    # 757 km of 5 degrees' elevation are 6.8 degrees of latitude.
    assert (south, top) == (49.0, 70.0)
    assert -132 < west < -111 - 12
    assert -92 + 12 < east < -71
    _, _, west, east = bounds_of(date_line, ALT_KM)
    assert 155 < west < 165
    assert 198 < east < 205
    assert bounds_of(north, ALT_KM)[1:] == (MERCATOR_LIMIT_DEG, -180.0, 180.0)
    assert polar_edge_deg(canada, ALT_KM, "north") == 45.0
    assert polar_edge_deg(canada, ALT_KM, "south") == 60.0


def test_a_map_belongs_to_its_series_and_has_square_pixels() -> None:
    live = World(CANADA, even(1.0)).grids()
    grids: Any = SimpleNamespace(live=live)
    (series,) = live.series()
    wide = map_target(grids, series, query("mercator", 700))
    assert isinstance(wide, MercatorGrid)
    assert max(wide.shape) == 700
    lat, lon = centres(wide)
    to_map = Transformer.from_crs(4326, 3857, always_xy=True)
    x, y = to_map.transform(lon[:2, :2], lat[:2, :2])
    # Whole numbers of rows: a pixel's height follows its width within a part in the rows.
    assert y[0, 0] - y[1, 0] == pytest.approx(x[0, 1] - x[0, 0], rel=1 / wide.rows)
    polar = map_target(grids, series, query("north"))
    assert isinstance(polar, AzimuthalGrid)
    assert polar.shape == (SIZE, SIZE)


def test_targets_that_are_none_are_refused() -> None:
    for edges in ((10.0, 10.0, 0.0, 1.0), (0.0, 86.0, 0.0, 1.0), (0.0, 10.0, 5.0, 5.0)):
        with pytest.raises(BadInput):
            MercatorGrid(10, 10, *edges)
    with pytest.raises(BadInput, match="cells"):
        MercatorGrid(5000, 5000, 0.0, 10.0, 0.0, 10.0)
