"""The kernel on pieces held in memory against a brute force written here, which shares none of it.

Faster than going through an archive, so that many more worlds are seen: cuts into pieces anywhere,
2 to 4 blocks, both kernels, threads or none, batches of any size.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Any
from unittest import mock

import numpy as np
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from core.geo.sphere import unit_vectors
from core.search.engine import kernel
from core.search.engine.executors import over_pieces
from core.search.engine.grid import PieceData
from core.search.engine.kernels import choose_kernel
from core.search.engine.runs import Runs, merge
from core.search.index.tracks import make_track, pack
from core.search.plan import Plan

RADIUS_KM = 6371.2
TOLERANCE_KM = 1e-6
START_S = 1_577_836_800 - 60 * 60
LIMITS = [0.0, 0.5, 30.0, 500.0, 900.0, 4000.0, 10_000.0, 15_000.0, 20_014.0, 20_015.0, math.inf]
Key = tuple[int, tuple[int, ...], int, int]


@dataclass
class World:
    """Positions by (type, source), epochs by (block, source), and what is asked of them."""

    length: int
    places: dict[tuple[str, int], tuple[np.ndarray, np.ndarray]]
    valid: dict[tuple[int, int], np.ndarray]
    plan: Plan


@st.composite
def worlds(draw: st.DrawFn) -> World:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    length = draw(st.sampled_from([1, 2, 40, 63, 64, 65, 128, 150, 200]))
    region = draw(st.sampled_from(["narrow", "dateline", "pole", "globe", "antipodes"]))
    types = draw(st.sampled_from([("nbtrace",), ("nbtrace", "geographic")]))
    sources = range(1, 2 + draw(st.integers(1, 4)))
    blocks = draw(
        st.lists(
            st.lists(st.sampled_from(list(sources)), min_size=1, max_size=3, unique=True),
            min_size=2,
            max_size=4,
        )
    )
    pairs = list(itertools.combinations(range(len(blocks)), 2))
    chosen = draw(st.lists(st.sampled_from(pairs), min_size=1, unique=True))
    limits = tuple((pair, draw(st.sampled_from(LIMITS))) for pair in sorted(chosen))
    share = draw(st.sampled_from([1.0, 0.9, 0.3]))
    return World(
        length,
        {(kind, source): _path(rng, region, length) for kind in types for source in sources},
        {
            (block, source): rng.random(length) < share
            for block, members in enumerate(blocks)
            for source in members
            if rng.random() < 0.95
        },
        Plan(
            START_S, START_S + 60 * (length - 1), 60, types, tuple(map(tuple, blocks)), limits,
            {}, frozenset(),
        ),
    )  # fmt: skip


def _path(rng: np.random.Generator, region: str, length: int) -> tuple[np.ndarray, np.ndarray]:
    lat0, lon0, spread = {
        "narrow": (60.0, -100.0, 3.0),
        "dateline": (65.0, 180.0, 3.0),
        "pole": (89.5, 0.0, 1.0),
        "globe": (0.0, 0.0, 80.0),
        "antipodes": (45.0, 20.0, 0.2),
    }[region]
    side = region == "antipodes" and rng.random() < 0.5
    lat0, lon0 = (-lat0, lon0 + 180.0) if side else (lat0, lon0)
    step = rng.choice([0.0, 0.3, 5.0])
    lat = lat0 + spread * rng.uniform(-1, 1) + np.cumsum(rng.normal(0, 1, length)) * step
    lon = lon0 + spread * rng.uniform(-1, 1) + np.cumsum(rng.normal(0, 1, length)) * step
    lat, lon = np.clip(np.round(lat, 2), -90.0, 90.0), np.round(lon, 2)
    # One place has many names.
    lon = (lon + 180.0) % 360.0 - 180.0 if rng.random() < 0.5 else lon % 360.0
    lost = rng.random(length) < rng.choice([0.0, 0.1])
    return np.where(lost, np.nan, lat), np.where(lost, np.nan, lon)


def brute_force(world: World) -> tuple[dict[Key, list[float]], float]:
    """Runs with the distance of each epoch, and how near a distance came to a limit."""
    found: dict[Key, list[float]] = {}
    margin = math.inf
    for kind, name in enumerate(world.plan.types):
        for chosen in itertools.product(*world.plan.sources):
            if len(set(chosen)) < len(chosen):
                continue
            begun, run = 0, []
            for t in range(world.length + 1):
                km, near = _epoch(world, name, chosen, t) if t < world.length else (None, margin)
                margin = min(margin, near)
                if km is not None:
                    begun = t if not run else begun
                    run.append(km)
                elif run:
                    found[kind, chosen, begun, t - 1] = run
                    run = []
    return found, margin


def _epoch(world: World, name: str, chosen: tuple[int, ...], t: int) -> tuple[float | None, float]:
    """Largest distance of an epoch that qualifies, else None; and the margin to the limits."""
    for block, source in enumerate(chosen):
        if (block, source) not in world.valid or not world.valid[block, source][t]:
            return None, math.inf
    largest, margin, within = 0.0, math.inf, True
    for (i, j), limit in world.plan.limits:
        km = _km(world.places[name, chosen[i]], world.places[name, chosen[j]], t)
        if math.isnan(km):
            return None, math.inf
        if km != 0.0 or limit != 0.0:
            margin = min(margin, abs(km - limit))
        within &= km <= limit
        largest = max(largest, km)
    return (largest if within else None), margin


def _km(one: Any, two: Any, t: int) -> float:
    """Kahan's angle between two vectors, which is exact near and far."""
    a, b = (_vector(float(place[0][t]), float(place[1][t])) for place in (one, two))
    if (one[0][t], one[1][t] % 360.0) == (two[0][t], two[1][t] % 360.0):
        return 0.0
    apart = math.dist(a, b)
    return RADIUS_KM * 2.0 * math.atan2(apart, math.dist(a, [-part for part in b]))


