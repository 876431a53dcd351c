"""Request ids and one log line a request.

This sits around the whole application, Dash included, so that no answer lacks its id and no
request its line, whatever part of the server answered it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import quote
from uuid import uuid4

import structlog
from werkzeug.wsgi import ClosingIterator

from core.logs import get_logger

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HEADER = "X-Request-ID"
# Paths that clients write with more slashes than one.
PLAIN = ("/api/", "/hapi")
# What a proxy may hand over: short, printable, nothing that could break a log line.
SANE = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_SLASHES = re.compile(r"/{2,}")

log = get_logger(__name__)


def request_id_of(environ: WSGIEnvironment) -> str:
    """Return the id that came with the request if it is sane, else a new one."""
    given = str(environ.get("HTTP_X_REQUEST_ID", ""))
    return given if SANE.fullmatch(given) else uuid4().hex


class RequestLog:
    """WSGI middleware: an id for each request, and a line when its answer has been sent.

    Repeated slashes in paths of the API are taken for one. Older clients send such paths, and the
    redirect that werkzeug would answer is one more round trip, or a lost body.
    """

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request."""
        begin = time.perf_counter()
        request_id = environ["atlas.request_id"] = request_id_of(environ)
        path = environ["PATH_INFO"] = single_slashes(str(environ.get("PATH_INFO", "")))
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        seen = {"status": 0}

        def start(status: str, headers: list[tuple[str, str]], *rest: object) -> object:
            seen["status"] = int(status[:3])
            headers = [*headers, (HEADER, request_id)]
            return start_response(status, headers, *rest)  # type: ignore[arg-type]

        def done() -> None:
            duration_ms = round((time.perf_counter() - begin) * 1000, 1)
            log.info(
                "request",
                method=environ.get("REQUEST_METHOD"),
                # Quoted as it came: a path may hold line ends, a log line may not.
                path=quote(path, encoding="latin-1"),
                status=seen["status"],
                duration_ms=duration_ms,
            )
            structlog.contextvars.clear_contextvars()

        try:
            body = self.application(environ, start)  # type: ignore[arg-type]
        except BaseException:
            done()
            raise
        return ClosingIterator(body, done)


def single_slashes(path: str) -> str:
    """Return `path` with one slash for several, if it is a path of the API or of HAPI."""
    single = _SLASHES.sub("/", path)
    return single if single.startswith(PLAIN) else path
