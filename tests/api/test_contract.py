"""The requests that PyAuroraX 1.27 sends, word for word, and the answers it can read."""

from __future__ import annotations

import http.client
import io
import json
from datetime import datetime
from typing import Any

import flask
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.observatory import Observatory
from tests.api import sky

AGENT = {"user-agent": "python-pyaurorax/1.27.0", "content-type": "application/json"}
FULL = "format=full_record&include_stats=False"

SPACE_FILTERS = {
    "expressions": [
        {"key": "nbtrace_region", "values": ["north polar cap"], "operator": "="},
        {"key": "radial_distance", "values": [6000, 7000], "operator": "between"},
        {"key": "tii_quality_viy", "values": ["1"], "operator": ">="},
    ],
    "logical_operator": "OR",
}
EPHEMERIS = {
    "data_sources": {
        "programs": ["swarm"], "platforms": ["swarma"], "instrument_types": ["footprint"],
        "ephemeris_metadata_filters": SPACE_FILTERS,
    },
    "start": "2020-01-01T00:00:00", "end": "2020-01-01T00:09:59",
}  # fmt: skip
EPHEMERIS_PLAIN = {
    "data_sources": {
        "programs": ["swarm"], "platforms": [], "instrument_types": [],
        "ephemeris_metadata_filters": {},
    },
    "start": "2020-01-01T00:00:00", "end": "2020-01-01T00:09:59",
}  # fmt: skip
PRODUCTS = {
    "data_sources": {
        "programs": ["trex"], "platforms": [], "instrument_types": [],
        "data_product_metadata_filters": {
            "expressions": [{"key": "keogram_type", "operator": "in", "values": ["daily"]}],
            "logical_operator": "AND",
        },
    },
    "start": "2020-01-01T00:00:00", "end": "2020-01-01T23:59:59",
    "data_product_type_filters": ["keogram"],
}  # fmt: skip
FOUR_KINDS = {
    "start": "2020-01-01T00:00:00", "end": "2020-01-01T06:59:59",
    "ground": [
        {
            "programs": ["themis-asi"], "platforms": [], "instrument_types": [],
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
            "programs": ["swarm"], "platforms": [], "instrument_types": [],
            "hemisphere": ["northern"], "ephemeris_metadata_filters": None,
        },
        {
            "programs": ["themis"], "platforms": [], "instrument_types": [],
            "hemisphere": [], "ephemeris_metadata_filters": None,
        },
    ],
    "events": [
        {
            "platforms": [], "instrument_types": ["substorm onset"],
            "ephemeris_metadata_filters": None, "programs": ["events"],
        }
    ],
    "adhoc": [{"locations": [{"lat": 51.05, "lon": -114.07}]}],
    "conjunction_types": [],
    "max_distances": {
        "ground1-space1": 500, "ground1-space2": 500, "ground1-events1": 500,
        "ground1-adhoc1": 500, "space1-space2": 500, "space1-events1": 500,
        "space1-adhoc1": 500, "space2-events1": 500, "space2-adhoc1": 500,
        "events1-adhoc1": 500,
    },
}  # fmt: skip
BARE_BLOCKS = {
    "start": "2020-01-01T00:00:00", "end": "2020-01-01T06:59:59",
    "ground": [{"programs": ["themis-asi"]}],
    "space": [{"programs": ["swarm"]}, {"programs": ["themis"]}],
    "events": [], "adhoc": [], "conjunction_types": ["nbtrace", "geographic"],
    "max_distances": {"ground1-space1": 500.5, "ground1-space2": None, "space1-space2": None},
    "subminute_precision": True,
}  # fmt: skip
DICT_BLOCKS = {
    "start": "2020-01-01T00:00:00", "end": "2020-01-03T23:59:59",
    "ground": [
        {
            "programs": ["themis-asi"], "platforms": ["fort smith", "gillam"],
            "instrument_types": ["panchromatic ASI"], "ephemeris_metadata_filters": {},
        }
    ],
    "space": [
        {
            "programs": ["swarm"], "platforms": [], "instrument_types": ["footprint"],
            "ephemeris_metadata_filters": {}, "hemisphere": ["northern"],
        }
    ],
    "events": [], "adhoc": [], "conjunction_types": ["nbtrace"],
    "max_distances": {"ground1-space1": 700}, "subminute_precision": True,
}  # fmt: skip
SEARCHES = [
    ("ephemeris", "ephemeris", EPHEMERIS),
    ("ephemeris", "ephemeris", EPHEMERIS_PLAIN),
    ("data_products", "data_product", PRODUCTS),
    ("conjunctions", "conjunction", FOUR_KINDS),
    ("conjunctions", "conjunction", BARE_BLOCKS),
    ("conjunctions", "conjunction", DICT_BLOCKS),
]

