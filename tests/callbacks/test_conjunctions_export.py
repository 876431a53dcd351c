"""Files of results: complete, labelled, and safe in a spreadsheet."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from api.exports import csv_lines, json_parts
from core.instruments.model import DataSource
from core.instruments.registry import all_sources
from core.search.results.header import ResultHeader, write_result
from core.search.results.result_set import ResultSet

REQUEST = "0f0c3f5e-5cb5-4d0f-8d3e-9b0d2f7b6a11"
STAMP = pa.timestamp("us", "UTC")
SCHEMA = pa.schema(
    [
        ("row", pa.int64()),
        ("conjunction_type", pa.string()),
        *((name, STAMP) for name in ("start", "end", "closest_epoch", "farthest_epoch")),
        ("duration_min", pa.int32()),
        ("min_distance_km", pa.float64()),
        ("max_distance_km", pa.float64()),
        ("sources", pa.list_(pa.int32())),
        ("label", pa.string()),
        (
            "events",
            pa.list_(
                pa.struct(
                    [
                        ("e1_source", pa.int32()),
                        ("e2_source", pa.int32()),
                        ("start", STAMP),
                        ("end", STAMP),
                        ("min_distance_km", pa.float64()),
                        ("max_distance_km", pa.float64()),
                    ]
                )
            ),
        ),
    ]
)
LABELS = ("THEMIS-ASI GILL and Swarm A", '=HYPERLINK("http://x")', "+1", "-1", "@sum", "\tx")


def sources(simulated: bool) -> list[DataSource]:
    """Return Swarm A and the imager at Gillam."""
    found = [s for s in all_sources() if s.identifier in (3, 46)]
    return [s.with_metadata(provenance="simulated") for s in found] if simulated else found


@pytest.fixture(params=[True, False], ids=["simulated", "observed"])
def results(request: pytest.FixtureRequest, tmp_path: Path) -> ResultSet:
    """A result whose labels are what a hostile display name could make of them."""
    time = datetime(2019, 1, 1, 5, 30, tzinfo=UTC)
    distance = 318.1234567890123
    rows = [
        {
            "row": i,
            "conjunction_type": "nbtrace",
            **dict.fromkeys(("start", "end", "closest_epoch", "farthest_epoch"), time),
            "duration_min": 1,
            "min_distance_km": distance,
            "max_distance_km": distance,
            "sources": [46, 3],
            "label": label,
            "events": [],
        }
        for i, label in enumerate(LABELS)
    ]
    header = ResultHeader.make(
        "conjunction", {"start": "2019-01-01T00:00:00"}, sources(request.param), "geocentric"
    )
    path = tmp_path / "result.parquet"
    write_result(pa.Table.from_pylist(rows, schema=SCHEMA), header, path)
    return ResultSet(path)


def is_simulated(results: ResultSet) -> bool:
    return any(s.metadata.get("provenance") == "simulated" for s in results.sources.values())


def test_csv_is_complete_and_runs_nothing(results: ResultSet) -> None:
    lines = "".join(csv_lines(results, REQUEST)).splitlines()
    head = [line for line in lines if line.startswith("#")]
    assert any("SIMULATED" in line for line in head) == is_simulated(results)
    assert f"# rows: {len(LABELS)}" in head
    assert '# query: {"start": "2019-01-01T00:00:00"}' in head
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    assert len(rows) == len(LABELS)
    assert rows[0]["label"] == LABELS[0]
    assert all(not row["label"].startswith(("=", "+", "-", "@", "\t")) for row in rows)
    assert rows[0]["start"] == "2019-01-01T05:30:00Z"
    assert rows[0]["sources"] == "46;3"
    # The shortest text that reads back as the same number.
    assert float(rows[0]["min_distance_km"]) == 318.1234567890123


def test_json_holds_the_records_of_the_api(results: ResultSet) -> None:
    found = json.loads("".join(json_parts(results, REQUEST)))
    assert found["simulated"] == is_simulated(results)
    assert found["rows"] == len(found["result"]) == len(LABELS)
    assert found["result"] == list(results.records())
    assert found["latitude_frame"] == "geocentric"


def test_an_empty_result_has_a_head_all_the_same(tmp_path: Path) -> None:
    header = ResultHeader.make("conjunction", {}, sources(True), "as_delivered")
    path = tmp_path / "empty.parquet"
    write_result(SCHEMA.empty_table(), header, path)
    text = "".join(csv_lines(ResultSet(path), REQUEST))
    assert "# latitude_frame: as_delivered" in text
    assert text.rstrip().splitlines()[-1].startswith("start,end,")
    assert json.loads("".join(json_parts(ResultSet(path), REQUEST)))["result"] == []


def test_parquet_carries_its_facts(results: ResultSet) -> None:
    again = ResultHeader.from_json(pq.read_schema(results.path).metadata[b"aurora_atlas"])
    assert again == replace(results.header)
