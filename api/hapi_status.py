"""HAPI documents as responses: with the status in the first line too, and open to any origin.

Below ``/hapi`` every error is a HAPI status document, whatever format was asked for. Nothing that
a client sent is repeated in it.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import flask

from api.answers import answer
from core.errors import HapiRefused
from core.hapi.codes import STATUSES, head
from core.logs import get_logger

log = get_logger(__name__)

ROOT = "/hapi"
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET",
    "Access-Control-Allow-Headers": "Content-Type",
}


def is_below(path: str) -> bool:
    """Tell whether a path is one of HAPI."""
    return path == ROOT or path.startswith(f"{ROOT}/")


def respond(response: flask.Response, code: int, http: int | None = None) -> flask.Response:
    """Return a response with its HAPI status in the first line, for all origins to read."""
    known = STATUSES[code]
    status = HTTPStatus(known.http if http is None else http)
    response.status = f"{status.value} {status.phrase}; HAPI {code} {known.message}"
    return open_to_all(response)


def open_to_all(response: flask.Response) -> flask.Response:
    """Return a response that pages of any origin may read."""
    response.headers.update(CORS)
    return response


def document(content: dict[str, Any]) -> flask.Response:
    """Return a HAPI document as a response."""
    return respond(answer(content), content["status"]["code"])


def refused(error: HapiRefused) -> flask.Response:
    """Return the status document of a request that is not answered."""
    return respond(answer(head(error.code, error.message)), error.code)


def failed(status: int) -> flask.Response:
    """Return the status document of any other failure.

    Parameters
    ----------
    status : int
        What the API would answer. An address that leads nowhere is a bad request in HAPI, and a
        record that it cannot carry is a fault of the server. Others stay as they are, as the
        specification allows where the first digit is right.
    """
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        return respond(answer(head(1501)), 1501)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.CONFLICT:
        log.error("hapi_failed", status=status)
        return respond(answer(head(1500)), 1500)
    kept = None if status == HTTPStatus.NOT_FOUND else status
    return respond(answer(head(1400)), 1400, kept)