BASIC = {"identifier", "program", "platform", "instrument_type", "source_type", "display_name"}
RECORD_KEYS = {
    "ephemeris": {
        "data_source", "epoch", "location_geo", "location_gsm", "nbtrace", "sbtrace", "metadata"
    },
    "data_products": {"data_source", "data_product_type", "start", "end", "url", "metadata"},
    "conjunctions": {
        "conjunction_type", "start", "end", "data_sources", "min_distance", "max_distance",
        "closest_epoch", "farthest_epoch", "events",
    },
}  # fmt: skip


def send(client: FlaskClient, method: str, path: str, body: Any = None) -> TestResponse:
    """As the client sends: a JSON body always, even on GET and DELETE."""
    response = client.open(path, method=method, data=json.dumps(body or {}), headers=AGENT)
    if response.status_code != 204:
        kind = response.headers.get("Content-Type")
        assert kind == "application/json" or response.status_code == 202, (path, kind)
    return response


def submitted(client: FlaskClient, name: str, query: Any) -> str:
    response = send(client, "POST", f"/api/v1/{name}/search", query)
    assert response.status_code == 202, response.get_data(as_text=True)
    assert response.get_data() == b""
    prefix = f"http://localhost/api/v1/{name}/requests/"
    assert response.headers["Location"].startswith(prefix)
    return response.headers["Location"].removeprefix("http://localhost")


# ------------------------------------------------------------------------------- data sources
@pytest.mark.parametrize(
    ("form", "keys"),
    [
        ("identifier_only", {"identifier"}),
        ("basic_info", BASIC),
        ("with_metadata", BASIC | {"metadata"}),
        (
            "full_record",
            BASIC
            | {"metadata", "owner", "maintainers"}
            | {"ephemeris_metadata_schema", "data_product_metadata_schema"},
        ),
    ],
)
@pytest.mark.parametrize("stats", ["False", "True", "false", "TRUE"])
def test_keys_of_a_data_source(client: FlaskClient, form: str, keys: set[str], stats: str) -> None:
    path = f"/api/v1/data_sources?program=swarm&format={form}&include_stats={stats}"
    listed = send(client, "GET", path).get_json()
    assert [source["identifier"] for source in listed] == list(sky.SPACE)
    expected = keys | ({"stats"} if stats.lower() == "true" else set())
    assert all(source.keys() == expected for source in listed)


def test_the_default_format_is_basic(client: FlaskClient) -> None:
    assert all(
        source.keys() == BASIC for source in send(client, "GET", "/api/v1/data_sources").json
    )


