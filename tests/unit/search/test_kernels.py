"""Both kernels against the sphere's own functions, and against each other to the last bit."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from core.geo.sphere import HALF_CIRCUMFERENCE_KM, distance_km, unit_vectors, vector_distance_km
from core.search.engine import kernels
from core.search.engine.kernels import Kernel, choose_kernel
from core.search.index import tracks
from core.search.index.tracks import Track, pack, unpack

LIMITS = [0.0, 1e-6, 0.3, 1.0, 30.0, 500.0, 4000.0, 10_007.5, 19_990.0, 20_015.0, 20_016.0, np.inf]


@pytest.fixture(params=["numba", "numpy"])
def kernel(request: pytest.FixtureRequest) -> Kernel:
    found = choose_kernel(request.param)
    assert found.name == request.param
    return found


def places(rng: np.random.Generator, length: int, region: str) -> tuple[np.ndarray, np.ndarray]:
    """Latitudes and longitudes, some missing, that make for many distances near a limit."""
    spread = {"globe": 90.0, "pole": 0.5, "near": 1e-3}[region]
    centre = {"globe": 0.0, "pole": 89.7, "near": 60.0}[region]
    lat = np.clip(centre + spread * rng.uniform(-1, 1, length), -90.0, 90.0)
    lon = rng.choice([-180.0, 180.0, 179.999, -179.999, 359.0], length)
    if region == "globe":
        lon = rng.uniform(-180.0, 360.0, length)
    gone = rng.random(length) < 0.1
    lat[gone], lon[gone] = np.nan, np.nan
    return lat, lon


def track(lat: np.ndarray, lon: np.ndarray) -> Track:
    vectors = np.ascontiguousarray(unit_vectors(lat, lon).T)
    return tracks.make_track(vectors, ~np.isnan(lat))


@pytest.mark.parametrize("region", ["globe", "pole", "near"])
@pytest.mark.parametrize("length", [1, 63, 64, 65, 1000])
def test_near_is_what_the_sphere_says(kernel: Kernel, region: str, length: int) -> None:
    rng = np.random.default_rng(length)
    (lat1, lon1), (lat2, lon2) = (places(rng, length, region) for _ in range(2))
    mask = rng.random(length) < 0.8
    km = distance_km(lat1, lon1, lat2, lon2)
    one, two = track(lat1, lon1), track(lat2, lon2)
    for limit in [*LIMITS, *np.nanquantile(km, [0.1, 0.5, 0.9])]:
        found = unpack(kernel.near_words(one, two, limit, pack(mask)), length)
        clear = np.abs(km - limit) > 1e-9 * max(1.0, limit)
        np.testing.assert_array_equal((found & clear), mask & clear & (km <= limit))
        assert not found[np.isnan(km)].any()


@pytest.mark.parametrize("still_first", [True, False])
def test_a_source_that_stands_still(kernel: Kernel, still_first: bool) -> None:
    rng = np.random.default_rng(4)
    lat, lon = places(rng, 700, "globe")
    there = rng.random(700) < 0.7
    site = np.where(there, 61.3, np.nan), np.where(there, -114.4, np.nan)
    pair = (track(*site), track(lat, lon))
    assert pair[0].still
    km = distance_km(61.3, -114.4, lat, lon)
    found = kernel.near_words(*(pair if still_first else pair[::-1]), 3000.0, tracks.ones(700))
    np.testing.assert_array_equal(unpack(found, 700), there & (km <= 3000.0))


@pytest.mark.parametrize("region", ["globe", "pole", "near"])
def test_a_crowd_is_what_each_of_it_is(kernel: Kernel, region: str) -> None:
    rng = np.random.default_rng(6)
    length = 700
    lat, lon = places(rng, length, region)
    moving = track(lat, lon)
    at = rng.choice(np.flatnonzero(~np.isnan(lat)), 5)
    # Near a place of the track itself, so that limits are met closely.
    still = [track(np.full(length, lat[i]), np.full(length, lon[i])) for i in at]
    masks = [pack(rng.random(length) < share) for share in (1.0, 0.9, 0.1, 0.02, 0.0)]
    km = distance_km(lat[at[0]], lon[at[0]], lat, lon)
    for limit in [*LIMITS, *np.nanquantile(km, [0.1, 0.5, 0.9], method="nearest")]:
        found = kernel.near_crowd(still, moving, limit, np.array(masks))
        for row, one in enumerate(still):
            expected = kernel.near_words(one, moving, limit, masks[row])
            np.testing.assert_array_equal(found[row], expected)


@pytest.mark.parametrize(("apart_deg", "near"), [(0.0, True), (0.004, True), (0.05, False)])
def test_two_that_stand_still(kernel: Kernel, apart_deg: float, near: bool) -> None:
    length = 130
    one = track(np.full(length, 56.0), np.full(length, -94.0))
    two = track(np.full(length, 56.0 + apart_deg), np.full(length, -94.0))
    mask = pack(np.arange(length) % 3 == 0)
    found = kernel.near_words(one, two, 1.0, mask)
    np.testing.assert_array_equal(found, mask if near else 0 * mask)


def test_a_limit_equal_to_a_distance_counts_and_one_below_does_not(kernel: Kernel) -> None:
    rng = np.random.default_rng(8)
    one, two = (track(*places(rng, 300, "globe")) for _ in range(2))
    index = np.flatnonzero(unpack(one.located & two.located, 300))
    for at, km in zip(index, kernel.measure(one, two, index), strict=True):
        only = pack(np.arange(300) == at)
        assert kernel.near_words(one, two, km, only).any()
        assert not kernel.near_words(one, two, np.nextafter(km, 0.0), only).any()


def test_the_antipode_is_the_farthest_there_is(kernel: Kernel) -> None:
    one, two = (
        track(np.full(70, 40.0), np.full(70, 10.0)),
        track(np.full(70, -40.0), np.full(70, -170.0)),
    )
    everywhere = tracks.ones(70)
    assert kernel.measure(one, two, np.array([3]))[0] == pytest.approx(HALF_CIRCUMFERENCE_KM)
    found = kernel.near_words(one, two, HALF_CIRCUMFERENCE_KM, everywhere)
    np.testing.assert_array_equal(found, everywhere)
    assert not kernel.near_words(one, two, 20_015.0, everywhere).any()


def test_nothing_asked_for_gives_nothing(kernel: Kernel) -> None:
    one = track(*places(np.random.default_rng(1), 100, "near"))
    nothing = np.zeros(2, dtype=np.uint64)
    assert not kernel.near_words(one, one, 1e4, nothing).any()
    assert len(kernel.words_to_index(nothing)) == 0
    assert len(kernel.measure(one, one, np.zeros(0, dtype=np.int64))) == 0
    assert len(kernel.runs_of(np.zeros(0, dtype=np.int64), np.zeros((2, 0))).first) == 0


def test_planes_may_be_read_only_parts_of_longer_ones(kernel: Kernel) -> None:
    rng = np.random.default_rng(2)
    whole, other = (track(*places(rng, 1000, "globe")) for _ in range(2))
    whole.hi.setflags(write=False)
    whole.lo.setflags(write=False)
    part, rest = (
        Track(t.hi[:, 70:870], t.lo[:, 70:870], tracks.slice_words(t.located, 70, 800))
        for t in (whole, other)
    )
    expected = kernel.near_words(whole, other, 6000.0, tracks.ones(1000))
    found = kernel.near_words(part, rest, 6000.0, tracks.ones(800))
    np.testing.assert_array_equal(found, tracks.slice_words(expected, 70, 800))


def test_distances_are_those_of_the_sphere_to_the_last_bit(kernel: Kernel) -> None:
    rng = np.random.default_rng(3)
    one, two = track(*places(rng, 500, "globe")), track(*places(rng, 500, "globe"))
    still = track(np.full(500, 70.0), np.full(500, 20.0))
    index = np.flatnonzero(unpack(one.located & two.located, 500))[::-2].copy()
    for a, b in ((one, two), (still, one), (one, still), (still, still)):
        expected = vector_distance_km(a.vectors(index).T, b.vectors(index).T)
        np.testing.assert_array_equal(kernel.measure(a, b, index), expected)


def test_words_and_numbers(kernel: Kernel) -> None:
    rng = np.random.default_rng(5)
    for share in (0.0, 0.01, 0.5, 1.0):
        bits = rng.random(1000) < share
        np.testing.assert_array_equal(kernel.words_to_index(pack(bits)), np.flatnonzero(bits))


def test_runs_and_their_extremes(kernel: Kernel) -> None:
    index = np.array([3, 4, 5, 9, 12, 13])
    nan = np.nan
    pair_km = np.array([[5.0, nan, 2.0, 7.0, 4.0, 4.0], [1.0, nan, 3.0, 7.0, 9.0, 9.0]])
    cuts = kernel.runs_of(index, pair_km)
    assert cuts.first.tolist() == [0, 3, 4]
    assert cuts.last.tolist() == [2, 3, 5]
    # The distance of an epoch is its largest; of equal ones the first is named.
    assert cuts.closest.tolist() == [2, 3, 4]
    assert cuts.farthest.tolist() == [0, 3, 4]
    assert cuts.nearest_km.tolist() == [3.0, 7.0, 9.0]
    assert cuts.farthest_km.tolist() == [5.0, 7.0, 9.0]
    assert cuts.pair_min_km.tolist() == [[2.0, 1.0], [7.0, 7.0], [4.0, 9.0]]
    assert cuts.pair_max_km.tolist() == [[5.0, 3.0], [7.0, 7.0], [4.0, 9.0]]


@pytest.mark.parametrize("seed", range(20))
def test_both_kernels_agree_to_the_last_bit(seed: int) -> None:
    rng = np.random.default_rng(seed)
    length = int(rng.integers(1, 3000))
    region = ["globe", "pole", "near"][seed % 3]
    one, two = (track(*places(rng, length, region)) for _ in range(2))
    if seed % 4 == 0:
        one = track(np.full(length, 89.7), np.full(length, 12.0))
    mask = pack(rng.random(length) < rng.choice([0.02, 0.5, 1.0]))
    limit = float(rng.choice([0.0, 1.0, 50.0, 900.0, 9000.0, 20_015.0]))
    found = [_all_of(choose_kernel(name), one, two, limit, mask) for name in ("numba", "numpy")]
    for compiled, reference in zip(*found, strict=True):
        assert compiled.dtype == reference.dtype
        np.testing.assert_array_equal(compiled, reference)


def _all_of(kernel: Kernel, one: Track, two: Track, limit: float, mask: Any) -> list[np.ndarray]:
    words = kernel.near_words(one, two, limit, mask)
    index = kernel.words_to_index(words)
    km = kernel.measure(one, two, index)
    return [words, index, km, *kernel.runs_of(index, np.stack([km, km[::-1]]))]


def test_without_numba_numpy_serves_and_the_log_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kernels, "_made", [])
    monkeypatch.setitem(sys.modules, "core.search.engine.kernel_numba", None)
    monkeypatch.delattr("core.search.engine.kernel_numba", raising=False)
    told: list[str] = []
    monkeypatch.setattr(kernels.log, "warning", lambda event, **details: told.append(event))
    assert [choose_kernel("numba").name for _ in range(3)] == ["numpy"] * 3
    assert told == ["search kernel without numba"]


def test_warming_compiles_in_a_thread() -> None:
    thread = kernels.warm_kernel("numba")
    thread.join(120)
    assert not thread.is_alive()
    assert choose_kernel("numba").name == "numba"


def test_importing_the_search_does_not_import_numba() -> None:
    code = "import sys, core.search.conjunctions; sys.exit('numba' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
