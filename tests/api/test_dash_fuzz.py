"""Real callbacks, mutilated: whatever comes to Dash's endpoint, the answer is no 5xx.

The bodies were recorded in a browser by scripts/record_callbacks.py. Most mutations keep the shape
that the guard wants and change values, so that they reach the callbacks; some break the shape.
"""

from __future__ import annotations

import copy
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flask
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import app as application
from components import availability_state
from components.error_page import UNEXPECTED
from components.urlstate import decode_text
from core import logs
from core.observatory import Observatory
from core.settings import Settings
from tests.api.test_application import bodies as made_bodies
from tests.api.test_dash_guard import anything

URL = "/_dash-update-component"
RECORDED: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "recorded_callbacks.json").read_text()
)
IN_SUITE, IN_SOAK = 150, 1000
SHARE_RECORDED = 0.6  # of all bodies sent
PLACES = ("inputs", "state")


@pytest.fixture(scope="module")
def server(observatory: Observatory) -> flask.Flask:
    """The application as it is served, over the small known sky."""
    dash = application.create_app(observatory.settings)
    logs.configure(Settings(log_level="ERROR"), sys.__stderr__)
    return dash.server


def send(server: flask.Flask, body: Any) -> Any:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return server.test_client().post(URL, data=data, content_type="application/json")


def assert_answered(response: Any, body: Any) -> None:
    """No 5xx, and an error document where it was refused."""
    assert response.status_code in (200, 204, 400, 413), (
        body,
        response.get_data(as_text=True)[:500],
    )
    if response.status_code >= 400:
        assert response.headers["Content-Type"] == "application/json"
        assert response.get_json().keys() == {"error_code", "error_message"}


# --------------------------------------------------------------------------- as recorded
def test_the_recording_is_of_these_callbacks(server: flask.Flask) -> None:
    """Names of callbacks change with their inputs."""
    listed = server.test_client().get("/_dash-dependencies").get_json()
    known = {c["output"] for c in listed if not c.get("clientside_function")}
    recorded = {body["output"] for body in RECORDED}
    assert recorded <= known, "run `python scripts/record_callbacks.py` again"
    assert len(recorded) >= 0.7 * len(known), sorted(known - recorded)


@pytest.mark.parametrize("number", range(len(RECORDED)))
def test_what_was_recorded_is_answered(server: flask.Flask, number: int) -> None:
    """Also where it names searches and nights that this archive does not have."""
    response = send(server, RECORDED[number])
    assert response.status_code in (200, 204), response.get_data(as_text=True)[:300]
    assert UNEXPECTED not in response.get_data(as_text=True)


@pytest.mark.parametrize("value", [1, 0.5, True, [], {"a": 1}])
@pytest.mark.parametrize("number", [0, 1])
def test_an_address_that_is_no_text_is_refused(
    server: flask.Flask, number: int, value: Any
) -> None:
    """Dash's router of pages took it apart all the same, and failed."""
    body = copy.deepcopy(next(b for b in RECORDED if "_pages_content" in b["output"]))
    assert send(server, body).status_code == 200
    body["inputs"][number]["value"] = value
    response = send(server, body)
    assert response.status_code == 400
    assert f"inputs[{number}].value" in response.get_json()["error_message"]


def test_an_id_is_that_of_its_component(server: flask.Flask) -> None:
    """Handlers go by the ids that they ask for, and failed where one lacked its keys."""
    body = copy.deepcopy(
        next(b for b in RECORDED if any(isinstance(s, list) and s for s in b.get("state", [])))
    )
    number, state = next((n, s) for n, s in enumerate(body["state"]) if isinstance(s, list) and s
                         and s[0]["property"] == "id")  # fmt: skip
    assert send(server, body).status_code in (200, 204)
    state[0]["value"] = {"type": "other"}
    response = send(server, body)
    assert response.status_code == 400
    assert f"state[{number}][0].value" in response.get_json()["error_message"]


@pytest.mark.parametrize("written", [True, 7, None, []])
def test_a_form_whose_state_is_no_text_is_an_empty_form(written: Any) -> None:
    """Dialogs read the address of a form, and failed where it was anything else."""
    assert decode_text(written) == decode_text("")
    assert availability_state.decode(written) == availability_state.decode("")


