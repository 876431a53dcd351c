"""One piece of a search as the kernel wants it, and half minutes between whole ones."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from core.geo.sphere import EARTH_RADIUS_KM
from core.search.index import tracks as fixed
from core.search.index.minutes import SourceMinutes
from core.search.index.tracks import Bools, Float, Track, Words, decode, encode, pack, unpack

# Traces jump when the field line changes; a footprint in low orbit moves 440 km in a minute.
JUMP_KM = 1000.0
_JUMP_COSINE = float(np.cos(JUMP_KM / EARTH_RADIUS_KM))


@dataclass(frozen=True)
class PieceData:
    """Everything that the kernel needs of one piece of work, as words and fixed point.

    Epoch t is `start_s` + t * `step_s`, 0 <= t < `length`. `own` holds the first and the last
    epoch (inclusive) that this piece answers for: with sub-minute precision it sees the next
    piece's first minute as well.

    Attributes
    ----------
    valid : mapping of (block, source) to uint64[W]
        Epochs inside the window with a record that passes the block's filters and hemisphere.
    by_type : mapping of (type, block, source) to uint64[W]
        The same where a filter depends on the position that is compared; such a block has no
        entry in `valid`. Read both through `valid_of`.
    tracks : mapping of (type, source) to Track
        Positions. A plane of it (`hi[i]`, `lo[i]`) is contiguous, but the three may lie apart.
    """

    start_s: int
    step_s: int
    length: int
    own: tuple[int, int]
    valid: dict[tuple[int, int], Words] = field(default_factory=dict)
    tracks: dict[tuple[str, int], Track] = field(default_factory=dict)
    by_type: dict[tuple[str, int, int], Words] = field(default_factory=dict)

    def valid_of(self, kind: str, block: int, source: int) -> Words | None:
        """Return the valid epochs of a source in a block for one type; None where it has none."""
        found = self.by_type.get((kind, block, source))
        return self.valid.get((block, source)) if found is None else found


def half_minute_words(words: Words, minutes: int) -> Words:
    """Put half minutes between minutes; one is set where the minutes around it are."""
    bits = unpack(words, minutes)
    out = np.empty(2 * minutes - 1, dtype=bool)
    out[0::2] = bits
    out[1::2] = bits[:-1] & bits[1:]
    return pack(out)


def half_minute_track(records: SourceMinutes, kind: str) -> Track:
    """Interpolate positions on the sphere at half minutes.

    Never over a gap, a change of hemisphere (of the position compared or of the geographic one)
    or a jump of `JUMP_KM` in a minute: there the half minute has no position and is not steady.

    Parameters
    ----------
    records : SourceMinutes
        M minutes.
    kind : str
        Conjunction type.

    Returns
    -------
    Track
        2 M - 1 epochs.
    """
    track, minutes = records.tracks[kind], records.length
    located = unpack(track.located, minutes)
    smooth = located[:-1] & located[1:] & ~_changes_hemisphere(records)
    if track.still:
        hi, lo = track.hi, track.lo
    else:
        hi, lo = _with_middles(track, smooth)
    steady = np.ones(2 * minutes - 1, dtype=bool)
    there = steady.copy()
    there[0::2], there[1::2], steady[1::2] = located, smooth, smooth
    return Track(hi, lo, pack(there), pack(steady))


def _changes_hemisphere(records: SourceMinutes) -> Bools:
    known = unpack(records.known, records.length)
    north = unpack(records.north, records.length)
    changed: Bools = known[:-1] & known[1:] & (north[:-1] != north[1:])
    return changed


def _with_middles(track: Track, smooth: Bools) -> tuple[fixed.Int32, fixed.Int32]:
    """Return planes with a column between any two; narrows `smooth` to where it has a position."""
    pairs = np.flatnonzero(smooth)
    before, after = decode(track.hi, track.lo, pairs), decode(track.hi, track.lo, pairs + 1)
    near = np.einsum("it,it->t", before, after) > _JUMP_COSINE
    near &= (before[2] >= 0.0) == (after[2] >= 0.0)
    smooth[pairs[~near]] = False
    middle: Float = before[:, near] + after[:, near]
    middle /= np.sqrt(np.einsum("it,it->t", middle, middle))
    planes = []
    for whole, half in zip((track.hi, track.lo), encode(middle), strict=True):
        out = np.zeros((3, 2 * whole.shape[1] - 1), dtype=np.int32)
        out[:, 0::2] = whole
        out[:, 1::2][:, smooth] = half
        planes.append(out)
    return planes[0], planes[1]
