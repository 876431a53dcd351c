"""The same questions as plain SQL in DuckDB: what a careful user would write over the live files.

One statement: unit vectors from the pruned list of files, a join on the minute, the dot product
against the cosine of the limit, runs by the difference of minute and row number, and the distance
from the chord (of several pairs the greatest). Its answer is the engine's: sources, first and last
minute, least and most km.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import cos
from pathlib import Path

import duckdb
import pyarrow as pa

from core.archive import Archive
from core.archive.duck import microseconds, quote_text
from core.search.query import ConjunctionQuery
from core.search.sources import block_sources

RADIUS_KM = 6371.2
THREADS = 2
WGS84_E2 = 0.0066943799901413165
_MINUTE_US = 60_000_000
_APA = (
    "\n    AND md_string_calgary_apa_ml_v1 = 'classified as APA'"
    "\n    AND md_double_calgary_apa_ml_v1_confidence >= 95"
)


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL, the same with the list of files left out, and how many bytes those files have."""

    sql: str
    shown: str
    file_bytes: int


def connect() -> duckdb.DuckDBPyConnection:
    """Return a database of its own, in memory, with two threads."""
    con = duckdb.connect(config={"threads": THREADS})
    con.execute("SET enable_progress_bar = false")
    return con


def statement(archive: Archive, query: ConjunctionQuery) -> Statement:
    """Write the statement for a query of blocks with one limit between all of them."""
    sources = block_sources(archive, query)
    texts, shown, size = [], [], 0
    for number, block in enumerate(query.blocks):
        wanted = [source.identifier for source in sources[number]]
        live = archive.ephemeris.live_files(wanted, query.start, query.end)
        size += sum(file.size for file in live)
        where = _APA if block.filters else ""
        paths = _paths([file.path for file in live])
        texts.append(_block(number, query, paths, block.kind == "ground", where))
        shown.append(
            _block(number, query, f"/* {len(live)} files */", block.kind == "ground", where)
        )
    (limit,) = {limit for _, limit in query.limits}
    rest = _rest(len(texts), float(limit or 0.0))
    return Statement("WITH " + ", ".join(texts) + rest, "WITH " + ", ".join(shown) + rest, size)


def run(con: duckdb.DuckDBPyConnection, sql: str) -> pa.Table:
    """Return runs: s0, s1, ..., first, last (minutes since 1970), min_km, max_km."""
    return con.sql(sql).to_arrow_table()


def _paths(paths: Sequence[Path]) -> str:
    return ", ".join(quote_text(str(path)) for path in paths)


def _block(number: int, query: ConjunctionQuery, paths: str, geodetic: bool, where: str) -> str:
    lat = "radians(nbtrace_lat_deg)"
    if geodetic:
        lat = f"atan({1 - WGS84_E2!r} * tan({lat}))"
    return f"""b{number} AS (
  SELECT source, minute, cos(lat) * cos(lon) AS x, cos(lat) * sin(lon) AS y, sin(lat) AS z
  FROM (
    SELECT source, epoch_us(epoch) // {_MINUTE_US} AS minute,
      {lat} AS lat, radians(nbtrace_lon_deg) AS lon
    FROM read_parquet([{paths}])
    WHERE epoch BETWEEN make_timestamptz({microseconds(query.start)})
        AND make_timestamptz({microseconds(query.end)})
    AND nbtrace_lat_deg IS NOT NULL{where}
  )
)"""


def _rest(blocks: int, limit_km: float) -> str:
    """Return what follows the blocks: the join, the runs and what is told of each."""
    pairs = list(combinations(range(blocks), 2))
    names = ", ".join(f"s{n}" for n in range(blocks))
    chosen = ", ".join(f"b{n}.source AS s{n}" for n in range(blocks))
    chords = ",\n      ".join(_chord(f"b{a}", f"b{b}") for a, b in pairs)
    widest = f"greatest({chords})" if len(pairs) > 1 else chords
    joins, least = "b0", cos(limit_km / RADIUS_KM)
    for n in range(1, blocks):
        near = "".join(
            f"\n    AND b{a}.source <> b{n}.source"
            f"\n    AND b{a}.x * b{n}.x + b{a}.y * b{n}.y + b{a}.z * b{n}.z >= {least!r}"
            for a in range(n)
        )
        joins += f"\n  JOIN b{n} ON b0.minute = b{n}.minute{near}"
    return f""", near AS (
  SELECT {chosen}, b0.minute AS minute,
    {2 * RADIUS_KM} * asin(sqrt({widest}) / 2) AS km
  FROM {joins}
), marked AS (
  SELECT *, minute - row_number() OVER (PARTITION BY {names} ORDER BY minute) AS run FROM near
)
SELECT {names}, min(minute) AS first, max(minute) AS last, min(km) AS min_km,
  max(km) AS max_km
FROM marked GROUP BY {names}, run
"""


def _chord(a: str, b: str) -> str:
    return " + ".join(f"({a}.{axis} - {b}.{axis}) ** 2" for axis in "xyz")
