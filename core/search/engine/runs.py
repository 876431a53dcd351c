"""Conjunctions as columns: found per partition, merged over the edges, turned into a table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

# So many numbers are told apart by looking each up in a list of all.
_DENSE = 65_536

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Cuts(NamedTuple):
    """What a kernel makes of the epochs of tuples: R runs of consecutive ones.

    Attributes
    ----------
    first, last, closest, farthest : int64[R]
        Places among the epochs given.
    nearest_km, farthest_km : float64[R]
    pair_min_km, pair_max_km : float64[R, P]
        See `Runs`.
    """

    first: Ints
    last: Ints
    closest: Ints
    farthest: Ints
    nearest_km: Floats
    farthest_km: Floats
    pair_min_km: Floats
    pair_max_km: Floats

    @classmethod
    def empty(cls, pairs: int) -> Cuts:
        """No run at all."""
        ints, floats, wide = np.zeros(0, np.int64), np.zeros(0), np.zeros((0, pairs))
        return cls(ints, ints, ints, ints, floats, floats, wide, wide)


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

    def __getitem__(self, chosen: Ints | npt.NDArray[np.bool_]) -> Runs:
        """Return a copy of the runs with the given indices, in their order, or of those marked."""
        # `take` along rows is many times faster than indexing where rows hold several numbers.
        places = np.flatnonzero(chosen) if chosen.dtype == np.bool_ else chosen
        return Runs(*(np.take(getattr(self, item.name), places, axis=0) for item in fields(self)))

    def take(self, order: Ints) -> Runs:
        """Return the runs with the given indices, in their order."""
        return self[order]


def concat(parts: Sequence[Runs]) -> Runs:
    """Put runs one after the other."""
    return Runs(
        *(np.concatenate([getattr(part, item.name) for part in parts]) for item in fields(Runs))
    )


def merge(parts: Sequence[Runs], step_s: int) -> Runs:
    """Join runs of the same tuple and type that touch; associative, whatever the order of parts.

    The result is ordered by type, tuple and start.
    """
    runs = concat(parts)
    if not len(runs):
        return runs
    number, tuples = tuple_ranks(runs.sources)
    number = runs.kind * tuples + number
    order = order_by(number, runs.start_s)
    runs, number = runs[order], number[order]
    touching = (number[1:] == number[:-1]) & (runs.start_s[1:] - runs.end_s[:-1] <= step_s)
    if not touching.any():
        return runs
    return _joined(runs, touching)


def join_parts(parts: Sequence[Runs], step_s: int) -> Runs:
    """Join runs that touch over the edges of parts; like `merge`, faster, and in no order.

    Parameters
    ----------
    parts : sequence of Runs
        In any order. No two runs of one part may touch; only runs that come within a step of
        another part's time are looked at.
    step_s : int
        Seconds between epochs.
    """
    ordered = sorted((part for part in parts if len(part)), key=lambda part: part.start_s.min())
    runs = concat(ordered or parts)
    edges, first = [np.zeros(0, np.int64)], 0
    before = np.iinfo(np.int64).min
    for number, part in enumerate(ordered):
        at_edge = part.start_s <= before + step_s if number else np.zeros(len(part), dtype=bool)
        if number + 1 < len(ordered):
            at_edge |= part.end_s >= ordered[number + 1].start_s.min() - step_s
        before = max(before, int(part.end_s.max()))
        edges.append(np.flatnonzero(at_edge) + first)
        first += len(part)
    places = np.concatenate(edges)
    return _replaced(runs, places, merge([runs[places]], step_s)) if len(places) else runs


def _replaced(runs: Runs, places: Ints, others: Runs) -> Runs:
    """Put at most as many runs into some places, in no order; nothing else is copied.

    Places that are left over are filled with runs from the end. `runs` is overwritten.
    """
    holes = places[len(others) :]
    length = len(runs) - len(holes)
    stays = np.ones(len(runs) - length, dtype=bool)
    stays[holes[holes >= length] - length] = False
    moved = np.flatnonzero(stays) + length
    for item in fields(Runs):
        column = getattr(runs, item.name)
        column[places[: len(others)]] = getattr(others, item.name)
        column[holes[holes < length]] = column[moved]
    return Runs(*(getattr(runs, item.name)[:length] for item in fields(Runs)))


def order_by(number: Ints, start_s: Ints) -> Ints:
    """Return the order by a number from 0 on and, where it is the same, by start.

    Two runs of one tuple never start together, so that the order needs not be a stable one.
    """
    begun = start_s - start_s.min()
    return np.argsort(number * (begun.max() + 1) + begun)


def tuple_ranks(sources: Ints) -> tuple[Ints, int]:
    """Return numbers of tuples int64[R, K], from 0 on in lexicographic order, and how many."""
    if len(sources):
        low = sources.min(axis=0)
        spans = (sources.max(axis=0) - low + 1).tolist()
        if math.prod(spans) <= _DENSE:
            whole = np.zeros(len(sources), dtype=np.int64)
            for column, least, span in zip(sources.T, low, spans, strict=True):
                whole *= span
                whole += column
                whole -= least
            return _ranks(whole)
    rank, count = _ranks(sources[:, 0])
    for column in sources.T[1:]:
        there, many = _ranks(column)
        rank, count = _ranks(rank * many + there)
    return rank, count


def _ranks(values: Ints) -> tuple[Ints, int]:
    """Rank of each value among those that occur, and how many do."""
    if not len(values):
        return values, 0
    low, high = int(values.min()), int(values.max())
    if high - low > 16 * len(values) + _DENSE:
        distinct, ranks = np.unique(values, return_inverse=True)
        return ranks, len(distinct)
    occurs = np.zeros(high - low + 1, dtype=bool)
    occurs[values - low] = True
    numbers = np.cumsum(occurs)
    return numbers[values - low] - 1, int(numbers[-1])


def _joined(runs: Runs, touching: npt.NDArray[np.bool_]) -> Runs:
    """Join runs to the one before them where `touching` (bool[R - 1]) says so."""
    follows = np.concatenate([[False], touching])
    member = follows | np.concatenate([touching, [False]])
    few = runs[member]
    starts = np.flatnonzero(~follows[member])
    low, closest = _extreme(few.nearest_km, starts, np.minimum)
    high, farthest = _extreme(few.farthest_km, starts, np.maximum)
    joined = Runs(
        few.kind[starts],
        few.sources[starts],
        few.start_s[starts],
        np.maximum.reduceat(few.end_s, starts),
        few.closest_s[closest],
        few.farthest_s[farthest],
        low,
        high,
        np.minimum.reduceat(few.pair_min_km, starts, axis=0),
        np.maximum.reduceat(few.pair_max_km, starts, axis=0),
    )
    kept = runs[~follows]
    place = np.flatnonzero(member[~follows])
    for item in fields(Runs):
        getattr(kept, item.name)[place] = getattr(joined, item.name)
    return kept


def _extreme(values: Floats, starts: Ints, ufunc: np.ufunc) -> tuple[Floats, Ints]:
    """Extreme of each group and the index of its first occurrence; groups begin at `starts`."""
    extreme = ufunc.reduceat(values, starts)
    lengths = np.diff(np.concatenate([starts, [len(values)]]))
    hits = np.flatnonzero(values == np.repeat(extreme, lengths))
    return extreme, hits[np.searchsorted(hits, starts)]
