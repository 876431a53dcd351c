"""What administrators may see and do of everybody's searches."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import flask

from api import identity, inputs
from api.answers import answer, stream
from core.search.jobs.listing import RequestFilters, list_requests
from core.search.parsing import read_time

if TYPE_CHECKING:
    from core.observatory import Observatory

SEARCH_TYPES = ("conjunction", "ephemeris", "data_product")
# Times a thousand, this is still a number that every database can compare.
MOST = 10**9


def blueprint(observatory: Observatory) -> flask.Blueprint:
    """Return the routes below ``/utils/admin``."""
    routes = flask.Blueprint("admin", __name__)

    @routes.get("/utils/admin/search_requests")
    def search_requests() -> flask.Response:
        identity.require_administrator()
        return stream(list_requests(observatory.archive.catalogue.engine, _filters()))

    @routes.delete("/utils/admin/search_requests/<request_id>")
    def delete_search_request(request_id: str) -> flask.Response:
        service = observatory.search.seen_by(identity.require_administrator())
        service.forget(inputs.request_uuid(request_id))
        return answer({})

    return routes


def _filters() -> RequestFilters:
    kind = inputs.text("search_type")
    return RequestFilters(
        search_type=kind and inputs.choice("search_type", SEARCH_TYPES, kind),
        active=_boolean("active"),
        start=_time("start"),
        end=_time("end"),
        file_size=_whole("file_size"),
        result_count=_whole("result_count"),
        query_duration=_whole("query_duration"),
        error_condition=_boolean("error_condition"),
    )


def _boolean(name: str) -> bool | None:
    return None if inputs.text(name) is None else inputs.boolean(name)


def _whole(name: str) -> int | None:
    return None if inputs.text(name) is None else inputs.whole(name, 0, MOST)


def _time(name: str) -> datetime | None:
    given = inputs.text(name)
    return None if given is None else read_time(given, name)
