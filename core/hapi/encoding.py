"""Batches of records as CSV, JSON and binary, all of the same values.

Numbers are written with the fewest digits that read back as the same float64. The bytes come in
chunks of bounded size, whatever the size of a batch.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from core.hapi.model import Parameter
from core.hapi.times import time_texts

Parameters = Sequence[Parameter]
_CHUNK_VALUES = 100_000
_CSV_SPECIAL = frozenset(',"\r\n')
_NUMPY = {"double": "<f8", "integer": "<i4"}


def csv_chunks(batches: Iterable[pa.Table], parameters: Parameters) -> Iterator[bytes]:
    """Yield records as lines of CSV (RFC 4180, with plain line feeds)."""
    for part in _parts(batches, parameters):
        rows = _rows(part, parameters, _csv_text, arrays=False)
        yield "".join(f"{row}\n" for row in rows.to_pylist()).encode()


def json_chunks(
    batches: Iterable[pa.Table], parameters: Parameters, document: dict[str, Any]
) -> Iterator[bytes]:
    """Yield `document` as JSON with the records as its last entry, `data`."""
    opening = json.dumps(document, ensure_ascii=False, indent=1)
    yield f'{opening[:-2]},\n "data": ['.encode()
    separator = "\n"
    for part in _parts(batches, parameters):
        rows = _rows(part, parameters, _json_text, arrays=True)
        yield (separator + ",\n".join(f"[{row}]" for row in rows.to_pylist())).encode()
        separator = ",\n"
    yield b"\n]}\n"


def binary_chunks(batches: Iterable[pa.Table], parameters: Parameters) -> Iterator[bytes]:
    """Yield records as packed little-endian bytes; texts are padded with zeros."""
    kind = record_type(parameters)
    for part in _parts(batches, parameters):
        records = np.zeros(part.num_rows, dtype=kind)
        for place, parameter in enumerate(parameters):
            column = part.column(place).combine_chunks()
            records[kind.names[place]] = _cells(column, parameter)  # type: ignore[index]
        yield records.tobytes()


def header_lines(document: dict[str, Any]) -> bytes:
    """Return a document as it stands before CSV and binary records: each line after a hash."""
    text = json.dumps(document, ensure_ascii=False, indent=1)
    return "".join(f"#{line}\n" for line in text.splitlines()).encode()


def record_type(parameters: Parameters) -> np.dtype[np.void]:
    """Return the layout of a binary record."""
    return np.dtype(
        [(f"f{i}", _NUMPY.get(p.type, f"S{p.length}"), p.size) for i, p in enumerate(parameters)]
    )


def _parts(batches: Iterable[pa.Table], parameters: Parameters) -> Iterator[pa.Table]:
    """Yield the rows of batches so many at once that a chunk of them stays small."""
    count = max(1, _CHUNK_VALUES // sum(parameter.values for parameter in parameters))
    for batch in batches:
        for first in range(0, batch.num_rows, count):
            yield batch.slice(first, count)


def _cells(column: pa.Array, parameter: Parameter) -> NDArray[Any]:
    if parameter.type == "isotime":
        return time_texts(column.to_numpy(), parameter.length).astype(f"S{parameter.length}")
    if parameter.type == "string":
        return np.array([text.encode() for text in column.to_pylist()], f"S{parameter.length}")
    values = column.flatten() if parameter.size else column
    return np.asarray(values.to_numpy(zero_copy_only=False)).reshape(-1, *parameter.size)


def _rows(
    part: pa.Table, parameters: Parameters, text: Callable[[str], str], *, arrays: bool
) -> pa.Array:
    """Return a text for each record: its values with commas between."""
    columns = [
        _texts(part.column(place).combine_chunks(), parameter, text, arrays=arrays)
        for place, parameter in enumerate(parameters)
    ]
    return columns[0] if len(columns) == 1 else pc.binary_join_element_wise(*columns, ",")


def _texts(
    column: pa.Array, parameter: Parameter, text: Callable[[str], str], *, arrays: bool
) -> pa.Array:
    if parameter.type == "isotime":
        times = time_texts(column.to_numpy(), parameter.length).tolist()
        return pa.array([text(time) for time in times], pa.string())
    if parameter.type == "string":
        coded = column.dictionary_encode()
        written = pa.array([text(value) for value in coded.dictionary.to_pylist()], pa.string())
        return written.take(coded.indices)
    numbers = _numbers(column.flatten() if parameter.size else column)
    for count in reversed(parameter.size):
        numbers = _joined(numbers, count, arrays=arrays)
    return numbers


def _numbers(values: pa.Array) -> pa.Array:
    """Return numbers as texts; Arrow writes the shortest that reads back the same."""
    texts = values.cast(pa.string())
    # Readers of JSON take -0 for a whole number, which has no sign when it is zero.
    return pc.if_else(pc.equal(texts, "-0"), "-0.0", texts)


def _joined(texts: pa.Array, count: int, *, arrays: bool) -> pa.Array:
    """Return each `count` texts as one, in brackets where they are to be arrays."""
    ends = pa.array(np.arange(0, len(texts) + 1, count, dtype=np.int32))
    joined = pc.binary_join(pa.ListArray.from_arrays(ends, texts), ",")
    return pc.binary_join_element_wise("[", joined, "]", "") if arrays else joined


def _csv_text(value: str) -> str:
    if _CSV_SPECIAL.isdisjoint(value):
        return value
    return '"' + value.replace('"', '""') + '"'


def _json_text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
