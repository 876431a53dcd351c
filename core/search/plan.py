"""What a conjunction search does, freed of names: blocks of identifiers, and limits in km."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from core.search.distances import Pair
from core.search.query import ConjunctionQuery
from core.search.sources import SourceLists, site_code

# A limit of 0 km between two ground blocks asks for one site. Providers give the coordinates of
# one site with 2 to 6 decimals, so that zero metres would never be met between two arrays.
SAME_SITE_KM = 1.0
MINUTE_S = 60
# Most memory for the tracks of one piece that are not mapped from an index.
PIECE_BYTES = 512 * 2**20
_EPOCH_BYTES = 24
_YEAR_S = 366 * 86_400


@dataclass(frozen=True)
class Plan:
    """A conjunction search in terms of identifiers.

    Attributes
    ----------
    start_s, end_s : int
        First and last second of the window since 1970, inclusive.
    step_s : int
        Seconds between epochs: 60, or 30 with sub-minute precision.
    types : tuple of str
        Which positions are compared.
    sources : tuple of tuple of int
        Identifiers that may stand in each block.
    limits : tuple of ((i, j), km)
        Pairs of blocks whose distance is considered. Never empty: where a query considers no
        pair at all, every pair is measured without a limit.
    sites : mapping of int to str
        Site codes of ground sources.
    same_site : frozenset of (i, j)
        Pairs of ground blocks that must be at one site.
    """

    start_s: int
    end_s: int
    step_s: int
    types: tuple[str, ...]
    sources: tuple[tuple[int, ...], ...]
    limits: tuple[tuple[Pair, float], ...]
    sites: dict[int, str]
    same_site: frozenset[Pair]

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """Pairs of blocks that are measured."""
        return tuple(pair for pair, _ in self.limits)

    def limit_km(self, pair: Pair, limit: float, a: int, b: int) -> float:
        """Limit for two given sources of a pair of blocks; the comparison is ``<=``."""
        if pair not in self.same_site:
            return limit
        code = self.sites.get(a, "")
        if code and code == self.sites.get(b, ""):
            return float("inf")
        return float(np.nextafter(SAME_SITE_KM, 0.0))


@dataclass(frozen=True)
class Partition:
    """A piece of the window: whole minutes, first and last inclusive, in minutes since 1970."""

    first_minute: int
    last_minute: int

    @property
    def minutes(self) -> int:
        """Number of minutes."""
        return self.last_minute - self.first_minute + 1


def make_plan(query: ConjunctionQuery, sources: SourceLists) -> Plan:
    """Put a query and the sources of its blocks into a plan."""
    considered = [(pair, limit) for pair, limit in query.limits if limit is not None]
    if not considered:
        considered = [(pair, float("inf")) for pair, _ in query.limits]
    ground = [block.kind == "ground" for block in query.blocks]
    return Plan(
        start_s=-int(-query.start.timestamp() // 1),
        end_s=int(query.end.timestamp() // 1),
        step_s=MINUTE_S // 2 if query.subminute else MINUTE_S,
        types=query.types,
        sources=tuple(tuple(item.identifier for item in block) for block in sources),
        limits=tuple(considered),
        sites={item.identifier: site_code(item) for block in sources for item in block},
        same_site=frozenset(
            (i, j) for (i, j), limit in considered if limit == 0.0 and ground[i] and ground[j]
        ),
    )


def partitions(plan: Plan, mapped: bool = False) -> Iterator[Partition]:
    """Cut the window at the turn of years (UTC), or of months where years would take much memory.

    With sub-minute precision a piece also answers for the half minute that follows its last
    minute, and the first piece for a half minute at the very start of the window.

    Parameters
    ----------
    plan : Plan
    mapped : bool
        Whether tracks come memory-mapped out of an index, which takes no memory of ours.
        Half minutes are always made in memory.
    """
    first = plan.start_s // MINUTE_S
    if plan.step_s == MINUTE_S:
        first = -(-plan.start_s // MINUTE_S)
    last = plan.end_s // MINUTE_S
    months = 12 if _light(plan, mapped) else 1
    while first <= last:
        end = min(last, _next_turn(first, months) - 1)
        yield Partition(first, end)
        first = end + 1


def _light(plan: Plan, mapped: bool) -> bool:
    """Whether the tracks of a year are little enough to be held at once."""
    if mapped and plan.step_s == MINUTE_S:
        return True
    sources = {source for block in plan.sources for source in block}
    epochs = min(plan.end_s - plan.start_s, _YEAR_S) // plan.step_s
    return len(sources) * len(plan.types) * epochs * _EPOCH_BYTES <= PIECE_BYTES


def _next_turn(minute: int, months: int) -> int:
    """First minute of the next year (12 months) or month (1)."""
    day = datetime.fromtimestamp(minute * MINUTE_S, tz=UTC)
    last = months == 12 or day.month == 12
    year, month = (day.year + 1, 1) if last else (day.year, day.month + 1)
    return int(datetime(year, month, 1, tzinfo=UTC).timestamp()) // MINUTE_S
