"""The queue of searches on PostgreSQL: the same promises as on SQLite."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from core.archive import Archive
from core.search.jobs.execution import execute
from core.search.jobs.queue import JobStore
from core.search.service import SearchService
from tests.oracle.small_archive import make_archive, records, source
from tests.unit.archive.test_postgres import server  # noqa: F401 - a fixture

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
