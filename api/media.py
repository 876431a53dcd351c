"""Pictures of keograms, by address.

``GET /media/keogram/<source>/<YYYY-MM-DD>.png`` (or ``.webp``) draws the day, or the window that
``start`` and ``end`` give. Size, limits, percentiles, colour map and logarithmic scale are
parameters; `core.imaging.picture_query` checks them. The entity tag is made of the stored
keogram's version and everything that was asked, so that a known picture is answered with 304
before anything is read or painted.
"""

from __future__ import annotations

import hashlib
from datetime import date
from typing import TYPE_CHECKING, cast

import flask

from api.cache import AnswerCache
from core.errors import NotFound
from core.imaging.picture_query import PictureQuery
from core.imaging.render import PictureFormat, paint

if TYPE_CHECKING:
    from core.observatory import Observatory

MEDIA_TYPES = {"png": "image/png", "webp": "image/webp"}
# Raised whenever the same counts would be painted differently, so that caches let go.
PAINTER = 1


def register(server: flask.Flask, observatory: Observatory) -> None:
    """Install the routes on `server`."""
    cache = AnswerCache(server, observatory.settings)
    server.register_blueprint(blueprint(observatory, cache))


def blueprint(observatory: Observatory, cache: AnswerCache) -> flask.Blueprint:
    """Return the routes under ``/media/keogram``."""
    routes = flask.Blueprint("media", __name__)

    @routes.get("/media/keogram/<int:source>/<name>")
    def keogram(source: int, name: str) -> flask.Response:
        day, kind = _day_and_kind(name)
        query = PictureQuery.from_dict(day, flask.request.args.to_dict(), observatory.settings)
        version = observatory.keograms.version(source, query.start, query.end)
        response = flask.Response(mimetype=MEDIA_TYPES[kind])
        tag = _tag(version, query, kind)
        response.set_etag(tag)
        # A keogram grows while its night is being ingested: caches keep it and ask again.
        response.cache_control.no_cache = True
        if not flask.request.if_none_match.contains(tag):
            response.set_data(cache.get(tag, lambda: _picture(observatory, source, query, kind)))
        return cast("flask.Response", response.make_conditional(flask.request))

    return routes


def _picture(
    observatory: Observatory, source: int, query: PictureQuery, kind: PictureFormat
) -> bytes:
    dataset = observatory.keograms.load(source, query.start, query.end, minutes=query.minutes)
    size = (query.width, query.height)
    return paint(dataset, query.start, query.end, size, query.style).encode(kind)


def _day_and_kind(name: str) -> tuple[date, PictureFormat]:
    stem, _, kind = name.rpartition(".")
    try:
        if kind in MEDIA_TYPES and len(stem) == 10:
            return date.fromisoformat(stem), cast("PictureFormat", kind)
    except ValueError:
        pass  # told below
    raise NotFound(
        f"There is no picture {name[:60]!r}.",
        hint="Pictures are named YYYY-MM-DD.png or YYYY-MM-DD.webp.",
        kind="picture",
        key=name,
    )


def _tag(version: str, query: PictureQuery, kind: str) -> str:
    text = f"{PAINTER}|{version}|{query}|{kind}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]
