"""The verb ``delete``: delete the ephemeris records of sources in a span of time."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pyarrow.compute as pc

from core.errors import BadInput
from core.settings import Settings

if TYPE_CHECKING:
    from core.archive import Archive

_EPILOG = """Times are UTC and inclusive. Each source is one transaction.
Without --yes the records are counted and nothing is deleted.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the verb."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EPILOG
    parser.add_argument(
        "--source", type=int, nargs="+", required=True, metavar="ID", help="whose records"
    )
    parser.add_argument("--start", type=utc_time, required=True, metavar="TIME", help="ISO 8601")
    parser.add_argument("--end", type=utc_time, required=True, metavar="TIME", help="ISO 8601")
    parser.add_argument("--yes", action="store_true", help="delete them")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Delete, or count, the records; return the exit status."""
    from core.archive import Archive  # imported late: it takes a second

    if args.end < args.start:
        raise BadInput(
            f"The end, {args.end:%Y-%m-%dT%H:%MZ}, is before the start.",
            hint="Nothing was deleted.",
            field="end",
        )
    with Archive.open(settings) as archive:
        _check_known(archive, args.source)
        for source in dict.fromkeys(args.source):
            count = _do(archive, source, args)
            word = "deleted" if args.yes else "would be deleted (--yes deletes them)"
            sys.stdout.write(f"source {source}: {count:,} records {word}\n")
    return 0


def _check_known(archive: Archive, sources: Sequence[int]) -> None:
    """Refuse a source that neither the catalogue nor the table has: a slip of the pen."""
    known = {source.identifier for source in archive.catalogue.sources.list()}
    known |= {int(file.key) for file in archive.ephemeris.store.snapshot().files}
    if strangers := sorted(set(sources) - known):
        raise BadInput(
            f"The archive knows no source {strangers[0]}.",
            hint="Nothing was deleted.",
            field="source",
            value=strangers[0],
        )


def _do(archive: Archive, source: int, args: argparse.Namespace) -> int:
    if args.yes:
        return archive.ephemeris.delete_range(source, args.start, args.end)
    counts = archive.ephemeris.day_counts(args.start, args.end, [source])
    return pc.sum(counts["count"]).as_py() or 0


def utc_time(text: str) -> datetime:
    """Read an ISO 8601 time; one without a zone is UTC."""
    when = datetime.fromisoformat(text)
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
