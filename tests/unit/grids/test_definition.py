from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.grids.definition import (
    COLUMNS,
    OVATION_GRID,
    ROWS,
    STEP_DEG,
    cell_of,
    centre_of,
    latitudes_deg,
    longitudes_deg,
    make_grid,
)
from core.imaging.targets import centres

latitudes = st.floats(-90, 90)
longitudes = st.floats(-1080, 1080)
ABOUT = {"units": "counts", "title": "x", "kind": "counts", "provenance": "ingested", "series": "x"}


def test_the_grid_has_square_cells_over_the_whole_earth() -> None:
    assert (ROWS, COLUMNS) == (512, 1024)
    assert pytest.approx(0.3515625, abs=0) == STEP_DEG
    assert latitudes_deg()[[0, -1]].tolist() == [-89.82421875, 89.82421875]
    assert longitudes_deg()[[0, -1]].tolist() == [-179.82421875, 179.82421875]


def test_every_centre_lies_in_its_cell() -> None:
    row, column = np.divmod(np.arange(ROWS * COLUMNS), COLUMNS)
    found = cell_of(*centre_of(row, column))
    assert (found.row == row).all()
    assert (found.column == column).all()


def test_cells_are_those_that_images_are_projected_onto() -> None:
    # A target's middle halves the area of a cell, ours its sides: it lies in the same cell.
    found = cell_of(*centres(OVATION_GRID))
    assert (found.row == np.arange(ROWS)[:, None]).all()
    assert (found.column == np.arange(COLUMNS)).all()


@pytest.mark.parametrize(
    ("lat", "lon", "row", "column"),
    [
        (-90, -180, 0, 0),
        (90, 179.999, 511, 1023),
        (90, 180, 511, 0),
        (0, 0, 256, 512),
        (-1e-12, -1e-12, 255, 511),
        (0, 540, 256, 0),
        (0, -360 - 1e-9, 256, 511),
        (89.6484375, -0.3515625, 511, 511),
    ],
)
def test_edges_belong_to_the_cell_north_and_east(
    lat: float, lon: float, row: int, column: int
) -> None:
    found = cell_of(lat, lon)
    assert (int(found.row), int(found.column)) == (row, column)


@given(st.lists(st.tuples(latitudes, longitudes), min_size=1, max_size=20))
def test_cells_are_those_found_by_looking_at_all_edges(places: list[tuple[float, float]]) -> None:
    lat, lon = np.array(places).T
    found = cell_of(lat, lon)
    assert ((found.row >= 0) & (found.row < ROWS)).all()
    assert ((found.column >= 0) & (found.column < COLUMNS)).all()
    centre_lat, centre_lon = centre_of(found.row, found.column)
    # A longitude of a few turns has lost some of its last digits, so edges are fuzzy by that.
    assert (np.abs(lat - centre_lat) <= STEP_DEG / 2 + 1e-9).all()
    turned = (lon - centre_lon + 180.0) % 360.0 - 180.0
    assert (np.abs(turned) <= STEP_DEG / 2 + 1e-9).all()


@pytest.mark.parametrize(("lat", "lon"), [(90.1, 0), (np.nan, 0), (0, np.inf), ([0, -91], [0, 0])])
def test_places_off_the_earth_are_refused(lat: object, lon: object) -> None:
    with pytest.raises(BadInput, match="latitude from -90 to 90"):
        cell_of(lat, lon)


@pytest.mark.parametrize(("row", "column"), [(512, 0), (-1, 0), (0, 1024), (0, -1)])
def test_cells_off_the_grid_are_refused(row: int, column: int) -> None:
    with pytest.raises(BadInput, match="Rows are 0 to 511"):
        centre_of(row, column)


def test_a_dataset_describes_itself() -> None:
    times = np.array(["2020-01-01T00:05", "2020-01-01T00:00"], "M8[us]")
    values = np.stack([np.full((ROWS, COLUMNS), 5.0), np.zeros((ROWS, COLUMNS))])
    dataset = make_grid(values, times, **ABOUT, alt_km=110.0, doi=None)
    assert (dataset["time"].values == np.sort(times)).all()
    assert dataset["grid"].values[1, 0, 0] == 5.0
    assert dataset["grid"].dtype == np.float32
    assert dataset.attrs["Conventions"] == "CF-1.11"
    assert dataset.attrs["alt_km"] == 110.0
    assert "doi" not in dataset.attrs
    for axis in ("lat", "lon"):
        bounds = dataset[dataset[axis].attrs["bounds"]].values
        assert (bounds[1:, 0] == bounds[:-1, 1]).all()
        assert np.abs(bounds.mean(axis=1) - dataset[axis].values).max() == 0
    assert dataset["lat_bnds"].values[[0, -1], [0, 1]].tolist() == [-90, 90]
    assert dataset["lon_bnds"].values[[0, -1], [0, 1]].tolist() == [-180, 180]


@pytest.mark.parametrize(
    ("shape", "times", "kind"),
    [
        ((1, 1024, 512), ["2020-01-01"], "counts"),
        ((2, ROWS, COLUMNS), ["2020-01-01"], "counts"),
        ((2, ROWS, COLUMNS), ["2020-01-01", "2020-01-01"], "counts"),
        ((1, ROWS, COLUMNS), ["NaT"], "counts"),
        ((1, ROWS, COLUMNS), ["2020-01-01"], "light"),
    ],
)
def test_what_is_no_grid_is_refused(shape: tuple[int, ...], times: list[str], kind: str) -> None:
    with pytest.raises(BadInput):
        make_grid(np.zeros(shape), np.array(times, "M8[us]"), **{**ABOUT, "kind": kind})
