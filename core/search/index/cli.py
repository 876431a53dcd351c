"""The verb ``index``: ``python -m core index build|drop|status [--source ID] [--year YEAR]``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.errors import ArchiveError
from core.settings import Settings

if TYPE_CHECKING:
    from core.archive import Archive
    from core.search.index.source_minutes import SourceYear
    from core.search.index.store import IndexStore

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

    sources = {item.identifier: item for item in archive.catalogue.sources.search([], [], [])}
    wanted = _chosen(args, archive)
    missing = [y for y in wanted if y.source in sources and not store.has(sources[y.source], y)]
    made = 0
    for year in tqdm(missing, unit="source-year", disable=args.quiet or not missing, leave=False):
        if store.make(sources[year.source], year) is None:
            break
        made += 1
    sys.stdout.write(f"made {made} of {len(missing)} missing, {len(wanted)} in all\n")
    return 0 if made == len(missing) else 1


def _drop(args: argparse.Namespace, archive: Archive, store: IndexStore) -> int:
    count, size = store.drop(args.source, args.year)
    sys.stdout.write(f"deleted {count} files, {size / 2**20:.1f} MiB\n")
    return 0


def _status(args: argparse.Namespace, archive: Archive, store: IndexStore) -> int:
    sources = {item.identifier: item for item in archive.catalogue.sources.search([], [], [])}
    wanted = _chosen(args, archive)
    ready = [y for y in wanted if y.source in sources and store.has(sources[y.source], y)]
    rows, indexed = (sum(y.rows for y in years) for years in (wanted, ready))
    files, size = store.usage(args.source, args.year)
    sys.stdout.write(
        f"{store.folder}\n"
        f"{len(ready)} of {len(wanted)} source-years, {indexed:,} of {rows:,} records\n"
        f"{files} files, {size / 2**20:.1f} MiB on disk\n"
    )
    return 0


def _chosen(args: argparse.Namespace, archive: Archive) -> Sequence[SourceYear]:
    """Return the source-years with records that were asked for, the latest years first."""
    from core.search.index.source_minutes import source_years

    if args.source is not None:
        archive.catalogue.sources.get(args.source)  # says so where there is none
    years = source_years(archive.ephemeris.store.snapshot()).values()
    chosen = [y for y in years if args.source in (None, y.source) and args.year in (None, y.year)]
    return sorted(chosen, key=lambda y: (-y.year, y.source))
