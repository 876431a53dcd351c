from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.errors import BadInput
from core.imaging.lens import Lens
from core.imaging.mosaic import dark_level, mosaic
from core.imaging.projection import Projection, build_projection
from core.imaging.skymap import Skymap, model_skymap
from core.imaging.targets import OVATION_GRID, AzimuthalGrid, LatLonGrid, centres
from tests.unit.imaging.cameras import wave

ALT_KM = 110.0
GRID = AzimuthalGrid(60.0, -95.0, 900.0, 60)
PLACES = ((56.376, -94.64), (62.82, -92.11), (60.0, -111.9))
DARK = (350.0, 2500.0, 40.0)


def cameras(places: tuple[tuple[float, float], ...] = PLACES) -> list[Skymap]:
    return [
        model_skymap(
            f"s{i:03d}", Lens(50.0 - i, 49.0 + i, 40.0 * i, (32.0, -0.5)), (100, 100),
            array="themis_asi", lat_deg=lat, lon_deg=lon, alt_m=100.0,
        )
        for i, (lat, lon) in enumerate(places)
    ]  # fmt: skip


def projections(skymaps: list[Skymap]) -> list[Projection]:
    return [build_projection(skymap, ALT_KM, GRID) for skymap in skymaps]


def field(skymap: Skymap, dark: float = 0.0) -> np.ndarray:
    mapped = skymap.mapped(ALT_KM)
    return np.nan_to_num(wave(mapped.lat_deg, mapped.lon_deg))[None] + dark


@pytest.mark.parametrize("blend", ["elevation", "nearest"])
def test_one_field_above_each_dark_level_is_one_field(blend: str) -> None:
    skymaps = cameras()
    images = [field(s, d) for s, d in zip(skymaps, DARK, strict=True)]
    got = mosaic(projections(skymaps), images, DARK, blend=blend)  # type: ignore[arg-type]
    assert got.values.shape == (1, 60, 60)
    high = np.nan_to_num([p.elevation_deg for p in projections(skymaps)]).max(axis=0) > 25
    lat, lon = centres(GRID)
    # 100 pixels: up to 18 km apart at 25 degrees; cells of 30 km (as for one projection).
    bend = 300.0 * (20**2 + 17**2) / 6371.2**2
    tolerance = bend * (18**2 / 4 + 30**2 / 12)
    assert np.abs(got.values[0] - wave(lat, lon))[high].max() < tolerance
    assert set(np.unique(got.cameras)) == {-1, 0, 1, 2}
    assert np.array_equal(got.cameras[0] == -1, np.isnan(got.values[0]))


@pytest.mark.parametrize("blend", ["elevation", "nearest"])
def test_constant_stays_constant_whoever_is_off(blend: str) -> None:
    shown = projections(cameras())
    for off in range(3):
        images = [None if i == off else np.full((2, 100, 100), 750.0) for i in range(3)]
        got = mosaic(shown, images, blend=blend).values  # type: ignore[arg-type]
        covered = np.any([p.coverage > 0.5 - 1e-9 for i, p in enumerate(shown) if i != off], axis=0)
        assert (got[:, covered] == 750.0).all()
        assert np.isnan(got[:, ~covered]).all()


def test_absent_camera_leaves_its_part_to_the_others() -> None:
    skymaps = cameras()
    shown = projections(skymaps)
    rng = np.random.default_rng(0)
    images = [rng.normal(1000, 100, (3, 100, 100)) for _ in skymaps]
    without = mosaic(shown, [None, images[1], images[2]])
    nothing = mosaic(shown, [np.full((3, 100, 100), np.nan), images[1], images[2]])
    fewer = mosaic(shown[1:], images[1:])
    assert np.array_equal(without.values, nothing.values, equal_nan=True)
    assert np.array_equal(without.values, fewer.values, equal_nan=True)
    # A frame that is missing once changes that time alone.
    images[0][1] = np.nan
    once = mosaic(shown, images)
    assert np.array_equal(once.values[1], without.values[1], equal_nan=True)
    whole = mosaic(shown, [rng_image[[0, 2]] for rng_image in images])
    assert np.array_equal(once.values[[0, 2]], whole.values, equal_nan=True)


def test_bad_pixels_are_filled_by_another_camera() -> None:
    skymaps = cameras()
    shown = projections(skymaps)
    images = [np.full((1, 100, 100), 500.0) for _ in skymaps]
    images[0][:, 40:60, 40:60] = 65535.0
    good = np.ones((100, 100), bool)
    good[40:60, 40:60] = False
    got = mosaic(shown, images, valid=[good, None, None]).values
    assert set(np.unique(got[np.isfinite(got)])) == {500.0}
    lat, lon = centres(GRID)
    row, column = np.unravel_index(np.argmin(np.hypot(lat - 58.5, lon + 94.0)), lat.shape)
    assert np.isfinite(got[0, row, column])


