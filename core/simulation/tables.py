"""From arrays to the Arrow tables that the archive takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.archive.columns import POSITION_COLUMNS

FloatArray = NDArray[np.float64]
TimeArray = NDArray[np.datetime64]

PROVENANCE = "simulated"
_MINUTES_PER_DAY = 1440
_UTC = pa.timestamp("us", tz="UTC")


def minutes_of_days(days: Sequence[np.datetime64]) -> TimeArray:
    """Return every minute of the days, datetime64[us]."""
    starts = np.asarray(days, dtype="datetime64[D]").astype("datetime64[us]")
    step = np.arange(_MINUTES_PER_DAY) * np.timedelta64(1, "m")
    return np.asarray((starts[:, None] + step[None, :]).ravel())


def rounded(values: FloatArray, bits: int = 16) -> FloatArray:
    """Return values rounded to 2**-bits: 1.7 m for degrees at the default 16.

    The short mantissas compress to a third.
    """
    scale = float(2**bits)
    return np.asarray(np.round(values * scale) / scale)


def named(
    codes: NDArray[np.integer], names: Sequence[str], present: NDArray[np.bool_] | None = None
) -> pa.Array:
    """Return names[codes] as strings, null where `present` is false."""
    mask = None if present is None else ~present
    indices = pa.array(codes.astype(np.int8), mask=mask)
    return pa.DictionaryArray.from_arrays(indices, pa.array(list(names))).cast(pa.string())


def ephemeris_table(
    identifier: int, epochs: TimeArray, columns: Mapping[str, pa.Array | NDArray[np.generic]]
) -> pa.Table:
    """Return records of one source; NaN positions become null."""
    count = epochs.size
    arrays: dict[str, pa.Array] = {
        "source": pa.array(np.full(count, identifier, dtype=np.int32)),
        "epoch": pa.array(epochs.astype("datetime64[us]")).cast(_UTC),
        "provenance": named(np.zeros(count, dtype=np.int8), (PROVENANCE,)),
    }
    for name in POSITION_COLUMNS:
        values = columns.get(name)
        arrays[name] = (
            pa.nulls(count, pa.float64())
            if values is None
            else pa.array(values, type=pa.float64(), from_pandas=True)
        )
    for name, values in columns.items():
        if name not in arrays:
            arrays[name] = values if isinstance(values, pa.Array) else pa.array(values)
    return pa.table(arrays)
