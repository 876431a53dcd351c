from __future__ import annotations

import numpy as np
import pytest

from core.errors import BadInput
from core.geo.sphere import EARTH_RADIUS_KM, distance_km
from core.imaging.frames import Frames, make_frames
from core.imaging.keogram import keogram, minute_keogram
from core.imaging.keogram_paths import (
    meridian_keogram,
    meridian_projection,
    path_keogram,
    stretches,
)
from core.imaging.render import paint_columns
from core.imaging.skymap import Skymap
from tests.unit.imaging.cameras import SITES, skymap_of, wave

TIME = np.datetime64("2014-03-10T06:00", "us")
ALT_KM = 110.0


def frames_of(images: np.ndarray) -> Frames:
    start = TIME + np.arange(len(images)) * np.timedelta64(3, "s")
    attributes = {"array": "themis_asi", "site": "gill", "cadence_s": 3.0, "camera": "c1"}
    if images.ndim == 3:
        return make_frames(images, start, np.ones(len(images)), attributes)
    grey = make_frames(images[..., 0], start, np.ones(len(images)), attributes)
    grey["images"] = (("time", "y", "x", "channel"), images)
    return grey


def field_frames(skymap: Skymap, count: int = 2) -> Frames:
    mapped = skymap.mapped(ALT_KM)
    return frames_of(np.repeat(wave(mapped.lat_deg, mapped.lon_deg)[None], count, axis=0))


@pytest.mark.parametrize("site", list(SITES))
@pytest.mark.parametrize("width_km", [0.0, 25.0])
def test_meridian_shows_the_field_at_its_places(site: str, width_km: float) -> None:
    skymap = skymap_of(site, size=128)
    dataset = meridian_keogram(field_frames(skymap), skymap, ALT_KM, samples=90, width_km=width_km)
    assert dataset["counts"].dims == ("time", "pixel")
    assert dataset["counts"].shape == (2, 90)
    assert dataset["counts"].dtype == np.float32
    for name in ("latitude", "longitude", "mlat_deg", "mlon_deg", "elevation_deg", "azimuth_deg"):
        assert dataset.coords[name].dims == ("pixel",)
    expected = wave(dataset["latitude"].values, dataset["longitude"].values)
    high = dataset["elevation_deg"].values > 25
    assert high.sum() > 20
    # As for grids: pixels up to 14 km apart, bins of some 15 km, the path's width.
    bend = 300.0 * (20**2 + 17**2) / EARTH_RADIUS_KM**2
    tolerance = bend * (2 * 14.0**2 / 8 + 20.0**2 / 24 + width_km**2 / 24)
    assert np.abs(dataset["counts"].values[0] - expected)[high].max() < tolerance
    # Nothing is missing down to the least elevation.
    assert np.isfinite(dataset["counts"].values).mean() > 0.97
    assert "magnetic meridian" in dataset.attrs["source"]
    assert dataset.attrs["skymap_kind"] == "model"
    assert (dataset.attrs["site"], dataset.attrs["camera"]) == ("gill", "c1")


def test_meridian_in_colour_and_through_the_painter_of_minutes() -> None:
    skymap = skymap_of()
    images = np.random.default_rng(0).integers(0, 255, (3, 64, 64, 3)).astype(np.uint8)
    dataset = meridian_keogram(frames_of(images), skymap, ALT_KM)
    assert dataset["counts"].dims == ("time", "pixel", "channel")
    assert dataset["counts"].shape == (3, 64, 3)
    grey = meridian_keogram(frames_of(images[..., 1]), skymap, ALT_KM)
    assert np.array_equal(grey["counts"].values, dataset["counts"].values[..., 1], equal_nan=True)
    column = paint_columns(grey, TIME, TIME + np.timedelta64(9, "s"), 3)
    assert np.array_equal(column, grey["counts"].values, equal_nan=True)


def test_centre_column_in_colour() -> None:
    images = np.random.default_rng(0).integers(0, 255, (25, 64, 50, 3)).astype(np.uint8)
    dataset = keogram(frames_of(images))
    assert dataset["counts"].dims == ("time", "pixel", "channel")
    assert np.array_equal(dataset["counts"].values, images[:, ::-1, 25])
    minutes = minute_keogram(dataset)
    assert minutes["counts"].shape == (2, 64, 3)
    # Single precision of bytes.
    assert minutes["counts"].values[0] == pytest.approx(
        images[:20, ::-1, 25].mean(axis=0), rel=1e-6
    )


