"""Every status code, in the document and in the first line; no answer repeats what was asked."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from core.errors import ArchiveError, Conflict
from core.hapi.codes import STATUSES
from core.hapi.table_reader import TableReader
from tests.hapi import rules, world

SECRET = "xyzzy"
DATASET = f"dataset={world.SWARM}"
WINDOW = f"{DATASET}&start=2019-01-01&stop=2019-01-01T01"
REFUSED = [
    (1400, "info"),
    (1400, "data?start=2019-01-01&stop=2019-01-02"),
    (1400, f"data?{DATASET}&stop=2019-01-02"),
    (1400, f"data?{DATASET}&start=2019-01-01"),
    (1400, f"data?{WINDOW}&start=2019-01-01"),
    (1400, f"data?{WINDOW}&time.min=2019-01-01"),
    (1400, f"info?{DATASET}&id={world.SWARM}"),
    (1400, SECRET),
    (1400, f"data/{SECRET}"),
    (1401, f"data?{WINDOW}&{SECRET}=1"),
    (1401, f"data?{WINDOW}&resolve_references=true"),
    (1401, f"info?{DATASET}&start=2019"),
    (1401, f"catalog?{SECRET}"),
    (1401, f"about?{DATASET}"),
    (1401, f"capabilities?{SECRET}="),
    (1401, f"?{SECRET}=1"),
    (1401, f"info?DATASET={world.SWARM}"),
    (1402, f"data?{DATASET}&start={SECRET}&stop=2019-01-02"),
    (1402, f"data?{DATASET}&start=&stop=2019-01-02"),
    (1402, f"data?{DATASET}&start=2019-01-01T00:00:00%2B00:00&stop=2019-01-02"),
    (1403, f"data?{DATASET}&start=2019-01-01&stop={SECRET}"),
    (1403, f"data?{DATASET}&start=2019-01-01&stop=2019-02-30"),
    (1404, f"data?{DATASET}&start=2019-01-01&stop=2019-01-01"),
    (1404, f"data?{DATASET}&start=2019-01-01T01&stop=2019-01-01"),
    (1405, f"data?{DATASET}&start=2018-12-30T23:59:59.999999999&stop=2019-01-01"),
    (1405, f"data?{DATASET}&start=2019-01-01&stop=2019-01-02T00:00:00.000001"),
    (1405, f"data?{DATASET}&start=0001&stop=9999"),
    (1406, f"info?dataset={SECRET}"),
    (1406, "info?dataset="),
    (1406, f"data?dataset={SECRET}&start=2019-01-01&stop=2019-01-02"),
    (1407, f"info?{DATASET}&parameters={SECRET}"),
    (1407, f"data?{WINDOW}&parameters=geo_lat,{SECRET}"),
    (1407, f"data?{WINDOW}&parameters=geo_lat,"),
    (1407, f"data?{WINDOW}&parameters=GEO_LAT"),
    (1409, f"data?{WINDOW}&format={SECRET}"),
    (1409, f"data?{WINDOW}&format="),
    (1410, f"data?{WINDOW}&include={SECRET}"),
    (1411, f"info?{DATASET}&parameters=geo_lon,geo_lat"),
    (1411, f"data?{WINDOW}&parameters=geo_lat,geo_lat"),
    (1411, f"data?{WINDOW}&parameters=geo_lat,Time"),
    (1412, f"info?{DATASET}&resolve_references={SECRET}"),
    (1412, "catalog?resolve_references="),
    (1413, f"catalog?depth={SECRET}"),
]


@pytest.mark.parametrize(("code", "path"), REFUSED)
def test_refusals(client: FlaskClient, code: int, path: str) -> None:
    response = client.get(f"/hapi{path}" if path.startswith("?") else f"/hapi/{path}")
    assert response.status_code == STATUSES[code].http
    assert f"HAPI {code} {STATUSES[code].message}" in response.status
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    document = response.get_json()
    assert set(document) == {"HAPI", "status"}
    rules.check_status(document, code)
    assert document["status"]["message"].startswith(STATUSES[code].message)
    assert SECRET not in f"{response.text}{response.headers}"


@pytest.mark.parametrize("kind", ["csv", "binary", "json"])
def test_errors_are_documents_whatever_format_was_asked_for(client: FlaskClient, kind: str) -> None:
    response = client.get(f"/hapi/data?{WINDOW}&format={kind}&parameters=nothing")
    rules.check_status(response.get_json(), 1407)


def test_the_codes_are_those_of_the_specification() -> None:
    assert set(STATUSES) == rules.CODES
    for code, status in STATUSES.items():
        assert status.http // 100 == code // 100 % 10
        assert status.http == (404 if code in (1406, 1407) else code // 100 % 10 * 100)


def test_1405_tells_what_there_is(client: FlaskClient) -> None:
    response = client.get(f"/hapi/data?{DATASET}&start=2000&stop=2001")
    told = response.get_json()["status"]["message"]
    assert "2018-12-31T00:00:00Z" in told
    assert "2019-01-02T00:00:00Z" in told


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE"])
@pytest.mark.parametrize("path", ["", "/about", "/info", "/data", f"/{SECRET}"])
def test_other_methods(client: FlaskClient, method: str, path: str) -> None:
    response = client.open(f"/hapi{path}", method=method, data=b"{}")
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    rules.check_status(response.get_json(), 1400)


@pytest.mark.parametrize("path", ["", "/about", "/catalog", f"/info?{DATASET}", f"/data?{WINDOW}"])
def test_any_origin_may_read(client: FlaskClient, path: str) -> None:
    for method in ("GET", "HEAD", "OPTIONS"):
        response = client.open(f"/hapi{path}", method=method)
        assert response.status_code == 200
        assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_a_slash_at_the_end(client: FlaskClient) -> None:
    for path, place in [
        ("/hapi/", "/hapi"),
        ("/hapi/about/", "/hapi/about"),
        (f"/hapi/info/?{DATASET}&parameters=a%2Cb", f"/hapi/info?{DATASET}&parameters=a%2Cb"),
    ]:
        response = client.get(path)
        assert response.status_code == 301
        assert response.headers["Location"] == place
    assert client.get("/hapi/nothing/").status_code == 400


def test_head_is_answered_without_reading(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TableReader, "batches", _never)
    response = client.head(f"/hapi/data?{WINDOW}")
    assert response.status == "200 OK; HAPI 1200 OK"
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert client.head(f"/hapi/data?{WINDOW}&format=x").status_code == 400


def _never(*_: object) -> object:
    raise AssertionError("records were read")
    yield


@pytest.mark.parametrize(
    ("error", "code"),
    [(RuntimeError("inside"), 1500), (ArchiveError("inside"), 1501), (Conflict("inside"), 1500)],
)
def test_faults_of_the_server(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, error: Exception, code: int
) -> None:
    def broken(*_: object) -> object:
        raise error
        yield

    monkeypatch.setattr(TableReader, "batches", broken)
    response = client.get(f"/hapi/data?{WINDOW}")
    assert response.status_code == 500
    rules.check_status(response.get_json(), code)
    assert "inside" not in response.text
    assert response.headers["Access-Control-Allow-Origin"] == "*"
