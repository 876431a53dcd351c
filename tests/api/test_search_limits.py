"""Limits of searches as clients meet them: over HTTP, from several addresses."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flask
import numpy as np
import pytest

import api
from core.observatory import Observatory
from core.settings import Settings
from tests.oracle.small_archive import make_archive, records, source
from tests.servers import answering

MOST = 3
FIRST = int(np.datetime64("2019-01-01", "m").astype(np.int64))
QUERY: dict[str, Any] = {
    "start": "2019-01-01T00:00:00",
    "end": "2019-01-01T01:00:00",
    "ground": [{}],
    "space": [{}],
    "max_distances": {"ground1-space1": 500},
}
SEARCH = "/api/v1/conjunctions/search"


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """A server whose searches all wait for a worker that is not there."""
    minutes = list(range(FIRST, FIRST + 60))
    place = ([60.0] * 60, [-100.0] * 60)
    tables = [records(number, minutes, nb=place) for number in (1, 2)]
    limits: dict[str, Any] = {
        "inline_pair_minutes": 0,
        "max_searches_per_client": MOST,
        "max_queued_searches": MOST + 1,
        "max_pair_minutes": 100,
    }
    make_archive(tmp_path, [source(1, "ground"), source(2, "leo")], tables, **limits).close()
    with Observatory(Settings(archive=tmp_path / "archive", **limits)) as observatory:
        application = flask.Flask("atlas-limits", static_folder=None)
        api.register(application, observatory)
        with answering(application) as url:
            yield int(url.rpartition(":")[2])


def ask(
    port: int, method: str, path: str, body: Any = None, address: str = "127.0.0.1"
) -> tuple[int, Any, str]:
    """Ask from an address of the loopback; return status, document and Location."""
    connection = http.client.HTTPConnection("127.0.0.1", port, source_address=(address, 0))
    try:
        headers = {"Content-Type": "application/json"}
        text = None if body is None else json.dumps(body)
        connection.request(method, path, text, headers)
        answer = connection.getresponse()
        found = answer.read()
        location = "/" + answer.getheader("Location", "").partition("//")[2].partition("/")[2]
        return answer.status, json.loads(found) if found else None, location
    finally:
        connection.close()


def test_each_client_has_a_share_and_all_have_a_queue(port: int) -> None:
    mine = []
    for _ in range(MOST):
        status, _, location = ask(port, "POST", SEARCH, QUERY)
        assert status == 202
        mine.append(location)
    status, said, _ = ask(port, "POST", SEARCH, QUERY)
    assert status == 503
    assert f"{MOST} searches of yours are waiting or running already." in json.dumps(said)
    # A client at another address still may; then the queue is full for all.
    assert ask(port, "POST", SEARCH, QUERY, "127.0.0.2")[0] == 202
    status, said, _ = ask(port, "POST", SEARCH, QUERY, "127.0.0.3")
    assert status == 503
    assert f"{MOST + 1} searches are waiting already." in json.dumps(said)
    # What is cancelled makes room, for the client and in the queue.
    assert ask(port, "DELETE", mine[0])[0] == 200
    assert ask(port, "POST", SEARCH, QUERY)[0] == 202


def test_clients_at_once_do_not_get_more_than_their_share(port: int) -> None:
    together = threading.Barrier(8)
    statuses: list[int] = []

    def submit() -> None:
        together.wait()
        statuses.append(ask(port, "POST", SEARCH, QUERY)[0])

    threads = [threading.Thread(target=submit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [202] * MOST + [503] * (8 - MOST)


def test_the_status_tells_the_price_before_the_search_runs(port: int) -> None:
    _, _, location = ask(port, "POST", SEARCH, QUERY)
    _, document, _ = ask(port, "GET", location)
    lines = [line["summary"] for line in document["logs"]]
    assert "Price: 60 pair minutes of 1 pair of sources with 120 records." in lines
    assert document["search_result"]["data_uri"] is None


def test_what_costs_too_much_is_refused_with_what_would_do(port: int) -> None:
    dear = QUERY | {"conjunction_types": ["nbtrace", "sbtrace"]}
    status, said, _ = ask(port, "POST", SEARCH, dear)
    assert status == 400
    assert "pair minutes" in json.dumps(said)
    # It took no place.
    assert [ask(port, "POST", SEARCH, QUERY)[0] for _ in range(MOST)] == [202] * MOST
