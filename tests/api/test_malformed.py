"""Bodies and parameters that no client should send: never a 5xx, always the error document."""

from __future__ import annotations

import copy
import json
from typing import Any

import flask
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.archive.storable import MAX_DEPTH
from tests.api import test_contract as contract

POSTS = [
    "/api/v1/conjunctions/search",
    "/api/v1/ephemeris/search",
    "/api/v1/data_products/search",
    "/api/v1/ephemeris/search_synchronous",
    "/api/v1/data_products/search_synchronous",
    "/api/v1/data_sources/search",
    "/api/v1/utils/describe/query/conjunction",
    "/api/v1/utils/describe/query/ephemeris",
    "/api/v1/utils/describe/query/data_products",
    "/api/v1/utils/describe/cartesian_products",
]
VALID: list[Any] = [
    contract.EPHEMERIS, contract.PRODUCTS, contract.FOUR_KINDS, contract.DICT_BLOCKS,
    {"query": contract.EPHEMERIS, "response_format": {"epoch": True}},
]  # fmt: skip
KEYS = st.sampled_from(
    ["start", "end", "ground", "space", "events", "adhoc", "programs", "platforms", "locations",
     "data_sources", "max_distances", "conjunction_types", "hemisphere", "expressions", "key",
     "operator", "values", "logical_operator", "ephemeris_metadata_filters", "request_id", "query",
     "response_format", "latitude_frame", "subminute_precision", "lat", "lon", "ground1-space1"]
)  # fmt: skip
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=15)
    | st.sampled_from(["2020-01-01T00:00:00", "2020-01-01T00:10:00Z", "swarm", "=", "between", "in",
                       "nbtrace", "AND", "northern", "9999-12-31T23:59:59", "-0001-01-01"])
)  # fmt: skip
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(max_size=5), inner, max_size=6)
    ),
    max_leaves=20,
)
FUZZ = settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def assert_answered(response: Any) -> None:
    assert response.status_code < 500, response.get_data(as_text=True)[:500]
    if response.status_code >= 400:
        assert response.headers["Content-Type"] == "application/json"
        assert response.get_json().keys() == {"error_code", "error_message"}
        assert response.get_json()["error_message"]


@FUZZ
@given(st.sampled_from(POSTS), JSON)
@example(POSTS[0], {"start": "2020-01-01T00:00:00", "end": 1e999})
@example(POSTS[0], "\ud800")
def test_random_json(client: FlaskClient, path: str, body: Any) -> None:
    assert_answered(client.post(path, data=json.dumps(body), content_type="application/json"))


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """A valid query with one place changed, so that the checks behind the first are reached."""
    body = copy.deepcopy(draw(st.sampled_from(VALID)))
    place: Any = body
    while True:
        key = draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        inner = place[key]
        if isinstance(inner, dict | list) and inner and draw(st.integers(0, 3)):
            place = inner
            continue
        if draw(st.booleans()):
            place[key] = draw(JSON)
        else:
            del place[key]
        return body


@FUZZ
@given(st.sampled_from(POSTS), mutated())
def test_queries_with_one_place_changed(client: FlaskClient, path: str, body: Any) -> None:
    assert_answered(client.post(path, data=json.dumps(body), content_type="application/json"))


@FUZZ
@given(st.sampled_from(POSTS), st.binary(max_size=200))
@example(POSTS[0], b"[" * 100_000)
@example(POSTS[0], b'{"a":' * 50_000 + b"1" + b"}" * 50_000)
@example(POSTS[0], b'{"start": 1' + b"0" * 5000 + b"}")
@example(POSTS[0], b'{"start": NaN}')
@example(POSTS[0], b"\xff\xfe{}")
def test_random_bytes(client: FlaskClient, path: str, body: bytes) -> None:
    response = client.post(path, data=body, content_type="application/json")
    assert_answered(response)
    assert response.status_code in (200, 400)


@pytest.mark.parametrize("path", POSTS)
def test_a_body_of_another_declared_type_is_read_as_json(client: FlaskClient, path: str) -> None:
    assert_answered(client.post(path, data=b"{}", content_type="text/plain"))
    assert_answered(client.post(path, data={"start": "x"}))
    assert_answered(client.post(path))


