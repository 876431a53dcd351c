"""What a result file says about itself, beside its rows, and how it is put on disk."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from core.archive import duck
from core.archive.durable import sync_folder
from core.instruments.model import DataSource, MetadataField

HEADER_KEY = b"aurora_atlas"
GROUP_ROWS = 20_000


@dataclass(frozen=True)
class ResultHeader:
    """Kind of search, its query, the frame that latitudes were compared in, and its sources."""

    kind: str
    query: dict[str, Any]
    sources: dict[int, DataSource]
    latitude_frame: str = ""

    @property
    def simulated(self) -> bool:
        """Whether any source of the rows holds simulated records."""
        return any(s.metadata.get("provenance") == "simulated" for s in self.sources.values())

    @classmethod
    def make(
        cls,
        kind: str,
        query: dict[str, Any],
        sources: Iterable[DataSource],
        latitude_frame: str = "",
    ) -> ResultHeader:
        """Make a header from the sources in any order."""
        return cls(kind, query, {item.identifier: item for item in sources}, latitude_frame)

    @classmethod
    def from_json(cls, text: bytes) -> ResultHeader:
        """Read what `to_json` wrote."""
        found = json.loads(text)
        sources = (_source(item) for item in found["sources"])
        return cls.make(found["kind"], found["query"], sources, found["latitude_frame"])

    def to_json(self) -> bytes:
        """Write the header for the Parquet file's key-value metadata."""
        found = {
            "kind": self.kind,
            "query": self.query,
            "latitude_frame": self.latitude_frame,
            "sources": [asdict(source) for source in self.sources.values()],
        }
        return json.dumps(found).encode()


def write_result(table: pa.Table, header: ResultHeader, path: Path, *, durable: bool = True) -> int:
    """Write a result so that it is there completely or not at all; return its size in bytes.

    The file is written aside, flushed to the disk, and renamed; then the folder is flushed. A
    file that need not outlive the machine's next fall (`durable` false) is not flushed.

    Raises
    ------
    core.errors.SearchCancelled
        The search around it was cancelled on the way.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".part")
    try:
        with aside.open("wb") as stream:
            _write_groups(table, header, stream)
            if durable:
                stream.flush()
                os.fsync(stream.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    if durable:
        sync_folder(path.parent)
    return path.stat().st_size


def _write_groups(table: pa.Table, header: ResultHeader, stream: BinaryIO) -> None:
    """Write in groups of rows: a page is read out of one or two, and a cancel waits for one."""
    metadata = {**(table.schema.metadata or {}), HEADER_KEY: header.to_json()}
    schema = table.schema.with_metadata(metadata)
    # Fast to write and to read, and every reader of Parquet knows it. Dictionaries of numbers that
    # are nearly all different cost time and room.
    with pq.ParquetWriter(
        stream, schema, compression="snappy", use_dictionary=repeating(schema)
    ) as writer:
        for first in range(0, max(1, table.num_rows), GROUP_ROWS):
            duck.check()
            group = table.slice(first, GROUP_ROWS).replace_schema_metadata(metadata)
            writer.write_table(group, row_group_size=GROUP_ROWS)


def repeating(schema: pa.Schema) -> list[str]:
    """Return the columns, by their path in the file, whose values may repeat: text and integers."""
    return [
        path for field in schema if field.name != "row" for path in _repeating(field, field.name)
    ]


def _repeating(field: pa.Field, path: str) -> Iterator[str]:
    kind = field.type
    if pa.types.is_list(kind):
        yield from _repeating(kind.value_field, f"{path}.list.element")
    elif pa.types.is_struct(kind):
        for number in range(kind.num_fields):
            inner = kind.field(number)
            yield from _repeating(inner, f"{path}.{inner.name}")
    elif not (pa.types.is_floating(kind) or pa.types.is_timestamp(kind)):
        yield path


def _source(item: dict[str, Any]) -> DataSource:
    """Make a data source from what `asdict` made of one."""
    fields = dict(item, maintainers=tuple(item["maintainers"]))
    for name in ("ephemeris_metadata_schema", "data_product_metadata_schema"):
        fields[name] = tuple(
            MetadataField(**{**entry, "allowed_values": tuple(entry["allowed_values"])})
            for entry in item[name]
        )
    return DataSource(**fields)
