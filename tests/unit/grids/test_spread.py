"""Which way round grids lie, told by the auroral oval."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.geo.magnetic import to_magnetic
from core.grids.definition import COLUMNS, ROWS, latitudes_deg, longitudes_deg
from core.grids.readers import read_grid
from core.grids.spread import looks_turned, magnetic_spread_deg
from tests.unit.grids.grid_files import oval, text_file

TIME = np.datetime64("2019-11-26T21:25", "us")


def turned(grid: np.ndarray) -> np.ndarray:
    return np.roll(grid, COLUMNS // 2, axis=1)


def test_an_oval_is_as_narrow_as_it_was_made() -> None:
    # A bell of e-folding 3 degrees has a deviation of 2.1; what is below 0.3 of its top is left
    # out (1.5 then), and cells near the pole are smaller, which moves it by a tenth.
    spread = magnetic_spread_deg(oval(), TIME)
    assert spread == pytest.approx((1.6, 1.6), abs=0.25)


def test_turned_by_180_degrees_it_is_told_apart() -> None:
    right, wrong = magnetic_spread_deg(oval(), TIME), magnetic_spread_deg(turned(oval()), TIME)
    assert wrong.north > 3 * right.north
    assert wrong.south > 3 * right.south
    assert looks_turned(turned(oval()), TIME)
    assert not looks_turned(oval(), TIME)


@pytest.mark.parametrize("shift_deg", [-90, -45, 45, 90])
def test_no_other_turn_is_narrower(shift_deg: int) -> None:
    shifted = np.roll(oval(), round(shift_deg * COLUMNS / 360), axis=1)
    assert sum(magnetic_spread_deg(shifted, TIME)) > 2 * sum(magnetic_spread_deg(oval(), TIME))


def test_exchanging_north_and_south_widens_it_too() -> None:
    assert sum(magnetic_spread_deg(oval()[::-1], TIME)) > 2 * sum(magnetic_spread_deg(oval(), TIME))


def test_a_file_of_a_turned_oval_would_be_seen(tmp_path: Path) -> None:
    """The reader puts column 0 at -180: a file that began at 0 would come out turned."""
    begins_at_0 = read_grid(text_file(tmp_path / "a.txt", turned(oval())))
    begins_at_180_w = read_grid(text_file(tmp_path / "b.txt", oval()))
    assert looks_turned(begins_at_0["grid"].values[0], TIME)
    assert not looks_turned(begins_at_180_w["grid"].values[0], TIME)


def test_it_is_the_weighted_deviation_of_the_librarys_latitudes() -> None:
    rng = np.random.default_rng(8)
    grid = np.zeros((ROWS, COLUMNS))
    rows, columns = rng.integers(420, 500, 50), rng.integers(0, COLUMNS, 50)
    grid[rows, columns] = rng.uniform(50, 100, 50)
    lit = np.argwhere(grid > 0)
    mlat, _ = to_magnetic(
        latitudes_deg()[lit[:, 0]], longitudes_deg()[lit[:, 1]], 110.0, np.datetime64("2019-07-01")
    )
    weights = grid[lit[:, 0], lit[:, 1]]
    mean = np.sum(mlat * weights) / weights.sum()
    wanted = np.sqrt(np.sum(weights * (mlat - mean) ** 2) / weights.sum())
    assert magnetic_spread_deg(grid, TIME).north == pytest.approx(wanted, abs=1e-9)
    assert np.isnan(magnetic_spread_deg(grid, TIME).south)


def test_nothing_has_no_spread_and_is_not_turned() -> None:
    nothing = np.full((ROWS, COLUMNS), np.nan)
    assert np.isnan(magnetic_spread_deg(nothing, TIME)).all()
    assert not looks_turned(nothing, TIME)


@pytest.mark.parametrize("year", ["0001", "1500", "2100", "9999"])
def test_years_without_magnetic_coordinates_take_the_nearest(year: str) -> None:
    # The magnetic poles move: the oval of 2019 is a little wider in other coordinates.
    assert max(magnetic_spread_deg(oval(), np.datetime64(f"{year}-06-01", "us"))) < 12


@pytest.mark.realdata
def test_noaas_text_lies_from_minus_180(test_data: Path) -> None:
    """Its header says 0 to 360 degrees; read so, its oval would be twice as wide."""
    dataset = read_grid(test_data / "ovation/aurora-nowcast-map_20191126_2125.txt")
    grid, time = dataset["grid"].values[0], dataset["time"].values[0]
    # 4.7 and 4.4 degrees are known for this file, 8.5 and 12.3 for the other reading.
    assert magnetic_spread_deg(grid, time) == pytest.approx((4.7, 4.4), abs=0.1)
    assert magnetic_spread_deg(turned(grid), time) == pytest.approx((8.5, 12.3), abs=0.1)
    assert not looks_turned(grid, time)
    assert looks_turned(turned(grid), time)


@pytest.mark.realdata
def test_noaas_json_lies_as_its_nodes_say(test_data: Path) -> None:
    dataset = read_grid(test_data / "ovation/ovation_aurora_latest_20221018_0806.json")
    grid, time = dataset["grid"].values[0], dataset["time"].values[0]
    spread = magnetic_spread_deg(grid, time)
    assert 3.5 < spread.north < 4.7
    assert 3.5 < spread.south < 4.7
    assert not looks_turned(grid, time)
    assert looks_turned(turned(grid), time)
