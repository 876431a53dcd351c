"""What every batch must satisfy, whoever wrote it: ranges, pairs, whole minutes, provenance."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.archive import duck
from core.archive.columns import POSITION_COLUMNS, PROVENANCES, epoch_us
from core.archive.record_fields import FIRST_YEAR, LAST_YEAR
from core.errors import BadInput

MINUTE_US = 60_000_000
_DEFAULT_PROVENANCE = "uploaded"
_FIRST_US, _END_US = (
    int(np.datetime64(str(year), "us").astype(np.int64)) for year in (FIRST_YEAR, LAST_YEAR + 1)
)


def check_ephemeris(rows: pa.Table) -> pa.Table:
    """Return normalised ephemeris rows with NaN as null, or refuse them.

    Raises
    ------
    BadInput
        An epoch is not a whole minute or centuries away, a position is out of range, a latitude
        stands without its longitude, a number is infinite, metadata are no JSON object or a
        provenance is unknown; names `field` and, where it is one row's fault, `row` of the batch.
    """
    rows = check_values(rows)
    _check_epochs(rows)
    _check_metadata(rows["metadata_json"])
    for lat, lon in zip(POSITION_COLUMNS[::2], POSITION_COLUMNS[1::2], strict=True):
        _check_range(rows, lat, 90)
        _check_range(rows, lon, 180)
        _check_pair(rows, lat, lon)
    return rows


def _check_epochs(rows: pa.Table) -> None:
    times = epoch_us(rows["epoch"])
    far = np.flatnonzero((times < _FIRST_US) | (times >= _END_US))
    if far.size:
        row = int(far[0])
        message = f"is not in the years {FIRST_YEAR} to {LAST_YEAR}"
        hint = "Is its unit (s, ms, us, ns) the right one?"
        raise _bad("epoch", row, times[row].astype("M8[us]"), message, hint)
    off = np.flatnonzero(times % MINUTE_US)
    if off.size:
        row = int(off[0])
        message = "is not a whole minute"
        raise _bad("epoch", row, rows["epoch"][row], message, "Records are one a minute, UTC.")


def _check_metadata(column: pa.ChunkedArray) -> None:
    if column.null_count == len(column):
        return
    texts = pa.table({"text": column})
    sql = (
        "SELECT coalesce(text IS NULL OR CASE WHEN json_valid(text) "
        "THEN json_type(text) = 'OBJECT' END, false) AS good FROM texts"
    )
    row = pc.index(duck.query(sql, tables={"texts": texts})["good"], False).as_py()
    if row >= 0:
        hint = 'It is an object such as {"name": 1}, or null.'
        raise _bad("metadata_json", row, column[row], "is no JSON object", hint)


def check_values(rows: pa.Table) -> pa.Table:
    """Return rows with NaN as null and provenance filled in (`uploaded`), or refuse them."""
    for number, field in enumerate(rows.schema):
        if pa.types.is_floating(field.type):
            rows = rows.set_column(number, field, _finite(rows[field.name], field.name))
    position = rows.schema.get_field_index("provenance")
    provenance = pc.fill_null(rows["provenance"], _DEFAULT_PROVENANCE)
    for value in provenance.unique().to_pylist():
        if value not in PROVENANCES:
            raise BadInput(
                f"{value!r} is no provenance.",
                hint=f"They are {', '.join(PROVENANCES)}.",
                field="provenance",
                value=value,
            )
    return rows.set_column(position, rows.schema.field(position), provenance)


def _finite(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    total = pc.sum(column).as_py()
    if total is None or math.isfinite(total):
        return column  # one NaN or infinity would have made the sum one
    bounds = pc.min_max(column).as_py()
    if float("inf") in bounds.values() or float("-inf") in bounds.values():
        row = pc.index(pc.is_inf(column), True).as_py()
        raise _bad(name, row, column[row], "is infinite", "Null stands for no value.")
    return pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)


def _check_range(rows: pa.Table, name: str, limit: int) -> None:
    if all(_within(chunk, limit) for chunk in rows[name].chunks):
        return
    row = pc.index(pc.greater(pc.abs(rows[name]), limit), True).as_py()
    value = rows[name][row].as_py()
    hint = f"{(value + 180) % 360 - 180:g} would be right." if limit == 180 else ""
    raise _bad(name, row, value, f"is not within -{limit} to {limit} degrees", hint)


def _within(values: pa.Array, limit: int) -> bool:
    if not values.null_count and len(values):
        plain = values.to_numpy(zero_copy_only=True)  # seven times as fast as min_max
        return bool(plain.min() >= -limit and plain.max() <= limit)
    bounds = pc.min_max(values).as_py()
    return bounds["min"] is None or (bounds["min"] >= -limit and bounds["max"] <= limit)


def _check_pair(rows: pa.Table, lat: str, lon: str) -> None:
    if not rows[lat].null_count and not rows[lon].null_count:
        return
    alone = pc.xor(pc.is_null(rows[lat]), pc.is_null(rows[lon]))
    row = pc.index(alone, True).as_py()
    if row >= 0:
        message = f"and {lon} {rows[lon][row].as_py()}: one is there and one is not"
        raise _bad(lat, row, rows[lat][row], message, "Give both or neither.")


def _bad(field: str, row: int, value: object, message: str, hint: str = "") -> BadInput:
    shown = str(value.as_py() if isinstance(value, pa.Scalar) else value)
    text = f"Row {row}: {field} {shown} {message}."
    return BadInput(text, hint=hint, field=field, row=row, value=shown)
