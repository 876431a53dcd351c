"""The queue of jobs in the catalogue: who may run one, how far it is, how it ended.

Searches and movies share it; the kind of a job says what it is. A job is queued, running, done,
failed or cancelled. Who runs it holds a lease, renewed while it lives; a job whose lease has run
out may be claimed by another. Each claim counts as an attempt, and every later change names
worker and attempt, so that a worker that was taken for dead cannot finish a job that another has
in hand. Each change is one UPDATE: it works alike on SQLite and PostgreSQL, between threads,
processes and machines.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Engine,
    and_,
    case,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    update,
)

from core.archive.models import SearchLog, SearchRequest, UtcDateTime
from core.errors import Duplicate, NotFound

MAX_ATTEMPTS = 3
FINISHED = ("done", "failed", "cancelled")


@dataclass(frozen=True)
class Claim:
    """A job in hand: what to do, who does it, and which attempt this is."""

    request_id: str
    kind: str
    query: dict[str, Any]
    worker: str
    attempt: int


@dataclass(frozen=True)
class Job:
    """State of a job as the catalogue has it; times are UTC."""

    request_id: str
    kind: str
    query: dict[str, Any]
    state: str
    requested: datetime
    completed: datetime | None
    attempts: int
    worker: str | None
    progress: float
    cancel_requested: bool
    result_count: int | None
    file_size: int | None
    query_duration_ms: int | None
    error_message: str | None
    result_deleted: datetime | None
    client: str
    owner: str | None

    @property
    def finished(self) -> bool:
        """Whether the job has come to an end, good or bad."""
        return self.state in FINISHED


class JobStore:
    """The table of jobs."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def add(
        self, request_id: str, kind: str, query: dict[str, Any], *, client: str, owner: str | None
    ) -> None:
        """Queue a new job.

        Raises
        ------
        core.errors.Duplicate
            The identifier is in use.
        """
        row = {
            "request_id": request_id, "kind": kind, "query": query, "state": "queued",
            "requested": _now(), "attempts": 0, "progress": 0.0, "cancel_requested": False,
            "client": client, "owner": owner,
        }  # fmt: skip
        with self.engine.begin() as con:
            known = select(SearchRequest.request_id).where(_is(request_id))
            if con.execute(known).first():
                raise Duplicate(
                    f"A search with request_id {request_id} exists already.",
                    hint="Leave request_id out to be given one.",
                    kind="search request",
                    key=request_id,
                )
            con.execute(insert(SearchRequest).values(**row))

    def get(self, request_id: str) -> Job:
        """Return a job's state; NotFound when there is none."""
        with self.engine.connect() as con:
            row = con.execute(select(*_columns()).where(_is(request_id))).mappings().first()
        if row is None:
            raise NotFound(
                f"No search with request_id {request_id}.", kind="search request", key=request_id
            )
        return Job(**row)

    def log(self, request_id: str, level: str, summary: str) -> None:
        """Add a line to a job's log."""
        line = {
            "request_id": request_id, "timestamp": _now(), "level": level, "summary": summary
        }  # fmt: skip
        with self.engine.begin() as con:
            con.execute(insert(SearchLog).values(**line))

    def logs(self, request_id: str) -> list[tuple[datetime, str, str]]:
        """Return a job's log as time, level and text, oldest first."""
        lines = (
            select(SearchLog.timestamp, SearchLog.level, SearchLog.summary)
            .where(SearchLog.request_id == request_id)
            .order_by(SearchLog.id)
        )
        with self.engine.connect() as con:
            return [(row[0], row[1], row[2]) for row in con.execute(lines)]

    def queued(self, kinds: Collection[str] | None = None) -> int:
        """Count the jobs of these kinds (None: any) that wait for a worker."""
        count = select(func.count()).where(SearchRequest.state == "queued", _of_kind(kinds))
        with self.engine.connect() as con:
            return int(con.execute(count).scalar_one())

    def claim(
        self,
        worker: str,
        lease_s: float,
        request_id: str | None = None,
        kinds: Collection[str] | None = None,
    ) -> Claim | None:
        """Take the oldest job that waits or whose worker is gone; None when there is none.

        `kinds` are those that the worker can run; None means any.
        """
        now = _now()
        free = or_(
            SearchRequest.state == "queued",
            and_(SearchRequest.state == "running", SearchRequest.lease_until < now),
        )
        free = and_(free, _of_kind(kinds))
        if request_id is not None:
            free = and_(free, _is(request_id))
        oldest = select(SearchRequest.request_id).where(free)
        oldest = oldest.order_by(SearchRequest.requested, SearchRequest.request_id).limit(1)
        taken = (
            update(SearchRequest)
            .where(SearchRequest.request_id == oldest.scalar_subquery(), free)
            .values(
                state="running",
                worker=worker,
                attempts=SearchRequest.attempts + 1,
                started=func.coalesce(SearchRequest.started, literal(now, UtcDateTime())),
                lease_until=now + timedelta(seconds=lease_s),
            )
            .returning(
                SearchRequest.request_id,
                SearchRequest.kind,
                SearchRequest.query,
                SearchRequest.attempts,
            )
            .execution_options(synchronize_session=False)
        )
        with self.engine.begin() as con:
            row = con.execute(taken).first()
        return Claim(row[0], row[1], row[2], worker, row[3]) if row else None

    def beat(self, claim: Claim, lease_s: float, progress: float, found: int) -> bool:
        """Renew the lease and note the progress; False when the claim is lost.

        Neither fraction nor count goes back, also not when a second attempt starts anew.
        """
        row = SearchRequest
        values = {
            "lease_until": _now() + timedelta(seconds=lease_s),
            "progress": case((row.progress > progress, row.progress), else_=progress),
            "result_count": case((row.result_count > found, row.result_count), else_=found),
        }
        with self.engine.begin() as con:
            renewed = con.execute(update(row).where(_held(claim)).values(**values))
        return renewed.rowcount == 1

    def look(self, claim: Claim) -> tuple[bool, bool]:
        """Say whether the claim is still held, and whether the job is to be cancelled."""
        with self.engine.connect() as con:
            row = con.execute(select(SearchRequest.cancel_requested).where(_held(claim))).first()
        return (False, False) if row is None else (True, bool(row[0]))

    def end(self, claim: Claim, state: str, **values: Any) -> bool:
        """Close a job that is held; False when another has taken it, and then nothing changes."""
        values = {"state": state, "completed": _now(), "lease_until": None, **values}
        with self.engine.begin() as con:
            ended = con.execute(update(SearchRequest).where(_held(claim)).values(**values))
        return ended.rowcount == 1

    def release(self, claim: Claim, *, count_attempt: bool) -> bool:
        """Give a job back to the queue."""
        attempts = SearchRequest.attempts - (0 if count_attempt else 1)
        values = {"state": "queued", "worker": None, "lease_until": None, "attempts": attempts}
        with self.engine.begin() as con:
            given = con.execute(update(SearchRequest).where(_held(claim)).values(**values))
        return given.rowcount == 1

    def cancel(self, request_id: str) -> str:
        """Cancel a job that waits, ask a running one to end; return the state it is in now."""
        waiting = and_(_is(request_id), SearchRequest.state == "queued")
        running = and_(_is(request_id), SearchRequest.state == "running")
        with self.engine.begin() as con:
            con.execute(
                update(SearchRequest)
                .where(waiting)
                .values(state="cancelled", cancel_requested=True, completed=_now())
            )
            con.execute(update(SearchRequest).where(running).values(cancel_requested=True))
        return self.get(request_id).state

    def forget_result(self, request_id: str) -> None:
        """Note that a result was deleted."""
        noted = update(SearchRequest).where(_is(request_id), SearchRequest.result_deleted.is_(None))
        with self.engine.begin() as con:
            con.execute(noted.values(result_deleted=_now()))

    def stale_results(self, older_than: timedelta) -> list[str]:
        """List the finished jobs whose results are older than that."""
        old = select(SearchRequest.request_id).where(
            SearchRequest.state == "done",
            SearchRequest.result_deleted.is_(None),
            SearchRequest.completed < _now() - older_than,
        )
        with self.engine.connect() as con:
            return list(con.execute(old).scalars())


def _columns() -> list[Any]:
    return [getattr(SearchRequest, name) for name in Job.__dataclass_fields__]


def _is(request_id: str) -> ColumnElement[bool]:
    return SearchRequest.request_id == request_id


def _of_kind(kinds: Collection[str] | None) -> ColumnElement[bool]:
    return true() if kinds is None else SearchRequest.kind.in_(sorted(kinds))


def _held(claim: Claim) -> ColumnElement[bool]:
    return and_(
        SearchRequest.request_id == claim.request_id,
        SearchRequest.state == "running",
        SearchRequest.worker == claim.worker,
        SearchRequest.attempts == claim.attempt,
    )


def _now() -> datetime:
    return datetime.now(UTC)
