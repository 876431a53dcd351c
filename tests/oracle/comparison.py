"""Exports an archive for the brute force, and compares its answer with a search's result."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from core.archive import Archive
from core.search.query import ConjunctionQuery
from core.search.sources import block_sources
from tests.oracle.brute_force import Answer, search

# Both sides work in float64, where the distance of two points is good to some 1e-9 km near
# (and 1e-8 km far); a millimetre leaves room for the different formulas and for nothing else.
TOLERANCE_KM = 1e-6


def export(archive: Archive, query: dict[str, Any], folder: Path) -> tuple[Path, Path]:
    """Write the records of a query's sources, a minute beyond its window, and all sources."""
    parsed = ConjunctionQuery.from_dict(query, archive.settings)
    wanted = {s.identifier for block in block_sources(archive, parsed) for s in block}
    minute = timedelta(minutes=1)
    table = archive.ephemeris.read(
        sorted(i for i in wanted if i > 0), parsed.start - minute, parsed.end + minute
    )
    ephemeris, sources = folder / "ephemeris.parquet", folder / "sources.json"
    pq.write_table(table, ephemeris)
    sources.write_text(json.dumps([asdict(s) for s in archive.catalogue.sources.list()]))
    return ephemeris, sources


def brute_force(archive: Archive, query: dict[str, Any], folder: Path) -> Answer:
    """Answer a query by brute force."""
    return search(*export(archive, query, folder), query)


def assert_same(table: pa.Table, answer: Answer) -> None:
    """Check that a result has the rows of the brute force, and no other."""
    rows = {_key(row): row for row in table.to_pylist()}
    assert len(rows) == table.num_rows, "a conjunction is there twice"
    expected = {(f.type, f.sources, f.start, f.end): f for f in answer.found}
    assert rows.keys() == expected.keys()
    for key, found in expected.items():
        _assert_row(rows[key], found)


def _key(row: dict[str, Any]) -> tuple[str, tuple[int, ...], int, int]:
    return row["conjunction_type"], tuple(row["sources"]), _s(row["start"]), _s(row["end"])


def _assert_row(row: dict[str, Any], found: Any) -> None:
    assert abs(row["min_distance_km"] - found.low) < TOLERANCE_KM
    assert abs(row["max_distance_km"] - found.high) < TOLERANCE_KM
    # Where several epochs are equally near, any of them may be named.
    assert abs(found.distances[_s(row["closest_epoch"])] - found.low) < TOLERANCE_KM
    assert abs(found.distances[_s(row["farthest_epoch"])] - found.high) < TOLERANCE_KM
    assert row["duration_min"] == found.end // 60 - found.start // 60 + 1
    pairs = [(found.sources[i], found.sources[j]) for i, j in found.pairs]
    assert [(e["e1_source"], e["e2_source"]) for e in row["events"]] == pairs
    for event, (low, high) in zip(row["events"], found.pairs.values(), strict=True):
        assert (_s(event["start"]), _s(event["end"])) == (found.start, found.end)
        assert abs(event["min_distance_km"] - low) < TOLERANCE_KM
        assert abs(event["max_distance_km"] - high) < TOLERANCE_KM


def _s(time: datetime) -> int:
    return int(time.astimezone(UTC).timestamp())
