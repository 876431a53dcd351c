from __future__ import annotations

import io

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core.errors import BadInput
from core.imaging.colour import COLOUR_MAPS, colour_table, percentile_limits, to_indices
from core.imaging.keogram import make_keogram
from core.imaging.render import Style, paint, paint_columns
from core.imaging.sky_pixels import sky_limits, sky_pixels

START = np.datetime64("2014-03-10T06:00", "us")
SECOND = np.timedelta64(1_000_000, "us")


def frames(seconds: list[float], values: list[int] | None = None, pixels: int = 4):  # type: ignore[no-untyped-def]
    """Return a keogram whose exposures of 1 s begin at these seconds after 06:00."""
    middle = START + (np.array(seconds) * 1e6 + 5e5).astype("timedelta64[us]")
    levels = np.array(values or range(1, len(seconds) + 1), np.uint16)
    counts = np.repeat(levels[:, None], pixels, axis=1)
    return make_keogram(counts, middle, np.ones(len(seconds)), {"cadence_s": 3.0})


def test_frame_fills_the_columns_of_its_cadence() -> None:
    columns = paint_columns(frames([0, 3]), START, START + 9 * SECOND, 9)[:, 0]
    assert columns[:6].tolist() == [1, 1, 1, 2, 2, 2]
    assert np.isnan(columns[6:]).all()


def test_gap_stays_transparent() -> None:
    picture = paint(frames([0, 3, 30]), START, START + 60 * SECOND, (60, 4))
    alpha = picture.rgba()[0, :, 3]
    assert alpha.tolist() == [255] * 6 + [0] * 24 + [255] * 3 + [0] * 27


def test_late_frame_leaves_no_hair_line() -> None:
    columns = paint_columns(frames([0.0, 3.04, 6.01]), START, START + 9 * SECOND, 900)
    assert np.isfinite(columns).all()


def test_column_of_several_frames_is_their_mean() -> None:
    columns = paint_columns(frames([0, 3, 6, 9], [2, 4, 10, 20]), START, START + 12 * SECOND, 2)
    assert columns[:, 0].tolist() == [3.0, 15.0]


def test_north_is_at_the_top() -> None:
    dataset = frames([0], pixels=4)
    dataset["counts"].values[0] = [10, 20, 30, 40]  # from south to north
    picture = paint(dataset, START, START + 3 * SECOND, (1, 4), Style(vmin=0, vmax=50))
    assert (np.diff(picture.indices[:, 0].astype(int)) < 0).all()


@pytest.mark.parametrize("height", [1, 2, 3, 4, 7, 300])
def test_any_height(height: int) -> None:
    dataset = frames([0], pixels=4)
    dataset["counts"].values[0] = [10, 20, 30, 40]
    picture = paint(dataset, START, START + 3 * SECOND, (3, height), Style(vmin=0, vmax=50))
    assert picture.indices.shape == (height, 3)
    assert (np.diff(picture.indices[:, 0].astype(int)) <= 0).all()


@settings(deadline=None)
@given(st.integers(-40, 80), st.integers(1, 100), st.integers(1, 70))
def test_any_window_is_painted_where_frames_are(first: int, span: int, width: int) -> None:
    start = START + first * SECOND
    columns = paint_columns(frames([0, 3, 6, 9, 12]), start, start + span * SECOND, width)
    assert columns.shape == (width, 4)
    middles = first + (np.arange(width) + 0.5) * span / width
    inside = (middles >= 0) & (middles < 15)
    # A column outside may hold a frame that was measured within its span; none inside is empty.
    assert np.isfinite(columns[inside]).all()
    far = (middles < -span / width) | (middles > 15 + span / width)
    assert np.isnan(columns[far]).all()


def test_empty_window_is_all_transparent() -> None:
    dataset = frames([0]).isel(time=slice(0, 0))
    assert not paint(dataset, START, START + SECOND, (10, 5)).rgba().any()


@pytest.mark.parametrize("kind", ["png", "webp"])
def test_encoded_picture_is_the_painted_one(kind: str) -> None:
    values = np.linspace(100, 4000, 20).astype(int).tolist()
    dataset = frames([3.0 * i for i in range(20)], values, pixels=32)
    picture = paint(dataset, START, START + 120 * SECOND, (120, 32))
    decoded = np.array(Image.open(io.BytesIO(picture.encode(kind))).convert("RGBA"))  # type: ignore[arg-type]
    expected = picture.rgba()
    assert np.array_equal(decoded[..., 3], expected[..., 3])
    shown = expected[..., 3] > 0
    difference = np.abs(decoded[shown].astype(int) - expected[shown].astype(int))
    # PNG is exact; WebP at quality 85 is off by a few levels.
    assert difference.mean() == 0 if kind == "png" else difference.mean() < 6


@pytest.mark.parametrize("name", COLOUR_MAPS)
def test_colour_tables_grow_lighter(name: str) -> None:
    table = colour_table(name)
    assert table.shape == (256, 4)
    assert table[0].tolist() == [0, 0, 0, 0]
    lightness = table[1:, :3] @ np.array([0.2126, 0.7152, 0.0722])
    assert (np.diff(lightness) > -1).all()
    assert lightness[-1] > lightness[0] + 150


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["viridis", "cividis", "inferno"])
def test_colour_tables_are_near_those_of_matplotlib(name: str) -> None:
    import matplotlib as mpl

    theirs = mpl.colormaps[name](np.linspace(0, 1, 255))[:, :3] * 255
    # Ten stops with straight lines between them: at most 6 % of a channel's 255 levels.
    assert np.abs(colour_table(name)[1:, :3] - theirs).max() < 16


