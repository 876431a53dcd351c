from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.imaging.lens import GAKONA, Lens, default_lens, equidistant
from core.instruments.registry import arrays

lenses = st.builds(
    Lens,
    centre_x=st.floats(-50, 600),
    centre_y=st.floats(-50, 600),
    rotation_deg=st.floats(-400, 400),
    # Slope at the horizon stays above 80 - 3 * 6 * 2.5 pixels per radian.
    radial=st.tuples(st.floats(80, 200), st.floats(-6, 6)),
    flip=st.booleans(),
    aspect=st.floats(0.5, 2),
)


@given(lenses, st.floats(0, 360, exclude_max=True), st.floats(0, 90))
def test_a_direction_comes_back(lens: Lens, azimuth: float, elevation: float) -> None:
    x, y = lens.pixel_of(azimuth, elevation)
    back_azimuth, back_elevation = lens.direction_of(x, y)
    # Rounding of pixel coordinates: 1e-13 of 600 pixels over 35 pixels per radian.
    assert back_elevation == pytest.approx(elevation, abs=1e-9)
    across = ((back_azimuth - azimuth + 180) % 360 - 180) * np.cos(np.radians(elevation))
    assert across == pytest.approx(0, abs=1e-9)


@given(lenses, st.floats(0, 2 * np.pi), st.floats(0, 0.999))
def test_a_place_comes_back(lens: Lens, angle: float, share: float) -> None:
    radius = share * lens.horizon_px
    x = lens.centre_x + np.sqrt(lens.aspect) * radius * np.cos(angle)
    y = lens.centre_y + radius * np.sin(angle) / np.sqrt(lens.aspect)
    assert np.allclose(lens.pixel_of(*lens.direction_of(x, y)), (x, y), atol=1e-8)


def test_as_stored_north_is_up_and_east_to_the_left() -> None:
    lens = Lens(100.0, 80.0, 0.0, (60.0,))
    x, y = lens.pixel_of([0, 90, 180, 270, 0], [45, 45, 45, 45, 90])
    quarter = 60.0 * np.pi / 4
    assert np.allclose(x, [100, 100 - quarter, 100, 100 + quarter, 100])
    assert np.allclose(y, [80 - quarter, 80, 80 + quarter, 80, 80])


def test_rotation_is_the_azimuth_of_image_up_and_flip_mirrors() -> None:
    for flip in (False, True):
        lens = Lens(100.0, 80.0, 22.6, (60.0,), flip=flip)
        x, y = lens.pixel_of(22.6, 30.0)
        assert (x, y) == (pytest.approx(100.0), pytest.approx(80.0 - 60.0 * np.pi / 3))
        assert bool(lens.pixel_of(112.6, 30.0)[0] > 100) == flip


def test_below_the_horizon_there_is_nothing() -> None:
    lens = equidistant((256, 256), 200.0)
    assert np.isnan(lens.pixel_of(10.0, [-0.1, np.nan, 90.1])).all()
    assert np.isnan(lens.direction_of([128 + 100.1, np.nan], 128.0)).all()
    assert lens.direction_of(128.0, 28.0) == (0.0, pytest.approx(0.0, abs=1e-9))
    assert lens.direction_of(128.0, 128.0)[1] == 90.0


@pytest.mark.parametrize("radial", [(), (0.0,), (-50.0,), (80.0, -20.0), (np.nan,)])
def test_a_lens_that_turns_back_is_refused(radial: tuple[float, ...]) -> None:
    with pytest.raises(BadInput, match="lens"):
        Lens(0.0, 0.0, 0.0, radial)


def test_every_array_has_a_lens_that_fits_its_frame() -> None:
    for array in arrays():
        lens, (height, width) = default_lens(array.key, array.image_shape), array.image_shape[:2]
        assert (lens.centre_x, lens.centre_y) == (width / 2, height / 2)
        # The circle of colour cameras is cut by the upper and lower edge.
        assert 0.4 * min(height, width) < lens.horizon_px < 0.58 * min(height, width)


def test_cameras_that_were_measured_have_their_own_lens() -> None:
    assert default_lens("themis_asi", (256, 256), "GAKO") is GAKONA
    gillam = default_lens("themis_asi", (256, 256), "gill")
    assert gillam.radial == GAKONA.radial
    assert gillam.rotation_deg == 2.0
    assert default_lens("themis_asi", (256, 256), "fsmi").rotation_deg == 0.0


def test_moved_keeps_the_glass() -> None:
    moved = GAKONA.moved(1.0, 2.0, 3.0)
    assert (moved.radial, moved.aspect) == (GAKONA.radial, GAKONA.aspect)
    assert (moved.centre_x, moved.centre_y, moved.rotation_deg) == (1.0, 2.0, 3.0)
