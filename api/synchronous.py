"""Searches that are answered in the same request, and not kept."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import flask

from api import inputs, masks
from api.answers import stream
from api.delivery import Wanted, deliver
from api.urls import base_url
from core.errors import BadInput, LimitExceeded
from core.search.query import EphemerisQuery, ProductQuery
from core.search.records import find_records

if TYPE_CHECKING:
    from core.observatory import Observatory

MAX_EPHEMERIS_DAYS = 2


def blueprint(observatory: Observatory) -> flask.Blueprint:
    """Return the two routes."""
    routes = flask.Blueprint("synchronous", __name__)

    @routes.post("/ephemeris/search_synchronous")
    def ephemeris() -> flask.Response:
        asked, mask = _read_body()
        query = EphemerisQuery.from_dict(asked, observatory.settings)
        if query.end - query.start > timedelta(days=MAX_EPHEMERIS_DAYS):
            raise LimitExceeded(
                f"The window is longer than {MAX_EPHEMERIS_DAYS} days.",
                hint="Submit the search to /api/v1/ephemeris/search instead.",
                field="query.end",
                limit="days",
                asked=(query.end - query.start) / timedelta(days=1),
                allowed=MAX_EPHEMERIS_DAYS,
            )
        return _answer(observatory, query, mask)

    @routes.post("/data_products/search_synchronous")
    def data_products() -> flask.Response:
        asked, mask = _read_body()
        return _answer(observatory, ProductQuery.from_dict(asked, observatory.settings), mask)

    return routes


def _read_body() -> tuple[dict[str, Any], masks.Mask | None]:
    body = inputs.json_object()
    mask = body.get("response_format") or None
    for name, value in (("query", body.get("query")), ("response_format", mask or {})):
        if not isinstance(value, dict):
            raise BadInput(f"{name} is not an object.", field=name, value=value)
    if mask is not None:
        masks.check(mask)
    return body["query"], mask


def _answer(
    observatory: Observatory, query: EphemerisQuery | ProductQuery, mask: masks.Mask | None
) -> flask.Response:
    archive = observatory.archive
    sources = {source.identifier: source for source in archive.catalogue.sources.list()}
    records = find_records(archive, query)
    return stream(deliver(records, sources, Wanted(base_url(), mask=mask)))
