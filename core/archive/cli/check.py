"""The verb ``check``: look an archive over, and repair it where that is asked for."""

from __future__ import annotations

import argparse
import sys

from core.archive.cli.bar import Bar
from core.settings import Settings

_EPILOG = """Without --repair nothing is changed. What is looked at and what a repair does stands in
docs/topics/write_path.md.

exit status:
  0  sound, or everything that was found is repaired
  1  faults are left, or the archive cannot be used
  2  wrong usage or settings
"""
_MARKS = {"left": "FAULT", "repaired": "repaired", "note": "note"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the verb."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EPILOG
    parser.add_argument("--repair", action="store_true", help="repair what can be repaired")
    parser.add_argument(
        "--deep",
        action="store_true",
        help="read every column of every data file, not only those that identify records",
    )
    parser.add_argument("--quiet", action="store_true", help="no progress bar")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Look, repair where asked to, and say what was found; return the exit status."""
    from core.archive.audit import audit  # imported late: it takes a second

    with Bar(args.quiet) as bar:
        report = audit(settings, repair=args.repair, deep=args.deep, progress=bar.show)
    lines = []
    for found in report.findings:
        lines.append(f"{_MARKS[found.state]:<9} {found.place}: {found.message}.")
        lines += [f"          {name}" for name in found.files]
    lines.append(_verdict(len(report.left), report.files, report.rows, args.repair))
    if not args.deep:
        lines.append("Only what identifies rows was read; --deep reads all values.")
    sys.stdout.write("\n".join(lines) + "\n")
    return report.exit_status


def _verdict(faults: int, files: int, rows: int, repaired: bool) -> str:
    looked = f"{files:,} data files with {rows:,} rows looked over: "
    if not faults:
        return looked + "no fault is left."
    hint = " What is left needs a person." if repaired else " --repair repairs what can be."
    return looked + f"{faults} faults." + hint
