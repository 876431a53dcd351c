"""How the pieces of a search are cut, run side by side, watched, merged and told as a table."""

from __future__ import annotations

import itertools
import threading
from contextvars import ContextVar
from dataclasses import fields
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from core.errors import LimitExceeded, SearchCancelled
from core.search import plan as plans
from core.search.engine.executors import over_pieces
from core.search.engine.grid import PieceData
from core.search.engine.guard import Guard
from core.search.engine.kernel import search_partition
from core.search.engine.kernels import choose_kernel
from core.search.engine.runs import Runs, concat, join_parts, merge, tuple_ranks
from core.search.engine.table import to_table
from core.search.index.tracks import Track, encode, ones, pack
from core.search.plan import Partition, Plan, partitions


def second(text: str) -> int:
    return int(np.datetime64(text, "s").astype(np.int64))


def make_plan(start: str, end: str, step_s: int = 60, sources: Any = 2, **changes: Any) -> Plan:
    given: dict[str, Any] = {
        "start_s": second(start),
        "end_s": second(end),
        "step_s": step_s,
        "types": ("nbtrace",),
        "sources": ((1,), tuple(range(2, 1 + sources))) if isinstance(sources, int) else sources,
        "limits": (((0, 1), 500.0),),
        "sites": {},
        "same_site": frozenset(),
    }
    return Plan(**{**given, **changes})


# Pieces


def first_days(found: list[Partition]) -> list[str]:
    return [str(np.datetime64(piece.first_minute, "m"))[:10] for piece in found]


def test_pieces_are_years_that_join_without_a_gap() -> None:
    found = list(partitions(make_plan("2014-11-30T12:00:30", "2017-02-03T00:00:00"), mapped=True))
    assert first_days(found) == ["2014-11-30", "2015-01-01", "2016-01-01", "2017-01-01"]
    assert [piece.minutes for piece in found[1:3]] == [365 * 1440, 366 * 1440]
    assert all(b.first_minute == a.last_minute + 1 for a, b in itertools.pairwise(found))
    # A second within a minute is the next whole minute at the start, and the last one at the end.
    assert found[0].first_minute * 60 == second("2014-11-30T12:01:00")
    assert found[-1].last_minute * 60 == second("2017-02-03T00:00:00")


@pytest.mark.parametrize(
    ("sources", "step_s", "mapped", "months"),
    [(2, 60, True, False), (500, 60, True, False), (500, 60, False, True), (500, 30, True, True)],
)
def test_much_memory_makes_pieces_of_months(
    sources: int, step_s: int, mapped: bool, months: bool
) -> None:
    plan = make_plan("2018-01-01T00:00:00", "2018-12-31T23:59:00", step_s, sources)
    assert len(list(partitions(plan, mapped))) == (12 if months else 1)
    minutes = sum(piece.minutes for piece in partitions(plan, mapped))
    assert minutes == 365 * 1440


def test_a_window_without_a_whole_minute_has_no_piece() -> None:
    plan = make_plan("2018-01-01T00:00:01", "2018-01-01T00:00:59")
    assert list(partitions(plan, mapped=True)) == []


def test_a_short_window_of_many_sources_is_light() -> None:
    assert plans.PIECE_BYTES > 70 * 3 * 31 * 1440 * 24


# Executors


@pytest.mark.parametrize("executor", ["serial", "threads"])
def test_every_piece_is_worked_on_once(executor: Any) -> None:
    found = over_pieces(executor, lambda n: n * n, range(50), lambda: None, 3)
    assert sorted(found) == [n * n for n in range(50)]


@pytest.mark.parametrize("executor", ["serial", "threads"])
def test_nobody_is_told_to_stop_where_all_pieces_end(executor: Any) -> None:
    stopped = threading.Event()
    assert sorted(over_pieces(executor, lambda n: n, range(5), stopped.set, 2)) == list(range(5))
    assert not stopped.is_set()


def test_threads_work_side_by_side() -> None:
    both = threading.Barrier(2, timeout=60)
    assert len(list(over_pieces("threads", lambda _: both.wait(), [1, 2], lambda: None, 2))) == 2


@pytest.mark.parametrize("executor", ["serial", "threads"])
def test_an_error_stops_the_others_and_comes_out(executor: Any) -> None:
    stopped = threading.Event()

    def work(number: int) -> int:
        if number == 0:
            raise SearchCancelled("enough")
        if executor == "threads":
            assert stopped.wait(60)
        return number

    with pytest.raises(SearchCancelled):
        list(over_pieces(executor, work, range(20), stopped.set, 2))
    assert stopped.is_set() == (executor == "threads")


def test_who_has_enough_stops_the_rest() -> None:
    stopped = threading.Event()
    found = over_pieces("threads", lambda n: n or stopped.wait(60), [1, 0], stopped.set, 2)
    assert next(found) == 1
    found.close()  # type: ignore[attr-defined]
    assert stopped.is_set()