# --------------------------------------------------------------------------- mutilated
numbers = st.sampled_from(
    [0, -1, 1, 3, 2**31, -(2**63), 2**53, 1e308, -1e308, 5e-324, 0.5, True, False]
)
words = st.sampled_from(
    ["", " ", "0", "-1", "NaN", "inf", "null", "9999-99-99", "0001-01-01T00:00:00", "x" * 3000,
     "2019-01-01T00:00:00", "2019-02-30", "24:00", "'; DROP TABLE", "../../etc/passwd", "é∑𝄞",
     "\u0000", "\ud800", "?v=1&", "?v=2&from=2019-01-02&sources=46", "[]", "{}", "nbtrace",
     "ground1", "00000000-0000-4000-8000-000000000000", "%00", "v=2&row=3&at=25:61"]
)  # fmt: skip


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Paths of everything inside, inner nodes too."""
    yield path
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from leaves(value[key], (*path, key))


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


def values_of(body: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Paths below the values of inputs and state: what a callback is given."""
    found = []
    for path in leaves(body):
        if path[:1] and path[0] in PLACES and "value" in path:
            found.append(path)
    return found


def other(draw: Any, value: Any) -> Any:
    """Something in place of a value: alike, of the same kind, or anything."""
    kind = draw(st.integers(0, 4))
    if kind == 0:
        return draw(anything)
    if isinstance(value, list) and value and kind < 4:
        return draw(st.sampled_from([value[:-1], value * 2, value[::-1], [], [value]]))
    if isinstance(value, str) and value and kind == 1:
        cut = draw(st.integers(0, len(value)))
        return value[:cut] + draw(words) + value[cut + 1 :]
    if isinstance(value, dict) and value and kind < 3:
        gone = draw(st.sampled_from(sorted(value)))
        return {key: item for key, item in value.items() if key != gone}
    return draw(numbers | words | st.none())


def replace(body: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    at(body, path[:-1])[path[-1]] = value
    return body


@st.composite
def mutations(draw: Any) -> Any:
    """A recorded body with one to four changes, mostly of values; or its text, cut or flipped."""
    body: Any = copy.deepcopy(draw(st.sampled_from(RECORDED)))
    if draw(st.integers(0, 19)) == 0:
        text = bytearray(json.dumps(body).encode())
        text[draw(st.integers(0, len(text) - 1))] = draw(st.integers(0, 255))
        return bytes(text[: draw(st.integers(0, len(text)))])
    for _ in range(draw(st.integers(1, 4))):
        if not isinstance(body, dict):
            break
        paths = values_of(body) if draw(st.integers(0, 4)) else list(leaves(body))
        path = draw(st.sampled_from(paths or [()]))
        if path and isinstance(at(body, path[:-1]), dict) and draw(st.integers(0, 9)) == 0:
            del at(body, path[:-1])[path[-1]]
        else:
            body = replace(body, path, other(draw, at(body, path)))
    return body


def fuzz(server: flask.Flask, count: int) -> Counter[Any]:
    """Send `count` bodies, more than half of them mutations; return what came back."""
    seen: Counter[Any] = Counter()
    made = made_bodies(server)
    options = {
        "deadline": None,
        "suppress_health_check": list(HealthCheck),
        "database": None,
    }
    first = round(count * SHARE_RECORDED)

    @settings(max_examples=first, **options)
    @given(body=mutations())
    def recorded(body: Any) -> None:
        response = send(server, body)
        seen["recorded", response.status_code] += 1
        assert_answered(response, body)

    @settings(max_examples=count - first, **options)
    @given(data=st.data())
    def others(data: st.DataObject) -> None:
        body: Any = copy.deepcopy(data.draw(st.sampled_from(made)))
        for path in [path for path in values_of(body) if path[-1] == "value"]:
            if data.draw(st.booleans()):
                replace(body, path, data.draw(anything | words | numbers))
        response = send(server, data.draw(st.just(body) | anything))
        seen["made", response.status_code] += 1
        assert_answered(response, body)

    recorded()
    others()
    return seen


def check(seen: Counter[Any], count: int) -> None:
    """The bodies were as many as they should, and did not all end at the guard."""
    recorded = {status: n for (kind, status), n in seen.items() if kind == "recorded"}
    assert sum(seen.values()) >= count
    assert sum(recorded.values()) >= count / 2
    assert sum(n for status, n in recorded.items() if status < 300) >= 0.3 * count / 2


def test_mutations_of_real_callbacks(server: flask.Flask) -> None:
    check(fuzz(server, IN_SUITE), IN_SUITE)


@pytest.mark.soak
def test_a_thousand_mutations_of_real_callbacks(server: flask.Flask) -> None:
    check(fuzz(server, IN_SOAK), IN_SOAK)
