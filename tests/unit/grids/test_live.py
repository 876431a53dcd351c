"""Grids made of frames: constants, rules against brute force, lit pixels, what is left out."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pymap3d
import pytest
from numpy.typing import NDArray

from core.errors import BadInput, NotFound
from core.grids.combine import combine
from core.grids.definition import COLUMNS, ROWS, STEP_DEG
from core.grids.frame_keeper import FrameKeeper
from core.grids.live import GridFrame
from core.grids.weights import CameraWeights
from core.imaging.library import FrameLibrary
from core.imaging.skymap import Skymap
from tests.unit.grids.cameras_world import MINUTE, NOON, THEMIS, World, even

ALT_KM = 110.0
PLACES = [(56.4, -94.6), (62.8, -92.1), (60.0, -111.9), (54.6, -113.6)]
DATE_LINE = [(66.0, 179.5), (64.0, -177.0)]
POLE = [(88.5, 30.0), (-84.0, 100.0)]


def grid_of(world: World, rule: Any = "elevation", **more: Any) -> GridFrame:
    grids = world.grids(**more)
    (series,) = grids.series()
    return grids.grid(series, NOON, rule)


@pytest.mark.parametrize("places", [PLACES, DATE_LINE, POLE])
@pytest.mark.parametrize("rule", ["elevation", "nearest"])
def test_a_constant_stays_that_constant(places: list[tuple[float, float]], rule: str) -> None:
    frame = grid_of(World(places, even(1234.0)), rule)
    assert frame.cells.size > 1000
    assert np.array_equal(np.unique(frame.cell_values), np.float32([1234.0]))
    assert frame.values.shape == (ROWS, COLUMNS)
    assert np.isfinite(frame.values).sum() == frame.cells.size
    assert len(frame.cameras) == frame.of == len(places)
    assert frame.cameras[1].dark == (317.0,)


def test_absent_cameras_and_bad_pixels_change_no_value() -> None:
    def paint(skymap: Skymap, time: np.datetime64) -> NDArray[Any]:
        image = even(900.0)(skymap, time)
        image[np.random.default_rng(int(skymap.site[1:])).random(image.shape) < 0.3] = np.nan
        image[30:60, 20:50] = np.nan
        return image

    whole = grid_of(World(PLACES, even(900.0)))
    world = World(PLACES, paint)
    world.off = {THEMIS[1].identifier}
    frame = grid_of(world)
    assert np.array_equal(np.unique(frame.cell_values), np.float32([900.0]))
    assert 500 < frame.cells.size < whole.cells.size
    assert [camera.source_id for camera in frame.cameras] == [
        THEMIS[k].identifier for k in (0, 2, 3)
    ]
    assert frame.of == 4


def labels(places: list[tuple[float, float]], rule: Any) -> tuple[World, GridFrame]:
    """Each camera's image says which camera it is."""

    def paint(skymap: Skymap, time: np.datetime64) -> NDArray[Any]:
        return even(100.0 * (1 + int(skymap.site[1:])))(skymap, time)

    world = World(places, paint)
    return world, grid_of(world, rule)


def centres(frame: GridFrame) -> tuple[NDArray[Any], NDArray[Any]]:
    row, column = np.divmod(frame.cells, COLUMNS)
    return (row + 0.5) * STEP_DEG - 90.0, (column + 0.5) * STEP_DEG - 180.0


@pytest.mark.parametrize("places", [PLACES, DATE_LINE, [(88.5, 30.0), (87.0, -150.0)]])
def test_the_camera_that_sees_a_cell_highest_is_shown(places: list[tuple[float, float]]) -> None:
    world, frame = labels(places, "elevation")
    lat, lon = centres(frame)
    seen = np.stack([
        pymap3d.geodetic2aer(lat, lon, ALT_KM * 1e3, s.lat_deg, s.lon_deg, s.alt_m)[1]
        for s in world.skymaps.values()
    ])  # fmt: skip
    # Half a cell of 5 degrees' elevation is 0.3 degrees: there a camera may miss too much of it.
    best = np.sort(seen, axis=0)
    # Two cameras may see a cell equally high: a billionth of a degree is the programs' rounding.
    sure = (best[-1] > 6.0) & (best[-1] - best[-2] > 1e-9)
    assert sure.sum() > 1000
    assert np.array_equal(frame.cell_cameras[sure], seen.argmax(axis=0)[sure])
    assert np.array_equal(frame.cell_values, 100.0 * (1 + frame.cell_cameras))
    assert set(frame.cell_cameras) == set(range(len(places)))


