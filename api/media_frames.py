"""Frames by address: as the camera saw them, and on a map.

``GET /media/frame/<source>/<YYYYMMDDTHHMMSS>.webp`` (``.png``, ``.json``) is the frame measured
nearest to that time, at most one cadence away; ``/media/map/...`` the same on a map around the
site. A frame is shown without a skymap too. A map needs one, and is refused with the reason where
none belongs to the frame; ``accept_skymap=1`` takes one of another time, which is said in
headers and JSON.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import flask
import numpy as np

from api.answers import encode
from api.cache import AnswerCache
from api.media_answers import labelled, moment_of, split_name, tagged
from core.imaging.fisheye import RGBA
from core.imaging.fisheye import encode as encode_picture
from core.imaging.frame_media import (
    SkymapAnswer,
    ask_skymap,
    fisheye_picture,
    frame_document,
    frame_map,
    imager_array,
    map_grid,
    moment_document,
    need_skymap,
)
from core.imaging.frame_query import FrameQuery, MapQuery
from core.imaging.frames import Frames
from core.imaging.render import PictureFormat
from core.instruments.array import ImagerArray

if TYPE_CHECKING:
    from core.observatory import Observatory

_KINDS = ("webp", "png", "json")
_FORM = "YYYYMMDDTHHMMSS.webp, .png or .json"


def blueprint(observatory: Observatory, cache: AnswerCache) -> flask.Blueprint:
    """Return the routes under ``/media/frame`` and ``/media/map``."""
    routes = flask.Blueprint("media_frames", __name__)
    handlers = FramePictures(observatory, cache)
    for what, view in (("frame", handlers.frame), ("map", handlers.map)):
        routes.add_url_rule(f"/media/{what}/<int:source>/<name>", what, view)
    return routes


class FramePictures:
    """Handlers over the frames of one observatory."""

    def __init__(self, observatory: Observatory, cache: AnswerCache) -> None:
        self.observatory, self.cache = observatory, cache

    def frame(self, source: int, name: str) -> flask.Response:
        """Return a frame as the camera saw it."""
        query = FrameQuery.from_dict(flask.request.args.to_dict(), self.observatory.settings)
        time, kind, array = self._found(source, name)
        answer = SkymapAnswer(None)
        if query.marks or kind == "json":
            answer = self._ask(source, time, accept=query.accept_skymap)

        def make() -> bytes:
            frames = self._frames(source, time)
            if kind == "json":
                return _document(frame_document(frames, query, answer, array))
            painted = fisheye_picture(frames, query, answer.use)
            return _picture(painted, kind, frames, answer.marks())

        facts = (query, answer.key)
        return self._answer("frame", source, time, kind, facts, answer.marks(), make)

    def map(self, source: int, name: str) -> flask.Response:
        """Return a frame on a map around its site."""
        time, kind, array = self._found(source, name)
        query = MapQuery.from_dict(flask.request.args.to_dict(), array, self.observatory.settings)
        frames_of = self.observatory.frames
        use = need_skymap(frames_of, source, time, accept=query.accept_skymap)
        answer = SkymapAnswer(use)

        def make() -> bytes:
            frames = self._frames(source, time)
            if kind == "json":
                return _document(_map_document(frames, query, answer, array))
            return _picture(frame_map(frames, query, use), kind, frames, answer.marks())

        facts = (query, answer.key)
        return self._answer("map", source, time, kind, facts, answer.marks(), make)

    def _found(self, source: int, name: str) -> tuple[np.datetime64, str, ImagerArray]:
        stem, kind = split_name(name, _KINDS, _FORM)
        asked = moment_of(stem, name)
        array = imager_array(self.observatory.archive.catalogue.sources.get(source))
        return self.observatory.frames.frame_time(source, asked, array.cadence_s), kind, array

    def _frames(self, source: int, time: np.datetime64) -> Frames:
        return self.observatory.frames.frames(source, np.array([time]))

    def _ask(self, source: int, time: np.datetime64, *, accept: bool) -> SkymapAnswer:
        return ask_skymap(self.observatory.frames, source, time, accept=accept)

    def _answer(
        self,
        what: str,
        source: int,
        time: np.datetime64,
        kind: str,
        facts: Sequence[object],
        marks: Sequence[str],
        make: Any,
    ) -> flask.Response:
        frames = self.observatory.frames
        everything = (what, source, frames.version(source), time, *facts)
        response = tagged(self.cache, kind, everything, make)
        return labelled(response, frames.provenance_of(source, time), time, marks)


def _picture(painted: RGBA, kind: str, frames: Frames, marks: Sequence[str]) -> bytes:
    about = {key: str(value) for key, value in moment_document(frames).items()}
    about |= {"marks": ", ".join(marks)} if marks else {}
    return encode_picture(painted, cast("PictureFormat", kind), about)


def _document(document: dict[str, Any]) -> bytes:
    return encode(document).encode()


def _map_document(
    frames: Frames, query: MapQuery, answer: SkymapAnswer, array: ImagerArray
) -> dict[str, Any]:
    assert answer.use is not None
    grid = map_grid(answer.use, query)
    return {
        **moment_document(frames),
        "width": query.size,
        "height": query.size,
        "lat_deg": grid.lat_deg,
        "lon_deg": grid.lon_deg,
        "radius_km": query.radius_km,
        "alt_km": query.alt_km,
        "min_elevation_deg": query.min_elevation_deg,
        "projection": "azimuthal equidistant, north up, west to the left",
        "units": array.intensity_unit,
        "skymap": answer.to_dict(),
    }
