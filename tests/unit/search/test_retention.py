"""What is kept of jobs and how long: results, jobs with their logs, files that none knows."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import func, select, update

from core.archive import Archive
from core.archive.models import SearchLog, SearchRequest
from core.cli import main
from core.errors import NotFound
from core.search.jobs.retention import Purged, purge
from core.search.service import SearchService
from tests.oracle.small_archive import records, source

FIRST = int(np.datetime64("2019-01-01", "m").astype(np.int64))
QUERY: dict[str, Any] = {
    "start": "2019-01-01T00:00:00",
    "end": "2019-01-01T01:00:00",
    "ground": [{}],
    "space": [{}],
    "max_distances": {"ground1-space1": 500},
}


@pytest.fixture
def archive(archive_of: Callable[..., Archive]) -> Archive:
    place = ([60.0] * 3, [-100.0] * 3)
    minutes = [FIRST + 10, FIRST + 11, FIRST + 12]
    tables = [records(1, minutes, nb=place), records(2, minutes, nb=place)]
    return archive_of([source(1, "ground"), source(2, "leo")], tables)


def done(archive: Archive, days_ago: float) -> str:
    """Run a search that was over some days ago."""
    request_id = SearchService(archive).submit("conjunction", QUERY)
    ended = datetime.now(UTC) - timedelta(days=days_ago)
    mine = SearchRequest.request_id == request_id
    with archive.catalogue.engine.begin() as con:
        con.execute(update(SearchRequest).where(mine).values(completed=ended))
    return request_id


def result_of(archive: Archive, request_id: str) -> Path:
    return SearchService(archive).results(request_id).path


def aged(path: Path, days: float) -> Path:
    path.write_bytes(b"x")
    when = time.time() - days * 86_400
    os.utime(path, (when, when))
    return path


def test_old_results_go_and_their_jobs_stay(archive: Archive) -> None:
    old, new = done(archive, 8), done(archive, 6)
    lost = result_of(archive, old)
    assert purge(archive) == Purged(results=1, jobs=0, files=0)
    assert not lost.exists()
    service = SearchService(archive)
    with pytest.raises(NotFound):
        service.results(old)
    assert service.status(old)["search_result"]["result_file_deleted_timestamp"] is not None
    assert service.results(new).count == 1
    assert purge(archive) == Purged(0, 0, 0)


def test_old_jobs_are_forgotten_with_their_logs(archive: Archive) -> None:
    old, new = done(archive, 91), done(archive, 6)
    assert purge(archive).jobs == 1
    service = SearchService(archive)
    with pytest.raises(NotFound):
        service.status(old)
    assert service.results(new).count == 1
    with archive.catalogue.engine.connect() as con:
        lines = select(func.count()).where(SearchLog.request_id == old)
        assert con.execute(lines).scalar_one() == 0


def test_jobs_that_wait_or_run_are_never_purged(archive: Archive) -> None:
    archive.settings = archive.settings.model_copy(update={"inline_pair_minutes": 0})
    service = SearchService(archive)
    waiting, running = (service.submit("conjunction", QUERY) for _ in range(2))
    assert service.jobs.claim("here", 60.0, running) is not None
    partial = aged(archive.results_path / f"{running}.1.sofar.parquet", 300)
    assert purge(archive, timedelta(0), timedelta(0), timedelta(0)) == Purged(0, 0, 0)
    assert partial.exists()
    assert {service.progress(i).state for i in (waiting, running)} == {"queued", "running"}


def test_files_that_no_job_knows_go_after_a_day(archive: Archive) -> None:
    kept = result_of(archive, done(archive, 2))
    os.utime(kept, (0, 0))
    stranger = archive.results_path / f"{uuid.uuid4()}.1.parquet"
    old = [
        aged(stranger, 2),
        aged(stranger.with_suffix(".part"), 2),
        aged(archive.results_path / ".movie.mp4.x1.part", 2),
    ]
    fresh = aged(archive.results_path / f"{uuid.uuid4()}.1.parquet", 0.5)
    assert purge(archive).files == 3
    assert not any(path.exists() for path in old)
    assert kept.exists()
    assert fresh.exists()


def test_the_command_purges_by_age(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ATLAS_ARCHIVE", str(archive.path))
    request_id = done(archive, 3)
    assert main(["jobs", "list"]) == 0
    assert request_id in capsys.readouterr().out
    assert main(["jobs", "purge"]) == 0
    assert "0 results" in capsys.readouterr().out
    assert main(["jobs", "purge", "--results", "2"]) == 0
    assert "1 result deleted" in capsys.readouterr().out
    assert main(["jobs", "purge", "--jobs", "2"]) == 0
    assert "1 job forgotten" in capsys.readouterr().out
    assert main(["jobs", "cancel", request_id]) == 1
    assert main(["jobs", "list"]) == 0
    assert request_id not in capsys.readouterr().out