@pytest.mark.parametrize("places", [PLACES, DATE_LINE, [(88.5, 30.0), (87.0, -150.0)]])
def test_the_camera_whose_site_is_nearest_is_shown(places: list[tuple[float, float]]) -> None:
    world, frame = labels(places, "nearest")
    lat, lon = (np.radians(part) for part in centres(frame))
    away = []
    for s in world.skymaps.values():
        lat0, lon0 = np.radians([s.lat_deg, s.lon_deg])
        haversine = np.sin((lat - lat0) / 2) ** 2
        haversine += np.cos(lat) * np.cos(lat0) * np.sin((lon - lon0) / 2) ** 2
        away.append(2 * np.arcsin(np.sqrt(haversine)))
    # 757 km: what is seen at 5 degrees of elevation, with a cell to spare.
    best = np.sort(away, axis=0) * 6371.2
    sure = (best[0] < 700.0) & (best[1] - best[0] > 1e-6)
    assert sure.sum() > 1000
    assert np.array_equal(frame.cell_cameras[sure], np.argmin(away, axis=0)[sure])
    assert np.array_equal(frame.cell_values, 100.0 * (1 + frame.cell_cameras))


def weights(cells: list[int], elevation: list[float], distance: list[float]) -> CameraWeights:
    return CameraWeights(
        np.array(cells), None, np.array(elevation), np.array(distance, dtype=float)
    )


def test_rules_differ_and_pass_on_what_is_missing() -> None:
    # Two cameras; the one that sees higher stands farther away (on a mountain, say).
    both = [weights([3, 5], [20.0, 30.0], [500, 300]), weights([3, 5], [21.0, 10.0], [501, 700])]
    values = [np.float32([1, np.nan]), np.float32([2, 4])]
    high, near = (combine(both, values, rule, 9) for rule in ("elevation", "nearest"))
    assert (high.cells.tolist(), high.values.tolist()) == ([3, 5], [2.0, 4.0])
    assert (near.values.tolist(), near.cameras.tolist()) == ([1.0, 4.0], [0, 1])


def place_of(skymap: Skymap, row: int, column: int) -> tuple[float, float]:
    """Where a pixel's centre looks at 110 km, by halving the distance along its line of sight."""
    azimuth, elevation = skymap.azimuth_deg[row, column], skymap.elevation_deg[row, column]
    near, far = 100e3, 2000e3
    for _ in range(60):
        middle = (near + far) / 2
        site = (skymap.lat_deg, skymap.lon_deg, skymap.alt_m)
        lat, lon, alt = pymap3d.aer2geodetic(azimuth, elevation, middle, *site)
        near, far = (middle, far) if alt < ALT_KM * 1e3 else (near, middle)
    return float(lat), float(lon)


