"""The catalogue on PostgreSQL: a server of our own on loopback, stopped at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from core.archive import Archive
from core.archive.deletions import DeleteJobs
from core.archive.schema import check
from core.archive.source_changes import change_source
from core.errors import Duplicate
from core.settings import Settings
from tests.unit.archive.batches import EVER, ephemeris
from tests.unit.archive.conftest import SOURCES

pytestmark = pytest.mark.postgres


def programs() -> Path:
    """Return the folder of PostgreSQL's programs; the test is skipped where they are missing."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not folders:
        pytest.skip("PostgreSQL's programs (initdb, postgres) are not installed")
    return folders[-1]


def unprivileged() -> str | None:
    """Return a user to run the server as, None for the present one; PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Return the URL of an empty database."""
    binaries, user, port = programs(), unprivileged(), free_port()
    folder = Path(tempfile.mkdtemp(prefix="atlas-postgres-"))
    if user:
        shutil.chown(folder, user)
    options = {"user": user, "cwd": folder, "env": {**os.environ, "LC_ALL": "C"}}
    log = (folder / "log").open("w")
    subprocess.run(
        [
            binaries / "initdb",
            "-D",
            folder / "data",
            "-U",
            "atlas",
            "--auth=trust",
            "-N",
            "-E",
            "UTF8",
        ],
        check=True,
        stdout=log,
        stderr=log,
        **options,
    )
    listen = ["-h", "127.0.0.1", "-p", str(port), "-k", ""]
    process = subprocess.Popen(
        [binaries / "postgres", "-D", folder / "data", *listen], stdout=log, stderr=log, **options
    )
    try:
        wait_for(port, process)
        yield f"postgresql+psycopg://atlas@127.0.0.1:{port}/postgres"
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(30)
        log.close()
        shutil.rmtree(folder, ignore_errors=True)


def wait_for(port: int, process: subprocess.Popen) -> None:
    import psycopg

    for _ in range(300):
        assert process.poll() is None, "the server ended at its start"
        try:
            with psycopg.connect(host="127.0.0.1", port=port, user="atlas", dbname="postgres"):
                return
        except psycopg.OperationalError:
            time.sleep(0.1)
    pytest.fail("the server did not answer within 30 s")


def test_an_archive_keeps_its_catalogue_in_postgresql(server: str, tmp_path: Path) -> None:
    settings = Settings(archive=tmp_path / "archive", catalogue_url=server)
    Archive.create(settings).close()
    with Archive.create(settings) as archive, Archive.open(settings) as other:
        check(archive.catalogue.engine)
        archive.catalogue.sources.put(*SOURCES)
        assert other.catalogue.sources.list() == list(SOURCES)
        with pytest.raises(Duplicate):
            other.catalogue.sources.add(SOURCES[0])
        assert other.catalogue.sources.list() == list(SOURCES)
        archive.catalogue.ingest_log.add("a.pgm", "asi", "aa", 3, "accepted")
        assert [e.rows for e in other.catalogue.ingest_log.entries()] == [3]
        archive.ephemeris.upsert(ephemeris(3, [0]))
        assert other.ephemeris.read(None, *EVER).num_rows == 1
        changed = change_source(archive, 3, lambda now: replace(now, display_name="renamed"))
        assert other.catalogue.sources.get(3) == changed
        job = DeleteJobs(archive).run(3, *EVER, "someone@example.org")
        assert DeleteJobs(other).recent(3) == [job]
        assert (job.state, job.deleted) == ("done", 1)
        with archive.catalogue.reading() as session:
            assert session.scalar(text("SELECT version()")).startswith("PostgreSQL")
    assert not (tmp_path / "archive" / "catalogue.sqlite").exists()
