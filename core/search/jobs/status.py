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
    `error_condition` they take the last line of the log for the reason.
    """
    done = job.state == "done"
    return {
        "search_request": {
            "request_id": job.request_id,
            "request_type": job.kind,
            "requested": _time(job.requested),
            "query": job.query,
        },
        "search_result": {
            "data_uri": data_uri(job.kind, job.request_id) if job.finished else None,
            "result_count": job.result_count if done else None,
            "file_size": job.file_size if done else None,
            "completed_timestamp": _time(job.completed) if job.finished else None,
            "query_duration": job.query_duration_ms if done else None,
            "error_condition": job.state in ("failed", "cancelled"),
            "result_file_deleted_timestamp": _time(job.result_deleted),
        },
        "logs": [
            {"timestamp": _time(time), "level": level, "summary": summary}
            for time, level, summary in logs
        ],
    }


def data_uri(kind: str, request_id: str) -> str:
    """Return where the API serves the results, relative to the server."""
    return f"/api/v1/{PATHS[kind]}/requests/{request_id}/data"


def _time(time: datetime | None) -> str | None:
    if time is None:
        return None
    return time.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")
