"""Two servers and a worker, each a process, on one archive: what one knows, the other knows."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from pyaurorax import PyAuroraX
from pyaurorax.exceptions import AuroraXAPIError, AuroraXUnauthorizedError

from core.archive import Archive
from core.search.examples import EXAMPLES
from tests.clients.conftest import client
from tests.clients.rows import client_rows, engine_rows
from tests.servers import ROOT, environment_of, serving, working

# Everything is left to the worker, so no server answers what only it was asked.
QUEUEING = {"ATLAS_INLINE_PAIR_MINUTES": "0"}
QUERY = EXAMPLES[0].query
POLL_S = 0.05


@dataclass
class Pair:
    """A client of each of two servers, and the process of the second."""

    one: PyAuroraX
    other: PyAuroraX
    process: subprocess.Popen[bytes]


@pytest.fixture(scope="module")
def servers(folder: Path) -> Iterator[tuple[str, str, subprocess.Popen[bytes]]]:
    with ExitStack() as started:
        one, _ = started.enter_context(serving(folder, **QUEUEING))
        other, process = started.enter_context(serving(folder, **QUEUEING))
        yield one, other, process


@pytest.fixture
def pair(servers: Any, tmp_path: Path) -> Pair:
    one, other, process = servers
    return Pair(client(one, tmp_path), client(other, tmp_path), process)


def submit(aurorax: PyAuroraX) -> Any:
    return aurorax.search.conjunctions.search(
        datetime.fromisoformat(QUERY["start"]),
        datetime.fromisoformat(QUERY["end"]),
        QUERY["max_distances"],
        ground=QUERY["ground"],
        space=QUERY["space"],
        conjunction_types=["nbtrace"],
        return_immediately=True,
    )


def at(aurorax: PyAuroraX, search: Any) -> str:
    """Where a server would have the status of a search."""
    return aurorax.search.conjunctions.get_request_url(search.request_id)


def test_a_search_of_one_is_read_from_the_other(pair: Pair, folder: Path, archive: Archive) -> None:
    search = submit(pair.one)
    waiting = pair.other.search.requests.get_status(at(pair.other, search))
    assert waiting["search_result"]["data_uri"] is None
    with working(folder):
        status = pair.other.search.requests.wait_for_data(at(pair.other, search), POLL_S)
        assert status == pair.one.search.requests.get_status(at(pair.one, search))
        address = f"{at(pair.other, search)}/data"
        there = requests.request("GET", address, timeout=60).json()["result"]
        search.wait(poll_interval=POLL_S)
        search.get_data()
    assert client_rows(search.data) == engine_rows(archive, QUERY)
    assert len(there) == status["search_result"]["result_count"] == len(search.data) > 0
    here = requests.request("GET", f"{at(pair.one, search)}/data", timeout=60).json()["result"]
    assert there == here


def test_a_search_of_one_is_cancelled_from_the_other(pair: Pair) -> None:
    search = submit(pair.one)
    pair.other.search.requests.cancel(at(pair.other, search), wait=True, poll_interval=POLL_S)
    search.wait(poll_interval=POLL_S)
    assert search.status["search_result"]["error_condition"] is True
    assert "cancelled" in search.logs[-1]["summary"]


def test_results_deleted_by_one_are_gone_from_the_other(pair: Pair, folder: Path) -> None:
    search = submit(pair.one)
    with working(folder):
        pair.other.search.requests.wait_for_data(at(pair.other, search), POLL_S)
    assert requests.delete(f"{at(pair.other, search)}/data", timeout=60).status_code == 200
    assert requests.head(f"{at(pair.one, search)}/data", timeout=60).status_code == 404


def key(folder: Path, *words: str) -> str:
    """Run the command line for keys as an operator does; return its last line."""
    done = subprocess.run(
        [sys.executable, "-m", "core", "key", *words],
        cwd=ROOT, env=os.environ | environment_of(folder), capture_output=True, text=True,
        check=True, timeout=120,
    )  # fmt: skip
    return done.stdout.splitlines()[-1].strip()


def test_keys_made_by_the_command_line_are_valid_in_both(pair: Pair, folder: Path) -> None:
    made = key(folder, "create", "--email", "two@example.org", "--role", "Administrator")
    before = len(pair.one.search.sources.list())
    pair.one.api_key = made  # and so of the other client: they share their headers
    search = submit(pair.one)
    for aurorax in (pair.one, pair.other):
        listed = {row["request_id"] for row in aurorax.search.requests.list()}
        assert search.request_id in listed
    pair.one.api_key = ""
    for aurorax in (pair.one, pair.other):
        with pytest.raises(AuroraXUnauthorizedError):
            aurorax.search.requests.list()
        with pytest.raises(AuroraXAPIError, match="404"):  # a search of an account is its own
            aurorax.search.requests.get_status(at(aurorax, search))
    key(folder, "revoke", "two@example.org")
    pair.one.api_key = made
    for aurorax in (pair.one, pair.other):
        with pytest.raises(AuroraXUnauthorizedError):
            aurorax.search.sources.list()
    pair.one.api_key = ""
    assert len(pair.other.search.sources.list()) == before


def test_one_goes_on_when_the_other_is_killed(pair: Pair, folder: Path, archive: Archive) -> None:
    """The last of this module: the second server does not come back."""
    search = submit(pair.other)
    os.killpg(pair.process.pid, signal.SIGKILL)
    pair.process.wait(30)
    with pytest.raises(requests.ConnectionError):
        search.update_status()
    with working(folder):
        status = pair.one.search.requests.wait_for_data(at(pair.one, search), POLL_S)
        assert status["search_result"]["error_condition"] is False
        data = f"{at(pair.one, search)}/data"
        found = requests.request("GET", data, timeout=60).json()["result"]
        again = submit(pair.one)
        again.wait(poll_interval=POLL_S)
        again.get_data()
    assert len(found) == len(again.data)
    assert client_rows(again.data) == engine_rows(archive, QUERY)
