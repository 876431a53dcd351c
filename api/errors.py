"""The one table from errors to HTTP answers, and the handlers that use it.

Whatever goes wrong below the paths of the API is answered with the same document,
``{"error_code": ..., "error_message": ...}``, and a `Content-Type` of exactly `application/json`:
clients compare that header as text.
"""

from __future__ import annotations

import math
from http import HTTPStatus
from typing import NamedTuple

import flask
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from api import hapi_status
from api.answers import answer
from core import errors
from core.logs import get_logger

log = get_logger(__name__)


class Outcome(NamedTuple):
    """What a client is told: the HTTP status and one of the API's error codes."""

    status: int
    error_code: str


OUTCOMES: dict[type[errors.AtlasError], Outcome] = {
    errors.BadInput: Outcome(400, "AssertionError"),
    errors.RecordError: Outcome(400, "AssertionError"),
    errors.BatchRefused: Outcome(400, "AssertionError"),
    errors.LimitExceeded: Outcome(400, "AssertionError"),
    errors.HapiRefused: Outcome(400, "AssertionError"),
    errors.FileRefused: Outcome(400, "AssertionError"),
    errors.NotAuthenticated: Outcome(401, "NotAuthenticated"),
    errors.NotAuthorized: Outcome(403, "NotAuthorized"),
    errors.TooManyRequests: Outcome(429, "ToManyRequests"),
    errors.NotFound: Outcome(404, "NotFound"),
    errors.Duplicate: Outcome(409, "Duplicate"),
    errors.Conflict: Outcome(409, "Conflict"),
    errors.SkymapRefused: Outcome(409, "Conflict"),
    errors.SearchCancelled: Outcome(409, "Conflict"),
    errors.MovieCancelled: Outcome(409, "Conflict"),
    errors.SearchFailed: Outcome(409, "ApplicationError"),
    errors.ArchiveError: Outcome(503, "Unavailable"),
    errors.MaintenanceMode: Outcome(503, "Unavailable"),
    errors.IndexDamaged: Outcome(503, "Unavailable"),
    errors.AtlasError: Outcome(500, "ApplicationError"),
}
# A limit that the server has reached, not the request. Of the statuses that say so, clients know
# 503 and show its message; after a 429 they would wait for a search that was never submitted.
BUSY = Outcome(503, "Unavailable")
RETRY_AFTER_S = 10.0
BUSY_LIMITS = ("queued searches", "queued movies", "searches of one client")

# Statuses that Flask and werkzeug raise by themselves.
HTTP_CODES: dict[int, str] = {
    400: "AssertionError",
    401: "NotAuthenticated",
    403: "NotAuthorized",
    404: "NotFound",
    405: "NotPermitted",
    406: "NotPermitted",
    409: "Conflict",
    413: "NotPermitted",
    414: "NotPermitted",
    415: "AssertionError",
    429: "ToManyRequests",
    501: "NotImplemented",
    503: "Unavailable",
}

# Below these paths an error is a document; elsewhere a page for people.
DOCUMENT_ROOTS = ("/api", "/media", "/vendor", "/exports", hapi_status.ROOT)
DOCUMENT_PATHS = ("/healthz", "/_dash-update-component")


def outcome_of(error: errors.AtlasError) -> Outcome:
    """Return the entry of the nearest class in the family of `error`."""
    if error.details.get("limit") in BUSY_LIMITS:
        return BUSY
    return next(OUTCOMES[kind] for kind in type(error).__mro__ if kind in OUTCOMES)


def wants_document(path: str) -> bool:
    """Tell whether an error at `path` is answered with a document."""
    roots = tuple(f"{root}/" for root in DOCUMENT_ROOTS)
    return path in (*DOCUMENT_ROOTS, *DOCUMENT_PATHS) or path.startswith(roots)


def document(status: int, error_code: str, error_message: str) -> flask.Response:
    """Return the error document as a response; HAPI has one of its own."""
    if hapi_status.is_below(flask.request.path):
        return hapi_status.failed(status)
    return answer({"error_code": error_code, "error_message": error_message}, status)


def install(server: flask.Flask) -> None:
    """Answer every exception of `server`."""
    server.register_error_handler(errors.AtlasError, on_atlas_error)
    server.register_error_handler(HTTPException, on_http_error)
    server.register_error_handler(Exception, on_unexpected)


def on_atlas_error(error: errors.AtlasError) -> ResponseReturnValue:
    """Answer an error that the observatory raised on purpose."""
    status, code = outcome_of(error)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("request_failed", error=type(error).__name__, message=str(error), exc_info=error)
    response = document(status, code, str(error))
    wait_s = error.details.get("retry_after_s", RETRY_AFTER_S if status == 503 else None)
    if wait_s is not None:
        response.headers["Retry-After"] = str(max(1, math.ceil(wait_s)))
    return response


def on_http_error(error: HTTPException) -> ResponseReturnValue:
    """Answer what Flask refuses: no such path, wrong method, body too large."""
    if error.code is None or not wants_document(flask.request.path):
        return error
    text = error.description or error.name
    if error.code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        limit = flask.request.max_content_length
        text = f"The request body is larger than {limit} bytes."
    response = document(error.code, HTTP_CODES.get(error.code, "Other"), text)
    allow = next((value for name, value in error.get_headers() if name == "Allow"), None)
    if allow:
        response.headers["Allow"] = allow
    return response


def on_unexpected(error: Exception) -> ResponseReturnValue:
    """Answer a fault of this program: logged with its traceback, told without inner details."""
    log.error("unexpected_error", error=type(error).__name__, exc_info=error)
    if not wants_document(flask.request.path):
        return "Internal Server Error: the log has the details.", 500
    request_id = flask.request.environ.get("atlas.request_id", "")
    return document(
        500, "ApplicationError", f"Internal error; the server's log has it under {request_id}."
    )