def _vector(lat_deg: float, lon_deg: float) -> list[float]:
    lat, lon = math.radians(lat_deg), math.radians(lon_deg)
    return [math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)]


def search(world: World, name: Any, executor: Any, cuts: list[int], batch: int) -> Runs:
    """The engine, over pieces that begin at the cuts."""
    edges = sorted({0, *(cut for cut in cuts if cut < world.length), world.length})
    pieces = [_piece(world, *ends) for ends in itertools.pairwise(edges)]
    chosen = choose_kernel(name)
    with mock.patch.object(kernel, "BATCH_EPOCHS", batch):
        parts = over_pieces(
            executor,
            lambda data: kernel.search_partition(world.plan, data, lambda *_: None, chosen),
            pieces,
            lambda: None,
            2,
        )
        return merge(list(parts), 60)


def _piece(world: World, first: int, end: int) -> PieceData:
    tracks = {}
    for key, (lat, lon) in world.places.items():
        vectors = np.ascontiguousarray(unit_vectors(lat[first:end], lon[first:end]).T)
        tracks[key] = make_track(vectors, ~np.isnan(lat[first:end]))
    valid = {key: pack(bits[first:end]) for key, bits in world.valid.items()}
    count = end - first
    return PieceData(START_S + 60 * first, 60, count, (0, count - 1), valid, tracks)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    worlds(),
    st.sampled_from(["numba", "numpy"]),
    st.sampled_from(["serial", "threads"]),
    st.lists(st.integers(1, 199), max_size=4),
    st.sampled_from([1, 50, 100_000]),
)
def test_pieces_give_what_brute_force_finds(
    world: World, name: str, executor: str, cuts: list[int], batch: int
) -> None:
    expected, margin = brute_force(world)
    # Nearer to a limit than rounding reaches, two right programs may differ.
    assume(margin > TOLERANCE_KM)
    runs = search(world, name, executor, cuts, batch)
    event("runs" if expected else "no run")
    rows = {
        (
            int(runs.kind[n]),
            tuple(map(int, runs.sources[n])),
            int(runs.start_s[n] - START_S) // 60,
            int(runs.end_s[n] - START_S) // 60,
        ): n
        for n in range(len(runs))
    }
    assert rows.keys() == expected.keys()
    assert len(rows) == len(runs)
    for key, n in rows.items():
        km = expected[key]
        assert abs(runs.nearest_km[n] - min(km)) < TOLERANCE_KM
        assert abs(runs.farthest_km[n] - max(km)) < TOLERANCE_KM
        for epoch_s, extreme in ((runs.closest_s[n], min(km)), (runs.farthest_s[n], max(km))):
            assert abs(km[int(epoch_s - START_S) // 60 - key[2]] - extreme) < TOLERANCE_KM


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds(), st.lists(st.integers(1, 199), max_size=4))
def test_kernels_executors_and_cuts_change_nothing(world: World, cuts: list[int]) -> None:
    plain = search(world, "numpy", "serial", [], 1)
    for name, executor in itertools.product(["numba", "numpy"], ["serial", "threads"]):
        other = search(world, name, executor, cuts, 1000)
        for field in ("kind", "sources", "start_s", "end_s", "nearest_km", "farthest_km",
                      "closest_s", "farthest_s", "pair_min_km", "pair_max_km"):  # fmt: skip
            np.testing.assert_array_equal(getattr(other, field), getattr(plain, field))
