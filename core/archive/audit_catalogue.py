"""Looks the catalogue over, and the results of searches against the jobs that they are of."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake.exceptions import DeltaError
from sqlalchemy import Engine, select, text, update
from sqlalchemy.exc import DatabaseError

from core.archive import schema
from core.archive.archive import Archive
from core.archive.audit_model import Finding, State
from core.archive.models import SearchRequest
from core.errors import ArchiveError

ORPHAN_AGE_S = 86_400.0  # a younger file may be of a job that is about to be closed
_OPEN_STATES = ("queued", "running")


def audit_catalogue(archive: Archive) -> list[Finding]:
    """Look at the database itself, and for records whose source it does not know."""
    engine = archive.catalogue.engine
    try:
        schema.check(engine)
        faults = list(_sqlite_faults(engine))
        known = {source.identifier for source in archive.catalogue.sources.list()}
    except (ArchiveError, DatabaseError) as error:
        reason = str(error).strip().splitlines()[0]
        return [Finding("catalogue", "database", f"it cannot be used: {reason}", 1, "left")]
    found = [Finding("catalogue", "database", fault, 1, "left") for fault in faults]
    if strangers := sorted(_sources(archive) - known):
        message = (
            f"the tables have records of {len(strangers)} sources that the catalogue does not "
            f"know (first {strangers[0]}); add the sources, or delete the records"
        )
        found.append(Finding("catalogue", "sources", message, len(strangers), "left"))
    return found


def audit_results(archive: Archive, *, repair: bool) -> list[Finding]:
    """Look for results without a job, and jobs without their result."""
    rows = select(
        SearchRequest.request_id,
        SearchRequest.state,
        SearchRequest.attempts,
        SearchRequest.file_size,
        SearchRequest.result_deleted,
    )
    with archive.catalogue.engine.connect() as con:
        jobs = {row.request_id: row for row in con.execute(rows)}
    # Looked at after the jobs: a job that was done by then has its result by now.
    files: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(archive.results_path.iterdir()):
        if path.is_file():
            files[path.name.split(".")[0]].append(path)
    kept, lost = set(), []
    for request_id, job in jobs.items():
        mine = files.get(request_id, [])
        if job.state in _OPEN_STATES:
            kept.update(mine)
        elif job.state == "done" and job.result_deleted is None:
            whole = [p for p in mine if _is_result(p, job.attempts, job.file_size)]
            kept.update(whole)
            lost += [] if whole else [request_id]
    strays = [path for paths in files.values() for path in paths if path not in kept]
    return [*_lost(archive.catalogue.engine, lost, repair), *_strays(strays, lost, repair)]


def _sqlite_faults(engine: Engine) -> Iterator[str]:
    if engine.dialect.name != "sqlite":
        return
    with engine.connect() as con:
        checked = [str(row[0]) for row in con.execute(text("PRAGMA integrity_check"))]
        yield from (line for line in checked if line != "ok")
        broken = con.execute(text("PRAGMA foreign_key_check")).all()
    if broken:
        yield f"{len(broken)} rows refer to others that are not there (first in {broken[0][0]})"


def _sources(archive: Archive) -> set[int]:
    found: set[int] = set()
    for table in (archive.ephemeris, archive.products):
        try:
            found |= {int(f.key) for f in table.store.snapshot().files}
        except (DeltaError, OSError):
            continue  # told by the audit of the table
    return found


def _is_result(path: Path, attempt: int, size: int | None) -> bool:
    """Tell whether a file is the whole result of an attempt."""
    parts = path.name.split(".")
    if len(parts) != 3 or parts[1] != str(attempt):
        return False
    if size is not None and path.stat().st_size != size:
        return False
    if parts[2] != "parquet":
        return True
    try:
        pq.read_metadata(path)
    except (pa.ArrowException, OSError):
        return False
    return True


def _lost(engine: Engine, request_ids: list[str], repair: bool) -> Iterator[Finding]:
    if not request_ids:
        return
    message = f"{len(request_ids)} jobs that are done have no whole result (first {request_ids[0]})"
    if repair:
        gone = update(SearchRequest).where(SearchRequest.result_deleted.is_(None))
        with engine.execution_options(write=True).begin() as con:
            for request_id in request_ids:
                one = gone.where(SearchRequest.request_id == request_id)
                con.execute(one.values(result_deleted=datetime.now(UTC)))
        message += "; noted as deleted, so that asking for them says so"
    yield Finding("results", "lost", message, len(request_ids), _state(repair), tuple(request_ids))


def _strays(paths: list[Path], lost: list[str], repair: bool) -> Iterator[Finding]:
    oldest = time.time() - ORPHAN_AGE_S
    old = [p for p in paths if p.stat().st_mtime < oldest or p.name.split(".")[0] in lost]
    if not old:
        return
    message = f"{len(old)} files belong to no result of a job (first {old[0].name})"
    if repair:
        for path in old:
            path.unlink(missing_ok=True)
        message += "; removed"
    yield Finding(
        "results", "unknown", message, len(old), _state(repair), tuple(p.name for p in old)
    )


def _state(repair: bool) -> State:
    return "repaired" if repair else "left"
