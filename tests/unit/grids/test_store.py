from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import xarray as xr
import zarr

from core.errors import BadInput, Conflict, NotFound
from core.grids.definition import COLUMNS, ROWS, make_grid
from core.grids.folders import Folders
from core.grids.packing import ISSUED, pack_grids
from core.grids.store import GridStore

START = np.datetime64("2023-03-24T06:00", "us")
DAY, SECOND = np.timedelta64(1, "D"), np.timedelta64(1_000_000, "us")


def store_in(folder: Path) -> GridStore:
    return GridStore(SimpleNamespace(images_path=folder))  # type: ignore[arg-type]


def grids(
    seconds: list[int], value: float = 1.0, series: str = "mos-rego", **more: Any
) -> xr.Dataset:
    """Grids of one value but for a hole; `more` replaces what `make_grid` is told."""
    values = np.full((len(seconds), ROWS, COLUMNS), value, np.float32)
    values[:, :100] = np.nan
    times = START + np.array(seconds) * SECOND
    about = {"units": "counts", "title": "x", "kind": "counts", "provenance": "ingested"}
    return make_grid(values, times, **{**about, "series": series, **more})


def forecast(issued: str, value: float) -> xr.Dataset:
    dataset = grids([0], value, "ovation", units="percent", kind="probability")
    dataset[ISSUED] = ("time", np.array([issued], "M8[us]"))
    return dataset


def test_what_was_added_is_read(tmp_path: Path) -> None:
    store, added = store_in(tmp_path), grids([0, 3, 59, 60], 7.0, alt_km=110.0)
    assert store.add(added) == 4
    for i, moment in enumerate(added["time"].values):
        values, attrs = store.read("mos-rego", moment)
        np.testing.assert_array_equal(values, added["grid"].values[i])
        assert values.dtype == np.float32
        assert attrs == {**added.attrs, "units": "counts"}
    assert store.series() == ["mos-rego"]
    assert store.span("mos-rego") == (START, START + 60 * SECOND)
    names = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.zip"))
    assert names == [
        f"grids/mos-rego/2023-03-24/{minute}.v000001.zarr.zip" for minute in ("0600", "0601")
    ]


def test_each_of_many_grids_is_read_for_itself(tmp_path: Path) -> None:
    store, added = store_in(tmp_path), grids([0, 3, 6])
    added["grid"].values[:] *= np.array([1, 2, 3])[:, None, None]
    store.add(added)
    for order in ([2, 0, 1], [1, 2, 0]):
        for i in order:
            values, _ = store.read("mos-rego", START + 3 * i * SECOND)
            assert values[200, 5] == i + 1


