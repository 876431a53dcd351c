"""Reads what is left of a damaged data file: whole columns of its groups of rows.

A group of rows whose times (or other names of rows) are damaged is lost, as nothing says what its
values are of. Where another column is damaged its values are null, and so are those of its pair:
a latitude means nothing without its longitude.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.parquet as pq

from core.archive.checks import check_ephemeris
from core.archive.columns import META_PREFIX, POSITION_COLUMNS, with_meta_columns
from core.archive.layout import EPHEMERIS, Layout, arrange
from core.archive.rewrite import shape
from core.archive.snapshot import LiveFile
from core.errors import BadInput

PAIRS = dict(zip(POSITION_COLUMNS[::2], POSITION_COLUMNS[1::2], strict=True))
PARTNERS = PAIRS | {lon: lat for lat, lon in PAIRS.items()}


@dataclass(slots=True)
class Salvage:
    """What could be read of a file.

    Attributes
    ----------
    rows : pa.Table
        In the order of the table, each identity once.
    columns : set of str
        Columns in which some values are gone.
    """

    rows: pa.Table
    columns: set[str] = field(default_factory=set)


def salvage(file: LiveFile, layout: Layout) -> Salvage:
    """Return the rows of a damaged file that can be read; none where the file has no end."""
    found = Salvage(layout.schema.empty_table())
    try:
        with pq.ParquetFile(file.path, page_checksum_verification=True) as opened:
            groups = [
                _group(opened, number, file, layout, found.columns)
                for number in range(opened.metadata.num_row_groups)
            ]
    except (pa.ArrowException, OSError):
        return found
    read = [group for group in groups if group is not None]
    if read:
        rows = arrange(pa.concat_tables(read), layout)
        found.rows = _sound(rows, layout, found.columns)
    return found


def _group(
    opened: pq.ParquetFile, number: int, file: LiveFile, layout: Layout, gone: set[str]
) -> pa.Table | None:
    """Return a group of rows, with what cannot be read as null; None where that names rows."""
    names = [n for n in opened.schema_arrow.names if n not in (layout.key, "year")]
    count = opened.metadata.row_group(number).num_rows
    columns: dict[str, pa.ChunkedArray] = {}
    for name in names:
        column = _column(opened, number, name, count)
        if column is not None:
            columns[name] = column
    if not ({layout.time, *layout.identity} - {layout.key}) <= columns.keys():
        return None
    damaged = set(names) - columns.keys()
    damaged |= {PARTNERS[name] for name in damaged if name in PARTNERS}
    gone |= damaged
    kept = {name: column for name, column in columns.items() if name not in damaged}
    # The log says whose rows these are: as true as what the file says, and never damaged with it.
    kept[layout.key] = pa.chunked_array([pa.repeat(pa.scalar(file.key), count)])
    kept["year"] = pa.chunked_array([pa.repeat(pa.scalar(file.year), count)])
    return shape(
        pa.table(kept),
        with_meta_columns(layout.schema, (n for n in names if n.startswith(META_PREFIX))),
    )


def _column(opened: pq.ParquetFile, number: int, name: str, count: int) -> pa.ChunkedArray | None:
    try:
        column = opened.read_row_group(number, columns=[name], use_threads=False)[name]
    except (pa.ArrowException, OSError):
        return None
    return column if len(column) == count else None


def _sound(rows: pa.Table, layout: Layout, gone: set[str]) -> pa.Table:
    """Return rows that any write would accept: a page without a sum may hold anything."""
    while layout is EPHEMERIS:
        try:
            return check_ephemeris(rows)
        except BadInput as error:
            name = str(error.details["field"])
            if name == layout.time:
                row = int(error.details["row"])
                rows = pa.concat_tables([rows.slice(0, row), rows.slice(row + 1)])
            elif name in gone or name not in rows.column_names:
                return rows.slice(0, 0)
            else:
                wrong = {name, PARTNERS.get(name, name)}
                gone |= wrong
                rows = _without(rows, wrong)
    return rows


def _without(rows: pa.Table, names: set[str]) -> pa.Table:
    for name in names:
        place = rows.schema.get_field_index(name)
        nulls = pa.nulls(rows.num_rows, rows.schema.field(place).type)
        rows = rows.set_column(place, rows.schema.field(place), nulls)
    return rows
