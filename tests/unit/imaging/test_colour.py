from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput, NotFound
from core.imaging.colour import (
    COLOUR_MAPS,
    DEFAULT_COLOUR_MAP,
    colour_table,
    limits_of,
    scaled,
    to_indices,
    to_rgba,
)
from core.instruments.registry import array_for

VALUES = np.array([[0.0, 10.0, 50.0], [90.0, 100.0, np.nan]], "f4")


def test_limits_by_percentile_are_those_of_the_values() -> None:
    assert limits_of(VALUES, percentiles=(0.0, 100.0)) == (0.0, 100.0)
    assert limits_of(VALUES, "percentile", percentiles=(0.0, 50.0)) == (0.0, 50.0)
    assert limits_of(np.full(3, np.nan)) == (0.0, 1.0)


@pytest.mark.parametrize("array", ["themis_asi", "rego", "trex_rgb"])
def test_fixed_limits_are_those_of_the_array(array: str) -> None:
    assert limits_of(VALUES, "fixed", array=array) == array_for(array).scale_limits
    assert limits_of(VALUES, "fixed", array=array, vmax=20_000.0) == (
        array_for(array).scale_limits[0],
        20_000.0,
    )


def test_manual_limits_want_both_and_stand() -> None:
    assert limits_of(VALUES, "manual", vmin=3.0, vmax=4.0) == (3.0, 4.0)
    assert limits_of(VALUES, vmin=3.0, percentiles=(0.0, 100.0)) == (3.0, 100.0)
    # Beyond all values: they are painted dark or bright, not in the middle of the scale.
    assert to_indices(VALUES, limits_of(VALUES, vmin=1e6)).max() == 1
    assert to_indices(VALUES[:1], limits_of(VALUES, vmax=-1e6)).min() == 255
    with pytest.raises(BadInput, match="both"):
        limits_of(VALUES, "manual", vmin=3.0)
    with pytest.raises(BadInput, match="percentile"):
        limits_of(VALUES, "automatic")  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        limits_of(VALUES, "fixed", array="nothing")


def test_gamma_is_applied_after_scaling_and_keeps_the_ends() -> None:
    values = np.array([100.0, 125.0, 200.0])
    for wrong in (0.0, -1.0, np.nan, 1e-300, 1e300):
        with pytest.raises(BadInput, match=r"from 0\.01 to 100"):
            scaled(values, (100.0, 200.0), gamma=wrong)
    assert scaled(values, (100.0, 200.0), gamma=2.0) == pytest.approx([0.0, 0.5, 1.0])
    assert scaled(values, (100.0, 200.0), gamma=0.5) == pytest.approx([0.0, 0.0625, 1.0])
    logarithmic = scaled(np.array([1.0, 10.0, 10_000.0]), (1.0, 10_000.0), log=True, gamma=2.0)
    assert logarithmic == pytest.approx([0.0, 0.5, 1.0])
    assert to_indices(np.array([25.0], "f4"), (0, 100), gamma=2.0).tolist() == [128]
    for gamma in (0.0, -1.0, np.nan, np.inf):
        with pytest.raises(BadInput, match="Gamma"):
            scaled(values, (0.0, 1.0), gamma=gamma)


@given(
    st.lists(st.floats(-1e6, 1e6, width=32), min_size=2, max_size=30),
    st.floats(0.2, 5.0),
    st.booleans(),
)
def test_brighter_is_never_darker(values: list[float], gamma: float, log: bool) -> None:
    ordered = np.sort(np.array(values, "f4"))
    indices = to_indices(ordered, (10.0, 1e5), log=log, gamma=gamma)
    assert (np.diff(indices.astype(int)) >= 0).all()
    assert indices.min() >= 1


def test_colour_images_keep_their_hues() -> None:
    image = np.array([[[10, 60, 10], [110, 60, 10]]], np.uint8)
    rgba = to_rgba(image, (10.0, 110.0))
    assert rgba.tolist() == [[[0, 128, 0, 255], [255, 128, 0, 255]]]
    missing = np.array([[1.0, np.nan, 3.0], [1.0, 2.0, 3.0]])
    assert to_rgba(missing, (0.0, 3.0))[:, 3].tolist() == [0, 255]
    assert to_rgba(missing, (0.0, 3.0))[0].tolist() == [0, 0, 0, 0]
    brighter = to_rgba(image, (10.0, 110.0), gamma=2.0)
    assert brighter[0, 0, 1] == 180
    with pytest.raises(BadInput, match="three channels"):
        to_rgba(np.zeros((4, 4)), (0.0, 1.0))


def lightness(colours: np.ndarray) -> np.ndarray:
    """Return CIE L* of sRGB colours."""
    share = colours / 255.0
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    y = linear @ np.array([0.2126, 0.7152, 0.0722])
    return np.where(y > 0.008856, 116 * np.cbrt(y) - 16, 903.3 * y)


# What the three kinds of dichromats see (Machado, Oliveira and Fernandes 2009, severity 1).
DICHROMATS: dict[str, Any] = {
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
               [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
               [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
               [0.004733, 0.691367, 0.303900]],
}  # fmt: skip


@pytest.mark.parametrize("name", COLOUR_MAPS)
@pytest.mark.parametrize("eye", [None, *DICHROMATS])
def test_steps_of_every_map_are_steps_of_lightness_for_every_eye(
    name: str, eye: str | None
) -> None:
    table = colour_table(name)[1:, :3].astype(float)
    share = table / 255.0
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    if eye:
        linear = np.clip(linear @ np.array(DICHROMATS[eye]).T, 0, 1)
    y = linear @ np.array([0.2126, 0.7152, 0.0722])
    steps = np.where(y > 0.008856, 116 * np.cbrt(y) - 16, 903.3 * y)
    # Over a sixteenth of the table the lightness always rises; single steps round to levels.
    assert (steps[16:] - steps[:-16] > 0).all()
    assert steps[-1] - steps[0] > 60


def test_default_map_is_one_of_them() -> None:
    assert DEFAULT_COLOUR_MAP in COLOUR_MAPS


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ((0.0, 5e-324), [0.0, 1.0, 1.0]),
        ((0.0, 1e-310), [0.0, 1.0, 1.0]),
        ((-1e300, 1e300), [0.5, 0.5, 0.5]),
        ((0.0, 1e308), [0.0, 0.0, 0.0]),
        ((-1.7e308, 1.7e308), [0.0, 0.0, 0.0]),  # their distance is no float64 any more
        ((1e39, 1e40), [0.0, 0.0, 0.0]),
    ],
)
def test_limits_beyond_single_precision(limits: tuple[float, float], expected: list[float]) -> None:
    values = np.array([0.0, 1.0, 65_535.0], dtype=np.float32)
    np.testing.assert_allclose(scaled(values, limits), expected, atol=1e-12)
    assert (to_indices(values, limits) > 0).all()
