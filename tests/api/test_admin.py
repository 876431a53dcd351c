"""What administrators see and do: over HTTP, through PyAuroraX, and by its command line."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyaurorax import PyAuroraX
from pyaurorax.exceptions import (
    AuroraXAPIError,
    AuroraXDataRetrievalError,
    AuroraXUnauthorizedError,
)
from sqlalchemy import delete, insert, select

from core.archive import Archive
from core.archive.models import SearchLog, SearchRequest
from core.errors import SearchCancelled
from core.search.jobs.execution import Finished, execute
from core.search.jobs.files import result_path
from core.search.jobs.monitor import Monitor
from core.search.jobs.queue import Claim, JobStore
from tests.api.people import KEY_HEADER
from tests.api.small_site import ADA, QUERY, ROOT, Site, live, made_site, submitted

LISTING = "/api/v1/utils/admin/search_requests"
KEYS = {
    "search_type", "ip_address", "request_id", "requested", "active", "query_duration",
    "result_file_exists", "file_size", "result_count", "error_condition",
}  # fmt: skip
KINDS = ("conjunction", "ephemeris", "data_product", "movie")
STATES = ("queued", "running", "done", "failed", "cancelled")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with made_site(tmp_path_factory.mktemp("admin"), inline_pair_minutes=0) as made:
        yield made


@pytest.fixture(autouse=True)
def _no_jobs(site: Site) -> None:
    with site.observatory.archive.catalogue.writing() as session:
        session.execute(delete(SearchRequest))


@pytest.fixture
def jobs(site: Site, _no_jobs: None) -> list[dict[str, Any]]:
    """Jobs of every kind and state, of all sizes."""
    chance = random.Random(6)
    each = [(kind, state) for kind in KINDS for state in STATES * 4]
    rows = [_job(chance, number, kind, state) for number, (kind, state) in enumerate(each)]
    with site.observatory.archive.catalogue.writing() as session:
        session.execute(insert(SearchRequest), rows)
    return rows


def _job(chance: random.Random, number: int, kind: str, state: str) -> dict[str, Any]:
    requested = NOON + timedelta(minutes=number // 2)
    ended, done = state not in ("queued", "running"), state == "done"
    took = chance.choice((0, 999, 1000, 60_000))
    return {
        "request_id": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
        "kind": kind, "query": {}, "state": state, "requested": requested,
        "completed": requested + timedelta(milliseconds=took) if ended else None,
        "attempts": 1, "progress": 0.0, "cancel_requested": False,
        "client": f"192.0.2.{number}", "owner": chance.choice((None, ADA)),
        "result_count": chance.choice((0, 9, 10)) if state != "queued" else None,
        "file_size": chance.choice((0, 2999, 3000)) if done else None,
        "query_duration_ms": took if done else None,
        "result_deleted": NOON if done and chance.random() < 0.3 else None,
    }  # fmt: skip


def listed(site: Site, **query: Any) -> list[dict[str, Any]]:
    answer = site.client.get(LISTING, query_string=query, headers=site.keys[ROOT])
    assert answer.status_code == 200, answer.get_data()
    assert isinstance(answer.json, list)
    return answer.json


def expected(job: dict[str, Any]) -> dict[str, Any]:
    """A job as the listing should have it, written anew."""
    active = job["state"] in ("queued", "running")
    took = None if active else (job["completed"] - job["requested"]) / timedelta(milliseconds=1)
    done = job["state"] == "done"
    return {
        "search_type": job["kind"], "ip_address": job["client"], "request_id": job["request_id"],
        "requested": job["requested"].strftime("%Y-%m-%dT%H:%M:%S.000"), "active": active,
        "query_duration": took, "result_file_exists": done and job["result_deleted"] is None,
        "file_size": None if active else job["file_size"] if done else 0,
        "result_count": None if active else job["result_count"] if done else 0,
        "error_condition": job["state"] in ("failed", "cancelled"),
    }  # fmt: skip


def wanted(job: dict[str, Any], query: dict[str, Any]) -> bool:
    """Whether a listed job fits a query, as the API's description of the filters says."""
    query = dict(query)
    if "file_size" in query or "result_count" in query:
        query["active"] = False

    def least(name: str, unit: int = 1) -> bool:
        number = job[name]
        return name not in query or (number is not None and number >= query[name] * unit)

    return all((
        query.get("search_type") in (None, job["search_type"]),
        query.get("active") in (None, job["active"]),
        query.get("error_condition") in (None, job["error_condition"]),
        query.get("start", "") <= job["requested"][:19],
        query.get("end", "9") >= job["requested"][:19],
        least("file_size", 1000), least("result_count"), least("query_duration"),
    ))  # fmt: skip


