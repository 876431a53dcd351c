"""Observed and simulated frames and keograms as one: what is served, rendered, kept and named."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from core.archive import Archive
from core.errors import BadInput, Conflict, LimitExceeded, NotFound, SkymapRefused
from core.imaging.frames import Frames, FrameSource, Times, make_frames
from core.imaging.keogram import keogram, make_keogram
from core.imaging.keogram_axes import meridian_directions
from core.imaging.keogram_library import KeogramLibrary, Line, Span
from core.imaging.lens import equidistant
from core.imaging.library import FrameLibrary
from core.imaging.render_cache import RenderCache
from core.imaging.skymap import model_skymap
from core.imaging.skymap_check import SkymapUse
from core.imaging.store import KeogramStore
from core.settings import Settings

DAY = np.datetime64("2019-01-02", "us")
HOUR = np.timedelta64(1, "h")
ONE_DAY = np.timedelta64(1, "D")
SKYMAP = model_skymap(
    "gill", equidistant((64, 64), 60.0), (64, 64), array="themis_asi", lat_deg=56.35,
    lon_deg=-94.66, alt_m=58.0,
)  # fmt: skip


class Camera:
    """A source of frames with a frame a minute in [start, end); the value says the minute."""

    def __init__(self, provenance: str, start: np.datetime64, end: np.datetime64) -> None:
        self.provenance = provenance
        self.every = np.arange(start, end, np.timedelta64(60, "s").astype("m8[us]"))
        self.asked: list[int] = []

    def version(self, source_id: int) -> str:
        return f"{self.provenance}{len(self.every)}"

    def times(self, source_id: int, start: np.datetime64, end: np.datetime64) -> Times:
        if source_id not in (46, 48):
            return self.every[:0]
        return self.every[(self.every >= start) & (self.every < end)]

    def frames(self, source_id: int, times: Times) -> Frames:
        if not np.isin(times, self.every).all():
            raise NotFound("no frame")
        self.asked.append(len(times))
        minute = (times - self.every[0]).astype("m8[m]").astype(np.uint16)
        images = np.broadcast_to(minute[:, None, None], (len(times), 64, 64)).copy()
        facts = {
            "array": "themis_asi", "site": "gill", "camera": "c", "layer": "full",
            "cadence_s": 60.0, "provenance": self.provenance, "source_file": "f", "sha256": "",
        }  # fmt: skip
        return make_frames(images, times, np.zeros(len(times)), facts)

    def skymap(self, source_id: int, time: np.datetime64, *, accept: bool = False) -> SkymapUse:
        if self.provenance == "ingested" and not accept:
            raise SkymapRefused("of another year", reason="of another year")
        return SkymapUse(SKYMAP, forced=self.provenance == "ingested")


@pytest.fixture
def cameras() -> tuple[Camera, Camera]:
    """Observed frames on one evening, simulated ones on three days."""
    observed = Camera("ingested", DAY + 20 * HOUR, DAY + 21 * HOUR)
    simulated = Camera("simulated", DAY - ONE_DAY, DAY + 2 * ONE_DAY)
    return observed, simulated


def test_observed_frames_have_their_whole_ut_day(cameras: tuple[Camera, Camera]) -> None:
    library = FrameLibrary(cameras)
    source: FrameSource = library  # it is one itself
    times = source.times(46, DAY - 2 * HOUR, DAY + 26 * HOUR)
    expected = np.concatenate(
        [
            np.arange(DAY - 2 * HOUR, DAY, 60_000_000),
            np.arange(DAY + 20 * HOUR, DAY + 21 * HOUR, 60_000_000),
            np.arange(DAY + ONE_DAY, DAY + 26 * HOUR, 60_000_000),
        ]
    )
    assert np.array_equal(times, expected)
    assert library.provenance_of(46, DAY + 3 * HOUR) == "ingested"
    assert library.provenance_of(46, DAY - 3 * HOUR) == "simulated"
    assert library.times(47, DAY, DAY + ONE_DAY).size == 0
    assert library.times(46, DAY, DAY).size == 0


def test_frames_come_from_where_their_times_did(cameras: tuple[Camera, Camera]) -> None:
    library = FrameLibrary(cameras)
    times = library.times(46, DAY - 2 * HOUR, DAY + 26 * HOUR)
    frames = library.frames(46, times)
    assert np.array_equal(frames["time"].values, times)
    # The minute since each camera's first frame tells which one it was.
    values = frames["images"].values[:, 0, 0]
    assert values[:120].tolist() == list(range(22 * 60, 24 * 60))
    assert values[120:180].tolist() == list(range(60))
    assert values[180:].tolist() == list(range(48 * 60, 50 * 60))


def test_a_simulated_time_on_an_observed_day_is_not_there(cameras: tuple[Camera, Camera]) -> None:
    library = FrameLibrary(cameras)
    with pytest.raises(NotFound):
        library.frames(46, np.array([DAY + 3 * HOUR]))
    with pytest.raises(NotFound):
        library.frames(46, np.array([], dtype="M8[us]"))
    with pytest.raises(NotFound):
        library.skymap(46, DAY + 9 * ONE_DAY)


def test_the_nearest_frame_is_at_most_its_reach_away(cameras: tuple[Camera, Camera]) -> None:
    library = FrameLibrary(cameras)
    moment = DAY - 2 * HOUR
    assert library.frame_time(46, moment + np.timedelta64(29, "s")) == moment
    late = library.frame_at(46, moment + np.timedelta64(31, "s"))
    assert late["time"].values[0] == moment + np.timedelta64(60, "s")
    # After the last observed frame of the day there is none, though a simulated one is near.
    with pytest.raises(NotFound):
        library.frame_time(46, DAY + 21 * HOUR + np.timedelta64(30, "s"), 10.0)


def test_the_version_changes_with_either_source(cameras: tuple[Camera, Camera]) -> None:
    before = FrameLibrary(cameras).version(46)
    cameras[0].every = cameras[0].every[:-1]
    assert FrameLibrary(cameras).version(46) != before


class Sky:
    """A renderer whose pieces are UT days; it counts what it renders."""

    def __init__(self, camera: Camera) -> None:
        self.camera, self.rendered, self.number = camera, 0, 1
        self.slow_s = 0.0

    def version(self, source_id: int) -> str:
        return f"sky{self.number}"

    def spans(self, source_id: int, start: np.datetime64, end: np.datetime64) -> list[Span]:
        days = np.arange(start.astype("M8[D]"), (end - 1).astype("M8[D]") + 1)
        edges = [(d.astype("M8[us]"), d.astype("M8[us]") + ONE_DAY) for d in days]
        return [(a, b) for a, b in edges if len(self.camera.times(source_id, a, b))]

    def keogram(
        self, source_id: int, start: np.datetime64, end: np.datetime64, line: Line
    ) -> xr.Dataset:
        self.rendered += 1
        time.sleep(self.slow_s)
        return keogram(self.camera.frames(source_id, self.camera.times(source_id, start, end)))


@pytest.fixture
def archive(settings: Settings) -> Iterator[Archive]:
    with Archive.create(settings) as opened:
        yield opened


@pytest.fixture
def sky(cameras: tuple[Camera, Camera]) -> Sky:
    return Sky(cameras[1])


@pytest.fixture
def library(archive: Archive, cameras: tuple[Camera, Camera], sky: Sky) -> KeogramLibrary:
    return make_library(archive, cameras, sky)


def make_library(
    archive: Archive, cameras: tuple[Camera, Camera], sky: Sky, max_frames: int = 200
) -> KeogramLibrary:
    store = KeogramStore(archive)
    store.save(46, date(2019, 1, 2), keogram(cameras[0].frames(46, cameras[0].every)))
    cache = RenderCache(archive.images_path / "rendered", 10**8)
    return KeogramLibrary(store, sky, FrameLibrary(cameras), cache, max_frames)


def test_stored_days_first_rendered_ones_for_the_others(library: KeogramLibrary) -> None:
    whole = library.load(46, DAY - 2 * HOUR, DAY + 26 * HOUR)
    assert whole.attrs["provenance"] == "mixed"
    # Minute means of the observed hour, lines of the simulated ones: 120 + 60 + 120.
    assert whole.sizes["time"] == 300
    assert np.all(np.diff(whole["time"].values) > np.timedelta64(0, "us"))
    assert library.load(46, DAY, DAY + ONE_DAY).attrs["provenance"] == "ingested"
    evening = library.load(46, DAY - 2 * HOUR, DAY)
    assert evening.attrs["provenance"] == "simulated"
    assert evening["counts"].values[:, 0].tolist() == list(range(22 * 60, 24 * 60))
    assert library.provenance(46, DAY - HOUR, DAY + HOUR) == "mixed"
    assert library.provenance(46, DAY + 9 * ONE_DAY, DAY + 10 * ONE_DAY) == ""
    assert library.has(46, date(2019, 1, 2))
    assert library.has(46, date(2019, 1, 1))
    assert not library.has(46, date(2019, 2, 1))
    assert not library.has(47, date(2019, 1, 1))


def test_nothing_at_all_is_not_found(library: KeogramLibrary) -> None:
    for end in (DAY + 10 * ONE_DAY, DAY + 8 * ONE_DAY):
        with pytest.raises(NotFound, match="no keogram"):
            library.load(46, DAY + 9 * ONE_DAY, end)
        with pytest.raises(NotFound):
            library.version(library.plan(46, DAY + 9 * ONE_DAY, end))
    with pytest.raises(BadInput, match="slice"):
        library.load(46, DAY, DAY + HOUR, line="diagonal")  # type: ignore[arg-type]


def test_a_keogram_is_rendered_once(library: KeogramLibrary, sky: Sky) -> None:
    sky.slow_s = 0.2
    window = (DAY - 2 * HOUR, DAY)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: library.load(46, *window), range(8)))
    assert sky.rendered == 1
    assert all(part.identical(found[0]) for part in found)


def test_what_was_rendered_is_kept_for_the_next_process(
    archive: Archive, cameras: tuple[Camera, Camera], sky: Sky, library: KeogramLibrary
) -> None:
    first = library.load(46, DAY - 2 * HOUR, DAY)
    again = make_library(archive, cameras, sky).load(46, DAY - 2 * HOUR, DAY)
    assert sky.rendered == 1
    assert again.identical(first)
    assert again["time"].dtype == first["time"].dtype


def test_another_model_renders_anew(library: KeogramLibrary, sky: Sky) -> None:
    window = (DAY - 2 * HOUR, DAY)
    before = library.version(library.plan(46, *window))
    library.load(46, *window)
    assert library.version(library.plan(46, *window)) == before
    sky.number = 2
    assert library.version(library.plan(46, *window)) != before
    library.load(46, *window)
    assert sky.rendered == 2


def test_the_version_tells_windows_and_stored_changes(
    library: KeogramLibrary, cameras: tuple[Camera, Camera], sky: Sky
) -> None:
    window = (DAY, DAY + ONE_DAY)
    before = library.version(library.plan(46, *window))
    assert library.version(library.plan(46, DAY - HOUR, DAY + ONE_DAY)) != before
    # The cameras of two sites at one longitude have the same nights, and other keograms.
    night = (DAY - 2 * HOUR, DAY)
    assert library.version(library.plan(48, *night)) != library.version(library.plan(46, *night))
    later = make_keogram(
        np.ones((1, 64), np.uint16), np.array([DAY + HOUR]), np.ones(1), {"cadence_s": 60.0}
    )
    library.store.save(46, date(2019, 1, 2), later)
    assert library.version(library.plan(46, *window)) != before
    assert sky.rendered == 0


def test_what_is_shared_cannot_be_written_to(library: KeogramLibrary) -> None:
    with pytest.raises(ValueError, match="read-only"):
        library.load(46, DAY - 2 * HOUR, DAY)["counts"].values[0, 0] = 1


def test_the_meridian_of_observed_frames_wants_a_skymap(library: KeogramLibrary) -> None:
    window = (DAY + 20 * HOUR, DAY + 21 * HOUR)
    with pytest.raises(SkymapRefused):
        library.load(46, *window, line="meridian")
    with pytest.raises(SkymapRefused):
        library.version(library.plan(46, *window), "meridian")
    found = library.load(46, *window, line="meridian", accept=True)
    assert found.sizes["time"] == 60
    # Frames are even, so every pixel of the meridian has the frame's value.
    assert np.allclose(found["counts"].values, np.arange(60.0)[:, None])
    line = meridian_directions(SKYMAP, 110.0, window[0])
    assert np.allclose(found["mlat_deg"].values, line.mlat_deg)
    version = library.version(library.plan(46, *window), "meridian", accept=True)
    assert version != library.version(library.plan(46, *window))


def test_a_slice_of_too_many_frames_is_refused(
    archive: Archive, cameras: tuple[Camera, Camera], sky: Sky
) -> None:
    library = make_library(archive, cameras, sky, max_frames=59)
    with pytest.raises(LimitExceeded) as refused:
        library.load(46, DAY + 20 * HOUR, DAY + 21 * HOUR, line="meridian", accept=True)
    assert (refused.value.asked, refused.value.allowed) == (60, 59)


def test_frames_that_are_gone_are_told(archive: Archive, cameras: tuple[Camera, Camera]) -> None:
    library = make_library(archive, cameras, Sky(cameras[1]))
    cameras[0].every = cameras[0].every[:0]
    cameras[1].every = cameras[1].every[:0]
    with pytest.raises(NotFound, match="no frames"):
        library.load(46, DAY + 20 * HOUR, DAY + 21 * HOUR, line="meridian", accept=True)


def test_days_of_other_pixels_are_a_conflict(
    archive: Archive, cameras: tuple[Camera, Camera], sky: Sky
) -> None:
    library = make_library(archive, cameras, sky)
    wide = make_keogram(
        np.ones((1, 32), np.uint16), np.array([DAY - ONE_DAY]), np.ones(1), {"cadence_s": 60.0}
    )
    library.store.save(46, date(2019, 1, 1), wide)
    with pytest.raises(Conflict):
        library.load(46, DAY - ONE_DAY, DAY + ONE_DAY)


def small(value: int, pixels: int = 1000) -> xr.Dataset:
    counts = np.full((10, pixels), value, np.uint16)
    times = DAY + np.arange(10) * np.timedelta64(60, "s")
    return make_keogram(counts, times, np.ones(10), {"cadence_s": 60.0, "n": np.int64(value)})


def test_a_cached_dataset_comes_back_whole(tmp_path: Path) -> None:
    made = small(7).assign_coords(latitude=("pixel", np.linspace(50, 60, 1000)))
    colours = made.assign(counts=(("time", "pixel", "channel"), np.ones((10, 1000, 3), np.uint8)))
    for name, dataset in (("grey", made), ("colour", colours)):
        RenderCache(tmp_path, 10**7).get(name, lambda dataset=dataset: dataset)
        back = RenderCache(tmp_path, 10**7).get(name, lambda: pytest.fail("made again"))
        xr.testing.assert_identical(back, dataset.assign_attrs(n=7))


def sizes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.glob("*/*"))


def test_the_cache_keeps_below_its_bytes_and_what_was_used_last(tmp_path: Path) -> None:
    limit = 10 * 25_000
    cache = RenderCache(tmp_path, limit, memory_bytes=1)
    for number in range(30):
        cache.get(str(number), lambda number=number: small(number))
        # The filesystem's clock must tell the order of use.
        for path in tmp_path.glob("*/*"):
            age_s = 1e6 - 10 * number if path.stat().st_mtime > 1e9 else 0
            if age_s:
                import os

                os.utime(path, (1e9 - age_s, 1e9 - age_s))
        assert sizes(tmp_path) <= limit + 25_000
    made: list[str] = []
    for number in (29, 0):
        cache.get(str(number), lambda number=number: (made.append(str(number)), small(number))[1])
    assert made == ["0"]


def test_a_damaged_file_is_made_again(tmp_path: Path) -> None:
    RenderCache(tmp_path, 10**7).get("a", lambda: small(1))
    (path,) = tmp_path.glob("*/*.npz")
    path.write_bytes(path.read_bytes()[:200])
    again = RenderCache(tmp_path, 10**7).get("a", lambda: small(2))
    assert again["counts"].values[0, 0] == 2
    back = RenderCache(tmp_path, 10**7).get("a", lambda: small(3))
    assert back["counts"].values[0, 0] == 2


def test_a_folder_that_cannot_be_written_costs_time_alone(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    cache = RenderCache(blocked, 10**7, memory_bytes=1)
    assert cache.get("a", lambda: small(1))["counts"].values[0, 0] == 1
    RenderCache(tmp_path / "none", 0).get("a", lambda: small(1))
    assert not (tmp_path / "none").exists()


def test_a_failure_to_make_is_told_and_tried_again(tmp_path: Path) -> None:
    cache = RenderCache(tmp_path, 10**7)

    def fail() -> xr.Dataset:
        raise NotFound("nothing")

    with pytest.raises(NotFound):
        cache.get("a", fail)
    assert cache.get("a", lambda: small(4))["counts"].values[0, 0] == 4


def test_different_keys_are_made_side_by_side(tmp_path: Path) -> None:
    cache, together = RenderCache(tmp_path, 10**7), threading.Barrier(2, timeout=30)

    def make() -> xr.Dataset:
        together.wait()  # breaks if one waits for the other
        return small(1)

    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(lambda key: cache.get(key, make), "ab"))
    assert [dataset["counts"].values[0, 0] for dataset in made] == [1, 1]
    assert not together.broken
