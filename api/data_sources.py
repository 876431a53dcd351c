"""Data sources: list, search, one by its identifier."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import flask

from api import inputs
from api.answers import answer
from api.delivery import FORMATS
from api.entity import tagged_by_content
from api.listings import source_listing
from core.archive.records import source_to_dict
from core.archive.statistics import statistics
from core.instruments.model import DataSource
from core.search.parsing import read_strings

if TYPE_CHECKING:
    from core.archive import Archive
    from core.observatory import Observatory

FILTERS = ("program", "platform", "instrument_type", "source_type", "owner")
LISTS = ("programs", "platforms", "instrument_types")


def blueprint(observatory: Observatory) -> flask.Blueprint:
    """Return the reading routes of data sources."""
    routes = flask.Blueprint("data_sources", __name__)
    archive = observatory.archive

    @routes.get("/data_sources")
    def list_sources() -> flask.Response:
        found = archive.catalogue.sources.list(**{name: inputs.text(name) for name in FILTERS})
        return _listed(_delivered(archive, found))

    @routes.post("/data_sources/search")
    def search_sources() -> flask.Response:
        body = inputs.json_object()
        found = archive.catalogue.sources.search(
            *(read_strings(body.get(name), name) for name in LISTS)
        )
        return _listed(_delivered(archive, found))

    @routes.get("/data_sources/<identifier>")
    def get_source(identifier: str) -> flask.Response:
        found = archive.catalogue.sources.get(inputs.integer(identifier, "identifier"))
        return tagged_by_content(answer(_delivered(archive, [found], hidden=True)[0]))

    @routes.get("/data_sources/<identifier>/stats")
    def get_statistics(identifier: str) -> flask.Response:
        # `slow` asks to count anew. Counts here always are, so it is checked and changes nothing.
        inputs.boolean("slow")
        form = inputs.choice("format", FORMATS, "basic_info")
        found = archive.catalogue.sources.get(inputs.integer(identifier, "identifier"))
        counted = statistics(archive, [found.identifier])[found.identifier]
        return answer(counted.to_dict() | {"data_source": source_to_dict(found, form)})

    return routes


def _listed(documents: list[dict[str, Any]]) -> flask.Response:
    form = inputs.choice("format", FORMATS, "basic_info")
    return source_listing(documents, form, inputs.boolean("include_stats"))


def _delivered(
    archive: Archive, sources: Iterable[DataSource], hidden: bool = False
) -> list[dict[str, Any]]:
    form = inputs.choice("format", FORMATS, "basic_info")
    # Sources below zero stand for points that a query names; no listing shows them.
    shown = [source for source in sources if hidden or source.identifier >= 0]
    documents = [source_to_dict(source, form) for source in shown]
    if inputs.boolean("include_stats"):
        counted = statistics(archive, [source.identifier for source in shown])
        for source, item in zip(shown, documents, strict=True):
            item["stats"] = counted[source.identifier].to_dict()
    return documents
