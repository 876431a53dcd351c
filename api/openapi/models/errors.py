"""The error document."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from api.openapi.models.base import Exact

ErrorCode = Literal[
    "Nil", "Ok", "NotPermitted", "NotAuthorized", "Duplicate", "AssertionError", "NotFound",
    "ApplicationError", "NotImplemented", "ToManyRequests", "Other", "Conflict",
    "NotAuthenticated", "Unavailable",
]  # fmt: skip


class ErrorDocument(Exact):
    """What is wrong. `error_message` names the place, such as `ground[0].programs`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"error_code": "AssertionError", "error_message": "start is missing."},
            ]
        }
    )

    error_code: ErrorCode
    error_message: str = Field(min_length=1)


class NoResults(Exact):
    """Why a search has no results: the error document, and below `error` the same again."""

    error_code: ErrorCode
    error_message: str = Field(min_length=1)
    error: ErrorDocument
