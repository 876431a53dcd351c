"""PyAuroraX, unchanged, against a live server; its answers are compared with the known records."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from pyaurorax import PyAuroraX
from pyaurorax.exceptions import AuroraXAPIError, AuroraXNotFoundError
from pyaurorax.search import (
    Conjunction,
    ConjunctionSearch,
    CustomLocationsCriteriaBlock,
    DataProductData,
    EphemerisData,
    GroundCriteriaBlock,
    MetadataFilter,
    MetadataFilterExpression,
    SpaceCriteriaBlock,
)

from core.instruments.registry import all_sources
from tests.api import sky

START, END = datetime(2020, 1, 1), datetime(2020, 1, 1, 6, 59, 59)  # noqa: DTZ001 - the client's
LIMIT_KM = 700
# Distances here and there are computed in float64 by different formulas.
KM_TOLERANCE = 1e-6


@pytest.fixture(scope="module")
def aurorax(live_url: str, tmp_path_factory: pytest.TempPathFactory) -> PyAuroraX:
    folder: Path = tmp_path_factory.mktemp("pyaurorax")
    return PyAuroraX(api_base_url=live_url, download_output_root_path=str(folder))


def stamp(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S")


def comparable(found: list[Conjunction]) -> list[sky.Record]:
    rows = [
        {
            "sources": tuple(source.identifier for source in c.data_sources),
            "start": stamp(c.start),
            "end": stamp(c.end),
            "min_distance": c.min_distance,
            "max_distance": c.max_distance,
            "closest_epoch": stamp(c.closest_epoch),
            "farthest_epoch": stamp(c.farthest_epoch),
        }
        for c in found
    ]
    return sorted(rows, key=lambda row: (row["start"], row["sources"]))


def assert_same(found: list[sky.Record], expected: list[sky.Record]) -> None:
    assert len(expected) > 5, "the known sky has too few meetings to prove anything"
    assert len(found) == len(expected)
    for row, other in zip(found, expected, strict=True):
        for name, value in other.items():
            if isinstance(value, float):
                assert row[name] == pytest.approx(value, abs=KM_TOLERANCE), (name, row, other)
            else:
                assert row[name] == value, (name, row, other)


# --------------------------------------------------------------------------- data sources
def test_lists_all_sources_with_their_fields(aurorax: PyAuroraX) -> None:
    listed = {source.identifier: source for source in aurorax.search.sources.list()}
    described = {source.identifier: source for source in all_sources()}
    assert listed.keys() == described.keys()
    for identifier, source in described.items():
        for name in ("program", "platform", "instrument_type", "source_type", "display_name"):
            assert getattr(listed[identifier], name) == getattr(source, name)
        fields = [field.field_name for field in source.ephemeris_metadata_schema]
        given = listed[identifier].ephemeris_metadata_schema
        assert [field["field_name"] for field in given] == fields


@pytest.mark.parametrize("form", ["identifier_only", "basic_info", "with_metadata", "full_record"])
def test_lists_in_every_format(aurorax: PyAuroraX, form: Any) -> None:
    listed = aurorax.search.sources.list(program="swarm", format=form)
    assert [source.identifier for source in listed] == list(sky.SPACE)


def test_gets_one_source(aurorax: PyAuroraX) -> None:
    source = aurorax.search.sources.get("swarm", "swarma", "footprint")
    assert source.identifier == sky.SWARM_A
    assert aurorax.search.sources.get_using_identifier(sky.GILLAM).display_name == "THEMIS-ASI GILL"


def test_searches_sources(aurorax: PyAuroraX) -> None:
    found = aurorax.search.sources.search(programs=["swarm", "themis-asi"], platforms=["gillam"])
    assert [source.identifier for source in found] == [sky.GILLAM]


def test_statistics_count_the_records(aurorax: PyAuroraX) -> None:
    source = aurorax.search.sources.get_using_identifier(sky.GILLAM, include_stats=True)
    times = sorted(r["epoch"] for r in sky.ephemeris() if r["identifier"] == sky.GILLAM)
    stats: Any = source.stats
    assert stats.ephemeris_count == len(times)
    assert stamp(stats.earliest_ephemeris_loaded) == times[0]
    assert stamp(stats.latest_ephemeris_loaded) == times[-1]
    assert stats.data_product_count == 0
    assert stats.earliest_data_product_loaded is None
    trex: Any = aurorax.search.sources.get_using_identifier(
        sky.TREX_RGB_GILLAM, include_stats=True
    ).stats
    assert trex.data_product_count == len(sky.products())
    assert stamp(trex.latest_data_product_loaded) == "2020-01-03T23:59:00"


def test_a_source_that_is_not_there(aurorax: PyAuroraX) -> None:
    text = "No Data Source record found in AuroraX for identifier 12345678"
    with pytest.raises(AuroraXAPIError, match=f"404: {text}"):
        aurorax.search.sources.get_using_identifier(12345678)
    with pytest.raises(AuroraXNotFoundError):
        aurorax.search.sources.get("swarm", "swarmz", "footprint")


def test_metadata_schemas(aurorax: PyAuroraX) -> None:
    schema = aurorax.search.metadata.get_ephemeris_schema(sky.SWARM_A)
    assert sorted(field["field_name"] for field in schema) == [
        "nbtrace_region", "radial_distance", "radial_trace_region", "sbtrace_region",
        "spacecraft_region", "state", "tii_on", "tii_quality_vixh", "tii_quality_vixv",
        "tii_quality_viy", "tii_quality_viz",
    ]  # fmt: skip


# --------------------------------------------------------------------------- conjunctions
def find(aurorax: PyAuroraX, **extra: Any) -> ConjunctionSearch:
    return aurorax.search.conjunctions.search(
        START,
        END,
        LIMIT_KM,
        ground=[GroundCriteriaBlock(programs=["themis-asi"])],
        space=[SpaceCriteriaBlock(programs=["swarm"])],
        **extra,
    )


def test_conjunctions_are_those_of_the_brute_force(aurorax: PyAuroraX) -> None:
    search = find(aurorax, conjunction_types=["nbtrace"])
    assert_same(comparable(search.data), sky.conjunctions(LIMIT_KM))
    result = search.status["search_result"]
    assert result["result_count"] == len(search.data)
    assert result["file_size"] > 0
    for found in search.data:
        assert found.conjunction_type == "nbtrace"
        assert len(found.events) == 1
        assert found.events[0]["start"] == found.start
        assert found.events[0]["min_distance"] == found.min_distance
        assert found.events[0]["e2_source"]["identifier"] == found.data_sources[1].identifier


def test_conjunctions_with_latitudes_as_delivered(live_url: str) -> None:
    """The frame is a key of this server, which the client's classes do not know."""
    query = {
        "start": stamp(START), "end": stamp(END), "latitude_frame": "as_delivered",
        "ground": [{"programs": ["themis-asi"]}], "space": [{"programs": ["swarm"]}],
        "max_distances": {"ground1-space1": LIMIT_KM},
    }  # fmt: skip
    submitted = requests.post(f"{live_url}/api/v1/conjunctions/search", json=query, timeout=10)
    data = requests.Session().get(submitted.headers["Location"] + "/data", timeout=10)
    rows = data.json()["result"]
    found = [
        row | {"sources": tuple(source["identifier"] for source in row["data_sources"])}
        for row in rows
    ]
    found.sort(key=lambda row: (row["start"], row["sources"]))
    assert_same(found, sky.conjunctions(LIMIT_KM, "as_delivered"))


