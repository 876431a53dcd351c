"""Limits on requests, before any route sees them: their rate, how many at once, their address.

Rate and number are counted by client (see `api.clients`) for what works in the archive: the paths
in `COUNTED`. Pages, their callbacks, pictures and the health of the server are not: a page asks
for dozens of them at once, and each is small and bounded by limits of its own. Requests of this
very machine are not counted unless a setting says so: who sits at a laptop shares it with nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import uuid4

import flask
from werkzeug.exceptions import RequestURITooLarge
from werkzeug.wsgi import ClosingIterator

from api import clients
from api.counters import Counters, make_counters
from core.errors import TooManyRequests

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from core.settings import Settings

COUNTED = ("/api/", "/exports/", "/hapi")
# When a client with too many requests at once may try again: most end within that.
RETRY_S = 1.0
_RELEASE = "atlas.release"


def install(server: flask.Flask, settings: Settings, counters: Counters | None = None) -> None:
    """Check every request of `server`; call it before anything that asks who the client is."""
    held = counters or make_counters(settings.cache_url)
    server.config[clients.PROXIES] = settings.trusted_proxies

    def check() -> None:
        _check_url(settings.max_url_bytes)
        if flask.request.path.startswith(COUNTED) and (
            settings.throttle_local or not clients.is_local()
        ):
            _count(held, settings)

    server.before_request(check)
    server.wsgi_app = _Releases(server.wsgi_app)  # type: ignore[method-assign]


def _check_url(most: int) -> None:
    environ = flask.request.environ
    path = environ.get("RAW_URI") or f"{environ['PATH_INFO']}?{environ.get('QUERY_STRING', '')}"
    if len(path) > most:
        raise RequestURITooLarge(f"The address of the request is longer than {most} bytes.")


def _count(counters: Counters, settings: Settings) -> None:
    client = clients.name()
    wait_s = counters.take(client, settings.max_requests_per_minute)
    if wait_s:
        raise TooManyRequests(
            f"More than {settings.max_requests_per_minute} requests a minute.",
            hint=f"Try again in {max(1, round(wait_s + 0.5))} s.",
            limit="requests a minute",
            allowed=settings.max_requests_per_minute,
            retry_after_s=wait_s,
        )
    request_id = uuid4().hex
    if not counters.enter(client, request_id, settings.max_requests_at_once):
        raise TooManyRequests(
            f"{settings.max_requests_at_once} requests of yours are being answered already.",
            hint="Wait for one of them.",
            limit="requests at once",
            allowed=settings.max_requests_at_once,
            retry_after_s=RETRY_S,
        )
    flask.request.environ[_RELEASE] = lambda: counters.leave(client, request_id)


class _Releases:
    """WSGI middleware that tells when a request has ended: its last byte sent, or broken off."""

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def done() -> None:
            release = environ.pop(_RELEASE, None)
            if release is not None:
                release()

        try:
            body = self.application(environ, start_response)
        except BaseException:
            done()
            raise
        return ClosingIterator(body, done)
