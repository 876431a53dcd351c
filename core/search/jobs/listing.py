"""Search requests as an administrator sees them: all of them, by how large or slow they were."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Engine, select

from core.archive.models import SearchRequest
from core.search.finding import NOUNS
from core.search.jobs.status import status_time

BYTES_PER_KB = 1000
ACTIVE = ("queued", "running")
FAILED = ("failed", "cancelled")


@dataclass(frozen=True, slots=True)
class RequestFilters:
    """Which search requests are wanted; None does not restrict.

    Parameters
    ----------
    search_type : str, optional
        conjunction, ephemeris or data_product.
    active : bool, optional
        Those that wait or run (true), or that have ended (false).
    start, end : datetime, optional
        When they were submitted; both times are included.
    file_size : int, optional
        Least size of the result file, in units of 1000 bytes.
    result_count : int, optional
        Least number of results. This one and `file_size` ask for searches that have ended,
        whatever `active` says.
    query_duration : int, optional
        Least time that the search took, in milliseconds.
    error_condition : bool, optional
        Those that failed or were cancelled (true), or all others (false).
    """

    search_type: str | None = None
    active: bool | None = None
    start: datetime | None = None
    end: datetime | None = None
    file_size: int | None = None
    result_count: int | None = None
    query_duration: int | None = None
    error_condition: bool | None = None


_ROW = (
    SearchRequest.kind,
    SearchRequest.client,
    SearchRequest.request_id,
    SearchRequest.requested,
    SearchRequest.completed,
    SearchRequest.state,
    SearchRequest.query_duration_ms,
    SearchRequest.result_deleted,
    SearchRequest.file_size,
    SearchRequest.result_count,
)


def list_requests(engine: Engine, filters: RequestFilters) -> Iterator[dict[str, Any]]:
    """Return the search requests that fit all filters, newest first, as the API delivers them."""
    kinds = [filters.search_type] if filters.search_type else sorted(NOUNS)
    wanted = select(*_ROW).where(SearchRequest.kind.in_(kinds), *_conditions(filters))
    newest = SearchRequest.requested.desc(), SearchRequest.request_id
    with engine.connect() as con:
        # Read as a whole: who takes the answer slowly must not hold a transaction open.
        rows = con.execute(wanted.order_by(*newest)).all()
    documents = (_document(row) for row in rows)
    return (document for document in documents if _large_enough(document, filters))


def _conditions(filters: RequestFilters) -> list[ColumnElement[bool]]:
    row = SearchRequest
    active = filters.active
    if filters.file_size is not None or filters.result_count is not None:
        active = False
    conditions = [
        None if active is None else _among(ACTIVE, active),
        None if filters.error_condition is None else _among(FAILED, filters.error_condition),
        None if filters.start is None else row.requested >= filters.start,
        None if filters.end is None else row.requested <= filters.end,
    ]
    return [condition for condition in conditions if condition is not None]


def _among(states: tuple[str, ...], wanted: bool) -> ColumnElement[bool]:
    return SearchRequest.state.in_(states) if wanted else SearchRequest.state.not_in(states)


def _large_enough(document: dict[str, Any], filters: RequestFilters) -> bool:
    # On what is delivered, so that both always agree; a search that runs has no numbers yet.
    for name, least in (
        ("file_size", None if filters.file_size is None else filters.file_size * BYTES_PER_KB),
        ("result_count", filters.result_count),
        ("query_duration", filters.query_duration),
    ):
        number = document[name]
        if least is not None and (number is None or number < least):
            return False
    return True


def _document(row: Any) -> dict[str, Any]:
    done, active = row.state == "done", row.state in ACTIVE
    return {
        "search_type": row.kind,
        "ip_address": row.client,
        "request_id": row.request_id,
        "requested": status_time(row.requested),
        "active": active,
        "query_duration": None if active else _duration_ms(row),
        "result_file_exists": done and row.result_deleted is None,
        "file_size": None if active else (row.file_size or 0) * done,
        "result_count": None if active else (row.result_count or 0) * done,
        "error_condition": row.state in FAILED,
    }


def _duration_ms(row: Any) -> int:
    if row.query_duration_ms is not None:
        return int(row.query_duration_ms)
    # A search that failed took the time that passed, as its status says.
    passed: timedelta = (row.completed or row.requested) - row.requested
    return round(1000 * passed.total_seconds())