@pytest.mark.parametrize("place", [*PLACES[:1], *DATE_LINE, *POLE, (-65.0, 179.9)])
@pytest.mark.parametrize("pixel", [(50, 50), (30, 44), (62, 68), (48, 23), (75, 52)])
def test_one_lit_pixel_is_where_it_looks(
    place: tuple[float, float], pixel: tuple[int, int]
) -> None:
    def paint(skymap: Skymap, time: np.datetime64) -> NDArray[Any]:
        image = even(0.0)(skymap, time)
        image[pixel] += 10_000.0
        return image

    world = World([place], paint)
    frame = grid_of(world)
    lat, lon = place_of(next(iter(world.skymaps.values())), *pixel)
    row, column = int((lat + 90) // STEP_DEG), int((lon + 180) // STEP_DEG) % COLUMNS
    lit = np.nan_to_num(frame.values)
    found = np.flatnonzero(lit.ravel() > 0.5 * lit.max())
    rows, columns = np.divmod(found, COLUMNS)
    # Light is laid between the centres of pixels, so that it may pass an edge by half a pixel.
    # Near a pole cells are narrower than pixels, which then fill a row of them.
    across = max(1.0, 15.0 / (39.0 * np.cos(np.radians(lat))))
    aside = (columns - column + COLUMNS // 2) % COLUMNS - COLUMNS // 2
    assert np.abs(rows - row).max() <= 1
    assert np.abs(aside).max() <= across
    assert lit[row, column] > 0.3 * lit.max()


def test_two_minutes_with_different_skies_differ() -> None:
    def paint(skymap: Skymap, time: np.datetime64) -> NDArray[Any]:
        minute = int((time - NOON) / MINUTE)
        return even(500.0 + minute)(skymap, time)

    grids = World(PLACES, paint).grids()
    (series,) = grids.series()
    values = [grids.grid(series, NOON + k * MINUTE).cell_values for k in range(3)]
    assert [np.unique(v).tolist() for v in values] == [[500.0], [501.0], [502.0]]


def test_a_new_state_of_the_frames_is_seen() -> None:
    world = World(PLACES[:1], even(500.0))
    grids = world.grids()
    (series,) = grids.series()
    first = grids.grid(series, NOON)
    assert grids.grid(series, NOON) is first
    world.paint, world.edition = even(700.0), "2"
    threading.Event().wait(0.05)  # what is asked within some milliseconds is one answer
    assert grids.version() == "2"
    assert np.unique(grids.grid(series, NOON).cell_values).tolist() == [700.0]


def test_a_frame_without_a_skymap_is_left_out_and_named() -> None:
    world = World(PLACES, even(500.0))
    world.refused = {THEMIS[0].identifier}
    frame = grid_of(world)
    assert [lost.source_id for lost in frame.lost] == [THEMIS[0].identifier]
    assert "another camera" in frame.lost[0].reason
    assert (len(frame.cameras), frame.of) == (3, 4)


def test_times_without_frames_are_told_with_the_nearest_that_have_some() -> None:
    world = World(PLACES, even(500.0))
    world.minutes = np.delete(world.minutes, slice(10, 20))
    grids = world.grids()
    (series,) = grids.series()
    with pytest.raises(NotFound) as raised:
        grids.grid(series, NOON + 15 * MINUTE)
    assert raised.value.nearest == ["2019-01-01T06:09:00Z", "2019-01-01T06:20:00Z"]
    with pytest.raises(NotFound, match="06:29:00Z"):
        grids.grid(series, np.datetime64("2020-06-01"))
    with pytest.raises(BadInput, match="elevation, nearest"):
        grids.grid(series, NOON, "farthest")  # type: ignore[arg-type]
    assert len(grids.times(series, NOON, NOON + 15 * MINUTE)) == 10
    assert grids.span(series) == (NOON, NOON + 29 * MINUTE)


def test_frames_kept_are_bounded() -> None:
    world: Any = World(PLACES, even(500.0))
    one = 100 * 100 * 8
    keeper = FrameKeeper(FrameLibrary([world]), 5 * one)
    shots = [(source, NOON + np.timedelta64(500, "ms")) for source in world.skymaps]
    for minute in range(10):
        keeper.get([(source, time + minute * MINUTE) for source, time in shots], "1")
        assert keeper.nbytes <= 5 * one
    world.asked.clear()
    keeper.get([(source, time + 9 * MINUTE) for source, time in shots], "1")
    assert not world.asked


def test_who_ask_for_a_minute_at_once_share_its_frames() -> None:
    world = World(PLACES, even(500.0))
    paint, begun = world.paint, threading.Event()

    def slowly(skymap: Skymap, time: np.datetime64) -> NDArray[Any]:
        begun.wait(10.0)
        return paint(skymap, time)

    world.paint = slowly
    grids = world.grids()
    (series,) = grids.series()
    found: list[GridFrame] = []
    rules: tuple[Any, ...] = ("elevation", "nearest")
    threads = [
        threading.Thread(target=lambda r=r: found.append(grids.grid(series, NOON, r)))
        for r in rules
    ]
    for thread in threads:
        thread.start()
    begun.set()
    for thread in threads:
        thread.join(30.0)
    assert len(found) == 2
    assert len(world.asked) == len(set(world.asked)) == 4
