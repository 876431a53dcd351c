"""Security headers and request ids on every route."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import flask
import pytest
from dash import Dash, Input, Output, dcc, html
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, BaseConverter, IntegerConverter, UUIDConverter

import api
from api import headers, request_log
from core.observatory import Observatory
from tests.browser import CHROMIUM, FLAGS, need_chromium
from tests.servers import answering

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
SAMPLES: dict[str, Any] = {
    "identifier": 3,
    "request_id": "00000000-0000-4000-8000-000000000000",
    "package_name": "dash",
    "fingerprinted_path": "deps/react.js",
}


@pytest.fixture(scope="module")
def whole(observatory: Observatory) -> flask.Flask:
    """The API beside a Dash application, as it is served."""
    server = flask.Flask("whole", static_folder=None)
    app = Dash("whole", server=server, assets_folder="none")
    app.layout = html.Div([dcc.Input(id="a"), html.Div(id="b"), dcc.Graph(id="g")])
    app.clientside_callback(
        "value => `seen ${value}`", Output("b", "children"), Input("a", "value")
    )
    app.callback(Output("b", "title"), Input("a", "value"))(lambda value: str(value))
    api.register(server, observatory)
    headers.set_script_hashes(server, app.csp_hashes())
    return server


def sample(name: str, converter: BaseConverter) -> Any:
    """A value for a part of a path."""
    if isinstance(converter, AnyConverter):
        return sorted(converter.items)[0]
    if isinstance(converter, IntegerConverter):
        return 3
    if isinstance(converter, UUIDConverter):
        return UUID(SAMPLES["request_id"])
    return SAMPLES.get(name, "x")


def urls(server: flask.Flask) -> list[str]:
    """One address for each rule of the server."""
    found = set()
    for rule in server.url_map.iter_rules():
        values = {name: sample(name, rule._converters[name]) for name in rule.arguments}
        built = rule.build(values)
        assert built is not None, rule
        found.add(built[1])
    return sorted(found)


def test_there_are_routes_to_look_at(whole: flask.Flask) -> None:
    found = urls(whole)
    assert "/healthz" in found
    assert "/_dash-update-component" in found
    assert any(
        url.startswith("/api/v1/conjunctions/requests/") or "requests" in url for url in found
    )
    assert len(found) > 20


@pytest.mark.parametrize("method", METHODS)
def test_every_route_has_the_headers(
    whole: flask.Flask, method: str, subtests: pytest.Subtests
) -> None:
    client = whole.test_client()
    for url in [*urls(whole), "/", "/no/such/page", "/assets/none.css"]:
        with subtests.test(url=url), client.open(url, method=method) as response:
            assert response.status_code != 500
            assert_guarded(response)


def assert_guarded(response: Any) -> None:
    policy = parsed(response.headers["Content-Security-Policy"])
    assert policy["default-src"] == ["'self'"]
    assert "'unsafe-inline'" not in policy["script-src"]
    assert "'unsafe-eval'" not in policy["script-src"]
    assert policy["style-src"] == ["'self'", "'unsafe-inline'"]
    assert policy["img-src"] == ["'self'", "data:", "blob:"]
    assert policy["connect-src"] == ["'self'"]
    assert policy["frame-ancestors"] == ["'none'"]
    assert policy["object-src"] == ["'none'"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert "camera=()" in response.headers["Permissions-Policy"]
    assert request_log.SANE.fullmatch(response.headers["X-Request-ID"])
    assert response.headers.getlist("X-Request-ID") == [response.headers["X-Request-ID"]]


def parsed(policy: str) -> dict[str, list[str]]:
    rules = (rule.split() for rule in policy.split(";"))
    return {name: values for name, *values in rules}


def test_no_source_of_another_host_is_allowed() -> None:
    for values in parsed(headers.content_security_policy(["'sha256-abc='"])).values():
        for value in values:
            assert value.startswith("'") or value in {"data:", "blob:"}


def test_errors_and_refusals_have_the_headers_too(client: FlaskClient) -> None:
    assert_guarded(client.get("/api/v1/nothing"))
    assert_guarded(client.post("/api/v1/conjunctions/search", data=b" " * (3 * 2**20)))


def test_hashes_may_come_from_a_function() -> None:
    server = flask.Flask("hashed", static_folder=None)
    headers.install(server)
    headers.set_script_hashes(server, lambda: ["'sha256-one='"])
    policy = parsed(server.test_client().get("/").headers["Content-Security-Policy"])
    assert policy["script-src"] == ["'self'", "'sha256-one='"]


@pytest.fixture(scope="module")
def whole_url(whole: flask.Flask) -> Iterator[str]:
    with answering(whole) as url:
        yield f"{url}/"


@pytest.mark.browser
def test_a_browser_runs_dash_under_the_policy(whole_url: str) -> None:
    """A Python callback, a clientside callback and a plotly graph, and not one complaint."""
    need_chromium()
    sync_api = pytest.importorskip("playwright.sync_api")
    complaints: list[str] = []
    hosts: set[str] = set()
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
        page.goto(whole_url)
        page.fill("#a", "hello")
        sync_api.expect(page.locator("#b")).to_have_text("seen hello", timeout=20_000)
        sync_api.expect(page.locator("#b")).to_have_attribute("title", "hello", timeout=20_000)
        sync_api.expect(page.locator("#g .main-svg").first).to_be_visible(timeout=20_000)
        browser.close()
    assert complaints == []
    assert hosts == {whole_url.split("/")[2]}
