"""The seven example searches that AuroraX's conjunction page offers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

NORTH = ["northern"]
EVERY_IMAGER = [
    "blueline ASI", "near-infrared ASI", "panchromatic ASI", "redline ASI", "RGB ASI",
    "spectrograph",
]  # fmt: skip


@dataclass(frozen=True)
class Example:
    """One example: its number, a title for a button, a sentence, and the query."""

    number: int
    title: str
    description: str
    query: dict[str, Any]


def _ground(
    programs: Sequence[str] = (),
    platforms: Sequence[str] = (),
    instrument_types: Sequence[str] = (),
    filters: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    return {
        "programs": list(programs),
        "platforms": list(platforms),
        "instrument_types": list(instrument_types),
        "ephemeris_metadata_filters": dict(filters or {}),
    }


def _space(*programs: str) -> dict[str, Any]:
    return _ground(programs, instrument_types=["footprint"]) | {"hemisphere": list(NORTH)}


def _query(
    first_day: str,
    last_day: str,
    ground: list[dict[str, Any]],
    space: list[dict[str, Any]],
    max_distances: dict[str, float | None],
) -> dict[str, Any]:
    return {
        "start": f"{first_day}T00:00:00",
        "end": f"{last_day}T23:59:59",
        "ground": ground,
        "space": space,
        "events": [],
        "adhoc": [],
        "conjunction_types": ["nbtrace"],
        "max_distances": max_distances,
    }


_APA = {
    "logical_operator": "AND",
    "expressions": [
        {"key": "calgary_apa_ml_v1", "operator": "in", "values": ["classified as APA"]},
        {"key": "calgary_apa_ml_v1_confidence", "operator": ">=", "values": ["95"]},
    ],
}

EXAMPLES: tuple[Example, ...] = (
    Example(
        1,
        "Two imagers and Swarm",
        "THEMIS-ASI at Fort Smith or Gillam within 500 km of a Swarm footprint.",
        _query(
            "2019-01-01",
            "2019-01-03",
            [_ground(["themis-asi"], ["fort smith", "gillam"], ["panchromatic ASI"])],
            [_space("swarm")],
            {"ground1-space1": 500},
        ),
    ),
    Example(
        2,
        "Redline imagers and three missions",
        "REGO at Gillam or Lucky Lake within 600 km of DMSP, Swarm or THEMIS footprints.",
        _query(
            "2019-02-01",
            "2019-02-02",
            [_ground(["rego"], ["gillam", "lucky lake"], ["redline ASI"])],
            [_space("dmsp", "swarm", "themis")],
            {"ground1-space1": 600},
        ),
    ),
    Example(
        3,
        "Any TREx instrument and five missions",
        "Any TREx instrument within 500 km of Cluster, DMSP, MMS, Swarm or THEMIS footprints.",
        _query(
            "2019-03-01",
            "2019-03-05",
            [_ground(["trex"])],
            [_space("cluster", "dmsp", "mms", "swarm", "themis")],
            {"ground1-space1": 500},
        ),
    ),
    Example(
        4,
        "Every imager and every mission, close",
        "Any imager or spectrograph within 200 km of the footprint of any of nine missions.",
        _query(
            "2019-01-01",
            "2019-01-05",
            [_ground(instrument_types=EVERY_IMAGER)],
            [
                _space(
                    "arase",
                    "cluster",
                    "dmsp",
                    "epop",
                    "mms",
                    "rbsp",
                    "small-explorer",
                    "swarm",
                    "themis",
                )
            ],
            {"ground1-space1": 200},
        ),
    ),
    Example(
        5,
        "Triple: imager, THEMIS and Swarm",
        "THEMIS-ASI with a THEMIS and a Swarm footprint each within 900 km of the imager.",
        _query(
            "2019-01-01",
            "2019-01-09",
            [_ground(["themis-asi"])],
            [_space("themis"), _space("swarm")],
            {"ground1-space1": 900, "ground1-space2": 900, "space1-space2": None},
        ),
    ),
    Example(
        6,
        "Quadruple: TREx and REGO at one site",
        "TREx and REGO at the same site, each within 500 km of a Swarm and a THEMIS footprint.",
        _query(
            "2020-01-01",
            "2020-01-04",
            [_ground(["trex"]), _ground(["rego"], instrument_types=["redline ASI"])],
            [_space("swarm"), _space("themis")],
            {
                "ground1-ground2": 0,
                "ground1-space1": 500,
                "ground1-space2": 500,
                "ground2-space1": 500,
                "ground2-space2": 500,
                "space1-space2": None,
            },
        ),
    ),
    Example(
        7,
        "Pulsating aurora under THEMIS",
        "THEMIS-ASI minutes classified as amorphous pulsating aurora with 95 % confidence or "
        "more, within 500 km of a THEMIS footprint.",
        _query(
            "2008-01-01",
            "2008-01-31",
            [_ground(["themis-asi"], filters=_APA)],
            [_space("themis")],
            {"ground1-space1": 500},
        ),
    ),
)
