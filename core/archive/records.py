"""Records as the API writes them, to and from Arrow tables.

A batch is checked whole before anything of it is written. Each bad record is told with its row
(counted from 0) and the name of its first bad field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

import pyarrow as pa

from core.archive import record_fields as fields
from core.archive.columns import (
    EPHEMERIS_SCHEMA,
    PRODUCTS_SCHEMA,
    meta_column,
    with_meta_columns,
)
from core.archive.delivery import ephemeris_to_records, products_to_records, source_to_dict
from core.archive.layout import EPHEMERIS, PRODUCTS, Layout, keep_last
from core.archive.storable import problems
from core.errors import BatchRefused, NotFound, RecordError
from core.instruments.model import DataSource, MetadataField

__all__ = [
    "LOCATIONS",
    "ephemeris_from_records",
    "ephemeris_to_records",
    "products_from_records",
    "products_to_records",
    "source_to_dict",
]

LOCATIONS = {
    "location_geo": "geo",
    "location_gsm": "gsm",
    "nbtrace": "nbtrace",
    "sbtrace": "sbtrace",
}
_NAMES = ("program", "platform", "instrument_type")
_EPHEMERIS_KEYS = frozenset((*_NAMES, "epoch", *LOCATIONS, "metadata"))
_PRODUCT_KEYS = frozenset((*_NAMES, "data_product_type", "start", "end", "url", "metadata"))
_LONGEST_URL = 4096


class SourceFinder(Protocol):
    """What the check needs of the catalogue's sources."""

    def find(self, program: str, platform: str, instrument_type: str) -> DataSource:
        """Return the source with these names or raise NotFound."""
        ...


def ephemeris_from_records(
    sources: SourceFinder,
    rows: Sequence[Any],
    provenance: str = "uploaded",
    expect: int | None = None,
    most_errors: int = 1,
) -> pa.Table:
    """Check ephemeris records and return them as a batch for `EphemerisTable.upsert`.

    Parameters
    ----------
    sources : SourceFinder
        The catalogue's sources (``archive.catalogue.sources``).
    rows : sequence of mapping
        Records with `program`, `platform`, `instrument_type`, `epoch` and, if there are any,
        `location_geo`, `location_gsm`, `nbtrace`, `sbtrace` and `metadata`. Of two records with
        one source and epoch the last counts.
    provenance : str
        How the records came here.
    expect : int, optional
        Identifier that every record's source must have.
    most_errors : int
        Most bad records that the error tells of.

    Raises
    ------
    BatchRefused
        A RecordError that names `row` (from 0), `field` and `value` of the first thing that is
        wrong, and has in `errors` one for each bad record, up to `most_errors`.
    """
    finder = _Finder(sources, expect)
    built = _built(_ephemeris_row, finder, _entries(rows), most_errors)
    return _table(built, EPHEMERIS_SCHEMA, EPHEMERIS, provenance)


def products_from_records(
    sources: SourceFinder,
    rows: Sequence[Any],
    provenance: str = "uploaded",
    expect: int | None = None,
    most_errors: int = 1,
) -> pa.Table:
    """Check data product records and return them as a batch for `ProductsTable.upsert`.

    Parameters and errors are those of `ephemeris_from_records`; records have
    `data_product_type`, `start`, `end` and `url` instead of epoch and locations.
    """
    finder = _Finder(sources, expect)
    built = _built(_product_row, finder, _entries(rows), most_errors)
    return _table(built, PRODUCTS_SCHEMA, PRODUCTS, provenance)


class _Finder:
    """Finds the source of a record, each combination of names once."""

    def __init__(self, sources: SourceFinder, expect: int | None) -> None:
        self._sources = sources
        self._expect = expect
        self._known: dict[tuple[str, ...], DataSource] = {}

    def of(self, record: Mapping[str, Any], row: int) -> DataSource:
        names = tuple(fields.text(record, name, row) for name in _NAMES)
        if names not in self._known:
            try:
                self._known[names] = self._sources.find(*names)
            except NotFound as error:
                raise fields.refuse(
                    row, "program", " / ".join(names), "and the other names are of no data source"
                ) from error
        source = self._known[names]
        if self._expect is not None and source.identifier != self._expect:
            raise fields.refuse(
                row,
                "program",
                " / ".join(names),
                f"and the other names are of data source {source.identifier}",
                f"All records here are to be of data source {self._expect}.",
            )
        return source