def test_adding_again_changes_nothing(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.add(grids([0, 3]))
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    version = store.version("mos-rego")
    assert store.add(grids([3])) == 0
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before
    assert store.version("mos-rego") == version


def test_more_grids_of_a_minute_join_it(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.add(grids([0, 6], 1.0))
    versions = {store.version("mos-rego"), store.version("mos-rego", START)}
    assert store.add(grids([3, 6], 2.0)) == 2
    assert len(versions | {store.version("mos-rego"), store.version("mos-rego", START)}) == 4
    found = [store.read("mos-rego", START + s * SECOND)[0][200, 0] for s in (0, 3, 6)]
    assert found == [1.0, 2.0, 2.0]
    assert [path.name for path in tmp_path.rglob("*.zip")] == ["0600.v000002.zarr.zip"]


def test_order_of_files_does_not_matter(tmp_path: Path) -> None:
    parts = [grids([0]), grids([3]), grids([6])]
    contents = []
    for number, order in enumerate(([0, 1, 2], [2, 0, 1])):
        store = store_in(tmp_path / str(number))
        for i in order:
            store.add(parts[i])
        (path,) = (tmp_path / str(number)).rglob("*.zip")
        contents.append(path.read_bytes())
    assert contents[0] == contents[1]


@pytest.mark.parametrize("order", [[0, 1], [1, 0]])
def test_the_later_forecast_for_a_time_stays(tmp_path: Path, order: list[int]) -> None:
    store = store_in(tmp_path)
    both = [forecast("2023-03-24T05:20", 10.0), forecast("2023-03-24T05:25", 20.0)]
    changes = [store.add(both[i]) for i in order]
    values, attrs = store.read("ovation", START)
    assert values[200, 0] == 20.0
    assert attrs[ISSUED] == "2023-03-24T05:25:00Z"
    assert changes == ([1, 1] if order == [0, 1] else [1, 0])


def test_times_of_a_window(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.add(grids([-10, 0, 3, 86_400 * 3]))
    hour = np.timedelta64(1, "h")
    assert len(store.times("mos-rego", START - hour, START + hour)) == 3
    window = store.times("mos-rego", START, START + 3 * SECOND)
    assert window.tolist() == [START.item()]
    assert window.dtype == "M8[us]"
    every = store.times("mos-rego", START - DAY, START + 4 * DAY)
    assert (every == np.sort(every)).all()
    assert len(every) == 4
    assert store.times("mos-rego", START + hour, START + DAY).size == 0
    assert store.times("none", START, START + DAY).size == 0
    # Whole days are a window too, and an end at midnight is not the day that begins there.
    assert (
        len(store.times("mos-rego", np.datetime64("2023-03-24"), np.datetime64("2023-03-27"))) == 3
    )


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (-(10**8), -86_410), (-43_206, -86_410), (-43_204, 0), (0, 0), (1, 0), (2, 3), (4, 3),
        (86_400, 3), (200_000, 259_200), (10**8, 259_200),
    ],
)  # fmt: skip
def test_the_nearest_grid(tmp_path: Path, asked: int, found: int) -> None:
    store = store_in(tmp_path)
    store.add(grids([-86_410, 0, 3, 86_400 * 3]))
    assert store.nearest("mos-rego", START + asked * SECOND) == START + found * SECOND
    with pytest.raises(NotFound):
        store.nearest("none", START)


def test_a_group_is_readable_by_xarray_alone(tmp_path: Path) -> None:
    added = forecast("2023-03-24T05:20", 10.0)
    added["confidence"] = added["grid"] * 0 + 0.5
    store_in(tmp_path).add(added)
    (path,) = tmp_path.rglob("*.zip")
    with zarr.storage.ZipStore(path, mode="r") as packed:
        dataset = xr.open_zarr(packed, consolidated=False, zarr_format=3).load()
    np.testing.assert_array_equal(dataset["grid"].values, added["grid"].values)
    np.testing.assert_array_equal(dataset["confidence"].values, added["confidence"].values)
    for name in ("time", ISSUED):
        assert (dataset[name].values == added[name].values).all()
    assert dataset["grid"].attrs["units"] == "percent"
    assert dataset["lat"].attrs["bounds"] == "lat_bnds"
    assert dataset.attrs == added.attrs


def test_the_same_grids_are_the_same_bytes() -> None:
    assert pack_grids(grids([0, 3])) == pack_grids(grids([3, 0]))


@pytest.mark.parametrize(
    "other",
    [
        grids([3], units="rayleigh"),
        grids([3], kind="probability"),
        grids([3]).assign(confidence=grids([3])["grid"]),
    ],
)
def test_grids_of_another_kind_are_refused(tmp_path: Path, other: xr.Dataset) -> None:
    store = store_in(tmp_path)
    store.add(grids([0]))
    with pytest.raises(Conflict, match="The series mos-rego has grids with"):
        store.add(other)
    assert store.times("mos-rego", START, START + DAY).size == 1


@pytest.mark.parametrize("key", ["", "..", "../x", "a/b", "A", "a--b", "-a", "a\n"])
def test_keys_that_are_no_names_are_refused(tmp_path: Path, key: str) -> None:
    store = store_in(tmp_path)
    store.add(grids([0]))
    with pytest.raises(BadInput, match="no key of a series"):
        store.add(grids([0], series=key))
    with pytest.raises(NotFound):
        store.read(key, START)
    with pytest.raises(NotFound):
        store.version(key)
    assert store.times(key, START, START + DAY).size == 0


def test_what_is_not_there_is_not_found(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    assert store.series() == []
    for ask in (store.span, store.version):
        with pytest.raises(NotFound, match="no grids of the series 'x'"):
            ask("x")
    store.add(grids([0]))
    for seconds in (1, 60, 86_400):
        with pytest.raises(NotFound, match="no grid that is valid at 2023-03-2"):
            store.read("mos-rego", START + seconds * SECOND)


def test_grids_in_memory_cannot_be_changed(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.add(grids([0]))
    values, attrs = store.read("mos-rego", START)
    with pytest.raises(ValueError, match="read-only"):
        values[0, 0] = 1.0
    attrs["units"] = "changed"
    assert store.read("mos-rego", START)[1]["units"] == "counts"


def test_what_another_process_adds_is_seen(tmp_path: Path) -> None:
    reader, writer = store_in(tmp_path), store_in(tmp_path)
    writer.add(grids([0]))
    assert reader.read("mos-rego", START)[0][200, 0] == 1.0
    for value in (2.0, 3.0, 4.0):
        version = reader.version("mos-rego", START)
        writer.add(grids([0, 120], value))
        assert reader.version("mos-rego", START) != version
        assert reader.read("mos-rego", START)[0][200, 0] == value
        assert len(reader.times("mos-rego", START, START + DAY)) == 2


def test_writers_of_one_minute_lose_nothing(tmp_path: Path) -> None:
    parts = [grids([second], second) for second in range(8)]
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda part: store_in(tmp_path).add(part), parts)) == 8
    store = store_in(tmp_path)
    found = [store.read("mos-rego", START + s * SECOND)[0][200, 0] for s in range(8)]
    assert found == list(range(8))


def test_what_a_killed_writer_left_is_no_grid_and_goes_away(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.add(grids([0]))
    (path,) = tmp_path.rglob("*.zip")
    left = path.parent / ".build-1-x"
    left.write_bytes(path.read_bytes()[:1000])
    assert len(store.times("mos-rego", START, START + DAY)) == 1
    os.utime(left, (time.time() - 7200,) * 2)
    store.add(grids([60]))
    assert not left.exists()


def test_folders_are_listed_again_only_when_they_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders, folder = Folders(), tmp_path / "day"
    folder.mkdir()
    (folder / "0600.v000001.zarr.zip").touch()
    (folder / "0600.v000003.zarr.zip").touch()
    (folder / ".build-1").touch()
    long_ago = time.time() - 100
    os.utime(folder, (long_ago, long_ago))
    listing = folders.list(folder)
    assert {key: version.number for key, version in listing.found.items()} == {"0600": 3}
    assert folders.list(folder) is listing
    (folder / "0601.v000001.zarr.zip").touch()
    assert list(folders.list(folder).found) == ["0600", "0601"]
    # The folder's time did not move on, as happens within one tick of a coarse clock: while it is
    # young, its names are looked at each time.
    now = time.time()
    os.utime(folder, (now, now))
    young = folders.list(folder)
    (folder / "0602.v000001.zarr.zip").touch()
    os.utime(folder, (now, now))
    assert folders.list(folder).mark != young.mark
    assert folders.list(tmp_path / "none").found == {}
