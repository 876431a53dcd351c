"""The verb ``search``: one query from a file, to CSV, Parquet or JSON, without a server."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, BinaryIO

from tqdm import tqdm

from core.errors import ArchiveError, BadInput, SearchCancelled
from core.settings import Settings

if TYPE_CHECKING:
    import pyarrow as pa

    from core.search.finding import Search
    from core.search.results.result_set import ResultSet

FORMATS = ("csv", "parquet", "json")
KINDS = ("conjunction", "ephemeris", "data_product")
_EPILOG = """\
FILE holds the JSON object that the API takes, or the status document of a search, whose
query is then run again; - reads it from the standard input. Without -o the rows are written
to the standard output as CSV.

exit status:
  0    done, also when nothing was found
  1    the archive or the output cannot be used, or the search failed
  2    the query or the usage is wrong, or a limit would be passed
  130  interrupted (143 by SIGTERM); nothing is left of the output
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the verb."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EPILOG
    parser.add_argument("file", metavar="FILE", help="the query, JSON")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="OUT",
        help="file: .csv, .parquet or .json",
    )
    parser.add_argument(
        "--kind", choices=KINDS, help="kind of search (default: told from the query)"
    )
    parser.add_argument(
        "--kernel", choices=("numba", "numpy"), help="what compares (default: ATLAS_SEARCH_KERNEL)"
    )
    parser.add_argument("--quiet", action="store_true", help="no progress bar, no notes")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Run a search and write its rows; return the exit status."""
    form = _format(args.output)
    asked = read_asked(args.file)
    kind = args.kind or kind_of(asked)
    if args.kernel:
        settings = settings.model_copy(update={"search_kernel": args.kernel})
    from core.archive import Archive  # imported late: it takes a second
    from core.search.finding import prepare
    from core.search.query import read_query
    from core.search.service import SearchService

    query = read_query(kind, asked, settings)
    try:
        with Archive.open(settings) as archive, _interrupts() as stop:
            price = SearchService(archive).price(kind, asked)
            search = prepare(archive, query)
            if not args.quiet:
                _say(str(price), *(text for _, text in search.notes))
            table = _find(search, stop, args.quiet)
            _write(search, table, args.output, form, stop)
    except SearchCancelled:
        _say("Interrupted.")
        return 128 + stop.number
    return 0


def read_asked(name: str) -> dict[str, Any]:
    """Return the query that a file holds.

    Raises
    ------
    core.errors.BadInput
        The file cannot be read, or holds no JSON object.
    """
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8-sig")
        found = json.loads(text)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise BadInput(f"{name} cannot be read: {reason}.", field="FILE", value=name) from error
    except ValueError as error:
        raise BadInput(f"{name} is no JSON: {error}.", field="FILE", value=name) from error
    except RecursionError as error:
        raise BadInput(f"{name} is nested too deeply.", field="FILE", value=name) from error
    if not isinstance(found, dict):
        raise BadInput(f"{name} holds no JSON object.", field="FILE", value=name)
    request = found.get("search_request")
    inner = request.get("query") if isinstance(request, dict) else None
    return inner if isinstance(inner, dict) else found


def kind_of(asked: dict[str, Any]) -> str:
    """Tell from its keys which kind of search a query is."""
    if "data_product_type_filters" in asked:
        return "data_product"
    sources = asked.get("data_sources")
    if isinstance(sources, dict):
        wanted = "data_product_metadata_filters"
        return "data_product" if wanted in sources else "ephemeris"
    return "conjunction"


def _format(output: Path | None) -> str:
    if output is None:
        return "csv"
    form = output.suffix.lower().removeprefix(".")
    if form not in FORMATS:
        raise BadInput(
            f"{output.name} is no name of a file that is written here.",
            hint=f"Its name ends with .{', .'.join(FORMATS)}.",
            field="output",
            value=str(output),
        )
    if output.is_dir() or not output.absolute().parent.is_dir():
        raise BadInput(f"{output} cannot be written.", field="output", value=str(output))
    return form


class _Stop:
    """Ends the search at the first Ctrl+C or SIGTERM, and the program at the second."""

    def __init__(self) -> None:
        from core.archive import duck

        self.interrupts = duck.Interrupts()
        self.ended = threading.Event()
        self.number = int(signal.SIGINT)

    def __call__(self, number: int, frame: FrameType | None) -> None:
        if self.interrupts.asked:
            raise KeyboardInterrupt
        self.number = number
        # Not from here: the thread that was stopped for this signal may hold the lock.
        threading.Thread(target=self._interrupt, daemon=True).start()

    def asked(self) -> bool:
        """Say whether the search is to end."""
        return self.interrupts.asked

    def _interrupt(self) -> None:
        self.interrupts.interrupt()
        while not self.ended.wait(0.02):
            self.interrupts.interrupt()


@contextmanager
def _interrupts() -> Iterator[_Stop]:
    from core.archive import duck

    stop = _Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with duck.interruptible(stop.interrupts):
            yield stop
    finally:
        stop.ended.set()
        for number, handler in before.items():
            signal.signal(number, handler)


def _find(search: Search, stop: _Stop, quiet: bool) -> pa.Table:
    begun = time.monotonic()
    form = "{l_bar}{bar}| {postfix} [{elapsed}<{remaining}]"
    with tqdm(
        total=100, unit="%", disable=quiet or None, bar_format=form, leave=False, file=sys.stderr
    ) as bar:

        def show(fraction: float, found: int) -> None:
            bar.set_postfix_str(f"{found:,} found", refresh=False)
            bar.update(100 * fraction - bar.n)

        table = search.run(show, stop.asked)
    if not quiet:
        _say(f"{table.num_rows:,} found in {time.monotonic() - begun:.3f} s")
    return table


def _write(search: Search, table: pa.Table, output: Path | None, form: str, stop: _Stop) -> None:
    """Write the rows; a file is there as a whole or not at all."""
    from core.search.results.header import write_result
    from core.search.results.result_set import ResultSet

    header = search.header(table)
    try:
        with tempfile.TemporaryDirectory(
            prefix=".search.", suffix=".part", dir=output.absolute().parent if output else None
        ) as folder:
            rows = Path(folder) / "rows.parquet"
            write_result(table, header, rows)
            if output is None:
                ResultSet(rows).to_csv(sys.stdout.buffer)
                sys.stdout.buffer.flush()
                return
            part = rows
            if form != "parquet":
                part = Path(folder) / output.name
                with part.open("wb") as stream:
                    _to_text(ResultSet(rows), form, stream)
            stop.interrupts.check()
            part.replace(output)
    except BrokenPipeError:
        # Whoever read the rows has had enough; what is left in the buffer goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        name = str(output or "the standard output")
        raise ArchiveError(f"{name} cannot be written: {reason}.", path=name) from error


def _to_text(rows: ResultSet, form: str, stream: BinaryIO) -> None:
    if form == "csv":
        rows.to_csv(stream)
        return
    separator = b"["
    for record in rows.records():
        stream.write(separator + b"\n" + json.dumps(record).encode())
        separator = b","
    stream.write(b"[]\n" if separator == b"[" else b"\n]\n")


def _say(*lines: str) -> None:
    sys.stderr.write("".join(f"{line}\n" for line in lines))
