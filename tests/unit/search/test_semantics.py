"""What a conjunction is, by cases small enough to know the answer beforehand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import aacgmv2
import numpy as np
import pyarrow as pa
import pytest

from core.archive import Archive
from core.errors import BadInput, LimitExceeded
from core.geo.sphere import distance_km
from core.search import conjunctions
from core.search.query import ConjunctionQuery
from tests.oracle.small_archive import records, source

DAY = int(np.datetime64("2019-01-31T23:00", "m").astype(np.int64))
SITE = ([60.0], [-100.0])
QUERY: dict[str, Any] = {
    "start": "2019-01-31T00:00:00",
    "end": "2019-02-02T00:00:00",
    "ground": [{}],
    "space": [{}],
    "max_distances": {"ground1-space1": 500},
    "latitude_frame": "as_delivered",
}


def find(archive: Archive, **changes: Any) -> pa.Table:
    query = ConjunctionQuery.from_dict(QUERY | changes, archive.settings)
    return conjunctions.run(archive, query, lambda done, found: None, lambda: False)


def spans(table: pa.Table) -> list[tuple[str, str]]:
    return [
        (row["start"].strftime("%d %H:%M:%S"), row["end"].strftime("%d %H:%M:%S"))
        for row in table.sort_by("start").to_pylist()
    ]


def ground(identifier: int, minutes: range | list[int], **columns: Any) -> pa.Table:
    return records(identifier, list(minutes), **{"nb": SITE, "geo": SITE, **columns})


def test_consecutive_minutes_are_one_conjunction_over_the_turn_of_a_month(archive_of: Any) -> None:
    minutes = range(DAY + 55, DAY + 65)
    archive = archive_of(
        [source(1, "ground"), source(2, "leo")], [ground(1, minutes), ground(2, minutes)]
    )
    table = find(archive)
    assert spans(table) == [("31 23:55:00", "01 00:04:00")]
    assert table["duration_min"].to_pylist() == [10]
    assert table["label"].to_pylist() == ["Source 1 and Source 2"]


def test_a_minute_without_a_record_splits(archive_of: Any) -> None:
    minutes = [DAY, DAY + 1, DAY + 3]
    archive = archive_of(
        [source(1, "ground"), source(2, "leo")],
        [ground(1, range(DAY, DAY + 9)), ground(2, minutes)],
    )
    assert spans(find(archive)) == [("31 23:00:00", "31 23:01:00"), ("31 23:03:00", "31 23:03:00")]


def test_the_window_clips_and_both_ends_count(archive_of: Any) -> None:
    minutes = range(DAY, DAY + 30)
    archive = archive_of(
        [source(1, "ground"), source(2, "leo")], [ground(1, minutes), ground(2, minutes)]
    )
    table = find(archive, start="2019-01-31T23:05:00", end="2019-01-31T23:07:00")
    assert spans(table) == [("31 23:05:00", "31 23:07:00")]
    table = find(archive, start="2019-01-31T23:04:01", end="2019-01-31T23:07:59")
    assert spans(table) == [("31 23:05:00", "31 23:07:00")]


def test_a_distance_equal_to_the_limit_counts(archive_of: Any) -> None:
    archive = archive_of(
        [source(1, "ground"), source(2, "leo")],
        [ground(1, [DAY]), ground(2, [DAY], nb=([63.0], [-100.0]))],
    )
    exactly = float(distance_km(60.0, -100.0, 63.0, -100.0))
    assert find(archive, max_distances={"ground1-space1": exactly}).num_rows == 1
    less = float(np.nextafter(exactly, 0.0))
    assert find(archive, max_distances={"ground1-space1": less}).num_rows == 0


def test_types_are_a_union_and_each_row_says_its_own(archive_of: Any) -> None:
    far = ([-60.0], [-100.0])
    archive = archive_of(
        [source(1, "ground"), source(2, "leo")],
        [ground(1, [DAY], sb=far), ground(2, [DAY], sb=far, geo=far)],
    )
    table = find(archive, conjunction_types=["geographic", "sbtrace", "nbtrace"])
    assert table["conjunction_type"].to_pylist() == ["nbtrace", "sbtrace"]


def test_a_missing_position_never_qualifies_but_where_no_distance_counts(archive_of: Any) -> None:
    nowhere = ([np.nan], [np.nan])
    archive = archive_of(
        [source(1, "ground"), source(2, "leo"), source(3, "heo", "other")],
        [ground(1, [DAY]), ground(2, [DAY]), ground(3, [DAY], nb=nowhere)],
    )
    assert find(archive, space=[{"programs": ["other"]}]).num_rows == 0
    pair = find(archive, space=[{"programs": ["leo"]}, {"programs": ["other"]}])
    assert pair["sources"].to_pylist() == [[1, 2, 3]]
    assert [e["e2_source"] for e in pair["events"][0].as_py()] == [2]


def test_without_any_limit_every_pair_is_measured(archive_of: Any) -> None:
    archive = archive_of(
        [source(1, "ground"), source(2, "leo")],
        [ground(1, [DAY]), ground(2, [DAY, DAY + 1], nb=([-60.0, 0.0], [80.0, 0.0]))],
    )
    row = find(archive, max_distances={"ground1-space1": None}).to_pylist()[0]
    # The antipode: half the circumference, 6371.2 km times pi.
    assert row["min_distance_km"] == pytest.approx(np.pi * 6371.2, abs=1e-6)


def test_hemisphere_goes_by_geographic_latitude_and_the_equator_is_northern(
    archive_of: Any,
) -> None:
    lats = [0.0, -0.1, 10.0, np.nan]
    minutes = [DAY, DAY + 2, DAY + 4, DAY + 6]
    archive = archive_of(
        [source(1, "ground"), source(2, "leo")],
        [ground(1, range(DAY, DAY + 9)), ground(2, minutes, geo=(lats, [0.0, 0.0, 0.0, np.nan]))],
    )
    both = ["northern", "southern"]
    found = {
        name: [start for start, _ in spans(find(archive, space=[{"hemisphere": wanted}]))]
        for name, wanted in (("n", ["northern"]), ("s", ["southern"]), ("b", both))
    }
    assert found["n"] == ["31 23:00:00", "31 23:04:00"]
    assert found["s"] == ["31 23:02:00"]
    assert len(found["b"]) == 4


def test_a_source_never_meets_itself(archive_of: Any) -> None:
    archive = archive_of([source(1, "leo"), source(2, "leo")], [ground(1, [DAY]), ground(2, [DAY])])
    table = find(archive, ground=[], space=[{}, {}], max_distances={"space1-space2": 10})
    assert table["sources"].to_pylist() == [[1, 2], [2, 1]]


def test_three_blocks_report_the_larger_distance_and_each_pair(archive_of: Any) -> None:
    archive = archive_of(
        [source(1, "ground"), source(2, "leo"), source(3, "heo")],
        [
            ground(1, [DAY, DAY + 1]),
            ground(2, [DAY, DAY + 1], nb=([61.0, 62.0], [-100.0] * 2)),
            ground(3, [DAY, DAY + 1], nb=([63.0, 60.5], [-100.0] * 2)),
        ],
    )
    km = np.pi / 180 * 6371.2
    row = find(
        archive,
        space=[{"programs": ["leo"]}, {"programs": ["heo"]}],
        max_distances={"ground1-space1": 500, "ground1-space2": 500},
    ).to_pylist()[0]
    assert row["min_distance_km"] == pytest.approx(2 * km)
    assert row["max_distance_km"] == pytest.approx(3 * km)
    assert (row["closest_epoch"].minute, row["farthest_epoch"].minute) == (1, 0)
    pairs = [(e["min_distance_km"], e["max_distance_km"]) for e in row["events"]]
    assert pairs == [pytest.approx((km, 2 * km)), pytest.approx((0.5 * km, 3 * km))]


@pytest.mark.parametrize(
    ("sites", "second", "meets"),
    [
        (("gill", "GILL"), (56.38, -94.64), True),
        (("luck", "luck"), (56.376, -94.8), True),
        (("", ""), (56.38, -94.64), True),
        (("gill", "rank"), (56.38, -94.64), True),
        (("gill", "rank"), (56.39, -94.64), False),
        (("", ""), (56.39, -94.64), False),
        (("gill", "gill"), (np.nan, np.nan), False),
    ],
)
def test_zero_between_ground_blocks_is_one_site(
    archive_of: Any, sites: tuple[str, str], second: tuple[float, float], meets: bool
) -> None:
    archive = archive_of(
        [source(1, "ground", "rego", site=sites[0]), source(2, "ground", "trex", site=sites[1])],
        [
            records(1, [DAY], nb=([56.376], [-94.64])),
            records(2, [DAY], nb=([second[0]], [second[1]])),
        ],
    )
    blocks = [{"programs": ["rego"]}, {"programs": ["trex"]}]
    table = find(archive, ground=blocks, space=[], max_distances={})
    assert table.num_rows == int(meets)
    if meets:
        true_km = float(distance_km(56.376, -94.64, *second))
        assert table["min_distance_km"][0].as_py() == pytest.approx(true_km, abs=1e-9)


def test_latitudes_are_compared_from_the_earths_centre(archive_of: Any) -> None:
    archive = archive_of(
        [source(1, "ground"), source(2, "leo")],
        [ground(1, [DAY], nb=([45.0], [0.0])), ground(2, [DAY], nb=([45.0], [0.0]))],
    )
    assert find(archive)["min_distance_km"].to_pylist() == [0.0]
    km = find(archive, latitude_frame="geocentric")["min_distance_km"][0].as_py()
    # 0.1924 degrees is the difference of the two latitudes at 45 degrees.
    assert km == pytest.approx(0.19242 * np.pi / 180 * 6371.2, abs=0.01)


def test_a_custom_location_is_mirrored_for_the_other_trace(archive_of: Any) -> None:
    moment = datetime(2019, 1, 31, 23, 0, tzinfo=UTC)
    mlat, mlon, _ = aacgmv2.convert_latlon(56.38, -94.64, 0, moment, method_code="G2A")
    lat, lon, _ = aacgmv2.convert_latlon(-mlat, mlon, 0, moment, method_code="A2G")
    archive = archive_of([source(2, "leo")], [ground(2, [DAY], sb=([lat], [lon]))])
    row = find(
        archive,
        ground=[],
        adhoc=[{"locations": [{"lat": 0.0, "lon": 0.0}, {"lat": 56.38, "lon": -94.64}]}],
        start="2019-01-31T23:00:00",
        conjunction_types=["sbtrace"],
        max_distances={"adhoc1-space1": 100},
    ).to_pylist()
    # One kilometre: far below what a day's change of the field does to the mirror.
    assert [r["sources"] for r in row] == [[2, -2]]
    assert row[0]["max_distance_km"] < 1.0


def test_half_minutes_are_found_between_minutes(archive_of: Any) -> None:
    archive = archive_of(
        [source(1, "ground"), source(2, "leo")],
        [
            ground(1, range(DAY, DAY + 9)),
            ground(2, [DAY, DAY + 1], nb=([57.0, 63.0], [-100.0] * 2)),
        ],
    )
    limit = {"ground1-space1": 100}
    assert find(archive, max_distances=limit).num_rows == 0
    table = find(archive, max_distances=limit, subminute_precision=True)
    assert spans(table) == [("31 23:00:30", "31 23:00:30")]
    assert table["min_distance_km"][0].as_py() == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    ("lats", "geo", "reason"),
    [
        ([55.0, 65.0], [1.0, 1.0], "a jump of more than 1000 km"),
        ([57.0, 63.0], [1.0, -1.0], "a change of hemisphere"),
    ],
)
def test_nothing_is_interpolated_over(
    archive_of: Any, lats: list[float], geo: list[float], reason: str
) -> None:
    archive = archive_of(
        [source(1, "ground"), source(2, "leo")],
        [
            ground(1, range(DAY, DAY + 9)),
            ground(2, [DAY, DAY + 1], nb=(lats, [-100.0] * 2), geo=(geo, [0.0] * 2)),
        ],
    )
    near = find(archive, max_distances={"ground1-space1": 100}, subminute_precision=True)
    assert near.num_rows == 0, reason
    # Where both minutes qualify, the half minute that is not known does not split them.
    far = find(archive, max_distances={"ground1-space1": 600}, subminute_precision=True)
    assert spans(far) == [("31 23:00:00", "31 23:01:00")]


def test_too_many_results_are_refused_and_not_cut(archive_of: Any) -> None:
    minutes = list(range(DAY, DAY + 40, 2))
    archive = archive_of(
        [source(1, "ground"), source(2, "leo")],
        [ground(1, minutes), ground(2, minutes)],
        max_results=19,
    )
    with pytest.raises(LimitExceeded):
        find(archive)


def test_a_filter_value_of_the_wrong_type_is_refused_by_place(archive_of: Any) -> None:
    archive = archive_of([source(1, "ground"), source(2, "leo")], [ground(1, [DAY])])
    group = [{"key": "confidence", "operator": ">=", "values": ["high"]}]
    with pytest.raises(BadInput) as caught:
        find(archive, space=[{"ephemeris_metadata_filters": group}])
    field = caught.value.details["field"]
    assert field == "space[0].ephemeris_metadata_filters.expressions[0].values[0]"
