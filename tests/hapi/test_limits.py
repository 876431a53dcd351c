"""What is too much is refused before a file is opened, and what is much takes little memory."""

from __future__ import annotations

import re
import shutil
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import flask
import pytest
from flask.testing import FlaskClient

import api
from core.archive import duck
from core.observatory import Observatory
from core.settings import Settings
from tests.hapi import rules, world

DAY = {"start": "2019-01-01", "stop": "2019-01-02"}


@pytest.fixture
def limited(observatory: Observatory, tmp_path: Path) -> Iterator[tuple[FlaskClient, Settings]]:
    """The same archive with low limits."""
    shutil.copytree(observatory.archive.path, tmp_path / "archive")
    settings = Settings(
        archive=tmp_path / "archive", render_processes=0, max_hapi_rows=300,
        max_keogram_values=100_000,
    )  # fmt: skip
    with Observatory(settings) as opened:
        server = flask.Flask("limited", static_folder=None)
        api.register(server, opened)
        yield server.test_client(), settings


def refused(client: FlaskClient, **query: str) -> str:
    response = client.get("/hapi/data", query_string=query)
    assert response.status_code == 400
    rules.check_status(response.get_json(), 1408)
    return str(response.get_json()["status"]["message"])


def test_too_many_records_are_refused_before_any_is_read(
    limited: tuple[FlaskClient, Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, _ = limited
    assert client.get("/hapi/catalog").status_code == 200

    def never(*_: object) -> None:
        raise AssertionError("the archive was read")

    monkeypatch.setattr(duck, "query", never)
    told = refused(client, dataset=world.SWARM, **DAY)
    assert "about 480 records" in told
    assert "300 are allowed" in told
    assert "PT5H0M of every record" in told


def test_the_span_that_is_told_is_answered(limited: tuple[FlaskClient, Settings]) -> None:
    client, settings = limited
    info = client.get("/hapi/info", query_string={"dataset": world.SWARM}).get_json()
    assert info["maxRequestDuration"] == "PT5H0M"
    query = {"dataset": world.SWARM, "start": "2019-01-01", "stop": "2019-01-01T05"}
    response = client.get("/hapi/data", query_string=query)
    assert response.text.count("\n") == settings.max_hapi_rows
    assert "PT5H0M" in refused(client, **{**query, "stop": "2019-01-01T05:01"})


def test_keograms_are_priced_by_their_values(limited: tuple[FlaskClient, Settings]) -> None:
    client, settings = limited
    query = {"dataset": world.COLOUR_KEOGRAM, "start": "2019-01-01T04", "stop": "2019-01-01T05"}
    told = refused(client, **query, parameters="counts,latitude,elevation")
    allowed = settings.max_keogram_values // (480 * 3 + 480 + 480)
    assert re.search(rf"where {allowed} are allowed", told)
    few = client.get("/hapi/data", query_string={**query, "parameters": "counts"})
    assert few.status_code == 200
    assert few.text.count("\n") == 60
    days = {**query, "stop": "2019-01-02", "parameters": "provenance"}
    assert "where 300 are allowed" in refused(client, **days)


def test_keograms_are_limited_in_days(observatory: Observatory, tmp_path: Path) -> None:
    shutil.copytree(observatory.archive.path, tmp_path / "archive")
    settings = Settings(archive=tmp_path / "archive", render_processes=0, max_keogram_days=1.0)
    with Observatory(settings) as opened:
        server = flask.Flask("limited", static_folder=None)
        api.register(server, opened)
        query = {"dataset": world.GILLAM_KEOGRAM, "start": "2018-12-31", "parameters": "Time"}
        client = server.test_client()
        assert "where 1440 are" in refused(client, **query, stop="2019-01-02")
        response = client.get("/hapi/data", query_string={**query, "stop": "2019-01-01"})
        assert response.text.count("\n") == len(world.KEOGRAM_MINUTES)


@pytest.mark.parametrize("kind", ["csv", "binary", "json"])
def test_a_stream_takes_bounded_memory(client: FlaskClient, kind: str) -> None:
    query = {"dataset": world.COLOUR_KEOGRAM, "start": "2018-12-31", "stop": "2019-01-02"}
    client.get("/hapi/data", query_string={**query, "parameters": "counts", "format": kind})
    response = client.get("/hapi/data", query_string={**query, "format": kind}, buffered=False)
    tracemalloc.start()
    try:
        total = sum(len(chunk) for chunk in response.iter_encoded())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        response.close()
    # A day at once, some chunks of it as text; both days would be more than twice as much.
    assert total > 3_000_000
    assert peak < 40_000_000
