"""Headers of answers, by name."""

from __future__ import annotations

from typing import Any


def _header(description: str, required: bool = True, **schema: Any) -> dict[str, Any]:
    return {
        "description": description,
        "required": required,
        "schema": schema or {"type": "string"},
    }


HEADERS: dict[str, Any] = {
    "Location": _header("Where to ask how it is.", type="string", minLength=1),
    "ETag": _header("Names this answer; send it back in `If-None-Match`.", type="string"),
    "Retry-After": _header("Seconds after which to try again.", required=False, type="string"),
    "Authorization": _header("`Bearer` and the token of the session.", type="string"),
    "X-Atlas-Provenance": _header(
        "Where the data come from: simulated, ingested or uploaded.", type="string"
    ),
    "X-Total-Count": _header("Rows that match.", type="string", pattern="^[0-9]+$"),
    "Link": _header("Where the next rows are.", required=False),
    "X-Atlas-Marks": _header("What to know of it, separated by commas.", required=False),
}
