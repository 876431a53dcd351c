"""Random numbers of a pixel at a time, without any order: a hash of a counter.

SplitMix64 (Steele, Lea and Flood 2014, Fast splittable pseudorandom number generators, OOPSLA)
mixes camera, time and pixel to 64 bits; 16 of them choose a quantile of the normal distribution.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]
Float32 = NDArray[np.float32]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_QUANTILES = 65_536


def mixed(words: Words) -> Words:
    """Return 64 well mixed bits for each word; the argument is not changed."""
    state = words + _GOLDEN
    shifted = state >> np.uint64(30)
    state ^= shifted
    state *= _FIRST
    np.right_shift(state, np.uint64(27), out=shifted)
    state ^= shifted
    state *= _SECOND
    np.right_shift(state, np.uint64(31), out=shifted)
    state ^= shifted
    return state


def keys_of(camera_key: int, times: NDArray[np.datetime64]) -> Words:
    """Return one word for a camera at each time."""
    instants = times.astype("datetime64[us]").astype(np.int64).astype(np.uint64)
    return mixed(instants ^ np.uint64(camera_key))


def hashed(keys: Words, index: Words) -> Words:
    """Return mixed words of every key with every index, shape (keys, indices)."""
    return mixed(keys[:, None] + index[None, :] * _GOLDEN)


def normals(words: Words, part: int = 0) -> Float32:
    """Return standard normals from one of the four 16-bit parts of mixed words.

    The most extreme value is 4.2: a camera of 65,536 pixels has one such pixel a frame.
    """
    table = _quantiles()
    shifted = words >> np.uint64(48 - 16 * part)
    return np.asarray(table.take(shifted.astype(np.uint16)))


@cache
def _quantiles() -> Float32:
    from scipy.special import ndtri

    table = ndtri((np.arange(_QUANTILES) + 0.5) / _QUANTILES).astype(np.float32)
    table.flags.writeable = False
    return np.asarray(table)