def test_pieces_see_the_context_of_their_search() -> None:
    whose: ContextVar[str] = ContextVar("whose", default="nobody's")
    token = whose.set("mine")
    try:
        found = list(over_pieces("threads", lambda _: whose.get(), [1, 2, 3], lambda: None, 2))
    finally:
        whose.reset(token)
    assert found == ["mine"] * 3


# Guard


def test_progress_is_the_mean_of_the_pieces_and_the_sum_of_what_they_found() -> None:
    told: list[tuple[float, int]] = []
    guard = Guard(lambda done, found: told.append((done, found)), lambda: False, 100)
    guard.begin(2)
    guard.watch(0, 3, 0.5)
    guard.watch(1, 4, 1.0)
    guard.watch(0, 5, 1.0)
    assert told == [(0.25, 3), (0.75, 7), (1.0, 9)]


def test_a_cancelled_or_stopped_search_ends_at_the_next_check() -> None:
    guard = Guard(lambda *_: None, lambda: True, 100)
    with pytest.raises(SearchCancelled):
        guard.check()
    guard = Guard(lambda *_: None, lambda: False, 100)
    guard.begin(1)
    guard.check()
    guard.stop()
    with pytest.raises(SearchCancelled):
        guard.watch(0, 0, 0.0)


def test_more_than_allowed_is_refused_while_searching_and_at_the_end() -> None:
    guard = Guard(lambda *_: None, lambda: False, 10)
    guard.begin(2)
    guard.watch(0, 6, 1.0)
    guard.watch(1, 4, 1.0)
    guard.settle(10)
    with pytest.raises(LimitExceeded) as caught:
        guard.settle(11)
    assert (caught.value.asked, caught.value.allowed) == (11, 10)
    with pytest.raises(LimitExceeded):
        guard.watch(1, 5, 1.0)


# The search of a piece


def test_what_may_go_on_from_the_piece_before_is_not_counted_twice() -> None:
    length = 10
    plan = make_plan("1970-01-01", "1970-01-02")
    valid = pack(np.array([1, 1, 0, 1, 0, 0, 1, 1, 0, 1], dtype=bool))
    data = PieceData(
        0, 60, length, (0, length - 1), {(0, 1): ones(length), (1, 2): valid},
        {("nbtrace", source): standing(length) for source in (1, 2)},
    )  # fmt: skip
    told: list[tuple[int, float]] = []
    runs = search_partition(plan, data, lambda *state: told.append(state), choose_kernel("numpy"))
    assert len(runs) == 4
    assert told[-1] == (3, 1.0)


def standing(length: int, lat_deg: float = 60.0) -> Track:
    lat = np.radians(lat_deg)
    hi, lo = encode(np.array([[np.cos(lat)], [0.0], [np.sin(lat)]]))
    return Track(hi, lo, ones(length))


def test_cancelling_is_seen_inside_the_loop_over_pairs() -> None:
    length, count = 64, 30
    sources = tuple(range(1, count + 1)), tuple(range(101, 101 + count))
    plan = make_plan("1970-01-01", "1970-01-02", sources=sources)
    data = PieceData(
        0, 60, length, (0, length - 1),
        {(block, i): ones(length) for block in (0, 1) for i in sources[block]},
        {("nbtrace", i): standing(length) for block in sources for i in block},
    )  # fmt: skip
    calls: list[tuple[int, float]] = []

    def watch(found: int, fraction: float) -> None:
        calls.append((found, fraction))
        if len(calls) == 7:
            raise SearchCancelled("now")

    with pytest.raises(SearchCancelled):
        search_partition(plan, data, watch, choose_kernel("numpy"))
    calls.clear()
    quiet: list[float] = []
    search_partition(plan, data, lambda _, done: quiet.append(done), choose_kernel("numpy"))
    assert len(quiet) >= count * count
    assert quiet == sorted(quiet)


