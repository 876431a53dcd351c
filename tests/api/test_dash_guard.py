"""Dash's endpoint for callbacks: what its own page sends goes through, nothing else does."""

from __future__ import annotations

import copy
from typing import Any

import flask
import pytest
from dash import ALL, MATCH, Dash, Input, Output, State, dcc, html
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api import dash_guard, errors

URL = "/_dash-update-component"


def item(index: Any) -> dict[str, Any]:
    return {"type": "item", "index": index}


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    """An application with every form that a callback's inputs and outputs may have."""
    server = flask.Flask(__name__, static_folder=None)
    app = Dash("guarded", server=server, assets_folder="none")
    app.layout = html.Div(
        [dcc.Input(id="a"), html.Div(id="b"), dcc.Input(id=item(1)), dcc.Input(id=item(2))]
    )

    @app.callback(Output("b", "children"), Input("a", "value"), State("a", "id"))
    def one(value: Any, name: str) -> str:
        return f"{value} {name}"

    @app.callback(
        Output("b", "title"), Output("b", "lang"), Input(item(ALL), "value"), Input("a", "value")
    )
    def several(values: list[Any], value: Any) -> tuple[str, str]:
        return str(len(values)), str(value)

    @app.callback(Output(item(MATCH), "title"), Input(item(MATCH), "value"))
    def each(value: Any) -> str:
        return str(value)

    @app.callback(
        Output("b", "children", allow_duplicate=True),
        Input("a", "n_submit"),
        prevent_initial_call=True,
    )
    def twice(count: Any) -> str:
        return str(count)

    @app.callback(Output(item(ALL), "title"), Input("a", "n_blur"), State(item(ALL), "value"))
    def all_of_them(count: Any, values: list[Any]) -> list[str]:
        return [str(value) for value in values]

    @app.callback(Input("a", "n_blur"))
    def silent(count: Any) -> None:
        return None

    errors.install(server)
    dash_guard.install(server)
    return server.test_client()


def prop(component: Any, name: str, value: Any = None) -> dict[str, Any]:
    return {"id": component, "property": name, "value": value}


def outputs(client: FlaskClient) -> list[str]:
    return [entry["output"] for entry in client.get("/_dash-dependencies").get_json()]


def bodies(client: FlaskClient) -> list[dict[str, Any]]:
    """What Dash's page sends for each callback, as recorded in Chromium."""
    one, several, each, twice, all_of_them, silent = outputs(client)
    a = prop("a", "value", "x")
    out = {"id": "b", "property": "children"}
    many = [prop(item(1), "value", "p"), prop(item(2), "value")]
    return [
        {
            "output": one, "outputs": out, "inputs": [a], "changedPropIds": ["a.value"],
            "parsedChangedPropsIds": ["a.value"], "state": [prop("a", "id", "a")],
        },
        {
            "output": several, "inputs": [many, a], "changedPropIds": [],
            "outputs": [{"id": "b", "property": "title"}, {"id": "b", "property": "lang"}],
        },
        {
            "output": each, "outputs": {"id": item(1), "property": "title"},
            "inputs": [prop(item(1), "value", "p")], "changedPropIds": [],
        },
        {
            "output": twice, "inputs": [prop("a", "n_submit", 1)], "changedPropIds": ["a.n_submit"],
            "outputs": {"id": "b", "property": twice.rpartition(".")[2]},
        },
        {
            "output": all_of_them, "inputs": [prop("a", "n_blur", 1)], "state": [many],
            "outputs": [{"id": item(1), "property": "title"}, {"id": item(2), "property": "title"}],
            "changedPropIds": ["a.n_blur"],
        },
        {"output": silent, "inputs": [prop("a", "n_blur", 1)], "changedPropIds": ["a.n_blur"]},
    ]  # fmt: skip


@pytest.mark.parametrize("number", range(6))
def test_what_the_page_sends_is_answered(client: FlaskClient, number: int) -> None:
    response = client.post(URL, json=bodies(client)[number])
    assert response.status_code in (200, 204), response.get_data(as_text=True)


def assert_refused(client: FlaskClient, **request: Any) -> None:
    response = client.post(URL, **request)
    assert response.status_code in (400, 413), response.get_data(as_text=True)[:300]
    assert response.headers["Content-Type"] == "application/json"
    assert set(response.get_json()) == {"error_code", "error_message"}


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"{}", b"null", b'"x"', b"\xff", b"[" * 5000, b'{"output": 1e999}']
)
def test_a_body_that_is_no_callback_is_refused(client: FlaskClient, data: bytes) -> None:
    assert_refused(client, data=data, content_type="application/json")


def test_a_body_of_another_type_is_refused(client: FlaskClient) -> None:
    assert_refused(client, data={"output": "b.children"})


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("output",), "nothing.here"),
        (("output",), 3),
        (("outputs",), []),
        (("outputs",), None),
        (("outputs", "id"), "c"),
        (("outputs", "property"), "style"),
        (("inputs",), []),
        (("inputs",), {}),
        (("inputs",), "a.value"),
        (("inputs", 0), None),
        (("inputs", 0), []),
        (("inputs", 0, "id"), {"type": "a"}),
        (("inputs", 0, "property"), ["value"]),
        (("state",), []),
        (("state", 0), 1),
        (("changedPropIds",), "a.value"),
        (("changedPropIds",), [1]),
    ],
)
def test_a_body_of_the_wrong_shape_is_refused(
    client: FlaskClient, path: tuple[Any, ...], value: Any
) -> None:
    body = copy.deepcopy(bodies(client)[0])
    place: Any = body
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    assert_refused(client, json=body)


@pytest.mark.parametrize(
    "index", [["ALL"], None, {"x": 1}, [1]], ids=["wildcard", "null", "object", "list"]
)
def test_a_pattern_needs_concrete_components(client: FlaskClient, index: Any) -> None:
    body = bodies(client)[1]
    body["inputs"][0] = [prop(item(index), "value")]
    assert_refused(client, json=body)


@pytest.mark.parametrize("named", [[], [1], [2, 1], [1, 2, 3]])
def test_a_pattern_names_the_same_components_wherever_it_stands(
    client: FlaskClient, named: list[int]
) -> None:
    body = bodies(client)[4]
    body["outputs"] = [{"id": item(index), "property": "title"} for index in named]
    response = client.post(URL, json=body)
    assert response.status_code == 400
    assert "other components" in response.get_json()["error_message"]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(["output", "outputs", "inputs", "state", "id", "property", "value",
                         "changedPropIds"])
        | st.text(max_size=5),
        inner,
        max_size=5,
    ),
    max_leaves=12,
)  # fmt: skip


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_mutated_bodies_never_break_the_server(client: FlaskClient, data: st.DataObject) -> None:
    body: Any = copy.deepcopy(data.draw(st.sampled_from(bodies(client))))
    place = body
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        if isinstance(place[key], dict | list) and place[key] and data.draw(st.booleans()):
            place = place[key]
            continue
        if isinstance(place, dict) and data.draw(st.booleans()):
            del place[key]
        else:
            place[key] = data.draw(anything)
        break
    response = client.post(URL, json=data.draw(st.just(body) | anything))
    assert response.status_code < 500, (body, response.get_data(as_text=True)[:300])
