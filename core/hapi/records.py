"""Datasets of ephemeris records: positions and footprints of spacecraft, minutes of instruments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.archive.columns import meta_column
from core.archive.snapshot import Snapshot
from core.hapi.facts import mark, source_facts
from core.hapi.model import STRING_FILL, TIME, Dataset, Parameter, ParameterType, time_parameter
from core.hapi.names import parameter_names
from core.hapi.spans import Holding, whole_days
from core.hapi.table_reader import TableReader
from core.instruments.model import DataSource, DataType, MetadataField

MINUTE_US = 60_000_000
_HOUR_US = 60 * MINUTE_US
# Bytes of a text that has no list of values; one that is longer is refused, never cut.
_TEXT_LENGTH = 256
_SPACE = ("leo", "heo", "lunar")
_TYPES: dict[DataType, ParameterType] = {
    "double": "double", "int": "integer", "bool": "integer", "string": "string",
}  # fmt: skip
_PLACES = {
    "geo": "position",
    "gsm": "position in GSM",
    "nbtrace": "magnetic footprint in the northern hemisphere",
    "sbtrace": "magnetic footprint in the southern hemisphere",
}
_WORDS = {
    "leo": "positions", "heo": "positions", "lunar": "positions", "event_list": "events",
}  # fmt: skip
_SPACECRAFT_TEXT = (
    "Position of the spacecraft and its magnetic footprints in both hemispheres, one record a "
    "minute. A place that is not known, such as the foot of an open field line, is fill."
)
_GROUND_TEXT = (
    "One record for each minute in which the instrument measured, with its position and what "
    "classifiers say of the minute. Minutes without a measurement have no record."
)
_EVENT_TEXT = "One record for each minute of an event of the list."


@dataclass(frozen=True, slots=True)
class _Columns:
    """Parameters and the column of the table that each is read from."""

    parameters: tuple[Parameter, ...]
    columns: dict[str, str]


def records_dataset(
    name: str, source: DataSource, snapshot: Snapshot, holding: Holding, max_rows: int
) -> Dataset:
    """Return the dataset of a source's ephemeris records.

    Parameters
    ----------
    name : str
        Identifier of the dataset.
    source : DataSource
    snapshot : Snapshot
        Version of the ephemeris table.
    holding : Holding
        Its files of this source.
    max_rows : int
        Most records of one request.
    """
    made = _columns(source)
    start_us, stop_us = whole_days(holding.first_us, holding.last_us)
    end_us = holding.last_us + MINUTE_US
    events = source.source_type == "event_list"
    text = _SPACECRAFT_TEXT if source.source_type in _SPACE else _GROUND_TEXT
    facts = source_facts(source, name, _EVENT_TEXT if events else text, holding.kinds)
    return Dataset(
        id=name,
        title=mark(
            f"{source.display_name} {_WORDS.get(source.source_type, 'minutes')}", holding.kinds
        ),
        parameters=made.parameters,
        start_us=start_us,
        stop_us=stop_us,
        sample_us=(max(start_us, end_us - _HOUR_US), end_us),
        cadence="" if events else "PT1M",
        facts=facts,
        modified_ms=holding.modified_ms,
        reader=TableReader(snapshot, holding.files, made.columns, "epoch", MINUTE_US, max_rows),
    )


def provenance_parameter(taken: tuple[str, ...] = ()) -> Parameter:
    """Return the parameter that says how each record came here."""
    (name,) = parameter_names(["provenance"], taken)
    text = "How the record came here: simulated, ingested or uploaded"
    return Parameter(name, "string", None, text, 9)


def _columns(source: DataSource) -> _Columns:
    parameters = [time_parameter("Whole minute, UTC", whole_seconds=True)]
    columns = {TIME: "epoch"}
    for short, words in _PLACES.items():
        if short == "gsm" and source.source_type not in _SPACE:
            continue
        for axis, component in (("lat", "latitude"), ("lon", "longitude")):
            place = _place(source, short, axis, component, words)
            parameters.append(place)
            columns[place.name] = f"{short}_{axis}_deg"
    schema = source.ephemeris_metadata_schema
    names = parameter_names([field.field_name for field in schema], columns)
    for name, field in zip(names, schema, strict=True):
        parameters.append(_metadata(name, field))
        columns[name] = meta_column(field)
    last = provenance_parameter(tuple(columns))
    columns[last.name] = "provenance"
    return _Columns((*parameters, last), columns)


def _place(source: DataSource, short: str, axis: str, component: str, words: str) -> Parameter:
    geodetic = source.latitude_frame == "geodetic"
    system = "GSM" if short == "gsm" else "WGS84" if geodetic else "GEO"
    more = {
        "label": f"{short} {component}",
        "coordinateSystemName": system,
        "vectorComponents": component,
    }
    frame = "" if short == "gsm" else ", geodetic" if geodetic else ", geocentric"
    text = f"{component.capitalize()} of the {words}{frame}"
    return Parameter(f"{short}_{axis}", "double", "degrees", text, more=more)


def _metadata(name: str, field: MetadataField) -> Parameter:
    kind = _TYPES[field.data_type]
    text = "; ".join(part for part in (field.description, field.additional_description) if part)
    if field.data_type == "bool":
        text = f"{text}: 1 for true, 0 for false"
    more: dict[str, Any] = {"label": field.field_name} if field.field_name.strip() else {}
    if field.allowed_values:
        more["x_allowedValues"] = list(field.allowed_values)
    length = _length(field) if kind == "string" else 0
    return Parameter(name, kind, _units(field), text, length, more=more)


def _length(field: MetadataField) -> int:
    if not field.allowed_values:
        return _TEXT_LENGTH
    return max(len(text.encode()) for text in (*field.allowed_values, STRING_FILL))


def _units(field: MetadataField) -> str | None:
    """Return the unit that AuroraX's descriptions of fields tell in words only."""
    if field.data_type != "double":
        return None
    if field.field_name.endswith("_confidence"):
        return "%"
    return "km" if field.field_name == "radial_distance" else None
