"""The queue of jobs in the catalogue: who may run one, how far it is, how it ended.

Searches and movies share it; the kind of a job says what it is. A job is queued, running, done,
failed or cancelled. Who runs it holds a lease, renewed while it lives; a job whose lease has run
out may be claimed by another. Each claim counts as an attempt, and every later change names
worker and attempt, so that a worker that was taken for dead cannot finish a job that another has
in hand. Each change is one UPDATE: it works alike on SQLite and PostgreSQL, between threads,
processes and machines.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    and_,
    bindparam,
    case,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.exc import IntegrityError

from core.archive.models import SearchLog, SearchRequest, UtcDateTime
from core.errors import Duplicate, LimitExceeded, NotFound
from core.search.jobs.job import FINISHED, Claim, Holder, Job, Line, Share

__all__ = [
    "FINISHED",
    "MAX_ATTEMPTS",
    "Claim",
    "Holder",
    "Job",
    "JobStore",
    "Line",
    "Share",
    "no_such_job",
]

MAX_ATTEMPTS = 3
LogLine = tuple[datetime, str, str]
"""Time, level and text of a line of a job's log."""


class JobStore:
    """The table of jobs."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def add(
        self,
        request_id: str,
        kind: str,
        query: dict[str, Any],
        *,
        client: str,
        owner: str | None,
        lines: Sequence[Line] = (),
        share: Share | None = None,
        holder: Holder | None = None,
    ) -> Claim | None:
        """Queue a new job, with the first lines of its log.

        With a `holder` the job is its own from the start: it never waits, and no worker can take
        it between being queued and being claimed.

        Raises
        ------
        core.errors.Duplicate
            The identifier is in use.
        core.errors.LimitExceeded
            The client has as many jobs at once as its share allows.
        """
        row = {
            "request_id": request_id, "kind": kind, "query": query, "state": "queued",
            "requested": _now(), "attempts": 0, "progress": 0.0, "cancel_requested": False,
            "client": client, "owner": owner,
        }  # fmt: skip
        if holder is not None:
            until = _now() + timedelta(seconds=holder.lease_s)
            row |= {"state": "running", "worker": holder.worker, "attempts": 1}
            row |= {"started": _now(), "lease_until": until}
        # The write lock from the start: between counting and adding nobody else may add.
        with self.engine.execution_options(write=True).begin() as con:
            if share is not None and (client or owner):
                _check_share(con, client, owner, share)
            known = select(SearchRequest.request_id).where(_is(request_id))
            if con.execute(known).first():
                raise Duplicate(
                    f"A search with request_id {request_id} exists already.",
                    hint="Leave request_id out to be given one.",
                    kind="search request",
                    key=request_id,
                )
            con.execute(insert(SearchRequest).values(**row))
            _write_lines(con, request_id, lines)
        return None if holder is None else Claim(request_id, kind, query, holder.worker, 1)

    def get(self, request_id: str) -> Job:
        """Return a job's state; NotFound when there is none."""
        with self.engine.connect() as con:
            return _read_job(con, request_id)

    def get_with_log(self, request_id: str) -> tuple[Job, list[LogLine]]:
        """Return a job's state and its log, read together; NotFound when there is none."""
        with self.engine.connect() as con:
            return _read_job(con, request_id), _read_log(con, request_id)

    def log(self, request_id: str, *lines: Line) -> None:
        """Add lines to a job's log, in one transaction; of a job that was deleted, none."""
        if lines:
            with suppress(IntegrityError), self.engine.begin() as con:
                _write_lines(con, request_id, lines)

    def logs(self, request_id: str) -> list[LogLine]:
        """Return a job's log as time, level and text, oldest first."""
        with self.engine.connect() as con:
            return _read_log(con, request_id)

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
        """Say whether the claim is still held, and whether the job was cancelled."""
        row = SearchRequest
        wanted = select(row.state, row.worker, row.attempts).where(_is(claim.request_id))
        with self.engine.connect() as con:
            found = con.execute(wanted).first()
        if found is None:
            return False, False
        return tuple(found) == ("running", claim.worker, claim.attempt), found[0] == "cancelled"

    def end(self, claim: Claim, state: str, line: Line, **values: Any) -> bool:
        """Close a job that is held, with a last line in its log.

        Returns
        -------
        bool
            False when the job is closed, or another has taken it; then nothing changes.
        """
        values = {"state": state, "completed": _now(), "lease_until": None, **values}
        return self._change(claim, values, line)

    def release(self, claim: Claim, line: Line, *, count_attempt: bool) -> bool:
        """Give a job back to the queue, with a line in its log; False when it is not held."""
        attempts = SearchRequest.attempts - (0 if count_attempt else 1)
        values = {"state": "queued", "worker": None, "lease_until": None, "attempts": attempts}
        return self._change(claim, values, line)

    def _change(self, claim: Claim, values: dict[str, Any], line: Line) -> bool:
        # One transaction: who sees the new state sees its reason too.
        with self.engine.begin() as con:
            changed = con.execute(update(SearchRequest).where(_held(claim)).values(**values))
            if changed.rowcount == 1:
                _write_lines(con, claim.request_id, [line])
        return changed.rowcount == 1

    def cancel(self, request_id: str, line: Line) -> bool:
        """Close a job that waits or runs, with a last line in its log; False if it had ended.

        It is closed at once, whatever it is at: who runs it holds it no longer, so that its
        result will be dropped, and ends soon.
        """
        going = and_(_is(request_id), SearchRequest.state.in_(("queued", "running")))
        closed = {
            "state": "cancelled", "cancel_requested": True, "completed": _now(),
            "lease_until": None, "error_message": line[1],
        }  # fmt: skip
        with self.engine.begin() as con:
            ended = con.execute(update(SearchRequest).where(going).values(**closed))
            if ended.rowcount == 1:
                _write_lines(con, request_id, [line])
        return ended.rowcount == 1

    def forget_result(self, request_id: str) -> None:
        """Note that a result was deleted."""
        noted = update(SearchRequest).where(_is(request_id), SearchRequest.result_deleted.is_(None))
        with self.engine.begin() as con:
            con.execute(noted.values(result_deleted=_now()))

    def recent(self, most: int, states: Collection[str] | None = None) -> list[Job]:
        """List the jobs that were asked for last, newest first."""
        wanted = select(*_columns()).order_by(SearchRequest.requested.desc()).limit(most)
        if states is not None:
            wanted = wanted.where(SearchRequest.state.in_(sorted(states)))
        with self.engine.connect() as con:
            return [Job(**row) for row in con.execute(wanted).mappings()]


