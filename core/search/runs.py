"""Conjunctions as columns: found per partition, merged over the edges, turned into a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Runs:
    """R runs of consecutive epochs for tuples of K sources, with P measured pairs.

    Attributes
    ----------
    kind : int64[R]
        Index into the plan's types.
    sources : int64[R, K]
        Identifiers, in the order of the blocks.
    start_s, end_s, closest_s, farthest_s : int64[R]
        Seconds since 1970.
    nearest_km, farthest_km : float64[R]
        Smallest and largest distance of the run's epochs, where the distance of an epoch is the
        largest over the measured pairs.
    pair_min_km, pair_max_km : float64[R, P]
        The same for each pair by itself.
    """

    kind: Ints
    sources: Ints
    start_s: Ints
    end_s: Ints
    closest_s: Ints
    farthest_s: Ints
    nearest_km: Floats
    farthest_km: Floats
    pair_min_km: Floats
    pair_max_km: Floats

    def __len__(self) -> int:
        return len(self.kind)

    @classmethod
    def empty(cls, blocks: int, pairs: int) -> Runs:
        """No run at all."""
        ints, floats = np.zeros(0, np.int64), np.zeros(0)
        wide = np.zeros((0, pairs))
        return cls(
            ints, np.zeros((0, blocks), np.int64), ints, ints, ints, ints, floats, floats,
            wide, wide,
        )  # fmt: skip

    def take(self, order: Ints) -> Runs:
        """Return the runs with the given indices, in their order."""
        return Runs(*(getattr(self, item.name)[order] for item in fields(self)))


def concat(parts: Sequence[Runs]) -> Runs:
    """Put runs one after the other."""
    return Runs(
        *(np.concatenate([getattr(part, item.name) for part in parts]) for item in fields(Runs))
    )


def find_runs(
    kind: int, sources: Sequence[int], epochs_s: Ints, pair_km: Floats, step_s: int
) -> Runs:
    """Cut the qualifying epochs of one tuple into runs.

    Parameters
    ----------
    epochs_s : int64[N]
        Qualifying epochs in order, N >= 1.
    pair_km : float64[P, N]
        Distances of the measured pairs; NaN at an epoch that joins its neighbours without
        having been measured (it never stands alone).
    """
    starts = np.concatenate([[0], np.flatnonzero(np.diff(epochs_s) != step_s) + 1])
    ends = np.concatenate([starts[1:], [len(epochs_s)]]) - 1
    distance = pair_km.max(axis=0)
    low, closest = _extreme(np.where(np.isnan(distance), np.inf, distance), starts, np.minimum)
    high, farthest = _extreme(np.where(np.isnan(distance), -np.inf, distance), starts, np.maximum)
    count = len(starts)
    return Runs(
        np.full(count, kind, np.int64),
        np.tile(np.asarray(sources, np.int64), (count, 1)),
        epochs_s[starts],
        epochs_s[ends],
        epochs_s[closest],
        epochs_s[farthest],
        low,
        high,
        np.fmin.reduceat(pair_km, starts, axis=1).T,
        np.fmax.reduceat(pair_km, starts, axis=1).T,
    )


def merge(parts: Sequence[Runs], step_s: int) -> Runs:
    """Join runs of the same tuple and type that touch; associative, whatever the order of parts.

    The result is ordered by type, tuple and start.
    """
    runs = concat(parts)
    if not len(runs):
        return runs
    keys = [runs.start_s, *runs.sources.T[::-1], runs.kind]
    runs = runs.take(np.lexsort(keys))
    same = np.all(runs.sources[1:] == runs.sources[:-1], axis=1) & (runs.kind[1:] == runs.kind[:-1])
    touching = same & (runs.start_s[1:] - runs.end_s[:-1] <= step_s)
    starts = np.concatenate([[0], np.flatnonzero(~touching) + 1])
    if len(starts) == len(runs):
        return runs
    low, closest = _extreme(runs.nearest_km, starts, np.minimum)
    high, farthest = _extreme(runs.farthest_km, starts, np.maximum)
    return Runs(
        runs.kind[starts],
        runs.sources[starts],
        runs.start_s[starts],
        np.maximum.reduceat(runs.end_s, starts),
        runs.closest_s[closest],
        runs.farthest_s[farthest],
        low,
        high,
        np.minimum.reduceat(runs.pair_min_km, starts, axis=0),
        np.maximum.reduceat(runs.pair_max_km, starts, axis=0),
    )


def _extreme(values: Floats, starts: Ints, ufunc: np.ufunc) -> tuple[Floats, Ints]:
    """Extreme of each group and the index of its first occurrence; groups begin at `starts`."""
    extreme = ufunc.reduceat(values, starts)
    lengths = np.diff(np.concatenate([starts, [len(values)]]))
    hits = np.flatnonzero(values == np.repeat(extreme, lengths))
    return extreme, hits[np.searchsorted(hits, starts)]
