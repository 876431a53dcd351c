"""Records and sources as the API delivers them: exactly its keys, in its order."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal, get_args

import pyarrow as pa
import pyarrow.compute as pc

from core.archive.columns import split_meta_column
from core.errors import BadInput, NotFound
from core.instruments.model import DataSource

SourceFormat = Literal["identifier_only", "basic_info", "with_metadata", "full_record"]
SOURCE_FORMATS: tuple[SourceFormat, ...] = get_args(SourceFormat)
_BASIC = ("identifier", "program", "platform", "instrument_type", "source_type", "display_name")
_ROWS_AT_ONCE = 5_000
_LOCATIONS = {
    "location_geo": "geo",
    "location_gsm": "gsm",
    "nbtrace": "nbtrace",
    "sbtrace": "sbtrace",
}


def source_to_dict(source: DataSource, format: str = "basic_info") -> dict[str, Any]:  # noqa: A002 - the API says so
    """Return a data source in one of the API's four formats.

    Raises
    ------
    BadInput
        The format is not one of `SOURCE_FORMATS`.
    """
    if format not in SOURCE_FORMATS:
        raise BadInput(
            f"{format!r} is no format of data sources.",
            hint=f"They are {', '.join(SOURCE_FORMATS)}.",
            field="format",
            value=format,
        )
    if format == "identifier_only":
        return {"identifier": source.identifier}
    document = {name: getattr(source, name) for name in _BASIC}
    if format == "basic_info":
        return document
    document["metadata"] = source.metadata
    if format == "full_record":
        document |= {
            "owner": source.owner,
            "maintainers": list(source.maintainers),
            "ephemeris_metadata_schema": [f.to_dict() for f in source.ephemeris_metadata_schema],
            "data_product_metadata_schema": [
                f.to_dict() for f in source.data_product_metadata_schema
            ],
        }
    return document


def ephemeris_to_records(
    table: pa.Table,
    sources_by_id: Mapping[int, DataSource],
    source_format: str = "basic_info",
) -> Iterator[dict[str, Any]]:
    """Yield ephemeris records with the API's seven keys.

    Parameters
    ----------
    table : pa.Table
        Rows of `EphemerisTable.read`, all columns.
    sources_by_id : mapping
        Every source that occurs in the table.
    source_format : str
        Format of `data_source` in each record.
    """
    shown = _Sources(sources_by_id, source_format)
    for row in _rows(table, ("epoch",)):
        yield {
            "data_source": shown.document(row["source"]),
            "epoch": row["epoch"],
            **{name: _location(row, short) for name, short in _LOCATIONS.items()},
            "metadata": row["metadata"],
        }


def products_to_records(
    table: pa.Table,
    sources_by_id: Mapping[int, DataSource],
    source_format: str = "basic_info",
) -> Iterator[dict[str, Any]]:
    """Yield data product records with the API's six keys; see `ephemeris_to_records`."""
    shown = _Sources(sources_by_id, source_format)
    for row in _rows(table, ("start", "end")):
        yield {
            "data_source": shown.document(row["source"]),
            "data_product_type": row["data_product_type"],
            "start": row["start"],
            "end": row["end"],
            "url": row["url"],
            "metadata": row["metadata"],
        }


class _Sources:
    """Documents of the sources of a table, each made once."""

    def __init__(self, sources: Mapping[int, DataSource], source_format: str) -> None:
        self._sources = sources
        self._format = source_format
        self._made: dict[int, dict[str, Any]] = {}

    def document(self, identifier: int) -> dict[str, Any]:
        if identifier not in self._made:
            if identifier not in self._sources:
                raise NotFound(
                    f"Records name data source {identifier}, which is not in the catalogue.",
                    kind="data source",
                    key=identifier,
                )
            self._made[identifier] = source_to_dict(self._sources[identifier], self._format)
        return self._made[identifier]


def _rows(table: pa.Table, times: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    fields = {n: part[1] for n in table.column_names if (part := split_meta_column(n))}
    for first in range(0, table.num_rows, _ROWS_AT_ONCE):
        part = table.slice(first, _ROWS_AT_ONCE)
        for name in times:
            text = pc.strftime(part[name].cast(pa.timestamp("s"), safe=False), "%Y-%m-%dT%H:%M:%S")
            part = part.set_column(part.schema.get_field_index(name), name, text)
        for row in part.to_pylist():
            row["metadata"] = _metadata(row, fields)
            yield row


def _metadata(row: Mapping[str, Any], fields: Mapping[str, str]) -> dict[str, Any]:
    found = {name: row[column] for column, name in fields.items() if row[column] is not None}
    return found | (json.loads(row["metadata_json"]) if row.get("metadata_json") else {})


def _location(row: Mapping[str, Any], short: str) -> dict[str, float | None]:
    return {"lat": row[f"{short}_lat_deg"], "lon": row[f"{short}_lon_deg"]}
