"""What a search costs, told before it runs: pairs of sources times minutes with records.

The numbers of records come from the listing of the table's files alone; nothing is read. A file
counts for a part of its span as if its records were evenly spread over it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from math import prod
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from core.archive import duck
from core.archive.derived_fields import POSITION_KEYS
from core.errors import LimitExceeded
from core.search.filters.derived import PRICE
from core.search.parsing import TIME_FORMAT
from core.search.plan import MINUTE_S, Plan, make_plan
from core.search.query import ConjunctionQuery, EphemerisQuery, ProductQuery
from core.search.sources import SourceLists

if TYPE_CHECKING:
    from core.archive import Archive
    from core.archive.snapshot import LiveFile
    from core.settings import Settings

MINUTE_US = MINUTE_S * 1_000_000
# One record is delivered with all its columns, which takes as long as comparing a pair of sources
# at some twenty minutes; a conjunction search reads two numbers of it.
DELIVERED_RECORD = 20
# A filter reads the columns that it names, and decides.
FILTERED_RECORD = 10
# Combinations of three and more sources are looked at 64 minutes at a time.
WORD_MINUTES = 64

Counts = npt.NDArray[np.float64]
Edges = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Price:
    """What a search would compare.

    Attributes
    ----------
    pairs : int
        Pairs of sources whose distance is measured; 0 for searches for records.
    combinations : int
        Ways to take one source from every block; for searches for records, their sources.
    records : int
        Records of the sources in the window, before any filter.
    pair_minutes : int
        Minutes at which both sources of a pair may have a record, summed over the pairs and the
        types (half minutes count with sub-minute precision).
    work : int
        Time that the search takes, in pair minutes that could be compared in that time: also
        that of reading, of filters, and of fields that are derived for them.
    """

    pairs: int
    combinations: int
    records: int
    pair_minutes: int
    work: int

    def at_once(self, settings: Settings) -> bool:
        """Whether the process that is asked answers by itself."""
        return self.work <= settings.inline_pair_minutes

    def __str__(self) -> str:
        if not self.pairs:
            return f"Price: {self.records:,} records at most."
        return (
            f"Price: {self.pair_minutes:,} pair minutes of {self.pairs:,} "
            f"{'pair' if self.pairs == 1 else 'pairs'} of sources with {self.records:,} records."
        )


def price_conjunction(archive: Archive, query: ConjunctionQuery, sources: SourceLists) -> Price:
    """Price a conjunction search.

    Raises
    ------
    core.errors.LimitExceeded
        More pair minutes than `settings.max_pair_minutes`; the hint names a window that would do.
    """
    plan = make_plan(query, sources)
    ids = sorted({source for block in plan.sources for source in block})
    edges = _edges(query.start, query.end)
    files = archive.ephemeris.live_files([i for i in ids if i >= 0], query.start, query.end)
    counts = records_in(files, ids, edges)
    # Custom locations are at work at every minute, and are not read.
    virtual = np.array([i < 0 for i in ids], dtype=bool)
    minutes = np.where(virtual[:, None], np.diff(edges) / MINUTE_US, counts)
    pairs, by_month = _pair_minutes(plan, ids, minutes)
    by_month *= len(plan.types) * (MINUTE_S // plan.step_s)
    total = round(float(by_month.sum()))
    _check(total, by_month, edges, archive.settings.max_pair_minutes)
    tuples = prod(len(block) for block in plan.sources)
    records = round(float(counts.sum()))
    words = int(edges[-1] - edges[0]) // MINUTE_US // WORD_MINUTES + 1
    deeper = tuples * words * len(plan.types) if len(plan.sources) > 2 else 0
    filtered = _filter_work(query, plan, dict(zip(ids, counts.sum(axis=1), strict=True)))
    return Price(pairs, tuples, records, total, total + records + deeper + filtered)


def _filter_work(query: ConjunctionQuery, plan: Plan, records: Mapping[int, float]) -> int:
    """Return the work of filtering the records of each block, if it has a filter.

    A derived field costs as if no other condition had left out any record.
    """
    work = 0.0
    for block, sources in zip(query.blocks, plan.sources, strict=True):
        if not block.filters:
            continue
        keys = {leaf.key for leaf in block.filters.leaves}
        each = FILTERED_RECORD + sum(PRICE.get(key, 0) for key in keys)
        times = len(plan.types) if keys & POSITION_KEYS else 1
        work += times * each * sum(records[source] for source in sources if source >= 0)
    return round(work)


def price_records(
    archive: Archive, query: EphemerisQuery | ProductQuery, sources: Sequence[int]
) -> Price:
    """Price a search for ephemeris records or data products.

    Raises
    ------
    core.errors.LimitExceeded
        Without a filter it would find more than `settings.max_results`; the hint names a window
        that would do. What a filter leaves is known only once it has been applied.
    """
    first, last = duck.microseconds(query.start), duck.microseconds(query.end)
    table = archive.ephemeris if isinstance(query, EphemerisQuery) else archive.products
    files = table.store.snapshot().overlapping(sources, first, last)
    counts = records_in(files, list(sources), _edges(query.start, query.end))
    records = round(float(counts.sum()))
    most = archive.settings.max_results
    # The estimate may be twice too small where records crowd; counting by day takes longer.
    if records > most // 2 and not query.filters:
        _check_records(_by_day(archive, query, sources), query, most)
    return Price(0, len(sources), records, 0, records * DELIVERED_RECORD)


def _by_day(
    archive: Archive, query: EphemerisQuery | ProductQuery, sources: Sequence[int]
) -> dict[date, int]:
    """Count the records of each UT day that the window holds."""
    if isinstance(query, EphemerisQuery):
        table = archive.ephemeris.day_counts(query.start, query.end, sources)
    else:
        table = archive.products.day_counts(query.start, query.end, sources, query.types)
    summed = table.group_by("day").aggregate([("count", "sum")]).sort_by("day")
    return dict(zip(summed["day"].to_pylist(), summed["count_sum"].to_pylist(), strict=True))


def _check_records(
    by_day: Mapping[date, int], query: EphemerisQuery | ProductQuery, allowed: int
) -> None:
    total = sum(by_day.values())
    if total <= allowed:
        return
    found, last = 0, None
    for day, count in by_day.items():
        found += count
        if found > allowed:
            break
        last = day
    start = query.start.strftime(TIME_FORMAT)
    window = (
        f"With start {start}, end may be {last:%Y-%m-%d}T23:59:59 at the latest"
        if last
        else f"The day of {start} alone has more: ask for a part of it"
    )
    raise LimitExceeded(
        f"The search would find {total:,} records, more than {allowed:,}.",
        hint=f"{window}; or name fewer sources, or filter them.",
        field="end",
        limit="results",
        asked=total,
        allowed=allowed,
    )


def records_in(files: Sequence[LiveFile], keys: Sequence[int], edges: Edges) -> Counts:
    """Return how many records each key has between neighbouring edges.

    Parameters
    ----------
    files : sequence of LiveFile
        Data files of these keys, and maybe of others.
    keys : sequence of int
        Sources.
    edges : int64[B + 1]
        Microseconds since 1970, rising.

    Returns
    -------
    float64[len(keys), B]
    """
    row = {key: number for number, key in enumerate(keys)}
    out = np.zeros((len(keys), len(edges) - 1))
    known = [file for file in files if int(file.key) in row and file.rows > 0]
    if not known:
        return out
    first = np.array([max(file.first_us, 0) for file in known])
    span = np.array([min(file.last_us, _FAR_US) for file in known]) + MINUTE_US - first
    share = np.array([file.rows for file in known]) / span
    # What lies before each edge, of every file; differences are what lies between two edges.
    before = np.clip(edges[None, :] - first[:, None], 0, span[:, None])
    np.add.at(out, [row[int(file.key)] for file in known], np.diff(before) * share[:, None])
    return out


_FAR_US = 2**62


def _pair_minutes(plan: Plan, ids: list[int], minutes: Counts) -> tuple[int, Counts]:
    """Count pairs of sources, and their common minutes in each month at the most."""
    row = {key: number for number, key in enumerate(ids)}
    pairs, total = 0, np.zeros(minutes.shape[1])
    for i, j in plan.pairs:
        for a in plan.sources[i]:
            others = [row[b] for b in plan.sources[j] if b != a]
            pairs += len(others)
            total += np.minimum(minutes[row[a]], minutes[others]).sum(axis=0)
    return pairs, total


def _edges(start: datetime, end: datetime) -> Edges:
    """Return the turns of months inside the window, with its start and the minute after its end."""
    first, last = duck.microseconds(start), duck.microseconds(end) + MINUTE_US
    months = np.arange(
        np.datetime64(start.astimezone(UTC).replace(tzinfo=None), "M") + 1,
        np.datetime64(end.astimezone(UTC).replace(tzinfo=None), "M") + 1,
    )
    inside = months.astype("datetime64[us]").astype(np.int64)
    return np.unique(np.concatenate([[first], inside, [last]]))


def _check(total: int, by_month: Counts, edges: Edges, allowed: int) -> None:
    if total <= allowed:
        return
    days = _days_for(allowed, by_month, edges)
    start = datetime.fromtimestamp(edges[0] / 1e6, tz=UTC)
    until = (start + timedelta(days=days)).strftime("%Y-%m-%d")
    raise LimitExceeded(
        f"The search would compare {total:,} pair minutes, more than {allowed:,}.",
        hint=f"With these sources a window of {days:,.1f} days, until {until}, is allowed; or name "
        "fewer sources.",
        limit="pair minutes",
        asked=total,
        allowed=allowed,
        allowed_days=round(days, 1),
    )


def _days_for(allowed: int, by_month: Counts, edges: Edges) -> float:
    """Days from the start of the window for which the price stays within what is allowed."""
    spent = 0.0
    for cost, (first, last) in zip(by_month, pairwise(edges), strict=True):
        if spent + cost > allowed:
            end_us = first + (last - first) * (allowed - spent) / cost
            return float(end_us - edges[0]) / 86_400e6
        spent += float(cost)
    return float(edges[-1] - edges[0]) / 86_400e6
