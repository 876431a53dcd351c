"""The status codes of HAPI, each with its HTTP status and its message."""

from __future__ import annotations

from typing import Any, NamedTuple

from core.errors import HapiRefused

VERSION = "3.3"


class Status(NamedTuple):
    """What goes with a HAPI status code."""

    http: int
    message: str


STATUSES: dict[int, Status] = {
    1200: Status(200, "OK"),
    1201: Status(200, "OK - no data for time range"),
    1400: Status(400, "Bad request - user input error"),
    1401: Status(400, "Bad request - unknown API parameter name"),
    1402: Status(400, "Bad request - syntax error in start time"),
    1403: Status(400, "Bad request - syntax error in stop time"),
    1404: Status(400, "Bad request - start equal to or after stop"),
    1405: Status(400, "Bad request - start < startDate and/or stop > stopDate"),
    1406: Status(404, "Bad request - unknown dataset id"),
    1407: Status(404, "Bad request - unknown dataset parameter"),
    1408: Status(400, "Bad request - too much time or data requested"),
    1409: Status(400, "Bad request - unsupported output format"),
    1410: Status(400, "Bad request - unsupported include value"),
    1411: Status(400, "Bad request - out-of-order or duplicate parameters"),
    1412: Status(400, "Bad request - unsupported resolve_references value"),
    1413: Status(400, "Bad request - unsupported depth value"),
    1500: Status(500, "Internal server error"),
    1501: Status(500, "Internal server error - upstream request error"),
}


def refusal(code: int, more: str = "") -> HapiRefused:
    """Return the error for a request that is not answered.

    Parameters
    ----------
    code : int
        A key of `STATUSES`.
    more : str
        What the client can be told on top. Never anything that the client sent.
    """
    message = STATUSES[code].message
    return HapiRefused(f"{message}: {more}" if more else message, code=code)


def head(code: int = 1200, message: str = "") -> dict[str, Any]:
    """Return what every HAPI document begins with: the version and the status."""
    status = {"code": code, "message": message or STATUSES[code].message}
    return {"HAPI": VERSION, "status": status}
