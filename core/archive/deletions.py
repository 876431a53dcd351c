"""Deletions of ephemeris records, each noted as a job in the catalogue.

A deletion is done before it is acknowledged: it is one transaction of the table, which drops
whole months without reading them. So a client that deletes and then uploads again never loses
what it uploaded to a deletion that came late. The note that precedes it tells what became of
one whose process was killed.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal, cast

from sqlalchemy import delete, select

from core.archive.models import DeleteJobRow
from core.errors import AtlasError, BadInput, NotFound

if TYPE_CHECKING:
    from core.archive.archive import Archive

State = Literal["running", "done", "failed", "interrupted"]
KEPT = timedelta(hours=1)
"""How long a job is told of."""
LONGEST = timedelta(minutes=5)
"""A job that has run for longer has lost its process; a commit is waited for half a minute at
most."""


@dataclass(frozen=True, slots=True)
class DeleteJob:
    """A deletion of the records of a source with start <= epoch <= end.

    Attributes
    ----------
    state : {"running", "done", "failed", "interrupted"}
        Of an interrupted one either all records are gone or none.
    deleted : int or None
        How many records there were, once it is done.
    message : str
        Why it failed.
    """

    delete_job_id: str
    source: int
    start: datetime
    end: datetime
    account: str
    requested: datetime
    completed: datetime | None
    state: State
    deleted: int | None
    message: str


class DeleteJobs:
    """Deletes ephemeris records, and tells of the deletions of the last hour."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._catalogue = archive.catalogue

    def run(self, source: int, start: datetime, end: datetime, account: str) -> DeleteJob:
        """Delete the records of a source in [start, end] and return the job, which is done.

        Raises
        ------
        BadInput
            `end` is before `start`.
        Conflict, ArchiveError
            As of any write; then no record is gone, and the job says why.
        """
        if end < start:
            raise BadInput("end is before start.", field="end", value=end.isoformat())
        job_id = self._begin(source, start, end, account)
        try:
            deleted = self._archive.ephemeris.delete_range(source, start, end)
        except AtlasError as error:
            self._finish(job_id, "failed", None, str(error))
            raise
        self._finish(job_id, "done", deleted, "")
        return self.get(source, job_id)

    def recent(self, source: int) -> list[DeleteJob]:
        """Return the jobs of a source that were asked for in the last hour, newest first."""
        now = datetime.now(UTC)
        wanted = select(DeleteJobRow).where(
            DeleteJobRow.source == source, DeleteJobRow.requested >= now - KEPT
        )
        newest_first = (DeleteJobRow.requested.desc(), DeleteJobRow.delete_job_id)
        with self._catalogue.reading() as session:
            return [_to_job(row, now) for row in session.scalars(wanted.order_by(*newest_first))]

    def get(self, source: int, delete_job_id: str) -> DeleteJob:
        """Return a job of a source; NotFound when it has none of that name in the last hour."""
        for job in self.recent(source):
            if job.delete_job_id == delete_job_id:
                return job
        raise NotFound(
            f"Data source {source} has no delete job {delete_job_id[:40]!r}.",
            hint="Jobs are told of for an hour.",
            kind="delete job",
            key=delete_job_id,
        )

    def _begin(self, source: int, start: datetime, end: datetime, account: str) -> str:
        job_id, now = str(uuid.uuid4()), datetime.now(UTC)
        with self._catalogue.writing() as session:
            session.execute(delete(DeleteJobRow).where(DeleteJobRow.requested < now - KEPT))
            row = DeleteJobRow(delete_job_id=job_id, source=source, start=start, end=end)
            row.account, row.requested, row.state, row.message = account, now, "running", ""
            session.add(row)
        return job_id

    def _finish(self, job_id: str, state: State, deleted: int | None, message: str) -> None:
        with self._catalogue.writing() as session:
            row = session.get_one(DeleteJobRow, job_id)
            row.completed, row.state = datetime.now(UTC), state
            row.deleted, row.message = deleted, message


def _to_job(row: DeleteJobRow, now: datetime) -> DeleteJob:
    lost = row.state == "running" and now - row.requested > LONGEST
    return DeleteJob(
        row.delete_job_id, row.source, row.start, row.end, row.account, row.requested,
        row.completed, "interrupted" if lost else cast(State, row.state), row.deleted, row.message,
    )  # fmt: skip
