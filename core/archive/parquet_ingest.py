"""Taking Parquet files of ephemeris records into the archive, one transaction a file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.archive.bulk import CHUNK_ROWS, BulkReport
from core.archive.bulk_merge import Existing
from core.archive.ingest_report import (
    FileOutcome,
    IngestReport,
    Progress,
    refused_outcome,
    take_each,
)
from core.errors import BadInput, Duplicate, FileRefused

if TYPE_CHECKING:
    from core.archive import Archive

_Share = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Choices:
    """How files are taken in.

    Attributes
    ----------
    existing : {"refuse", "replace", "keep"}
        What to do where the archive has a record of the same source and epoch.
    provenance : str
        What the archive notes about where the records came from.
    source : int, optional
        Identifier of the source, for files without a column ``source``.
    """

    existing: Existing = "refuse"
    provenance: str = "ingested"
    source: int | None = None


def ingest_parquet(
    archive: Archive,
    paths: Sequence[Path],
    progress: Progress | None = None,
    choices: Choices | None = None,
) -> IngestReport:
    """Take Parquet files of ephemeris records in, each whole or not at all.

    Parameters
    ----------
    archive : Archive
        Open for writing.
    paths : sequence of Path
        Files with the columns of `EPHEMERIS_SCHEMA` and any ``md_*``; `source` and `epoch` have
        to be there. Fastest in order of source and epoch.
    progress : callable, optional
        Called with the name of the file at hand and the share done so far.
    choices : Choices, optional
        What to do about records that are there, and what to note.

    Returns
    -------
    IngestReport
        A refused file stands in it with the reason and does not stop the others.
    """
    chosen = choices or Choices()
    shares = {path: i / len(paths) for i, path in enumerate(paths)}

    def show(path: Path, share: float) -> None:
        if progress:
            progress(path.name, shares[path] + share / len(paths))

    def take(path: Path) -> FileOutcome:
        try:
            return _take(archive, path, chosen, lambda share: show(path, share))
        except (FileRefused, BadInput, Duplicate) as error:
            return refused_outcome(path, error)

    report = take_each(archive, "ephemeris", paths, take, progress)
    report.records = sum(file.rows for file in report.files)
    return report


def _take(archive: Archive, path: Path, choices: Choices, show: _Share) -> FileOutcome:
    with _opened(path) as file:
        total = max(1, file.metadata.num_rows)
        _check_columns(path, file.schema_arrow, choices)
        with path.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        report = archive.ephemeris.load(
            _batches(archive, path, file, choices),
            choices.existing,
            choices.provenance,
            lambda read: show(read / total),
        )
    outcome = FileOutcome(path, "unchanged", _told(report), sha256, report.rows)
    if report.rows:
        outcome.outcome = "accepted"
    return outcome


def _batches(
    archive: Archive, path: Path, file: pq.ParquetFile, choices: Choices
) -> Iterator[pa.Table]:
    known = pa.array([s.identifier for s in archive.catalogue.sources.list()], pa.int64())
    read = 0
    chunks = file.iter_batches(CHUNK_ROWS, use_threads=False)
    while True:
        try:
            batch = next(chunks, None)
        except (pa.ArrowException, OSError) as error:
            reason = " ".join(str(error).split())
            raise _refused(
                path, f"it cannot be read beyond row {read}, it is damaged: {reason}"
            ) from error
        if batch is None:
            return
        yield _with_source(pa.Table.from_batches([batch]), choices.source, known, read)
        read += batch.num_rows


def _with_source(table: pa.Table, source: int | None, known: pa.Array, before: int) -> pa.Table:
    """Return the table with its sources, which the catalogue has to know."""
    if source is not None and "source" not in table.column_names:
        column = pa.repeat(pa.scalar(source, pa.int32()), table.num_rows)
        table = table.append_column("source", column)
    if not pa.types.is_integer(table["source"].type):
        return table  # the check of the columns tells which row does not fit
    present = pc.unique(table["source"])
    strange = present.filter(pc.invert(pc.is_in(present.cast(pa.int64()), known))).drop_null()
    if len(strange):
        row = before + pc.index(table["source"], strange[0]).as_py()
        raise BadInput(
            f"Row {row}: source {strange[0].as_py()} is none that the archive knows.",
            hint="Add the data source first.",
            field="source",
            row=row,
            value=strange[0].as_py(),
        )
    return table


def _opened(path: Path) -> pq.ParquetFile:
    if path.is_dir():
        raise _refused(path, "it is a folder; name the files in it")
    if not path.is_file():
        raise _refused(path, "there is no such file")
    try:
        return pq.ParquetFile(path, page_checksum_verification=True)
    except PermissionError as error:
        raise _refused(path, "it may not be read by this user") from error
    except (pa.ArrowException, OSError) as error:
        raise _refused(path, "it is no Parquet file, or a part of one") from error


def _check_columns(path: Path, schema: pa.Schema, choices: Choices) -> None:
    twice = sorted({name for name in schema.names if schema.names.count(name) > 1})
    if twice:
        raise _refused(path, f"it has the column {twice[0]} more than once")
    here = f"; it has {', '.join(schema.names[:20])}"
    if "epoch" not in schema.names:
        raise _refused(path, f"it has no column epoch{here}")
    if "source" not in schema.names and choices.source is None:
        raise _refused(path, f"it has no column source; --source says whose records they are{here}")
    kind = schema.field("epoch").type
    if not pa.types.is_timestamp(kind):
        raise _refused(
            path, f"its column epoch is {kind}; a timestamp, with a zone or in UTC, would be right"
        )


def _refused(path: Path, reason: str) -> FileRefused:
    return FileRefused(f"{path.name}: {reason}.", path=str(path), reason=reason)


def _told(report: BulkReport) -> str:
    parts = [f"{report.rows} records"]
    for count, what in (
        (report.replaced, "in place of others"),
        (report.kept, "left out, as the archive has them"),
        (report.duplicates, "left out, as a later row has the same source and epoch"),
    ):
        if count:
            parts.append(f"{count} {what}")
    return ", ".join(parts)
