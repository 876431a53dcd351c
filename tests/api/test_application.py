"""The guards on the whole application: its own pages and callbacks beside the API."""

from __future__ import annotations

import copy
import json
import sys
from typing import Any

import flask
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import app as application
from core import logs
from core.observatory import Observatory
from core.settings import Settings
from tests.api.test_dash_guard import anything
from tests.api.test_headers import METHODS, assert_guarded, urls

URL = "/_dash-update-component"
PAGES = ("/", "/conjunctions", "/keogramist", "/no/such/page")


@pytest.fixture(scope="module")
def server(observatory: Observatory) -> flask.Flask:
    """The application as it is served, over the small known sky."""
    dash = application.create_app(observatory.settings)
    logs.configure(Settings(log_level="ERROR"), sys.__stderr__)
    return dash.server


@pytest.mark.parametrize("method", METHODS)
def test_every_route_has_the_headers(
    server: flask.Flask, method: str, subtests: pytest.Subtests
) -> None:
    client = server.test_client()
    found = urls(server)
    assert len(found) > 25
    for url in [*found, *PAGES]:
        with subtests.test(url=url), client.open(url, method=method) as response:
            assert response.status_code < 500
            assert_guarded(response)


@pytest.mark.parametrize("page", PAGES)
def test_pages_are_pages(server: flask.Flask, page: str) -> None:
    response = server.test_client().get(page)
    assert response.status_code == 200
    assert response.mimetype == "text/html"


def test_a_client_of_the_api_never_gets_a_page(server: flask.Flask) -> None:
    for path in ("/api/v1/none", "/api", "/media/none", "/vendor/none", "/api/v1/ephemeris/search"):
        response = server.test_client().get(path)
        assert response.status_code in (404, 405), path
        assert response.headers["Content-Type"] == "application/json"


def concrete(text: str, number: int) -> Any:
    """An id as a page sends it: wildcards filled in."""
    if not text.startswith("{"):
        return text
    declared = json.loads(text)
    return {key: f"x{number}" if isinstance(v, list) else v for key, v in declared.items()}


def sent(prop: dict[str, str], value: Any) -> Any:
    entries = []
    for number in range(2):
        component = concrete(prop["id"], number)
        held = component if prop["property"] == "id" else value
        entries.append({"id": component, "property": prop["property"], "value": held})
    return entries if "ALL" in prop["id"] else entries[0]


def bodies(server: flask.Flask, value: Any = None) -> list[dict[str, Any]]:
    """A body of the right shape for each callback that runs in Python."""
    made = []
    for callback in server.test_client().get("/_dash-dependencies").get_json():
        output = callback["output"]
        if callback.get("clientside_function"):
            continue
        multiple = output.startswith("..")
        names = output[2:-2].split("...") if multiple else [output]
        props = []
        for name in [] if callback.get("no_output") else names:
            component, _, prop = name.rpartition(".")
            entry = {"id": component.replace("\\.", "."), "property": prop}
            props.append(sent(entry, None))
        made.append(
            {
                "output": output,
                "outputs": props if multiple else (props[0] if props else {}),
                "inputs": [sent(prop, value) for prop in callback["inputs"]],
                "state": [sent(prop, value) for prop in callback["state"]],
                "changedPropIds": [],
            }
        )
    return made


def test_values_of_any_kind_reach_no_traceback(server: flask.Flask) -> None:
    client = server.test_client()
    assert len(bodies(server)) > 5
    broken = [
        (body["output"], value)
        for value in (None, "", "x", -1, 1e300, True, [], [None], {}, {"a": 1})
        for body in bodies(server, value)
        if client.post(URL, json=body).status_code not in (200, 204)
        # An address is text: the guard refuses anything else.
        and not ("_pages_content" in body["output"] and not isinstance(value, str | None))
    ]
    assert broken == []


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_malformed_bodies_are_refused(server: flask.Flask, data: st.DataObject) -> None:
    body: Any = copy.deepcopy(data.draw(st.sampled_from(bodies(server))))
    key = data.draw(st.sampled_from(sorted(body)))
    body[key] = data.draw(anything)
    body = data.draw(st.just(body) | anything)
    response = server.test_client().post(URL, json=body)
    assert response.status_code in (200, 204, 400), response.get_data(as_text=True)[:300]
    if response.status_code == 400:
        assert response.headers["Content-Type"] == "application/json"
        assert response.get_json().keys() == {"error_code", "error_message"}
