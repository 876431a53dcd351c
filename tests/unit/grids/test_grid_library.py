"""Series of the store and of cameras as one library."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import xarray as xr

from core.errors import NotFound
from core.grids.definition import COLUMNS, ROWS, make_grid
from core.grids.grid_files import grid_bytes, netcdf_bytes, paint_grid
from core.grids.grid_query import GridQuery
from core.grids.library import GridLibrary
from core.grids.store import GridStore
from core.imaging.colour import colour_table
from tests.unit.grids.cameras_world import MINUTE, NOON, World, even

FIVE = 5 * MINUTE


@pytest.fixture
def library(tmp_path: Path) -> GridLibrary:
    settings = SimpleNamespace(max_render_cache_bytes=0)
    archive: Any = SimpleNamespace(images_path=tmp_path, settings=settings)
    store = GridStore(archive)
    values = np.zeros((3, ROWS, COLUMNS), np.float32)
    values[:, 400, 100] = 10, 20, 30
    values[:, 0, :] = np.nan
    store.add(
        make_grid(
            values, NOON + np.arange(3) * FIVE, units="percent", title="Probability",
            kind="probability", provenance="ingested", series="ovation",
        )
    )  # fmt: skip
    return GridLibrary(store, World([(56.4, -94.6)], even(500.0)).grids())


def test_series_of_cameras_come_first_and_stored_ones_say_what_they_are(
    library: GridLibrary,
) -> None:
    live, stored = library.series()
    assert (live.key, live.kind, live.array, live.units) == (
        "themis-asi", "counts", "themis_asi", "counts",
    )  # fmt: skip
    assert (stored.key, stored.kind, stored.array, stored.units) == (
        "ovation", "probability", None, "percent",
    )  # fmt: skip
    assert stored.limits == (0.0, 100.0)
    assert (stored.cadence_s, stored.provenance) == (300.0, "ingested")
    with pytest.raises(NotFound, match="themis-asi, ovation"):
        library.get("none")


def test_a_stored_grid_holds_until_the_next(library: GridLibrary) -> None:
    series = library.get("ovation")
    for minutes, value, valid in ((0, 10.0, 0), (4, 10.0, 0), (5, 20.0, 5), (14, 30.0, 10)):
        frame = library.grid(series, NOON + minutes * MINUTE)
        assert frame.valid_time == NOON + valid * MINUTE
        assert frame.at(400, 100) == (value, None)
        assert frame.at(0, 7) is None
        assert (frame.provenance, frame.cameras, frame.of) == ("ingested", (), 0)
    assert len(library.times(series, NOON, NOON + 10 * MINUTE)) == 2
    assert library.span(series) == (NOON, NOON + 10 * MINUTE)


def test_times_that_no_grid_holds_for_name_the_nearest(library: GridLibrary) -> None:
    series = library.get("ovation")
    with pytest.raises(NotFound) as raised:
        library.grid(series, NOON - MINUTE)
    assert raised.value.nearest == ["2019-01-01T06:00:00Z"]
    with pytest.raises(NotFound, match="2019-01-01T06:10:00Z"):
        library.grid(series, NOON + np.timedelta64(1, "D"))


def test_the_version_moves_with_what_is_stored(library: GridLibrary) -> None:
    series = library.get("ovation")
    before = library.version(series, NOON)
    more = make_grid(
        np.ones((1, ROWS, COLUMNS)), [NOON + 3 * FIVE], units="percent", title="Probability",
        kind="probability", provenance="ingested", series="ovation",
    )  # fmt: skip
    assert library.store.add(more) == 1
    assert GridStore(SimpleNamespace(images_path=library.store.root.parent)).times(  # type: ignore[arg-type]
        "ovation", NOON, NOON + 9 * FIVE
    ).size == 4  # fmt: skip
    assert library.version(series, NOON) != before or library.store.version("ovation") != before


def test_bytes_pictures_and_files_say_the_same(library: GridLibrary, tmp_path: Path) -> None:
    series = library.get("ovation")
    query = GridQuery((0.0, 40.0), cmap="green")
    frame = library.grid(series, NOON + FIVE)
    texture = np.frombuffer(grid_bytes(frame, query), np.uint8).reshape(ROWS, COLUMNS)
    assert texture[400, 100] == 1 + 127
    assert (texture[0] == 0).all()
    assert (texture[1:] > 0).all()
    painted = paint_grid(frame, query)
    assert np.array_equal(painted[::-1], colour_table("green")[texture])
    path = tmp_path / "grid.nc"
    path.write_bytes(netcdf_bytes(frame, query))
    with xr.open_dataset(path, engine="scipy") as dataset:
        assert np.array_equal(dataset["grid"].values[0], frame.values, equal_nan=True)
        assert dataset["time"].values[0] == NOON + FIVE
        assert dataset["grid"].attrs["units"] == "percent"
        assert dataset.attrs["provenance"] == "ingested"