def test_keys_of_statistics_and_schema_entries(client: FlaskClient) -> None:
    source = send(
        client, "GET", "/api/v1/data_sources/3?format=full_record&include_stats=True"
    ).json
    assert source["stats"].keys() == {
        "ephemeris_count", "data_product_count", "earliest_ephemeris_loaded",
        "latest_ephemeris_loaded", "earliest_data_product_loaded", "latest_data_product_loaded",
    }  # fmt: skip
    datetime.fromisoformat(source["stats"]["earliest_ephemeris_loaded"])
    for entry in source["ephemeris_metadata_schema"]:
        assert entry.keys() == {
            "field_name", "description", "data_type", "allowed_values", "additional_description",
            "searchable",
        }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("program=swarm&platform=swarma", 1),
        ("program=swarm&instrument_type=nothing", 0),
        ("platform=gillam&source_type=ground&program=themis-asi", 1),
        ("program=themis-asi&owner=nobody@example.org", 0),
        ("program=&platform=swarma", 1),
    ],
)
def test_filters_of_the_listing(client: FlaskClient, query: str, count: int) -> None:
    assert len(send(client, "GET", f"/api/v1/data_sources?{query}").json) == count


@pytest.mark.parametrize("path", ["/api/v1/data_sources/search", "//api/v1/data_sources/search"])
def test_search_of_data_sources_with_one_slash_or_two(client: FlaskClient, path: str) -> None:
    body = {"programs": ["swarm"], "platforms": [], "instrument_types": []}
    response = client.post(
        "/", environ_overrides={"PATH_INFO": path}, query_string=FULL, json=body, headers=AGENT
    )
    assert [source["identifier"] for source in response.get_json()] == list(sky.SPACE)


def test_an_unknown_source(client: FlaskClient) -> None:
    response = send(client, "GET", f"/api/v1/data_sources/12345678?{FULL}")
    assert response.status_code == 404
    assert response.get_json() == {
        "error_code": "NotFound",
        "error_message": "No Data Source record found in AuroraX for identifier 12345678",
    }


@pytest.mark.parametrize("path", ["data_sources/swarm", "data_sources?format=all"])
def test_a_request_that_cannot_be_understood(client: FlaskClient, path: str) -> None:
    response = send(client, "GET", f"/api/v1/{path}")
    assert response.status_code == 400
    assert response.get_json().keys() == {"error_code", "error_message"}


# ----------------------------------------------------------------------------------- searches
@pytest.mark.parametrize(("name", "kind", "query"), SEARCHES)
def test_the_life_of_a_search(client: FlaskClient, name: str, kind: str, query: Any) -> None:
    location = submitted(client, name, query)
    request_id = location.rsplit("/", 1)[-1]
    assert len(request_id) == 36
    status = send(client, "GET", location).get_json()
    assert status.keys() == {"search_request", "search_result", "logs"}
    request, result = status["search_request"], status["search_result"]
    assert request.keys() == {"request_id", "request_type", "requested", "query"}
    assert result.keys() == {
        "data_uri", "result_count", "file_size", "completed_timestamp", "query_duration",
        "error_condition", "result_file_deleted_timestamp",
    }  # fmt: skip
    assert request["request_type"] == kind
    assert request["query"] == {**query, "request_id": request_id}
    assert result["data_uri"] == f"{location}/data"
    assert result["error_condition"] is False
    assert all(line.keys() == {"timestamp", "level", "summary"} for line in status["logs"])
    assert {line["level"] for line in status["logs"]} <= {"debug", "info", "warn", "error"}

    data = send(client, "GET", f"{location}/data").get_json()
    assert data.keys() == {"result"}
    assert len(data["result"]) == result["result_count"]
    for record in data["result"]:
        assert record.keys() == RECORD_KEYS[name]
        for key in ("epoch", "start", "end", "closest_epoch", "farthest_epoch"):
            if key in record:
                datetime.strptime(record[key], "%Y-%m-%dT%H:%M:%S")  # noqa: DTZ007 - as the client
        for source in record.get("data_sources", [record.get("data_source")]):
            assert source.keys() == BASIC
        for event in record.get("events", []):
            assert event.keys() == {
                "conjunction_type", "e1_source", "e2_source", "start", "end", "min_distance",
                "max_distance",
            }  # fmt: skip


