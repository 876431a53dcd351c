from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.errors import BadInput
from core.imaging.lens import GAKONA
from core.imaging.pixel_finder import PixelFinder, finder_of
from core.imaging.skymap import Skymap, model_skymap
from tests.unit.imaging.cameras import skymap_of


def gakona() -> Skymap:
    place = {"lat_deg": 62.407, "lon_deg": -145.158, "alt_m": 586.0}
    return model_skymap("gako", GAKONA, (256, 256), array="themis_asi", **place)


def test_finds_what_the_lens_says() -> None:
    rng = np.random.default_rng(1)
    azimuth, elevation = rng.uniform(0, 360, 20_000), rng.uniform(1, 90, 20_000)
    x, y = finder_of(gakona()).pixels_of(azimuth, elevation)
    there = GAKONA.pixel_of(azimuth, elevation)
    # Straight lines between centres one pixel (0.7 degrees) apart: the lens bends by
    # 1/8 of its second difference, 1e-3 pixels.
    assert np.hypot(x - there[0], y - there[1]).max() < 1e-3


@pytest.mark.parametrize("height", [64, 40])
@pytest.mark.parametrize("rotation", [0.0, 90.0, 200.0])
def test_centres_of_pixels_are_found_exactly(height: int, rotation: float) -> None:
    skymap = skymap_of(size=64, height=height, rotation_deg=rotation)
    x, y = PixelFinder(skymap).pixels_of(skymap.azimuth_deg, skymap.elevation_deg)
    row, column = np.nonzero(skymap.elevation_deg > 3)
    assert x[row, column] == pytest.approx(column + 0.5, abs=1e-5)
    assert y[row, column] == pytest.approx(row + 0.5, abs=1e-5)
    # On the rim a pixel may stand alone; the nearest four complete ones are continued to it.
    row, column = np.nonzero(np.isfinite(skymap.elevation_deg))
    assert x[row, column] == pytest.approx(column + 0.5, abs=0.05)
    assert np.isnan(x[~np.isfinite(skymap.elevation_deg)]).all()


def test_picture_that_is_stored_mirrored_or_upside_down() -> None:
    skymap = skymap_of()
    arrays = {
        name: np.ascontiguousarray(getattr(skymap, name)[::-1])
        for name in (
            "azimuth_deg", "elevation_deg", "corner_azimuth_deg", "corner_elevation_deg"
        )
    }  # fmt: skip
    azimuth, elevation = np.array([10.0, 100.0, 190.0, 280.0]), np.array([20.0, 40.0, 60.0, 80.0])
    x, y = PixelFinder(skymap).pixels_of(azimuth, elevation)
    turned = PixelFinder(replace(skymap, **arrays)).pixels_of(azimuth, elevation)
    assert turned[0] == pytest.approx(x, abs=1e-6)
    assert turned[1] == pytest.approx(64 - y, abs=1e-6)


def test_nothing_is_found_outside() -> None:
    lens = GAKONA.moved(128.0, 50.0, 0.0)
    place = {"lat_deg": 62.407, "lon_deg": -145.158, "alt_m": 586.0}
    cropped = model_skymap("gako", lens, (100, 256), array="themis_asi", **place)
    azimuth, elevation = [0.0, 90.0, 90.0, 0.0, np.nan, 0.0], [40.0, 40.0, -1.0, np.nan, 50.0, 80.0]
    x, y = PixelFinder(cropped).pixels_of(azimuth, elevation)
    assert np.isfinite(x).tolist() == [False, True, False, False, False, True]
    assert np.array_equal(np.isfinite(x), np.isfinite(y))


def test_hole_in_the_sky_stays_a_hole() -> None:
    skymap = skymap_of()
    elevation, azimuth = skymap.elevation_deg.copy(), skymap.azimuth_deg.copy()
    elevation[20:24, 20:24] = azimuth[20:24, 20:24] = np.nan
    holed = replace(skymap, elevation_deg=elevation, azimuth_deg=azimuth)
    x, y = PixelFinder(holed).pixels_of(skymap.azimuth_deg, skymap.elevation_deg)
    assert np.isnan(x[20:24, 20:24]).all()
    assert (x[19, 18:26], y[19, 18]) == (pytest.approx(np.arange(18, 26) + 0.5, abs=1e-5), 19.5)


def test_skymap_without_sky_is_refused() -> None:
    skymap = skymap_of()
    empty = np.full(skymap.shape, np.nan)
    with pytest.raises(BadInput, match="sees the sky"):
        PixelFinder(replace(skymap, elevation_deg=empty, azimuth_deg=empty.copy()))


def test_finders_are_kept_by_content() -> None:
    assert finder_of(skymap_of()) is finder_of(skymap_of())
    assert finder_of(skymap_of()) is not finder_of(skymap_of(rotation_deg=21.0))


def test_directions_that_are_none_have_no_pixel() -> None:
    finder = PixelFinder(gakona())
    x, y = finder.pixels_of([np.nan, 10.0, np.inf, 10.0], [45.0, np.nan, 45.0, -1.0])
    assert np.isnan([x, y]).all()
    assert finder.pixels_of(np.zeros(0), np.zeros(0))[0].shape == (0,)
