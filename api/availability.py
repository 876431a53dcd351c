"""Availability: how many records each source has on each day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import flask

from api import inputs
from api.data_sources import FILTERS
from api.delivery import FORMATS
from api.listings import day_listing
from core.archive.availability import ephemeris_availability, product_availability
from core.archive.records import source_to_dict
from core.errors import BadInput
from core.instruments.model import DataSource

if TYPE_CHECKING:
    from core.archive import Archive
    from core.observatory import Observatory

Counts = dict[int, dict[str, int]]


def blueprint(observatory: Observatory) -> flask.Blueprint:
    """Return the routes below ``/availability``."""
    routes = flask.Blueprint("availability", __name__)
    archive = observatory.archive

    @routes.get("/availability/ephemeris")
    def ephemeris() -> flask.Response:
        start, end = period()
        sources = _asked_sources(archive)
        counts = ephemeris_availability(archive, start, end, _ids(sources))
        return _deliver(sources, counts, "available_ephemeris")

    @routes.get("/availability/data_products")
    def data_products() -> flask.Response:
        start, end = period()
        sources = _asked_sources(archive)
        kind = inputs.text("data_product_type")
        counts = product_availability(archive, start, end, _ids(sources), (kind,) if kind else ())
        return _deliver(sources, counts, "available_data_products")

    return routes


def period() -> tuple[date, date]:
    """Return the days asked for: from January 1st of this year, and for a year, by default."""
    start = inputs.day("start", datetime.now(UTC).date().replace(month=1, day=1))
    end = inputs.day("end", _year_later(start))
    if end < start:
        raise BadInput(f"end: {end} is before start, {start}.", field="end", value=str(end))
    return start, end


def _year_later(start: date) -> date:
    return date(min(start.year + 1, date.max.year), start.month, 1) + timedelta(days=start.day - 1)


def _asked_sources(archive: Archive) -> list[DataSource]:
    # `slow` asks to count directly instead of reading a table made in advance. Counts here are
    # always direct, so it is checked and changes nothing.
    inputs.boolean("slow")
    found = archive.catalogue.sources.list(**{name: inputs.text(name) for name in FILTERS})
    return [source for source in found if source.identifier >= 0]


def _ids(sources: list[DataSource]) -> list[int]:
    return [source.identifier for source in sources]


def _deliver(sources: list[DataSource], counts: Counts, key: str) -> flask.Response:
    form = inputs.choice("format", FORMATS, "basic_info")
    documents = [
        {"data_source": source_to_dict(source, form), key: counts[source.identifier]}
        for source in sources
        if counts.get(source.identifier)
    ]
    return day_listing(documents, form, key)
