"""Keograms by address, as pictures and as numbers.

``GET /media/keogram/<source>/<YYYY-MM-DD>.png`` (or ``.webp``) draws the UT day, or the window
that ``start`` and ``end`` give; ``.json`` says what its axes are and ``.bin`` gives the counts.
`core.imaging.picture_query` reads the parameters. The entity tag is made of the keogram's version
and everything that was asked, so that a known answer is 304 before anything is read or painted.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, cast

import flask

from api import media_frames, media_grids, media_moment
from api.answers import encode
from api.cache import AnswerCache
from api.media_answers import labelled, no_such, split_name, tagged
from core.imaging.frame_media import SkymapAnswer, ask_first_skymap
from core.imaging.keogram_document import counts_bytes, keogram_document, load_numbers
from core.imaging.picture_query import NumbersQuery, PictureQuery
from core.imaging.render import Picture, PictureFormat, paint
from core.imaging.sky_pixels import sky_pixels

if TYPE_CHECKING:
    from core.observatory import Observatory

_KINDS = ("png", "webp", "json", "bin")
_FORM = "YYYY-MM-DD.png, .webp, .json or .bin"


def register(server: flask.Flask, observatory: Observatory) -> None:
    """Install the routes on `server`."""
    cache = AnswerCache(server, observatory.settings)
    server.register_blueprint(blueprint(observatory, cache))
    server.register_blueprint(media_frames.blueprint(observatory, cache))
    server.register_blueprint(media_moment.blueprint(observatory))
    server.register_blueprint(media_grids.blueprint(observatory, cache))


def blueprint(observatory: Observatory, cache: AnswerCache) -> flask.Blueprint:
    """Return the routes under ``/media/keogram``."""
    routes = flask.Blueprint("media", __name__)
    handlers = Keograms(observatory, cache)

    @routes.get("/media/keogram/<int:source>/<name>")
    def keogram(source: int, name: str) -> flask.Response:
        day, kind = _day_and_kind(name)
        if kind in ("json", "bin"):
            return handlers.numbers(source, day, kind)
        return handlers.picture(source, day, cast("PictureFormat", kind))

    return routes


class Keograms:
    """Handlers over the keograms of one observatory."""

    def __init__(self, observatory: Observatory, cache: AnswerCache) -> None:
        self.observatory, self.cache = observatory, cache

    def picture(self, source: int, day: date, kind: PictureFormat) -> flask.Response:
        """Return a keogram as a picture."""
        keograms = self.observatory.keograms
        query = PictureQuery.from_dict(day, _parameters(), self.observatory.settings)
        plan = keograms.plan(source, query.start, query.end)
        provenance = plan.provenance
        version = keograms.version(plan, query.line, accept=query.accept_skymap)
        facts: tuple[object, ...] = (version, query)
        if provenance != "simulated":
            # Their skymaps come and go by themselves; those of the model go with its version.
            facts = (*facts, self._skymap(source, query).key)

        def make() -> bytes:
            dataset = keograms.load_planned(
                plan, minutes=query.minutes, line=query.line, accept=query.accept_skymap
            )
            size = (query.width, query.height)
            sky = sky_pixels(dataset, None)
            if sky is None and (use := self._skymap(source, query).use):
                sky = sky_pixels(dataset, use.skymap)
            painted = paint(dataset, query.start, query.end, size, query.style, sky)
            return painted.encode(kind, _about(source, query, painted, provenance))

        answer = tagged(self.cache, kind, facts, make)
        marks = self._skymap(source, query).marks() if query.line != "column" else ()
        return labelled(answer, provenance, marks=marks)

    def numbers(self, source: int, day: date, kind: str) -> flask.Response:
        """Return the counts of a keogram, or what JSON says of them."""
        observatory = self.observatory
        query = NumbersQuery.from_dict(day, _parameters(), observatory.settings)
        # Axes depend on the skymap as well.
        skymap = self._skymap(source, query)
        plan = observatory.keograms.plan(source, query.start, query.end)
        version = observatory.keograms.version(plan, query.line, accept=query.accept_skymap)
        facts = (source, version, skymap.key, query)

        def make() -> bytes:
            limit = observatory.settings.max_keogram_values
            dataset = load_numbers(observatory.keograms, plan, query, limit)
            if kind == "bin":
                return counts_bytes(dataset)
            known = observatory.archive.catalogue.sources.get(source)
            document = keogram_document(dataset, known, query, skymap)
            return encode(document).encode()

        answer = tagged(self.cache, kind, facts, make)
        return labelled(answer, plan.provenance, marks=skymap.marks())

    def _skymap(self, source: int, query: PictureQuery | NumbersQuery) -> SkymapAnswer:
        """Return the skymap of the first frame in the window."""
        return ask_first_skymap(
            self.observatory.frames, source, query.start, query.end, accept=query.accept_skymap
        )


def _about(source: int, query: PictureQuery, painted: Picture, provenance: str) -> dict[str, str]:
    """Return what a file says of itself when it has left the page."""
    low, high = painted.limits
    return {
        "Title": f"Keogram of data source {source}, {query.line}",
        "Provenance": provenance,
        "Start": f"{query.start}Z",
        "End": f"{query.end}Z",
        "Limits": f"{low:g} to {high:g}",
    }


def _parameters() -> dict[str, str]:
    return flask.request.args.to_dict()


def _day_and_kind(name: str) -> tuple[date, str]:
    stem, kind = split_name(name, _KINDS, _FORM)
    try:
        if len(stem) == 10:
            return date.fromisoformat(stem), kind
    except ValueError:
        pass  # told below
    raise no_such(name, _FORM)
