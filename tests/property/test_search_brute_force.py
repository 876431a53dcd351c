"""The engine against the brute force, on random small archives."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pyarrow as pa
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from core.search import conjunctions, plan
from core.search.query import ConjunctionQuery
from tests.oracle.comparison import TOLERANCE_KM, assert_same, brute_force
from tests.oracle.small_archive import make_archive, records, source

# Windows near the turn of a month, of a year and of a leap day; minutes since 1970.
STARTS = [
    int(np.datetime64(text, "m").astype(np.int64))
    for text in ("2019-01-15T10:00", "2019-01-31T23:30", "2019-12-31T23:40", "2020-02-28T23:35")
]
LIMITS = [900.0, 4000.0, 20_015.0, 500.0, 10_000.0, 300.0, 2000.0, 15_000.0, 30.0, 0.0]
FILTERS: list[dict[str, Any]] = [
    {},
    {"expressions": [{"key": "region", "operator": "in", "values": ["cap"]}]},
    {"expressions": [{"key": "confidence", "operator": ">=", "values": ["95"]}]},
    {"expressions": [{"key": "quality", "operator": "!=", "values": [1]}]},
    {
        "logical_operator": "or",
        "expressions": [
            {"key": "on", "operator": "=", "values": ["TRUE"]},
            {"key": "confidence", "operator": "between", "values": [10, 60]},
        ],
    },
    {
        "logical_operator": "AND",
        "expressions": [
            {"key": "region", "operator": "not in", "values": ["oval"]},
            {"key": "quality", "operator": "<", "values": ["2"]},
        ],
    },
    {
        "logical_operator": "NOT",
        "expressions": [
            {
                "logical_operator": "OR",
                "expressions": [
                    {"key": "region", "operator": "=", "values": ["oval"]},
                    {
                        "expressions": [
                            {"key": "on", "operator": "=", "values": [False]},
                            {"key": "quality", "operator": "!=", "values": ["1"]},
                        ]
                    },
                ],
            }
        ],
    },
]
SITES = ["", "gill", "fsmi"]


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Any], list[pa.Table], dict[str, Any]]:
    """Sources, their records, and a query about them."""
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    start = draw(st.sampled_from(STARTS))
    length = draw(st.integers(5, 90))
    region = draw(st.sampled_from(["narrow", "dateline", "pole", "globe"]))
    kinds = draw(st.lists(st.sampled_from(["ground", "leo", "heo"]), min_size=3, max_size=6))
    kinds += draw(st.sampled_from([[], ["event_list"]]))
    sources, tables = [], []
    for number, kind in enumerate(kinds, start=1):
        program = "events" if kind == "event_list" else kind
        site = SITES[rng.integers(3)] if kind == "ground" else ""
        frame = ["", "geodetic", "geocentric"][rng.integers(3)]
        sources.append(source(number, kind, program, site=site, frame=frame))
        tables.append(_records(rng, number, kind == "ground", region, start, length))
    return sources, tables, draw(_queries(start, length, kinds))


def _records(
    rng: np.random.Generator, number: int, still: bool, region: str, start: int, length: int
) -> pa.Table:
    minutes = np.arange(start - 3, start + length + 3)
    minutes = minutes[rng.random(len(minutes)) > rng.choice([0.0, 0.1, 0.3])]
    count = len(minutes)
    # One decimal makes distances of exactly 0 happen.
    places = {
        name: tuple(np.round(part, 1) for part in _path(rng, region, count, still))
        for name in ("geo", "nb", "sb")
    }
    if rng.random() < 0.5:
        places["nb"] = places["geo"]
    for lat, lon in (places["nb"], places["sb"]):
        lost = rng.random(count) < rng.choice([0.0, 0.2])
        lat[lost] = np.nan
        lon[lost] = np.nan
    if rng.random() < 0.5:
        # The date line has two names.
        places["nb"] = (
            places["nb"][0],
            np.where(places["nb"][1] == -180.0, 180.0, places["nb"][1]),
        )
    maybe = lambda values: pa.array(  # noqa: E731 - one line, used twice
        [None if rng.random() < 0.2 else value for value in values]
    )
    return records(
        number,
        minutes.tolist(),
        **places,
        md_string_region=maybe(rng.choice(["cap", "oval"], count).tolist()).cast(pa.string()),
        md_double_confidence=maybe(rng.choice([5.0, 95.0, 94.999], count).tolist()).cast(
            pa.float64()
        ),
        md_int_quality=maybe(rng.integers(0, 4, count).tolist()).cast(pa.int64()),
        md_bool_on=maybe((rng.random(count) > 0.5).tolist()).cast(pa.bool_()),
    )


def _path(
    rng: np.random.Generator, region: str, count: int, still: bool
) -> tuple[np.ndarray, np.ndarray]:
    centre = {"narrow": (60, -100), "dateline": (65, 180), "pole": (89, 0), "globe": (0, 0)}[region]
    spread = {"narrow": 3, "dateline": 3, "pole": 0.9, "globe": 85}[region]
    lat0 = centre[0] + spread * rng.uniform(-1, 1)
    lon0 = centre[1] + (180 if region in ("pole", "globe") else 3) * rng.uniform(-1, 1)
    if still or not count:
        return np.full(count, lat0), np.full(count, (lon0 + 180.0) % 360.0 - 180.0)
    drift = rng.choice([0.0, 0.5, 4.0])
    lat = lat0 + np.cumsum(rng.normal(0, drift, count))
    lon = lon0 + np.cumsum(rng.normal(0, 2 * drift, count))
    lat = np.clip(lat, -90.0, 90.0)
    return lat, (lon + 180.0) % 360.0 - 180.0


@st.composite
def _queries(draw: st.DrawFn, start: int, length: int, kinds: list[str]) -> dict[str, Any]:
    blocks: dict[str, list[dict[str, Any]]] = {"ground": [], "space": [], "events": [], "adhoc": []}
    there = {"ground": "ground", "leo": "space", "heo": "space", "event_list": "events"}
    choices = [there[kind] for kind in kinds]
    names = draw(st.lists(st.sampled_from([*choices, "adhoc"]), min_size=2, max_size=4))
    for name in names:
        if name == "adhoc":
            points = st.fixed_dictionaries(
                {
                    "lat": st.integers(0, 90),
                    "lon": st.sampled_from([-100, 260, 180, -180, 181, 0, 179]),
                }
            )
            blocks["adhoc"].append({"locations": draw(st.lists(points, min_size=1, max_size=2))})
            continue
        group = draw(st.sampled_from([{}, {}, *FILTERS]))
        block: dict[str, Any] = {"ephemeris_metadata_filters": group}
        if name == "space":
            block["programs"] = draw(st.sampled_from([[], [], ["leo", "heo"], ["leo"]]))
            hemispheres = [[], [], ["northern"], ["southern"], ["northern", "southern"]]
            block["hemisphere"] = draw(st.sampled_from(hemispheres))
        blocks[name].append(block)
    order = [
        f"{kind}{n + 1}"
        for kind in ("ground", "space", "events", "adhoc")
        for n in range(len(blocks[kind]))
    ]
    distances = {}
    for i, first in enumerate(order):
        for second in order[i + 1 :]:
            limit = draw(st.sampled_from([*LIMITS, None, "missing"]))
            # Two ground blocks without a limit must be at one site, which is rare here.
            if limit != "missing" or draw(st.booleans()):
                limit = None if limit == "missing" else limit
                names_of = (first, second) if draw(st.booleans()) else (second, first)
                distances["-".join(names_of)] = limit
    clip = draw(st.integers(0, 2 * length)) * 30
    allowed = ["nbtrace", "sbtrace", "geographic"]
    if "adhoc" in names:
        allowed.remove("sbtrace")
    return {
        "start": _text(start * 60 + draw(st.sampled_from([0, 0, 10, 30]))),
        "end": _text(start * 60 + 60 + clip),
        **blocks,
        "conjunction_types": draw(st.lists(st.sampled_from(allowed), unique=True)),
        "max_distances": distances,
        "subminute_precision": draw(st.booleans()),
        "latitude_frame": draw(st.sampled_from(["geocentric", "as_delivered"])),
    }


def _text(seconds: int) -> str:
    return str(np.datetime64(seconds, "s"))


# Which parts of the engine work: none of them may change the answer.
ENGINES = st.fixed_dictionaries(
    {
        "search_kernel": st.sampled_from(["numba", "numpy"]),
        "search_executor": st.sampled_from(["serial", "threads"]),
        "track_index": st.booleans(),
    }
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds(), ENGINES, st.sampled_from([0, plan.PIECE_BYTES]))
def test_engine_finds_what_brute_force_finds(
    world: tuple[list[Any], list[pa.Table], dict[str, Any]],
    engine: dict[str, Any],
    piece_bytes: int,
) -> None:
    sources, tables, query = world
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        with make_archive(path, sources, tables, **engine) as archive:
            answer = brute_force(archive, query, path)
            # Nearer to a limit than rounding reaches, two right programs may differ.
            assume(answer.margin_km > TOLERANCE_KM)
            parsed = ConjunctionQuery.from_dict(query, archive.settings)
            # No memory at all makes pieces of months.
            with mock.patch.object(plan, "PIECE_BYTES", piece_bytes):
                table = conjunctions.run(archive, parsed, lambda done, found: None, lambda: False)
        assert_same(table, answer)
        event(_bucket(table.num_rows))
        event(f"sub-minute {query['subminute_precision']}")


def _bucket(rows: int) -> str:
    return "rows: none" if not rows else "rows: 1 to 10" if rows <= 10 else "rows: more"