def test_conjunctions_from_a_raw_query(aurorax: PyAuroraX) -> None:
    query = {
        "start": "2020-01-01T00:00:00Z", "end": "2020-01-01T06:59:59Z",
        "ground": [{"programs": ["themis-asi"]}], "space": [{"programs": ["swarm"]}],
        "conjunction_types": ["nbtrace"], "max_distances": {"ground1-space1": LIMIT_KM},
        "epoch_search_precision": 60,
    }  # fmt: skip
    search = aurorax.search.conjunctions.search_from_raw_query(query)
    assert_same(comparable(search.data), sky.conjunctions(LIMIT_KM))


def test_conjunctions_with_a_metadata_filter(aurorax: PyAuroraX) -> None:
    """The imager's classification changes with odd and even minutes: every row is one minute."""
    arcs = MetadataFilter([MetadataFilterExpression("clausen_ml_oath", "classified as arc", "=")])
    search = aurorax.search.conjunctions.search(
        START,
        END,
        LIMIT_KM,
        ground=[GroundCriteriaBlock(programs=["themis-asi"], metadata_filters=arcs)],
        space=[SpaceCriteriaBlock(programs=["swarm"], hemisphere=["northern"])],
        conjunction_types=["nbtrace"],
    )
    minutes = [
        (row["sources"], minute)
        for row in sky.conjunctions(LIMIT_KM)
        for minute in range(sky.MINUTES)
        if row["start"] <= sky.stamp(minute) <= row["end"] and minute % 2
    ]
    found = [(row["sources"], row["start"]) for row in comparable(search.data)]
    assert sorted(found) == sorted((sources, sky.stamp(minute)) for sources, minute in minutes)
    assert all(row["start"] == row["end"] for row in comparable(search.data))


