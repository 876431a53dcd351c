"""Grids of the whole Earth by address: as bytes for a texture, as numbers, as pictures.

``GET /media/grids.json`` lists the series. ``/media/grid/<series>/<YYYYMMDDTHHMMSS>.bin`` is one
grid, a byte a cell; ``.json`` says what it shows. Of imager arrays a grid is made of the frames
nearest to the time. The entity tag is made of everything that the answer depends on, so that a
known answer is 304 before anything is rendered.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import flask
import numpy as np

from api.answers import encode
from api.cache import AnswerCache
from api.media_answers import labelled, moment_of, split_name, tagged
from core.grids.definition import COLUMNS, ROWS
from core.grids.document import at_document, frame_document, series_document
from core.grids.grid_query import AtQuery, GridQuery
from core.grids.live import GridFrame
from core.grids.series import Series
from core.imaging.colour import to_indices

if TYPE_CHECKING:
    from core.observatory import Observatory

_KINDS = ("bin", "json")
_FORM = "YYYYMMDDTHHMMSS.bin or .json"
CAMERAS_HEADER = "X-Atlas-Cameras"


def blueprint(observatory: Observatory, cache: AnswerCache) -> flask.Blueprint:
    """Return the routes under ``/media/grids.json`` and ``/media/grid``."""
    routes = flask.Blueprint("media_grids", __name__)
    handlers = Grids(observatory, cache)
    routes.add_url_rule("/media/grids.json", "grids", handlers.index)
    routes.add_url_rule("/media/grid/<series>/<name>", "grid", handlers.grid)
    routes.add_url_rule("/media/grid/<series>/<stem>/at.json", "grid_at", handlers.at)
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
        stem, kind = split_name(name, _KINDS, _FORM)
        found, moment = self.observatory.grids.get(series), moment_of(stem, name)
        query = GridQuery.from_dict(flask.request.args.to_dict(), found)

        def make(frame: GridFrame) -> bytes:
            if kind == "json":
                return encode(frame_document(frame, query)).encode()
            return grid_bytes(frame, query)

        return self._answer(found, moment, kind, query, make)

    def at(self, series: str, stem: str) -> flask.Response:
        """Return the value at a place."""
        found, moment = self.observatory.grids.get(series), moment_of(stem, stem)
        query = AtQuery.from_dict(flask.request.args.to_dict())

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
        facts = ("grid", series, grids.version(series, time), time, query)
        shown: list[GridFrame] = []

        def made() -> bytes:
            shown.append(grids.grid(series, time, query.rule))
            return make(shown[0])

        response = tagged(None, kind, facts, made)
        return said_of(response, shown[0]) if shown else response


def said_of(response: flask.Response, frame: GridFrame) -> flask.Response:
    """Return the answer with headers that say what the grid shows."""
    marks = sorted({mark for camera in frame.cameras for mark in camera.marks})
    if frame.of:
        response.headers[CAMERAS_HEADER] = f"{len(frame.cameras)}/{frame.of}"
    return labelled(response, frame.provenance, frame.valid_time, marks)


def grid_bytes(frame: GridFrame, query: GridQuery) -> bytes:
    """Return a byte a cell: 0 for none, 1 to 255 between the limits."""
    whole = np.zeros(ROWS * COLUMNS, dtype=np.uint8)
    whole[frame.cells] = to_indices(frame.cell_values, query.limits)
    return whole.tobytes()
