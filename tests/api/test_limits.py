"""Limits on requests: how many a minute, how many at once, and who is counted as whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import flask
import pytest
import redis
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

import api
from api import clients, limits
from api.counters import Counters, LocalCounters, RedisCounters, make_counters
from core.observatory import Observatory
from core.settings import Settings
from tests.api.redis_server import free_port

SOURCES = "/api/v1/data_sources/3"


@dataclass
class Clock:
    """Time that stands still until it is told to go on."""

    seconds: float = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture(params=["alone", "shared"])
def counters(request: pytest.FixtureRequest) -> Iterator[Counters]:
    if request.param == "alone":
        yield LocalCounters()
        return
    client = redis.Redis.from_url(request.getfixturevalue("redis_url"))
    client.flushdb()
    yield RedisCounters(client)
    client.close()


# -------------------------------------------------------------------------------- the counters
@given(st.integers(1, 200), st.lists(st.floats(0, 90), max_size=60))
def test_a_refused_request_may_come_when_it_was_told(a_minute: int, pauses: list[float]) -> None:
    clock = Clock()
    counted = LocalCounters(clock)
    taken: list[float] = []
    for pause in [*pauses, *([0.0] * (a_minute + 1))]:
        clock.seconds += pause
        wait_s = counted.take("a", a_minute)
        assert 0 <= wait_s <= 60.0 / a_minute + 1e-6
        if wait_s:
            # A moment sooner would be too soon.
            clock.seconds += wait_s * 0.5
            assert counted.take("a", a_minute) > 0 or wait_s < 1e-5
            clock.seconds += wait_s * 0.5 + 1e-6
            assert counted.take("a", a_minute) == 0
        taken.append(clock.seconds)
    # A minute's worth at once, and what comes evenly meanwhile.
    for first in taken:
        assert sum(first <= time < first + 60 for time in taken) <= 2 * a_minute + 1


def test_every_client_has_a_rate_of_its_own(counters: Counters) -> None:
    assert [counters.take("a", 3) for _ in range(3)] == [0.0] * 3
    assert 0 < counters.take("a", 3) <= 20
    assert counters.take("b", 3) == 0


def test_what_has_ended_makes_room(counters: Counters) -> None:
    assert [counters.enter("a", name, 2) for name in ("1", "2", "3")] == [True, True, False]
    assert counters.enter("b", "4", 2)
    counters.leave("a", "1")
    assert counters.enter("a", "3", 2)
    counters.leave("a", "never came")


def test_two_processes_count_together(redis_url: str) -> None:
    redis.Redis.from_url(redis_url).flushdb()
    one, two = make_counters(redis_url), make_counters(redis_url)
    assert [c.take("shared", 2) for c in (one, two)] == [0.0, 0.0]
    assert one.take("shared", 2) > 0
    assert two.take("shared", 2) > 0
    assert one.enter("shared", "x", 1)
    assert not two.enter("shared", "y", 1)


def test_counters_that_are_gone_are_kept_alone() -> None:
    counted = make_counters(f"redis://127.0.0.1:{free_port()}/0")
    assert [counted.take("a", 2) > 0 for _ in range(3)] == [False, False, True]
    assert [counted.enter("a", name, 1) for name in "xy"] == [True, False]
    counted.leave("a", "x")
    assert counted.enter("a", "y", 1)


# ------------------------------------------------------------------------------------ over HTTP
def application(observatory: Observatory, **changes: Any) -> FlaskClient:
    """The API over the same archive, with other limits."""
    settings = observatory.settings.model_copy(update=changes)
    server = flask.Flask("limited", static_folder=None)
    changed = _With(observatory, settings)
    api.register(server, changed)  # type: ignore[arg-type]
    return server.test_client()


class _With:
    """An observatory with other settings."""

    def __init__(self, observatory: Observatory, settings: Settings) -> None:
        self._observatory, self.settings = observatory, settings

    def __getattr__(self, name: str) -> Any:
        return getattr(self._observatory, name)


FAR = {"REMOTE_ADDR": "192.0.2.7"}


def test_too_many_requests_are_told_when_to_come_again(observatory: Observatory) -> None:
    client = application(observatory, max_requests_per_minute=3)
    answers = [client.get(SOURCES, environ_overrides=FAR) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    refused = answers[-1]
    assert refused.headers["Content-Type"] == "application/json"
    assert refused.get_json()["error_code"] == "ToManyRequests"
    assert "3 requests a minute" in refused.get_json()["error_message"]
    assert 1 <= int(refused.headers["Retry-After"]) <= 20
    # Another address is another client; pages, pictures and health are not counted.
    assert client.get(SOURCES, environ_overrides={"REMOTE_ADDR": "192.0.2.8"}).status_code == 200
    for path in ("/healthz", "/media/grids.json"):
        assert client.get(path, environ_overrides=FAR).status_code == 200


def test_this_machine_is_not_counted_by_default(observatory: Observatory) -> None:
    for address in ("127.0.0.1", "127.0.0.9", "::1", "::ffff:127.0.0.1"):
        client = application(observatory, max_requests_per_minute=1, max_requests_at_once=1)
        here = {"REMOTE_ADDR": address}
        assert {client.get(SOURCES, environ_overrides=here).status_code for _ in range(5)} == {200}
    client = application(observatory, max_requests_per_minute=1, throttle_local=True)
    assert [client.get(SOURCES).status_code for _ in range(2)] == [200, 429]


def test_the_default_is_far_from_a_client_that_polls() -> None:
    polls_a_minute = 60
    assert Settings.model_fields["max_requests_per_minute"].default >= 10 * polls_a_minute
    assert Settings.model_fields["throttle_local"].default is False


def test_an_account_is_one_client_wherever_it_asks_from(observatory: Observatory) -> None:
    catalogue = observatory.archive.catalogue
    catalogue.accounts.add("limits@example.org", "User")
    key = catalogue.keys.create("limits@example.org").text
    client = application(observatory, max_requests_per_minute=2)
    statuses = [
        client.get(
            SOURCES,
            headers={"x-aurorax-api-key": key},
            environ_overrides={"REMOTE_ADDR": f"192.0.2.{number}"},
        ).status_code
        for number in range(3)
    ]
    assert statuses == [200, 200, 429]
    # Whoever tries keys is counted by address.
    wrong = {"x-aurorax-api-key": "wrong"}
    tried = [client.get(SOURCES, headers=wrong, environ_overrides=FAR) for _ in range(3)]
    assert [answer.status_code for answer in tried] == [401, 401, 429]


def test_requests_at_once_count_until_their_last_byte(observatory: Observatory) -> None:
    client = application(observatory, max_requests_at_once=1)
    first = client.get(SOURCES, environ_overrides=FAR, buffered=False)
    assert first.status_code == 200
    second = client.get(SOURCES, environ_overrides=FAR)
    assert second.status_code == 429
    assert second.headers["Retry-After"] == "1"
    assert "1 requests of yours" in second.get_json()["error_message"]
    first.close()
    assert client.get(SOURCES, environ_overrides=FAR, buffered=True).status_code == 200
    # Errors give their place back too.
    for path in ("/api/v1/nothing", "/api/v1/data_sources/x"):
        answer = client.get(path, environ_overrides=FAR, buffered=True)
        assert answer.status_code in (400, 404)
    assert client.get(SOURCES, environ_overrides=FAR).status_code == 200


@pytest.mark.parametrize(
    ("trusted", "header", "expected"),
    [
        (0, "203.0.113.5", "10.0.0.1"),
        (1, "203.0.113.5", "203.0.113.5"),
        (1, "198.51.100.1, 203.0.113.5", "203.0.113.5"),
        (2, "198.51.100.1, 203.0.113.5, 10.0.0.2", "203.0.113.5"),
        (2, "203.0.113.5", "203.0.113.5"),
        (1, "", "10.0.0.1"),
        (1, "evil, <script>", "10.0.0.1"),
        (1, "[2001:db8::1]", "2001:db8::1"),
        (1, "127.0.0.1, 203.0.113.5", "203.0.113.5"),
    ],
)
def test_only_trusted_proxies_name_the_client(trusted: int, header: str, expected: str) -> None:
    server = flask.Flask("proxied")
    server.config[clients.PROXIES] = trusted
    with server.test_request_context(
        headers={"X-Forwarded-For": header}, environ_base={"REMOTE_ADDR": "10.0.0.1"}
    ):
        assert clients.address() == expected
        assert not clients.is_local()


def test_an_address_that_is_too_long(observatory: Observatory) -> None:
    client = application(observatory, max_url_bytes=300)
    assert client.get(f"/api/v1/data_sources?program={'x' * 200}").status_code == 200
    for path in (f"/api/v1/data_sources?program={'x' * 300}", f"/api/v1/{'%20' * 100}"):
        response = client.get(path)
        assert response.status_code == 414
        assert response.get_json()["error_code"] == "NotPermitted"
        assert "300 bytes" in response.get_json()["error_message"]


def test_rows_of_an_answer(observatory: Observatory) -> None:
    client = application(observatory, max_answer_rows=5)
    query = {
        "start": "2020-01-01T00:00:00",
        "end": "2020-01-01T00:09:59",
        "data_sources": {"platforms": ["swarma"]},
    }
    location = client.post("/api/v1/ephemeris/search", json=query).headers["Location"]
    refused = client.get(f"{location}/data")
    assert refused.status_code == 400
    assert "10 rows, more than 5" in refused.get_json()["error_message"]
    assert len(client.get(f"{location}/data?limit=5").get_json()["result"]) == 5
    assert len(client.get(f"{location}/data?offset=6").get_json()["result"]) == 4
    assert client.get(f"{location}/data?limit=6").status_code == 400
    sync = client.post("/api/v1/ephemeris/search_synchronous", json={"query": query})
    assert sync.status_code == 400
    assert "10 rows, more than 5" in sync.get_json()["error_message"]


# ------------------------------------------------------------------------ spans, in the message
@pytest.mark.parametrize(
    ("path", "body", "until"),
    [
        ("ephemeris/search", {"data_sources": {"programs": ["swarm"]}}, "2020-02-01T00:00:00"),
        ("data_products/search", {"data_sources": {}}, "2030-01-08T00:00:00"),
        (
            "conjunctions/search",
            {"ground": [{}], "space": [{}], "max_distances": {"ground1-space1": 500}},
            "2030-02-17T00:00:00",
        ),
    ],
)
def test_a_window_that_is_too_long_is_told_the_longest(
    client: FlaskClient, path: str, body: Any, until: str
) -> None:
    query = {"start": "2020-01-01T00:00:00", "end": "2040-01-01T00:00:00", **body}
    response = client.post(f"/api/v1/{path}", json=query)
    assert response.status_code == 400
    said = response.get_json()["error_message"]
    assert f"With start 2020-01-01T00:00:00, end may be {until} at the latest." in said
    assert client.post(f"/api/v1/{path}", json=query | {"end": until}).status_code == 202


def test_a_synchronous_search_is_told_the_longest_window(client: FlaskClient) -> None:
    query = {
        "start": "2020-01-01T00:00:00",
        "end": "2020-01-05T00:00:00",
        "data_sources": {"programs": ["swarm"]},
    }
    path = "/api/v1/ephemeris/search_synchronous"
    said = client.post(path, json={"query": query}).get_json()["error_message"]
    assert said.startswith("query.end")
    assert "end may be 2020-01-03T00:00:00 at the latest" in said


@pytest.mark.parametrize("name", ["ephemeris", "data_products"])
def test_too_many_records_are_refused_before_they_are_read(
    observatory: Observatory, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = observatory.settings.model_copy(update={"max_results": 4})
    monkeypatch.setattr(observatory.archive, "settings", few)
    client = application(observatory)
    query = {
        "start": "2020-01-01T00:00:00",
        "end": "2020-01-03T23:59:59",
        "data_sources": {"programs": ["swarm" if name == "ephemeris" else "trex"]},
    }
    for path, body in ((name + "/search", query), (f"{name}/search_synchronous", {"query": query})):
        body = {**body}
        if name == "ephemeris" and "query" in body:
            body["query"] = query | {"end": "2020-01-02T00:00:00"}
        response = client.post(f"/api/v1/{path}", json=body)
        assert response.status_code == 400
        said = response.get_json()["error_message"]
        expected = "The day of 2020-01-01T00:00:00 alone has more"
        if name == "data_products":
            expected = "With start 2020-01-01T00:00:00, end may be 2020-01-02T23:59:59"
        assert "records, more than 4" in said
        assert expected in said


# ------------------------------------------------------------------------------- maintenance
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v1/data_sources"),
        ("PUT", "/api/v1/data_sources/3"),
        ("PATCH", "/api/v1/data_sources/3"),
        ("DELETE", "/api/v1/data_sources/3"),
        ("POST", "/api/v1/data_sources/3/ephemeris"),
        ("DELETE", "/api/v1/data_sources/3/ephemeris"),
        ("POST", "/api/v1/data_sources/3/data_products"),
        ("DELETE", "/api/v1//data_sources//3/data_products"),
        ("GET", "/api/v1/availability/ephemeris?slow=True"),
        ("GET", "/api/v1/availability/data_products?slow=true"),
        ("GET", "/api/v1/data_sources/3/stats?slow=1"),
    ],
)
def test_maintenance_refuses_what_changes_or_counts(
    observatory: Observatory, method: str, path: str
) -> None:
    response = application(observatory, maintenance=True).open(path, method=method, json={})
    assert response.status_code == 503
    assert response.headers["Content-Type"] == "application/json"
    assert "maintenance mode" in response.get_json()["error_message"]
    assert int(response.headers["Retry-After"]) > 0


def test_maintenance_leaves_reading_and_searching(observatory: Observatory) -> None:
    client = application(observatory, maintenance=True)
    assert client.get(f"{SOURCES}/stats?slow=False").status_code == 200
    assert client.post("/api/v1/data_sources/search", json={}).status_code == 200
    assert client.get("/api/v1/availability/ephemeris").status_code == 200
    query = {"start": "2020-01-01", "end": "2020-01-02", "data_sources": {"programs": ["swarm"]}}
    assert client.post("/api/v1/ephemeris/search", json=query).status_code == 202


def test_every_write_of_the_archive_is_below_the_hook(server: flask.Flask) -> None:
    """A new route that writes is to be found here, and by the hook."""
    writes = {"PUT", "PATCH"}
    for rule in server.url_map.iter_rules():
        if rule.endpoint.startswith("unknown.") or not (rule.methods or set()) & writes:
            continue
        assert rule.rule.startswith("/api/v1/data_sources"), rule.rule


def test_limits_are_counted_for_what_works_in_the_archive() -> None:
    assert limits.COUNTED == ("/api/", "/exports/", "/hapi")
