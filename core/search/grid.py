"""Records of one partition laid on a regular grid of epochs, as the kernel wants them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from core.geo.sphere import EARTH_RADIUS_KM, unit_vectors
from core.search import tracks as fixed

BoolArray = npt.NDArray[np.bool_]
Float = npt.NDArray[np.float64]

# Traces jump when the field line changes; a footprint in low orbit moves 440 km in a minute.
JUMP_KM = 1000.0
_JUMP_COSINE = float(np.cos(JUMP_KM / EARTH_RADIUS_KM))


@dataclass(frozen=True)
class Track:
    """Positions of one source, of one type, on the grid.

    Attributes
    ----------
    vectors : float64[3, T] or float64[3, 1]
        Unit vectors, NaN where there is no position; one column for a source that stands still.
    located : bool[T]
        Where there is a position.
    steady : bool[T]
        Where the position is known: at whole minutes always, at a half minute only where it
        could be interpolated.
    """

    vectors: Float
    located: BoolArray
    steady: BoolArray


@dataclass(frozen=True)
class GridData:
    """Everything that the kernel needs of one partition.

    Epoch t is `start_s` + t * `step_s`. `window` and `own` are first and last index (inclusive)
    of the epochs inside the query's window, and of those that this partition answers for: with
    sub-minute precision it sees the next partition's first minute as well. `valid` holds, by
    (block, source), the epochs with a record that passes the block's filters; `tracks` the
    positions by (type, source).
    """

    start_s: int
    step_s: int
    length: int
    window: tuple[int, int]
    own: tuple[int, int]
    valid: dict[tuple[int, int], BoolArray] = field(default_factory=dict)
    tracks: dict[tuple[str, int], Track] = field(default_factory=dict)


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
    valid: dict[tuple[int, int], fixed.Words] = field(default_factory=dict)
    tracks: dict[tuple[str, int], fixed.Track] = field(default_factory=dict)
    by_type: dict[tuple[str, int, int], fixed.Words] = field(default_factory=dict)

    def valid_of(self, kind: str, block: int, source: int) -> fixed.Words | None:
        """Return the valid epochs of a source in a block for one type; None where it has none."""
        found = self.by_type.get((kind, block, source))
        return self.valid.get((block, source)) if found is None else found


def minute_positions(index: npt.NDArray[np.intp], values: Float, minutes: int) -> Float:
    """Lay values of records on a grid of minutes, NaN where there is no record."""
    out = np.full(minutes, np.nan)
    out[index] = values
    return out


def make_track(lat_deg: Float, lon_deg: Float, geo_lat_deg: Float, step_s: int) -> Track:
    """Make a track from positions at whole minutes.

    Parameters
    ----------
    lat_deg, lon_deg : float64[M], degrees
        Positions that are compared, NaN where missing.
    geo_lat_deg : float64[M], degrees
        Geographic latitudes, which tell a change of hemisphere; NaN where missing.
    step_s : int
        60, or 30 to put a half minute between any two minutes.
    """
    missing = np.isnan(lat_deg) | np.isnan(lon_deg)
    vectors = np.ascontiguousarray(unit_vectors(lat_deg, lon_deg).T)
    vectors[:, missing] = np.nan
    if step_s == 60:
        track = Track(vectors, ~missing, np.ones(len(missing), dtype=bool))
    else:
        track = _with_half_minutes(vectors, missing, lat_deg, geo_lat_deg)
    return _still(track)


def with_half_minutes(valid: BoolArray) -> BoolArray:
    """Put half minutes between minutes; one is valid where the minutes around it are."""
    out = np.empty(2 * len(valid) - 1, dtype=bool)
    out[0::2] = valid
    out[1::2] = valid[:-1] & valid[1:]
    return out


def _with_half_minutes(
    vectors: Float, missing: BoolArray, lat_deg: Float, geo_lat_deg: Float
) -> Track:
    """Interpolate on the sphere; never over a gap, a change of hemisphere or a jump."""
    length = 2 * len(missing) - 1
    before, after = vectors[:, :-1], vectors[:, 1:]
    middle = before + after
    smooth = np.einsum("it,it->t", before, after) > _JUMP_COSINE
    smooth &= ~_changes_sign(lat_deg) & ~_changes_sign(geo_lat_deg)
    out = np.full((3, length), np.nan)
    out[:, 0::2] = vectors
    norm = np.sqrt(np.einsum("it,it->t", middle, middle))
    out[:, 1::2][:, smooth] = middle[:, smooth] / norm[smooth]
    steady = np.ones(length, dtype=bool)
    steady[1::2] = smooth
    return Track(out, ~np.isnan(out[0]), steady)


def _changes_sign(lat_deg: Float) -> BoolArray:
    known = ~np.isnan(lat_deg[:-1]) & ~np.isnan(lat_deg[1:])
    changed: BoolArray = known & ((lat_deg[:-1] >= 0.0) != (lat_deg[1:] >= 0.0))
    return changed


def _still(track: Track) -> Track:
    """Keep one vector for a source that does not move in this partition."""
    found = np.flatnonzero(track.located)
    if not len(found):
        return track
    one = track.vectors[:, found[0]][:, None]
    if np.array_equal(track.vectors[:, found], np.broadcast_to(one, (3, len(found)))):
        return Track(np.ascontiguousarray(one), track.located, track.steady)
    return track
