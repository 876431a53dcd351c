"""Fixed point vectors and bitmaps against exact arithmetic and plain lists."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.search.index import tracks

COMPONENT = st.floats(-1.0, 1.0, allow_nan=False)
BITS = st.lists(st.booleans(), max_size=300)


@given(st.lists(COMPONENT, min_size=3, max_size=30).filter(lambda x: len(x) % 3 == 0))
def test_fixed_point_is_good_to_the_last_bit_of_a_component(values: list[float]) -> None:
    vectors = np.array(values).reshape(3, -1)
    hi, lo = tracks.encode(vectors)
    assert hi.dtype == lo.dtype == np.int32
    assert hi.flags.c_contiguous
    assert lo.flags.c_contiguous
    for x, high, low in zip(vectors.ravel(), hi.ravel(), lo.ravel(), strict=True):
        exact = (Fraction(int(high)) + Fraction(int(low), 2**31)) / tracks.SCALE
        assert abs(exact - Fraction(float(x))) < Fraction(1, 2**53)
    assert np.abs(tracks.decode(hi, lo) - vectors).max() <= 2.0**-53


def test_decoding_gives_the_very_float_back_where_it_is_no_finer_than_the_planes() -> None:
    vectors = np.random.default_rng(5).uniform(2.0**-8, 1.0, (3, 40_000))
    vectors[1] *= -1.0
    vectors[2, ::7] = 0.0
    vectors[2, 1::7] = 1.0
    assert np.array_equal(tracks.decode(*tracks.encode(vectors)), vectors)


def test_a_component_just_above_one_and_nan_are_kept_inside() -> None:
    hi, lo = tracks.encode(np.array([[1.0 + 2.0**-52], [-1.0 - 2.0**-52], [np.nan]]))
    assert hi.ravel().tolist() == [tracks.SCALE, -tracks.SCALE, 0]
    assert lo[2, 0] == 0


def test_decoding_some_columns_gives_what_decoding_all_gives() -> None:
    vectors = np.random.default_rng(1).uniform(-1, 1, (3, 50))
    hi, lo = tracks.encode(vectors)
    index = np.array([3, 3, 49, 0])
    assert np.array_equal(tracks.decode(hi, lo, index), tracks.decode(hi, lo)[:, index])
    assert tracks.decode(hi, lo, index).flags.c_contiguous


@given(BITS)
def test_packing_keeps_every_bit_in_little_endian_order(bits: list[bool]) -> None:
    words = tracks.pack(np.array(bits, dtype=bool))
    assert len(words) == (len(bits) + 63) // 64
    number = sum(int(word) << (64 * k) for k, word in enumerate(words))
    assert number == sum(1 << t for t, bit in enumerate(bits) if bit)
    assert tracks.unpack(words, len(bits)).tolist() == bits
    assert tracks.count(words) == sum(bits)


@given(BITS, st.integers(-150, 350), st.integers(0, 300))
def test_a_slice_is_the_slice_of_the_list(bits: list[bool], first: int, count: int) -> None:
    found = tracks.slice_words(tracks.pack(np.array(bits, dtype=bool)), first, count)
    expected = [0 <= t < len(bits) and bits[t] for t in range(first, first + count)]
    assert np.array_equal(found, tracks.pack(np.array(expected, dtype=bool)))


@given(st.integers(-10, 300), st.integers(-10, 300), st.integers(0, 280))
def test_bits_between_two_ends(first: int, last: int, length: int) -> None:
    found = tracks.unpack(tracks.between(first, last, length), length)
    assert found.tolist() == [first <= t <= last for t in range(length)]
    assert tracks.count(tracks.between(first, last, length)) == found.sum()
    assert np.array_equal(tracks.ones(length), tracks.between(0, length - 1, length))


@pytest.mark.parametrize("moved", [False, True])
def test_one_column_stands_for_a_source_that_does_not_move(moved: bool) -> None:
    vectors = np.tile([[0.6], [0.0], [0.8]], 200)
    vectors[:, 7] = np.nan
    if moved:
        vectors[:, 100] = [0.0, 1.0, 0.0]
    located = ~np.isnan(vectors[0])
    track = tracks.make_track(vectors, located, np.ones(200, dtype=bool))
    assert track.still is not moved
    assert track.steady is None
    assert np.array_equal(tracks.unpack(track.located, 200), located)
    some = np.array([3, 100, 199])
    assert np.abs(track.vectors(some) - vectors[:, some]).max() <= 2.0**-53


def test_a_source_without_any_position_has_no_located_bit() -> None:
    track = tracks.make_track(np.full((3, 70), np.nan), np.zeros(70, dtype=bool))
    assert not track.located.any()
    assert not track.hi.any()