def test_conjunctions_with_a_place_of_ones_own(aurorax: PyAuroraX) -> None:
    # The client's type says Location, its code takes pairs.
    place: Any = sky.SITES[sky.FORT_SMITH]
    search = aurorax.search.conjunctions.search(
        START,
        END,
        LIMIT_KM,
        space=[SpaceCriteriaBlock(programs=["swarm"])],
        custom_locations=[CustomLocationsCriteriaBlock(locations=[place])],
        conjunction_types=["nbtrace"],
    )
    expected = [r for r in sky.conjunctions(LIMIT_KM) if r["sources"][0] == sky.FORT_SMITH]
    found = comparable(search.data)
    assert [(r["start"], r["end"], r["sources"][0]) for r in found] == [
        (r["start"], r["end"], r["sources"][1]) for r in expected
    ]
    assert all(row["sources"][1] < 0 for row in found)


def test_conjunctions_with_a_response_format(aurorax: PyAuroraX) -> None:
    template = aurorax.search.conjunctions.create_response_format_template(default=False)
    template["start"] = template["min_distance"] = True
    template["data_sources"]["identifier"] = template["data_sources"]["owner"] = True
    template["events"]["e1_source"]["display_name"] = True
    search = find(aurorax, conjunction_types=["nbtrace"], response_format=template)
    rows: list[Any] = sorted(
        search.data, key=lambda row: (row["start"], [s["identifier"] for s in row["data_sources"]])
    )
    expected = sky.conjunctions(LIMIT_KM)
    assert [stamp(row["start"]) for row in rows] == [row["start"] for row in expected]
    for row, other in zip(rows, expected, strict=True):
        assert row.keys() == {"start", "min_distance", "data_sources", "events"}
        assert [s["identifier"] for s in row["data_sources"]] == list(other["sources"])
        assert all(source.keys() == {"identifier", "owner"} for source in row["data_sources"])
        assert [event.keys() for event in row["events"]] == [{"e1_source"}]
        assert row["events"][0]["e1_source"].keys() == {"display_name"}


def test_a_response_format_of_everything(aurorax: PyAuroraX) -> None:
    template = aurorax.search.conjunctions.create_response_format_template(default=True)
    search = find(aurorax, conjunction_types=["nbtrace"], response_format=template)
    row: Any = search.data[0]
    plain = {source.identifier: source for source in all_sources()}
    for source in row["data_sources"]:
        assert source["owner"] == plain[source["identifier"]].owner
        assert len(source["ephemeris_metadata_schema"]) == len(
            plain[source["identifier"]].ephemeris_metadata_schema
        )
    generated = row["events"][0]["generated_e2_ephemeris_query"]
    assert generated["data_sources"]["programs"] == ["swarm"]
    assert generated["start"] == stamp(row["start"])


