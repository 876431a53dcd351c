"""Columns of the records of one source-year as they stand in index files: Arrow's own buffers.

Rows are in the order of their minutes. Strings are kept as numbers into a list of words. Nothing
is decoded when a column is read again: Arrow looks at the mapped file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from core.archive import duck
from core.archive.columns import META_PREFIX, epoch_us, meta_arrow_field
from core.archive.snapshot import LiveFile
from core.search.index.file import IndexFile
from core.search.index.minutes import MINUTE_US, tables_of

MINUTE = "minute"
UNDECLARED = "metadata_json"
_VALUES, _WORDS = "values", "words"
_CODES = pa.int32()
_Arrays = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class ColumnContent:
    """What the index file of one column holds.

    Attributes
    ----------
    facts : dict
        Its `column`, its `rows`, how many `words` there are to its codes.
    arrays : dict of str to ndarray
        Minutes since 1970, and Arrow's buffers. There are none of a metadata column where some
        record holds undeclared fields as well: the column does not tell what that record says.
    """

    facts: dict[str, Any]
    arrays: _Arrays


def column_contents(files: Sequence[LiveFile], names: Sequence[str]) -> dict[str, ColumnContent]:
    """Read columns of a source-year out of the table.

    Parameters
    ----------
    files : sequence of LiveFile
        The table's files of the source in the year.
    names : sequence of str
        Metadata columns, and columns of positions.

    Raises
    ------
    core.errors.ArchiveError
        A file is gone or cannot be read.
    """
    declared = any(name.startswith(META_PREFIX) for name in names)
    table = _read(files, [*names, *([UNDECLARED] if declared else [])])
    minute = np.ascontiguousarray(table[MINUTE].to_numpy())
    undeclared = declared and table[UNDECLARED].null_count < len(minute)
    out = {}
    for name in names:
        facts = {"column": name, "rows": len(minute), _WORDS: 0}
        arrays: _Arrays = {}
        if not (undeclared and name.startswith(META_PREFIX)):
            values, words = _in_codes(_whole(table[name]))
            facts[_WORDS] = len(words)
            arrays = {MINUTE: minute, **_buffers(_VALUES, values), **_buffers(_WORDS, words)}
        out[name] = ColumnContent(facts, arrays)
    return out


def records_of(opened: Mapping[str, IndexFile], first: int, count: int) -> pa.Table | None:
    """Return the records of some minutes out of the files of their columns.

    Parameters
    ----------
    opened : mapping of str to IndexFile
        By column, all of one source-year; at least one.
    first, count : int
        First minute since 1970, and how many.

    Returns
    -------
    pyarrow.Table or None
        `MINUTE` (int32, since 1970) and the columns in the order of `opened`, as views of the
        mapped files. None where undeclared fields may say more than these columns.

    Raises
    ------
    core.errors.IndexDamaged
        What is asked for is not as it was written.
    """
    if any(MINUTE not in file for file in opened.values()):
        return None
    minute = next(iter(opened.values())).array(MINUTE)
    begin, end = np.searchsorted(minute, [first, first + count]).tolist()
    columns = [_column(file, name).slice(begin, end - begin) for name, file in opened.items()]
    return pa.table([pa.array(minute[begin:end]), *columns], names=[MINUTE, *opened])


def _read(files: Sequence[LiveFile], names: Sequence[str]) -> pa.Table:
    """Return columns of all records with their minutes, in the order of the minutes."""
    schema = pa.schema([(MINUTE, _CODES), *((name, _plain_type(name)) for name in names)])
    parts = [schema.empty_table()]
    for file in files:
        duck.check()
        for table in tables_of(file, file.first_us, file.last_us, list(names)):
            minute = (epoch_us(table["epoch"]) // MINUTE_US).astype(np.int32)
            columns = [
                table[name].cast(_plain_type(name))
                if name in table.column_names
                else pa.nulls(len(minute), _plain_type(name))
                for name in names
            ]
            parts.append(pa.table([pa.array(minute), *columns], schema=schema))
    joined = pa.concat_tables(parts).combine_chunks()
    minute = joined[MINUTE].to_numpy()
    if (np.diff(minute) >= 0).all():
        return joined
    return joined.take(pa.array(np.argsort(minute, kind="stable")))


def _plain_type(name: str) -> pa.DataType:
    if name.startswith(META_PREFIX):
        return meta_arrow_field(name).type
    return pa.string() if name == UNDECLARED else pa.float64()


def _whole(column: pa.ChunkedArray) -> pa.Array:
    """Return a column as one array that begins where its buffers do."""
    array = column.combine_chunks()
    return pa.concat_arrays([array, array[:0]]) if array.offset else array


def _in_codes(values: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Return strings as codes and words; what is no string as it is, without words."""
    if values.type != pa.string():
        return values, pa.array([], pa.string())
    coded = values.dictionary_encode()
    return coded.indices, coded.dictionary


def _buffers(part: str, array: pa.Array) -> _Arrays:
    return {
        f"{part}.{number}": np.frombuffer(buffer, dtype=np.uint8)
        for number, buffer in enumerate(array.buffers())
        if buffer is not None and buffer.size
    }


def _column(file: IndexFile, name: str) -> pa.Array:
    kind, rows, words = _plain_type(name), file.facts["rows"], file.facts[_WORDS]
    if kind != pa.string():
        return _array(file, _VALUES, kind, rows)
    codes = _array(file, _VALUES, _CODES, rows)
    return pa.DictionaryArray.from_arrays(codes, _array(file, _WORDS, kind, words), safe=False)


def _array(file: IndexFile, part: str, kind: pa.DataType, length: int) -> pa.Array:
    if not length:
        return pa.array([], kind)
    buffers = [_buffer(file, f"{part}.{number}", number) for number in range(kind.num_buffers)]
    return pa.Array.from_buffers(kind, length, buffers)


def _buffer(file: IndexFile, name: str, number: int) -> pa.Buffer | None:
    """Return a buffer; the first one says what is null, and is None where nothing is."""
    if name in file:
        return pa.py_buffer(file.array(name))
    return pa.py_buffer(b"") if number else None