def test_some_of_those_searches_find_something(client: FlaskClient) -> None:
    counts = []
    for name, _, query in SEARCHES:
        location = submitted(client, name, query)
        counts.append(len(send(client, "GET", f"{location}/data").get_json()["result"]))
    # Ten minutes of one and of three satellites, one daily keogram; no event list has records.
    assert counts[:3] == [10, 30, 1]
    assert counts[3] == 0
    assert counts[5] > 5


def test_missing_places_are_nulls(client: FlaskClient) -> None:
    query = EPHEMERIS_PLAIN | {"end": "2020-01-01T06:59:59"}
    location = submitted(client, "ephemeris", query)
    records = send(client, "GET", f"{location}/data").get_json()["result"]
    assert {"lat": None, "lon": None} in [record["nbtrace"] for record in records]


def test_data_with_a_response_format(client: FlaskClient) -> None:
    location = submitted(client, "ephemeris", EPHEMERIS_PLAIN)
    mask = {"data_source": {"identifier": True}, "epoch": True, "sbtrace": {"lon": True}}
    records = send(client, "POST", f"{location}/data", mask).get_json()["result"]
    assert len(records) == 30
    for record in records:
        assert record.keys() == {"data_source", "epoch", "sbtrace"}
        assert record["data_source"].keys() == {"identifier"}
        assert record["sbtrace"].keys() == {"lat", "lon"}


def test_data_with_whole_data_sources(client: FlaskClient) -> None:
    location = submitted(client, "conjunctions", DICT_BLOCKS)
    path = f"{location}/data?data_source_record_format=full_record&generate_ephemeris_queries=True"
    record = send(client, "GET", path).get_json()["result"][0]
    assert all("owner" in source for source in record["data_sources"])
    event = record["events"][0]
    assert "ephemeris_metadata_schema" in event["e1_source"]
    generated = event["generated_e1_ephemeris_query"]
    assert generated["data_sources"] == {
        "programs": ["themis-asi"],
        "platforms": [event["e1_source"]["platform"]],
        "instrument_types": ["panchromatic ASI"],
        "ephemeris_metadata_filters": {"logicalOperator": "AND", "expressions": []},
    }
    assert (generated["start"], generated["end"]) == (event["start"], event["end"])


def test_a_generated_query_finds_the_minutes_of_its_event(client: FlaskClient) -> None:
    query = DICT_BLOCKS | {"subminute_precision": False}
    location = submitted(client, "conjunctions", query)
    path = f"{location}/data?generate_ephemeris_queries=true"
    event = send(client, "GET", path).get_json()["result"][0]["events"][0]
    generated = event["generated_e2_ephemeris_query"]
    body = {"query": {k: generated[k] for k in ("data_sources", "start", "end")}}
    found = send(client, "POST", "/api/v1/ephemeris/search_synchronous", body).get_json()
    first, last = (datetime.fromisoformat(event[key]) for key in ("start", "end"))
    assert len(found) == (last - first).total_seconds() / 60 + 1


# ------------------------------------------------------------------- how clients read answers
@pytest.mark.parametrize(
    ("headers", "base"),
    [
        ({"Host": "atlas.example.org:8443"}, "http://atlas.example.org:8443"),
        (
            {"X-Forwarded-Host": "aurora.example.org", "X-Forwarded-Proto": "https"},
            "https://aurora.example.org",
        ),
        ({"X-Forwarded-Host": "a.example, b.example"}, "http://a.example"),
        ({"X-Forwarded-Host": "evil/\\@x", "X-Forwarded-Proto": "ftp"}, "http://localhost"),
    ],
)
def test_location_leads_where_the_client_came_from(
    client: FlaskClient, headers: dict[str, str], base: str
) -> None:
    response = client.post("/api/v1/ephemeris/search", json=EPHEMERIS_PLAIN, headers=headers)
    assert response.headers["Location"].startswith(f"{base}/api/v1/ephemeris/requests/")


