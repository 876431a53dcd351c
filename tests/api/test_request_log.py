"""Request ids and the log line of a request."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator

import flask
import pytest
from flask.testing import FlaskClient

from api import request_log
from core import logs
from core.settings import Settings


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What is logged as JSON."""
    stream = io.StringIO()
    logs.configure(Settings(log_format="json"), stream)
    yield stream
    logs.configure(Settings(log_level="WARNING"), sys.__stderr__)


@pytest.fixture
def client() -> FlaskClient:
    server = flask.Flask(__name__, static_folder=None)
    server.wsgi_app = request_log.RequestLog(server.wsgi_app)  # type: ignore[method-assign]

    @server.route("/api/v1/echo", methods=["GET", "POST"])
    def echo() -> str:
        logs.get_logger("handler").info("inside")
        return flask.request.get_data(as_text=True)

    @server.get("/<path:rest>")
    def rest(rest: str) -> str:
        return rest

    return server.test_client()


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_request_has_one_line_with_its_facts(client: FlaskClient, written: io.StringIO) -> None:
    response = client.get("/api/v1/echo")
    response.close()
    request_id = response.headers["X-Request-ID"]
    # Only this request's: a server that an earlier test started may still write its last line.
    mine = [line for line in lines(written) if line["request_id"] == request_id]
    requests = [line for line in mine if line["event"] == "request"]
    assert len(requests) == 1
    line = requests[0]
    assert line["method"] == "GET"
    assert line["path"] == "/api/v1/echo"
    assert line["status"] == 200
    assert line["request_id"] == request_id
    assert 0 <= float(str(line["duration_ms"])) < 10_000


def test_lines_of_a_handler_carry_the_id(client: FlaskClient, written: io.StringIO) -> None:
    with client.get("/api/v1/echo", headers={"X-Request-ID": "abc-123"}) as response:
        assert response.headers["X-Request-ID"] == "abc-123"
    inside = next(line for line in lines(written) if line["event"] == "inside")
    assert inside["request_id"] == "abc-123"


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "<script>", "é", "a\tb", "x;y"])
def test_an_id_that_is_not_sane_is_replaced(client: FlaskClient, given: str) -> None:
    with client.get("/api/v1/echo", environ_overrides={"HTTP_X_REQUEST_ID": given}) as response:
        made = response.headers["X-Request-ID"]
    assert made != given
    assert request_log.SANE.fullmatch(made)


def test_every_request_has_its_own_id(client: FlaskClient) -> None:
    made = {client.get("/api/v1/echo").headers["X-Request-ID"] for _ in range(20)}
    assert len(made) == 20


def test_a_path_cannot_begin_a_new_line(client: FlaskClient, written: io.StringIO) -> None:
    client.get("/x%0a%7b%22event%22%3a1%7d").close()
    assert "/x%0A%7B%22event%22%3A1%7D" in [line.get("path") for line in lines(written)]


@pytest.mark.parametrize("path", ["//api/v1/echo", "/api//v1/echo", "//api///v1//echo"])
def test_repeated_slashes_of_the_api_are_one(client: FlaskClient, path: str) -> None:
    # Through the environment: the test client would take what follows "//" for a host.
    environ = {"PATH_INFO": path}
    with client.post("/", environ_overrides=environ, data=b"body") as response:
        assert response.status_code == 200
        assert response.get_data() == b"body"


def test_other_paths_keep_their_slashes() -> None:
    assert request_log.single_slashes("/a//b") == "/a//b"
    assert request_log.single_slashes("//hapi//catalog") == "/hapi/catalog"
