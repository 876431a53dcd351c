"""Positions and bitmaps as the search kernel reads them: fixed point planes, 64 minutes a word."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]
Int32 = npt.NDArray[np.int32]
Float = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Index = npt.NDArray[np.int64]

# Units of `hi` in a component of 1; one below a power of two keeps 1 + 2**-52 inside 31 bits.
SCALE = 2**30 - 1
# Units of `lo` in one unit of `hi`.
LOW_SCALE = 2**31
_WORD_BITS = 64
_ONES = np.uint64(2**64 - 1)


@dataclass(frozen=True)
class Track:
    """Positions of one source, of one type, in one latitude frame, in one piece of work.

    Attributes
    ----------
    hi, lo : int32[3, T] or int32[3, 1]
        Planes in C order; the unit vector is (`hi` + `lo` / 2**31) / `SCALE`, good to 2**-53.
        Zero where there is no position. One column for a source that stands still in the piece.
    located : uint64[W]
        Bit t is set where there is a position at epoch t.
    steady : uint64[W] or None
        Sub-minute only: a half minute that could not be interpolated has bit 0. None where every
        position is known.
    """

    hi: Int32
    lo: Int32
    located: Words
    steady: Words | None = None

    @property
    def still(self) -> bool:
        """Whether one column stands for all epochs."""
        return int(self.hi.shape[1]) == 1

    def vectors(self, index: Index | None = None) -> Float:
        """Return unit vectors at some epochs, or of all columns: float64[3, N]; see `decode`."""
        if index is not None and self.still:
            one = decode(self.hi, self.lo, None)
            return np.ascontiguousarray(np.broadcast_to(one, (3, len(index))))
        return decode(self.hi, self.lo, index)


def encode(vectors: Float) -> tuple[Int32, Int32]:
    """Turn unit vectors into fixed point.

    The product with `SCALE` is the float64 whose quotient by `SCALE` is nearest, so that `decode`
    gives the very float64 back wherever it is no finer than `lo`: nearly everywhere above 2**-8.

    Parameters
    ----------
    vectors : float64[3, N]
        Components of at most 1 (plus rounding); NaN becomes zero.

    Returns
    -------
    tuple of int32[3, N]
        `hi` and `lo`.
    """
    known = np.nan_to_num(vectors, nan=0.0)
    product = known * float(SCALE)
    left = known - product / SCALE
    moved = product + np.copysign(np.spacing(np.abs(product)), left)
    nearer = np.abs(known - moved / SCALE) < np.abs(left)
    np.copyto(product, moved, where=nearer)
    high = np.rint(product)
    low = np.rint((product - high) * LOW_SCALE)
    return high.astype(np.int32, order="C"), low.astype(np.int32, order="C")


def decode(hi: Int32, lo: Int32, index: Index | None = None) -> Float:
    """Turn fixed point into unit vectors: (`hi` + `lo` / 2**31) / `SCALE` in float64.

    Parameters
    ----------
    hi, lo : int32[3, T]
    index : int64[N], optional
        Which columns; all of them when missing.

    Returns
    -------
    float64[3, T] or float64[3, N]
    """
    if index is not None:
        # Along the axis: fancy indexing of the last axis alone would give another memory order.
        hi, lo = hi.take(index, axis=1), lo.take(index, axis=1)
    out: Float = (hi + lo * (1.0 / LOW_SCALE)) / float(SCALE)
    return out


def make_track(vectors: Float, located: Bools, steady: Bools | None = None) -> Track:
    """Make a track from unit vectors; it keeps one column where the source stands still.

    Parameters
    ----------
    vectors : float64[3, T]
        NaN where there is no position.
    located : bool[T]
    steady : bool[T], optional
        See `Track`.
    """
    known = None if steady is None or steady.all() else pack(steady)
    found = np.flatnonzero(located)
    one = vectors[:, found[:1]]
    # The last one first: what moves is told after a single comparison.
    stands = len(found) > 0 and np.array_equal(vectors[:, found[-1:]], one)
    if stands and bool((vectors[:, found] == one).all()):
        return Track(*encode(one), pack(located), known)
    return Track(*encode(vectors), pack(located), known)


def word_count(length: int) -> int:
    """Return how many words hold `length` bits."""
    return (length + _WORD_BITS - 1) // _WORD_BITS


def pack(bools: Bools) -> Words:
    """Pack bool[T] into uint64[W]; bits beyond T are zero."""
    out = np.zeros(word_count(len(bools)), dtype="<u8")
    packed = np.packbits(bools, bitorder="little")
    out.view(np.uint8)[: len(packed)] = packed
    return out.astype(np.uint64, copy=False)


def unpack(words: Words, length: int) -> Bools:
    """Unpack uint64[W] into bool[`length`]."""
    octets = np.ascontiguousarray(words).astype("<u8", copy=False).view(np.uint8)
    return np.unpackbits(octets, count=length, bitorder="little").view(np.bool_)


def ones(length: int) -> Words:
    """Words with the first `length` bits set."""
    out = np.full(word_count(length), _ONES)
    return _clear_beyond(out, length)


def between(first: int, last: int, length: int) -> Words:
    """Words of `length` bits, set from `first` to `last` (inclusive; clipped to the words)."""
    first, last = max(0, first), min(length - 1, last)
    out = np.zeros(word_count(length), dtype=np.uint64)
    if first > last:
        return out
    low, high = first >> 6, last >> 6
    out[low : high + 1] = _ONES
    out[low] &= _ONES << np.uint64(first & 63)
    out[high] &= _ONES >> np.uint64(63 - (last & 63))
    return out


def count(words: Words) -> int:
    """Return the number of bits that are set."""
    return int(np.bitwise_count(words).sum())


def slice_words(words: Words, first: int, count: int) -> Words:
    """Bits `first` to `first` + `count` - 1 as words of their own, beginning with bit 0.

    Bits beyond the end of `words` are zero, `first` may be negative: bits before bit 0 are zero.
    """
    wanted = word_count(count)
    start, shift = first >> 6, np.uint64(first & 63)
    low = _window(words, start, wanted)
    if shift:
        high = _window(words, start + 1, wanted)
        low = (low >> shift) | (high << (np.uint64(_WORD_BITS) - shift))
    return _clear_beyond(low, count)


def _window(words: Words, start: int, wanted: int) -> Words:
    """Return a copy of `wanted` words from `start` on, zero outside."""
    out = np.zeros(wanted, dtype=np.uint64)
    first, last = max(0, start), min(len(words), start + wanted)
    if first < last:
        out[first - start : last - start] = words[first:last]
    return out


def _clear_beyond(words: Words, length: int) -> Words:
    """Clear the bits of the last word beyond `length`, in place."""
    if length & 63 and len(words):
        words[-1] &= _ONES >> np.uint64(_WORD_BITS - (length & 63))
    return words