def test_describes_a_conjunction_search(aurorax: PyAuroraX) -> None:
    search = find(aurorax, return_immediately=True)
    for text in (aurorax.search.conjunctions.describe(search), search.describe()):
        assert "program in (themis-asi)" in text
        assert "one-minute precision" in text
        assert f"ground1-space1={LIMIT_KM} km" in text


def test_a_search_that_is_not_right(aurorax: PyAuroraX) -> None:
    with pytest.raises(AuroraXAPIError, match="start"):
        aurorax.search.conjunctions.search(
            END, START, 500, ground=[{"programs": ["rego"]}], space=[{"programs": ["swarm"]}]
        )


# --------------------------------------------------------------------------- ephemeris
def ephemeris_of(*identifiers: int, minutes: int = sky.MINUTES) -> list[sky.Record]:
    rows = [r for r in sky.ephemeris() if r["identifier"] in identifiers]
    rows = [r for r in rows if r["epoch"] < sky.stamp(minutes)]
    return sorted(rows, key=lambda row: (row["epoch"], row["identifier"]))


def given_keys(metadata: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in metadata.items() if value is not None}


def test_ephemeris_records_come_back_as_they_were_written(aurorax: PyAuroraX) -> None:
    search = aurorax.search.ephemeris.search(
        START, START + timedelta(minutes=59), programs=["swarm", "themis-asi"]
    )
    expected = ephemeris_of(*sky.GROUND, *sky.SPACE, minutes=60)
    found: list[EphemerisData] = sorted(
        search.data, key=lambda row: (row.epoch, row.data_source.identifier)
    )
    assert len(found) == len(expected) == 300
    for row, other in zip(found, expected, strict=True):
        assert row.data_source.identifier == other["identifier"]
        assert stamp(row.epoch) == other["epoch"]
        for name in ("location_geo", "location_gsm", "nbtrace", "sbtrace"):
            place: Any = getattr(row, name)
            given = place if isinstance(place, dict) else {"lat": place.lat, "lon": place.lon}
            assert given == other[name], name
        assert given_keys(row.metadata) == other["metadata"]


def test_ephemeris_with_filters(aurorax: PyAuroraX) -> None:
    filters = MetadataFilter(
        [
            MetadataFilterExpression("nbtrace_region", "north polar cap", "="),
            MetadataFilterExpression("tii_quality_viy", 2, ">="),
        ],
        operator="AND",
    )
    search = aurorax.search.ephemeris.search(
        START, END, programs=["swarm"], platforms=["swarmb"], metadata_filters=filters
    )
    expected = [
        row["epoch"]
        for row in ephemeris_of(sky.SWARM_B)
        if row["metadata"]["nbtrace_region"] == "north polar cap"
        and row["metadata"]["tii_quality_viy"] >= 2
    ]
    assert len(expected) > 5
    assert sorted(stamp(row.epoch) for row in search.data) == expected


def test_ephemeris_with_a_response_format(aurorax: PyAuroraX) -> None:
    """Half a location is asked for; places that are not there come back as nulls."""
    template = aurorax.search.ephemeris.create_response_format_template(default=False)
    template["epoch"] = template["data_source"]["identifier"] = template["nbtrace"]["lat"] = True
    search = aurorax.search.ephemeris.search(
        START, END, programs=["swarm"], response_format=template
    )
    rows: list[Any] = search.data
    expected = {(r["identifier"], r["epoch"]): r["nbtrace"] for r in ephemeris_of(*sky.SPACE)}
    assert any(place["lat"] is None for place in expected.values())
    assert len(rows) == len(expected)
    for row in rows:
        assert row.keys() == {"epoch", "data_source", "nbtrace"}
        place = expected[row["data_source"]["identifier"], stamp(row["epoch"])]
        assert (row["nbtrace"].lat, row["nbtrace"].lon) == (place["lat"], place["lon"])


def test_describes_an_ephemeris_search(aurorax: PyAuroraX) -> None:
    search = aurorax.search.ephemeris.search(
        START, END, programs=["swarm"], return_immediately=True
    )
    assert aurorax.search.ephemeris.describe(search).startswith("Find ephemeris for ")