def _write_lines(con: Connection, request_id: str, lines: Sequence[Line]) -> None:
    now = _now()
    rows = [
        {"request_id": request_id, "timestamp": now, "level": level, "summary": summary}
        for level, summary in lines
    ]
    if rows:
        con.execute(insert(SearchLog), rows)


def _check_share(con: Connection, client: str, owner: str | None, share: Share) -> None:
    # An account counts as one wherever it asks from; an address with all that ask without one.
    row = SearchRequest
    mine = and_(row.client == client, row.owner.is_(None)) if owner is None else row.owner == owner
    if con.dialect.name == "postgresql":
        # SQLite has one writer at a time; here the client's own lock keeps two from counting.
        con.execute(select(func.pg_advisory_xact_lock(func.hashtext(owner or client))))
    active = row.state.in_(("queued", "running"))
    count = select(func.count()).where(mine, active, _of_kind(share.kinds))
    busy = int(con.execute(count).scalar_one())
    if busy >= share.most:
        raise LimitExceeded(
            f"{busy} searches of yours are waiting or running already.",
            hint=f"A client may have {share.most} at a time; wait for one, or cancel it.",
            limit="searches of one client",
            asked=busy + 1,
            allowed=share.most,
        )


def _columns() -> list[Any]:
    return [getattr(SearchRequest, name) for name in Job.__dataclass_fields__]


# Clients ask for the status of a search once a second and more; to put these two statements
# together takes longer than to run them.
_JOB = select(*_columns()).where(SearchRequest.request_id == bindparam("wanted"))
_LOG = (
    select(SearchLog.timestamp, SearchLog.level, SearchLog.summary)
    .where(SearchLog.request_id == bindparam("wanted"))
    .order_by(SearchLog.id)
)


def _read_job(con: Connection, request_id: str) -> Job:
    row = con.execute(_JOB, {"wanted": request_id}).first()
    if row is None:
        raise no_such_job(request_id)
    return Job(*row)


def _read_log(con: Connection, request_id: str) -> list[LogLine]:
    return [(row[0], row[1], row[2]) for row in con.execute(_LOG, {"wanted": request_id})]


def no_such_job(request_id: str) -> NotFound:
    """Return what is raised for a job that is not there."""
    return NotFound(
        f"No search with request_id {request_id}.", kind="search request", key=request_id
    )


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