@pytest.mark.parametrize("name", ["numba", "numpy"])
def test_a_half_minute_that_is_not_known_joins_only_two_that_qualify(name: Any) -> None:
    valid = np.array([1, 1, 1, 1, 1, 0, 1, 1, 1] + [1] * 64, dtype=bool)
    length = len(valid)
    unknown = np.zeros(length, dtype=bool)
    # Between two that qualify; beside one that does not; and across the edge of a word.
    unknown[[1, 4, 7, 63, 64]] = True
    moving = standing(length)
    other = Track(moving.hi, moving.lo, pack(~unknown), pack(~unknown))
    plan = make_plan("1970-01-01", "1970-01-02", step_s=30)
    data = PieceData(
        0, 30, length, (0, length - 2), {(0, 1): ones(length), (1, 2): pack(valid)},
        {("nbtrace", 1): moving, ("nbtrace", 2): other},
    )  # fmt: skip
    runs = search_partition(plan, data, lambda *_: None, choose_kernel(name))
    spans = [(int(a) // 30, int(b) // 30) for a, b in zip(runs.start_s, runs.end_s, strict=True)]
    # 63 and 64 are both unknown: each has one neighbour of which nothing is known either, yet
    # which is let through, so both stay.
    assert spans == [(0, 3), (6, length - 2)]


# Merging


def random_runs(rng: np.random.Generator, count: int) -> tuple[Runs, Runs]:
    """Runs of whole epochs that do not touch, and the same cut at random places."""
    whole, cut = [], []
    for kind, one, two in itertools.product(range(2), (1, 5), (-3, 7, 90_000_000)):
        epoch = 0
        for _ in range(count):
            start = epoch + int(rng.integers(2, 5))
            end = start + int(rng.integers(0, 6))
            km = rng.integers(0, 4, end - start + 1).astype(float)
            whole.append(_run(kind, one, two, start, end, km))
            place = int(rng.integers(start, end + 1))
            if place > start:
                cut.append(_run(kind, one, two, start, place - 1, km[: place - start]))
            cut.append(_run(kind, one, two, place, end, km[place - start :]))
            epoch = end
    return concat(whole), concat(cut)


def _run(kind: int, one: int, two: int, start: int, end: int, km: np.ndarray) -> Runs:
    low, high = float(km.min()), float(km.max())
    return Runs(
        np.array([kind]), np.array([[one, two]]), np.array([start * 60]), np.array([end * 60]),
        np.array([(start + int(km.argmin())) * 60]), np.array([(start + int(km.argmax())) * 60]),
        np.array([low]), np.array([high]), np.array([[low]]), np.array([[high]]),
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(5))
def test_what_was_cut_is_merged_whatever_the_order(seed: int) -> None:
    rng = np.random.default_rng(seed)
    whole, cut = random_runs(rng, 8)
    order = rng.permutation(len(cut))
    half = len(cut) // 2
    parts = [cut.take(order[:half]), cut.take(order[half:])]
    once = merge(parts, 60)
    in_steps = merge([merge([parts[1]], 60), merge([parts[0]], 60)], 60)
    for name in ("kind", "sources", "start_s", "end_s", "nearest_km", "farthest_km",
                 "closest_s", "farthest_s", "pair_min_km", "pair_max_km"):  # fmt: skip
        np.testing.assert_array_equal(getattr(once, name), getattr(whole, name), err_msg=name)
        np.testing.assert_array_equal(getattr(in_steps, name), getattr(whole, name), err_msg=name)


@pytest.mark.parametrize("seed", range(20))
def test_parts_are_joined_over_their_edges_as_by_a_merge_of_all(seed: int) -> None:
    rng = np.random.default_rng(seed)
    _, cut = random_runs(rng, 8)
    year = rng.integers(0, 1 + seed % 5, len(cut))
    if seed % 2:
        # Parts that follow one another in time, as pieces of a window do.
        year = np.searchsorted(np.quantile(cut.start_s, [0.2, 0.5, 0.8]), cut.start_s)
    parts = [_without_touching(cut[year == number]) for number in range(5)]
    expected = merge(parts, 60)
    found = merge([join_parts([*parts[::-1]], 60)], 0)
    assert len(expected) < sum(len(part) for part in parts) or seed % 5 == 0
    for item in fields(Runs):
        np.testing.assert_array_equal(
            getattr(found, item.name), getattr(expected, item.name), err_msg=item.name
        )


def _without_touching(runs: Runs) -> Runs:
    return merge([runs], 60)


def test_tuples_are_numbered_in_their_order() -> None:
    rng = np.random.default_rng(0)
    for spread in (3, 10**7):
        rows = rng.integers(-spread, spread, (200, 3))
        rows[100:] = rows[:100]
        number, count = tuple_ranks(rows)
        distinct, expected = np.unique(rows, axis=0, return_inverse=True)
        assert count == len(distinct)
        np.testing.assert_array_equal(number, expected.ravel())


# The table


def test_rows_are_ordered_by_start_then_label_then_type() -> None:
    rng = np.random.default_rng(1)
    _, runs = random_runs(rng, 20)
    plan = make_plan("1970-01-01", "1970-01-02", types=("sbtrace", "nbtrace"))
    # Two sources bear one name, and names are not in the order of identifiers.
    names = {1: "B", 5: "A", -3: "x", 7: "x", 90_000_000: "c"}
    sources: Any = {i: SimpleNamespace(display_name=name) for i, name in names.items()}
    shuffled = runs.take(rng.permutation(len(runs)))
    rows = to_table(shuffled, plan, sources).to_pylist()
    keys = [(r["start"], r["label"], r["conjunction_type"], r["sources"]) for r in rows]
    assert keys == sorted(keys)
    assert [r["row"] for r in rows] == list(range(len(runs)))
    for row in rows:
        assert row["label"] == " and ".join(names[i] for i in row["sources"])
        (event,) = row["events"]
        assert [event["e1_source"], event["e2_source"]] == row["sources"]
        assert (event["start"], event["end"]) == (row["start"], row["end"])
        assert row["duration_min"] == (row["end"] - row["start"]).seconds // 60 + 1
    assert to_table(Runs.empty(2, 1), plan, sources).num_rows == 0