def test_no_seam_where_a_field_of_view_ends() -> None:
    """Two cameras of different brightness: neighbouring cells never jump."""
    skymaps = cameras(PLACES[:2])
    line = LatLonGrid(400, 1, 54.0, 66.0, -94.0, -93.95)
    shown = [build_projection(skymap, ALT_KM, line) for skymap in skymaps]
    images = [np.full((1, 100, 100), 100.0), np.full((1, 100, 100), 200.0)]
    both = np.isfinite(shown[0].elevation_deg[:, 0]) & np.isfinite(shown[1].elevation_deg[:, 0])
    blended = mosaic(shown, images).values[0, :, 0]
    nearest = mosaic(shown, images, blend="nearest").values[0, :, 0]
    assert np.abs(np.diff(blended))[np.isfinite(np.diff(blended))].max() < 3.0
    assert np.nanmax(np.abs(np.diff(nearest))) == 100.0
    assert both.sum() > 100
    assert (np.diff(blended[both]) >= -1e-3).all()


def test_nearest_is_the_camera_that_sees_highest() -> None:
    shown = projections(cameras())
    images = [np.full((1, 100, 100), float(i)) for i in range(3)]
    got = mosaic(shown, images, blend="nearest")
    elevation = np.array([np.nan_to_num(p.elevation_deg, nan=-1.0) for p in shown])
    best = elevation.argmax(axis=0)
    inside = (elevation.max(axis=0) > 7) & (np.diff(np.sort(elevation, axis=0)[1:], axis=0)[0] > 1)
    assert np.array_equal(got.cameras[0][inside], best[inside])
    assert np.array_equal(got.values[0][inside], best[inside].astype("f4"))


def test_colour_gains_and_dark_levels_of_channels() -> None:
    shown = projections(cameras())
    images = [np.full((1, 100, 100, 3), (30, 60, 90), np.uint8) for _ in shown]
    got = mosaic(shown, images, [np.array([10, 20, 30])] * 3, gains=[1.0, 1.0, 1.0]).values
    assert got.shape == (1, 60, 60, 3)
    assert np.unique(got[np.isfinite(got).all(axis=-1)], axis=0).tolist() == [[20, 40, 60]]
    doubled = mosaic(shown, images, gains=[2.0] * 3).values
    assert np.nanmax(doubled) == 180.0


def test_all_off_is_all_empty() -> None:
    got = mosaic(projections(cameras()), [None, None, None])
    assert got.values.shape == (1, 60, 60)
    assert np.isnan(got.values).all()
    assert (got.cameras == -1).all()


def test_what_does_not_belong_together_is_refused() -> None:
    skymaps = cameras()
    shown = projections(skymaps)
    grey, colour = np.zeros((2, 100, 100)), np.zeros((2, 100, 100, 3))
    for images in ([grey, grey], [grey, colour, grey], [grey, grey[:1], grey]):
        with pytest.raises(BadInput, match="mosaic"):
            mosaic(shown, images)
    with pytest.raises(BadInput, match="mosaic"):
        mosaic(shown, [grey] * 3, [1.0, 2.0])
    other = build_projection(skymaps[0], ALT_KM, OVATION_GRID)
    with pytest.raises(BadInput, match="mosaic"):
        mosaic([other, *shown[1:]], [grey] * 3)


def test_dark_level_is_that_of_pixels_beyond_the_sky() -> None:
    skymap = cameras()[0]
    rng = np.random.default_rng(0)
    images = rng.normal(2500.0, 10.0, (3, 100, 100))
    images[:, np.isfinite(skymap.elevation_deg)] = 9000.0
    # 9,000 pixels of scatter 10: their median is good to 0.15.
    assert float(dark_level(images, skymap)) == pytest.approx(2500.0, abs=0.6)
    colour = np.repeat(images[..., None], 3, axis=-1) * [1.0, 2.0, 3.0]
    assert dark_level(colour, skymap) == pytest.approx([2500.0, 5000.0, 7500.0], abs=2.0)
    full = replace(
        skymap, elevation_deg=np.full((100, 100), 45.0), azimuth_deg=np.zeros((100, 100))
    )
    assert float(dark_level(images, full)) < 2500.0
    assert np.isnan(dark_level(np.full((1, 100, 100), np.nan), skymap))
