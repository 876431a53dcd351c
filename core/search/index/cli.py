"""The verb ``index``: ``python -m core index build|drop|status [--source ID] [--year YEAR]``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from core.errors import ArchiveError
from core.settings import Settings

if TYPE_CHECKING:
    from core.archive import Archive
    from core.search.index.store import IndexStore
    from core.search.index.upkeep import Pair

_EPILOG = """exit status:
  0  done
  1  an index could not be written, or the settings do without one
  2  wrong usage or settings
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb can do."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EPILOG
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="DEED")
    built = deeds.add_parser("build", help="make what is missing or out of date")
    built.add_argument("--quiet", action="store_true", help="no progress bar")
    built.add_argument(
        "--idle",
        action="store_true",
        help="at the lowest priority, unless another process does so now; what is out of date is "
        "deleted; ends with what started it",
    )
    dropped = deeds.add_parser("drop", help="delete the index; searches make it anew")
    status = deeds.add_parser("status", help="say how much of the records has an index")
    for deed in (built, dropped, status):
        deed.add_argument("--source", type=int, metavar="ID", help="this data source alone")
        deed.add_argument("--year", type=int, metavar="YEAR", help="this year alone (UTC)")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Do what was asked for; return the exit status, see `_EPILOG`."""
    from core.archive import Archive  # imported late: it takes a second
    from core.search.index.store import store_of

    with Archive.open(settings) as archive:
        store = store_of(archive)
        if store is None:
            raise ArchiveError(
                "The settings do without a track index.", hint="ATLAS_INDEX=on turns it on."
            )
        deeds = {"build": _build, "drop": _drop, "status": _status}
        return deeds[args.deed](args, archive, store)


def _build(args: argparse.Namespace, archive: Archive, store: IndexStore) -> int:
    from tqdm import tqdm

    if args.idle:
        return _keep(archive, store)
    wanted = _chosen(args, archive)
    missing = [pair for pair in wanted if not store.has(*pair)]
    made = 0
    for pair in tqdm(missing, unit="source-year", disable=args.quiet or not missing, leave=False):
        if store.make_tracks(*pair) is None:
            break
        made += 1
    sys.stdout.write(f"made {made} of {len(missing)} missing, {len(wanted)} in all\n")
    return 0 if made == len(missing) else 1


def _keep(archive: Archive, store: IndexStore) -> int:
    from core.search.index import upkeep

    stop = upkeep.orphaned()
    upkeep.lower_priority()
    left = upkeep.keep(archive, store, stop)
    said = "another process is at it" if left is None else f"{left} source-years are left"
    sys.stdout.write(f"{said}\n")
    return 1 if left else 0


def _drop(args: argparse.Namespace, archive: Archive, store: IndexStore) -> int:
    count, size = store.drop(args.source, args.year)
    sys.stdout.write(f"deleted {count} files, {size / 2**20:.1f} MiB\n")
    return 0


def _status(args: argparse.Namespace, archive: Archive, store: IndexStore) -> int:
    from core.search.index import upkeep

    wanted = _chosen(args, archive)
    ready = [pair for pair in wanted if store.has(*pair)]
    rows, indexed = (sum(year.rows for _, year in pairs) for pairs in (wanted, ready))
    files, size = store.usage(args.source, args.year)
    old = upkeep.stale(archive, store)
    most = archive.settings.max_index_bytes
    sys.stdout.write(
        f"{store.folder}\n"
        f"{len(ready)} of {len(wanted)} source-years, {indexed:,} of {rows:,} records\n"
        f"{files} files, {size / 2**20:.1f} MiB on disk, {most / 2**20:.0f} MiB allowed\n"
        f"{len(old)} files out of date, {sum(taken for _, taken in old) / 2**20:.1f} MiB\n"
        f"{'being kept complete by a process now' if upkeep.kept_now(store) else 'nobody at it'}\n"
    )
    for year, pairs in groupby(wanted, key=lambda pair: pair[1].year):
        listed = list(pairs)
        there = sum(store.has(*pair) for pair in listed)
        sys.stdout.write(f"{year}: {there} of {len(listed)}\n")
    return 0


def _chosen(args: argparse.Namespace, archive: Archive) -> Sequence[Pair]:
    """Return the source-years with records that were asked for, the latest years first."""
    from core.search.index.upkeep import years_of

    if args.source is not None:
        archive.catalogue.sources.get(args.source)  # says so where there is none
    return [
        (source, year)
        for source, year in years_of(archive)
        if args.source in (None, year.source) and args.year in (None, year.year)
    ]
