"""A web server killed with SIGKILL while records are uploaded and deleted over HTTP.

What it acknowledged is true afterwards; what it did not is there whole or not at all; and the
next server goes on where it ended.
"""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from core.archive import Archive
from core.archive.audit import audit
from core.archive.deletions import DeleteJobs
from core.instruments.model import DataSource, MetadataField
from core.settings import Settings
from tests.chaos.children import START
from tests.servers import serving

SCHEMA = (MetadataField("batch", "number of the upload", "int"),)
SOURCE = DataSource(1, "chaos", "x", "footprint", "leo", "X", ephemeris_metadata_schema=SCHEMA)
ROWS = 400  # a request of what PyAuroraX sends at a time
FORM = "%Y-%m-%dT%H:%M:%S"


@pytest.fixture
def key(settings: Settings) -> str:
    with Archive.create(settings) as archive:
        archive.catalogue.sources.put(SOURCE)
        archive.catalogue.accounts.add("admin@example.org", "Administrator")
        return archive.catalogue.keys.create("admin@example.org").text


def minutes(batch: int) -> range:
    """Minutes of a batch; every third lies over the end of a month of its own."""
    first = 3000 * 1440 + batch * ROWS
    if batch % 3 == 0:
        years, month = divmod(batch // 3 + 1, 12)
        edge = START.replace(year=START.year + years, month=month + 1)
        first = (edge - START) // timedelta(minutes=1) - ROWS // 2
    return range(first, first + ROWS)


def stamp(minute: int) -> str:
    return (START + timedelta(minutes=minute)).strftime(FORM)


def names() -> dict[str, str]:
    return {"program": "chaos", "platform": "x", "instrument_type": "footprint"}


class Writer(threading.Thread):
    """Uploads numbered batches, and deletes each fourth again, until the server is gone."""

    def __init__(self, url: str, key: str, first: int) -> None:
        super().__init__()
        self.address = f"{url}/api/v1/data_sources/1/ephemeris"
        self.headers = {"x-aurorax-api-key": key}
        self.next = first
        self.begun: tuple[str, int] | None = None
        self.uploaded: set[int] = set()
        self.deleted: set[int] = set()
        self.going = threading.Event()

    def run(self) -> None:
        try:
            while True:
                number, self.next = self.next, self.next + 1
                self._ask("POST", number, self.uploaded)
                if number % 4 == 3:
                    self._ask("DELETE", number, self.deleted)
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
            pass  # also in the middle of an answer

    def _ask(self, method: str, number: int, told: set[int]) -> None:
        own = minutes(number)
        rows = [names() | {"epoch": stamp(m), "metadata": {"batch": number}} for m in own]
        span = names() | {"start": stamp(own[0]), "end": stamp(own[-1])}
        body: Any = rows if method == "POST" else span
        self.begun = (method, number)
        answer = requests.request(method, self.address, json=body, headers=self.headers, timeout=60)
        assert answer.status_code == 202, answer.text
        told.add(number)
        if len(self.uploaded) >= 2:
            self.going.set()


def kill_once(archive: Path, key: str, first: int, wait_s: float) -> Writer:
    """Serve, write, and kill the server a while after two uploads; the socket goes with it."""
    with serving(archive) as (url, process):
        writer = Writer(url, key, first)
        writer.start()
        assert writer.going.wait(60)
        time.sleep(wait_s)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)
        writer.join(60)
    return writer


@pytest.mark.parametrize(
    "kills", [3, pytest.param(30, marks=[pytest.mark.soak, pytest.mark.timeout(1800)])]
)
def test_acknowledged_uploads_and_deletions_survive(
    settings: Settings, key: str, kills: int
) -> None:
    random.seed(kills)
    uploaded: set[int] = set()
    deleted: set[int] = set()
    unknown: set[int] = set()
    number = 0
    for _ in range(kills):
        writer = kill_once(settings.archive, key, number, random.uniform(0, 0.6))
        uploaded |= writer.uploaded
        deleted |= writer.deleted
        assert writer.begun is not None
        method, last = writer.begun
        if last not in (writer.uploaded if method == "POST" else writer.deleted):
            unknown.add(last)
        number = writer.next
        check(settings, uploaded, deleted, unknown)
    assert len(uploaded) >= 2 * kills


def check(settings: Settings, uploaded: set[int], deleted: set[int], unknown: set[int]) -> None:
    with Archive.open(settings) as archive:
        table = archive.ephemeris.read(None, START, START + timedelta(days=9000))
        jobs = DeleteJobs(archive).recent(1)
    held: dict[int, int] = {}
    for batch in table["md_int_batch"].to_pylist():
        held[batch] = held.get(batch, 0) + 1
    assert set(held.values()) <= {ROWS}, "a batch is there by half, or twice"
    certain = uploaded - deleted - unknown
    assert certain <= held.keys()
    assert held.keys() <= certain | unknown
    done = [job for job in jobs if job.state == "done"]
    assert len(done) >= len(deleted)
    assert {job.state for job in jobs} <= {"done", "running", "interrupted"}
    assert audit(settings, deep=True).left == []
