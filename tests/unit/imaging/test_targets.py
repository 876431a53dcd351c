from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.errors import BadInput
from core.geo.sphere import EARTH_RADIUS_KM, distance_km
from core.imaging.offsets import destination, offsets_km
from core.imaging.targets import OVATION_GRID, AzimuthalGrid, Box, LatLonGrid, Path, centres

CORNERS = np.array([(-0.5, -0.5), (-0.5, 0.5), (0.5, -0.5), (0.5, 0.5)])


def test_map_has_north_up_and_east_right_and_true_distances() -> None:
    grid = AzimuthalGrid(56.0, -94.0, 500.0, 101)
    lat, lon = centres(grid)
    assert (lat[50, 50], lon[50, 50]) == pytest.approx((56.0, -94.0))
    assert lat[0, 50] > lat[100, 50]
    assert lon[50, 100] > lon[50, 0]
    # The middle of the last column is half a cell from the edge.
    assert distance_km(56.0, -94.0, lat[50, 100], lon[50, 100]) == pytest.approx(500 * 100 / 101)


def test_cell_of_undoes_place() -> None:
    grid = AzimuthalGrid(66.0, 179.9, 800.0, 32)
    lat, lon = centres(grid)
    column, row = grid.cell_of(lat, lon)
    assert column == pytest.approx(np.broadcast_to(np.arange(32) + 0.5, (32, 32)), abs=1e-7)
    assert row == pytest.approx(np.broadcast_to(np.arange(32)[:, None] + 0.5, (32, 32)), abs=1e-7)


@pytest.mark.parametrize("lat", [90.0, -90.0, 0.0, 62.0])
def test_offsets_and_destinations_undo_each_other(lat: float) -> None:
    rng = np.random.default_rng(0)
    east, north = rng.uniform(-3000, 3000, (2, 200))
    there = destination(lat, 170.0, east, north, EARTH_RADIUS_KM)
    back = offsets_km(lat, 170.0, *there, EARTH_RADIUS_KM)
    # Rounding of unit vectors is 1e-9 km; a metre is far above it.
    assert np.abs(np.array(back) - [east, north]).max() < 1e-3
    assert distance_km(lat, 170.0, *there) == pytest.approx(np.hypot(east, north), abs=1e-3)


def test_ovation_grid_is_south_first_and_begins_at_the_date_line() -> None:
    lat, lon = centres(OVATION_GRID)
    assert lat.shape == (512, 1024)
    assert lon[0, 0] == pytest.approx(-180 + 0.3515625 / 2)
    assert lon[0, -1] == pytest.approx(180 - 0.3515625 / 2)
    middle = -90 + (np.arange(512) + 0.5) * 180 / 512
    # Centres halve the area; from the middle of the latitudes that is 0.02 degrees at 1 degree
    # from the pole, and less than 0.001 below 80 degrees.
    assert np.abs(lat[:, 0] - middle)[60:-60].max() < 1e-3
    assert (np.diff(lat[:, 0]) > 0).all()


def test_cells_of_a_grid_over_the_date_line_meet() -> None:
    grid = LatLonGrid(4, 8, 60.0, 70.0, 170.0, 190.0)
    lon = centres(grid)[1]
    assert lon[0].tolist() == pytest.approx(
        [171.25, 173.75, 176.25, 178.75, -178.75, -176.25, -173.75, -171.25]
    )
    right = grid.place(np.array([3]), np.zeros(1), np.array([0.5]), 110.0)
    left = grid.place(np.array([4]), np.zeros(1), np.array([-0.5]), 110.0)
    assert distance_km(*right, *left) < 1e-6


def test_path_over_the_pole_keeps_its_width() -> None:
    path = Path(np.array([88.0, 89.5, 89.5, 88.0]), np.array([10.0, 10.0, -170.0, -170.0]), 50.0)
    cells = np.arange(4)
    left = path.place(cells, np.zeros(4), np.full(4, -0.5), 110.0)
    right = path.place(cells, np.zeros(4), np.full(4, 0.5), 110.0)
    # 50 km at 110 km altitude are 49.15 km on the ground.
    assert distance_km(*left, *right) == pytest.approx(50 * 6371.2 / 6481.2, rel=1e-9)


def test_stretches_of_a_path_meet_halfway() -> None:
    path = Path(np.array([60.0, 61.0, 63.0]), np.array([0.0, 0.0, 0.0]))
    ends = path.place(np.array([0, 1]), np.full(2, 0.5), np.zeros(2), 110.0)
    begins = path.place(np.array([1, 2]), np.full(2, -0.5), np.zeros(2), 110.0)
    assert distance_km(*ends, *begins).max() < 1e-6
    assert ends[0] == pytest.approx([60.5, 62.0])


@pytest.mark.parametrize(
    "target",
    [
        AzimuthalGrid(80.0, 0.0, 2000.0, 9),
        LatLonGrid(18, 36),
        Path(np.array([60.0, 61.0, 66.0]), np.array([0.0, 1.0, -3.0]), 300.0),
        Box(np.array([70.0, -89.9]), np.array([10.0, 0.0]), 400.0, 30.0),
    ],
)
def test_no_corner_lies_beyond_the_reach(target: Any) -> None:
    cells = np.arange(int(np.prod(target.shape)))
    lat, lon = (values.ravel() for values in centres(target))
    for down, right in CORNERS:
        at = target.place(cells, np.full(cells.size, down), np.full(cells.size, right), 110.0)
        assert distance_km(lat, lon, *at).max() <= target.reach_km * (1 + 1e-9)


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        (AzimuthalGrid, (91.0, 0.0, 100.0, 8)),
        (AzimuthalGrid, (60.0, np.nan, 100.0, 8)),
        (AzimuthalGrid, (60.0, 0.0, 0.0, 8)),
        (AzimuthalGrid, (60.0, 0.0, 20_000.0, 8)),
        (AzimuthalGrid, (60.0, 0.0, 100.0, 4096)),
        (LatLonGrid, (0, 8)),
        (LatLonGrid, (8, 8, 50.0, 40.0)),
        (LatLonGrid, (8, 8, -90.0, 90.0, 0.0, 361.0)),
        (Path, (np.array([60.0]), np.array([0.0]))),
        (Path, (np.array([60.0, 60.0]), np.array([0.0, 360.0]))),
        (Path, (np.array([60.0, -60.0]), np.array([0.0, 180.0]))),
        (Path, (np.array([60.0, 61.0]), np.array([0.0, 1.0]), -1.0)),
        (Path, (np.array([60.0, 61.0]), np.array([0.0]))),
        (Box, (np.array([60.0]), np.array([0.0]), 0.0, 1.0)),
    ],
)
def test_what_is_no_target_is_refused(kind: Any, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(BadInput):
        kind(*arguments)


def test_keys_tell_targets_apart() -> None:
    a = Path(np.array([60.0, 61.0]), np.array([0.0, 1.0]))
    b = Path(np.array([60.0, 61.0]), np.array([0.0, 1.0]))
    c = Path(np.array([60.0, 61.5]), np.array([0.0, 1.0]))
    assert a.key == b.key != c.key
    assert AzimuthalGrid(1.0, 2.0, 3.0, 4).key != AzimuthalGrid(1.0, 2.0, 3.0, 5).key
