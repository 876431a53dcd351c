"""Whatever is asked, the answer is a HAPI document, never a fault, and repeats nothing."""

from __future__ import annotations

from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hapi import rules, world

ENDPOINTS = st.sampled_from(["", "/about", "/capabilities", "/catalog", "/info", "/data", "/x"])
NAMES = st.sampled_from(
    ["dataset", "id", "start", "stop", "time.min", "time.max", "parameters", "include", "format",
     "depth", "resolve_references"]
)  # fmt: skip
VALUES = st.sampled_from(
    [world.SWARM, world.GILLAM_IMAGES, "index_kp", "2019-01-01", "2019-001T02Z", "2019-01-01T03",
     "geo_lat", "Time,geo_lat", "geo_lat,Time", ",", "header", "csv", "json", "binary", "all",
     "true"]
)  # fmt: skip
MARK = "qqqq"
ODD = st.text(max_size=20).map(lambda text: MARK + text)
QUERIES = st.lists(st.tuples(NAMES | ODD, VALUES | ODD), max_size=6)
DATA = st.fixed_dictionaries(
    {
        "dataset": st.sampled_from([world.SWARM, "index_kp", world.GILLAM_IMAGES]),
        "start": st.sampled_from(["2019-01-01", "2018-365", "2019-001T02Z"]),
        "stop": st.sampled_from(["2019-01-01T03", "2019-01-01T02:00:00.5Z", "2019-002"]),
    },
    optional={
        "parameters": st.sampled_from(["", "Time", "provenance"]),
        "format": st.sampled_from(["csv", "json", "binary"]),
        "include": st.just("header"),
    },
).map(lambda query: list(query.items()))


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(endpoint=ENDPOINTS, query=QUERIES)
def test_any_query(client: FlaskClient, endpoint: str, query: list[tuple[str, str]]) -> None:
    check(client, f"/hapi{endpoint}", query)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=DATA)
def test_good_queries_are_answered(client: FlaskClient, query: list[tuple[str, str]]) -> None:
    assert check(client, "/hapi/data", query) == 200


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=DATA, more=st.lists(st.tuples(NAMES | ODD, VALUES | ODD), min_size=1, max_size=1))
def test_nearly_good_queries(
    client: FlaskClient, query: list[tuple[str, str]], more: list[tuple[str, str]]
) -> None:
    check(client, "/hapi/data", query + more)


def check(client: FlaskClient, path: str, query: list[tuple[str, str]]) -> int:
    with client.get(path, query_string=query) as response:
        assert response.status_code in (200, 400, 404), response.text
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        if response.status_code != 200:
            document = response.get_json()
            rules.check_status(document, document["status"]["code"])
            assert MARK not in response.text
            assert MARK not in str(response.headers)
        return response.status_code
