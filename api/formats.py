"""Which format an answer has: JSON, unless the `Accept` of the request names another one.

JSON keeps the shape that clients of the AuroraX API read. The other formats are flat tables, all
with the same columns and values; they are written while they are read, piece by piece.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import flask
import pyarrow as pa
from werkzeug.exceptions import NotAcceptable

from api.answers import JSON_TYPE
from core.archive.csv_text import csv_header, csv_rows

CSV_TYPE = "text/csv"
PARQUET_TYPE = "application/vnd.apache.parquet"
ARROW_TYPE = "application/vnd.apache.arrow.stream"
# In the order in which one is chosen where a client likes several alike.
ALL = (JSON_TYPE, CSV_TYPE, PARQUET_TYPE, ARROW_TYPE)
JSON_ALONE = (JSON_TYPE,)


def chosen(offered: tuple[str, ...] = ALL) -> str:
    """Return the media type that the request likes best; JSON where it says nothing.

    Raises
    ------
    werkzeug.exceptions.NotAcceptable
        It accepts none of those; the text lists them.
    """
    ranges = [(_bare(name), quality) for name, quality in flask.request.accept_mimetypes]
    if not ranges:
        return offered[0]
    liking = {kind: _liking(kind, ranges) for kind in offered}
    best = max(offered, key=lambda kind: liking[kind])
    if liking[best][0] <= 0:
        raise NotAcceptable(
            f"This can be delivered as {', '.join(offered)}; the request accepts "
            f"{flask.request.headers.get('Accept', '')[:200]!r} alone."
        )
    return best


def _bare(name: str) -> str:
    return name.partition(";")[0].strip().lower()


def _liking(kind: str, ranges: list[tuple[str, float]]) -> tuple[float, int]:
    """Return quality and closeness of the range that names a media type most closely."""
    group = f"{kind.partition('/')[0]}/*"
    for closeness, wanted in ((2, (kind,)), (1, (group,)), (0, ("*/*", "*"))):
        found = [quality for name, quality in ranges if name in wanted]
        if found:
            return max(found), closeness
    return 0.0, 0


def stream_tables(kind: str, tables: Iterable[pa.Table]) -> flask.Response:
    """Return tables of one schema, of which there is at least one, as CSV, Parquet or Arrow.

    Notes
    -----
    The first piece is made before the response begins: what fails there, still becomes an error
    document. A later failure breaks the transfer off, which clients notice.
    """
    pieces = _WRITERS[kind](iter(tables))
    first = next(pieces)
    return flask.Response(chain((first,), pieces), content_type=content_type(kind))


def whole_table(kind: str, table: pa.Table) -> bytes:
    """Return a small table as CSV, Parquet or Arrow."""
    return b"".join(_WRITERS[kind](iter((table,))))


def content_type(kind: str) -> str:
    """Return the `Content-Type` of a media type; JSON's is compared as text by clients."""
    return f"{kind}; charset=utf-8" if kind == CSV_TYPE else kind


def _as_csv(tables: Iterator[pa.Table]) -> Iterator[bytes]:
    first = next(tables)
    yield csv_header(first.column_names) + csv_rows(first)
    for table in tables:
        yield csv_rows(table)


def _as_parquet(tables: Iterator[pa.Table]) -> Iterator[bytes]:
    import pyarrow.parquet as pq  # a part of Arrow that a start of the server does without

    first, sink = next(tables), _Sink()
    with pq.ParquetWriter(sink, first.schema, compression="snappy") as writer:
        for table in chain((first,), tables):
            writer.write_table(table)
            yield sink.drain()
    yield sink.drain()


def _as_arrow(tables: Iterator[pa.Table]) -> Iterator[bytes]:
    first, sink = next(tables), _Sink()
    with pa.ipc.new_stream(sink, first.schema) as writer:
        for table in chain((first,), tables):
            writer.write_table(table)
            yield sink.drain()
    yield sink.drain()


_WRITERS = {CSV_TYPE: _as_csv, PARQUET_TYPE: _as_parquet, ARROW_TYPE: _as_arrow}


class _Sink(io.RawIOBase):
    """A file that is handed over while it is written, and held no longer than that."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._position = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        part = bytes(data)
        self._parts.append(part)
        self._position += len(part)
        return len(part)

    def tell(self) -> int:
        return self._position

    def drain(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)
