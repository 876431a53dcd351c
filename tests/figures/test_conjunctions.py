"""The strip of distances: every row is drawn, and what is left out is said."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pyarrow as pa

from core.figures.conjunctions import CROWD, distance_timeline

START = datetime(2019, 1, 1, 5, 30, tzinfo=UTC)


def rows(count: int, kinds: tuple[str, ...] = ("nbtrace",)) -> pa.Table:
    return pa.table(
        {
            "row": pa.array(range(count), pa.int64()),
            "start": pa.array(
                [START + timedelta(minutes=7 * i) for i in range(count)], pa.timestamp("us", "UTC")
            ),
            "duration_min": pa.array([1] * count, pa.int32()),
            "min_distance_km": pa.array([10.0 * i for i in range(count)]),
            "conjunction_type": [kinds[i % len(kinds)] for i in range(count)],
            "label": [f"A and B {i}" for i in range(count)],
        }
    )


def test_every_row_is_one_mark_with_its_number() -> None:
    figure = distance_timeline(rows(5, ("nbtrace", "sbtrace")), 5)
    assert [trace.name for trace in figure.data] == ["North B-trace", "South B-trace"]
    drawn = sorted(custom[0] for trace in figure.data for custom in trace.customdata)
    assert drawn == [0, 1, 2, 3, 4]
    assert figure.layout.showlegend
    assert not figure.layout.annotations


def test_times_are_drawn_in_utc() -> None:
    drawn = json.loads(distance_timeline(rows(1), 1).to_json())["data"][0]
    assert drawn["x"][0].startswith("2019-01-01T05:30")
    assert "+" not in drawn["x"][0]


def test_the_axis_spans_the_window_of_the_search() -> None:
    window = ("2019-01-01T00:00:00", "2019-01-09T23:59:59")
    assert distance_timeline(rows(2), 2, window).layout.xaxis.range == window
    assert distance_timeline(rows(2), 2).layout.xaxis.range is None


def test_a_page_can_colour_the_marks_by_their_type() -> None:
    figure = distance_timeline(rows(4, ("nbtrace", "geographic")), 4)
    assert [trace.uid for trace in figure.data] == ["nbtrace", "geographic"]


def test_seconds_are_shown_where_a_time_has_them() -> None:
    table = rows(2)
    late = pa.array([START, START + timedelta(seconds=30)], pa.timestamp("us", "UTC"))
    table = table.set_column(table.schema.get_field_index("start"), "start", late)
    shown = [custom[2] for custom in distance_timeline(table, 2).data[0].customdata]
    assert shown == ["2019-01-01T05:30Z", "2019-01-01T05:30:30Z"]


def test_what_is_not_drawn_is_said() -> None:
    figure = distance_timeline(rows(3), 5000)
    assert figure.layout.annotations[0].text == "first 3 of 5,000"
    assert figure.layout.margin.t > figure.layout.annotations[0].font.size * 1.5, "it has room"


def test_many_marks_are_smaller() -> None:
    few, many = distance_timeline(rows(2), 2), distance_timeline(rows(CROWD + 1), CROWD + 1)
    assert many.data[0].marker.size < few.data[0].marker.size
