"""The search service: what pages and API ask for searches, and what the worker shares with them."""

from __future__ import annotations

import os
import socket
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import prod
from typing import Any

from core.archive import Archive
from core.errors import BadInput, Conflict, LimitExceeded, NotFound, SearchCancelled, SearchFailed
from core.errors import Duplicate as DuplicateRequest
from core.search import records
from core.search.describe import describe
from core.search.execution import (
    NOUNS,
    cancelled_text,
    delete_result,
    execute,
    result_path,
)
from core.search.jobs import Job, JobStore
from core.search.load import compile_filters
from core.search.plan import make_plan
from core.search.query import ConjunctionQuery, EphemerisQuery, Query, read_query
from core.search.results import ResultSet
from core.search.sources import block_sources
from core.search.status import status_document

# One ephemeris record is delivered with all its columns, which costs as much as comparing a
# source pair at some twenty minutes.
RECORD_PRICE = 20


@dataclass(frozen=True)
class Progress:
    """How far a search is.

    `fraction` runs from 0 to 1, `count` is the number found so far (pieces that touch
    may yet become one until the search is done), `message` the last line of
    the log, `duration_ms` the time since the request until now or until it ended.
    """

    state: str
    fraction: float
    count: int
    message: str
    duration_ms: int


class SearchService:
    """Submits searches, tells how they are, and gives out their results.

    Small searches are run at once by the calling process; the others wait for a worker. State
    is in the catalogue, so any process with the same archive can ask about any search.
    """

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.settings = archive.settings
        self.jobs = JobStore(archive.catalogue.engine)

    def submit(
        self,
        kind: str,
        query: Mapping[str, Any],
        *,
        client: str = "",
        owner: str | None = None,
        request_id: str | None = None,
    ) -> str:
        """Submit a search and return its identifier.

        Parameters
        ----------
        kind : {"conjunction", "ephemeris", "data_product"}
        query : mapping
            The JSON object of the API; it may hold `request_id`.
        client, owner : str, optional
            Address and account that asked.
        request_id : str, optional
            An unused UUID chosen by the client.

        Raises
        ------
        core.errors.BadInput
            The query is not valid.
        core.errors.LimitExceeded
            It is too large, or too many searches are waiting.
        core.errors.Conflict
            The identifier is in use.
        """
        parsed = read_query(kind, query, self.settings)
        chosen = _request_id(request_id or query.get("request_id"))
        small = self._price(parsed) <= self.settings.inline_pair_minutes
        if not small:
            self._check_queue()
        try:
            self.jobs.add(chosen, kind, {**query, "request_id": chosen}, client=client, owner=owner)
        except DuplicateRequest as error:
            raise Conflict(error.message, hint=error.hint, **error.details) from error
        self.jobs.log(chosen, "info", describe(kind, parsed))
        if small:
            self._run_now(chosen)
        else:
            self.jobs.log(chosen, "debug", "Waiting for a worker.")
        return chosen

    def status(self, request_id: str) -> dict[str, Any]:
        """Return the status document of the API."""
        return status_document(self._job(request_id), self.jobs.logs(request_id))

    def progress(self, request_id: str) -> Progress:
        """Return how far a search is."""
        job = self._job(request_id)
        lines = self.jobs.logs(request_id)
        until = job.completed or datetime.now(UTC)
        return Progress(
            job.state,
            1.0 if job.state == "done" else job.progress,
            job.result_count or 0,
            lines[-1][2] if lines else "",
            round(1000 * (until - job.requested).total_seconds()),
        )

    def cancel(self, request_id: str) -> bool:
        """Cancel a search; False when it had ended before."""
        job = self._job(request_id)
        if job.finished:
            return False
        if self.jobs.cancel(request_id) == "cancelled":
            self.jobs.log(request_id, "error", cancelled_text(job.kind))
        return True

    def results(self, request_id: str) -> ResultSet:
        """Return the results of a search.

        Raises
        ------
        core.errors.NotFound
            There is no such search, or its results were deleted.
        core.errors.Conflict
            It has not ended yet.
        core.errors.SearchFailed, core.errors.SearchCancelled
            It ended without results.
        """
        job = self._job(request_id)
        if not job.finished:
            raise Conflict(
                f"The search {request_id} is still {job.state}.",
                hint="Ask for its status until data_uri is set.",
                request_id=request_id,
            )
        if job.state != "done":
            kind = SearchCancelled if job.state == "cancelled" else SearchFailed
            raise kind(job.error_message or cancelled_text(job.kind), request_id=request_id)
        if job.result_deleted is not None:
            raise NotFound(
                f"The results of search {request_id} were deleted.",
                hint="Submit the search again.",
                kind="search results",
                key=request_id,
            )
        return ResultSet(result_path(self.archive, request_id, job.attempts))

    def delete_results(self, request_id: str) -> None:
        """Delete the result file of a search that has ended; the request itself stays known."""
        job = self._job(request_id)
        if not job.finished:
            raise Conflict(
                f"The search {request_id} is still {job.state}.",
                hint="Cancel it first.",
                request_id=request_id,
            )
        delete_result(self.archive, self.jobs, request_id)

    def price(self, kind: str, query: Mapping[str, Any]) -> int:
        """Return what a search costs, in source-pair minutes.

        For conjunctions: epochs times types times (pairs of sources that are compared, and
        tuples). For records: records that the sources can have, weighted.
        """
        return self._price(read_query(kind, query, self.settings))

    def _job(self, request_id: str) -> Job:
        """Return a search's state; jobs of other kinds are none of this service's."""
        job = self.jobs.get(request_id)
        if job.kind not in NOUNS:
            raise NotFound(
                f"No search with request_id {request_id}.", kind="search request", key=request_id
            )
        return job

    def _price(self, query: Query) -> int:
        """Price a query; on the way its filters are checked against the sources' schemas."""
        minutes = int((query.end - query.start).total_seconds() // 60) + 1
        if isinstance(query, ConjunctionQuery):
            sources = block_sources(self.archive, query)
            compile_filters(query, sources)
            plan = make_plan(query, sources)
            counts = [len(members) for members in sources]
            compared = sum(counts[i] * counts[j] for i, j in plan.pairs)
            tuples = prod(counts) if len(counts) > 2 else 0
            epochs = minutes * 60 // plan.step_s
            return epochs * len(query.types) * (compared + tuples)
        found = records.record_sources(self.archive, query)
        records.compile_filter(query, found)
        if isinstance(query, EphemerisQuery):
            return minutes * len(found) * RECORD_PRICE
        return (minutes // 1440 + 1) * len(found) * RECORD_PRICE

    def _check_queue(self) -> None:
        waiting = self.jobs.queued(NOUNS)
        if waiting >= self.settings.max_queued_searches:
            raise LimitExceeded(
                f"{waiting} searches are waiting already.",
                hint="Try again when some of them are done, or ask for less.",
                limit="queued searches",
                asked=waiting + 1,
                allowed=self.settings.max_queued_searches,
            )

    def _run_now(self, request_id: str) -> None:
        worker = worker_name("web")
        claim = self.jobs.claim(worker, self.settings.lease_seconds, request_id)
        if claim is not None:
            execute(self.archive, self.jobs, claim)


def worker_name(role: str) -> str:
    """Name this thread of this process among all that may run searches."""
    host = socket.gethostname()
    return f"{role}-{host}-{os.getpid()}-{threading.get_ident():x}-{uuid.uuid4().hex[:6]}"


def _request_id(chosen: Any) -> str:
    if chosen is None:
        return str(uuid.uuid4())
    try:
        return str(uuid.UUID(chosen))
    except (ValueError, AttributeError, TypeError):
        raise BadInput(
            f"request_id is not a UUID: {chosen!r}.",
            hint="Leave it out to be given one.",
            field="request_id",
            value=chosen,
        ) from None
