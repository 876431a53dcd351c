"""Cancelling a running job: it is closed at once, and what it reads is interrupted."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import copy_context
from typing import Any

import numpy as np
import pytest

from core.archive import Archive, duck
from core.search.jobs import monitor as monitor_module
from core.search.jobs.execution import Finished, execute
from core.search.jobs.files import result_path
from core.search.jobs.monitor import Monitor
from core.search.jobs.queue import Claim, JobStore
from core.search.service import SearchService
from tests.oracle.small_archive import records, source

MINUTE = int(np.datetime64("2019-01-01T00:10", "m").astype(np.int64))
QUERY: dict[str, Any] = {
    "start": "2019-01-01T00:00:00",
    "end": "2019-01-01T01:00:00",
    "ground": [{}],
    "space": [{}],
    "max_distances": {"ground1-space1": 500},
}
# Takes hours unless it is interrupted.
LONG = "SELECT count(*) FROM range(4000000) a, range(4000000) b WHERE (a.range * b.range) % 7 = 3"


@pytest.fixture
def archive(archive_of: Callable[..., Archive]) -> Archive:
    place = ([60.0], [-100.0])
    return archive_of(
        [source(1, "ground"), source(2, "leo")],
        [records(1, [MINUTE], nb=place), records(2, [MINUTE], nb=place)],
        inline_pair_minutes=0,
    )


@pytest.fixture
def service(archive: Archive) -> SearchService:
    return SearchService(archive)


class Running:
    """A job of the queue whose work is a function of the test."""

    def __init__(self, service: SearchService, work: Callable[[Monitor], object]) -> None:
        self.service, self.work = service, work
        self.request_id = service.submit("conjunction", QUERY)
        self.started = threading.Event()
        claim = service.jobs.claim("here", 60.0, self.request_id)
        assert claim is not None
        self.thread = threading.Thread(
            target=execute,
            args=(service.archive, service.jobs, claim, None, {"conjunction": self._execute}),
        )
        self.thread.start()
        assert self.started.wait(60)

    def _execute(
        self, archive: Archive, store: JobStore, claim: Claim, monitor: Monitor
    ) -> Finished:
        self.started.set()
        self.work(monitor)
        path = result_path(archive, claim.request_id, claim.attempt)
        path.write_bytes(b"made in vain")
        return Finished(path, 1, 1, "Found 1")

    @property
    def state(self) -> str:
        return self.service.jobs.get(self.request_id).state


def test_a_read_of_duckdb_is_interrupted(service: SearchService) -> None:
    job = Running(service, lambda monitor: duck.query(LONG))
    service.cancel(job.request_id)
    job.thread.join(60)
    assert not job.thread.is_alive()
    assert job.state == "cancelled"
    assert not list(service.archive.results_path.iterdir())


def test_a_read_in_a_thread_of_the_job_is_interrupted(service: SearchService) -> None:
    def work(monitor: Monitor) -> None:
        thread = threading.Thread(target=copy_context().run, args=(run,))
        thread.start()
        thread.join(60)
        assert ended

    ended: list[type[BaseException]] = []

    def run() -> None:
        try:
            duck.query(LONG)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told
            ended.append(type(error))

    job = Running(service, work)
    service.cancel(job.request_id)
    job.thread.join(60)
    assert [kind.__name__ for kind in ended] == ["SearchCancelled"]
    assert job.state == "cancelled"


def test_a_job_that_does_not_listen_is_closed_all_the_same(service: SearchService) -> None:
    deaf = threading.Event()
    job = Running(service, lambda monitor: deaf.wait(60))
    service.cancel(job.request_id)
    assert job.state == "cancelled"
    assert job.thread.is_alive()
    deaf.set()
    job.thread.join()
    assert job.state == "cancelled"
    assert not list(service.archive.results_path.iterdir()), "its result came too late"
    lines = [text for _, _, text in service.jobs.logs(job.request_id)]
    assert lines.count("The search was cancelled.") == 1
    assert not any(line.startswith("Found") for line in lines)


def test_an_error_after_the_cancel_does_not_reopen_it(service: SearchService) -> None:
    go_on = threading.Event()

    def work(monitor: Monitor) -> None:
        go_on.wait(60)
        raise OSError("the disk is full")

    job = Running(service, work)
    service.cancel(job.request_id)
    assert job.state == "cancelled"
    go_on.set()
    job.thread.join()
    assert job.state == "cancelled"
    assert service.jobs.logs(job.request_id)[-1][2] == "The search was cancelled."


def test_looks_and_interrupts_leave_room_within_a_tenth_of_a_second() -> None:
    assert monitor_module.LOOK_EVERY_S + monitor_module.INTERRUPT_EVERY_S <= 0.05


def test_another_job_is_not_interrupted(service: SearchService) -> None:
    counted = threading.Event()
    found: list[int] = []

    def count(monitor: Monitor) -> None:
        counted.wait(60)
        found.append(duck.query("SELECT 1 AS one").num_rows)

    patient = Running(service, count)
    other = Running(service, lambda monitor: duck.query(LONG))
    service.cancel(other.request_id)
    other.thread.join()
    counted.set()
    patient.thread.join()
    assert (patient.state, other.state, found) == ("done", "cancelled", [1])
