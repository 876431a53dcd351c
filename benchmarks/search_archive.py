"""Makes the benchmark's archive, once, through the program's own write path.

`<folder>/made.json` names the years that are complete, so that what was killed is taken up where
it stopped, and a longer archive is made by adding years.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa

from benchmarks.search_records import FIRST_YEAR, LAST_YEAR, SEED, craft_year, station_year
from benchmarks.search_sources import ground_stations, sources, spacecraft
from core.archive import Archive
from core.settings import Settings

MOST_YEARS = LAST_YEAR - FIRST_YEAR + 1
_MARKER = "made.json"
_AHEAD = max(1, (os.cpu_count() or 1) - 1)

Making = Callable[[], pa.Table]


def bench_settings(folder: Path, **others: Any) -> Settings:
    """Return settings for the archive in `folder`, with room for ten years in one search."""
    return Settings(
        archive=folder / "archive", max_conjunction_days=366 * MOST_YEARS, max_results=5_000_000,
        log_level="WARNING", **others,
    )  # fmt: skip


def ensure_archive(folder: Path, years: int) -> dict[str, Any]:
    """Make what `folder` lacks of an archive of so many years; return what its marker says."""
    marker = _read_marker(folder)
    missing = [y for y in range(FIRST_YEAR, FIRST_YEAR + years) if str(y) not in marker["years"]]
    if missing:
        folder.mkdir(parents=True, exist_ok=True)
        with Archive.create(bench_settings(folder)) as archive:
            archive.catalogue.sources.put(*sources())
            for year in missing:
                marker["years"][str(year)] = _make_year(archive, year)
                (folder / _MARKER).write_text(json.dumps(marker, indent=1) + "\n")
    return marker


def _read_marker(folder: Path) -> dict[str, Any]:
    path = folder / _MARKER
    found: dict[str, Any] = {"seed": SEED, "years": {}}
    if path.is_file():
        found = json.loads(path.read_text())
        if found["seed"] != SEED:
            raise SystemExit(f"{folder} holds an archive of another kind; name another --folder.")
    return found


def _make_year(archive: Archive, year: int) -> dict[str, Any]:
    """Load one year of all sources in one transaction; generating runs ahead of writing."""
    begin = time.perf_counter()
    stream = _ahead(_makings(year))
    # A run that was killed between the load and the marker has left the same rows.
    report = archive.ephemeris.load(stream, "replace", "simulated")
    seconds = time.perf_counter() - begin
    print(f"{year}: {report.rows:,} rows in {report.files} files, {seconds:.0f} s", flush=True)
    return {"rows": report.rows, "files": report.files, "seconds": round(seconds, 1)}


def _makings(year: int) -> Iterator[Making]:
    for station in ground_stations():
        yield lambda station=station: station_year(station, year)
    for craft in spacecraft():
        yield lambda craft=craft: craft_year(craft, year)


def _ahead(makings: Iterator[Making]) -> Iterator[pa.Table]:
    """Yield tables in order while the next ones are made; few wait, so memory stays small."""
    with ThreadPoolExecutor(_AHEAD) as pool:
        waiting: list[Future[pa.Table]] = []
        for making in makings:
            waiting.append(pool.submit(making))
            if len(waiting) > _AHEAD:
                yield waiting.pop(0).result()
        for future in waiting:
            yield future.result()
