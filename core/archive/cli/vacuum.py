"""The verb ``vacuum``: remove data files that nothing needs any more."""

from __future__ import annotations

import argparse
import sys

from core.archive.maintenance import DEFAULT_HOURS, SHORTEST_HOURS
from core.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the verb."""
    parser.epilog = (
        "Others may read and write meanwhile, as long as no search and no write takes that long."
    )
    parser.add_argument(
        "--hours",
        type=int,
        default=DEFAULT_HOURS,
        metavar="N",
        help=f"keep files of the last N hours (default: %(default)s, at least {SHORTEST_HOURS})",
    )
    parser.add_argument("--dry-run", action="store_true", help="count them, remove nothing")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Remove the files and say how many they were; return the exit status."""
    from core.archive import Archive  # imported late: it takes a second
    from core.archive.maintenance import vacuum

    with Archive.open(settings) as archive:
        removed = vacuum(archive, args.hours, dry_run=args.dry_run)
    word = "would go" if args.dry_run else "removed"
    for name, count in removed.files.items():
        sys.stdout.write(f"{name}: {count:,} files {word}\n")
    return 0
