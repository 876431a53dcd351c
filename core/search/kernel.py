"""The search of one partition: pairs to bitmaps, bitmaps to tuples, tuples to runs.

Pure: it sees a plan and arrays, and gives runs. A pair of sources is compared once per
partition and limit; its bitmap (one bit an epoch) then serves every tuple in which both stand.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from core.geo.sphere import EARTH_RADIUS_KM, vector_distance_km
from core.search.grid import BoolArray, GridData, Track
from core.search.plan import Plan
from core.search.runs import Runs, concat, find_runs

Bits = npt.NDArray[np.uint8]
Watch = Callable[[int, float], None]

# Dot products of unit vectors are good to some 1e-16; what passes by less is measured exactly.
_MARGIN = 1e-12


def search_partition(plan: Plan, data: GridData, watch: Watch) -> Runs:
    """Find the runs of every tuple of sources in one partition.

    Parameters
    ----------
    plan : Plan
    data : GridData
        Positions and valid epochs of all the plan's sources; those that are missing in it have
        no record.
    watch : callable
        Called with the number of runs found so far and the fraction done, at least once per pair
        of sources and per tuple; it may raise to end the search.
    """
    found: list[Runs] = [Runs.empty(len(plan.sources), len(plan.limits))]
    total = 0
    for kind in range(len(plan.types)):
        for runs in _TypeSearch(plan, data, kind, watch, total).run():
            found.append(runs)
            total += len(runs)
    return concat(found)


class _TypeSearch:
    """The search for one conjunction type."""

    def __init__(self, plan: Plan, data: GridData, kind: int, watch: Watch, found: int) -> None:
        self.plan, self.data, self.kind, self.watch, self.found = plan, data, kind, watch, found
        self.inside = np.packbits(_between(data.length, data.window))
        self.own = _between(data.length, data.own)
        self.valid = {key: np.packbits(value) & self.inside for key, value in data.valid.items()}
        self.near: dict[tuple[int, int, float], Bits] = {}
        self.runs: list[Runs] = []
        self.done = kind / len(plan.types)

    def run(self) -> list[Runs]:
        """Return the runs of each tuple that has some."""
        self._extend((), self.inside)
        return self.runs

    def _extend(self, chosen: tuple[int, ...], bits: Bits) -> None:
        """Try every source of the next block; go on while some epoch is left."""
        block = len(chosen)
        if block == len(self.plan.sources):
            self._finish(chosen, bits)
            return
        for number, source in enumerate(self.plan.sources[block]):
            self._report(block, number)
            valid = self.valid.get((block, source))
            if valid is None or source in chosen:
                continue
            left = self._narrow(chosen, source, bits & valid)
            if left.any():
                self._extend((*chosen, source), left)

    def _report(self, block: int, number: int) -> None:
        """Tell how far the search is; the first block's sources are its measure."""
        if block == 0:
            inside = number / len(self.plan.sources[0])
            self.done = (self.kind + inside) / len(self.plan.types)
        self.watch(self.found, self.done)

    def _narrow(self, chosen: tuple[int, ...], source: int, bits: Bits) -> Bits:
        """Keep the epochs at which the source is near those chosen before it."""
        block = len(chosen)
        for (i, j), limit in self.plan.limits:
            if j == block and bits.any():
                allowed = self.plan.limit_km((i, j), limit, chosen[i], source)
                bits = bits & self._near_bits(chosen[i], source, allowed)
        return bits

    def _near_bits(self, a: int, b: int, limit_km: float) -> Bits:
        """Epochs at which two sources are within the limit, or one is between known positions."""
        key = (a, b, limit_km) if a < b else (b, a, limit_km)
        if key not in self.near:
            one, two = self._track(a), self._track(b)
            hits = within(one, two, limit_km) | ~(one.steady & two.steady)
            self.near[key] = np.packbits(hits)
            self.watch(self.found, self.done)
        return self.near[key]

    def _finish(self, chosen: tuple[int, ...], bits: Bits) -> None:
        """Measure the epochs that are left and cut them into runs."""
        hits = np.unpackbits(bits, count=self.data.length).astype(bool)
        unsure = self._unsure(chosen)
        if unsure is not None:
            hits = _settle(hits, unsure)
        index = np.flatnonzero(hits & self.own)
        if not len(index):
            return
        pair_km = np.stack(
            [
                pair_distance_km(self._track(chosen[i]), self._track(chosen[j]), index)
                for i, j in self.plan.pairs
            ]
        )
        if unsure is not None:
            pair_km[:, unsure[index]] = np.nan
        epochs_s = self.data.start_s + index * self.data.step_s
        runs = find_runs(self.kind, chosen, epochs_s, pair_km, self.data.step_s)
        self.runs.append(runs)
        self.found += len(runs)

    def _unsure(self, chosen: tuple[int, ...]) -> BoolArray | None:
        """Half minutes at which a measured source could not be interpolated."""
        if self.data.step_s == 60:
            return None
        unsure = np.zeros(self.data.length, dtype=bool)
        for block in {block for pair in self.plan.pairs for block in pair}:
            unsure |= ~self._track(chosen[block]).steady
        return unsure

    def _track(self, source: int) -> Track:
        return self.data.tracks[self.plan.types[self.kind], source]


def within(one: Track, two: Track, limit_km: float) -> BoolArray:
    """Say at which epochs two tracks are no further apart than the limit.

    A dot product leaves out what is plainly too far; the rest is decided by the distance itself.
    """
    both = one.located & two.located
    if limit_km >= np.pi * EARTH_RADIUS_KM:
        return both
    if one.vectors.shape[1] == 1:
        one, two = two, one
    if two.vectors.shape[1] == 1:
        dots = two.vectors[:, 0] @ one.vectors
    else:
        dots = np.einsum("it,it->t", one.vectors, two.vectors)
    maybe: BoolArray = both & (dots >= np.cos(limit_km / EARTH_RADIUS_KM) - _MARGIN)
    index = np.flatnonzero(maybe)
    if len(index):
        maybe[index] = pair_distance_km(one, two, index) <= limit_km
    return maybe


def pair_distance_km(
    one: Track, two: Track, index: npt.NDArray[np.intp]
) -> npt.NDArray[np.float64]:
    """Distances between two tracks at the epochs `index`, in km."""
    return vector_distance_km(_vectors(one, index), _vectors(two, index))


def _vectors(track: Track, index: npt.NDArray[np.intp]) -> npt.NDArray[np.float64]:
    column = index if track.vectors.shape[1] > 1 else np.zeros_like(index)
    return track.vectors[:, column].T


def _between(length: int, ends: tuple[int, int]) -> BoolArray:
    out = np.zeros(length, dtype=bool)
    out[max(0, ends[0]) : max(0, ends[1] + 1)] = True
    return out


def _settle(hits: BoolArray, unsure: BoolArray) -> BoolArray:
    """Let an epoch that is not known join its neighbours when both qualify, else drop it."""
    sides = np.zeros_like(hits)
    sides[1:-1] = hits[:-2] & hits[2:]
    return hits & (~unsure | sides)
