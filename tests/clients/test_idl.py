"""IDL-AuroraX's requests, replayed over plain sockets, and its way of reading the answers."""

from __future__ import annotations

import math
import time
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import flask
import pytest
import requests

from api.urls import IDL_AGENT, request_url
from core.archive import Archive
from tests.clients import idl
from tests.clients.rows import engine_rows, json_rows, place, stamp, stored

NIGHT = {"start": "2019-01-02T00:00:00", "end": "2019-01-02T23:59:59"}
PAIR = {"ground1-space1": 500}
GROUND, SPACE = idl.block(["themis-asi"]), idl.block(["swarm"], hemisphere=["northern"])
POLL_S = 0.05


def conjunctions(ground: list[Any], space: list[Any], adhoc: list[Any], **more: Any) -> Any:
    """The body of a conjunction search, with every key that the client always sends."""
    return {
        **NIGHT, "ground": ground, "space": space, "events": [], "adhoc": adhoc,
        "conjunction_types": ["nbtrace"], "max_distances": PAIR, **more,
    }  # fmt: skip


def records(programs: list[str], *expressions: Any, **more: Any) -> Any:
    """The body of an ephemeris search."""
    sources = idl.block(programs, *expressions, platforms=["swarma"])
    return {"data_sources": sources, **NIGHT, **more}


def search(url: str, kind: str, body: Any) -> tuple[str, list[Any]]:
    """Submit, cut out the id, wait, read: the whole of one of the client's search routines."""
    answer = idl.post(url, f"/api/v1/{kind}/search", body)
    assert answer.status == 202, answer.body
    request_id = idl.request_id(answer, kind)
    assert str(UUID(request_id)) == request_id
    status = wait(url, kind, request_id)
    assert status.search_result.error_condition is False
    data = idl.get(url, f"/api/v1/{kind}/requests/{request_id}/data")
    assert data.status == 200
    assert int(status.search_result.file_size) >= 0
    assert int(status.search_result.result_count) == len(data.parsed().result)
    return request_id, data.parsed().result


def wait(url: str, kind: str, request_id: str) -> Any:
    """Ask for the status until the time of completion is no null; nothing else is looked at."""
    while True:
        status = idl.get(url, f"/api/v1/{kind}/requests/{request_id}").parsed()
        if not status.search_result.completed_timestamp.startswith(idl.NULL):
            return status
        time.sleep(POLL_S)


def struct_rows(found: list[Any]) -> list[Any]:
    """Conjunctions as the client's routine goes through them, tag by tag."""
    return json_rows(
        [
            {
                "conjunction_type": row.conjunction_type, "start": row.start, "end": row._end,
                "min_distance": row.min_distance, "max_distance": row.max_distance,
                "closest_epoch": row.closest_epoch, "farthest_epoch": row.farthest_epoch,
                "data_sources": [{"identifier": s.identifier} for s in row.data_sources],
                "events": [
                    {
                        "e1_source": {"identifier": event.e1_source.identifier},
                        "e2_source": {"identifier": event.e2_source.identifier},
                        "start": event.start, "end": event._end,
                        "min_distance": event.min_distance, "max_distance": event.max_distance,
                    }
                    for event in row.events
                ],
            }
            for row in found
        ]
    )  # fmt: skip


