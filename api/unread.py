"""Reads what a route has left of a request's body before the answer begins.

A request may be answered without its body: it names no account, or is too large. gunicorn takes
the rest off the connection after the answer; with it, it may take the beginning of the client's
next request, which then waits for bytes that have come already, until the connection is closed.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_CHUNK_BYTES = 64 * 2**10


class Unread:
    """WSGI middleware that leaves nothing of a body unread.

    Only where the server says that a body ends by itself; elsewhere reading on would wait.
    """

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request, and read its body to the end."""
        answer = self._application(environ, start_response)
        if environ.get("wsgi.input_terminated"):
            # A client that is gone has no use for its connection.
            with suppress(OSError):
                while environ["wsgi.input"].read(_CHUNK_BYTES):
                    pass
        return answer
