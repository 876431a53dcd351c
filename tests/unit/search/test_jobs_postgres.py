"""The queue of searches on PostgreSQL: the same promises as on SQLite."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import create_engine, text

from core.archive import Archive
from core.errors import LimitExceeded, NotFound
from core.search.jobs.execution import execute
from core.search.jobs.listing import RequestFilters, list_requests
from core.search.jobs.queue import Holder, JobStore
from core.search.service import SearchService
from tests.oracle.small_archive import make_archive, records, source
from tests.unit.archive.test_postgres import server  # noqa: F401 - a fixture
from tests.unit.search.test_worker import Workers, kill_and_finish, worked_archive

pytestmark = pytest.mark.postgres

MINUTE = int(np.datetime64("2019-01-01T00:10", "m").astype(np.int64))
QUERY: dict[str, Any] = {
    "start": "2019-01-01T00:00:00",
    "end": "2019-01-01T01:00:00",
    "ground": [{}],
    "space": [{}],
    "max_distances": {"ground1-space1": 500},
}


@pytest.fixture(scope="module")
def archive(
    server: str,  # noqa: F811 - the fixture
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Archive]:
    place = ([60.0] * 3, [-100.0] * 3)
    minutes = [MINUTE, MINUTE + 1, MINUTE + 2]
    made = make_archive(
        tmp_path_factory.mktemp("postgres"),
        [source(1, "ground"), source(2, "leo")],
        [records(1, minutes, nb=place), records(2, minutes, nb=place)],
        catalogue_url=server,
        inline_pair_minutes=0,
    )
    yield made
    made.close()


def test_many_workers_claim_each_job_once(archive: Archive) -> None:
    service = SearchService(archive)
    ids = {service.submit("conjunction", QUERY) for _ in range(20)}
    claimed: list[str] = []
    together = threading.Barrier(6)

    def take(name: str) -> None:
        store = JobStore(archive.catalogue.engine)
        together.wait()
        # Two workers may reach for the same job; the one that loses tries again.
        for _ in range(200):
            claim = store.claim(name, 60.0)
            if claim is not None:
                claimed.append(claim.request_id)
                execute(archive, store, claim)
            elif not store.queued():
                return

    threads = [threading.Thread(target=take, args=(f"t{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == sorted(ids)
    assert {service.jobs.get(i).attempts for i in ids} == {1}
    assert {service.results(i).count for i in ids} == {1}


def test_a_lost_lease_is_taken_over_and_not_given_back(archive: Archive) -> None:
    service = SearchService(archive)
    request_id = service.submit("conjunction", QUERY)
    lost = service.jobs.claim("lost", -1.0, request_id)
    held = service.jobs.claim("held", 60.0, request_id)
    assert lost is not None
    assert held is not None
    assert service.jobs.beat(lost, 60.0, 0.5, 3) is False
    assert service.jobs.beat(held, 60.0, 0.25, 7) is True
    assert service.jobs.beat(held, 60.0, 0.125, 2) is True
    state = service.progress(request_id)
    assert (state.fraction, state.count) == (0.25, 7)
    assert service.cancel(request_id) is True
    execute(archive, service.jobs, held)
    assert service.progress(request_id).state in ("cancelled", "done")


def test_clients_at_once_never_get_more_than_their_share(archive: Archive) -> None:
    service = SearchService(archive)
    most = archive.settings.max_searches_per_client
    taken: list[str] = []
    refused: list[LimitExceeded] = []
    together = threading.Barrier(6)

    def ask(client: str) -> None:
        together.wait()
        for _ in range(most):
            try:
                taken.append(service.submit("conjunction", QUERY, client=client))
            except LimitExceeded as error:
                refused.append(error)

    in_threads(ask, ["one client"] * 6)
    assert len(taken) == most
    assert len(refused) == 5 * most
    assert {error.details["limit"] for error in refused} == {"searches of one client"}
    # Another client has a share of its own; a place is free again once a search has ended.
    others = service.submit("conjunction", QUERY, client="another client")
    with pytest.raises(LimitExceeded):
        service.submit("conjunction", QUERY, client="one client")
    assert service.cancel(taken[0]) is True
    taken.append(service.submit("conjunction", QUERY, client="one client"))
    for request_id in [*taken[1:], others]:
        assert service.cancel(request_id) is True


def test_accounts_that_ask_at_once_get_their_share_wherever_they_ask_from(archive: Archive) -> None:
    service = SearchService(archive)
    most = archive.settings.max_searches_per_client
    taken: list[str] = []
    together = threading.Barrier(6)

    def ask(client: str) -> None:
        together.wait()
        for _ in range(most):
            with suppress(LimitExceeded):
                taken.append(service.submit("conjunction", QUERY, client=client, owner="a@b"))

    in_threads(ask, [f"client {n}" for n in range(6)])
    assert len(taken) == most
    nobodys = service.submit("conjunction", QUERY, client="client 1")
    listed = list(list_requests(archive.catalogue.engine, RequestFilters(active=True)))
    assert {row["request_id"] for row in listed} == {*taken, nobodys}
    since = RequestFilters(start=datetime.now(UTC) - timedelta(days=1), end=datetime.now(UTC))
    assert {*taken, nobodys} <= {
        row["request_id"] for row in list_requests(archive.catalogue.engine, since)
    }
    with pytest.raises(NotFound):
        service.forget(taken[0])
    archive.catalogue.accounts.add("root@example.org", "Administrator")
    root = service.seen_by(archive.catalogue.accounts.get("root@example.org"))
    for request_id in (*taken, nobodys):
        root.forget(request_id)
    assert list(list_requests(archive.catalogue.engine, RequestFilters(active=True))) == []
    # Its log is gone with it, and takes no more lines.
    service.jobs.log(taken[0], ("info", "too late"))
    assert service.jobs.logs(taken[0]) == []


def test_a_job_with_a_holder_never_waits(archive: Archive) -> None:
    store = JobStore(archive.catalogue.engine)
    claim = store.add(
        "held", "conjunction", QUERY, client="", owner=None, holder=Holder("web", 60.0)
    )
    assert claim is not None
    assert (claim.worker, claim.attempt) == ("web", 1)
    assert store.claim("worker", 60.0, "held") is None
    assert store.look(claim) == (True, False)
    # One that died is taken over like any other.
    assert store.beat(claim, -1.0, 0.0, 0) is True
    heir = store.claim("worker", 60.0, "held")
    assert heir is not None
    assert heir.attempt == 2
    assert store.look(claim) == (False, False)
    assert store.end(claim, "done", ("info", "too late")) is False
    assert store.cancel("held", ("error", "cancelled")) is True
    assert store.look(heir) == (False, True)
    assert store.end(heir, "done", ("info", "too late")) is False
    assert store.cancel("held", ("error", "again")) is False
    assert [line[2] for line in store.logs("held")] == ["cancelled"]


def test_an_expired_lease_has_one_heir(archive: Archive) -> None:
    store = JobStore(archive.catalogue.engine)
    request_id = SearchService(archive).submit("conjunction", QUERY)
    assert store.claim("lost", -1.0, request_id) is not None
    heirs: list[str] = []
    together = threading.Barrier(6)

    def take(name: str) -> None:
        together.wait()
        for _ in range(20):
            if store.claim(name, 60.0, request_id) is not None:
                heirs.append(name)

    in_threads(take, [f"heir {n}" for n in range(6)])
    assert len(heirs) == 1
    assert store.get(request_id).attempts == 2
    store.cancel(request_id, ("error", "cancelled"))


def test_a_cancel_and_an_end_at_once_agree(archive: Archive) -> None:
    store = JobStore(archive.catalogue.engine)
    service = SearchService(archive)
    for _ in range(20):
        request_id = service.submit("conjunction", QUERY)
        claim = store.claim("here", 60.0, request_id)
        assert claim is not None
        told: dict[str, bool] = {}
        together = threading.Barrier(2)

        def close(how: str) -> None:
            together.wait()  # noqa: B023 - the threads end before the next turn
            if how == "cancelled":
                told[how] = store.cancel(request_id, ("error", how))  # noqa: B023
            else:
                told[how] = store.end(claim, how, ("info", how))  # noqa: B023

        in_threads(close, ["cancelled", "done"])
        (winner,) = [how for how, won in told.items() if won]
        assert store.get(request_id).state == winner
        assert store.logs(request_id)[-1][2] == winner


def in_threads(work: Callable[[str], None], names: list[str]) -> None:
    threads = [threading.Thread(target=work, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.fixture
def workers(
    server: str,  # noqa: F811 - the fixture
    tmp_path: Path,
) -> Iterator[tuple[SearchService, Workers]]:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as con:
        con.execute(text("CREATE DATABASE workers"))
    engine.dispose()
    archive = worked_archive(tmp_path, catalogue_url=f"{server.removesuffix('/postgres')}/workers")
    started = Workers(archive)
    yield SearchService(archive), started
    started.end()
    archive.close()


def test_a_killed_workers_job_is_done_once_by_another(
    workers: tuple[SearchService, Workers],
) -> None:
    kill_and_finish(*workers)
