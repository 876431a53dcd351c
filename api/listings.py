"""Listings of data sources and of their availability, as JSON or as a flat table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import flask
import pyarrow as pa

from api import formats
from api.answers import JSON_TYPE, answer
from api.entity import tagged_by_content

TIME = pa.timestamp("us", tz="UTC")
# Columns of a data source in every format of it, as far as it has them.
SOURCE_TYPES: dict[str, pa.DataType] = {
    "identifier": pa.int32(),
    "program": pa.string(),
    "platform": pa.string(),
    "instrument_type": pa.string(),
    "source_type": pa.string(),
    "display_name": pa.string(),
    "owner": pa.string(),
    "maintainers": pa.string(),
    "metadata_json": pa.string(),
    "ephemeris_metadata_schema_json": pa.string(),
    "data_product_metadata_schema_json": pa.string(),
    "ephemeris_count": pa.int64(),
    "data_product_count": pa.int64(),
    "earliest_ephemeris_loaded": TIME,
    "latest_ephemeris_loaded": TIME,
    "earliest_data_product_loaded": TIME,
    "latest_data_product_loaded": TIME,
}
# What every listing has, also one without a single source.
_BY_FORM = {
    "identifier_only": ("identifier",),
    "basic_info": tuple(SOURCE_TYPES)[:6],
    "with_metadata": (*tuple(SOURCE_TYPES)[:6], "metadata_json"),
    "full_record": tuple(SOURCE_TYPES)[:11],
}
_STATISTICS = tuple(SOURCE_TYPES)[11:]

Document = dict[str, Any]


def source_listing(documents: Sequence[Document], form: str, with_stats: bool) -> flask.Response:
    """Return data sources, given as the documents of the API, as the request wants them."""
    kind = formats.chosen()
    if kind == JSON_TYPE:
        return tagged_by_content(answer(documents))
    names = [*_BY_FORM[form], *(_STATISTICS if with_stats else ())]
    return _table(kind, _columns(documents, names))


def day_listing(documents: Sequence[Document], form: str, key: str) -> flask.Response:
    """Return counts by day: a row for each source and day, in tables.

    Parameters
    ----------
    documents : sequence of dict
        Each with `data_source`, and under `key` counts by day.
    form : str
        Format of the data sources.
    key : str
    """
    kind = formats.chosen()
    if kind == JSON_TYPE:
        return tagged_by_content(answer(documents))
    rows = [(item["data_source"], *pair) for item in documents for pair in item[key].items()]
    columns = _columns([row[0] for row in rows], _BY_FORM[form])
    columns["day"] = pa.array([date.fromisoformat(row[1]) for row in rows], pa.date32())
    columns["count"] = pa.array([row[2] for row in rows], pa.int64())
    return _table(kind, columns)


def _table(kind: str, columns: dict[str, pa.Array]) -> flask.Response:
    body = formats.whole_table(kind, pa.table(columns))
    return tagged_by_content(flask.Response(body, content_type=formats.content_type(kind)))


def _columns(documents: Sequence[Document], names: Iterable[str]) -> dict[str, pa.Array]:
    rows = [_flat(document) for document in documents]
    return {name: pa.array([row[name] for row in rows], SOURCE_TYPES[name]) for name in names}


def _flat(document: Document) -> Document:
    row = {name: value for name, value in document.items() if name in SOURCE_TYPES}
    if "maintainers" in row:
        row["maintainers"] = ";".join(row["maintainers"])
    for name in ("metadata", "ephemeris_metadata_schema", "data_product_metadata_schema"):
        if name in document:
            row[f"{name}_json"] = json.dumps(document[name], ensure_ascii=False)
    for name, value in (document.get("stats") or {}).items():
        row[name] = datetime.fromisoformat(value) if isinstance(value, str) else value
    return row
