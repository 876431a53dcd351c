"""Puts the metadata of records where the schema of their data source says.

A declared field is a typed column, an undeclared one stands in the JSON column. When a schema
changes, records that were written before are rewritten, so that a search finds in them what it
would find had they been written today. A value keeps its meaning: it moves to the column of its
new type if an upload of it would be taken there, and else into the JSON column as it is.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.archive import record_fields, rewrite
from core.archive.columns import META_PREFIX, META_TYPES, meta_column, split_meta_column
from core.archive.layout import Layout, key_order, split
from core.archive.snapshot import LiveFile, Snapshot
from core.archive.store import Change, TableStore
from core.errors import RecordError
from core.instruments.model import MetadataField

_JSON = "metadata_json"
Declared = Mapping[str, MetadataField]


@dataclass(frozen=True, slots=True)
class Unfit:
    """Values of records that a schema's types do not take.

    Attributes
    ----------
    field_name : str
        Of the first of them.
    value : object
        The first of them.
    count, total : int
        Records that have one, and records that were looked at.
    """

    field_name: str
    value: Any
    count: int
    total: int


def restate(store: TableStore, source: int, fields: Iterable[MetadataField]) -> int:
    """Rewrite the records of a source that do not stand as `fields` says.

    Each year is a transaction; doing it again, also after it was killed, does what is left.

    Parameters
    ----------
    store : TableStore
        The table of ephemeris or data products.
    source : int
        Identifier of the data source.
    fields : iterable of MetadataField
        Its schema for that table.

    Returns
    -------
    int
        Records that were changed.

    Raises
    ------
    core.errors.Conflict, core.errors.ArchiveError
        As of any write (`TableStore.commit`).
    """
    declared = {field.field_name: field for field in fields}
    years = {file.year for file in _astray(store.snapshot(), source, declared)}
    return sum(
        store.commit(partial(_plan, store.layout, source, year, declared)).rows
        for year in sorted(years)
    )


def find_unfit(
    store: TableStore, source: int, fields: Iterable[MetadataField], names: Collection[str]
) -> Unfit | None:
    """Return what in the records of a source its new schema would not take; None if nothing.

    `names` are the fields that are new in the schema, or have another type.
    """
    declared = {field.field_name: field for field in fields}
    first: tuple[str, Any] | None = None
    count = total = 0
    for file in _astray(store.snapshot(), source, declared):
        moves = _Moves(_read(store.layout, file), declared)
        unfit = [entry for entry in moves.unfit if entry[1] in names]
        total += moves.table.num_rows
        count += len({row for row, _, _ in unfit})
        if first is None and unfit:
            first = unfit[0][1:]
    return None if first is None else Unfit(*first, count, total)


def _plan(layout: Layout, source: int, year: int, declared: Declared, base: Snapshot) -> Change:
    removed: list[LiveFile] = []
    parts: list[pa.Table] = []
    rows = 0
    for file in _astray(base, source, declared):
        moves = _Moves(_read(layout, file), declared) if file.year == year else None
        if moves and moves.changed:
            removed.append(file)
            parts += split(key_order(moves.restated(), layout), layout)
            rows += len(moves.changed)
    return Change(tuple(removed), tuple(parts), frozenset([source]), rows)


def _astray(snapshot: Snapshot, source: int, declared: Declared) -> Iterator[LiveFile]:
    """Files of a source that may hold a value that does not stand as declared; from their ends."""
    columns = {meta_column(field) for field in declared.values()}
    for file in snapshot.files:
        if file.key == source:
            held = _columns_held(file)
            strays = {name for name in held if name.startswith(META_PREFIX)} - columns
            if strays or (declared and _JSON in held):
                yield file


def _columns_held(file: LiveFile) -> set[str]:
    """Columns of a file that are not null throughout, or may not be."""
    footer = pq.read_metadata(file.path)
    held = set()
    for group in range(footer.num_row_groups):
        for number in range(footer.num_columns):
            column = footer.row_group(group).column(number)
            known = column.statistics
            if known is None or not known.has_null_count or known.null_count < column.num_values:
                held.add(column.path_in_schema)
    return held


def _read(layout: Layout, file: LiveFile) -> pa.Table:
    # The file's own columns only: those of all sources together would take memory for nothing.
    schema = pq.read_schema(file.path).remove_metadata()
    return rewrite.read_files([file], layout, schema)


class _Moves:
    """What has to change in the rows of one file.

    Attributes
    ----------
    changed : set of int
        Rows of which a value moves.
    unfit : list of (row, field name, value)
        Values that their declared type does not take.
    """

    def __init__(self, table: pa.Table, declared: Declared) -> None:
        self.table = table
        self.changed: set[int] = set()
        self.unfit: list[tuple[int, str, Any]] = []
        self._declared = declared
        self._columns = {meta_column(field) for field in declared.values()}
        self._typed: dict[str, dict[int, Any]] = {}
        self._json: dict[int, dict[str, Any]] = {}
        self._strays = [
            name
            for name in table.column_names
            if name.startswith(META_PREFIX) and name not in self._columns
        ]
        self._from_json()
        for name in self._strays:
            self._from_column(name)

    def restated(self) -> pa.Table:
        """Return the rows with every value in its place."""
        table = self.table.drop_columns(self._strays)
        for field in self._declared.values():
            values = self._typed.get(field.field_name)
            if values:
                table = _with_values(table, meta_column(field), META_TYPES[field.data_type], values)
        if self._json:
            texts = {row: record_fields.as_json(values, row) for row, values in self._json.items()}
            table = _with_values(table, _JSON, pa.string(), texts)
        return table

    def _from_json(self) -> None:
        for row, text in _filled(self.table[_JSON]):
            values = json.loads(text)
            found = {n: v for n, v in values.items() if n in self._declared and v is not None}
            taken = [name for name, value in found.items() if self._take(row, name, value)]
            if taken:
                self._json[row] = {n: v for n, v in values.items() if n not in taken}

    def _from_column(self, column: str) -> None:
        parts = split_meta_column(column)
        assert parts is not None, "a column of metadata has a type and a name"
        name = parts[1]
        for row, value in _filled(self.table[column]):
            self.changed.add(row)
            if name not in self._declared or not self._take(row, name, value):
                self._kept(row)[name] = value

    def _take(self, row: int, name: str, value: Any) -> bool:
        """Put a value into the column of its field; False where that does not take it."""
        kind = self._declared[name].data_type
        try:
            fitted = record_fields.metadata_value(value, kind, name, row)
        except RecordError:
            self.unfit.append((row, name, value))
            return False
        self._typed.setdefault(name, {})[row] = fitted
        self.changed.add(row)
        return True

    def _kept(self, row: int) -> dict[str, Any]:
        if row not in self._json:
            text = self.table[_JSON][row].as_py()
            self._json[row] = json.loads(text) if text else {}
        return self._json[row]


def _filled(column: pa.ChunkedArray) -> Iterator[tuple[int, Any]]:
    """Yield the rows of a column that are not null, with their values."""
    rows = pc.indices_nonzero(pc.is_valid(column))
    yield from zip(rows.to_pylist(), column.take(rows).to_pylist(), strict=True)


def _with_values(
    table: pa.Table, name: str, kind: pa.DataType, values: Mapping[int, Any]
) -> pa.Table:
    """Return the table with some values of a column, which it may lack, exchanged."""
    there = table.schema.get_field_index(name)
    old = table[name].to_pylist() if there >= 0 else [None] * table.num_rows
    new = pa.array([values.get(row, value) for row, value in enumerate(old)], kind)
    if there < 0:
        return table.append_column(pa.field(name, kind), new)
    return table.set_column(there, pa.field(name, kind), new)
