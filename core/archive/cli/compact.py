"""The verb ``compact``: one data file per source and month again, whoever wrote them."""

from __future__ import annotations

import argparse
import sys
from functools import partial

from core.archive.cli.bar import Bar
from core.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the verb."""
    parser.epilog = (
        "Others may read and write meanwhile. What this program writes needs no compaction; "
        "small files come from other programs that write to the tables. The files that were "
        "replaced stay on disk until `vacuum` removes them."
    )
    parser.add_argument("--quiet", action="store_true", help="no progress bar")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Compact every table and say what changed; return the exit status."""
    from core.archive import Archive  # imported late: it takes a second
    from core.archive.compaction import compact

    with Archive.open(settings) as archive, Bar(args.quiet) as bar:
        for table in (archive.ephemeris, archive.products, archive.indices):
            name = table.store.layout.name
            done = compact(table.store, partial(bar.show, name))
            twice = f", {done.duplicates:,} rows that were there twice" if done.duplicates else ""
            sys.stdout.write(f"{name}: {done.before:,} files made into {done.after:,}{twice}\n")
    return 0
