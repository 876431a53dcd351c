"""A result as a flat table: one fact a column, units in names, the same in every format.

Records of the API nest their source and their places; a flat row names the source in columns of
its own. `docs/reference/formats.md` describes the columns.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.archive.columns import META_PREFIX, POSITION_COLUMNS
from core.instruments.model import DataSource
from core.search.results.header import ResultHeader

SOURCE_NAMES = ("program", "platform", "instrument_type", "source_type", "display_name")
CONJUNCTION_COLUMNS = (
    "start",
    "end",
    "duration_min",
    "min_distance_km",
    "max_distance_km",
    "conjunction_type",
    "closest_epoch",
    "farthest_epoch",
    "sources",
    "label",
)
_SOURCE = ("source", *SOURCE_NAMES)
_FIRST = {
    "ephemeris": ("epoch", *_SOURCE, *POSITION_COLUMNS),
    "data_product": ("start", "end", *_SOURCE, "data_product_type", "url"),
}
_OWN_PICTURES = "/media/"


def flat(table: pa.Table, header: ResultHeader, base_url: str = "") -> pa.Table:
    """Return rows of a result with the columns of `flat_columns`.

    Parameters
    ----------
    table : pyarrow.Table
        Rows as a result file has them.
    header : ResultHeader
        Its `kind` and `sources` are used, and its `latitude_frame` becomes a column.
    base_url : str
        Put before the addresses of this server's own pictures.

    Returns
    -------
    pyarrow.Table
        Text, numbers, truth values and times in UTC only. NaN is null.
    """
    made = _conjunctions(table, header) if header.kind == "conjunction" else _records(table, header)
    if base_url and "url" in made:
        own = pc.starts_with(made["url"], _OWN_PICTURES)
        whole = pc.binary_join_element_wise(base_url, made["url"], "")
        made["url"] = pc.if_else(own, whole, made["url"])
    names = flat_columns(header.kind, table.column_names)
    return pa.table({name: _without_nan(made[name]) for name in names})


def flat_columns(kind: str, names: list[str]) -> list[str]:
    """Return the columns of the flat table of a result file that has the columns `names`."""
    if kind == "conjunction":
        return [*CONJUNCTION_COLUMNS, "latitude_frame"]
    declared = sorted(name for name in names if name.startswith(META_PREFIX))
    return [*_FIRST[kind], *declared, "metadata_json", "provenance"]


def _conjunctions(table: pa.Table, header: ResultHeader) -> dict[str, pa.ChunkedArray]:
    made = {name: table[name] for name in CONJUNCTION_COLUMNS}
    made["sources"] = pa.chunked_array([_joined(table["sources"])])
    made["latitude_frame"] = _constant(header.latitude_frame, table.num_rows)
    return made


def _records(table: pa.Table, header: ResultHeader) -> dict[str, pa.ChunkedArray]:
    made = {name: table[name] for name in table.column_names}
    for name in SOURCE_NAMES:
        made[name] = _names(table["source"], header.sources, name)
    return made


def _joined(lists: pa.ChunkedArray) -> pa.Array:
    """Write lists of identifiers as ``46;3``."""
    return pa.array([";".join(map(str, items)) for items in lists.to_pylist()], pa.string())


def _names(
    identifiers: pa.ChunkedArray, sources: Mapping[int, DataSource], name: str
) -> pa.ChunkedArray:
    known = sorted(sources)
    values = pa.array([getattr(sources[key], name) for key in known], pa.string())
    place = np.searchsorted(np.array(known, np.int64), identifiers.to_numpy().astype(np.int64))
    return pa.chunked_array([values.take(pa.array(place))])


def _constant(text: str, count: int) -> pa.ChunkedArray:
    return pa.chunked_array([pa.repeat(pa.scalar(text, pa.string()), count)])


def _without_nan(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if not pa.types.is_floating(column.type):
        return column
    bad = pc.invert(pc.is_finite(column))
    return pc.if_else(bad, pa.scalar(None, column.type), column)