CLOUDLESS = idl.expression("calgary_cloud_ml_v1", "classified as not cloudy", "in")
SEARCHES = {
    "plain": conjunctions([GROUND], [SPACE], []),
    "an array after =": conjunctions(
        [GROUND],
        [idl.block(["swarm"], idl.expression(
            "nbtrace_region", ["north polar cap", "north auroral oval"], "="), hemisphere=[])],
        [],
    ),
    "a number as text": conjunctions(
        [idl.block(["themis-asi"], CLOUDLESS,
                   idl.expression("calgary_cloud_ml_v1_confidence", 75, ">="))],
        [SPACE], [],
    ),
    "a float as text": conjunctions(
        [idl.block(["themis-asi"], idl.expression("calgary_apa_ml_v1_confidence", 50.25, ">"))],
        [SPACE], [],
    ),
    "an array after between": conjunctions(
        [idl.block(["themis-asi"], CLOUDLESS,
                   idl.expression("calgary_cloud_ml_v1_confidence", [75, 90], "between"))],
        [SPACE], [],
    ),
    "a range in one text": conjunctions(
        [GROUND],
        [idl.block(["swarm"], idl.expression("tii_quality_vixh", "0,2", "between"),
                   hemisphere=[])],
        [],
    ),
    "a place of one's own, in single precision": conjunctions(
        [], [SPACE], [{"locations": [{"lat": 51.049999, "lon": -114.07000}]}],
        max_distances={"space1-adhoc1": 900},
    ),
    "a pair that is not compared": conjunctions(
        [GROUND], [SPACE, idl.block(["themis"], hemisphere=[])], [],
        max_distances={"ground1-space1": 500, "ground1-space2": 3000, "space1-space2": None},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SEARCHES)
def test_conjunctions_are_the_engines(url: str, archive: Archive, name: str) -> None:
    body = SEARCHES[name]
    _, found = search(url, "conjunctions", body)
    assert struct_rows(found) == engine_rows(archive, body)
    assert found


def test_a_range_in_one_text_is_that_range(url: str) -> None:
    ends = ("6815,6820.5", ["6815", "6820.5"])
    both = [idl.expression("radial_distance", given, "between") for given in ends]
    found = [search(url, "ephemeris", records(["swarm"], one))[1] for one in both]
    assert found[0] == found[1]
    assert 0 < len(found[0]) < 1440


def test_ephemeris_is_the_archives(url: str, archive: Archive) -> None:
    _, found = search(url, "ephemeris", records(["swarm"], idl.expression("tii_on", "true", "in")))
    day = datetime(2019, 1, 2, tzinfo=UTC)
    rows = stored(archive, [3], day, day.replace(hour=23, minute=59))
    expected = {key: row for key, row in rows.items() if row["md_bool_tii_on"]}
    assert len(found) == len(expected) > 100
    for row in found:
        other = expected.pop((row.data_source.identifier, row.epoch))
        for name in ("location_geo", "location_gsm", "nbtrace", "sbtrace"):
            # A null is the text !NULL, which the client turns into a NaN.
            held = [math.nan if v == idl.NULL else v for v in (row[name.upper()].lat,
                                                              row[name.upper()].lon)]  # fmt: skip
            wanted = [math.nan if v is None else v for v in place(other, name).values()]
            assert held == pytest.approx(wanted, abs=0, nan_ok=True)
        assert row.metadata.radial_distance == other["md_double_radial_distance"]


def test_data_products_are_the_archives(url: str, archive: Archive) -> None:
    sources = {"programs": ["trex"], "platforms": [], "instrument_types": ["near-infrared ASI"]}
    kept = idl.filters(idl.expression("keogram_type", ["daily"], "in"))
    body = {
        "data_sources": sources | {"data_product_metadata_filters": kept},
        "start": "2019-01-01T00:00:00", "end": "2019-12-31T23:59:59",
        "data_product_type_filters": [],
    }  # fmt: skip
    _, found = search(url, "data_products", body)
    known = archive.catalogue.sources.list(program="trex", instrument_type="near-infrared ASI")
    rows = archive.products.read(
        [s.identifier for s in known],
        datetime(2019, 1, 1, tzinfo=UTC), datetime(2019, 12, 31, 23, 59, tzinfo=UTC),
    ).to_pylist()  # fmt: skip
    expected = sorted(
        (r["source"], stamp(r["start"]), stamp(r["end"]), url + r["url"]) for r in rows
    )
    held = sorted((r.data_source.identifier, r.start, r._end, r.url) for r in found)
    assert held == expected
    assert held


def test_a_response_format_and_text_that_is_replaced(url: str, archive: Archive) -> None:
    """The client replaces `"start":` in the text before it parses it: no space may stand there."""
    body = SEARCHES["plain"]
    request_id, _ = search(url, "conjunctions", body)
    mask = {
        "start": True, "end": True, "conjunction_type": True, "min_distance": True,
        "events": {"start": True, "end": True, "e1_source": {"identifier": True}},
        "data_sources": {"display_name": True, "identifier": True},
    }  # fmt: skip
    answer = idl.post(url, f"/api/v1/conjunctions/requests/{request_id}/data", mask)
    text = answer.body.decode().replace('"start":', '"start_ts":').replace('"end":', '"end_ts":')
    rows = engine_rows(archive, body)
    assert text.count('"start_ts":') == text.count('"end_ts":') == 2 * len(rows)
    assert '"start"' not in text
    assert answer.header("Content-Type") == "application/json"


def test_descriptions(url: str) -> None:
    answer = idl.post(url, "/api/v1/utils/describe/query/conjunction", SEARCHES["plain"])
    text = answer.body.decode()
    assert text.startswith('"Find conjunctions of type (nbtrace) with one-minute precision')
    for kind, body in (("ephemeris", records(["swarm"])),):
        answer = idl.post(url, f"/api/v1/utils/describe/query/{kind}", body)
        assert answer.parsed().startswith("Find ephemeris")


@pytest.mark.parametrize("expect", [False, True])
def test_large_bodies_may_be_announced(url: str, expect: bool) -> None:
    """Above a kilobyte libcurl asks with `Expect: 100-continue` before it sends the body."""
    body = conjunctions([GROUND] * 2, [SPACE] * 8, [], max_distances={})
    answer = idl.post(url, "/api/v1/utils/describe/query/conjunction", body, expect=expect)
    assert answer.status == 200


@pytest.mark.parametrize("platform", ["fort%20smith", "fort+smith"])
@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_sources(url: str, archive: Archive, platform: str, version: str) -> None:
    path = f"/api/v1/data_sources?format=full_record&platform={platform}&include_stats=true"
    answer = idl.get(url, path, version)
    known = [s.identifier for s in archive.catalogue.sources.list(platform="fort smith")]
    assert [s.identifier for s in answer.parsed()] == known
    assert all(int(s.stats.ephemeris_count) >= 0 for s in answer.parsed())


def test_availability(url: str) -> None:
    path = "/api/v1/availability/ephemeris?start=2019-01-02&end=2019-01-03&program=swarm"
    found = idl.get(url, path).parsed()
    assert [row.data_source.identifier for row in found] == [3, 29, 30]
    assert all(row.available_ephemeris == {"_2019_01_02": 1440} for row in found)


@pytest.mark.parametrize("kind", ["conjunctions", "ephemeris"])
def test_a_cancelled_search_ends_the_wait(queueing_url: str, kind: str) -> None:
    """The client looks at nothing but `completed_timestamp`, and then at `file_size`."""
    body = SEARCHES["plain"] if kind == "conjunctions" else records(["swarm"])
    answer = idl.post(queueing_url, f"/api/v1/{kind}/search", body)
    request_id = idl.request_id(answer, kind)
    address = f"{queueing_url}/api/v1/{kind}/requests/{request_id}"
    assert (
        idl.get(queueing_url, address.removeprefix(queueing_url))
        .parsed()
        .search_result["COMPLETED_TIMESTAMP"]
        .startswith(idl.NULL)
    )
    requests.delete(address, timeout=60)
    status = wait(queueing_url, kind, request_id)
    assert status.search_result.file_size == 0
    assert idl.get(queueing_url, f"/api/v1/{kind}/requests/{request_id}/data").status == 409


def test_an_error_has_a_text(url: str) -> None:
    answer = idl.post(url, "/api/v1/conjunctions/search", conjunctions([GROUND], [], []))
    assert answer.status == 400
    assert answer.header("Content-Type") == "application/json"
    assert answer.parsed().error_code == "AssertionError"


ORIGINS = [
    "http://127.0.0.1:8050", "http://localhost", "https://api.aurorax.space",
    "https://atlas.physics.example.org:8443", "http://a.bc",
]  # fmt: skip


@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize("kind", idl.OFFSETS)
def test_the_id_stands_where_it_is_cut_out(origin: str, kind: str) -> None:
    identifier = "0f4c5a52-8d3b-4f6e-9a57-3b7c1d2e4f60"
    server = flask.Flask("idl")
    headers = {"User-Agent": f"{IDL_AGENT}1.4.0"}
    with server.test_request_context(base_url=origin, headers=headers):
        location = request_url(kind, identifier)
    answer = idl.Answer(202, f"HTTP/1.1 202 Accepted\r\nLocation: {location}\r\n", b"")
    assert idl.request_id(answer, kind) == identifier
    with server.test_request_context(base_url=origin):
        assert request_url(kind, identifier) == f"{origin}/api/v1/{kind}/requests/{identifier}"


def test_the_padded_address_is_an_address(url: str) -> None:
    """Whoever follows it anyway, arrives."""
    answer = idl.post(url, "/api/v1/conjunctions/search", SEARCHES["plain"])
    location = str(answer.header("Location"))
    assert requests.request("GET", location, timeout=60).status_code == 200
    assert location.startswith(f"{url}/")
