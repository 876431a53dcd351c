"""The kernel in numpy alone: the reference, and what runs where numba does not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core.search.engine import near
from core.search.engine.runs import Cuts
from core.search.index.tracks import Index, Track, Words, pack, unpack

Float = npt.NDArray[np.float64]

# Minutes that are expanded to float64 at one time; bounds memory, and keeps to the cache.
_CHUNK_WORDS = 1024


def near_words(a: Track, b: Track, limit_km: float, mask: Words) -> Words:
    """Return the epochs of `mask` at which two tracks are located and within the limit.

    Parameters
    ----------
    a, b : Track
    limit_km : float, km
        The comparison is ``<=``.
    mask : uint64[W]

    Returns
    -------
    uint64[W]
    """
    return near.near_words(_scan, a, b, limit_km, mask)


def near_crowd(still: Sequence[Track], moving: Track, limit_km: float, masks: Words) -> Words:
    """Return what `near_words` does for each of some tracks that stand still.

    Parameters
    ----------
    still : sequence of S Track
    moving : Track
    limit_km : float, km
    masks : uint64[S, W]
        Epochs asked for; these are changed.

    Returns
    -------
    uint64[S, W]
    """
    return near.near_crowd(_scan_crowd, still, moving, limit_km, masks)


def measure(a: Track, b: Track, index: Index) -> Float:
    """Return the distances between two tracks at the epochs `index`: float64[N], in km."""
    return near.distance_km(a, b, index)


def words_to_index(words: Words) -> Index:
    """Return the numbers of the bits that are set, int64[N], in order."""
    there = np.flatnonzero(words)
    bits = unpack(words[there], 64 * len(there)).reshape(-1, 64)
    word, bit = np.nonzero(bits)
    return np.asarray(there[word] * 64 + bit, dtype=np.int64)


def runs_of(index: Index, pair_km: Float) -> Cuts:
    """Cut epochs into runs of consecutive ones, with the extremes of each run.

    Parameters
    ----------
    index : int64[N]
        Strictly increasing; where the next is not one more, a run ends.
    pair_km : float64[P, N]
        Distances of the measured pairs, NaN in all of them at an epoch that was not measured;
        a run has at least one epoch that was.
    """
    if not len(index):
        return Cuts.empty(len(pair_km))
    first = np.concatenate([[0], np.flatnonzero(np.diff(index) != 1) + 1])
    last = np.concatenate([first[1:], [len(index)]]) - 1
    km = pair_km.max(axis=0)
    low, closest = _extreme(np.where(np.isnan(km), np.inf, km), first, np.minimum)
    high, farthest = _extreme(np.where(np.isnan(km), -np.inf, km), first, np.maximum)
    pair_min = np.fmin.reduceat(pair_km, first, axis=1).T
    pair_max = np.fmax.reduceat(pair_km, first, axis=1).T
    return Cuts(first, last, closest, farthest, low, high, pair_min, pair_max)


def _extreme(values: Float, first: Index, ufunc: np.ufunc) -> tuple[Float, Index]:
    """Extreme of each group and the index of its first occurrence; groups begin at `first`."""
    extreme = ufunc.reduceat(values, first)
    lengths = np.diff(np.concatenate([first, [len(values)]]))
    hits = np.flatnonzero(values == np.repeat(extreme, lengths))
    return extreme, hits[np.searchsorted(hits, first)]


def _scan(
    a: Track, b: Track, lower: float, upper: float, mask: Words
) -> tuple[Words, Words | None]:
    """Compare coarse dot products, for the words of the mask that are not zero; see `near.Scan`."""
    asked = mask & a.located & b.located
    surely, unsure = np.zeros_like(asked), np.zeros_like(asked)
    there = np.flatnonzero(asked)
    for begin in range(0, len(there), _CHUNK_WORDS):
        words = there[begin : begin + _CHUNK_WORDS]
        dots = np.einsum("it,it->t", _coarse(a, words), _coarse(b, words))
        surely[words] = asked[words] & pack(dots >= upper)
        unsure[words] = asked[words] & pack(dots >= lower) & ~surely[words]
    return surely, unsure if unsure.any() else None


def _scan_crowd(
    still: Sequence[Track], moving: Track, lower: float, upper: float, masks: Words
) -> tuple[Words, Words | None]:
    """Compare with one after the other; see `near.ScanCrowd`."""
    surely, unsure = np.zeros_like(masks), np.zeros_like(masks)
    for row, track in enumerate(still):
        surely[row], found = _scan(track, moving, lower, upper, masks[row])
        if found is not None:
            unsure[row] = found
    return surely, unsure


def _coarse(track: Track, words: npt.NDArray[np.intp]) -> Float:
    """Coarse vectors of all epochs of some words, float64[3, 64 * words]."""
    if track.still:
        return np.broadcast_to(track.hi.astype(np.float64), (3, 64 * len(words)))
    index = (words[:, None] * 64 + np.arange(64)).ravel()
    # The last word may reach beyond the track; its bits there are not asked for.
    return track.hi.take(index, axis=1, mode="clip").astype(np.float64)
