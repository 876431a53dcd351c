"""Turns runs into the table of results, column by column."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from core.archive.columns import TIMESTAMP
from core.instruments.model import DataSource
from core.search.engine.runs import Ints, Runs, order_by, tuple_ranks
from core.search.plan import Plan


def to_table(runs: Runs, plan: Plan, sources: Mapping[int, DataSource]) -> pa.Table:
    """Turn runs into the table of results.

    Columns: `row`, `conjunction_type`, `start`, `end`, `duration_min` (minutes, both ends
    counted), `min_distance_km`, `max_distance_km`, `closest_epoch`, `farthest_epoch`, `sources`
    (identifiers in the order of the blocks), `label` (their display names), `events` (one per
    measured pair of blocks, over the minutes of the conjunction). Ordered by start, label and
    type.
    """
    number, names, place = _tuples(runs, plan, sources)
    if len(runs):
        order = order_by(runs.start_s, place[number])
        runs, number = runs[order], number[order]
    return pa.table(
        {
            "row": pa.array(np.arange(len(runs), dtype=np.int64)),
            "conjunction_type": pa.array(plan.types, pa.string()).take(pa.array(runs.kind)),
            "start": _times(runs.start_s),
            "end": _times(runs.end_s),
            "duration_min": pa.array((runs.end_s // 60 - runs.start_s // 60 + 1).astype(np.int32)),
            "min_distance_km": pa.array(runs.nearest_km),
            "max_distance_km": pa.array(runs.farthest_km),
            "closest_epoch": _times(runs.closest_s),
            "farthest_epoch": _times(runs.farthest_s),
            "sources": _lists(pa.array(runs.sources.astype(np.int32).ravel()), len(runs)),
            "label": pa.array(names, pa.string()).take(pa.array(number)),
            "events": _events(runs, plan),
        }
    )


def _tuples(
    runs: Runs, plan: Plan, sources: Mapping[int, DataSource]
) -> tuple[Ints, list[str], Ints]:
    """Return a number for each run's tuple and type, each number's label, and its place."""
    number, count = tuple_ranks(np.column_stack([runs.sources, runs.kind]))
    first = np.empty(count, dtype=np.int64)
    first[number] = np.arange(len(number))
    rows, kind = runs.sources[first], runs.kind[first]
    names = [" and ".join(sources[int(i)].display_name for i in row) for row in rows]
    order = sorted(range(count), key=lambda n: (names[n], plan.types[kind[n]], n))
    place = np.empty(count, dtype=np.int64)
    place[order] = np.arange(count)
    return number, names, place


def _events(runs: Runs, plan: Plan) -> pa.Array:
    count, pairs = runs.pair_min_km.shape
    first, second = (
        runs.sources[:, [pair[side] for pair in plan.pairs]].astype(np.int32).ravel()
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
    return pa.array(seconds * 1_000_000, pa.int64()).view(TIMESTAMP)
