"""The command `python -m core archive`."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import date, timedelta

from tqdm import tqdm

from core.archive import Archive
from core.errors import BadInput
from core.settings import Settings
from core.simulation.build import EMBEDDED_DAYS, build_archive
from core.simulation.keogram_products import ensure_products
from core.simulation.marker import built_days

MAX_DAYS = 3660
"""Most days that one range may name."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument(
        "--days",
        nargs="+",
        metavar="DAY[:DAY]",
        help="UT days or ranges of days, both ends included; default: the days of the examples",
    )
    parser.add_argument(
        "--processes",
        type=_processes,
        default=max(1, min(4, os.cpu_count() or 1)),
        help="worker processes (default: %(default)s)",
    )
    parser.add_argument(
        "--missing",
        action="store_true",
        help="build only days that no finished build has written",
    )


def _processes(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes, which is 1 or more")
    return int(text)


def parse_days(ranges: list[str]) -> list[date]:
    """Return the days that ranges such as ``2019-01-01:2019-01-03`` name.

    Raises
    ------
    BadInput
        A range is no date or pair of dates, runs backwards, or is longer than ten years.
    """
    days: list[date] = []
    for text in ranges:
        try:
            first, _, last = text.partition(":")
            start, end = date.fromisoformat(first), date.fromisoformat(last or first)
        except ValueError as error:
            raise BadInput(
                f"{text!r} names no days.",
                hint="Write 2019-01-01 or 2019-01-01:2019-01-03.",
                field="days",
                value=text,
            ) from error
        count = (end - start).days + 1
        if not 1 <= count <= MAX_DAYS:
            raise BadInput(
                f"{text!r} names {count} days.",
                hint=f"A range runs forward and has at most {MAX_DAYS} days.",
                field="days",
                value=text,
            )
        days += [start + timedelta(days=k) for k in range(count)]
    return days


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Build the archive with a progress bar on standard error; return the exit status."""
    days = parse_days(args.days) if args.days else list(EMBEDDED_DAYS)
    if args.missing:
        finished = set(built_days(settings))
        days = [day for day in days if day not in finished]
        if not days:
            with Archive.create(settings) as archive:
                added = ensure_products(archive)
            more = f"; {added:,} simulated keograms were added to its products" if added else ""
            sys.stdout.write(f"The archive has these days already{more}.\n")
            return 0
    with tqdm(total=1000, desc="archive", unit="", bar_format=_BAR, file=sys.stderr) as bar:

        def tell(stage: str, fraction: float) -> None:
            bar.set_postfix_str(stage, refresh=False)
            bar.update(round(fraction * 1000) - bar.n)

        report = build_archive(settings, days, tell, args.processes)
    sys.stdout.write(
        f"{report.records:,} simulated records of {report.sources} sources on {report.days} days"
        f", {report.products:,} simulated keograms and {report.index_values:,} index values "
        f"in {report.seconds:.0f} s: {settings.archive}\n"
    )
    return 0


_BAR = "{desc}: {percentage:3.0f}%|{bar}| {elapsed} {postfix}"
