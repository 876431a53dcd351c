"""The five questions, as the JSON that a client would send.

Q1  one year, 20 cameras, 3 spacecraft          Q4  as Q1, all years
Q2  as Q1, with a filter on what a classifier said   Q5  as Q1, one day
Q3  one year, 20 cameras, 3 spacecraft and 5 others, all within the limit of each other
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmarks.search_records import FIRST_YEAR

NAMES = ("Q1", "Q2", "Q3", "Q4", "Q5")
LIMIT_KM = 500.0
STEP_KM = 0.25  # each repeat asks for another limit, so that no cache of results could help
DAY = f"{FIRST_YEAR}-01-15"
TITLES = {
    "Q1": "1 year, 20 x 3",
    "Q2": "1 year, 20 x 3, filter",
    "Q3": "1 year, 20 x 3 x 5",
    "Q4": "{years} years, 20 x 3",
    "Q5": "1 day, 20 x 3",
}
# What the program is to reach, in seconds on two cores.
AIMS_S = {"Q1": 0.05, "Q2": 0.15, "Q3": 0.15, "Q4": 0.4, "Q5": 0.01}

_APA = {
    "logical_operator": "AND",
    "expressions": [
        {"key": "calgary_apa_ml_v1", "operator": "=", "values": ["classified as APA"]},
        {"key": "calgary_apa_ml_v1_confidence", "operator": ">=", "values": ["95"]},
    ],
}


def question(name: str, years: int, repeat: int = 0) -> dict[str, Any]:
    """Return one of the five questions; `repeat` moves the limit."""
    ground = [_block(programs=["themis-asi"], filters=_APA if name == "Q2" else {})]
    space = [_block(programs=["swarm"])]
    if name == "Q3":
        space.append(_block(programs=["themis"]))
    first, last = DAY, DAY
    if name != "Q5":
        first = f"{FIRST_YEAR}-01-01"
        last = f"{FIRST_YEAR + (years if name == 'Q4' else 1) - 1}-12-31"
    return asked(ground, space, first, last, LIMIT_KM + STEP_KM * repeat)


def warm_up() -> dict[str, Any]:
    """Return a small question for which other files are read than for the five."""
    day = f"{FIRST_YEAR}-02-01"
    return asked([_block(programs=["rego"])], [_block(programs=["noaa"])], day, day, LIMIT_KM)


def asked(
    ground: list[dict[str, Any]], space: list[dict[str, Any]], first: str, last: str, km: float
) -> dict[str, Any]:
    """Return a query of these blocks with one limit between all of them, whole days."""
    names = [f"ground{n + 1}" for n in range(len(ground))]
    names += [f"space{n + 1}" for n in range(len(space))]
    pairs = [f"{a}-{b}" for number, a in enumerate(names) for b in names[number + 1 :]]
    return {
        "start": f"{first}T00:00:00",
        "end": f"{last}T23:59:59",
        "ground": ground,
        "space": space,
        "conjunction_types": ["nbtrace"],
        "max_distances": dict.fromkeys(pairs, km),
    }


def platforms_block(platforms: Sequence[str], *, space: bool) -> dict[str, Any]:
    """Return a block of chosen platforms."""
    return _block(["swarm", "dmsp", "noaa"] if space else ["themis-asi"], platforms)


def _block(
    programs: Sequence[str] = (),
    platforms: Sequence[str] = (),
    filters: dict[str, Any] | None = None,
) -> dict[str, Any]:
    return {
        "programs": list(programs),
        "platforms": list(platforms),
        "instrument_types": [],
        "ephemeris_metadata_filters": filters or {},
    }
