"""The results of a search, as the request wants them: its format, its rows, its entity tag."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import flask
import pyarrow as pa

from api import formats, paging
from api.answers import JSON_TYPE, stream
from api.delivery import FORMATS, Wanted, asks_for_queries, deliver
from api.entity import not_modified, tag_of, tagged
from api.inputs import boolean, choice
from api.urls import base_url
from core.search.results.flat import flat
from core.search.results.result_set import as_records

if TYPE_CHECKING:
    from api.masks import Mask
    from core.search.results.header import ResultHeader
    from core.search.results.result_set import ResultSet

PROVENANCE_HEADER = "X-Atlas-Provenance"
FACTS_KEY = "aurora_atlas_facts"


def deliver_results(
    results: ResultSet, query: dict[str, Any], most_rows: int, mask: Mask | None = None
) -> flask.Response:
    """Return what the request asks for of a result.

    Parameters
    ----------
    results : ResultSet
    query : dict
        The query as it was sent; events of conjunctions may carry queries made of it.
    most_rows : int
        Rows of one answer at the most.
    mask : mapping, optional
        A checked response format, for JSON.
    """
    kind = formats.chosen(formats.ALL if mask is None else formats.JSON_ALONE)
    if kind != JSON_TYPE:
        paging.refuse_parameters(kind, "data_source_record_format", "generate_ephemeris_queries")
    page = paging.read_page(results, most_rows)
    tables, matched = results.tables(page.offset, page.limit, page.sort, page.where)
    paging.check_size(page, matched, most_rows)
    wanted = _wanted(query, mask)
    tag = tag_of(results.version(), kind, page, wanted)
    response = not_modified(tag)
    if response is None:
        response = tagged(_body(kind, results, tables, wanted), tag)
    if results.header.simulated:
        response.headers[PROVENANCE_HEADER] = "simulated"
    return paging.counted(response, page, matched)


def _wanted(query: dict[str, Any], mask: Mask | None) -> Wanted:
    if mask is not None:
        return Wanted(base_url(), "basic_info", mask, query if asks_for_queries(mask) else None)
    form = choice("data_source_record_format", FORMATS, "basic_info")
    with_queries = boolean("generate_ephemeris_queries")
    return Wanted(base_url(), form, None, query if with_queries else None)


def flat_tables(tables: Iterator[pa.Table], header: ResultHeader) -> Iterator[pa.Table]:
    """Return tables of a result as the formats other than JSON deliver them."""
    facts = {
        "program": "Aurora Atlas",
        "simulated": header.simulated,
        "query": header.query,
        "latitude_frame": header.latitude_frame,
    }
    # Asked for now: when the tables are written, there may be no request any more.
    metadata, base = {FACTS_KEY: json.dumps(facts)}, base_url()
    return (flat(table, header, base).replace_schema_metadata(metadata) for table in tables)


def _body(
    kind: str, results: ResultSet, tables: Iterator[pa.Table], wanted: Wanted
) -> flask.Response:
    if kind != JSON_TYPE:
        return formats.stream_tables(kind, flat_tables(tables, results.header))
    records = (record for table in tables for record in as_records(table, results.header))
    return stream(deliver(records, results.sources, wanted), "result")
