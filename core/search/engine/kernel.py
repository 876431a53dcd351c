"""The search of one piece: pairs to bitmaps, bitmaps to tuples, tuples to runs.

Pure: it sees a plan and arrays, and gives runs. Blocks are filled one after the other; a tuple of
sources is given up as soon as no epoch is left. How much a comparison costs goes with the words of
its mask that are not zero, so the epochs left from the pairs before are what is looked at; a pair
that comes back in many tuples is compared once for all epochs and kept (`_Near`).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core.search.engine.crowd import Crowd, Member
from core.search.engine.grid import PieceData
from core.search.engine.kernels import Kernel
from core.search.engine.near import Float
from core.search.engine.runs import Runs, concat
from core.search.index.tracks import Index, Track, Words, between, ones, unpack
from core.search.plan import Plan

Watch = Callable[[int, float], None]
_Key = tuple[int, int, float]

# Epochs of tuples that are gathered before they are cut into runs; bounds memory.
BATCH_EPOCHS = 200_000


def search_partition(plan: Plan, data: PieceData, watch: Watch, kernel: Kernel) -> Runs:
    """Find the runs of every tuple of sources in one piece.

    Parameters
    ----------
    plan : Plan
    data : PieceData
        Tracks and valid epochs of all the plan's sources; those that are missing in it have no
        record.
    watch : callable
        Called with the number of runs found so far that begin after the piece's first epoch, and
        the fraction done, at least once per pair of sources and per tuple; it may raise to end
        the search.
    kernel : Kernel
    """
    batch = _Batch(plan, data, kernel)
    for kind in range(len(plan.types)):
        _TypeSearch(plan, data, kind, watch, batch).run()
    batch.flush()
    watch(batch.found, 1.0)
    return concat([Runs.empty(len(plan.sources), len(plan.limits)), *batch.runs])


class _Batch:
    """Gathers the epochs of tuples, and cuts many tuples into runs at once."""

    def __init__(self, plan: Plan, data: PieceData, kernel: Kernel) -> None:
        self.plan, self.data, self.kernel = plan, data, kernel
        self.runs: list[Runs] = []
        self.found = 0
        # One more than there are epochs, so that tuples never touch.
        self.stride = data.length + 1
        self._clear()

    def add(self, kind: int, chosen: tuple[int, ...], index: Index, pair_km: Float) -> None:
        """Add a tuple with its epochs int64[N] and distances float64[P, N]."""
        self.index.append(index + len(self.tuples) * self.stride)
        self.pair_km.append(pair_km)
        self.tuples.append((kind, *chosen))
        self.epochs += len(index)
        if self.epochs >= BATCH_EPOCHS:
            self.flush()

    def flush(self) -> None:
        """Turn what was gathered into runs."""
        if not self.tuples:
            return
        index = np.concatenate(self.index)
        cuts = self.kernel.runs_of(index, np.concatenate(self.pair_km, axis=1))
        number, first = np.divmod(index[cuts.first], self.stride)
        tuples = np.take(np.array(self.tuples, dtype=np.int64), number, axis=0)
        offset = number * self.stride
        first_s, last_s, closest_s, farthest_s = (
            self.data.start_s + epoch * self.data.step_s
            for epoch in (first, *(index[at] - offset for at in cuts[1:4]))
        )
        self.runs.append(
            Runs(tuples[:, 0], tuples[:, 1:], first_s, last_s, closest_s, farthest_s, *cuts[4:])
        )
        # What begins with the piece may go on from the one before, where it is counted.
        self.found += int(np.count_nonzero(first > self.data.own[0]))
        self._clear()

    def _clear(self) -> None:
        self.index: list[Index] = []
        self.pair_km: list[Float] = []
        self.tuples: list[tuple[int, ...]] = []
        self.epochs = 0


class _Near:
    """Compares pairs: only the epochs asked for, or all of them once that has become cheaper.

    A pair is compared for all its epochs when the words looked at for it so far would have paid
    for that: never more than about twice the work of whatever would have been best.
    """

    def __init__(self, kernel: Kernel, keep: bool) -> None:
        self.kernel, self.keep = kernel, keep
        self.whole: dict[_Key, Words] = {}
        # Words that were looked at, and words that there are.
        self.spent: dict[_Key, tuple[int, int]] = {}

    def narrow(self, key: _Key, one: Track, two: Track, bits: Words) -> Words:
        """Return the epochs of `bits` at which the pair `key` is within its limit."""
        if not self.keep:
            return self._compare(one, two, key[2], bits)
        if key not in self.whole and self._pays(key, one, two, bits):
            everywhere = np.full_like(bits, 2**64 - 1)
            self.whole[key] = self._compare(one, two, key[2], everywhere)
        if key in self.whole:
            return bits & self.whole[key]
        return self._compare(one, two, key[2], bits)

    def _pays(self, key: _Key, one: Track, two: Track, bits: Words) -> bool:
        """Whether looking at these epochs as well would cost as much as looking at all."""
        asked = int(np.count_nonzero(bits))
        if key not in self.spent:
            self.spent[key] = (asked, int(np.count_nonzero(one.located & two.located)))
            return False
        spent, there = self.spent[key]
        self.spent[key] = (spent + asked, there)
        return spent + asked > there

    def _compare(self, one: Track, two: Track, limit_km: float, mask: Words) -> Words:
        near = self.kernel.near_words(one, two, limit_km, mask)
        for track in (one, two):
            if track.steady is not None:
                # What is not known is settled by its neighbours, at the end.
                near |= mask & ~track.steady
        return near


class _TypeSearch:
    """The search for one conjunction type."""

    def __init__(self, plan: Plan, data: PieceData, kind: int, watch: Watch, batch: _Batch) -> None:
        self.plan, self.data, self.kind, self.watch, self.batch = plan, data, kind, watch, batch
        self.kernel = batch.kernel
        # Of two blocks, a pair of sources makes one tuple, and does not come back.
        self.near = _Near(self.kernel, keep=len(plan.sources) > 2)
        self.own = between(*data.own, data.length)
        self.compared = [
            [item for item in plan.limits if item[0][1] == block]
            for block in range(len(plan.sources))
        ]
        self.crowd = self._make_crowd()
        # The part of all work that one source of a block stands for, and how much is done when
        # the search comes to a block; the last is where it begins.
        sizes = np.cumprod([max(1, len(members)) for members in plan.sources])
        self.share = [1.0 / len(plan.types) / int(size) for size in sizes]
        self.done = [0.0] * len(sizes) + [kind / len(plan.types)]

    def run(self) -> None:
        """Add the epochs of each tuple that has some to the batch."""
        self._extend((), None)

    def _extend(self, chosen: tuple[int, ...], bits: Words | None) -> None:
        """Try every source of the next block; go on while some epoch is left."""
        block = len(chosen)
        if bits is not None and block == len(self.plan.sources):
            self._finish(chosen, bits)
            return
        for number, source in enumerate(self.plan.sources[block]):
            self._report(block, number)
            valid = self._valid(block, source)
            if valid is None or source in chosen:
                continue
            left = self._narrow(chosen, source, bits, valid)
            if left is not None:
                self._extend((*chosen, source), left)

    def _report(self, block: int, number: int) -> None:
        """Tell how far the search is: the place of the tuple among all, given up early or not."""
        self.done[block] = self.done[block - 1] + number * self.share[block]
        self.watch(self.batch.found, self.done[block])

    def _narrow(
        self, chosen: tuple[int, ...], source: int, before: Words | None, valid: Words
    ) -> Words | None:
        """Keep the epochs at which the source is near those chosen before it; None if none is."""
        if len(chosen) == 1:
            near = self._near_crowd(chosen[0], source, valid)
            if near is not None:
                # Of the last block it is seen anyway when the epochs are measured.
                more = len(self.plan.sources) > 2
                return None if more and not near.any() else near
        bits = valid if before is None else before & valid
        for (i, j), limit in self.compared[len(chosen)]:
            one, two = sorted((chosen[i], source))
            key = (one, two, self.plan.limit_km((i, j), limit, chosen[i], source))
            bits = self.near.narrow(key, self._track(one), self._track(two), bits)
            if not bits.any():
                return None
        return bits if self.compared[len(chosen)] or bits.any() else None

    def _near_crowd(self, first: int, source: int, valid: Words) -> Words | None:
        if self.crowd is None:
            return None
        limit = self.compared[1][0][1]
        return self.crowd.near(first, source, self._track(source), valid, limit)

    def _make_crowd(self) -> Crowd | None:
        """Compare the first two blocks many at a time, where they are compared by one limit."""
        if not self.compared[1] or (0, 1) in self.plan.same_site:
            return None
        return Crowd(self.kernel, self._member, self.plan.sources[0])

    def _member(self, source: int) -> Member | None:
        valid = self._valid(0, source)
        return None if valid is None else (source, self._track(source), valid)

    def _finish(self, chosen: tuple[int, ...], bits: Words) -> None:
        """Measure the epochs that are left."""
        unsure = self._unsure(chosen)
        if unsure is not None:
            bits = _settle(bits, unsure)
        index = self.kernel.words_to_index(bits & self.own)
        if not len(index):
            return
        pair_km = np.empty((len(self.plan.limits), len(index)))
        for row, (i, j) in enumerate(self.plan.pairs):
            one, two = self._track(chosen[i]), self._track(chosen[j])
            pair_km[row] = self.kernel.measure(one, two, index)
        if unsure is not None:
            pair_km[:, unpack(unsure, self.data.length)[index]] = np.nan
        self.batch.add(self.kind, chosen, index, pair_km)

    def _unsure(self, chosen: tuple[int, ...]) -> Words | None:
        """Half minutes at which a measured source could not be interpolated."""
        unsure: Words | None = None
        for block in {block for pair in self.plan.pairs for block in pair}:
            steady = self._track(chosen[block]).steady
            if steady is not None:
                unsure = ~steady if unsure is None else unsure | ~steady
        return unsure if unsure is None else unsure & ones(self.data.length)

    def _valid(self, block: int, source: int) -> Words | None:
        return self.data.valid_of(self.plan.types[self.kind], block, source)

    def _track(self, source: int) -> Track:
        return self.data.tracks[self.plan.types[self.kind], source]


def _settle(hits: Words, unsure: Words) -> Words:
    """Let an epoch that is not known join its neighbours when both qualify, else drop it."""
    one, far = np.uint64(1), np.uint64(63)
    before, after = hits << one, hits >> one
    before[1:] |= hits[:-1] >> far
    after[:-1] |= hits[1:] << far
    return hits & (~unsure | (before & after))