@pytest.mark.parametrize("name", ["conjunctions", "ephemeris", "data_products"])
def test_a_search_of_another_kind_is_not_found(client: FlaskClient, name: str) -> None:
    other = "ephemeris" if name != "ephemeris" else "data_products"
    query = EPHEMERIS_PLAIN if other == "ephemeris" else PRODUCTS
    request_id = submitted(client, other, query).rsplit("/", 1)[-1]
    for path in (
        f"/api/v1/{name}/requests/{request_id}",
        f"/api/v1/{name}/requests/{request_id}/data",
    ):
        response = send(client, "GET", path)
        assert response.status_code == 404
        assert response.get_json()["error_code"] == "NotFound"


@pytest.mark.parametrize(
    "request_id", ["00000000-0000-4000-8000-000000000000", "abc", "%00", "'--"]
)
@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("rest", ["", "/data"])
def test_an_unknown_request_is_not_found(
    client: FlaskClient, request_id: str, method: str, rest: str
) -> None:
    response = send(client, method, f"/api/v1/conjunctions/requests/{request_id}{rest}")
    assert response.status_code == 404
    assert response.get_json().keys() == {"error_code", "error_message"}


def test_a_client_may_choose_the_request_id(client: FlaskClient) -> None:
    chosen = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"
    location = submitted(client, "ephemeris", EPHEMERIS_PLAIN | {"request_id": chosen})
    assert location.endswith(chosen)
    again = send(
        client, "POST", "/api/v1/ephemeris/search", EPHEMERIS_PLAIN | {"request_id": chosen}
    )
    assert again.status_code == 409
    wrong = send(client, "POST", "/api/v1/ephemeris/search", EPHEMERIS_PLAIN | {"request_id": "x"})
    assert wrong.status_code == 400


# ----------------------------------------------------------------- cancelling, deleting, failing
@pytest.fixture
def waiting(observatory: Observatory) -> Any:
    """A search that waits for a worker that never comes."""
    service = observatory.search
    settings = observatory.settings
    service.settings = settings.model_copy(update={"inline_pair_minutes": 0})
    yield service
    service.settings = settings


@pytest.mark.usefixtures("waiting")
def test_a_waiting_search_is_cancelled(client: FlaskClient) -> None:
    location = submitted(client, "conjunctions", DICT_BLOCKS)
    before = send(client, "GET", location).get_json()
    assert before["search_result"]["data_uri"] is None
    assert before["search_result"]["error_condition"] is False
    early = send(client, "GET", f"{location}/data")
    assert early.status_code == 409
    cancelled = send(client, "DELETE", location)
    assert cancelled.status_code == 200
    after = send(client, "GET", location).get_json()
    assert cancelled.get_json() == after
    # Clients wait for data_uri alone, then look for an error and show the last line.
    assert after["search_result"]["data_uri"] is not None
    assert after["search_result"]["error_condition"] is True
    assert "cancel" in after["logs"][-1]["summary"].lower()
    assert after["logs"][-1]["level"] == "error"
    data = send(client, "GET", f"{location}/data")
    assert data.status_code == 409
    assert data.get_json()["error"].keys() == {"error_code", "error_message"}


@pytest.mark.usefixtures("waiting")
def test_a_full_queue_is_told_in_a_way_that_clients_show(client: FlaskClient, waiting: Any) -> None:
    locations = [submitted(client, "conjunctions", DICT_BLOCKS) for _ in range(2)]
    waiting.settings = waiting.settings.model_copy(update={"max_queued_searches": 2})
    response = send(client, "POST", "/api/v1/conjunctions/search", DICT_BLOCKS)
    assert response.status_code == 503
    assert "waiting" in response.get_json()["error_message"]
    for location in locations:
        send(client, "DELETE", location)


