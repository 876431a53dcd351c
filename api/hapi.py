"""HAPI 3.3 under ``/hapi``: documents and streams of records.

A stream begins when its first records are read, so that what fails early is still a status
document. What fails later breaks the transfer off, which clients notice.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import flask

from api.hapi_page import landing_page
from api.hapi_status import ROOT, document, open_to_all, refused, respond
from api.urls import base_url
from core.errors import HapiRefused
from core.hapi import requests
from core.hapi.codes import refusal
from core.hapi.service import Hapi, Stream
from core.logs import get_logger

if TYPE_CHECKING:
    from core.observatory import Observatory

log = get_logger(__name__)

_MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "binary": "application/octet-stream",
    "json": "application/json",
}
_ENDPOINTS = ("about", "capabilities", "catalog", "info", "data")


def blueprint(observatory: Observatory) -> flask.Blueprint:
    """Return the routes under ``/hapi``."""
    routes = flask.Blueprint("hapi", __name__, url_prefix=ROOT)
    routes.register_error_handler(HapiRefused, refused)
    routes.after_request(open_to_all)
    handlers = Handlers(Hapi(observatory.archive, observatory.keograms, observatory.frames))
    routes.get("")(handlers.landing)
    for endpoint in _ENDPOINTS:
        routes.get(f"/{endpoint}")(getattr(handlers, endpoint))
    routes.get("/")(without_slash)
    routes.get("/<endpoint>/", strict_slashes=False)(without_slash)
    return routes


class Handlers:
    """What the endpoints answer, over one observatory."""

    def __init__(self, hapi: Hapi) -> None:
        self.hapi = hapi

    def landing(self) -> flask.Response:
        """Return the page for people."""
        requests.read_nothing(_given())
        count = len(self.hapi.catalog("dataset", base_url())["catalog"])
        page = landing_page(self.hapi.about(), count, base_url())
        return respond(flask.Response(page, content_type="text/html; charset=utf-8"), 1200)

    def about(self) -> flask.Response:
        """Say whose server this is."""
        requests.read_nothing(_given())
        return document(self.hapi.about())

    def capabilities(self) -> flask.Response:
        """Say what formats there are."""
        requests.read_nothing(_given())
        return document(self.hapi.capabilities())

    def catalog(self) -> flask.Response:
        """List the datasets."""
        depth = requests.read_catalog(_given())
        return _dated(document(self.hapi.catalog(depth, base_url())), self.hapi.modified_ms())

    def info(self) -> flask.Response:
        """Describe a dataset."""
        asked = requests.read_info(_given())
        answer = document(self.hapi.info(asked, base_url()))
        return _dated(answer, self.hapi.modified_ms(asked.dataset))

    def data(self) -> flask.Response:
        """Send records."""
        return _streamed(self.hapi.data(requests.read_data(_given()), base_url()))


def without_slash(endpoint: str = "") -> flask.Response:
    """Lead to the same address without the slash at its end."""
    if endpoint and endpoint not in _ENDPOINTS:
        raise refusal(1400)
    query = flask.request.query_string.decode("latin-1")
    place = f"{ROOT}/{endpoint}".rstrip("/") + (f"?{query}" if query else "")
    return flask.Response(status=301, headers={"Location": place})


def _given() -> dict[str, list[str]]:
    return dict(flask.request.args.lists())


def _dated(response: flask.Response, modified_ms: int) -> flask.Response:
    response.last_modified = datetime.fromtimestamp(modified_ms / 1000, UTC)
    return response


def _streamed(stream: Stream) -> flask.Response:
    """Return records as a response; a HEAD request is answered without reading any."""
    kind = _MEDIA_TYPES[stream.format]
    if flask.request.method == "HEAD":
        return respond(flask.Response(content_type=kind), stream.code)
    begun = stream.begun()
    return respond(flask.Response(_watched(begun), content_type=kind), begun.code)


def _watched(stream: Stream) -> Iterator[bytes]:
    try:
        yield from stream.chunks()
    except Exception as error:
        log.error("hapi_stream_broken", error=type(error).__name__, message=str(error))
        raise
