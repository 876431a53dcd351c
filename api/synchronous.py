"""Searches that are answered in the same request, and not kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import flask
import pyarrow as pa

from api import formats, inputs, masks
from api.answers import JSON_TYPE, stream
from api.delivery import Wanted, deliver
from api.results import flat_tables
from api.urls import base_url
from core.errors import BadInput, LimitExceeded
from core.search.parsing import check_span
from core.search.query import EphemerisQuery, ProductQuery
from core.search.records import find_table
from core.search.results.result_set import BATCH_ROWS, as_records

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
        advice = "Or submit the search to /api/v1/ephemeris/search."
        check_span(query.start, query.end, MAX_EPHEMERIS_DAYS, advice, "query.end")
        return _answer(observatory, query, mask)

    @routes.post("/data_products/search_synchronous")
    def data_products() -> flask.Response:
        asked, mask = _read_body()
        return _answer(observatory, ProductQuery.from_dict(asked, observatory.settings), mask)

    return routes


def _read_body() -> tuple[dict[str, Any], masks.Mask | None]:
    body = inputs.json_object()
    mask = body.get("response_format")
    mask = {} if mask is None else mask
    for name, value in (("query", body.get("query")), ("response_format", mask)):
        if not isinstance(value, dict):
            raise BadInput(f"{name} is not an object.", field=name, value=value)
    if mask:
        masks.check(mask)
    return body["query"], mask or None


def _answer(
    observatory: Observatory, query: EphemerisQuery | ProductQuery, mask: masks.Mask | None
) -> flask.Response:
    kind = formats.chosen(formats.ALL if mask is None else formats.JSON_ALONE)
    observatory.search.price(query.kind, query.to_dict())
    table, header = find_table(observatory.archive, query)
    _check_rows(table.num_rows, observatory.settings.max_answer_rows)
    if kind != JSON_TYPE:
        return formats.stream_tables(kind, flat_tables(_parts(table), header))
    wanted = Wanted(base_url(), mask=mask)
    return stream(deliver(as_records(table, header), header.sources, wanted))


def _parts(table: pa.Table) -> Iterator[pa.Table]:
    for first in range(0, max(1, table.num_rows), BATCH_ROWS):
        yield table.slice(first, BATCH_ROWS)


def _check_rows(rows: int, most: int) -> None:
    if rows > most:
        raise LimitExceeded(
            f"The answer would have {rows} rows, more than {most}.",
            hint="Shorten the window, or submit the search and ask for its rows in parts.",
            field="query",
            limit="rows",
            asked=rows,
            allowed=most,
        )