def test_a_finished_search_loses_its_results(client: FlaskClient) -> None:
    location = submitted(client, "ephemeris", EPHEMERIS_PLAIN)
    assert send(client, "DELETE", location).status_code == 204
    status = send(client, "GET", location).get_json()["search_result"]
    assert status["data_uri"] is not None
    assert status["error_condition"] is False
    assert status["result_file_deleted_timestamp"] is not None
    gone = send(client, "GET", f"{location}/data")
    assert gone.status_code == 404
    assert gone.get_json().keys() == {"error_code", "error_message"}


def test_results_are_deleted_by_themselves(client: FlaskClient) -> None:
    location = submitted(client, "data_products", PRODUCTS)
    response = send(client, "DELETE", f"{location}/data")
    assert response.status_code == 200
    assert response.get_json()["search_result"]["result_file_deleted_timestamp"] is not None
    assert send(client, "GET", f"{location}/data").status_code == 404


# ---------------------------------------------------------------------- synchronous, utilities
def test_synchronous_ephemeris(client: FlaskClient) -> None:
    body = {"query": EPHEMERIS_PLAIN, "response_format": {"epoch": True}}
    found = send(client, "POST", "/api/v1/ephemeris/search_synchronous", body).get_json()
    assert sorted(row["epoch"] for row in found) == sorted(
        sky.stamp(minute) for minute in range(10) for _ in sky.SPACE
    )
    whole = send(
        client, "POST", "/api/v1/ephemeris/search_synchronous", {"query": EPHEMERIS_PLAIN}
    ).get_json()
    assert all(row.keys() == RECORD_KEYS["ephemeris"] for row in whole)


def test_synchronous_ephemeris_is_for_short_spans(client: FlaskClient) -> None:
    body = {"query": EPHEMERIS_PLAIN | {"end": "2020-01-03T00:00:01"}}
    response = send(client, "POST", "/api/v1/ephemeris/search_synchronous", body)
    assert response.status_code == 400
    assert "2 days" in response.get_json()["error_message"]


def test_synchronous_data_products(client: FlaskClient) -> None:
    found = send(
        client, "POST", "/api/v1/data_products/search_synchronous", {"query": PRODUCTS}
    ).get_json()
    assert [row["url"] for row in found] == ["http://localhost/media/keogram/103/2020-01-01.png"]


@pytest.mark.parametrize("body", [{}, {"query": []}, {"query": EPHEMERIS, "response_format": [1]}])
def test_synchronous_bodies_that_are_not_right(client: FlaskClient, body: Any) -> None:
    response = send(client, "POST", "/api/v1/ephemeris/search_synchronous", body)
    assert response.status_code == 400


@pytest.mark.parametrize(
    ("name", "query", "text"),
    [
        ("conjunction", FOUR_KINDS, "one-minute precision"),
        ("conjunction", BARE_BLOCKS, "sub-minute precision"),
        ("ephemeris", EPHEMERIS, "Find ephemeris for"),
        ("data_products", PRODUCTS, "Find data_products for"),
    ],
)
def test_describe(client: FlaskClient, name: str, query: Any, text: str) -> None:
    described = send(client, "POST", f"/api/v1/utils/describe/query/{name}", query).get_json()
    assert isinstance(described, str)
    assert text in described


def test_cartesian_products(client: FlaskClient) -> None:
    count = send(
        client, "POST", "/api/v1/utils/describe/cartesian_products", DICT_BLOCKS
    ).get_json()
    assert count == 2 * 3


@pytest.mark.parametrize(
    "query",
    [
        "start=2020-01-01&end=2020-01-02&program=swarm&format=basic_info&slow=False",
        "start=2020-01-01&end=2020-01-01&source_type=leo&slow=True",
    ],
)
def test_availability(client: FlaskClient, query: str) -> None:
    found = send(client, "GET", f"/api/v1/availability/ephemeris?{query}").get_json()
    assert [row["data_source"]["identifier"] for row in found] == list(sky.SPACE)
    for row in found:
        assert row.keys() == {"data_source", "available_ephemeris"}
        assert row["available_ephemeris"] == {"2020-01-01": sky.MINUTES}