def test_the_listing_has_exactly_the_keys_that_clients_read(
    site: Site, jobs: list[dict[str, Any]]
) -> None:
    found = listed(site)
    searches = [job for job in jobs if job["kind"] != "movie"]
    assert {frozenset(row) for row in found} == {frozenset(KEYS)}
    by_id = {row["request_id"]: row for row in found}
    assert by_id == {job["request_id"]: expected(job) for job in searches}
    assert [row["requested"] for row in found] == sorted(
        (row["requested"] for row in found), reverse=True
    )


TIMES = st.integers(-5, 45).map(
    lambda minutes: (NOON + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S")
)
QUERIES = st.fixed_dictionaries(
    {},
    optional={
        "search_type": st.sampled_from(KINDS[:3]), "active": st.booleans(),
        "error_condition": st.booleans(), "start": TIMES, "end": TIMES,
        "file_size": st.integers(0, 4), "result_count": st.sampled_from((0, 9, 10, 11)),
        "query_duration": st.sampled_from((0, 1, 1000, 60_000, 60_001)),
    },
)  # fmt: skip


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=QUERIES)
def test_every_mix_of_filters_keeps_what_it_says(
    site: Site, jobs: list[dict[str, Any]], query: dict[str, Any]
) -> None:
    everything = [expected(job) for job in jobs if job["kind"] != "movie"]
    fitting = {job["request_id"] for job in everything if wanted(job, query)}
    assert {row["request_id"] for row in listed(site, **query)} == fitting


@pytest.mark.parametrize("name", ["file_size", "result_count"])
def test_sizes_ask_for_what_has_ended_whatever_active_says(
    site: Site, jobs: list[dict[str, Any]], name: str
) -> None:
    found = listed(site, **{name: 0, "active": True})
    assert found
    assert found == listed(site, active=False)


@pytest.mark.parametrize("value", ["True", "true", "TRUE"])
def test_booleans_come_in_any_case(site: Site, jobs: list[dict[str, Any]], value: str) -> None:
    assert {row["active"] for row in listed(site, active=value)} == {True}


@pytest.mark.parametrize(
    "query",
    ["search_type=movie", "active=perhaps", "start=yesterday", "end=2026-99-01", "file_size=-1",
     "file_size=x", "result_count=1e3", "query_duration=99999999999", "error_condition=2"],
)  # fmt: skip
def test_filters_that_are_none_are_refused(site: Site, query: str) -> None:
    answer = site.client.get(f"{LISTING}?{query}", headers=site.keys[ROOT])
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["error_code"] == "AssertionError"
    assert query.split("=")[0] in answer.json["error_message"]


# --------------------------------------------------------------------------- deleting
def gone(site: Site, request_id: str) -> bool:
    """Whether nothing of a search is left, in the catalogue or on disk."""
    with site.observatory.archive.catalogue.reading() as session:
        for table in (SearchRequest, SearchLog):
            if session.scalars(select(table).where(table.request_id == request_id)).all():
                return False
    folder = Path(site.observatory.archive.results_path)
    return not list(folder.glob(f"{request_id}*"))