def _entries(rows: Any) -> Sequence[Any]:
    if not isinstance(rows, list | tuple):
        raise RecordError("Records come as a list.", field="", row=0, value=None)
    return rows


def _built(
    build: Callable[[_Finder, Any, int], dict[str, Any]],
    finder: _Finder,
    rows: Sequence[Any],
    most_errors: int,
) -> list[dict[str, Any]]:
    """Build all rows, or refuse the batch telling of the first `most_errors` bad ones."""
    built: list[dict[str, Any]] = []
    told: list[RecordError] = []
    bad = 0
    for number, record in enumerate(rows):
        try:
            _check_storable(record, number)
            built.append(build(finder, record, number))
        except RecordError as error:
            bad += 1
            if len(told) < most_errors:
                told.append(error)
    if bad:
        first = told[0]
        raise BatchRefused(
            first.message, hint=first.hint, **first.details,
            errors=tuple(told), bad=bad, total=len(rows),
        )  # fmt: skip
    return built


def _check_storable(record: Any, row: int) -> None:
    for path, problem in problems(record):
        raise RecordError(
            f"Record {row}: {path or 'it'} holds {problem}.", row=row, field=path, value=None
        )


def _ephemeris_row(finder: _Finder, record: Any, row: int) -> dict[str, Any]:
    _check_keys(record, _EPHEMERIS_KEYS, row)
    source = finder.of(record, row)
    built: dict[str, Any] = {
        "source": source.identifier,
        "epoch": fields.time(record.get("epoch"), "epoch", row, whole_minute=True),
    }
    for name, short in LOCATIONS.items():
        lat, lon = fields.location(record.get(name), name, row)
        built[f"{short}_lat_deg"], built[f"{short}_lon_deg"] = lat, lon
    return built | _metadata(record, source.ephemeris_metadata_schema, row)


def _product_row(finder: _Finder, record: Any, row: int) -> dict[str, Any]:
    _check_keys(record, _PRODUCT_KEYS, row)
    source = finder.of(record, row)
    start = fields.time(record.get("start"), "start", row, whole_minute=False)
    end = fields.time(record.get("end"), "end", row, whole_minute=False)
    if end < start:
        raise fields.refuse(row, "end", record.get("end"), "is before start")
    url = fields.text(record, "url", row)
    if len(url) > _LONGEST_URL:
        raise fields.refuse(row, "url", None, f"has {len(url)} characters", "Most are 4096.")
    return {
        "source": source.identifier,
        "url": url,
        "data_product_type": fields.text(record, "data_product_type", row),
        "start": start,
        "end": end,
    } | _metadata(record, source.data_product_metadata_schema, row)


def _check_keys(record: Any, known: frozenset[str], row: int) -> None:
    if not isinstance(record, Mapping):
        raise RecordError(f"Record {row} is no object.", row=row, field="", value=None)
    unknown = sorted(str(key) for key in set(record) - known)
    if unknown:
        raise fields.refuse(row, unknown[0], None, "is not known", f"Keys: {sorted(known)}.")


def _metadata(
    record: Mapping[str, Any], schema: Iterable[MetadataField], row: int
) -> dict[str, Any]:
    values = record.get("metadata")
    if values is None:
        return {}
    if not isinstance(values, Mapping) or not all(isinstance(k, str) for k in values):
        raise fields.refuse(row, "metadata", None, "is no object")
    declared = {f.field_name: f for f in schema}
    # Null has no type, so one of a declared field is kept as null beside the undeclared ones.
    rest = {name: v for name, v in values.items() if name not in declared or v is None}
    built: dict[str, Any] = {"metadata_json": fields.as_json(rest, row)}
    for name, field in declared.items():
        if values.get(name) is not None:
            built[meta_column(field)] = fields.metadata_value(
                values[name], field.data_type, f"metadata.{name}", row
            )
    return built


def _table(
    built: Sequence[dict[str, Any]], base: pa.Schema, layout: Layout, provenance: str
) -> pa.Table:
    names = {name for row in built for name in row if base.get_field_index(name) < 0}
    schema = with_meta_columns(base, names)
    for row in built:
        row["provenance"] = provenance
        row["year"] = row[layout.time].year
    return keep_last(pa.Table.from_pylist(list(built), schema=schema), layout)
