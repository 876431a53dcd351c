"""Columns of the archive's tables: what a record is in Arrow.

A declared metadata field is a typed column ``md_<data_type>_<field_name>``, so the name alone
says how it is compared; two sources may declare one field with different types. Numbers are
float64, never float32: thresholds such as 0.95 must keep their meaning.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.errors import BadInput
from core.instruments.model import DATA_TYPES, DataType, MetadataField

POSITION_COLUMNS = (
    "geo_lat_deg",
    "geo_lon_deg",
    "gsm_lat_deg",
    "gsm_lon_deg",
    "nbtrace_lat_deg",
    "nbtrace_lon_deg",
    "sbtrace_lat_deg",
    "sbtrace_lon_deg",
)
PROVENANCES = ("simulated", "ingested", "uploaded")
TIMESTAMP = pa.timestamp("us", tz="UTC")
META_PREFIX = "md_"
META_TYPES: dict[DataType, pa.DataType] = {
    "string": pa.string(),
    "double": pa.float64(),
    "int": pa.int64(),
    "bool": pa.bool_(),
}
SQL_TYPES: dict[pa.DataType, str] = {
    pa.int16(): "SMALLINT",
    pa.int32(): "INTEGER",
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.bool_(): "BOOLEAN",
    pa.string(): "VARCHAR",
    TIMESTAMP: "TIMESTAMP WITH TIME ZONE",
}

EPHEMERIS_SCHEMA = pa.schema(
    [
        ("source", pa.int32()),
        ("year", pa.int16()),
        ("epoch", TIMESTAMP),
        *((name, pa.float64()) for name in POSITION_COLUMNS),
        ("metadata_json", pa.string()),
        ("provenance", pa.string()),
    ]
)
PRODUCTS_SCHEMA = pa.schema(
    [
        ("source", pa.int32()),
        ("year", pa.int16()),
        ("url", pa.string()),
        ("data_product_type", pa.string()),
        ("start", TIMESTAMP),
        ("end", TIMESTAMP),
        ("metadata_json", pa.string()),
        ("provenance", pa.string()),
    ]
)
INDICES_SCHEMA = pa.schema(
    [
        ("name", pa.string()),
        ("year", pa.int16()),
        ("epoch", TIMESTAMP),
        ("value", pa.float64()),
        ("provenance", pa.string()),
    ]
)

_PLAIN = re.compile(r"[a-z0-9_]")
_ESCAPED = re.compile(r"~([0-9a-f]+)~")


def meta_column(field: MetadataField) -> str:
    """Return the column that holds a declared metadata field.

    Characters other than a-z, 0-9 and underscore are written as ``~<hex code point>~``: table
    formats forbid some of them, and SQL engines take ``Foo`` and ``foo`` for one column.
    """
    return meta_column_name(field.data_type, field.field_name)


def meta_column_name(data_type: DataType, field_name: str) -> str:
    """Return the column of a field called `field_name` with type `data_type`."""
    safe = "".join(c if _PLAIN.match(c) else f"~{ord(c):x}~" for c in field_name)
    return f"{META_PREFIX}{data_type}_{safe}"


def split_meta_column(column: str) -> tuple[DataType, str] | None:
    """Return (data type, field name) of a metadata column, None for any other column."""
    for data_type in DATA_TYPES:
        prefix = f"{META_PREFIX}{data_type}_"
        if column.startswith(prefix):
            name = _ESCAPED.sub(lambda m: chr(int(m.group(1), 16)), column[len(prefix) :])
            return data_type, name
    return None


def meta_arrow_field(column: str) -> pa.Field:
    """Return the Arrow field of a metadata column; BadInput for a name that is none."""
    parts = split_meta_column(column)
    if parts is None:
        raise BadInput(
            f"There is no column {column!r}.",
            hint="Metadata columns are named md_<string|double|int|bool>_<field name>.",
            field=column,
            value=column,
        )
    return pa.field(column, META_TYPES[parts[0]])


def with_meta_columns(base: pa.Schema, columns: Iterable[str]) -> pa.Schema:
    """Return `base` with metadata columns appended (those it has already are left)."""
    schema = base
    for column in sorted(set(columns)):
        if schema.get_field_index(column) < 0:
            schema = schema.append(meta_arrow_field(column))
    return schema


def normalise(batch: pa.Table, base: pa.Schema, time_column: str) -> pa.Table:
    """Return `batch` with the columns of `base` and its own metadata columns, typed as declared.

    `year` is always taken from the time column; a missing column is null. Values that do not
    fit their column's type are refused, never rounded.

    Raises
    ------
    BadInput
        A column is unknown, is there twice, cannot be cast, or the time or key column has nulls;
        names `field` and, where it is one row's fault, `row` of the batch.
    """
    known = set(base.names)
    schema = with_meta_columns(base, [n for n in batch.column_names if n not in known])
    columns = {field.name: _column(batch, field) for field in schema if field.name != "year"}
    for required in (base.names[0], time_column):
        if columns[required].null_count:
            row = pc.index(pc.is_null(columns[required]), True).as_py()
            raise BadInput(
                f"Row {row}: {required} is null.",
                hint="Every row names its source and its time.",
                field=required,
                row=row,
                value=None,
            )
    columns["year"] = pa.chunked_array([_years(epoch_us(columns[time_column]))])
    return pa.table([columns[name] for name in schema.names], schema=schema)


def _years(times_us: np.ndarray[tuple[int], np.dtype[np.int64]]) -> pa.Array:
    """Return the UTC years of times; a batch spans few, so that looking them up is quick."""
    if not times_us.size:
        return pa.array([], pa.int16())
    ends = np.array([times_us.min(), times_us.max()], "M8[us]").astype("M8[Y]")
    years = np.arange(ends[0], ends[1] + 1)
    starts_us = years[1:].astype("M8[us]").astype(np.int64)
    numbers = (years.astype(np.int64) + 1970).astype(np.int16)
    return pa.array(numbers[np.searchsorted(starts_us, times_us, side="right")])


def _column(batch: pa.Table, field: pa.Field) -> pa.ChunkedArray:
    if field.name not in batch.column_names:
        return pa.chunked_array([pa.nulls(batch.num_rows, field.type)])
    column = _only(batch, field.name)
    try:
        return column.cast(field.type)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise _unfit(column, field, error) from error


def _only(batch: pa.Table, name: str) -> pa.ChunkedArray:
    """Return a column of which there has to be one."""
    places = batch.schema.get_all_field_indices(name)
    if len(places) > 1:
        raise BadInput(
            f"There are {len(places)} columns {name!r}.", hint="One would be right.", field=name
        )
    return batch.column(places[0])


def _unfit(column: pa.ChunkedArray, field: pa.Field, error: pa.ArrowException) -> BadInput:
    """Return the error of a column that cannot be cast; it names the first row that is to blame."""
    hint = f"A column of {field.type} would be right."
    row = _first_unfit(column, field.type)
    if row is None:
        text = f"Column {field.name!r} is {column.type} and does not fit {field.type}: {error}."
        return BadInput(text, hint=hint, field=field.name, value=str(column.type))
    value = _shown(column[row])
    text = f"Row {row}: {field.name} {value} ({column.type}) does not fit {field.type}."
    return BadInput(text, hint=hint, field=field.name, row=row, value=value)


def _first_unfit(column: pa.ChunkedArray, kind: pa.DataType) -> int | None:
    """Bisect for the first row that cannot be cast; None where no row of that type can."""
    if not _fits(column.slice(0, 0), kind):
        return None
    first, end = 0, len(column)
    while end - first > 1:
        middle = (first + end) // 2
        if _fits(column.slice(first, middle - first), kind):
            first = middle
        else:
            end = middle
    return first


def _fits(column: pa.ChunkedArray, kind: pa.DataType) -> bool:
    try:
        column.cast(kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return False
    return True


def _shown(value: pa.Scalar) -> str:
    if pa.types.is_timestamp(value.type):  # one in nanoseconds is no datetime
        return f"{np.datetime64(value.value, value.type.unit)}"
    return repr(value.as_py())[:80]


def epoch_us(column: pa.ChunkedArray) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return a timestamp column as microseconds since 1970, int64."""
    values: np.ndarray[tuple[int], np.dtype[np.int64]] = (
        column.cast(TIMESTAMP).cast(pa.int64()).to_numpy()
    )
    return values
