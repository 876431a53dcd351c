"""Works out the files of a write: what an upsert, a replacement or a deletion leaves behind.

Files are rewritten whole, one key and one month (or year) each, so the layout stays as it is
meant to be however small the batches are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.archive.columns import epoch_us, with_meta_columns
from core.archive.layout import Layout, keep_last, key_order, split
from core.archive.snapshot import LiveFile, Snapshot
from core.archive.store import Change


def upsert(base: Snapshot, layout: Layout, batch: pa.Table) -> Change:
    """Rows of `batch` take the place of those with the same identity; all others stay.

    `batch` holds each identity once.
    """
    touched = _touched(base, layout, batch)
    old = read_files(touched, layout, base.schema)
    return _change(layout, touched, keep_last(concat([old, batch]), layout), batch)


def replace(
    base: Snapshot,
    layout: Layout,
    batch: pa.Table,
    keys: Sequence[int | str],
    first_us: int,
    last_us: int,
    provenance: str,
) -> Change:
    """`batch` takes the place of all rows of `keys` in the range that have its provenance.

    Rows of another provenance stay, and win over rows of the batch with their identity.
    """
    # Also files beside the range, in a month that new rows come into: it stays one file.
    beside = _touched(base, layout, batch)
    touched = list(dict.fromkeys([*base.overlapping(keys, first_us, last_us), *beside]))
    mixed = [f for f in touched if not _owned(f, first_us, last_us, provenance)]
    old = read_files(mixed, layout, base.schema)
    times = epoch_us(old[layout.time])
    inside = pa.array((times >= first_us) & (times <= last_us))
    own = pc.fill_null(pc.equal(old["provenance"], provenance), False)
    rest = old.filter(pc.invert(pc.and_(inside, own)))
    rows = keep_last(concat([batch, rest]), layout) if rest.num_rows else batch
    return _change(layout, touched, rows, batch, keys)


def delete(base: Snapshot, layout: Layout, key: int | str, first_us: int, last_us: int) -> Change:
    """All rows of one key with a time in the closed range go; `rows` counts them."""
    touched = base.overlapping([key], first_us, last_us)
    # Files that go as a whole need not be read: the log says what is in them.
    whole = [f for f in touched if f.first_us >= first_us and f.last_us <= last_us and f.rows >= 0]
    edges = [f for f in touched if f not in set(whole)]
    old = read_files(edges, layout, base.schema)
    times = epoch_us(old[layout.time])
    rest = old.filter(pa.array((times < first_us) | (times > last_us)))
    cut = old.num_rows - rest.num_rows
    removed = tuple(whole + edges if cut else whole)
    if not removed:
        return Change((), (), frozenset(), 0)
    parts = tuple(split(key_order(rest, layout), layout)) if cut else ()
    return Change(removed, parts, frozenset([key]), cut + sum(f.rows for f in whole))


def delete_values(
    base: Snapshot, layout: Layout, key: int | str, column: str, values: Sequence[str]
) -> Change:
    """All rows of one key whose `column` is one of `values` go; `rows` counts them."""
    wanted = pa.array(values, pa.string())
    touched = [f for f in base.files if f.key == key and _holds_any(f, column, wanted)]
    old = read_files(touched, layout, base.schema)
    rest = old.filter(pc.invert(pc.is_in(old[column], wanted)))
    if not touched:
        return Change((), (), frozenset(), 0)
    parts = tuple(split(key_order(rest, layout), layout))
    return Change(tuple(touched), parts, frozenset([key]), old.num_rows - rest.num_rows)


def read_files(files: Iterable[LiveFile], layout: Layout, schema: pa.Schema) -> pa.Table:
    """Read data files whole; columns that a file lacks are null."""
    tables = [_read(file) for file in files]
    shaped = [shape(table, schema) for table in tables]
    return pa.concat_tables([schema.empty_table(), *shaped])


def _read(file: LiveFile) -> pa.Table:
    # A page that is not what was written must not be written anew, with a sum that fits it.
    return pq.read_table(
        file.path, partitioning=None, memory_map=False, page_checksum_verification=True
    )


def shape(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return `table` with the columns of `schema`; those that it lacks are null."""
    columns = [
        table[f.name].cast(f.type)
        if f.name in table.column_names
        else pa.chunked_array([pa.nulls(table.num_rows, f.type)])
        for f in schema
    ]
    return pa.table(columns, schema=schema)


def concat(tables: Sequence[pa.Table]) -> pa.Table:
    """Return the rows of tables one after the other, with the metadata columns of them all."""
    base = tables[0].schema
    schema = with_meta_columns(
        base, [n for t in tables for n in t.schema.names if n not in base.names]
    )
    return pa.concat_tables([shape(t, schema) for t in tables])


def _touched(base: Snapshot, layout: Layout, batch: pa.Table) -> list[LiveFile]:
    """Files that may hold an identity of the batch, or share the batch's months."""
    touched: dict[LiveFile, None] = {}
    for part in split(key_order(batch, layout), layout):
        key = part[layout.key][0].as_py()
        first, last = _period_us(part, layout)
        touched.update(dict.fromkeys(base.overlapping([key], first, last)))
    if layout.time not in layout.identity:
        # A product may come back with another start, so its old row may lie in another year.
        column = layout.identity[1]
        for key in set(batch[layout.key].to_pylist()):
            values = batch.filter(pc.equal(batch[layout.key], key))[column].combine_chunks()
            held = [f for f in base.files if f.key == key and f not in touched]
            touched.update(dict.fromkeys(f for f in held if _holds_any(f, column, values)))
    return list(touched)


def _period_us(part: pa.Table, layout: Layout) -> tuple[int, int]:
    period = epoch_us(part[layout.time])[:1].astype("M8[us]").astype(f"M8[{layout.period}]")
    edges = np.concatenate([period, period + 1]).astype("M8[us]").astype(np.int64)
    return int(edges[0]), int(edges[1]) - 1


def _holds_any(file: LiveFile, column: str, values: pa.Array) -> bool:
    stored = pq.read_table(file.path, columns=[column], partitioning=None)[column]
    return bool(pc.any(pc.is_in(stored, values)).as_py())


def _owned(file: LiveFile, first_us: int, last_us: int, provenance: str) -> bool:
    inside = file.first_us >= first_us and file.last_us <= last_us
    return inside and file.provenance == provenance


def _change(
    layout: Layout,
    touched: Sequence[LiveFile],
    rows: pa.Table,
    batch: pa.Table,
    keys: Sequence[int | str] = (),
) -> Change:
    parts = tuple(split(key_order(rows, layout), layout))
    written = frozenset(batch[layout.key].unique().to_pylist()) | frozenset(keys)
    return Change(tuple(touched), parts, written, batch.num_rows)
