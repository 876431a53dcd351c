"""The series of Kp, Dst and SML as the archive's table of indices takes them."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.simulation.activity import dst_nt, kp
from core.simulation.seeds import FloatArray
from core.simulation.substorms import sml_nt
from core.simulation.tables import PROVENANCE

TimeArray = NDArray[np.datetime64]

_STEPS = {
    "kp": np.timedelta64(3, "h"),
    "dst_nt": np.timedelta64(1, "h"),
    "sml_nt": np.timedelta64(1, "m"),
}


def index_table(first: date, last: date, seed: int) -> pa.Table:
    """Return Kp (each three hours), Dst (each hour) and SML (each minute) of the days."""
    return pa.concat_tables(_series(name, first, last, seed) for name in _STEPS)


def _series(name: str, first: date, last: date, seed: int) -> pa.Table:
    start = np.datetime64(first).astype("datetime64[us]")
    end = np.datetime64(last).astype("datetime64[us]") + np.timedelta64(1, "D")
    epochs = np.arange(start, end, _STEPS[name])
    values = _values(name, epochs, seed)
    return pa.table(
        {
            "name": pa.array([name] * epochs.size),
            "epoch": pa.array(epochs).cast(pa.timestamp("us", tz="UTC")),
            "value": pa.array(values, type=pa.float64()),
            "provenance": pa.array([PROVENANCE] * epochs.size),
        }
    )


def _values(name: str, epochs: TimeArray, seed: int) -> FloatArray:
    if name == "kp":
        return np.asarray(np.round(kp(epochs, seed=seed), 4))
    if name == "dst_nt":
        return dst_nt(epochs, seed=seed)
    return sml_nt(epochs, seed=seed)
