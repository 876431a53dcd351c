"""Tables as CSV text: the one way in which any part of the program writes it.

UTF-8, a header line, lines that end in a line feed, quotes where they are needed. Times are ISO
8601 in UTC with a Z, a missing value is nothing at all, an empty text is ``""``.
"""

from __future__ import annotations

import csv
import io

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

# A spreadsheet runs a cell that begins with one of these as a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
_FORMULA_START = "^[" + "".join(f"\\x{ord(sign):02x}" for sign in FORMULA) + "]"


def csv_header(names: list[str]) -> bytes:
    """Return the header line."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerow(names)
    return stream.getvalue().encode()


def csv_rows(table: pa.Table) -> bytes:
    """Return the lines of a table without its header line.

    Text that a spreadsheet would run as a formula gets an apostrophe in front. Columns hold
    text, numbers, truth values, days or times; lists and structs are not written.
    """
    if not table.num_rows:
        return b""
    columns = {name: _cells(table[name]) for name in table.column_names}
    sink = pa.BufferOutputStream()
    options = pa_csv.WriteOptions(include_header=False, quoting_style="needed")
    pa_csv.write_csv(pa.table(columns), sink, options)
    return bytes(sink.getvalue().to_pybytes())


def _cells(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_timestamp(column.type):
        return _times(column)
    if pa.types.is_string(column.type):
        risky = pc.match_substring_regex(column, _FORMULA_START)
        return pc.if_else(risky, pc.binary_join_element_wise("'", column, ""), column)
    return column


def _times(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Write times with a fraction only where there is one."""
    times = column.cast(pa.timestamp("us"))
    seconds = pc.floor_temporal(times, unit="second")
    short = pc.strftime(seconds.cast(pa.timestamp("s")), "%Y-%m-%dT%H:%M:%SZ")
    broken = pc.not_equal(times, seconds)
    if not pc.any(broken).as_py():
        return short
    return pc.if_else(broken, pc.strftime(times, "%Y-%m-%dT%H:%M:%SZ"), short)
