"""How the time of a search grows with pairs, years and matches: three sizes of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.search_modes import Answer, Query, ways
from benchmarks.search_queries import LIMIT_KM, STEP_KM, asked, platforms_block
from benchmarks.search_records import FIRST_YEAR
from benchmarks.search_sources import ground_stations, spacecraft

_SITES, _CRAFT = (5, 10, 20), (3, 6, 12)
_LOW = ("swarm", "dmsp", "noaa")
_LIMITS_KM = (100.0, 500.0, 2000.0)


@dataclass(frozen=True, slots=True)
class Size:
    """One point of a law, named after what grows, and its query for a repeat."""

    law: str
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


def sizes(years: int) -> Iterator[Size]:
    """Yield three sizes of each law within an archive of so many years."""
    for sites, craft in zip(_SITES, _CRAFT, strict=True):
        yield Size("pairs", sites, craft, 1, LIMIT_KM)
    for some in sorted({1, max(1, round(years / 3)), years}):
        yield Size("years", 20, 3, some, LIMIT_KM)
    for limit in _LIMITS_KM:
        yield Size("matches", 20, 3, min(years, 3), limit)


def measure(folder: Path, years: int, repeats: int) -> list[dict[str, Any]]:
    """Measure the warm engine at every size, in turn; the least of the repeats counts."""
    every = list(sizes(years))
    found: list[list[Answer]] = [[] for _ in every]
    with ways(["engine"], folder) as started:
        for size in every:
            started["engine"].ask(size.query(-1))
        for repeat in range(repeats):
            for size, answers in zip(every, found, strict=True):
                answers.append(started["engine"].ask(size.query(repeat)))
    return [_row(size, answers) for size, answers in zip(every, found, strict=True)]


def fit(rows: list[dict[str, Any]]) -> dict[str, float]:
    """Return the least squares of seconds = fixed + a * pairs * years + b * matching minutes."""
    table = [[1.0, row["pairs"] * row["years"], row["minutes"]] for row in rows]
    found = np.linalg.lstsq(np.array(table), np.array([r["engine_s"] for r in rows]), rcond=None)[0]
    names = ("fixed_ms", "us_per_pair_year", "us_per_minute")
    scale = (1e3, 1e6, 1e6)
    return {n: round(float(f) * s, 3) for n, f, s in zip(names, found, scale, strict=True)}


def _row(size: Size, answers: list[Answer]) -> dict[str, Any]:
    return {
        "law": size.law,
        "pairs": size.sites * size.craft,
        "years": size.years,
        "limit_km": size.limit_km,
        "minutes": answers[0].minutes,
        "runs": answers[0].runs,
        "engine_s": round(min(answer.seconds for answer in answers), 5),
    }


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
    print("seconds = fixed + a pairs years + b minutes:", fit(rows))
