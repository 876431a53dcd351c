"""The first pair of blocks, where many sources stand still: a crowd of them compared at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from core.search.engine.kernels import Kernel
from core.search.index.tracks import Track, Words

# Sources that are compared at once; bounds memory, and the time until a cancel is seen.
MEMBERS = 16

Member = tuple[int, Track, Words]
"""Identifier, track and valid epochs."""


class Crowd:
    """Which epochs bring a source of the second block near those of the first that stand still.

    A camera has little to compare at a time, so that calling the kernel for each would take as
    long as its work. The sources of the first block come in order, and the results for a few of
    them are kept for all sources of the second.

    Parameters
    ----------
    kernel : Kernel
    member : callable
        Gives the track and the valid epochs of a source of the first block; None without any.
    sources : sequence of int
        Identifiers of the first block.
    """

    def __init__(
        self, kernel: Kernel, member: Callable[[int], Member | None], sources: Sequence[int]
    ) -> None:
        self.kernel, self.member, self.sources = kernel, member, sources
        self._places = {source: place for place, source in enumerate(sources)}
        self._group = -1
        self._members: list[Member] = []
        self._near: dict[int, dict[int, Words]] = {}

    def near(
        self, first: int, second: int, track: Track, valid: Words, limit_km: float
    ) -> Words | None:
        """Return the epochs at which two sources are valid and within the limit.

        Parameters
        ----------
        first, second : int
            Identifiers: of the first block, and of the second with its `track` and epochs.
        limit_km : float, km
            The same in every call.

        Returns
        -------
        uint64[W] or None
            None where this is no matter of a crowd.
        """
        self._come_to(self._places[first] // MEMBERS)
        if second not in self._near:
            self._near[second] = self._compare(second, track, valid, limit_km)
        return self._near[second].get(first)

    def _come_to(self, group: int) -> None:
        if group == self._group:
            return
        self._group, self._near = group, {}
        found = (self.member(s) for s in self.sources[group * MEMBERS : (group + 1) * MEMBERS])
        self._members = [m for m in found if m is not None and m[1].still and m[1].steady is None]

    def _compare(
        self, second: int, track: Track, valid: Words, limit_km: float
    ) -> dict[int, Words]:
        members = [member for member in self._members if member[0] != second]
        if track.still or track.steady is not None or len(members) < 2:
            return {}
        masks = np.empty((len(members), len(valid)), dtype=np.uint64)
        for mask, (_, _, bits) in zip(masks, members, strict=True):
            np.bitwise_and(bits, valid, out=mask)
        near = self.kernel.near_crowd([member[1] for member in members], track, limit_km, masks)
        return {source: bits for (source, _, _), bits in zip(members, near, strict=True)}