def deleted(site: Site, request_id: str) -> None:
    answer = site.client.delete(f"{LISTING}/{request_id}", headers=site.keys[ROOT], json={})
    assert (answer.status_code, answer.json) == (200, {})


def run(site: Site) -> None:
    """Run the oldest search that waits."""
    store = site.observatory.search.jobs
    claim = store.claim("worker", 60.0)
    assert claim is not None
    execute(site.observatory.archive, store, claim)


@pytest.mark.parametrize("owner", [None, ADA])
def test_a_search_is_deleted_with_its_log_and_its_file(site: Site, owner: str | None) -> None:
    request_id = submitted(site.client, site.keys[owner] if owner else {})
    run(site)
    assert not gone(site, request_id)
    assert request_id in {row["request_id"] for row in listed(site)}
    deleted(site, request_id)
    assert gone(site, request_id)
    assert request_id not in {row["request_id"] for row in listed(site)}
    again = site.client.delete(f"{LISTING}/{request_id}", headers=site.keys[ROOT])
    assert again.status_code == 404


def test_one_that_waits_is_never_run(site: Site) -> None:
    request_id = submitted(site.client, {})
    deleted(site, request_id)
    assert gone(site, request_id)
    assert site.observatory.search.jobs.claim("worker", 60.0) is None


@pytest.mark.parametrize("notices", [True, False])
def test_one_that_runs_ends_and_leaves_nothing(site: Site, notices: bool) -> None:
    """Whether it notices, or comes to its end and writes what nobody wants any more."""
    archive, store = site.observatory.archive, site.observatory.search.jobs
    request_id = submitted(site.client, site.keys[ADA])
    begun, going_on = threading.Event(), threading.Event()

    def long_search(archive: Archive, store: JobStore, claim: Claim, monitor: Monitor) -> Finished:
        begun.set()
        assert going_on.wait(60)
        store.log(claim.request_id, ("debug", "a line of a search that is not there"))
        while notices:
            if monitor.cancelled():
                raise SearchCancelled("noticed")
        path = result_path(archive, claim.request_id, claim.attempt)
        path.write_bytes(b"results")
        return Finished(path, 1, 7, "Found 1")

    claim = store.claim("worker", 60.0)
    assert claim is not None
    run_it = {"target": execute, "args": (archive, store, claim)}
    thread = threading.Thread(**run_it, kwargs={"executors": {"conjunction": long_search}})
    thread.start()
    assert begun.wait(60)
    assert [row["active"] for row in listed(site, active=True)] == [True]
    deleted(site, request_id)
    going_on.set()
    thread.join(60)
    assert not thread.is_alive()
    assert gone(site, request_id)
    assert store.claim("worker", 60.0) is None


@pytest.mark.parametrize("name", ["x", "00000000-0000-4000-8000-000000000000"])
def test_what_is_no_search_cannot_be_deleted(site: Site, name: str) -> None:
    answer = site.client.delete(f"{LISTING}/{name}", headers=site.keys[ROOT])
    assert answer.status_code == 404


def test_a_movie_is_no_search(site: Site) -> None:
    store = site.observatory.search.jobs
    movie = str(uuid.uuid4())
    store.add(movie, "movie", {}, client="", owner=None)
    answer = site.client.delete(f"{LISTING}/{movie}", headers=site.keys[ROOT])
    assert answer.status_code == 404
    assert store.get(movie).state == "queued"
    store.cancel(movie, ("error", "cancelled"))


# --------------------------------------------------------------------------- the real client
@pytest.fixture(scope="module")
def url(site: Site) -> Iterator[str]:
    with live(site) as address:
        yield address


@pytest.fixture
def aurorax(url: str, tmp_path: Path) -> Iterator[PyAuroraX]:
    """The client; all objects of it in a process share the key that one of them was given."""
    made = PyAuroraX(api_base_url=url, download_output_root_path=str(tmp_path))
    made.api_key = ""
    yield made
    made.api_key = ""


