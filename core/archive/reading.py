"""Reads live files of a table through DuckDB."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa

from core.archive import duck
from core.archive.columns import (
    META_PREFIX,
    SQL_TYPES,
    meta_arrow_field,
    with_meta_columns,
)
from core.archive.filters import SqlFilter
from core.archive.snapshot import LiveFile, Snapshot
from core.errors import BadInput


def readable_schema(base: pa.Schema, names: Iterable[str]) -> pa.Schema:
    """Return `base` with those metadata columns of `names` that no record has yet."""
    return with_meta_columns(base, [n for n in names if n.startswith(META_PREFIX)])


def source_sql(files: Sequence[LiveFile], schema: pa.Schema) -> str:
    """Return SQL, to stand after FROM, for the rows of `files` with the columns of `schema`.

    Columns that a file lacks are null. Without files it is an empty set of rows.
    """
    if not files:
        nulls = ", ".join(f"NULL::{SQL_TYPES[f.type]} AS {duck.quote_name(f.name)}" for f in schema)
        return f"(SELECT {nulls} WHERE false)"
    paths = ", ".join(duck.quote_text(str(f.path)) for f in files)
    columns = ", ".join(_column_entry(f) for f in schema)
    return f"read_parquet([{paths}], hive_partitioning=false, schema=MAP{{{columns}}})"


def _column_entry(field: pa.Field) -> str:
    name = duck.quote_text(field.name)
    return f"{name}: {{name: {name}, type: '{SQL_TYPES[field.type]}', default_value: NULL}}"


def select(
    snapshot: Snapshot,
    files: Sequence[LiveFile],
    conditions: Sequence[SqlFilter],
    columns: Sequence[str] | None,
    order: Sequence[str],
    limit: int | None,
) -> pa.Table:
    """Return the rows of `files` that meet all conditions.

    Raises
    ------
    BadInput
        A column is asked for that no record of this table can have.
    """
    used = frozenset().union(*(c.columns for c in conditions))
    schema = readable_schema(snapshot.schema, [*used, *(columns or ())])
    names = list(columns) if columns is not None else snapshot.schema.names
    for name in names:
        if schema.get_field_index(name) < 0:
            meta_arrow_field(name)
    wanted = pa.schema([schema.field(name) for name in names])
    if not files:
        return wanted.empty_table()
    params: dict[str, Any] = {}
    for condition in conditions:
        params |= condition.params
    sql = (  # names are quoted, values are parameters
        f"SELECT {', '.join(map(duck.quote_name, names))} FROM {source_sql(files, schema)} "  # noqa: S608 - see above
        f"WHERE {' AND '.join(c.sql for c in conditions)} "
        f"ORDER BY {', '.join(map(duck.quote_name, order))}"
    )
    if limit is not None:
        sql += " LIMIT $row_limit"
        params["row_limit"] = _checked_limit(limit)
    return duck.query(sql, params).cast(wanted)


def between_condition(column: str, first_us: int, last_us: int) -> SqlFilter:
    """Condition that a time lies in the closed range."""
    name = duck.quote_name(column)
    return SqlFilter(
        f"{name} BETWEEN make_timestamptz($first_us) AND make_timestamptz($last_us)",
        {"first_us": first_us, "last_us": last_us},
    )


def _checked_limit(limit: int) -> int:
    if limit < 0:
        raise BadInput("limit is negative.", hint="Give 0 or more.", field="limit", value=limit)
    return limit