def test_only_the_pixels_of_the_meridian_are_needed() -> None:
    skymap = skymap_of()
    images = np.random.default_rng(0).integers(0, 65535, (3, 64, 64)).astype(np.uint16)
    line, projection = meridian_projection(skymap, ALT_KM, TIME + np.timedelta64(500, "ms"))
    few = projection.apply_pixels(images.reshape(3, -1)[:, projection.pixels])
    dataset = meridian_keogram(frames_of(images), skymap, ALT_KM)
    assert np.array_equal(few, dataset["counts"].values, equal_nan=True)
    assert np.array_equal(line.latitude, dataset["latitude"].values)


@pytest.mark.parametrize(
    ("site", "lat", "lon"),
    [
        ("gill", [55.0, 56.0, 58.0], [-96.0, -94.6, -95.0]),
        ("date", [66.0, 66.5, 66.0], [178.0, 180.0, -178.0]),
        ("pole", [88.5, 90.0, 88.5], [30.0, 30.0, -150.0]),
        ("pole", [88.5, 88.5], [30.0, -150.0]),
    ],
)
def test_path_shows_the_field_along_it(site: str, lat: list[float], lon: list[float]) -> None:
    skymap = skymap_of(site, size=128)
    dataset = path_keogram(field_frames(skymap), skymap, ALT_KM, lat, lon, 10.0, samples=40)
    along = dataset["distance_km"].values
    step = along[1] - along[0]
    assert np.diff(along) == pytest.approx(np.full(39, step))
    places = dataset["latitude"].values, dataset["longitude"].values
    apart = distance_km(*(p[:-1] for p in places), *(p[1:] for p in places))
    # Around a corner the way is shorter than along the line, and a bin's mean is not its middle.
    straight = np.isclose(apart, step, rtol=1e-6)
    assert straight.sum() >= 38
    inner = np.r_[True, straight] & np.r_[straight, True]
    bend = 300.0 * (20**2 + 17**2) / EARTH_RADIUS_KM**2
    # Pixels up to 12 km apart at 28 degrees, stretches of at most 12 km.
    assert (dataset["elevation_deg"].values > 28).all()
    missed = np.abs(dataset["counts"].values - wave(*places))
    assert missed[:, inner].max() < bend * (12**2 / 4 + 12**2 / 12)


def test_path_beyond_the_view_has_no_values() -> None:
    skymap = skymap_of()
    dataset = path_keogram(frames_of(np.ones((2, 64, 64), np.uint16)), skymap, ALT_KM,
                           [56.0, 75.0], [-94.6, -94.6], samples=50)  # fmt: skip
    assert np.isfinite(dataset["counts"].values[0]).sum() == pytest.approx(16, abs=8)
    assert np.isnan(dataset["elevation_deg"].values[-1])
    assert np.isfinite(dataset["latitude"].values).all()
    away = path_keogram(frames_of(np.ones((2, 64, 64), np.uint16)), skymap, ALT_KM,
                        [-60.0, -61.0], [0.0, 0.0])  # fmt: skip
    assert np.isnan(away["counts"].values).all()


def test_stretches_divide_a_line_evenly() -> None:
    lat, lon, along = stretches([60.0, 62.0, 63.0], [10.0, 10.0, 10.0], 6)
    assert lat == pytest.approx([60.25, 60.75, 61.25, 61.75, 62.25, 62.75])
    assert lon == pytest.approx(np.full(6, 10.0))
    assert along[0] == pytest.approx(0.25 * np.pi / 180 * EARTH_RADIUS_KM)


def test_what_makes_no_keogram_is_refused() -> None:
    skymap = skymap_of()
    frames = frames_of(np.ones((1, 64, 64), np.uint16))
    with pytest.raises(BadInput, match="64 x 64"):
        meridian_keogram(frames_of(np.ones((1, 32, 32), np.uint16)), skymap, ALT_KM)
    with pytest.raises(BadInput, match="no time"):
        meridian_keogram(frames_of(np.ones((0, 64, 64), np.uint16)), skymap, ALT_KM)
    empty = meridian_keogram(frames_of(np.ones((0, 64, 64), np.uint16)), skymap, ALT_KM, time=TIME)
    assert empty["counts"].shape == (0, 64)
    with pytest.raises(BadInput):
        path_keogram(frames, skymap, ALT_KM, [56.0], [-94.0])
    with pytest.raises(BadInput, match="samples"):
        path_keogram(frames, skymap, ALT_KM, [56.0, 57.0], [-94.0, -94.0], samples=1)
