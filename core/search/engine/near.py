"""Which epochs of two tracks are within a limit: the part that both kernels share.

A kernel's `Scan` looks only at `Track.hi`, the coarse half of the fixed point. It tells what is
surely near from what lies so close to the limit that the coarse half cannot tell; the latter is
decided here by `core.geo.sphere.vector_distance_km` on full vectors. So every kernel finds the
same epochs, to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from core.geo.sphere import EARTH_RADIUS_KM, HALF_CIRCUMFERENCE_KM, vector_distance_km
from core.search.index.tracks import SCALE, Index, Track, Words, unpack

Float = npt.NDArray[np.float64]

# `hi` is at most half a unit off in each of three components, so the dot product of two coarse
# vectors is off by at most 2 * sqrt(3) * 0.5 / SCALE = 1.6e-9; the rest is head-room.
DOT_MARGIN = 4e-9

Scan = Callable[[Track, Track, float, float, Words], tuple[Words, Words | None]]
"""Given two tracks of which one moves, two bounds and the epochs asked for: the epochs whose
coarse dot product, in units of ``SCALE ** 2``, is at least the upper bound, and those from the
lower bound up to the upper (None when there are none)."""

ScanCrowd = Callable[[Sequence[Track], Track, float, float, Words], tuple[Words, Words | None]]
"""The same for tracks that stand still beside one that moves, a row of epochs for each."""


def near_words(scan: Scan, a: Track, b: Track, limit_km: float, mask: Words) -> Words:
    """Return the epochs of `mask` at which two tracks are located and within the limit.

    Parameters
    ----------
    scan : callable
        The kernel's inner loop; see `Scan`.
    a, b : Track
    limit_km : float, km
        The comparison is ``<=``; infinity asks for positions only.
    mask : uint64[W]

    Returns
    -------
    uint64[W]
    """
    if limit_km >= HALF_CIRCUMFERENCE_KM:
        return mask & a.located & b.located
    if a.still and b.still:
        both = mask & a.located & b.located
        if both.any() and not _still_km(a, b) <= limit_km:
            both[:] = 0
        return both
    near, unsure = scan(a, b, *_bounds(limit_km), mask)
    if unsure is not None:
        _settle(a, b, limit_km, near, unsure)
    return near


def near_crowd(
    scan: ScanCrowd, still: Sequence[Track], moving: Track, limit_km: float, masks: Words
) -> Words:
    """Return what `near_words` does for each of some tracks that stand still beside one that moves.

    Parameters
    ----------
    scan : callable
        The kernel's inner loop; see `ScanCrowd`.
    still : sequence of S Track
    moving : Track
    limit_km : float, km
    masks : uint64[S, W]
        Epochs asked for; these are changed.

    Returns
    -------
    uint64[S, W]
    """
    for mask, track in zip(masks, still, strict=True):
        mask &= track.located
        mask &= moving.located
    if limit_km >= HALF_CIRCUMFERENCE_KM:
        return masks
    near, unsure = scan(still, moving, *_bounds(limit_km), masks)
    if unsure is not None:
        for row in map(int, np.flatnonzero(unsure.any(axis=1))):
            _settle(still[row], moving, limit_km, near[row], unsure[row])
    return near


def distance_km(a: Track, b: Track, index: Index) -> Float:
    """Distances between two tracks at some epochs, float64[N], in km."""
    return vector_distance_km(a.vectors(index).T, b.vectors(index).T)


def _bounds(limit_km: float) -> tuple[float, float]:
    """Coarse dot products below which a pair is surely too far, and from which surely near."""
    cosine = float(np.cos(limit_km / EARTH_RADIUS_KM))
    return (cosine - DOT_MARGIN) * SCALE**2, (cosine + DOT_MARGIN) * SCALE**2


def _still_km(a: Track, b: Track) -> float:
    return float(distance_km(a, b, np.zeros(1, dtype=np.int64))[0])


def _settle(a: Track, b: Track, limit_km: float, near: Words, unsure: Words) -> None:
    """Add to `near`, in place, the unsure epochs that are within the limit after all."""
    index = np.flatnonzero(unpack(unsure, 64 * len(unsure)))
    passing = index[distance_km(a, b, index) <= limit_km]
    bits = np.left_shift(np.uint64(1), (passing & 63).astype(np.uint64))
    np.bitwise_or.at(near, passing >> 6, bits)
