"""Grids of the whole Earth by address: as bytes for a texture, as numbers, as pictures.

``GET /media/grids.json`` lists the series. ``/media/grid/<series>/<YYYYMMDDTHHMMSS>.bin`` is one
grid, a byte a cell; ``.json`` says what it shows. Of imager arrays a grid is made of the frames
nearest to the time. The entity tag is made of everything that the answer depends on, so that a
known answer is 304 before anything is rendered.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import flask
import numpy as np

from api.answers import encode
from api.cache import AnswerCache
from api.media_answers import labelled, moment_of, split_name, tagged
from core.grids.document import at_document, frame_document, series_document
from core.grids.grid_files import grid_bytes, netcdf_bytes, paint_grid
from core.grids.grid_query import AtQuery, GridQuery
from core.grids.live import GridFrame
from core.grids.map_mosaic import map_mosaic, mosaic_document, paint_mosaic
from core.grids.mosaic_query import MosaicQuery
from core.grids.series import Series
from core.imaging.fisheye import RGBA
from core.imaging.fisheye import encode as encode_picture
from core.imaging.render import PictureFormat

if TYPE_CHECKING:
    from core.observatory import Observatory

_GRID_KINDS = ("bin", "json", "webp", "png", "nc")
_GRID_FORM = "YYYYMMDDTHHMMSS.bin, .json, .webp, .png or .nc"
_MOSAIC_KINDS = ("webp", "png", "json")
_MOSAIC_FORM = "YYYYMMDDTHHMMSS.webp, .png or .json"
CAMERAS_HEADER = "X-Atlas-Cameras"


def blueprint(observatory: Observatory, cache: AnswerCache) -> flask.Blueprint:
    """Return the routes under ``/media/grids.json`` and ``/media/grid``."""
    routes = flask.Blueprint("media_grids", __name__)
    handlers = Grids(observatory, cache)
    routes.add_url_rule("/media/grids.json", "grids", handlers.index)
    routes.add_url_rule("/media/grid/<series>/<name>", "grid", handlers.grid)
    routes.add_url_rule("/media/grid/<series>/<stem>/at.json", "grid_at", handlers.at)
    routes.add_url_rule("/media/mosaic/<series>/<name>", "mosaic", handlers.mosaic)
    return routes


class Grids:
    """Handlers over the grids of one observatory."""

    def __init__(self, observatory: Observatory, cache: AnswerCache) -> None:
        self.observatory, self.cache = observatory, cache

    def index(self) -> flask.Response:
        """Return the series that there are."""
        document = series_document(self.observatory.grids)
        return tagged(None, "json", (document,), lambda: encode(document).encode())

    def grid(self, series: str, name: str) -> flask.Response:
        """Return one grid."""
        stem, kind = split_name(name, _GRID_KINDS, _GRID_FORM)
        found, moment = self.observatory.grids.get(series), moment_of(stem, name, _GRID_FORM)
        query = GridQuery.from_dict(_parameters(), found)

        def make(frame: GridFrame) -> bytes:
            if kind == "json":
                return encode(frame_document(frame, query)).encode()
            if kind == "nc":
                return netcdf_bytes(frame, query)
            if kind == "bin":
                return grid_bytes(frame, query)
            return _picture(paint_grid(frame, query), kind, frame_document(frame, query))

        return self._answer(found, moment, kind, query, make)

    def mosaic(self, series: str, name: str) -> flask.Response:
        """Return a series on a map."""
        stem, kind = split_name(name, _MOSAIC_KINDS, _MOSAIC_FORM)
        grids, found = self.observatory.grids, self.observatory.grids.get(series)
        moment = moment_of(stem, name, _MOSAIC_FORM)
        query = MosaicQuery.from_dict(_parameters(), found, self.observatory.settings)

        def make() -> bytes:
            mosaic = map_mosaic(grids, found, moment, query)
            document = mosaic_document(mosaic, found, moment, query)
            if kind == "json":
                return encode(document).encode()
            return _picture(paint_mosaic(mosaic, query), kind, document)

        facts = ("mosaic", found, grids.version(found, moment), moment, query)
        return tagged(self.cache, kind, facts, make)

    def at(self, series: str, stem: str) -> flask.Response:
        """Return the value at a place."""
        form = "YYYYMMDDTHHMMSS/at.json"
        found, moment = self.observatory.grids.get(series), moment_of(stem, stem, form)
        query = AtQuery.from_dict(_parameters())

        def make(frame: GridFrame) -> bytes:
            return encode(at_document(frame, query)).encode()

        return self._answer(found, moment, "json", query, make)

    def _answer(
        self,
        series: Series,
        time: np.datetime64,
        kind: str,
        query: GridQuery | AtQuery,
        make: Callable[[GridFrame], bytes],
    ) -> flask.Response:
        grids = self.observatory.grids
        # Most of a grid is empty: a twentieth of the bytes remains, for two milliseconds.
        packed = kind == "bin" and flask.request.accept_encodings["gzip"] > 0
        facts = ("grid", series, grids.version(series, time), time, query, packed)
        shown: list[GridFrame] = []

        def made() -> bytes:
            shown.append(grids.grid(series, time, query.rule))
            content = make(shown[0])
            return gzip.compress(content, 1, mtime=0) if packed else content

        response = tagged(None, kind, facts, made)
        if kind == "bin":
            response.vary.add("Accept-Encoding")
        if packed and shown:
            response.headers["Content-Encoding"] = "gzip"
        return said_of(response, shown[0]) if shown else response


def said_of(response: flask.Response, frame: GridFrame) -> flask.Response:
    """Return the answer with headers that say what the grid shows."""
    marks = sorted({mark for camera in frame.cameras for mark in camera.marks})
    if frame.of:
        response.headers[CAMERAS_HEADER] = f"{len(frame.cameras)}/{frame.of}"
    return labelled(response, frame.provenance, frame.valid_time, marks)


def _picture(painted: RGBA, kind: str, document: dict[str, Any]) -> bytes:
    about = {
        key: str(document[key])
        for key in ("series", "time", "valid_time", "provenance", "units", "limits", "rule")
    }
    return encode_picture(painted, cast("PictureFormat", kind), about)


def _parameters() -> dict[str, str]:
    return flask.request.args.to_dict()
