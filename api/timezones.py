"""Time zones: their names, and what clocks there show at an instant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import flask

from api import inputs
from api.answers import answer
from core.errors import BadInput
from core.search.parsing import read_time
from core.time_zones import local_time, zone_names

if TYPE_CHECKING:
    from core.observatory import Observatory


def blueprint(observatory: Observatory) -> flask.Blueprint:
    """Return the routes below ``/utils/timezones``."""
    routes = flask.Blueprint("timezones", __name__)

    @routes.get("/utils/timezones")
    def names() -> flask.Response:
        return answer(zone_names())

    @routes.get("/utils/timezones/convert")
    def convert() -> flask.Response:
        zone = inputs.text("tz")
        if zone is None:
            raise BadInput("tz is missing.", hint="Name a time zone.", field="tz", value=None)
        return answer(local_time(read_time(inputs.text("ts"), "ts"), zone))

    return routes
