"""The life of a search in PyAuroraX: at once, later, waited for, cancelled, refused."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests
from dateutil.parser import parse
from pyaurorax import PyAuroraX
from pyaurorax.exceptions import (
    AuroraXAPIError,
    AuroraXDataRetrievalError,
    AuroraXNotFoundError,
    AuroraXSearchError,
    AuroraXUnauthorizedError,
)

from core.archive import Archive
from core.search.jobs.queue import JobStore
from tests.clients.conftest import client
from tests.clients.rows import client_rows, engine_rows, stamp

NIGHT = datetime(2019, 1, 2, 4)  # noqa: DTZ001 - the client's times have no zone
MORNING = NIGHT + timedelta(hours=8)
KINDS = ("conjunctions", "ephemeris", "data_products")
TYPES = {
    "conjunctions": "conjunction",
    "ephemeris": "ephemeris",
    "data_products": "data_product",
}
POLL_S = 0.05
QUERY = {
    "start": stamp(NIGHT), "end": stamp(MORNING),
    "ground": [{"programs": ["themis-asi"]}], "space": [{"programs": ["swarm"]}],
    "events": [], "adhoc": [], "conjunction_types": ["nbtrace"],
    "max_distances": {"ground1-space1": 500},
}  # fmt: skip


def submit(aurorax: PyAuroraX, kind: str) -> Any:
    """Start a search of a kind and come back at once."""
    if kind == "conjunctions":
        return aurorax.search.conjunctions.search(
            NIGHT, MORNING, 500, ground=QUERY["ground"], space=QUERY["space"],
            conjunction_types=["nbtrace"], return_immediately=True,
        )  # fmt: skip
    search = getattr(aurorax.search, kind)
    program = {"ephemeris": "swarm", "data_products": "rego"}[kind]
    start, end = NIGHT - timedelta(days=1), NIGHT + timedelta(days=1)
    return search.search(start, end, programs=[program], return_immediately=True)


@pytest.fixture
def queueing(queueing_url: str, tmp_path: Path) -> PyAuroraX:
    """A client whose searches wait for a worker that does not come."""
    return client(queueing_url, tmp_path)


@pytest.mark.parametrize("kind", KINDS)
def test_later_is_the_same_as_at_once(aurorax: PyAuroraX, archive: Archive, kind: str) -> None:
    search = submit(aurorax, kind)
    assert search.executed
    assert search.data == []
    search.wait(poll_interval=POLL_S)
    assert search.check_for_data()
    search.get_data()
    result = search.status["search_result"]
    assert len(search.data) == result["result_count"] > 0
    assert result["error_condition"] is False
    assert parse(result["completed_timestamp"]) >= parse(
        search.status["search_request"]["requested"]
    )
    if kind == "conjunctions":
        assert client_rows(search.data) == engine_rows(archive, QUERY)


@pytest.mark.parametrize("kind", KINDS)
def test_a_request_is_known_by_its_id(aurorax: PyAuroraX, kind: str) -> None:
    search = submit(aurorax, kind)
    assert search.request_url.endswith(f"/api/v1/{kind}/requests/{search.request_id}")
    assert getattr(aurorax.search, kind).get_request_url(search.request_id) == search.request_url
    status = aurorax.search.requests.wait_for_data(search.request_url, poll_interval=POLL_S)
    sent = dict(search.query)
    assert status["search_request"]["query"] == {**sent, "request_id": search.request_id}
    assert status["search_request"]["request_type"] == TYPES[kind]
    logs = aurorax.search.requests.get_logs(search.request_url)
    assert logs == status["logs"]
    assert [parse(line["timestamp"]) for line in logs] == sorted(
        parse(line["timestamp"]) for line in logs
    )
    assert str(status["search_result"]["result_count"]) in logs[-1]["summary"].replace(",", "")
    data = aurorax.search.requests.get_data(f"{search.request_url}/data", skip_serializing=True)
    assert len(data) == status["search_result"]["result_count"]
    search.update_status()
    assert search.completed
    assert search.data_url.endswith(status["search_result"]["data_uri"])


@pytest.mark.parametrize("kind", KINDS)
def test_three_kinds_in_words(aurorax: PyAuroraX, kind: str) -> None:
    search = submit(aurorax, kind)
    words = {"conjunctions": "Find conjunctions of type (nbtrace)", "ephemeris": "Find ephemeris",
             "data_products": "Find data_products"}[kind]  # fmt: skip
    text = getattr(aurorax.search, kind).describe(search)
    assert text.startswith(words)
    assert text == search.describe()
    assert text == getattr(aurorax.search, kind).describe(query_dict=search.query)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "one-minute precision"),
        ({"subminute_precision": False}, "one-minute precision"),
        ({"subminute_precision": True}, "sub-minute precision"),
        # What clients up to 1.22 send.
        ({"epoch_search_precision": 60}, "one-minute precision"),
        ({"epoch_search_precision": 30}, "sub-minute precision"),
    ],
)
def test_the_precision_is_described(aurorax: PyAuroraX, given: dict[str, Any], words: str) -> None:
    assert words in aurorax.search.conjunctions.describe(query_dict=QUERY | given)


def test_an_old_precision_searches_as_the_new_one(aurorax: PyAuroraX, archive: Archive) -> None:
    zulu = {"start": QUERY["start"] + "Z", "end": QUERY["end"] + "Z"}
    old = aurorax.search.conjunctions.search_from_raw_query(
        QUERY | zulu | {"epoch_search_precision": 30}
    )
    assert old.query["subminute_precision"] is True
    assert client_rows(old.data) == engine_rows(archive, QUERY | {"epoch_search_precision": 30})
    assert client_rows(old.data) == engine_rows(archive, QUERY | {"subminute_precision": True})


# Searches of data products are never left to a worker: there is nothing to cancel.
@pytest.mark.parametrize("kind", ["conjunctions", "ephemeris"])
@pytest.mark.parametrize("wait", [True, False])
def test_cancelling_ends_every_wait(queueing: PyAuroraX, kind: str, wait: bool) -> None:
    search = submit(queueing, kind)
    search.update_status()
    assert not search.check_for_data()
    assert search.status["search_result"]["completed_timestamp"] is None
    assert search.cancel(wait=wait, poll_interval=POLL_S) == 0
    search.wait(poll_interval=POLL_S)  # would go on for ever if no place of data were named
    result = search.status["search_result"]
    assert result["error_condition"] is True
    assert result["data_uri"] is not None
    assert search.logs[-1]["level"] == "error"
    assert "cancelled" in search.logs[-1]["summary"]
    with pytest.raises(AuroraXDataRetrievalError, match="Conflict"):
        search.get_data()


def test_a_search_that_is_cancelled_meanwhile_is_an_error_of_its_own(
    queueing: PyAuroraX, archive: Archive, queueing_url: str
) -> None:
    """`search()` waits itself; whoever waits is told what the last line of the log says."""
    jobs = JobStore(archive.catalogue.engine)
    before = {job.request_id for job in jobs.recent(100)}
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(
            queueing.search.ephemeris.search,
            NIGHT,
            MORNING,
            programs=["swarm"],
            poll_interval=POLL_S,
        )
        while not (new := {job.request_id for job in jobs.recent(100)} - before):
            assert not waiting.done()
            time.sleep(POLL_S)
        address = f"{queueing_url}/api/v1/ephemeris/requests/{new.pop()}"
        requests.delete(address, timeout=60)
        with pytest.raises(AuroraXSearchError, match="cancelled"):
            waiting.result(60)


def test_a_cancel_after_the_end_deletes_the_results(aurorax: PyAuroraX) -> None:
    search = submit(aurorax, "ephemeris")
    search.wait(poll_interval=POLL_S)
    assert search.cancel(wait=True, poll_interval=POLL_S) == 0
    search.update_status()
    assert search.status["search_result"]["result_file_deleted_timestamp"] is not None
    with pytest.raises(AuroraXDataRetrievalError):
        search.get_data()


# --------------------------------------------------------------------------- refusals
def test_things_that_are_not_there(aurorax: PyAuroraX) -> None:
    with pytest.raises(AuroraXNotFoundError):
        aurorax.search.sources.get("swarm", "swarmz", "footprint")
    with pytest.raises(AuroraXAPIError, match="No Data Source record found in AuroraX"):
        aurorax.search.sources.get_using_identifier(12345678)
    for kind in KINDS:
        address = getattr(aurorax.search, kind).get_request_url(str(uuid4()))
        with pytest.raises(AuroraXAPIError, match="404"):
            aurorax.search.requests.get_status(address)
        with pytest.raises(AuroraXDataRetrievalError):
            aurorax.search.requests.get_data(f"{address}/data")
        with pytest.raises(AuroraXAPIError, match="404"):
            aurorax.search.requests.cancel(address)


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"ground": [{"programs": "themis-asi"}]}, r"ground\[0\].programs"),
        ({"max_distances": {"ground1-space1": -5}}, "ground1-space1"),
        ({"conjunction_types": ["westbtrace"]}, "conjunction_types"),
        ({"ground": [], "space": [{"programs": ["swarm"]}]}, "criteria blocks"),
        (
            {"space": [{"programs": ["swarm"], "ephemeris_metadata_filters": {
                "expressions": [{"key": "radial_distance", "operator": "~", "values": ["1"]}]}}]},
            r"space\[0\].ephemeris_metadata_filters.expressions\[0\].operator",
        ),
    ],
)  # fmt: skip
def test_a_query_that_is_wrong_names_the_place(
    aurorax: PyAuroraX, change: dict[str, Any], names: str
) -> None:
    query = QUERY | {"start": QUERY["start"] + "Z", "end": QUERY["end"] + "Z"} | change
    with pytest.raises(AuroraXAPIError, match=f"400: .*{names}"):
        aurorax.search.conjunctions.search_from_raw_query(query)


def test_writing_and_the_listing_of_searches_need_a_key(aurorax: PyAuroraX) -> None:
    with pytest.raises(AuroraXUnauthorizedError, match="Administrator API key"):
        aurorax.search.requests.list()
    source = aurorax.search.sources.get("swarm", "swarma", "footprint")
    source.identifier = None  # type: ignore[assignment]
    with pytest.raises(AuroraXUnauthorizedError):
        aurorax.search.sources.add(source)
    with pytest.raises(AuroraXUnauthorizedError):
        aurorax.search.sources.delete(3)
    source.identifier = 3
    with pytest.raises(AuroraXUnauthorizedError):
        aurorax.search.ephemeris.delete(source, NIGHT, MORNING)


def test_a_wrong_key_is_refused_everywhere(url: str, tmp_path: Path) -> None:
    aurorax = client(url, tmp_path, api_key="not-a-key")
    for ask in (aurorax.search.sources.list, aurorax.search.requests.list):
        with pytest.raises(AuroraXUnauthorizedError):
            ask()


def test_one_clients_key_is_every_clients_key(url: str, tmp_path: Path) -> None:
    """The client keeps its headers in a dictionary of the class: that is how it is, not ours."""
    without = client(url, tmp_path)
    assert without.search.sources.list(program="swarm")
    wrong = client(url, tmp_path, api_key="not-a-key")
    with pytest.raises(AuroraXUnauthorizedError):
        wrong.search.sources.list()
    with pytest.raises(AuroraXUnauthorizedError):
        without.search.sources.list()
    wrong.api_key = ""  # takes the key out of the shared headers
    assert without.search.sources.list(program="swarm")