def test_availability_of_one_type_of_product(client: FlaskClient) -> None:
    path = "/api/v1/availability/data_products?start=2020-01-01&end=2020-12-31"
    row = send(client, "GET", f"{path}&data_product_type=movie").get_json()[0]
    assert row.keys() == {"data_source", "available_data_products"}
    assert row["available_data_products"] == {f"2020-01-0{day}": 1 for day in (1, 2, 3)}
    assert send(client, "GET", f"{path}&data_product_type=montage").get_json() == []


def test_availability_defaults_to_this_year(client: FlaskClient) -> None:
    assert send(client, "GET", "/api/v1/availability/ephemeris").get_json() == []


@pytest.mark.parametrize(
    "query",
    ["start=yesterday", "start=2020-02-30", "start=2020-02-01&end=2020-01-01", "slow=perhaps"],
)
def test_availability_that_cannot_be_understood(client: FlaskClient, query: str) -> None:
    assert send(client, "GET", f"/api/v1/availability/ephemeris?{query}").status_code == 400


# ----------------------------------------------------------------------------- health, unknown
def test_health(client: FlaskClient, observatory: Observatory) -> None:
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    assert response.get_json().keys() == {"status", "archive", "version"}
    assert response.get_json()["status"] == "ok"
    expected = sum(s.identifier >= 0 for s in observatory.archive.catalogue.sources.list())
    assert response.get_json()["archive"] == {"data_sources": expected}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api", 404), ("GET", "/api/", 404), ("GET", "/api/v2/data_sources", 404),
        ("POST", "/api/v1/nothing", 404), ("GET", "/api/v1/ephemeris/requests/", 404),
        ("GET", "/api/v1/conjunctions/search", 405), ("PUT", "/api/v1/ephemeris/search", 405),
        ("DELETE", "/api/v1/availability/ephemeris", 405), ("POST", "/healthz", 405),
        ("PROPFIND", "/api/v1/data_sources", 405), ("GET", "/vendor/nothing", 404),
        ("GET", "/api/v1/data_sources/3/", 404),
    ],
)  # fmt: skip
def test_paths_and_methods_that_are_none(
    client: FlaskClient, method: str, path: str, status: int
) -> None:
    response = send(client, method, path)
    assert response.status_code == status
    assert response.get_json().keys() == {"error_code", "error_message"}
    if status == 405:
        assert "Allow" in response.headers


def test_a_body_that_is_too_large(client: FlaskClient, server: flask.Flask) -> None:
    size = server.config["MAX_CONTENT_LENGTH"] + 1
    response = client.post("/api/v1/conjunctions/search", data=b" " * size, headers=AGENT)
    assert response.status_code == 413
    assert response.headers["Content-Type"] == "application/json"
    assert str(size - 1) in response.get_json()["error_message"]


def test_a_body_in_chunks_that_is_too_large(client: FlaskClient, server: flask.Flask) -> None:
    """Of such a body the server reads no more than the limit; what it read is no query."""
    limit = server.config["MAX_CONTENT_LENGTH"]
    response = client.post(
        "/api/v1/conjunctions/search",
        input_stream=io.BytesIO(b" " * (limit + 10)),
        environ_overrides={"wsgi.input_terminated": True},
        headers={"Transfer-Encoding": "chunked"},
    )
    assert response.status_code == 413
    assert response.get_json().keys() == {"error_code", "error_message"}


def test_two_slashes_over_the_network(live_url: str) -> None:
    host = live_url.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=10)
    body = json.dumps({"programs": ["swarm"], "platforms": [], "instrument_types": []})
    connection.request("POST", f"//api/v1/data_sources/search?{FULL}", body, AGENT)
    response = connection.getresponse()
    assert response.status == 200
    assert [s["identifier"] for s in json.loads(response.read())] == list(sky.SPACE)
    connection.close()