@FUZZ
@given(
    st.dictionaries(
        st.sampled_from(["program", "format", "include_stats", "start", "end", "slow", "owner",
                         "data_product_type", "source_type"]),
        st.text(max_size=12) | st.sampled_from(["True", "full_record", "2020-01-01", "9999-12-31",
                                                "0001-01-01"]),
    ),
    st.sampled_from(["/api/v1/data_sources", "/api/v1/availability/ephemeris",
                     "/api/v1/availability/data_products", "/api/v1/data_sources/3"]),
)  # fmt: skip
def test_random_parameters(client: FlaskClient, args: dict[str, str], path: str) -> None:
    assert_answered(client.get(path, query_string=args))


@FUZZ
@given(st.text(max_size=40))
def test_random_paths(client: FlaskClient, tail: str) -> None:
    for root in ("/api/", "/api/v1/data_sources/", "/api/v1/ephemeris/requests/", "/vendor/"):
        with client.get("/", environ_overrides={"PATH_INFO": root + wsgi(tail)}) as response:
            assert_answered(response)


def wsgi(text: str) -> str:
    """Text as WSGI hands it over: bytes in the guise of latin-1."""
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


@pytest.fixture(scope="module")
def location(server: flask.Flask) -> str:
    """A search that has results."""
    return contract.submitted(server.test_client(), "ephemeris", contract.EPHEMERIS)


@FUZZ
@given(JSON)
def test_random_response_formats(client: FlaskClient, location: str, mask: Any) -> None:
    assert_answered(
        client.post(f"{location}/data", data=json.dumps(mask), content_type="application/json")
    )


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ('{"a": [1, {"b": 1e999}]}', "a[1].b"),
        ('{"a": "\\u0000"}', "a"),
        ('{"a": "\\ud800"}', "a"),
        ('{"\\ud800": 1}', "body"),
        ('{"a": 99999999999999999999}', "a"),
        ('{"a": ' + "[" * MAX_DEPTH + "]" * MAX_DEPTH + "}", "a[0]"),
        ("[]", "JSON array"),
        ("nothing", "not JSON"),
        ("", "not JSON"),
    ],
)
def test_the_place_of_the_fault_is_named(client: FlaskClient, body: str, field: str) -> None:
    response = client.post("/api/v1/ephemeris/search", data=body, content_type="application/json")
    assert response.status_code == 400
    assert field in response.get_json()["error_message"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"start": "yesterday"}, "start"),
        ({"ground": [{"programs": "themis-asi"}]}, "ground[0].programs"),
        ({"conjunction_types": ["up"]}, "conjunction_types"),
        ({"max_distances": {"ground1-space9": 3}}, "max_distances"),
        ({"space": [{"hemisphere": ["eastern"]}]}, "space[0].hemisphere"),
        (
            {
                "ground": [
                    {
                        "programs": ["themis-asi"],
                        "ephemeris_metadata_filters": {
                            "expressions": [{"key": "k", "operator": "~", "values": [1]}]
                        },
                    }
                ]
            },
            "ground[0].ephemeris_metadata_filters.expressions[0].operator",
        ),
    ],
)
def test_the_field_of_a_query_is_named(client: FlaskClient, change: Any, field: str) -> None:
    body = contract.DICT_BLOCKS | change
    response = client.post("/api/v1/conjunctions/search", json=body)
    assert response.status_code == 400
    assert field in response.get_json()["error_message"]


WRONG = [
    ("/api/v1/data_sources/search", {}, ("programs",)),
    ("/api/v1/data_sources/search", {}, ("platforms",)),
    ("/api/v1/ephemeris/search", contract.EPHEMERIS, ("data_sources",)),
    ("/api/v1/ephemeris/search", contract.EPHEMERIS, ("data_sources", "programs")),
    (
        "/api/v1/ephemeris/search",
        contract.EPHEMERIS | {"data_sources": {"ephemeris_metadata_filters": {}}},
        ("data_sources", "ephemeris_metadata_filters", "expressions"),
    ),
    (
        "/api/v1/ephemeris/search_synchronous",
        {"query": contract.EPHEMERIS, "response_format": {}},
        ("response_format",),
    ),
]


@pytest.mark.parametrize("value", [0, 0.0, False, ""])
@pytest.mark.parametrize(("path", "body", "place"), WRONG)
def test_what_counts_as_false_is_not_taken_for_nothing(
    client: FlaskClient, path: str, body: dict[str, Any], place: tuple[str, ...], value: Any
) -> None:
    sent = copy.deepcopy(body)
    inner = sent
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    response = client.post(path, json=sent)
    assert_answered(response)
    assert response.status_code == 400
    assert place[-1] in response.get_json()["error_message"]
