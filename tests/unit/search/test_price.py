"""What a search costs before it runs, and what is refused because of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.archive import Archive
from core.archive.snapshot import LiveFile
from core.errors import LimitExceeded
from core.search.filters.derived import PRICE
from core.search.price import FILTERED_RECORD, records_in
from core.search.service import SearchService
from tests.oracle.small_archive import records, source

MINUTE_US = 60_000_000
MONTHS = [np.datetime64(f"2019-{month:02d}-01", "m") for month in (1, 2, 3)]
# Minutes of records in each of three months.
HELD = {1: (100, 0, 30), 2: (80, 50, 40), 3: (0, 70, 10), 4: (60, 60, 60)}
QUERY: dict[str, Any] = {
    "start": "2019-01-01T00:00:00",
    "end": "2019-03-31T23:59:00",
    "ground": [{}],
    "space": [{}],
    "max_distances": {"ground1-space1": 500},
}
KINDS = {1: "ground", 2: "ground", 3: "leo", 4: "heo"}


@pytest.fixture
def archive(archive_of: Callable[..., Archive]) -> Archive:
    tables = []
    for number, counts in HELD.items():
        firsts = [int(month.astype(np.int64)) for month in MONTHS]
        minutes = [m for f, n in zip(firsts, counts, strict=True) for m in range(f, f + n)]
        tables.append(records(number, minutes, nb=([60.0] * len(minutes), [0.0] * len(minutes))))
    return archive_of([source(n, kind) for n, kind in KINDS.items()], tables)  # type: ignore[arg-type]


@pytest.fixture
def service(archive: Archive) -> SearchService:
    return SearchService(archive)


def common(pairs: list[tuple[int, int]], months: tuple[int, ...] = (0, 1, 2)) -> int:
    """Add up by hand what pairs may have in common."""
    return sum(min(HELD[a][m], HELD[b][m]) for a, b in pairs for m in months)


GROUND_SPACE = [(1, 3), (1, 4), (2, 3), (2, 4)]


def test_the_price_is_pairs_times_minutes_with_records(service: SearchService) -> None:
    price = service.price("conjunction", QUERY)
    assert price.pairs == 4
    assert price.combinations == 4
    assert price.records == sum(map(sum, HELD.values()))
    assert price.pair_minutes == common(GROUND_SPACE)
    assert price.work == price.pair_minutes + price.records
    assert price.at_once(service.settings)
    assert f"{price.pair_minutes:,} pair minutes of 4 pairs" in str(price)


def test_types_and_half_minutes_multiply_it(service: SearchService) -> None:
    once = common(GROUND_SPACE)
    both = QUERY | {"conjunction_types": ["nbtrace", "geographic"]}
    assert service.price("conjunction", both).pair_minutes == 2 * once
    half = QUERY | {"subminute_precision": True}
    assert service.price("conjunction", half).pair_minutes == 2 * once


def test_only_the_window_counts(service: SearchService) -> None:
    march = QUERY | {"start": "2019-03-01T00:00:00"}
    assert service.price("conjunction", march).pair_minutes == common(GROUND_SPACE, (2,))
    outside = QUERY | {"start": "2018-03-01T00:00:00", "end": "2018-03-02T00:00:00"}
    price = service.price("conjunction", outside)
    assert (price.pairs, price.pair_minutes) == (4, 0)
    # Source 4 has a record in each of the first 60 minutes: a part of a file counts in part.
    part = QUERY | {"end": "2019-01-01T00:29:00", "space": [{"platforms": ["platform 4"]}]}
    assert service.price("conjunction", part).pair_minutes == 60


def test_a_source_is_not_compared_with_itself(service: SearchService) -> None:
    query = {key: QUERY[key] for key in ("start", "end")}
    twice = query | {"ground": [{}, {}], "max_distances": {"ground1-ground2": 500}}
    price = service.price("conjunction", twice)
    assert (price.pairs, price.pair_minutes) == (2, common([(1, 2), (2, 1)]))


def test_custom_locations_are_there_at_every_minute(service: SearchService) -> None:
    point = {"locations": [{"lat": 60.0, "lon": 0.0}, {"lat": 61.0, "lon": 0.0}]}
    query = {key: QUERY[key] for key in ("start", "end", "space")}
    asked = query | {"adhoc": [point], "max_distances": {"space1-adhoc1": 500}}
    assert service.price("conjunction", asked).pair_minutes == 2 * (sum(HELD[3]) + sum(HELD[4]))


def test_distances_that_do_not_count_cost_nothing(service: SearchService) -> None:
    limits = {"ground1-space1": 500, "ground1-space2": 500, "space1-space2": None}
    price = service.price("conjunction", QUERY | {"space": [{}, {}], "max_distances": limits})
    assert price.pairs == 8
    assert price.pair_minutes == 2 * common(GROUND_SPACE)
    assert price.combinations == 8
    assert price.work > price.pair_minutes + price.records


def test_filters_cost_by_their_records_and_fields(service: SearchService) -> None:
    def work(*keys: str, block: str = "ground", types: Any = ("nbtrace",)) -> int:
        members = [{"key": key, "operator": "<", "values": [1]} for key in keys]
        asked = {"ephemeris_metadata_filters": {"expressions": members}} if keys else {}
        query = QUERY | {block: [asked], "conjunction_types": list(types)}
        return service.price("conjunction", query).work

    plain, both = work(), ("nbtrace", "geographic")
    ground, space = (sum(map(sum, (HELD[a], HELD[b]))) for a, b in ((1, 2), (3, 4)))
    assert work("some") - plain == FILTERED_RECORD * ground
    assert work("some", block="space") - plain == FILTERED_RECORD * space
    # Two comparisons of one field derive it once.
    mlat = (FILTERED_RECORD + PRICE["derived.mlat_deg"]) * ground
    assert work("derived.mlat_deg") - plain == mlat
    assert work("derived.mlat_deg", "derived.mlat_deg") - plain == mlat
    # What depends on the position is worked out for each type.
    assert work("derived.mlat_deg", types=both) - work(types=both) == 2 * mlat
    assert work("derived.kp", types=both) - work(types=both) == work("derived.kp") - plain


def test_records_are_priced_by_their_number(service: SearchService) -> None:
    query = {
        "start": "2019-01-01T00:00:00",
        "end": "2019-01-31T00:00:00",
        "data_sources": {"platforms": ["platform 1", "platform 4"]},
    }
    price = service.price("ephemeris", query)
    assert (price.records, price.pairs) == (160, 0)
    assert "160 records" in str(price)
    assert service.price("data_product", query).records == 0


def test_a_search_that_would_compare_too_much_is_refused_with_what_would_do(
    archive: Archive,
) -> None:
    allowed = common(GROUND_SPACE, (0,)) + 5
    archive.settings = archive.settings.model_copy(update={"max_pair_minutes": allowed})
    service = SearchService(archive)
    with pytest.raises(LimitExceeded) as caught:
        service.submit("conjunction", QUERY)
    error = caught.value
    assert error.details["limit"] == "pair minutes"
    assert (error.asked, error.allowed) == (common(GROUND_SPACE), allowed)
    share = 5 / common(GROUND_SPACE, (1,))
    assert error.allowed_days == pytest.approx(31 + 28 * share, abs=0.06)
    assert "2019-02-0" in error.hint
    assert service.jobs.recent(5) == []
    january = QUERY | {"end": "2019-01-31T23:59:00"}
    assert service.progress(service.submit("conjunction", january)).state == "done"


def test_the_price_stands_in_the_log(service: SearchService) -> None:
    lines = [text for _, _, text in service.jobs.logs(service.submit("conjunction", QUERY))]
    assert any(line.startswith("Price: ") and "pair minutes" in line for line in lines)


@given(
    spans=st.lists(
        st.tuples(st.integers(1, 3), st.integers(0, 5000), st.integers(1, 3000)), max_size=8
    ),
    cuts=st.lists(st.integers(0, 8000), min_size=2, max_size=6, unique=True),
)
def test_files_without_gaps_are_counted_exactly(
    spans: list[tuple[int, int, int]], cuts: list[int]
) -> None:
    cuts.sort()
    expected = np.zeros((3, len(cuts) - 1))
    files = []
    for key, first, length in spans:
        files.append(
            LiveFile(
                Path("x"), key, 1970, length, 0, first * MINUTE_US,
                (first + length - 1) * MINUTE_US, 0, None,
            )
        )  # fmt: skip
        for minute in range(first, first + length):
            for number in range(len(cuts) - 1):
                expected[key - 1, number] += cuts[number] <= minute < cuts[number + 1]
    edges = np.array(cuts, dtype=np.int64) * MINUTE_US
    np.testing.assert_allclose(records_in(files, [1, 2, 3], edges), expected, atol=1e-6)


def test_file_bounds_that_are_not_known_count_evenly() -> None:
    low, high = np.iinfo(np.int64).min, np.iinfo(np.int64).max
    file = LiveFile(Path("x"), 1, 2019, 1000, 0, int(low), int(high), int(high), None)
    start = int(datetime(2019, 1, 1).timestamp() * 1e6)  # noqa: DTZ001
    found = records_in([file], [1], np.array([start, start + MINUTE_US]))
    assert 0.0 <= found[0, 0] < 1.0
