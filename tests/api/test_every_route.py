"""Whatever is sent to whatever route: an error document or an answer, and never a fault."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from typing import Any

import flask
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from api import hapi_status
from core.observatory import Observatory
from tests.api.test_openapi import described

# A value for each place of a path; the search and the source exist in the known sky.
PLACES = {
    "identifier": "46", "source": "46", "request_id": "0b7e6a3e-3f3c-4b58-9a4e-000000000000",
    "delete_job_id": "0b7e6a3e-3f3c-4b58-9a4e-000000000000", "series": "themis-asi",
    "movie_id": "0b7e6a3e-3f3c-4b58-9a4e-000000000000", "stem": "20200101T060000",
    "name": "docs.js", "endpoint": "about",
}  # fmt: skip
JSON_TYPE = "application/json"
GZIP = {"Accept-Encoding": "gzip", "Accept": "text/html, application/json;q=0.5, */*;q=0.1"}
DEEP = b'{"a":' * 20_000 + b"1" + b"}" * 20_000
BODIES = {
    "no JSON": b"{", "bytes": b"\xff\xfe\x00", "nothing": b"", "a number": b"7",
    "another type": b'{"start": 7, "query": "x", "programs": 3, "email_address": []}',
    "a list": b"[[[]]]", "no number": b'{"start": NaN, "end": 1e999}', "deep": DEEP,
    "deep list": b"[" * 50_000 + b"]" * 50_000, "a NUL": b'{"start": "\\u0000"}',
    "long whole number": b'{"start": ' + b"9" * 5000 + b"}",
}  # fmt: skip


@pytest.fixture(scope="module")
def key(observatory: Observatory) -> dict[str, str]:
    """Headers of an administrator, so that what is behind the rights is reached."""
    catalogue = observatory.archive.catalogue
    catalogue.accounts.add("every-route@example.org", "Administrator")
    return {"x-aurorax-api-key": str(catalogue.keys.create("every-route@example.org").text)}


@pytest.fixture(scope="module")
def document(server: flask.Flask) -> dict[str, Any]:
    found: dict[str, Any] = server.test_client().get("/api/openapi.json").get_json()
    return found


@pytest.fixture(scope="module")
def operations(document: dict[str, Any]) -> list[tuple[str, str]]:
    """Method and address of every operation."""
    found = sorted(described(document))
    return [(m, re.sub(r"{(\w+)}", lambda place: PLACES[place[1]], p)) for m, p in found]


def assert_answered(response: TestResponse, path: str) -> None:
    """An answer that is no fault; a problem is told in the document, and nothing else is."""
    assert response.status_code < 500, (path, response.status_code)
    if response.mimetype == JSON_TYPE:  # clients compare the header as text
        assert response.headers["Content-Type"] == JSON_TYPE, path
    if response.status_code < 400:
        return
    assert response.headers["Content-Type"] == JSON_TYPE, path
    content = response.get_data()
    if response.headers.get("Content-Encoding") == "gzip":
        content = gzip.decompress(content)
    told = json.loads(content)
    if hapi_status.is_below(path):
        assert told["status"]["code"] >= 1400
        return
    for document in told if isinstance(told, list) else [told]:
        assert document.keys() - {"error"} == {"error_code", "error_message"}, path
        assert document["error_message"]


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_bad_bodies(
    client: FlaskClient,
    operations: list[tuple[str, str]],
    key: dict[str, str],
    body: bytes,
    subtests: pytest.Subtests,
) -> None:
    for method, path in operations:
        with (
            subtests.test(f"{method} {path}"),
            client.open(path, method=method, data=body, headers=key | GZIP) as response,
        ):
            assert_answered(response, path)


def test_bodies_above_the_limit(
    client: FlaskClient, operations: list[tuple[str, str]], key: dict[str, str]
) -> None:
    huge = b'{"a": "' + b"x" * (26 * 2**20) + b'"}'
    refused = 0
    for method, path in operations:
        with client.open(path, method=method, data=huge, headers=key) as response:
            assert_answered(response, path)
            refused += response.status_code == 413
    assert refused > 15


def test_wrong_methods(client: FlaskClient, operations: list[tuple[str, str]]) -> None:
    for path in sorted({path for _, path in operations}):
        known = {method for method, other in operations if other == path}
        for method in {"POST", "PUT", "PATCH", "DELETE", "GET"} - known:
            with client.open(path, method=method, headers=GZIP) as response:
                assert_answered(response, path)
                assert response.status_code in (400, 404, 405), (method, path)
                if response.status_code == 405:
                    assert known <= {word.strip() for word in response.headers["Allow"].split(",")}


def test_options_name_the_methods_of_a_path(
    client: FlaskClient, operations: list[tuple[str, str]]
) -> None:
    for path in sorted({path for _, path in operations}):
        known = {method for method, other in operations if other == path}
        with client.options(path) as response:
            assert response.status_code == 200, path
            told = {word.strip() for word in response.headers["Allow"].split(",")}
            assert told - {"HEAD", "OPTIONS"} == known, path
    assert client.options("/api/v1/none").status_code in (404, 405)


def test_unknown_paths(client: FlaskClient, operations: list[tuple[str, str]]) -> None:
    for method, path in operations:
        unknown = f"{path.rstrip('/')}/none/such"
        if path != "/healthz":  # there is nothing of the API below it
            with client.open(unknown, method=method, headers=GZIP) as response:
                assert_answered(response, path)
                assert response.status_code in (400, 404), path


def test_wrong_credentials(client: FlaskClient, operations: list[tuple[str, str]]) -> None:
    for method, path in operations:
        if path.startswith(("/api/", "/exports/")) and path != "/api/v1/authenticate":
            with client.open(path, method=method, headers={"x-aurorax-api-key": "wrong"}) as answer:
                assert_answered(answer, path)
                assert answer.status_code == 401, (method, path)


VALUES = st.sampled_from(
    [
        "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "9999-12-31", "0001-01-01",
        "2020-02-29", "-0", "1e400", "-1e400", "nan", "inf", "9" * 400, "-" + "9" * 20, "１２",
        "1_0", " 1", "1.5", "", "\0", "\n", "[]", "{}", "[" * 5000, '{"start": {">=": 1e999}}',
        '{"start": 99999999999999999999}', "0,100", "1,", "True", "full_record", "start",
        "-min_distance_km", "epoch,epoch", "themis-asi", "20190101T060000", "America/Edmonton",
        "2019-W01-1", "20190101", "2019-01-01T24:00:00", "2019-01-01T00:00:60Z",
    ]
) | st.text(max_size=30) | st.integers().map(str) | st.floats().map(str)  # fmt: skip


def with_query(document: dict[str, Any]) -> Iterator[tuple[str, str, list[str]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            names = [p["name"] for p in operation["parameters"] if p["in"] == "query"]
            if names:
                yield method.upper(), path, names


MEDIA_NAMES = {
    "/media/keogram": "2020-01-01.png", "/media/frame": "20200101T060000.webp",
    "/media/map": "20200101T060000.webp", "/media/grid": "20200101T060000.json",
    "/media/mosaic": "20200101T060000.json", "/media/moment": "20200101T0600.json",
}  # fmt: skip


@settings(
    max_examples=250,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.data())
def test_query_parameters(
    client: FlaskClient, document: dict[str, Any], key: dict[str, str], data: st.DataObject
) -> None:
    method, path, names = data.draw(st.sampled_from(sorted(with_query(document))))
    given_values = data.draw(st.dictionaries(st.sampled_from(names), VALUES, max_size=4))
    name = next((v for k, v in MEDIA_NAMES.items() if path.startswith(k)), "docs.js")
    address = re.sub(r"{(\w+)}", lambda p: (PLACES | {"name": name})[p[1]], path)
    with client.open(address, method=method, query_string=given_values, headers=key) as response:
        assert_answered(response, address)


@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.data(), VALUES | st.text(max_size=20))
@example(None, "9" * 30)
def test_places_of_paths(
    client: FlaskClient,
    document: dict[str, Any],
    key: dict[str, str],
    data: st.DataObject | None,
    value: str,
) -> None:
    paths = sorted((m, p) for m, p in described(document) if "{" in p)
    chosen = paths if data is None else [data.draw(st.sampled_from(paths))]
    for method, path in chosen:
        address = re.sub(r"{(\w+)}", lambda _: value.replace("/", ""), path)
        with client.open(
            "/", method=method, headers=key,
            environ_overrides={"PATH_INFO": address.encode("utf-8", "replace").decode("latin-1")},
        ) as response:  # fmt: skip
            if path.startswith(("/api", "/media", "/exports")):
                assert_answered(response, path)
