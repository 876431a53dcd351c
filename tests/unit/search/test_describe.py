"""Queries in words."""

from __future__ import annotations

from typing import Any

from core.search.describe import count_tuples, describe
from core.search.examples import EXAMPLES
from tests.oracle.small_archive import source

WINDOW = {"start": "2018-01-01T00:00:00", "end": "2018-01-01T23:59:59"}


def test_a_conjunction_query() -> None:
    query: dict[str, Any] = WINDOW | {
        "ground": [{"programs": ["themis-asi"]}],
        "space": [{"programs": ["themis"]}],
        "max_distances": {"ground1-space1": 400},
    }
    assert describe("conjunction", query) == (
        "Find conjunctions of type (nbtrace) with one-minute precision between data sources of "
        "ground1=(program in (themis-asi)) AND space1=(program in (themis)) WHERE epochs are "
        "between 2018-01-01T00:00:00 AND 2018-01-01T23:59:59 UTC HAVING max distances between "
        "location points of ground1-space1=400 km."
    )
    assert "sub-minute precision" in describe("conjunction", query | {"subminute_precision": True})


def test_records_queries() -> None:
    sources = {"programs": ["swarm"], "platforms": ["swarma"]}
    assert describe("ephemeris", WINDOW | {"data_sources": sources}) == (
        "Find ephemeris for (program in (swarm) AND platform in (swarma)) AND "
        "ephemeris_metadata_filters [] AND epoch between 2018-01-01T00:00:00 and "
        "2018-01-01T23:59:59 UTC"
    )
    assert describe("data_product", WINDOW | {"data_sources": sources}).startswith(
        "Find data_products for (program in (swarm)"
    )


def test_every_example_can_be_told() -> None:
    texts = {describe("conjunction", example.query) for example in EXAMPLES}
    assert len(texts) == 7
    assert [example.number for example in EXAMPLES] == [1, 2, 3, 4, 5, 6, 7]


def test_tuples_are_counted(archive_of: Any) -> None:
    sources = [source(1, "ground"), source(2, "ground"), source(3, "leo"), source(4, "heo")]
    archive = archive_of(sources, [])
    query: dict[str, Any] = WINDOW | {
        "ground": [{}],
        "space": [{}, {"programs": ["leo"]}],
        "adhoc": [{"locations": [{"lat": 1, "lon": 2}, {"lat": 3, "lon": 4}]}],
        "max_distances": {},
    }
    assert count_tuples(archive, query) == 2 * 2 * 1 * 2
