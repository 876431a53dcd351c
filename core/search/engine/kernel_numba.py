"""The kernel compiled by numba: the functions of `core.search.engine.kernel_numpy`, faster.

Importing this module compiles it, or loads it from numba's cache; `core.search.engine.kernels`
does so when it is wanted. All loops run without the interpreter's lock.

Results equal those of the reference to the last bit: loops here use only operations that IEEE 754
rounds correctly, in the reference's order, and the one function that is not among them, arctan2,
is numpy's in both.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
from numba import float64, int32, int64, types, uint64

from core.geo.sphere import EARTH_RADIUS_KM
from core.search.engine import near
from core.search.engine.runs import Cuts
from core.search.index.tracks import LOW_SCALE, SCALE, Index, Track, Words

Float = npt.NDArray[np.float64]
Plane = npt.NDArray[np.int32]

_SCALE = float(SCALE)
_LOW_UNIT = 1.0 / LOW_SCALE

# Planes of the index are read only; so declared, both kinds of arrays are taken.
_plane = types.Array(int32, 1, "C", readonly=True)
_words = types.Array(uint64, 1, "C", readonly=True)
_index = types.Array(int64, 1, "C", readonly=True)
_km = types.Array(float64, 2, "C", readonly=True)
_floats = types.Array(float64, 1, "C")
_ints = types.Array(int64, 1, "C")
_Function = Callable[..., Any]


def _compiled(*signature: Any, result: Any) -> Callable[[_Function], _Function]:
    def compile_it(function: _Function) -> _Function:
        made: _Function = numba.njit([result(*signature)], nogil=True, cache=True)(function)
        return made

    return compile_it


def near_words(a: Track, b: Track, limit_km: float, mask: Words) -> Words:
    """Return the epochs of `mask` at which two tracks are located and within the limit.

    The same as `core.search.engine.kernel_numpy.near_words`.
    """
    return near.near_words(_scan, a, b, limit_km, mask)


def near_crowd(still: Sequence[Track], moving: Track, limit_km: float, masks: Words) -> Words:
    """Return what `near_words` does for each of some tracks that stand still.

    The same as `core.search.engine.kernel_numpy.near_crowd`.
    """
    return near.near_crowd(_scan_crowd, still, moving, limit_km, masks)


def measure(a: Track, b: Track, index: Index) -> Float:
    """Return the distances between two tracks at the epochs `index`: float64[N], in km."""
    sine, cosine = np.empty(len(index)), np.empty(len(index))
    _angles(*_rows(a), *_rows(b), int(not a.still), int(not b.still), index, sine, cosine)
    angle: Float = np.arctan2(sine, cosine)
    angle *= EARTH_RADIUS_KM
    return angle


def words_to_index(words: Words) -> Index:
    """Return the numbers of the bits that are set, int64[N], in order."""
    found: Index = _to_index(words)
    return found


def runs_of(index: Index, pair_km: Float) -> Cuts:
    """Cut epochs into runs of consecutive ones, with the extremes of each run.

    The same as `core.search.engine.kernel_numpy.runs_of`.
    """
    count = _count_runs(index)
    whole = np.empty((4, count), dtype=np.int64)
    real = np.empty((2, count))
    pairs = np.empty((2, count, len(pair_km)))
    _cut(index, pair_km, whole, real, pairs[0], pairs[1])
    return Cuts(*whole, *real, *pairs)


def _scan(
    a: Track, b: Track, lower: float, upper: float, mask: Words
) -> tuple[Words, Words | None]:
    """Compare coarse dot products; see `near.Scan`."""
    surely, unsure = np.empty_like(mask), np.empty_like(mask)
    if a.still:
        a, b = b, a
    out = (a.located, b.located, mask, lower, upper, surely, unsure)
    if b.still:
        x, y, z = b.hi[:, 0]
        some = _scan_still(a.hi[0], a.hi[1], a.hi[2], x, y, z, *out)
    else:
        some = _scan_moving(*a.hi, *b.hi, *out)
    return surely, unsure if some else None


def _scan_crowd(
    still: Sequence[Track], moving: Track, lower: float, upper: float, masks: Words
) -> tuple[Words, Words | None]:
    """Compare coarse dot products of one track with many points; see `near.ScanCrowd`."""
    surely, unsure = np.empty_like(masks), np.empty_like(masks)
    places = np.array([track.hi[:, 0] for track in still], dtype=np.float64)
    some = _scan_places(*moving.hi, places, masks, lower, upper, surely, unsure)
    return surely, unsure if some else None


def _rows(track: Track) -> tuple[Plane, ...]:
    return (*track.hi, *track.lo)


_OUT = types.Array(uint64, 1, "C")
_SCAN = (_words, _words, _words, float64, float64, _OUT, _OUT)


# A word with no more epochs than these is looked at one by one: that touches less memory.
_FEW = 12
_DE_BRUIJN = 0x03F79D71B4CB0A89
_PLACES = np.zeros(64, dtype=np.int64)
_PLACES[[((_DE_BRUIJN << _bit) & (2**64 - 1)) >> 58 for _bit in range(64)]] = np.arange(64)


@_compiled(uint64, result=int64)
def _place(one_bit: int) -> int:
    """Return the number of the only bit that is set, by its product with a de Bruijn sequence."""
    place: int = _PLACES[(one_bit * uint64(_DE_BRUIJN)) >> uint64(58)]
    return place


@_compiled(uint64, result=int64)
def _count(word: int) -> int:
    """Return the number of bits that are set, summed in ever wider fields."""
    word -= (word >> uint64(1)) & uint64(0x5555555555555555)
    word = (word & uint64(0x3333333333333333)) + ((word >> uint64(2)) & uint64(0x3333333333333333))
    word = (word + (word >> uint64(4))) & uint64(0x0F0F0F0F0F0F0F0F)
    return int64((word * uint64(0x0101010101010101)) >> uint64(56))  # type: ignore[no-any-return]


@_compiled(*[_plane] * 3, *[float64] * 3, *_SCAN, result=types.boolean)
def _scan_still(
    ax: Plane, ay: Plane, az: Plane, x: float, y: float, z: float,
    one: Words, two: Words, mask: Words, lower: float, upper: float,
    surely: Words, unsure: Words,
) -> bool:  # fmt: skip
    """Compare a track with one point, 64 epochs at a time; what may be near is looked at again."""
    some = False
    for word in range(len(mask)):
        asked = mask[word] & one[word] & two[word]
        surely[word] = 0
        unsure[word] = 0
        if asked == 0:
            continue
        base = word * 64
        left = asked
        if base + 64 <= len(ax) and _count(asked) > _FEW:
            left = uint64(0)
            for k in range(64):
                i = base + k
                dot = ax[i] * x + ay[i] * y + az[i] * z
                left |= uint64(dot >= lower) << uint64(k)
            left &= asked
        while left != 0:
            one_bit = left & (~left + uint64(1))
            left ^= one_bit
            i = base + _place(one_bit)
            dot = ax[i] * x + ay[i] * y + az[i] * z
            if dot >= upper:
                surely[word] |= one_bit
            elif dot >= lower:
                unsure[word] |= one_bit
                some = True
    return some


@_compiled(
    *[_plane] * 3, types.Array(float64, 2, "C"), *[types.Array(uint64, 2, "C")], float64, float64,
    *[types.Array(uint64, 2, "C")] * 2, result=types.boolean,
)  # fmt: skip
def _scan_places(
    ax: Plane, ay: Plane, az: Plane, places: Float, masks: Words, lower: float, upper: float,
    surely: Words, unsure: Words,
) -> bool:  # fmt: skip
    """Compare a track with many points, as `_scan_still` does with one."""
    some = False
    for row in range(len(masks)):
        x, y, z = places[row]
        mask = masks[row]
        out = surely[row], unsure[row]
        some |= _scan_still(ax, ay, az, x, y, z, mask, mask, mask, lower, upper, *out)
    return some


@_compiled(*[_plane] * 6, *_SCAN, result=types.boolean)
def _scan_moving(
    ax: Plane, ay: Plane, az: Plane, bx: Plane, by: Plane, bz: Plane,
    one: Words, two: Words, mask: Words, lower: float, upper: float,
    surely: Words, unsure: Words,
) -> bool:  # fmt: skip
    """Compare two tracks, as `_scan_still` does."""
    some = False
    for word in range(len(mask)):
        asked = mask[word] & one[word] & two[word]
        surely[word] = 0
        unsure[word] = 0
        if asked == 0:
            continue
        base = word * 64
        left = asked
        if base + 64 <= len(ax) and _count(asked) > _FEW:
            left = uint64(0)
            for k in range(64):
                i = base + k
                x, y, z = float(bx[i]), float(by[i]), float(bz[i])
                dot = ax[i] * x + ay[i] * y + az[i] * z
                left |= uint64(dot >= lower) << uint64(k)
            left &= asked
        while left != 0:
            one_bit = left & (~left + uint64(1))
            left ^= one_bit
            i = base + _place(one_bit)
            x, y, z = float(bx[i]), float(by[i]), float(bz[i])
            dot = ax[i] * x + ay[i] * y + az[i] * z
            if dot >= upper:
                surely[word] |= one_bit
            elif dot >= lower:
                unsure[word] |= one_bit
                some = True
    return some


@_compiled(_words, result=_ints)
def _to_index(words: Words) -> Index:
    count = 0
    for left in words:
        count += _count(left)
    out = np.empty(count, dtype=np.int64)
    at = 0
    for word in range(len(words)):
        left = words[word]
        while left != 0:
            one_bit = left & (~left + uint64(1))
            left ^= one_bit
            out[at] = word * 64 + _place(one_bit)
            at += 1
    return out


@_compiled(*[_plane] * 12, int64, int64, _index, _floats, _floats, result=types.void)
def _angles(
    axh: Plane, ayh: Plane, azh: Plane, axl: Plane, ayl: Plane, azl: Plane,
    bxh: Plane, byh: Plane, bzh: Plane, bxl: Plane, byl: Plane, bzl: Plane,
    step_a: int, step_b: int, index: Index, sine: Float, cosine: Float,
) -> None:  # fmt: skip
    """Sine and cosine of the central angle, as `core.geo.sphere.vector_distance_km` forms them."""
    for n in range(len(index)):
        i = index[n] * step_a
        j = index[n] * step_b
        ax = (axh[i] + axl[i] * _LOW_UNIT) / _SCALE
        ay = (ayh[i] + ayl[i] * _LOW_UNIT) / _SCALE
        az = (azh[i] + azl[i] * _LOW_UNIT) / _SCALE
        bx = (bxh[j] + bxl[j] * _LOW_UNIT) / _SCALE
        by = (byh[j] + byl[j] * _LOW_UNIT) / _SCALE
        bz = (bzh[j] + bzl[j] * _LOW_UNIT) / _SCALE
        x = ay * bz - az * by
        y = az * bx - ax * bz
        z = ax * by - ay * bx
        sine[n] = math.sqrt(x * x + y * y + z * z)
        cosine[n] = ax * bx + ay * by + az * bz


@_compiled(_index, result=int64)
def _count_runs(index: Index) -> int:
    count = 0
    for n in range(len(index)):
        count += n == 0 or index[n] != index[n - 1] + 1
    return count


@_compiled(_index, _km, *[types.Array(int64, 2, "C")], *[types.Array(float64, 2, "C")] * 3,
           result=types.void)  # fmt: skip
def _cut(index: Index, km: Float, whole: Index, real: Float, low: Float, high: Float) -> None:
    """Fill the columns of `Cuts`; NaN compares as neither smaller nor larger."""
    run = -1
    for n in range(len(index)):
        if n == 0 or index[n] != index[n - 1] + 1:
            run += 1
            whole[0, run] = n
            real[0, run] = np.inf
            real[1, run] = -np.inf
            low[run] = np.inf
            high[run] = -np.inf
        whole[1, run] = n
        largest = -np.inf
        for pair in range(len(km)):
            value = km[pair, n]
            largest = max(largest, value)
            if value < low[run, pair]:
                low[run, pair] = value
            if value > high[run, pair]:
                high[run, pair] = value
        if km[0, n] != km[0, n]:
            continue
        if largest < real[0, run]:
            real[0, run] = largest
            whole[2, run] = n
        if largest > real[1, run]:
            real[1, run] = largest
            whole[3, run] = n
