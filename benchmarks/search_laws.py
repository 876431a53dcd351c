"""How the time of a search grows with pairs, years and matches: three sizes of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.search_modes import Query, ways
from benchmarks.search_queries import LIMIT_KM, STEP_KM, asked, platforms_block, question
from benchmarks.search_records import FIRST_YEAR
from benchmarks.search_sources import ground_stations, spacecraft

_SITES, _CRAFT = (5, 10, 20), (3, 6, 12)
_LIMITS_KM = (100.0, 500.0, 2000.0)


@dataclass(frozen=True, slots=True)
class Size:
    """One point of a law: what grows, its size, and the query for a repeat."""

    law: str
    size: float
    sites: int
    craft: int
    years: int
    limit_km: float

    def query(self, repeat: int) -> Query:
        """Return the query; each repeat asks for another limit."""
        stations = [s.source.platform for s in ground_stations()[: self.sites]]
        low = [c.source.platform for c in spacecraft() if c.source.program in _LOW][: self.craft]
        last = f"{FIRST_YEAR + self.years - 1}-12-31"
        km = self.limit_km + STEP_KM * repeat
        ground, space = platforms_block(stations, space=False), platforms_block(low, space=True)
        return asked([ground], [space], f"{FIRST_YEAR}-01-01", last, km)


_LOW = ("swarm", "dmsp", "noaa")


def sizes(years: int) -> Iterator[Size]:
    """Yield three sizes of each law within an archive of so many years."""
    for sites, craft in zip(_SITES, _CRAFT, strict=True):
        yield Size("pairs", sites * craft, sites, craft, 1, LIMIT_KM)
    for some in sorted({1, max(1, round(years / 3)), years}):
        yield Size("years", some, 20, 3, some, LIMIT_KM)
    for limit in _LIMITS_KM:
        yield Size("matches", limit, 20, 3, min(years, 3), limit)


def measure(folder: Path, years: int, repeats: int) -> list[dict[str, Any]]:
    """Measure the warm engine at every size; the least of the repeats counts."""
    out = []
    with ways(["engine"], folder) as started:
        way = started["engine"]
        way.ask(question("Q4", years, -1))
        for size in sizes(years):
            way.ask(size.query(-1))
            found = [way.ask(size.query(repeat)) for repeat in range(repeats)]
            row = {
                "law": size.law, "pairs": size.sites * size.craft, "years": size.years,
                "limit_km": size.limit_km, "minutes": found[0].minutes, "runs": found[0].runs,
                "engine_s": round(min(answer.seconds for answer in found), 5),
            }  # fmt: skip
            out.append(row)
    return out


def print_laws(rows: list[dict[str, Any]]) -> None:
    """Print a line a size, with the time a pair and year and a matching minute."""
    print(f"\n{'grows':<9}{'pairs':>7}{'years':>7}{'km':>7}{'minutes':>12}{'runs':>9}", end="")
    print(f"{'engine s':>11}{'us/pair-year':>14}{'us/minute':>11}")
    for row in rows:
        us = row["engine_s"] * 1e6
        print(
            f"{row['law']:<9}{row['pairs']:>7}{row['years']:>7}{row['limit_km']:>7.0f}"
            f"{row['minutes']:>12}{row['runs']:>9}{row['engine_s']:>11.4f}"
            f"{us / (row['pairs'] * row['years']):>14.1f}{us / max(1, row['minutes']):>11.3f}"
        )