# --------------------------------------------------------------------------- data products
def test_data_products(aurorax: PyAuroraX, live_url: str) -> None:
    search = aurorax.search.data_products.search(
        START, START + timedelta(days=2, minutes=-1), programs=["trex"]
    )
    found: list[DataProductData] = sorted(search.data, key=lambda row: (row.start, row.url))
    expected = [row for row in sky.products() if row["end"] < "2020-01-03"]
    expected = [
        row | {"url": live_url + row["url"] if row["url"].startswith("/") else row["url"]}
        for row in expected
    ]
    expected.sort(key=lambda row: (row["start"], row["url"]))
    assert len(found) == len(expected) == 4
    for row, other in zip(found, expected, strict=True):
        assert row.url == other["url"]
        assert row.data_product_type == other["data_product_type"]
        assert (stamp(row.start), stamp(row.end)) == (other["start"], other["end"])
        assert row.data_source.identifier == sky.TREX_RGB_GILLAM
        assert given_keys(row.metadata) == other["metadata"]


def test_data_products_by_type_and_metadata(aurorax: PyAuroraX) -> None:
    search = aurorax.search.data_products.search(
        START,
        START + timedelta(days=3),
        programs=["trex"],
        data_product_types=["keogram"],
        metadata_filters=[{"key": "keogram_type", "operator": "in", "values": ["daily"]}],
    )
    assert [stamp(row.start) for row in search.data] == [
        "2020-01-01T00:00:00", "2020-01-02T00:00:00"
    ]  # fmt: skip
    assert "keogram" in aurorax.search.data_products.describe(search)


# --------------------------------------------------------------------------- availability
def test_availability_counts_records(aurorax: PyAuroraX) -> None:
    day = START.date()
    found = aurorax.search.availability.ephemeris(day, day + timedelta(days=1))
    counts = {row.data_source.identifier: row.available_ephemeris for row in found}
    assert counts == {
        identifier: {"2020-01-01": len(ephemeris_of(identifier))}
        for identifier in (*sky.GROUND, *sky.SPACE)
    }
    swarm = aurorax.search.availability.ephemeris(day, day, program="swarm", slow=True)
    assert [row.data_source.identifier for row in swarm] == list(sky.SPACE)
    assert (
        aurorax.search.availability.ephemeris(day - timedelta(days=9), day - timedelta(days=1))
        == []
    )


def test_availability_of_data_products(aurorax: PyAuroraX) -> None:
    day = START.date()
    found = aurorax.search.availability.data_products(
        day, day + timedelta(days=1), program="trex", format="full_record"
    )
    assert len(found) == 1
    assert found[0].data_source.identifier == sky.TREX_RGB_GILLAM
    assert found[0].available_data_products == {"2020-01-01": 2, "2020-01-02": 2}


# --------------------------------------------------------------------------- life of a search
def test_cancel_waits_until_it_is_over(aurorax: PyAuroraX) -> None:
    search = find(aurorax, conjunction_types=["nbtrace"], return_immediately=True)
    assert search.cancel(wait=True, poll_interval=0.1) == 0
    search.update_status()
    assert search.status["search_result"]["data_uri"] is not None
    assert search.logs


def test_requests_by_hand(aurorax: PyAuroraX) -> None:
    search = find(aurorax, conjunction_types=["nbtrace"])
    url = aurorax.search.conjunctions.get_request_url(search.request_id)
    assert url == search.request_url
    assert len(search.request_id) == 36
    status = aurorax.search.requests.get_status(url)
    assert status["search_request"]["query"]["request_id"] == search.request_id
    assert aurorax.search.requests.get_logs(url) == status["logs"]
    data = aurorax.search.requests.get_data(f"{url}/data")
    assert len(data) == len(search.data)


def test_an_unknown_request(aurorax: PyAuroraX) -> None:
    url = aurorax.search.ephemeris.get_request_url("00000000-0000-4000-8000-000000000000")
    with pytest.raises(AuroraXAPIError, match="404"):
        aurorax.search.requests.get_status(url)
