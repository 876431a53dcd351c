"""The verb ``ingest``: ``python -m core ingest asi|skymap|grid|track|ephemeris FILES``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from core.archive.ingest_report import IngestReport, Progress
from core.settings import Settings

if TYPE_CHECKING:
    from core.archive import Archive

_WRITTEN = "; {report.records} records and {report.products} data products were written"
_EPILOG = """exit status:
  0  every file is in the archive
  1  some were refused, with reasons that are kept in the ingest log; or the archive cannot be used
  2  wrong usage or settings, or none of the files could go in
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the kinds of files and their arguments."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EPILOG
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
    asi = kinds.add_parser("asi", help="all-sky imager files: PGM, PGM.gz, THEMIS level 1 CDF")
    skymap = kinds.add_parser("skymap", help="official skymaps: IDL save files (.sav)")
    grid = kinds.add_parser(
        "grid", help="grids of the Earth: NOAA OVATION (text, JSON), UCalgary MOSv001 (HDF5)"
    )
    track = kinds.add_parser("track", help="spacecraft positions: Swarm CDF from VirES")
    ephemeris = kinds.add_parser(
        "ephemeris", help="records of any sources: Parquet files, millions of rows a second"
    )
    ephemeris.add_argument(
        "--existing",
        choices=("refuse", "replace", "keep"),
        default="refuse",
        help="what to do where there is a record of the same source and epoch: refuse the file "
        "(default), replace the record, or keep it",
    )
    ephemeris.add_argument(
        "--provenance", choices=("ingested", "uploaded", "simulated"), default="ingested"
    )
    ephemeris.add_argument(
        "--source", type=int, metavar="ID", help="the source of files without a column source"
    )
    for kind in (asi, skymap, grid, track, ephemeris):
        kind.add_argument("files", nargs="+", type=Path, metavar="FILE")
        kind.add_argument("--quiet", action="store_true", help="no progress bar")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Take the files in and say what became of each.

    The archive is created where there is none.

    Returns
    -------
    int
        Exit status, see `_EPILOG`.
    """
    from core.archive import Archive  # imported late: it takes a second

    with Archive.create(settings) as archive, _Bar(args.quiet) as bar:
        report = _ingest(args)(archive, args.files, bar.show)
    _print(report, _WRITTEN if args.kind in ("asi", "track", "ephemeris") else "")
    return report.exit_status


def _ingest(
    args: argparse.Namespace,
) -> Callable[[Archive, Sequence[Path], Progress], IngestReport]:
    """Return the function that takes files of a kind in; what one does not need stays unloaded."""
    kind = args.kind
    if kind == "ephemeris":
        from core.archive.parquet_ingest import Choices, ingest_parquet

        choices = Choices(args.existing, args.provenance, args.source)
        return partial(ingest_parquet, choices=choices)
    if kind == "asi":
        from core.imaging.ingest import ingest_asi

        return ingest_asi
    if kind == "skymap":
        from core.imaging.skymap_ingest import ingest_skymaps

        return ingest_skymaps
    if kind == "grid":
        from core.grids.ingest import ingest_grids

        return ingest_grids
    from core.archive.tracks import ingest_tracks

    return ingest_tracks


class _Bar:
    """A progress bar that shows the name of the file it is at."""

    def __init__(self, quiet: bool) -> None:
        self._bar = tqdm(
            total=100, unit="%", disable=quiet or None, bar_format="{l_bar}{bar}| {postfix}"
        )

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def show(self, name: str, share: float) -> None:
        self._bar.set_postfix_str(name, refresh=False)
        self._bar.update(100 * share - self._bar.n)


def _print(report: IngestReport, written: str) -> None:
    lines = [f"{item.outcome:<9}  {item.path.name}: {item.message}" for item in report.files]
    lines.append(
        f"{len(report.accepted)} of {len(report.files)} files are in the archive"
        + written.format(report=report)
        + "."
    )
    sys.stdout.write("\n".join(lines) + "\n")
