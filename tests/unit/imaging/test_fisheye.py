"""Frames as pictures: orientation, sizes, colours, bytes."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from core.errors import BadInput
from core.imaging.colour import colour_table
from core.imaging.fisheye import encode, frame_limits, paint_fisheye, resample
from core.imaging.lens import GAKONA
from core.imaging.map_picture import map_picture
from core.imaging.render import Style
from core.imaging.skymap import model_skymap

GRAY = Style(vmin=0, vmax=254, cmap="gray")


def corner_image() -> np.ndarray:
    """Counts that tell the four corners apart: north-east, north-west, south-east, south-west."""
    image = np.zeros((4, 6), dtype="u2")
    image[0, 0], image[0, -1], image[-1, 0], image[-1, -1] = 50, 100, 150, 200
    return image


def test_the_sky_has_east_left_and_the_map_has_it_right() -> None:
    sky = paint_fisheye(corner_image(), GRAY)
    chart = paint_fisheye(corner_image(), GRAY, view="map")
    assert sky.shape == (4, 6, 4)
    assert sky[0, 0, 0] == 50  # row 0 is north, column 0 is east
    assert chart[0, -1, 0] == 50
    np.testing.assert_array_equal(sky[:, ::-1], chart)


@pytest.mark.parametrize(("size", "shape"), [(6, (4, 6)), (12, (8, 12)), (3, (2, 3)), (9, (6, 9))])
def test_a_size_keeps_the_aspect(size: int, shape: tuple[int, int]) -> None:
    assert paint_fisheye(corner_image(), GRAY, size).shape == (*shape, 4)


def test_a_larger_picture_repeats_counts_and_a_smaller_one_holds_their_means() -> None:
    values = np.arange(12, dtype="f4").reshape(3, 4)
    np.testing.assert_allclose(resample(values, 8), values.repeat(2, 0).repeat(2, 1), rtol=1e-6)
    square = np.arange(16, dtype="f4").reshape(4, 4)
    means = square.reshape(2, 2, 2, 2).mean(axis=(1, 3))
    np.testing.assert_allclose(resample(square, 2), means, rtol=1e-6)  # float32


@pytest.mark.parametrize("size", [5, 7, 11, 13, 300])
def test_resampling_keeps_the_mean(size: int) -> None:
    values = np.random.default_rng(3).uniform(0, 1000, (10, 10)).astype("f4")
    # Every pixel takes part with its area; float32 sums differ by parts in a million.
    assert resample(values, size).mean() == pytest.approx(values.mean(), rel=1e-5)


def test_colour_frames_keep_their_colours_between_one_pair_of_limits() -> None:
    image = np.zeros((2, 2, 3), dtype="u1")
    image[0, 0], image[1, 1] = (200, 100, 0), (0, 50, 200)
    painted = paint_fisheye(image, Style(vmin=0, vmax=200))
    assert painted[0, 0].tolist() == pytest.approx([255, 128, 0, 255], abs=1)  # one table step
    assert painted[1, 1].tolist() == pytest.approx([0, 64, 255, 255], abs=1)


def test_percentiles_are_those_of_the_frame_unless_limits_are_given() -> None:
    image = np.linspace(1000, 2000, 101 * 101).reshape(101, 101)
    own = paint_fisheye(image, Style(percentiles=(0, 100), cmap="gray"))
    assert (int(own[0, 0, 0]), int(own[-1, -1, 0])) == (0, 255)
    shared = paint_fisheye(image, Style(percentiles=(0, 100), cmap="gray"), limits=(0, 2000))
    assert int(shared[0, 0, 0]) == pytest.approx(127, abs=1)


def test_a_map_is_transparent_where_there_is_no_value() -> None:
    values = np.full((3, 3), np.nan)
    values[1, 1] = 7.0
    painted = map_picture(values, Style(vmin=0, vmax=7))
    assert painted[1, 1].tolist() == colour_table("viridis")[255].tolist()
    assert (painted[..., 3] > 0).sum() == 1
    assert map_picture(np.full((2, 2), np.nan))[..., 3].max() == 0


def test_a_png_is_exact_and_carries_its_text() -> None:
    painted = paint_fisheye(corner_image(), GRAY, 60)
    content = encode(painted, "png", {"Source": "THEMIS-ASI Gillam", "Comment": "60° N"})
    with Image.open(io.BytesIO(content)) as picture:
        np.testing.assert_array_equal(np.asarray(picture), painted)
        assert picture.info["Source"] == "THEMIS-ASI Gillam"
        assert picture.info["Comment"] == "60° N"


def test_a_webp_is_a_picture_of_the_same_size() -> None:
    content = encode(paint_fisheye(corner_image(), GRAY, 60), "webp")
    with Image.open(io.BytesIO(content)) as picture:
        assert (picture.format, picture.size) == ("WEBP", (60, 40))


def test_not_a_number_takes_no_part_in_means() -> None:
    values = np.full((4, 4), 9.0, dtype="f4")
    values[0, 0] = values[2:, 2:] = np.nan
    resampled = resample(values, 2)
    assert resampled[0] == pytest.approx([9, 9])
    assert np.isnan(resampled[1, 1])
    painted = paint_fisheye(values, Style(vmin=0, vmax=9), 2)
    assert painted[..., 3].tolist() == [[255, 255], [255, 0]]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"image": np.zeros(5)}, "not the shape"),
        ({"image": np.zeros((4, 4, 2))}, "not the shape"),
        ({"image": np.zeros((0, 4))}, "not the shape"),
        ({"size": 0}, "0 pixels cannot be drawn"),
        ({"view": "upside"}, "no view 'upside'"),
    ],
)
def test_what_cannot_be_painted_is_named(change: dict[str, object], told: str) -> None:
    with pytest.raises(BadInput, match=told):
        paint_fisheye(**{"image": corner_image(), "style": GRAY, **change})  # type: ignore[arg-type]


def test_percentiles_are_those_of_the_sky_where_a_skymap_tells() -> None:
    skymap = model_skymap(
        "gill", GAKONA, (256, 256), array="themis_asi", lat_deg=56.4, lon_deg=-94.6, alt_m=58.0
    )
    sky = skymap.elevation_deg >= 10.0
    image = np.where(sky, 1000.0, 5.0).astype("f4")
    image[sky] += np.linspace(0.0, 100.0, int(sky.sum()), dtype="f4")
    style = Style(percentiles=(1.0, 99.0))
    # Counted over everything, the dark beyond the horizon is the lower end.
    assert frame_limits(image, style)[0] == pytest.approx(5.0)
    low, high = frame_limits(image, style, skymap)
    assert (low, high) == pytest.approx((1001.0, 1099.0), abs=0.2)
    both = np.stack([image, image])
    assert frame_limits(both, style, skymap) == pytest.approx((low, high))
    colour = np.repeat(both[..., None], 3, axis=-1)
    assert frame_limits(colour, style, skymap) == pytest.approx((low, high))
    # A movie of as many frames as a frame has rows, all of them dark but one.
    many = np.full((256, 256, 256), 5, dtype="u2")
    many[7] = image
    assert frame_limits(many, Style(percentiles=(1.0, 100.0)), skymap)[1] == 1100.0
    other = model_skymap(
        "gill", GAKONA, (32, 32), array="themis_asi", lat_deg=56.4, lon_deg=-94.6, alt_m=58.0
    )
    assert frame_limits(image, style, other)[0] == pytest.approx(5.0)