def test_pyaurorax_lists_with_every_filter(
    site: Site, aurorax: PyAuroraX, jobs: list[dict[str, Any]]
) -> None:
    aurorax.api_key = site.keys[ROOT][KEY_HEADER]
    requests = aurorax.search.requests
    everything = {job["request_id"]: expected(job) for job in jobs if job["kind"] != "movie"}
    assert {row["request_id"]: row for row in requests.list()} == everything
    start, end = NOON.replace(tzinfo=None), (NOON + timedelta(minutes=9)).replace(tzinfo=None)
    for query in (
        {"search_type": "ephemeris"}, {"active": True}, {"active": False},
        {"start": start, "end": end}, {"file_size": 3}, {"result_count": 10, "active": True},
        {"query_duration": 1000}, {"search_type": "conjunction", "active": False, "end": end},
    ):  # fmt: skip
        as_text = {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in query.items()
        }
        fitting = {i for i, row in everything.items() if wanted(row, as_text)}
        assert fitting, query
        assert {row["request_id"] for row in requests.list(**query)} == fitting, query


def test_pyaurorax_deletes(site: Site, aurorax: PyAuroraX) -> None:
    request_id = submitted(site.client, site.keys[ADA])
    run(site)
    aurorax.api_key = site.keys[ROOT][KEY_HEADER]
    requests = aurorax.search.requests
    assert requests.delete(request_id) == 0
    assert gone(site, request_id)
    with pytest.raises(AuroraXAPIError, match="404"):
        requests.delete(request_id)


def test_pyaurorax_tells_who_may_not(site: Site, aurorax: PyAuroraX) -> None:
    requests, name = aurorax.search.requests, str(uuid.uuid4())
    with pytest.raises(AuroraXUnauthorizedError, match="Administrator API key"):
        requests.list()
    with pytest.raises(AuroraXUnauthorizedError, match="This needs an account"):
        requests.delete(name)
    aurorax.api_key = site.keys[ADA][KEY_HEADER]
    with pytest.raises(AuroraXAPIError, match="NotAuthorized"):
        requests.delete(name)
    aurorax.api_key = "wrong"
    with pytest.raises(AuroraXUnauthorizedError, match="not valid"):
        aurorax.search.sources.list()


def test_pyaurorax_keeps_a_search_to_its_account(site: Site, url: str, aurorax: PyAuroraX) -> None:
    requests = aurorax.search.requests
    request_id = submitted(site.client, site.keys[ADA])
    run(site)
    where = f"{url}/api/v1/conjunctions/requests/{request_id}"
    for ask in (requests.get_status, requests.cancel):
        with pytest.raises(AuroraXAPIError, match="404"):
            ask(where)
    with pytest.raises(AuroraXDataRetrievalError):
        requests.get_data(f"{where}/data")
    aurorax.api_key = site.keys[ADA][KEY_HEADER]
    assert requests.get_status(where)["search_request"]["query"]["start"] == QUERY["start"]
    assert len(requests.get_data(f"{where}/data", skip_serializing=True)) == 1
    assert requests.cancel(where) == 0


def command(url: str, key: str, *words: str, home: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / "aurorax-cli"
    return subprocess.run(
        [program, "--api-base-url", url, "--api-key", key, *words],
        env={**os.environ, "HOME": str(home)},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_the_command_line_of_pyaurorax_lists_and_deletes(
    site: Site, url: str, tmp_path: Path
) -> None:
    key = site.keys[ROOT][KEY_HEADER]
    waiting = submitted(site.client, {})
    util = ("search", "util")
    done = command(url, key, *util, "list_search_requests", "--active", home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert waiting in done.stdout
    run(site)
    done = command(url, key, *util, "list_search_requests", home=tmp_path)
    assert waiting in done.stdout, done.stderr
    done = command(url, key, *util, "delete_search_request", waiting, home=tmp_path)
    assert f"Successfully deleted request '{waiting}'" in done.stdout, done.stderr
    assert gone(site, waiting)
