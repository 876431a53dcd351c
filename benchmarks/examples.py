"""The example searches with two blocks: this engine beside plain SQL in DuckDB.

Both read the same live files of the same archive, in one run, in turn; the minimum of the repeats
counts. Each repeat asks for another distance, so that no cache of results could help. The SQL
is what a careful user would write: the pruned file list, a join on the minute, the haversine, and
runs by the difference of minute and row number. The run counts have to be equal.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import duckdb
import pyarrow as pa

from core.archive import Archive, duck
from core.archive.filters import SqlFilter
from core.search import conjunctions
from core.search.examples import EXAMPLES
from core.search.query import ConjunctionQuery
from core.search.sources import block_sources
from core.settings import Settings

TWO_BLOCKS = (1, 2, 3, 4, 7)
WGS84_E2 = 0.0066943799901413165
RADIUS_KM = 6371.2


def run(repeats: int) -> None:
    """Measure and print a table with ratios."""
    with Archive.open(Settings()) as archive:
        print(f"{'example':>8}{'engine s':>12}{'DuckDB s':>12}{'ratio':>8}{'rows':>8}")
        for number in TWO_BLOCKS:
            base = EXAMPLES[number - 1].query
            engine, peer = [], []
            rows = (0, 0)
            for repeat in range(repeats):
                query = ConjunctionQuery.from_dict(_nudged(base, repeat), archive.settings)
                seconds, mine = _timed(lambda q=query: _engine(archive, q))
                engine.append(seconds)
                seconds, theirs = _timed(lambda q=query: _sql(archive, q))
                peer.append(seconds)
                rows = (mine, theirs)
                if mine != theirs:
                    raise SystemExit(f"example {number}: {mine} rows, DuckDB {theirs}")
            ratio = min(peer) / min(engine)
            print(f"{number:>8}{min(engine):>12.3f}{min(peer):>12.3f}{ratio:>8.1f}{rows[0]:>8}")
        print("ratio: how many times longer the SQL takes")


def _nudged(query: dict[str, Any], repeat: int) -> dict[str, Any]:
    limits = {pair: km + 0.1 * repeat for pair, km in query["max_distances"].items()}
    return query | {"max_distances": limits}


def _timed(work: Callable[[], int]) -> tuple[float, int]:
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


def _engine(archive: Archive, query: ConjunctionQuery) -> int:
    table: pa.Table = conjunctions.run(archive, query, lambda done, found: None, lambda: False)
    return table.num_rows


def _sql(archive: Archive, query: ConjunctionQuery) -> int:
    sources = block_sources(archive, query)
    filters = [
        block.filters.to_sql([f for s in found for f in s.ephemeris_metadata_schema])
        if block.filters
        else None
        for block, found in zip(query.blocks, sources, strict=True)
    ]
    (_, limit) = query.limits[0]
    with duck.connect() as con:
        for number, (found, where) in enumerate(zip(sources, filters, strict=True)):
            _block(con, archive, query, number, [s.identifier for s in found], where)
        statement = _STATEMENT.format(radius=RADIUS_KM, limit=limit)
        count: int = con.sql(statement).fetchall()[0][0]
        return count


def _block(
    con: duckdb.DuckDBPyConnection,
    archive: Archive,
    query: ConjunctionQuery,
    number: int,
    sources: list[int],
    where: SqlFilter | None,
) -> None:
    columns = where.columns if where else ()
    rows = archive.ephemeris.sql(sources, query.start, query.end, columns)
    condition, params = (where.sql, where.params) if where else ("true", {})
    space = query.blocks[number].kind == "space"
    lat = (
        "radians(nbtrace_lat_deg)"
        if space
        else f"atan({1 - WGS84_E2} * tan(radians(nbtrace_lat_deg)))"
    )
    north = "geo_lat_deg >= 0" if space else "true"
    text = (
        f"CREATE OR REPLACE TEMP TABLE block{number} AS SELECT source, "
        f"epoch_us(epoch) // 60000000 AS minute, {lat} AS lat, "
        f"radians(nbtrace_lon_deg) AS lon FROM {rows} "
        f"WHERE nbtrace_lat_deg IS NOT NULL AND {north} AND ({condition})"
    )
    con.execute(text, dict(params))


_STATEMENT = """
WITH near AS (
  SELECT a.source AS s0, b.source AS s1, minute FROM block0 a JOIN block1 b USING (minute)
  WHERE a.source <> b.source AND 2 * {radius} * asin(sqrt(least(1,
    pow(sin((a.lat - b.lat) / 2), 2)
    + cos(a.lat) * cos(b.lat) * pow(sin((a.lon - b.lon) / 2), 2)))) <= {limit}
), marked AS (
  SELECT s0, s1, minute - row_number() OVER (PARTITION BY s0, s1 ORDER BY minute) AS run FROM near
)
SELECT count(*) FROM (SELECT DISTINCT s0, s1, run FROM marked)
"""
