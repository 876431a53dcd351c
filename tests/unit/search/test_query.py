"""Every form of query that clients send is read; every wrong one is refused by place."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.errors import BadInput, LimitExceeded
from core.search.examples import EXAMPLES
from core.search.parsing import check_span
from core.search.query import ConjunctionQuery, EphemerisQuery, ProductQuery, read_query
from core.settings import Settings

SETTINGS = Settings()
# What PyAuroraX 1.27 sends for a search with all kinds of blocks.
CLIENT_QUERY: dict[str, Any] = {
    "start": "2020-01-01T00:00:00",
    "end": "2020-01-01T06:59:59",
    "ground": [
        {
            "programs": ["themis-asi"],
            "platforms": [],
            "instrument_types": [],
            "ephemeris_metadata_filters": {
                "expressions": [
                    {"key": "calgary_apa_ml_v1_confidence", "values": ["95"], "operator": ">="}
                ],
                "logical_operator": "AND",
            },
        }
    ],
    "space": [
        {
            "programs": ["swarm"],
            "platforms": [],
            "instrument_types": [],
            "hemisphere": ["northern"],
            "ephemeris_metadata_filters": None,
        },
        {"programs": ["themis"]},
    ],
    "events": [{"platforms": [], "instrument_types": ["substorm onset"]}],
    "adhoc": [{"locations": [{"lat": 51.05, "lon": -114.07}]}],
    "conjunction_types": [],
    "max_distances": {"ground1-space1": 500, "space1-ground1": 500.0, "adhoc1-space1": 20.5},
}


def conjunction(**changes: Any) -> ConjunctionQuery:
    return ConjunctionQuery.from_dict(copy.deepcopy(CLIENT_QUERY) | changes, SETTINGS)


def test_blocks_come_in_canonical_order() -> None:
    names = [block.name for block in conjunction().blocks]
    assert names == ["ground1", "space1", "space2", "events1", "adhoc1"]


def test_no_type_means_the_northern_trace() -> None:
    assert conjunction().types == ("nbtrace",)
    assert conjunction(conjunction_types=["SBTrace", "geographic"]).types == (
        "sbtrace",
        "geographic",
    )


def test_a_missing_pair_is_not_considered() -> None:
    limits = dict(conjunction().limits)
    assert limits[0, 1] == 500.0
    assert limits[1, 4] == 20.5
    assert [pair for pair, km in limits.items() if km is not None] == [(0, 1), (1, 4)]


def test_a_missing_pair_of_ground_blocks_is_one_site() -> None:
    query = conjunction(ground=[{}, {}], max_distances={"ground1-space1": 1})
    assert dict(query.limits)[0, 1] == 0.0


def test_events_are_of_the_program_events() -> None:
    assert conjunction().blocks[3].programs == ("events",)


@pytest.mark.parametrize(
    ("given", "fine"),
    [
        ({}, False),
        ({"subminute_precision": True}, True),
        ({"subminute_precision": False, "epoch_search_precision": 30}, False),
        ({"epoch_search_precision": 60}, False),
        ({"epoch_search_precision": 30}, True),
    ],
)
def test_precision(given: dict[str, Any], fine: bool) -> None:
    assert conjunction(**given).subminute is fine


@pytest.mark.parametrize("text", ["2020-01-01T00:00:00.000Z", "2020-01-01T00:00", "2020-01-01"])
def test_times_in_several_forms(text: str) -> None:
    assert conjunction(start=text).start == conjunction().start


def test_a_query_survives_being_written() -> None:
    for query in [CLIENT_QUERY, *(example.query for example in EXAMPLES)]:
        once = ConjunctionQuery.from_dict(query, SETTINGS)
        again = ConjunctionQuery.from_dict(once.to_dict(), SETTINGS)
        assert again == once
        assert not once.ignored


def test_unknown_keys_are_kept_in_mind() -> None:
    query = conjunction(colour="green", ground=[{"programs": ["rego"], "platfroms": []}])
    assert query.ignored == ("colour", "ground[0].platfroms")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"start": None}, "start"),
        ({"start": "yesterday"}, "start"),
        ({"end": "2019-01-01T00:00:00"}, "end"),
        ({"ground": {}}, "ground"),
        ({"ground": ["x"]}, "ground[0]"),
        ({"ground": [{"programs": "themis-asi"}]}, "ground[0].programs"),
        ({"ground": [{"programs": [1]}]}, "ground[0].programs[0]"),
        ({"ground": [{"hemisphere": ["northern"]}]}, "ground[0].hemisphere"),
        ({"space": [{"hemisphere": ["eastern"]}]}, "space[0].hemisphere"),
        ({"adhoc": [{}]}, "adhoc[0].locations"),
        ({"adhoc": [{"locations": [{"lat": 91, "lon": 0}]}]}, "adhoc[0].locations[0].lat"),
        ({"adhoc": [{"locations": [{"lat": 1, "lon": None}]}]}, "adhoc[0].locations[0].lon"),
        ({"conjunction_types": ["equatorial"]}, "conjunction_types"),
        ({"max_distances": None}, "max_distances"),
        ({"max_distances": {"ground1-space1": -1}}, "max_distances.ground1-space1"),
        ({"max_distances": {"ground1-space1": True}}, "max_distances.ground1-space1"),
        ({"max_distances": {"ground1-space1": float("nan")}}, "max_distances.ground1-space1"),
        ({"max_distances": {"ground1-spcae1": 1}}, "max_distances.ground1-spcae1"),
        ({"max_distances": {"ground1-space9": 1}}, "max_distances.ground1-space9"),
        (
            {"max_distances": {"ground1-space1": 1, "space1-ground1": 2}},
            "max_distances.space1-ground1",
        ),
        ({"epoch_search_precision": 0}, "epoch_search_precision"),
        ({"subminute_precision": "yes"}, "subminute_precision"),
        ({"latitude_frame": "magnetic"}, "latitude_frame"),
        (
            {
                "ground": [
                    {
                        "ephemeris_metadata_filters": {
                            "expressions": [
                                {"key": "a", "operator": "=", "values": [1]},
                                {"key": "b", "operator": "~", "values": [1]},
                            ]
                        }
                    }
                ]
            },
            "ground[0].ephemeris_metadata_filters.expressions[1].operator",
        ),
    ],
)
def test_a_wrong_query_is_refused_by_place(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as caught:
        conjunction(**changes)
    assert caught.value.details["field"] == field


@pytest.mark.parametrize(
    ("changes", "limit"),
    [
        ({"end": "2039-01-02T00:00:01"}, "days"),
        ({"space": [{}] * 9, "max_distances": {}}, "blocks"),
    ],
)
def test_limits(changes: dict[str, Any], limit: str) -> None:
    with pytest.raises(LimitExceeded) as caught:
        conjunction(**changes)
    assert caught.value.details["limit"] == limit


def test_one_block_is_not_a_conjunction() -> None:
    with pytest.raises(BadInput, match="at least two"):
        conjunction(space=[], events=[], adhoc=[], max_distances={})


def test_ephemeris_queries() -> None:
    window = {"start": "2019-01-01T00:00:00", "end": "2019-01-01T00:09:59"}
    query = EphemerisQuery.from_dict(window | {"data_sources": {"programs": ["swarm"]}}, SETTINGS)
    assert query.programs == ("swarm",)
    assert EphemerisQuery.from_dict(query.to_dict(), SETTINGS) == query
    with pytest.raises(BadInput) as caught:
        EphemerisQuery.from_dict(window | {"data_sources": {"programs": []}}, SETTINGS)
    assert caught.value.details["field"] == "data_sources"
    filters = {"ephemeris_metadata_filters": [{"key": "a", "operator": "=", "values": ["1"]}]}
    assert EphemerisQuery.from_dict(window | {"data_sources": filters}, SETTINGS).filters
    with pytest.raises(LimitExceeded):
        EphemerisQuery.from_dict(
            {"data_sources": {"programs": ["swarm"]}, "start": "2019-01-01", "end": "2019-03-01"},
            SETTINGS,
        )


def test_old_clients_put_filters_at_the_top() -> None:
    query = EphemerisQuery.from_dict(
        {
            "data_sources": {"programs": ["swarm"], "ephemeris_metadata_filters": {}},
            "metadata_filters": [{"key": "a", "operator": "in", "values": ["x"]}],
            "start": "2019-01-01T00:00:00",
            "end": "2019-01-01T00:09:59",
        },
        SETTINGS,
    )
    assert query.filters.expressions[0].key == "a"


def test_product_queries() -> None:
    query = ProductQuery.from_dict(
        {
            "data_sources": {"programs": ["trex"]},
            "start": "2020-01-01T00:00:00",
            "end": "2020-01-01T23:59:59",
            "data_product_type_filters": ["keogram"],
        },
        SETTINGS,
    )
    assert query.types == ("keogram",)
    assert ProductQuery.from_dict(query.to_dict(), SETTINGS) == query


def test_there_are_three_kinds() -> None:
    with pytest.raises(BadInput, match="no search of kind"):
        read_query("movies", {}, SETTINGS)


def test_what_a_custom_location_cannot_filter_is_told() -> None:
    point = {"locations": [{"lat": 51.0, "lon": -114.0}]}
    group = [{"key": "a", "operator": "=", "values": ["b"]}]
    query = conjunction(adhoc=[{**point, "ephemeris_metadata_filters": group, "programs": []}])
    assert query.ignored == ("adhoc[0].ephemeris_metadata_filters",)


def test_a_minute_too_many_is_seen_in_the_message() -> None:
    start = datetime(2020, 1, 1, tzinfo=UTC)
    with pytest.raises(LimitExceeded, match=r"has 2\.0007 days; a window of at most 2 days"):
        check_span(start, start + timedelta(days=2, minutes=1), 2, "")
    with pytest.raises(LimitExceeded, match=r"has 3,650\.5 days"):
        check_span(start, start + timedelta(days=3650.5), 2, "")
