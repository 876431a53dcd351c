"""The status document of a search, as clients of the AuroraX API read it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from core.search.jobs.queue import Job

PATHS = {"conjunction": "conjunctions", "ephemeris": "ephemeris", "data_product": "data_products"}


def status_document(job: Job, logs: Sequence[tuple[datetime, str, str]]) -> dict[str, Any]:
    """Return the document: the request, the result, and the log.

    Clients wait until `data_uri` is set, so it is set however the search ended; with
    `error_condition` they take the last line of the log for the reason. Numbers are null only
    while it waits or runs: clients print those of every search that has ended, so one that
    failed has found 0 rows in 0 bytes, in the time that passed.
    """
    return {
        "search_request": {
            "request_id": job.request_id,
            "request_type": job.kind,
            "requested": status_time(job.requested),
            "query": job.query,
        },
        "search_result": {
            "data_uri": data_uri(job.kind, job.request_id) if job.finished else None,
            "result_count": _number(job, job.result_count),
            "file_size": _number(job, job.file_size),
            "completed_timestamp": status_time(job.completed) if job.finished else None,
            "query_duration": _duration_ms(job),
            "error_condition": job.state in ("failed", "cancelled"),
            "result_file_deleted_timestamp": status_time(job.result_deleted),
        },
        "logs": [
            {"timestamp": status_time(time), "level": level, "summary": summary}
            for time, level, summary in logs
        ],
    }


def data_uri(kind: str, request_id: str) -> str:
    """Return where the API serves the results, relative to the server."""
    return f"/api/v1/{PATHS[kind]}/requests/{request_id}/data"


def _number(job: Job, found: int | None) -> int | None:
    if not job.finished:
        return None
    return (found or 0) if job.state == "done" else 0


def _duration_ms(job: Job) -> int | None:
    if not job.finished or job.completed is None:
        return None
    if job.query_duration_ms is not None:
        return job.query_duration_ms
    return round(1000 * (job.completed - job.requested).total_seconds())


def status_time(time: datetime | None) -> str | None:
    """Write a time as a status has it: UTC to the millisecond, without an offset."""
    if time is None:
        return None
    return time.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")
