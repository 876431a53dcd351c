"""A whole conjunction search: partitions in turn, merged, as a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.archive import Archive
from core.archive.columns import TIMESTAMP
from core.errors import LimitExceeded, SearchCancelled
from core.instruments.model import DataSource
from core.search.kernel import search_partition
from core.search.load import Loader
from core.search.plan import Plan, make_plan, partitions
from core.search.query import ConjunctionQuery
from core.search.runs import Ints, Runs, merge
from core.search.sources import block_sources

__all__ = ["merge", "run", "search_partition", "to_table"]

Progress = Callable[[float, int], None]
Cancelled = Callable[[], bool]


def run(
    archive: Archive, query: ConjunctionQuery, progress: Progress, cancelled: Cancelled
) -> pa.Table:
    """Find all conjunctions of a query.

    Parameters
    ----------
    archive : Archive
    query : ConjunctionQuery
    progress : callable
        Given the fraction done (0 to 1) and the number found so far, often.
    cancelled : callable
        Asked often; the search ends soon after it says True.

    Returns
    -------
    pyarrow.Table
        One row a conjunction, ordered by start, then label (columns: `to_table`).

    Raises
    ------
    core.errors.SearchCancelled
        `cancelled` said so.
    core.errors.LimitExceeded
        More conjunctions than `settings.max_results`.
    """
    sources = block_sources(archive, query)
    plan = make_plan(query, sources)
    pieces = list(partitions(plan)) if all(sources) else []
    guard = _Guard(progress, cancelled, archive.settings.max_results, len(pieces))
    loader = Loader(archive, query, sources, plan, guard.check)
    merged = Runs.empty(len(plan.sources), len(plan.limits))
    for piece in pieces:
        part = search_partition(plan, loader.load(piece), guard.watch)
        merged = merge([merged, part], plan.step_s)
        guard.next_piece(len(merged))
    return to_table(merged, plan, loader.by_id)


class _Guard:
    """Reports progress, and ends a search that was cancelled or that finds too much."""

    def __init__(self, progress: Progress, cancelled: Cancelled, most: int, pieces: int) -> None:
        self.progress, self.cancelled, self.most, self.pieces = progress, cancelled, most, pieces
        self.before, self.done = 0, 0

    def check(self) -> None:
        if self.cancelled():
            raise SearchCancelled("The search was cancelled.")

    def next_piece(self, merged: int) -> None:
        self.done += 1
        self.before = merged
        self.watch(0, 0.0)

    def watch(self, found: int, fraction: float) -> None:
        self.check()
        self.progress((self.done + fraction) / self.pieces, self.before + found)
        if self.before + found > self.most:
            raise LimitExceeded(
                f"The search finds more than {self.most} conjunctions.",
                hint="Shorten the window, lower the distances or name fewer sources.",
                limit="results",
                asked=self.before + found,
                allowed=self.most,
            )


def to_table(runs: Runs, plan: Plan, sources: Mapping[int, DataSource]) -> pa.Table:
    """Turn runs into the table of results.

    Columns: `row`, `conjunction_type`, `start`, `end`, `duration_min` (minutes, both ends
    counted), `min_distance_km`, `max_distance_km`, `closest_epoch`, `farthest_epoch`, `sources`
    (identifiers in the order of the blocks), `label` (their display names), `events` (one per
    measured pair of blocks, over the minutes of the conjunction).
    """
    labels = _labels(runs, sources)
    kinds = pa.array(plan.types, pa.string()).take(pa.array(runs.kind))
    table = pa.table(
        {
            "conjunction_type": kinds,
            "start": _times(runs.start_s),
            "end": _times(runs.end_s),
            "duration_min": pa.array((runs.end_s // 60 - runs.start_s // 60 + 1).astype(np.int32)),
            "min_distance_km": pa.array(runs.nearest_km),
            "max_distance_km": pa.array(runs.farthest_km),
            "closest_epoch": _times(runs.closest_s),
            "farthest_epoch": _times(runs.farthest_s),
            "sources": _lists(pa.array(runs.sources.ravel().astype(np.int32)), len(runs)),
            "label": labels,
            "events": _events(runs, plan),
        }
    )
    order = pc.sort_indices(
        table.select(["start", "label", "conjunction_type"]).append_column(
            "place", pa.array(np.arange(len(runs)))
        ),
        [(name, "ascending") for name in ("start", "label", "conjunction_type", "place")],
    )
    return table.take(order).add_column(0, "row", pa.array(np.arange(len(runs), dtype=np.int64)))


def _labels(runs: Runs, sources: Mapping[int, DataSource]) -> pa.Array:
    tuples, number = np.unique(runs.sources, axis=0, return_inverse=True)
    names = [" and ".join(sources[int(i)].display_name for i in row) for row in tuples]
    return pa.array(names, pa.string()).take(pa.array(number.ravel()))


def _events(runs: Runs, plan: Plan) -> pa.Array:
    count, pairs = runs.pair_min_km.shape
    first, second = (
        runs.sources[:, [pair[side] for pair in plan.pairs]].ravel().astype(np.int32)
        for side in (0, 1)
    )
    flat = pa.StructArray.from_arrays(
        [
            pa.array(first),
            pa.array(second),
            _times(np.repeat(runs.start_s, pairs)),
            _times(np.repeat(runs.end_s, pairs)),
            pa.array(runs.pair_min_km.ravel()),
            pa.array(runs.pair_max_km.ravel()),
        ],
        names=["e1_source", "e2_source", "start", "end", "min_distance_km", "max_distance_km"],
    )
    return _lists(flat, count)


def _lists(values: pa.Array, rows: int) -> pa.Array:
    """Cut values into `rows` lists of one length."""
    length = len(values) // rows if rows else 0
    return pa.ListArray.from_arrays(pa.array(np.arange(rows + 1, dtype=np.int32) * length), values)


def _times(seconds: Ints) -> pa.Array:
    return pa.array(seconds * 1_000_000, pa.int64()).cast(TIMESTAMP)
