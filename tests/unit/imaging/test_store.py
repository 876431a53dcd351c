from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr
import zarr

from core.errors import Conflict, NotFound
from core.imaging.keogram import make_keogram
from core.imaging.store import KeogramStore
from core.imaging.versions import sweep

DAY = date(2014, 3, 10)
START = np.datetime64("2014-03-10", "us")
END = START + np.timedelta64(1, "D")


def store_in(folder: Path) -> KeogramStore:
    return KeogramStore(SimpleNamespace(images_path=folder))  # type: ignore[arg-type]


def frames(first_s: int, count: int, value: int = 1, day: np.datetime64 = START) -> xr.Dataset:
    times = day + (first_s + 3 * np.arange(count)) * np.timedelta64(1_000_000, "us")
    counts = np.full((count, 8), value, np.uint16)
    return make_keogram(counts, times, np.ones(count), {"array": "rego", "cadence_s": 3.0})


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    assert store.save(46, DAY, frames(0, 100)) is True
    assert store.load(46, START, END).identical(frames(0, 100))
    assert store.days(46) == [DAY]
    assert store.has(46, DAY)
    assert not store.has(46, date(2014, 3, 11))


def test_saving_again_changes_nothing(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.save(46, DAY, frames(0, 100))
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.zip")}
    assert store.save(46, DAY, frames(30, 10)) is False
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.zip")} == before


def test_days_merge_and_old_versions_go(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.save(46, DAY, frames(0, 10))
    version = store.version(46, START, END)
    store.save(46, DAY, frames(300, 10, value=2))
    assert store.load(46, START, END).sizes["time"] == 20
    assert store.version(46, START, END) != version
    assert [path.name for path in tmp_path.rglob("*.zip")] == ["2014-03-10.v000002.zarr.zip"]


def test_window_over_two_days(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    next_day = END
    store.save(46, DAY, frames(86_400 - 30, 10))
    store.save(46, date(2014, 3, 11), frames(0, 10, day=next_day))
    window = store.load(46, next_day - np.timedelta64(6, "s"), next_day + np.timedelta64(7, "s"))
    assert window.sizes["time"] == 2 + 3
    minutes = store.load(46, START, next_day + np.timedelta64(1, "D"), minutes=True)
    assert minutes.sizes["time"] == 2


def test_group_is_readable_by_xarray_alone(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.save(46, DAY, frames(0, 10, value=7))
    (path,) = tmp_path.rglob("*.zip")
    with zarr.storage.ZipStore(path, mode="r") as packed:
        dataset = xr.open_zarr(packed, consolidated=False, zarr_format=3).load()
    assert (dataset["counts"] == 7).all()
    assert dataset["time"].values[0] == START
    assert dataset.attrs["Conventions"] == "CF-1.11"


def test_another_height_is_refused_and_nothing_is_lost(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.save(46, DAY, frames(0, 10))
    other = frames(0, 10).isel(pixel=slice(0, 4))
    with pytest.raises(Conflict):
        store.save(46, DAY, other)
    assert store.load(46, START, END).identical(frames(0, 10))


def test_frames_of_another_day_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Conflict, match="Split it by UT day"):
        store_in(tmp_path).save(46, date(2014, 3, 11), frames(0, 1))


def test_absent_day_is_not_found(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    assert store.days(46) == []
    with pytest.raises(NotFound, match="source 46"):
        store.load(46, START, END)


def test_loaded_arrays_are_shared_and_cannot_be_written(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.save(46, DAY, frames(0, 10))
    with pytest.raises(ValueError, match="read-only"):
        store.load(46, START, END)["counts"].values[0, 0] = 5


def start_writer(folder: Path, journal: Path, *numbers: int) -> subprocess.Popen[bytes]:
    script = Path(__file__).with_name("keogram_writer.py")
    root = Path(__file__).parents[3]
    words = [str(folder), str(journal), *(str(number) for number in numbers)]
    environment = os.environ | {"PYTHONPATH": str(root)}
    return subprocess.Popen([sys.executable, str(script), *words], env=environment)


def test_two_processes_on_one_day_both_land(tmp_path: Path) -> None:
    folder = tmp_path / "images"
    writers = [start_writer(folder, tmp_path / f"{i}.txt", i, 2, 10) for i in (0, 1)]
    assert [writer.wait(120) for writer in writers] == [0, 0]
    dataset = store_in(folder).load(46, START, END)
    assert dataset["counts"].values[:, 0].tolist() == list(range(20))


def test_killed_writer_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    rng = np.random.default_rng(11)
    for attempt in range(3):
        folder, journal = tmp_path / str(attempt), tmp_path / f"{attempt}.txt"
        writer = start_writer(folder, journal, 0, 1, 10_000)
        limit = time.monotonic() + 60
        while not journal.exists() and time.monotonic() < limit:
            time.sleep(0.01)
        time.sleep(float(rng.uniform(0.0, 0.2)))
        writer.kill()
        writer.wait(10)
        acknowledged = [int(line) for line in journal.read_text().splitlines()]
        values = store_in(folder).load(46, START, END)["counts"].values[:, 0].tolist()
        # All that was acknowledged, and at most the one that was under way.
        assert values in (acknowledged, [*acknowledged, len(acknowledged)])
        assert store_in(folder).save(46, DAY, frames(80_000, 1)) is True


def test_leavings_of_a_killed_writer_are_swept(tmp_path: Path) -> None:
    old, young = tmp_path / ".build-1-a", tmp_path / ".build-2-b"
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (time.time() - 7200,) * 2)
    sweep(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [".build-2-b"]


def test_colour_keeps_its_channels(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    times = START + np.arange(30) * np.timedelta64(3_000_000, "us")
    counts = np.arange(30 * 8 * 3, dtype=np.uint8).reshape(30, 8, 3)
    colours = make_keogram(counts, times, np.ones(30), {"cadence_s": 3.0})
    store.save(93, DAY, colours)
    assert store_in(tmp_path).load(93, START, END).identical(colours)
    means = store.load(93, START, END, minutes=True)["counts"]
    assert means.dims == ("time", "pixel", "channel")
    assert np.allclose(means.values[0], counts[:20].mean(axis=0))
    grey = make_keogram(counts[..., 0], times, np.ones(30), {"cadence_s": 3.0})
    with pytest.raises(Conflict, match="8 pixels in colour"):
        store.save(93, DAY, grey)
