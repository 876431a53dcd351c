"""Parameters of paths."""

from __future__ import annotations

import re
from typing import Any

from api.openapi.operation import Operation

_UUID = {"type": "string", "format": "uuid"}
_MOMENT = r"\d{8}T\d{6}"

# A place has a JSON schema, what it means, and a value that is in the embedded archive.
PLACES: dict[str, dict[str, Any]] = {
    "identifier": {
        "schema": {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
        "description": "Identifier of the data source.",
        "example": 46,
    },
    "request_id": {"schema": _UUID, "description": "Identifier of the search."},
    "delete_job_id": {"schema": _UUID, "description": "Identifier of the delete job."},
    "movie_id": {"schema": _UUID, "description": "Identifier of the movie."},
    "source": {
        "schema": {"type": "integer", "minimum": 0, "maximum": 2**31 - 1},
        "description": "Identifier of the imager's data source.",
        "example": 46,
    },
    "series": {
        "schema": {"type": "string", "minLength": 1, "pattern": "^[a-z0-9_-]+$"},
        "description": "Key of a series of grids, as `/media/grids.json` lists them.",
        "example": "themis",
    },
    "stem": {
        "schema": {"type": "string", "pattern": f"^{_MOMENT}$"},
        "description": "Time of the grid, UTC, as YYYYMMDDTHHMMSS.",
        "example": "20190101T060000",
    },
}


def name_place(pattern: str, description: str, example: str) -> dict[str, Any]:
    """Return the place of a file's name."""
    return {
        "schema": {"type": "string", "pattern": f"^{pattern}$"},
        "description": description,
        "example": example,
    }


def parameters_of(operation: Operation) -> list[dict[str, Any]]:
    """Return the path parameters of an operation as OpenAPI writes them."""
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            **(operation.places.get(name) or PLACES[name]),
        }
        for name in re.findall(r"{(\w+)}", operation.path)
    ]
