"""``GET /api/openapi.json``, the same as WADL, and the page ``/api/docs`` that shows it."""

from __future__ import annotations

import functools
from pathlib import Path

import flask

from api.answers import JSON_TYPE, encode
from api.entity import tagged_by_content
from api.openapi.wadl import MEDIA_TYPE, to_wadl
from api.urls import base_url
from core.errors import NotFound

PAGE = Path(__file__).resolve().parent / "page"
FILES = {"docs.css": "text/css", "docs.js": "text/javascript"}


def blueprint() -> flask.Blueprint:
    """Return the routes."""
    routes = flask.Blueprint("openapi", __name__)

    @routes.get("/api/openapi.json")
    def description() -> flask.Response:
        return tagged_by_content(flask.Response(described(), content_type=JSON_TYPE))

    @routes.get("/api/application.wadl")
    def wadl() -> flask.Response:
        from api.openapi.spec import document

        text = to_wadl(document(), base_url())
        return tagged_by_content(flask.Response(text, content_type=MEDIA_TYPE))

    @routes.get("/api/docs")
    def page() -> flask.Response:
        text = (PAGE / "docs.html").read_bytes()
        return tagged_by_content(flask.Response(text, mimetype="text/html"))

    @routes.get("/api/docs/<name>")
    def file(name: str) -> flask.Response:
        if name not in FILES:
            raise NotFound(f"There is no file {name[:60]!r} here.", kind="file", key=name)
        return tagged_by_content(flask.Response((PAGE / name).read_bytes(), mimetype=FILES[name]))

    return routes


@functools.cache
def described() -> bytes:
    """Return the document as JSON; models are read at the first request, not at start-up."""
    from api.openapi.spec import document

    return encode(document()).encode()
