"""`python -m benchmarks.writing`: rows a second of the bulk load, beside what else writes tables.

Each repeat writes into a new archive in a temporary folder; the minimum of the repeats counts.
Seconds of all cores (CPU) say what a row costs, seconds on the clock also what the disk does. The
peers force nothing to disk, check no row and keep no identity.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake import write_deltalake
from pyarrow import dataset

from core.archive import Archive
from core.archive.columns import POSITION_COLUMNS, TIMESTAMP
from core.archive.compaction import compact
from core.settings import Settings

START = np.datetime64("2014-01-01", "m")
MONTHS = 12
KINDS = {"rounded": "spacecraft, 4 decimals", "full": "spacecraft, all digits", "still": "ground"}
EVER = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2090, 1, 1, tzinfo=UTC))
AIM_ROWS_PER_S = 1e6
FROM_ARROW = "bulk load, spacecraft, 4 decimals"
FROM_FILE = "bulk load, from a Parquet file"
Measured = dict[str, float]


def month(source: int, number: int, kind: str) -> pa.Table:
    """Return the records of a source in a month counted from 2014-01, one a minute."""
    first = START.astype("M8[M]") + number
    epochs = np.arange(first.astype("M8[m]"), (first + 1).astype("M8[m]"))
    minutes = epochs.astype(np.int64)
    columns: dict[str, Any] = {
        "source": np.full(minutes.size, source, np.int32),
        "epoch": pa.array(epochs.astype("M8[us]")).cast(TIMESTAMP),
    }
    for place, name in enumerate(POSITION_COLUMNS):
        values = 80 * np.sin(minutes * 2 * np.pi / 95.123 + place + source)
        columns[name] = {
            "rounded": np.round(values, 4), "full": values, "still": np.full(minutes.size, 50.0)
        }[kind]  # fmt: skip
    regions = np.array(["polar cap", "oval", "low latitude"])
    columns["md_string_region"] = regions[(minutes // 7) % 3]
    columns["md_double_score"] = np.round(np.abs(np.sin(minutes / 5e3)), 3)
    return pa.table(columns)


def months(rows: int, kind: str) -> list[pa.Table]:
    """Return months of as many sources as `rows` needs, in order of source and time."""
    count = max(1, round(rows / 43_800))
    return [month(1 + k // MONTHS, k % MONTHS, kind) for k in range(count)]


def measure(rows: int, repeats: int) -> dict[str, Measured]:
    """Return seconds, CPU seconds and rows of each way to write, by name."""
    results: dict[str, Measured] = {}
    for kind, name in KINDS.items():
        batches = months(rows, kind)
        results[f"bulk load, {name}"] = _best(lambda a, b=batches: _load(a, b), repeats)
    batches = months(rows, "rounded")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "all.parquet"
        pq.write_table(pa.concat_tables(batches), file)
        results[FROM_FILE] = _best(lambda a: _load_file(a, file), repeats)
        results["pyarrow, from a Parquet file"] = _best(lambda a: _arrow_file(a, file), repeats)
        results["DuckDB's COPY, from a Parquet file"] = _best(
            lambda a: _copy_file(a, file), repeats
        )
    results["replace, one batch"] = _best(lambda a: _replace(a, batches), repeats)
    results["again, keeping all"] = _best(lambda a: _load(a, batches), repeats, batches)
    results["delete a year of a source"] = _best(_delete, repeats, batches)
    results["compact (nothing to do)"] = _best(_compact, repeats, batches)
    results["deltalake's write_deltalake"] = _best(lambda a: _delta(a, batches), repeats)
    results["pyarrow's write_table, cut before"] = _best(lambda a: _tables(a, batches), repeats)
    results["pyarrow's write_dataset, by month"] = _best(lambda a: _arrow(a, batches), repeats)
    results["DuckDB's COPY, partitioned"] = _best(lambda a: _copy(a, batches), repeats)
    return results


def _load(archive: Archive, batches: list[pa.Table]) -> int:
    archive.ephemeris.load(batches, "keep", "simulated")
    return sum(b.num_rows for b in batches)


def _load_file(archive: Archive, file: Path) -> int:
    def stream() -> Iterator[pa.RecordBatch]:
        with pq.ParquetFile(file) as opened:
            yield from opened.iter_batches(500_000, use_threads=False)

    return archive.ephemeris.load(stream(), "refuse", "simulated").rows


def _replace(archive: Archive, batches: list[pa.Table]) -> int:
    table = pa.concat_tables(batches)
    sources = table["source"].unique().to_pylist()
    return archive.ephemeris.replace(table, sources, *EVER, "simulated").rows


def _delete(archive: Archive) -> int:
    return archive.ephemeris.delete_range(1, *EVER)


def _compact(archive: Archive) -> int:
    compact(archive.ephemeris.store)
    return sum(f.rows for f in archive.ephemeris.store.snapshot().files)


def _delta(archive: Archive, batches: list[pa.Table]) -> int:
    table = pa.concat_tables(batches)
    table = table.append_column("year", pa.array(np.full(table.num_rows, 2014, np.int16)))
    write_deltalake(str(archive.path / "peer"), table, partition_by=["source", "year"])
    return table.num_rows


def _copy(archive: Archive, batches: list[pa.Table]) -> int:
    table = pa.concat_tables(batches)
    with duckdb.connect() as con:
        con.register("rows", table)
        _copy_from(con, "rows", archive)
    return table.num_rows


def _copy_file(archive: Archive, file: Path) -> int:
    with duckdb.connect() as con:
        _copy_from(con, f"read_parquet('{file}')", archive)
    return int(pq.read_metadata(file).num_rows)


def _copy_from(con: duckdb.DuckDBPyConnection, rows: str, archive: Archive) -> None:
    con.execute("SET TimeZone = 'UTC'")
    con.execute(
        f"COPY (SELECT *, year(epoch) AS year FROM {rows}) TO '{archive.path / 'peer'}' "
        "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, PARTITION_BY (source, year))"
    )


def _tables(archive: Archive, batches: list[pa.Table]) -> int:
    """Write the months as they are, a file each: what no way to write can do without."""
    for number, batch in enumerate(batches):
        path = archive.path / f"{number}.parquet"
        pq.write_table(batch, path, compression="zstd", compression_level=1)
    return sum(int(batch.num_rows) for batch in batches)


def _arrow(archive: Archive, batches: list[pa.Table]) -> int:
    return _arrow_from(archive, pa.concat_tables(batches))


def _arrow_file(archive: Archive, file: Path) -> int:
    return _arrow_from(archive, pq.read_table(file))


def _arrow_from(archive: Archive, table: pa.Table) -> int:
    months = pc.strftime(pc.floor_temporal(table["epoch"], unit="month"), "%Y-%m")
    form = dataset.ParquetFileFormat()
    dataset.write_dataset(
        table.append_column("month", pc.dictionary_encode(months)),
        archive.path / "peer",
        format=form,
        file_options=form.make_write_options(compression="zstd", compression_level=1),
        partitioning=["source", "month"],
        partitioning_flavor="hive",
        max_partitions=100_000,
        max_open_files=1000,
    )
    return table.num_rows


def _best(
    work: Callable[[Archive], int], repeats: int, filled: list[pa.Table] | None = None
) -> Measured:
    """Run `work` on new archives (with records in them where `filled` says so)."""
    wall, cpu, rows = [], [], 0
    for _ in range(repeats):
        with (
            tempfile.TemporaryDirectory() as folder,
            Archive.create(Settings(archive=Path(folder) / "archive")) as archive,
        ):
            if filled:
                archive.ephemeris.load(filled, "refuse", "simulated")
            clock, core = time.perf_counter(), time.process_time()
            rows = work(archive)
            wall.append(time.perf_counter() - clock)
            cpu.append(time.process_time() - core)
    return {"rows": rows, "seconds": min(wall), "cpu_s": min(cpu)}


def run(repeats: int, rows: int = 2_000_000) -> dict[str, Measured]:
    """Measure and print a table: million rows a second, per core and on the clock.

    The last two columns: how many times the aim it is, and how many times as many rows a core as
    the bulk load of the same rows writes (from Arrow, or from a Parquet file).
    """
    results = measure(rows, repeats)
    print(f"{'':<38}{'rows':>11}{'M rows/s a core':>17}{'M rows/s':>10}{'x aim':>8}{'x load':>8}")
    for name, found in results.items():
        a_core, clock = (found["rows"] / max(1e-9, found[k]) for k in ("cpu_s", "seconds"))
        print(
            f"{name:<38}{found['rows']:>11,}{a_core / 1e6:>17.2f}{clock / 1e6:>10.2f}"
            f"{a_core / AIM_ROWS_PER_S:>8.1f}{a_core / _of_load(results, name):>8.2f}"
        )
    return results


def _of_load(results: dict[str, Measured], name: str) -> float:
    """Return rows a second a core of the bulk load that something is to be held against."""
    load = results[FROM_FILE if "from a Parquet file" in name else FROM_ARROW]
    return load["rows"] / max(1e-9, load["cpu_s"])


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--repeats", type=int, default=3, help="the minimum of these counts")
    parser.add_argument("--json", type=Path, help="write the figures there as well")
    args = parser.parse_args()
    results = run(args.repeats, args.rows)
    if args.json:
        args.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
