"""Columns of the archive as HAPI's types: fill values for nulls, and nothing that does not fit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from core.archive.columns import epoch_us
from core.errors import Conflict
from core.hapi.model import DOUBLE_FILL, INTEGER_FILL, STRING_FILL, Parameter

_INT32 = np.iinfo(np.int32)


def batch_of(columns: Sequence[pa.ChunkedArray], parameters: Sequence[Parameter]) -> pa.Table:
    """Return a batch of records from columns of a table, one for each parameter.

    Raises
    ------
    core.errors.Conflict
        A whole number is beyond 32 bits, or a text longer than its parameter says: HAPI cannot
        carry it, and cut off it would be another value. Details: `parameter`.
    """
    made = [column_of(column, p) for column, p in zip(columns, parameters, strict=True)]
    return pa.table(made, names=[parameter.name for parameter in parameters])


def column_of(column: pa.ChunkedArray, parameter: Parameter) -> pa.ChunkedArray:
    """Return one column in its HAPI type, without nulls."""
    if parameter.type == "isotime":
        return pa.chunked_array([epoch_us(column)])
    if parameter.type == "double":
        return _doubles(column)
    if parameter.type == "integer":
        return _integers(column, parameter)
    return _texts(column, parameter)


def array_column(values: NDArray[np.float64], parameter: Parameter) -> pa.FixedSizeListArray:
    """Return a column of arrays; what is no number is the fill value.

    Parameters
    ----------
    values : float array, shape (n, *parameter.size)
    parameter : Parameter
    """
    flat = np.where(np.isfinite(values), values, float(DOUBLE_FILL)).ravel()
    return pa.FixedSizeListArray.from_arrays(pa.array(flat), parameter.values)


def _doubles(column: pa.ChunkedArray) -> pa.ChunkedArray:
    fill = pa.scalar(float(DOUBLE_FILL))
    return pc.if_else(pc.fill_null(pc.is_finite(column), False), column, fill)


def _integers(column: pa.ChunkedArray, parameter: Parameter) -> pa.ChunkedArray:
    whole = column.cast(pa.int64())
    bounds = pc.min_max(whole).as_py()
    if bounds["min"] is not None and not _INT32.min < bounds["min"] <= bounds["max"] <= _INT32.max:
        raise _unfit(parameter, "is beyond the 32 bits that HAPI has for it")
    return pc.fill_null(whole.cast(pa.int32()), pa.scalar(int(INTEGER_FILL), pa.int32()))


def _texts(column: pa.ChunkedArray, parameter: Parameter) -> pa.ChunkedArray:
    longest = pc.max(pc.binary_length(column)).as_py() or 0
    if longest > parameter.length:
        raise _unfit(parameter, f"has {longest} bytes, more than its {parameter.length}")
    return pc.fill_null(column, STRING_FILL)


def _unfit(parameter: Parameter, what: str) -> Conflict:
    return Conflict(
        f"A value of {parameter.name} {what}.",
        hint="Ask for the other parameters, or read the records through the API.",
        parameter=parameter.name,
    )
