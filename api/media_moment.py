"""Moments by address: who is where at a time, for the globe and the map.

``GET /media/moment/<YYYYMMDDTHHMM>.json`` (seconds may follow the minutes). The entity tag is made
of the data files that hold the records and of everything that was asked, so that a known answer
is 304 before anything is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, cast

import flask
import numpy as np

from api.answers import encode
from api.media_answers import labelled, no_such, split_name, tagged
from core.archive.presence import day_files
from core.grids.moment import (
    DEFAULT_ALT_KM,
    DEFAULT_TRAIL_MIN,
    LATITUDES,
    MAX_ALT_KM,
    MAX_TRAIL_MIN,
    Latitudes,
    check_time,
    moment,
    provenance_at,
)
from core.grids.moment_document import moment_document
from core.imaging.query_fields import Fields, bad

if TYPE_CHECKING:
    from core.archive import Archive
    from core.archive.snapshot import Snapshot
    from core.observatory import Observatory

_KINDS = ("json",)
_FORM = "YYYYMMDDTHHMM.json or YYYYMMDDTHHMMSS.json"
_FORMATS = {13: "%Y%m%dT%H%M", 15: "%Y%m%dT%H%M%S"}
# Raised whenever the same records would be told differently.
_TELLER = 1


def blueprint(observatory: Observatory) -> flask.Blueprint:
    """Return the route ``/media/moment``."""
    routes = flask.Blueprint("media_moment", __name__)
    archive = observatory.archive

    @routes.get("/media/moment/<name>")
    def at(name: str) -> flask.Response:
        stem, kind = split_name(name, _KINDS, _FORM)
        query = MomentQuery.from_dict(_time(stem, name), flask.request.args.to_dict())
        # One look for the newest version serves tag, header and document.
        newest = archive.ephemeris.store.snapshot()
        facts = ("moment", _TELLER, query, *_version(archive, newest, query))
        # Not kept: playing through a night would drive the pictures out of the cache, and a moment
        # is made in less time than a picture is missed.
        answer = tagged(None, kind, facts, lambda: _document(archive, newest, query))
        return labelled(answer, provenance_at(archive, query.time, newest), query.time)

    return routes


@dataclass(frozen=True, slots=True)
class MomentQuery:
    """What a request asks for, checked."""

    time: np.datetime64
    trail_min: int
    alt_km: float
    fov: bool
    latitudes: Latitudes

    @classmethod
    def from_dict(cls, time: np.datetime64, parameters: Mapping[str, str]) -> MomentQuery:
        """Return the query that a time and the parameters of an address make; BadInput."""
        fields = Fields(parameters, ("trail_min", "alt_km", "fov", "latitudes"))
        trail_min = fields.number_within("trail_min", DEFAULT_TRAIL_MIN, 0, MAX_TRAIL_MIN)
        if not float(trail_min).is_integer():
            raise bad("trail_min", fields.text("trail_min"), "Write a whole number of minutes.")
        alt_km = fields.number_within("alt_km", DEFAULT_ALT_KM, 0.0, MAX_ALT_KM)
        latitudes = cast("Latitudes", fields.choice("latitudes", LATITUDES, LATITUDES[0]))
        fov = not fields.text("fov") or fields.flag("fov")
        return cls(check_time(time), int(trail_min), alt_km, fov, latitudes)


def _time(stem: str, name: str) -> np.datetime64:
    try:
        if stem.isascii() and len(stem) in _FORMATS:
            return np.datetime64(datetime.strptime(stem, _FORMATS[len(stem)]), "us")  # noqa: DTZ007 - UTC
    except ValueError:
        pass  # told below
    raise no_such(name, _FORM)


def _version(archive: Archive, newest: Snapshot, query: MomentQuery) -> tuple[object, ...]:
    """Return what changes when the answer could: the files of its days, and the sources."""
    first = (query.time - np.timedelta64(query.trail_min, "m")).astype("datetime64[D]")
    last = (query.time + np.timedelta64(1, "m")).astype("datetime64[D]")
    days = np.arange(first, last + 1).tolist()
    files = (path.name for day in days for path in day_files(newest, None, day))
    return (archive.catalogue.sources.revision(), *files)


def _document(archive: Archive, newest: Snapshot, query: MomentQuery) -> bytes:
    found = moment(
        archive,
        query.time,
        alt_km=query.alt_km,
        trail_min=query.trail_min,
        latitudes=query.latitudes,
        snapshot=newest,
    )
    return encode(moment_document(found, fov=query.fov)).encode()
