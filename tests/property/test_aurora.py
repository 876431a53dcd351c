"""The aurora's emission: a function of place and time alone, to the bit."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.geo.magnetic import mlt_h
from core.simulation.aurora import BANDS, PARTS, Aurora

AURORA = Aurora()
START = np.datetime64("2008-01-01", "us")
SECOND = np.timedelta64(1, "s")


def _sky(rng: np.random.Generator, places: int) -> tuple[np.ndarray, np.ndarray]:
    """Return places where aurora is, a few far from it, and one that is not defined."""
    mlat = rng.uniform(55.0, 82.0, places) * rng.choice([-1.0, 1.0], places)
    mlat[:3] = (10.0, np.nan, 89.9)
    return mlat, rng.uniform(-180.0, 180.0, places)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    band=st.sampled_from(BANDS),
    exposure_s=st.sampled_from([0.1, 1.0, 5.0]),
    count=st.sampled_from([1, 2, 7]),
)
def test_a_value_does_not_depend_on_what_else_is_asked(
    seed: int, band: str, exposure_s: float, count: int
) -> None:
    rng = np.random.default_rng(seed)
    mlat, mlon = _sky(rng, 400)
    day = START + int(rng.integers(0, 5000)) * 86_400 * SECOND
    times = day + np.sort(rng.integers(0, 86_400, count)) * SECOND
    whole = AURORA.emission_r(mlat, mlon, times, exposure_s, band)
    assert whole.dtype == np.float32
    assert whole.shape == (count, 400)
    some = rng.permutation(400)[: int(rng.integers(1, 60))]
    order = rng.permutation(count)
    part = AURORA.emission_r(mlat[some], mlon[some], times[order], exposure_s, band)
    np.testing.assert_array_equal(part, whole[order][:, some])
    at, place = int(rng.integers(count)), int(rng.integers(400))
    one = AURORA.emission_r(mlat[[place]], mlon[[place]], times[[at]], exposure_s, band)
    assert one[0, 0] == whole[at, place]


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    band=st.sampled_from(BANDS),
    local_h=st.floats(-12.0, 12.0),
    mlat_deg=st.floats(58.0, 80.0),
)
def test_one_camera_sees_what_all_cameras_see(
    seed: int, band: str, local_h: float, mlat_deg: float
) -> None:
    """A few places near each other and a few minutes, against places all around and a day."""
    rng = np.random.default_rng(seed)
    day = START + int(rng.integers(0, 300)) * 86_400 * SECOND
    times = day + np.arange(0, 86_400, 1200) * SECOND
    at = int(rng.integers(times.size))
    mlon = 15.0 * (local_h - float(mlt_h(0.0, times[at])))
    near = mlat_deg + rng.uniform(-2.0, 2.0, 40), mlon + rng.uniform(-6.0, 6.0, 40)
    far = _sky(rng, 300)
    places = [np.concatenate(pair) for pair in zip(near, far, strict=True)]
    whole = AURORA.emission_r(*places, times, 1.0, band)[at, :40]
    alone = AURORA.emission_r(*near, times[[at]], 1.0, band)[0]
    np.testing.assert_array_equal(alone, whole)


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), band=st.sampled_from(BANDS))
def test_large_requests_are_the_small_ones(seed: int, band: str) -> None:
    """More samples than are worked on at once, from one time and from many."""
    rng = np.random.default_rng(seed)
    mlat, mlon = _sky(rng, 70_000)
    time = START + rng.integers(0, 10**8, 1) * SECOND
    whole = AURORA.emission_r(mlat, mlon, time, 1.0, band)
    some = rng.choice(70_000, 500, replace=False)
    np.testing.assert_array_equal(
        AURORA.emission_r(mlat[some], mlon[some], time, 1.0, band), whole[:, some]
    )
    times = time + np.arange(600) * 60 * SECOND
    night = AURORA.emission_r(mlat[some], mlon[some], times, 1.0, band)
    np.testing.assert_array_equal(night[0], whole[0, some])
    pick = rng.choice(600, 5, replace=False)
    np.testing.assert_array_equal(
        AURORA.emission_r(mlat[some], mlon[some], times[pick], 1.0, band), night[pick]
    )


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), band=st.sampled_from(BANDS))
def test_emission_is_finite_and_not_negative_and_conjugate(seed: int, band: str) -> None:
    rng = np.random.default_rng(seed)
    mlat, mlon = _sky(rng, 3000)
    time = START + rng.integers(0, 4 * 10**8, 1) * SECOND
    north = AURORA.emission_r(np.abs(mlat), mlon, time, 1.0, band)
    assert np.isfinite(north).all()
    assert north.min() >= 0.0
    assert north.max() < 1e6
    assert (north[0, :2] == 0.0).all()
    south = AURORA.emission_r(-np.abs(mlat), mlon, time, 1.0, band)
    np.testing.assert_array_equal(north, south)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), band=st.sampled_from(BANDS))
def test_parts_add_up(seed: int, band: str) -> None:
    rng = np.random.default_rng(seed)
    mlat, mlon = _sky(rng, 2000)
    times = START + rng.integers(0, 4 * 10**8, 3) * SECOND
    parts = AURORA.parts_r(mlat, mlon, times, 1.0, band)
    assert tuple(parts) == PARTS
    total = np.sum([part.astype(float) for part in parts.values()], axis=0)
    whole = AURORA.emission_r(mlat, mlon, times, 1.0, band)
    # Single precision: 1e-7 of each of eleven terms.
    np.testing.assert_allclose(whole, total, rtol=2e-6, atol=1e-2)
    two = ("diffuse", "arcs")
    some = AURORA.emission_r(mlat, mlon, times, 1.0, band, two)
    np.testing.assert_allclose(some, parts["diffuse"] + parts["arcs"], rtol=2e-6, atol=1e-2)
