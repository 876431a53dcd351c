"""Reading what people type, and the query that comes of it."""

from __future__ import annotations

from datetime import datetime

import pytest

from components.finder_state import (
    Block,
    FinderState,
    block_names,
    from_query,
    pair_names,
    read_points,
    read_time,
    tidy_time,
    to_query,
)
from core.errors import BadInput
from core.search.describe import describe
from core.search.examples import EXAMPLES
from core.search.query import ConjunctionQuery
from core.settings import Settings


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019-01-01", datetime(2019, 1, 1)),  # noqa: DTZ001
        ("2019/1/2 05:30", datetime(2019, 1, 2, 5, 30)),  # noqa: DTZ001
        ("2019-01-02T05:30Z", datetime(2019, 1, 2, 5, 30)),  # noqa: DTZ001
        (" 2019-01-02 05:30:15 UTC ", datetime(2019, 1, 2, 5, 30, 15)),  # noqa: DTZ001
        ("2019-01-02T05:30:15.000Z", datetime(2019, 1, 2, 5, 30, 15)),  # noqa: DTZ001
    ],
)
def test_times_are_read_as_people_type_them(text: str, expected: datetime) -> None:
    assert read_time(text, "start") == expected


def test_the_end_of_a_window_includes_its_last_minute() -> None:
    assert read_time("2019-01-03", "end", end=True) == datetime(2019, 1, 3, 23, 59, 59)  # noqa: DTZ001
    assert tidy_time("2019/1/3", end=True) == "2019-01-03 23:59"


@pytest.mark.parametrize("text", ["", "yesterday", "2019-02-30", "2019-01-01 25:00", "01/02/2019"])
def test_what_is_no_time_is_refused_by_name_and_kept_as_typed(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_time(text, "start")
    assert caught.value.field == "start"
    assert tidy_time(text) == text


def test_longitudes_may_be_counted_eastward_all_the_way_round() -> None:
    assert read_points("56.4, 265.4\n0, 180\n0, 360", "points") == [
        {"lat": 56.4, "lon": -94.6},
        {"lat": 0.0, "lon": 180.0},
        {"lat": 0.0, "lon": 0.0},
    ]


def test_points_name_their_line() -> None:
    assert read_points("56.4, -94.6\n\n-70 10", "points") == [
        {"lat": 56.4, "lon": -94.6},
        {"lat": -70.0, "lon": 10.0},
    ]
    for bad in ("91, 0", "10, 361", "10, -181", "10", "a, b", "1, 2, 3"):
        with pytest.raises(BadInput, match="Line 2"):
            read_points(f"1, 2\n{bad}", "points")
    with pytest.raises(BadInput, match="No point"):
        read_points("  ", "points")


def test_blocks_are_named_by_kind_and_pairs_in_the_order_of_kinds() -> None:
    blocks = [Block("space"), Block("ground"), Block("adhoc"), Block("ground")]
    assert block_names(blocks) == ["space1", "ground1", "adhoc1", "ground2"]
    assert pair_names(blocks) == [
        "ground1-ground2",
        "ground1-space1",
        "ground1-adhoc1",
        "ground2-space1",
        "ground2-adhoc1",
        "space1-adhoc1",
    ]


def test_eleven_blocks_of_a_kind_stay_in_order() -> None:
    pairs = pair_names([Block("ground")] * 11)
    assert len(pairs) == 55
    assert pairs[-1] == "ground10-ground11"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"example {e.number}")
def test_examples_survive_the_form(example) -> None:  # type: ignore[no-untyped-def]
    settings = Settings()
    again = to_query(from_query(example.query))
    assert ConjunctionQuery.from_dict(again, settings) == ConjunctionQuery.from_dict(
        example.query, settings
    )


@pytest.mark.parametrize(
    ("state", "field"),
    [
        (FinderState(start="soon"), "start"),
        (FinderState(start="2019-01-02", end="2019-01-01"), "end"),
        (FinderState(distance_km=None), "distance"),
        (FinderState(blocks=(Block("space"), Block("adhoc", points="x"))), "blocks[1].points"),
    ],
)
def test_what_keeps_a_form_from_being_a_query_is_named(state: FinderState, field: str) -> None:
    with pytest.raises(BadInput) as caught:
        to_query(state)
    assert caught.value.field == field
    assert caught.value.hint


@pytest.mark.parametrize(
    "change",
    [
        {"result_filters": [{"key": "duration_min", "operator": ">", "values": [2]}]},
        {
            "space": [
                {
                    "ephemeris_metadata_filters": {
                        "logical_operator": "NOT",
                        "expressions": [{"key": "a", "operator": "=", "values": ["b"]}],
                    }
                }
            ]
        },
        {
            "space": [
                {
                    "ephemeris_metadata_filters": [
                        {"expressions": [{"key": "a", "operator": "=", "values": ["b"]}]}
                    ]
                }
            ]
        },
    ],
)
def test_nested_filters_and_those_of_the_result_pass_through_the_form(change: dict) -> None:
    query = {
        "start": "2019-01-01T00:00:00",
        "end": "2019-01-02T00:00:59",
        "ground": [{}],
        "space": [{}],
        "max_distances": {"ground1-space1": 500},
    }
    read = ConjunctionQuery.from_dict(query | change, Settings())
    again = ConjunctionQuery.from_dict(to_query(from_query(read.to_dict())), Settings())
    assert texts(again) == texts(read)


def texts(query: ConjunctionQuery) -> str:
    """A query in words: values of a form are text, those of a request may be numbers."""
    return describe("conjunction", query)
