"""What reads the archive sees uploads, deletions and changes at once: no cache keeps the old."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from core.archive.availability import operating_at
from core.instruments.model import DataSource
from tests.records.conftest import Site, names, record

PLACE = {"lat": 50.0, "lon": -100.0}
NEAR = {"lat": 50.5, "lon": -100.0}


def conjunctions(site: Site, ground: DataSource, space: DataSource, **more: Any) -> list[Any]:
    query = {
        "start": "2020-01-01T00:00:00", "end": "2020-01-01T23:59:59",
        "ground": [{"platforms": [ground.platform]} | more],
        "space": [{"platforms": [space.platform]}],
        "max_distances": {"ground1-space1": 200}, "conjunction_types": ["nbtrace"],
    }  # fmt: skip
    submitted = site.ask("POST", "/conjunctions/search", query, key=None)
    assert submitted.status_code == 202, submitted.text
    address = submitted.headers["Location"].strip() + "/data"
    found = requests.request("GET", address, timeout=60).json()["result"]
    return [(row["start"], row["end"]) for row in found]


def put(site: Site, source: DataSource, minutes: list[int], **changes: Any) -> None:
    rows = [record(source, f"2020-01-01T00:{m:02d}:00", **changes) for m in minutes]
    answer = site.ask("POST", f"/data_sources/{source.identifier}/ephemeris", rows)
    assert answer.status_code == 202, answer.text


@pytest.fixture
def pair(site: Site) -> tuple[DataSource, DataSource]:
    ground = site.new_source(metadata={"latitude_frame": "geocentric"})
    return ground, site.new_source(source_type="leo", instrument_type="footprint")


def test_conjunctions_follow_uploads_and_deletions(
    site: Site, pair: tuple[DataSource, DataSource]
) -> None:
    ground, space = pair
    put(site, ground, list(range(10)), nbtrace=PLACE)
    assert conjunctions(site, *pair) == []
    put(site, space, [2, 3, 4], nbtrace=NEAR)
    assert conjunctions(site, *pair) == [("2020-01-01T00:02:00", "2020-01-01T00:04:00")]
    put(site, space, [5], nbtrace=NEAR)
    assert conjunctions(site, *pair) == [("2020-01-01T00:02:00", "2020-01-01T00:05:00")]
    put(site, space, [3], nbtrace={"lat": -50.0, "lon": 0.0})  # overwritten: it was elsewhere
    assert sorted(conjunctions(site, *pair)) == [
        ("2020-01-01T00:02:00", "2020-01-01T00:02:00"),
        ("2020-01-01T00:04:00", "2020-01-01T00:05:00"),
    ]
    span = {"start": "2020-01-01T00:00:00", "end": "2020-01-01T00:04:00"}
    path = f"/data_sources/{space.identifier}/ephemeris"
    assert site.ask("DELETE", path, names(space) | span).status_code == 202
    assert conjunctions(site, *pair) == [("2020-01-01T00:05:00", "2020-01-01T00:05:00")]


def test_filters_follow_overwritten_metadata_and_schemas(
    site: Site, pair: tuple[DataSource, DataSource]
) -> None:
    ground, space = pair
    put(site, space, list(range(4)), nbtrace=NEAR)
    put(site, ground, list(range(4)), nbtrace=PLACE, metadata={"quality": 1})
    high = {"expressions": [{"key": "quality", "operator": ">", "values": ["1"]}]}
    asked = {"ephemeris_metadata_filters": high}
    assert conjunctions(site, *pair, **asked) == []
    put(site, ground, [1, 2], nbtrace=PLACE, metadata={"quality": 2})
    expected = [("2020-01-01T00:01:00", "2020-01-01T00:02:00")]
    assert conjunctions(site, *pair, **asked) == expected
    path = f"/data_sources/{ground.identifier}"
    for schema in ([], [{"field_name": "quality", "description": "", "data_type": "double"}]):
        changed = site.ask("PATCH", path, {"ephemeris_metadata_schema": schema})
        assert changed.status_code == 200
        assert conjunctions(site, *pair, **asked) == expected


def test_names_are_those_of_now(site: Site, pair: tuple[DataSource, DataSource]) -> None:
    ground, space = pair
    put(site, ground, [0], nbtrace=PLACE)
    put(site, space, [0], nbtrace=NEAR)
    assert len(conjunctions(site, *pair)) == 1
    renamed = {"platform": f"moved {space.identifier}"}
    site.ask("PATCH", f"/data_sources/{space.identifier}", renamed)
    assert conjunctions(site, *pair) == []
    now = site.archive.catalogue.sources.get(space.identifier)
    assert len(conjunctions(site, ground, now)) == 1


def test_who_operated_in_a_minute_follows(site: Site, source: DataSource) -> None:
    from datetime import UTC, datetime

    minute = datetime(2020, 1, 1, 0, 7, tzinfo=UTC)

    def operating() -> bool:
        found = operating_at(site.archive, minute)
        return source.identifier in [each.identifier for each, _ in found]

    assert not operating()
    put(site, source, [7])
    assert operating()
    span = {"start": "2020-01-01T00:07:00", "end": "2020-01-01T00:07:00"}
    path = f"/data_sources/{source.identifier}/ephemeris"
    assert site.ask("DELETE", path, names(source) | span).json()["deleted"] == 1
    assert not operating()
