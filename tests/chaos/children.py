"""What the chaos tests run in processes of their own.

Run as a program: ``children.py FOLDER TASK [ARGUMENTS]``. A child says `ready` when it has
opened the archive, waits for a line on its standard input, works, and tells how it went.
"""

from __future__ import annotations

import json
import random
import resource
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from core.archive import Archive
from core.archive.columns import TIMESTAMP
from core.errors import ArchiveError
from core.instruments.model import DataSource
from core.settings import Settings

START = datetime(2020, 1, 1, tzinfo=UTC)
ROWS_PER_BATCH = 10
VALUE = "md_double_value"


def minutes(source: int, numbers: list[int], value: float, column: str = VALUE) -> pa.Table:
    """Return records of the given minutes after START, all with one value."""
    epochs = [START + timedelta(minutes=n) for n in numbers]
    return pa.table(
        {
            "source": pa.array([source] * len(numbers), pa.int32()),
            "epoch": pa.array(epochs, TIMESTAMP),
            column: pa.array([value] * len(numbers), pa.float64()),
            "provenance": pa.array(["uploaded"] * len(numbers)),
        }
    )


def batch_minutes(number: int) -> list[int]:
    """Minutes of a numbered batch: minute 0, which every batch writes anew, and ten of its own.

    Every third minute lies in the next month, so that a batch writes two files.
    """
    first = 1 + number * ROWS_PER_BATCH
    own = [n + 31 * 1440 * (n % 3 == 0) for n in range(first, first + ROWS_PER_BATCH)]
    return [0, *own]


def a_source(identifier: int, platform: str) -> DataSource:
    """Return a source without schemas."""
    return DataSource(identifier, "chaos", platform, "footprint", "leo", platform)


def load_singly(archive: Archive, source: int, numbers: list[int], column: str) -> int:
    """Load one record per number, each in a load of its own; return how often it gave way."""
    table = archive.ephemeris
    return sum(table.load([minutes(source, [n], n, column)]).retries for n in numbers)


def write_singly(archive: Archive, source: int, numbers: list[int], column: str) -> int:
    """Write one record per number, each in a commit of its own; return how often it gave way."""
    return sum(archive.ephemeris.upsert(minutes(source, [n], n, column)).retries for n in numbers)


def add_sources(archive: Archive, first: int, count: int) -> int:
    """Add sources whose identifiers the catalogue chooses; return how many."""
    for number in range(first, first + count):
        archive.catalogue.sources.add(a_source(0, f"platform {number}"))
    return count


def write_records(archive: Archive, first: int) -> None:
    """Write numbered batches of records, telling before and after each, until killed."""
    for number in range(first, first + 100_000):
        tell("begin", number)
        archive.ephemeris.upsert(minutes(1, batch_minutes(number), number))
        tell("ack", number)


def load_records(archive: Archive, first: int) -> None:
    """Do what `write_records` does by bulk loads of several batches and files."""
    for number in range(first, first + 100_000):
        tell("begin", number)
        rows = minutes(1, batch_minutes(number), number)
        archive.ephemeris.load([rows.slice(0, 5), rows.slice(5)], "replace")
        tell("ack", number)


def large_load(number: int) -> list[pa.Table]:
    """Batches of a numbered load: three sources, four months each, a quarter of an hour apart."""
    first = number % 15  # the minutes of another load are others
    table = [
        minutes(source, list(range(month * 43_200 + first, (month + 1) * 43_200, 15)), number)
        for source in (1, 2, 3)
        for month in range(4)
    ]
    return [table[k] for k in random.Random(number).sample(range(12), 12)]


def load_much(archive: Archive, first: int) -> None:
    """Load numbered loads of many files, telling before and after each, until killed."""
    for number in range(first, first + 100_000):
        tell("begin", number)
        report = archive.ephemeris.load(large_load(number), "replace")
        assert report.rows == sum(batch.num_rows for batch in large_load(number))
        tell("ack", number)


def load_on_a_full_disk(archive: Archive) -> list[object]:
    """Load while no file may grow beyond 4000 bytes; then, with room again, once more."""
    archive.ephemeris.load([minutes(1, [1, 2], 1.0)])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4000, hard))
    try:
        archive.ephemeris.load([minutes(s, [2, 40_000], 2.0) for s in (2, 3)] + large_load(5),
                               "replace")  # fmt: skip
        told = "nothing"
    except ArchiveError as error:
        told = type(error).__name__
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    files = len(list(archive.path.rglob("*.parquet")))
    return [told, files, archive.ephemeris.load(large_load(5), "keep").rows]


def write_catalogue(archive: Archive, first: int) -> None:
    """Write a source and a line of the ingest log per number until killed."""
    for number in range(first, first + 100_000):
        tell("begin", number)
        archive.catalogue.sources.put(a_source(1, f"platform {number}"))
        archive.catalogue.ingest_log.add(f"file {number}", "test", "", number, "accepted")
        tell("ack", number)


def write_on_a_full_disk(archive: Archive) -> list[object]:
    """Write while no file may grow beyond 2000 bytes; then, with room again, once more."""
    archive.ephemeris.upsert(minutes(1, [1, 2], 1.0))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, hard))
    try:
        archive.ephemeris.upsert(minutes(1, list(range(1, 40_000)), 2.0))
        told = "nothing"
    except ArchiveError as error:
        told = type(error).__name__
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    files = len(list(archive.path.rglob("*.parquet")))
    return [told, files, archive.ephemeris.upsert(minutes(1, [3], 3.0)).rows]


TASKS = {
    task.__name__: task
    for task in (
        write_singly,
        load_singly,
        add_sources,
        write_records,
        load_records,
        write_catalogue,
        write_on_a_full_disk,
        load_much,
        load_on_a_full_disk,
    )
}


def tell(*words: object) -> None:
    """Write one line to standard output at once."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Do one task; its arguments come as JSON in the line that lets the child go."""
    settings = Settings(archive=Path(sys.argv[1]), commit_retries=200)
    if sys.argv[2] == "create":
        tell("ready")
        sys.stdin.readline()
        Archive.create(settings).close()
        tell("done", "null")
        return
    with Archive.open(settings) as archive:
        tell("ready")
        arguments = json.loads(sys.stdin.readline())
        tell("done", json.dumps(TASKS[sys.argv[2]](archive, *arguments)))


if __name__ == "__main__":
    main()
