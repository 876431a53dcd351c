"""The search service: what pages and API ask for searches, and what the worker shares with them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.archive import Archive
from core.archive.accounts import Account, may_see
from core.errors import BadInput, Conflict, LimitExceeded, NotFound, SearchCancelled, SearchFailed
from core.errors import Duplicate as DuplicateRequest
from core.search import records
from core.search.describe import describe
from core.search.filters.block_filters import compile_filters
from core.search.finding import NOUNS
from core.search.jobs.execution import cancelled_text, delete_result, execute
from core.search.jobs.files import partial_path, result_path
from core.search.jobs.job import worker_name
from core.search.jobs.queue import Holder, Job, JobStore, Line, Share, no_such_job
from core.search.jobs.retention import forget_job
from core.search.jobs.status import status_document
from core.search.price import Price, price_conjunction, price_records
from core.search.query import ConjunctionQuery, Query, read_query
from core.search.results.result_set import ResultSet
from core.search.sources import block_sources


@dataclass(frozen=True)
class Progress:
    """How far a search is.

    `fraction` runs from 0 to 1, `count` is the number found so far (pieces that touch
    may yet become one until the search is done), `message` the last line of
    the log, `duration_ms` the time since the request until now or until it ended. `rows_so_far`
    says whether the rows found so far can be read while it runs.
    """

    state: str
    fraction: float
    count: int
    message: str
    duration_ms: int
    rows_so_far: bool = False


class SearchService:
    """Submits searches, tells how they are, and gives out their results.

    Small searches are run at once by the calling process; the others wait for a worker. State
    is in the catalogue, so any process with the same archive can ask about any search.
    """

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.settings = archive.settings
        self.jobs = JobStore(archive.catalogue.engine)
        self.viewer: Account | None = None

    def seen_by(self, viewer: Account | None) -> SearchService:
        """Return this service as an account sees it; None is for nobody in particular.

        A search that was submitted by an account is private: NotFound for everyone but this
        account and administrators, by whatever method.
        """
        service = copy(self)
        service.viewer = viewer
        return service

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
        client : str, optional
            Address that asked.
        owner : str, optional
            Account to which the search belongs; by default the one that asks.
        request_id : str, optional
            An unused UUID chosen by the client.

        Raises
        ------
        core.errors.BadInput
            The query is not valid.
        core.errors.LimitExceeded
            It is too large (the hint says what would be allowed), too many searches are waiting,
            or this client has too many at once.
        core.errors.Conflict
            The identifier is in use.
        """
        parsed = read_query(kind, query, self.settings)
        chosen = _request_id(request_id or query.get("request_id"))
        price = self._price(parsed)
        small = price.at_once(self.settings)
        if not small:
            self._check_queue()
        lines: list[Line] = [("info", describe(kind, parsed)), ("info", str(price))]
        if not small:
            lines.append(("debug", "Waiting for a worker."))
        asked = {**query, "request_id": chosen}
        if owner is None and self.viewer is not None:
            owner = self.viewer.email
        share = Share(tuple(NOUNS), self.settings.max_searches_per_client)
        holder = Holder(worker_name("web"), self.settings.lease_seconds) if small else None
        try:
            claim = self.jobs.add(
                chosen, kind, asked,
                client=client, owner=owner, lines=lines, share=share, holder=holder,
            )  # fmt: skip
        except DuplicateRequest as error:
            raise Conflict(error.message, hint=error.hint, **error.details) from error
        if claim is not None:
            execute(self.archive, self.jobs, claim)
        return chosen

    def status(self, request_id: str) -> dict[str, Any]:
        """Return the status document of the API."""
        job, lines = self.jobs.get_with_log(request_id)
        return status_document(self._seen(job), lines)

    def progress(self, request_id: str) -> Progress:
        """Return how far a search is."""
        job, lines = self.jobs.get_with_log(request_id)
        self._seen(job)
        until = job.completed or datetime.now(UTC)
        return Progress(
            job.state,
            1.0 if job.state == "done" else job.progress,
            job.result_count or 0,
            lines[-1][2] if lines else "",
            round(1000 * (until - job.requested).total_seconds()),
            job.state == "running" and self._so_far(job).is_file(),
        )

    def cancel(self, request_id: str) -> bool:
        """Cancel a search; False when it had ended before."""
        job = self._job(request_id)
        return self.jobs.cancel(request_id, ("error", cancelled_text(job.kind)))

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

    def rows_so_far(self, request_id: str) -> ResultSet:
        """Return the rows that a running search has found so far; of one that is done, all.

        They are replaced by more while the search runs: a row may get another number, and one
        at the edge of a piece may still grow.

        Raises
        ------
        core.errors.NotFound
            There is no such search, or there are no rows yet.
        core.errors.SearchFailed, core.errors.SearchCancelled
            It ended without results.
        """
        job = self._job(request_id)
        if job.finished:
            return self.results(request_id)
        return ResultSet(self._so_far(job))

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

    def forget(self, request_id: str) -> None:
        """Remove a search, its log and its results; one that waits or runs is cancelled."""
        job = self._job(request_id)
        forget_job(self.archive, self.jobs, job, ("error", cancelled_text(job.kind)))

    def price(self, kind: str, query: Mapping[str, Any]) -> Price:
        """Return what a search would compare.

        Raises
        ------
        core.errors.BadInput
            The query is not valid.
        core.errors.LimitExceeded
            It would compare too much; the hint says which window is allowed.
        """
        return self._price(read_query(kind, query, self.settings))

    def _job(self, request_id: str) -> Job:
        """Return a search's state; jobs of other kinds are none of this service's."""
        return self._seen(self.jobs.get(request_id))

    def _seen(self, job: Job) -> Job:
        """Return `job` if it is a search, and one that whoever asks may see."""
        # A search of somebody else is as one that does not exist, to the last word.
        if job.kind not in NOUNS or not may_see(job.owner, self.viewer):
            raise no_such_job(job.request_id)
        return job

    def _so_far(self, job: Job) -> Path:
        return partial_path(self.archive, job.request_id, job.attempts)

    def _price(self, query: Query) -> Price:
        """Price a query; on the way its filters are checked against the sources' schemas."""
        if isinstance(query, ConjunctionQuery):
            sources = block_sources(self.archive, query)
            compile_filters(query, sources)
            return price_conjunction(self.archive, query, sources)
        found = records.record_sources(self.archive, query)
        records.compile_filter(query, found)
        return price_records(self.archive, query, [source.identifier for source in found])

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
