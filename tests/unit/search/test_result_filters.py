"""Filters on what was found: against the unfiltered table, row by row."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.archive import Archive
from core.errors import BadInput
from core.search import conjunctions
from core.search.describe import describe
from core.search.engine.runs import Runs
from core.search.filters.result_filters import RESULT_KEYS, ResultFilters
from core.search.query import ConjunctionQuery
from core.settings import Settings
from tests.oracle.small_archive import records, source

FIRST = int(np.datetime64("2019-01-31T23:00", "m").astype(np.int64))
QUERY: dict[str, Any] = {
    "start": "2019-01-31T00:00:00",
    "end": "2019-02-02T00:00:00",
    "ground": [{}],
    "space": [{}],
    "max_distances": {"ground1-space1": 500},
    "latitude_frame": "as_delivered",
}


def expression(key: str, word: str, *values: Any) -> dict[str, Any]:
    return {"key": key, "operator": word, "values": list(values)}


def find(archive: Archive, **changes: Any) -> list[dict[str, Any]]:
    query = ConjunctionQuery.from_dict(QUERY | changes, archive.settings)
    table = conjunctions.run(archive, query, lambda done, found: None, lambda: False)
    return table.drop_columns(["row"]).to_pylist()


@pytest.fixture
def archive(archive_of: Any) -> Archive:
    """Passes of many lengths, some over the turn of the month, some closest at an end."""
    rng = np.random.default_rng(11)
    minutes = np.arange(FIRST, FIRST + 120)
    there = minutes[rng.random(120) < 0.8]
    lat = 60.0 + 4.0 * np.cos(np.arange(len(there)) / 3.0) * rng.uniform(0.2, 1.2, len(there))
    still = records(1, minutes.tolist(), nb=([60.0] * 120, [-100.0] * 120))
    moving = records(2, there.tolist(), nb=(lat, [-100.0] * len(there)))
    return archive_of([source(1, "ground"), source(2, "leo")], [still, moving])


@pytest.mark.parametrize(
    ("group", "rule"),
    [
        ([expression("duration_min", ">=", 3)], lambda r: r["duration_min"] >= 3),
        ([expression("duration_min", "<=", "2")], lambda r: r["duration_min"] <= 2),
        (
            [expression("duration_min", "between", 2, 4), expression("min_distance_km", "<", 100)],
            lambda r: 2 <= r["duration_min"] <= 4 and r["min_distance_km"] < 100,
        ),
        ([expression("max_distance_km", ">", 300)], lambda r: r["max_distance_km"] > 300),
        (
            [expression("closest_inside", "=", True)],
            lambda r: r["start"] < r["closest_epoch"] < r["end"],
        ),
        (
            {"logical_operator": "NOT", "expressions": [expression("closest_inside", "=", "true")]},
            lambda r: not r["start"] < r["closest_epoch"] < r["end"],
        ),
        (
            {
                "logical_operator": "OR",
                "expressions": [
                    expression("closest_inside", "!=", False),
                    {"expressions": [expression("duration_min", "=", 1)]},
                ],
            },
            lambda r: r["start"] < r["closest_epoch"] < r["end"] or r["duration_min"] == 1,
        ),
    ],
)
def test_what_passes_is_what_the_table_says(archive: Archive, group: Any, rule: Any) -> None:
    every = find(archive)
    wanted = [row for row in every if rule(row)]
    assert 0 < len(wanted) < len(every)
    assert find(archive, result_filters=group) == wanted


def test_a_conjunction_over_the_turn_of_a_year_is_judged_as_a_whole(archive_of: Any) -> None:
    turn = int(np.datetime64("2020-01-01", "m").astype(np.int64))
    minutes = list(range(turn - 3, turn + 4))
    lat = [60.0 + 0.5 * abs(k) for k in range(-3, 4)]
    archive = archive_of(
        [source(1, "ground"), source(2, "leo")],
        [
            records(1, minutes, nb=([60.0] * 7, [-100.0] * 7)),
            records(2, minutes, nb=(lat, [-100.0] * 7)),
        ],
    )
    window = {"start": "2019-12-31T00:00:00", "end": "2020-01-02T00:00:00"}
    group = [expression("duration_min", "=", 7), expression("closest_inside", "=", True)]
    assert len(find(archive, **window, result_filters=group)) == 1
    assert not find(archive, **window, result_filters=[expression("duration_min", "<", 7)])


@given(st.data())
def test_a_group_and_its_not_share_out_the_runs(data: st.DataObject) -> None:
    count = data.draw(st.integers(0, 12))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    start = rng.integers(0, 1000, count) * 30
    end = start + rng.integers(0, 8, count) * 30
    closest = start + (rng.random(count) * (end - start) // 30).astype(np.int64) * 30
    near = rng.uniform(0, 500, count)
    runs = Runs(
        np.zeros(count, np.int64), np.zeros((count, 2), np.int64), start, end, closest, start,
        near, near + 1, near[:, None], near[:, None] + 1,
    )  # fmt: skip
    key = data.draw(st.sampled_from(RESULT_KEYS))
    value = True if key == "closest_inside" else data.draw(st.integers(0, 500))
    word = data.draw(st.sampled_from(["=", "!="] if value is True else ["=", "!=", "<", ">="]))
    inside = ResultFilters.from_dict([expression(key, word, value)])
    outside = ResultFilters.from_dict(
        {"logical_operator": "NOT", "expressions": [expression(key, word, value)]}
    )
    found = [inside.apply(runs, 30), outside.apply(runs, 30)]
    assert sorted(np.concatenate([part.nearest_km for part in found])) == sorted(near)
    assert ResultFilters().apply(runs, 30) is runs


def test_the_query_survives_the_round_trip_and_is_told() -> None:
    group = {
        "logical_operator": "AND",
        "expressions": [
            expression("duration_min", ">=", 3),
            {"logical_operator": "NOT", "expressions": [expression("closest_inside", "=", True)]},
        ],
    }
    read = ConjunctionQuery.from_dict(QUERY | {"result_filters": group}, Settings())
    assert read.to_dict()["result_filters"] == group
    assert ConjunctionQuery.from_dict(read.to_dict(), Settings()) == read
    assert "AND result (duration_min >= (3) AND NOT closest_inside = (True))" in describe(
        "conjunction", read
    )
    without = ConjunctionQuery.from_dict(QUERY, Settings())
    assert not without.result_filters
    assert "result_filters" not in without.to_dict()
    assert not without.ignored


@pytest.mark.parametrize(
    ("group", "place"),
    [
        (3, "result_filters"),
        ([expression("start", "=", 1)], "result_filters.expressions[0].key"),
        ([expression("derived.kp", ">", 1)], "result_filters.expressions[0].key"),
        ([expression("duration_min", ">", "long")], "result_filters.expressions[0].values[0]"),
        ([expression("closest_inside", ">", True)], "result_filters.expressions[0].operator"),
        ([expression("closest_inside", "=", 1)], "result_filters.expressions[0].values[0]"),
        (
            [{"expressions": [expression("min_distance_km", "in", 1, True)]}],
            "result_filters.expressions[0].expressions[0].values[1]",
        ),
    ],
)
def test_what_is_wrong_is_named_by_its_place(group: Any, place: str) -> None:
    with pytest.raises(BadInput) as caught:
        ConjunctionQuery.from_dict(QUERY | {"result_filters": group}, Settings())
    assert caught.value.details["field"] == place