def test_unknown_colour_map_is_refused() -> None:
    with pytest.raises(BadInput, match="viridis"):
        colour_table("jet")


def test_indices_run_between_the_limits() -> None:
    values = np.array([-5, 0, 50, 100, 500, np.nan], "f4")
    assert to_indices(values, (0, 100)).tolist() == [1, 1, 128, 255, 255, 0]
    assert to_indices(values, (1, 100), log=True)[3] == 255
    assert to_indices(np.array([10], "f4"), (1, 100), log=True).tolist() == [128]


def test_limits_of_nothing_and_of_a_constant() -> None:
    assert percentile_limits(np.array([np.nan], "f4")) == (0.0, 1.0)
    constant = np.full((2, 2), 7, "f4")
    assert to_indices(constant, percentile_limits(constant)).tolist() == [[128, 128]] * 2


def test_colour_frames_keep_their_colours() -> None:
    middle = START + np.arange(4) * 3 * SECOND
    counts = np.zeros((4, 6, 3), np.uint8)
    counts[:, :, 1] = 200  # green
    counts[:, 0] = 0  # the southernmost pixel is dark
    dataset = make_keogram(counts, middle, np.ones(4), {"cadence_s": 3.0})
    style = Style(vmin=0, vmax=200)
    picture = paint(dataset, START, START + 24 * SECOND, (8, 3), style)
    rgba = picture.rgba()
    assert rgba.shape == (3, 8, 4)
    assert rgba[0, 0].tolist() == [0, 255, 0, 255]
    # The lowest row is the mean of the dark pixel and its neighbour.
    assert rgba[2, 0].tolist() == [0, 128, 0, 255]
    assert (rgba[:, 5:, 3] == 0).all()
    image = Image.open(io.BytesIO(picture.encode("png"))).convert("RGBA")
    assert np.array_equal(np.array(image), rgba)
    assert Image.open(io.BytesIO(picture.encode("webp"))).size == (8, 3)


def test_gamma_brightens_what_is_faint() -> None:
    dataset = frames([0, 3, 6], [0, 25, 100])
    span = (START, START + 9 * SECOND)
    plain = paint(dataset, *span, (3, 1), Style(0, 100, cmap="gray")).rgba()[0, :, 0]
    bright = paint(dataset, *span, (3, 1), Style(0, 100, cmap="gray", gamma=2)).rgba()[0, :, 0]
    assert plain.tolist() == [0, 64, 255]
    # A quarter to the power one half is a half.
    assert bright.tolist() == [0, 128, 255]


def with_horizon() -> xr.Dataset:
    """Return a keogram of 32 pixels: six dark ones at each end, sky of 1,000 to 2,000 between."""
    dataset = frames([0, 3, 6, 9], pixels=32)
    values = np.full((4, 32), 100, np.uint16)
    values[:, 6:26] = np.linspace(1000, 2000, 20)
    dataset["counts"].values[:] = values
    elevation = np.full(32, 2.0)
    elevation[6:26] = 90 - np.abs(np.linspace(-75, 75, 20))
    return dataset.assign_coords(elevation_deg=("pixel", elevation))


def test_the_dark_beyond_the_horizon_takes_no_part_of_the_colours() -> None:
    dataset = with_horizon()
    sky = sky_pixels(dataset, None)
    assert sky is not None
    assert sky.tolist() == [False] * 6 + [True] * 20 + [False] * 6
    window = (START, START + 12 * SECOND, (12, 32))
    low, high = paint(dataset, *window, sky=sky).limits
    assert low == pytest.approx(1000, rel=0.02)
    assert high == pytest.approx(2000, rel=0.02)
    assert paint(dataset, *window).limits[0] == 100  # of all pixels, without a skymap
    assert paint(dataset, *window, Style(vmin=5.0), sky).limits[0] == 5.0
    # Neither width nor height of the picture changes them.
    assert paint(dataset, *window[:2], (300, 8), sky=sky).limits == (low, high)


def test_without_a_skymap_all_pixels_say_how_a_keogram_is_coloured() -> None:
    dataset = with_horizon()
    assert sky_pixels(dataset.drop_vars("elevation_deg"), None) is None
    low = dataset.assign_coords(elevation_deg=("pixel", np.full(32, 3.0)))
    assert sky_pixels(low, None) is None  # nothing but haze: then all of it
    assert sky_limits(dataset["counts"].values[:0], None) == (0.0, 1.0)


def test_limits_of_long_keograms_are_those_of_all_of_it() -> None:
    counts = np.random.default_rng(1).normal(4000, 300, (9000, 256)).astype(np.float32)
    found = sky_limits(counts, np.ones(256, bool))
    # A sample of half a million: the error of the 1st percentile is 1.6 counts (one sigma).
    assert found == pytest.approx(np.percentile(counts, (1, 99)), abs=5)
