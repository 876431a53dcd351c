from __future__ import annotations

import threading
from collections import Counter
from datetime import date, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.archive import Archive
from core.archive.availability import days_of, operating_at
from core.archive.ephemeris import EphemerisTable
from core.archive.recent import Recent
from tests.unit.archive.batches import JANUARY, at, ephemeris


def told(archive: Archive, time: datetime) -> dict[int, str]:
    return {source.identifier: word for source, word in operating_at(archive, time)}


def test_who_has_a_record_in_the_minute(archive: Archive) -> None:
    archive.ephemeris.upsert(ephemeris(3, [0, 1, 1439, 1440], provenance="ingested"))
    archive.ephemeris.upsert(ephemeris(46, [1, 2], provenance="simulated"))
    assert told(archive, at(0)) == {3: "ingested"}
    assert told(archive, at(1)) == {3: "ingested", 46: "simulated"}
    assert told(archive, at(2)) == {46: "simulated"}
    assert told(archive, at(3)) == {}
    assert told(archive, at(1439)) == told(archive, at(1440)) == {3: "ingested"}
    assert told(archive, datetime(1970, 1, 1)) == {}  # noqa: DTZ001 - without a zone it is UTC


def test_any_second_of_the_minute_in_any_zone(archive: Archive) -> None:
    archive.ephemeris.upsert(ephemeris(46, [90]))
    last = at(90) + timedelta(seconds=59, microseconds=999_999)
    for time in (last, last.astimezone(timezone(timedelta(hours=-7))), last.replace(tzinfo=None)):
        assert told(archive, time) == {46: "uploaded"}


def test_sources_come_as_the_catalogue_has_them_by_identifier(archive: Archive) -> None:
    for source in (55, 3, 46):
        archive.ephemeris.upsert(ephemeris(source, [5]))
    found = operating_at(archive, at(5))
    assert [source for source, _ in found] == archive.catalogue.sources.list()


def test_what_is_written_is_seen_at_once(archive: Archive) -> None:
    assert told(archive, at(7)) == {}
    archive.ephemeris.upsert(ephemeris(46, [7], provenance="simulated"))
    assert told(archive, at(7)) == {46: "simulated"}
    archive.ephemeris.upsert(ephemeris(46, [7], provenance="ingested"))
    assert told(archive, at(7)) == {46: "ingested"}
    archive.ephemeris.delete_range(46, at(0), at(10))
    assert told(archive, at(7)) == {}


def test_a_day_is_read_once(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    archive.ephemeris.upsert(ephemeris(46, [7, 900]))
    reads = 0
    read = EphemerisTable.read

    def counted(*args: object, **kwargs: object) -> object:
        nonlocal reads
        reads += 1
        return read(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(EphemerisTable, "read", counted)
    for minute in (7, 8, 900, 1439):
        told(archive, at(minute))
    assert reads == 1


minutes = st.lists(st.integers(0, 4 * 1440 - 1), min_size=1, max_size=60, unique=True)


@given(minutes, minutes, st.integers(-1, 5), st.integers(-1, 5))
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_days_are_those_of_a_count_by_hand(
    archive: Archive, first: list[int], second: list[int], start: int, end: int
) -> None:
    archive.ephemeris.delete_range(3, at(0), at(6000))
    archive.ephemeris.delete_range(46, at(0), at(6000))
    archive.ephemeris.upsert(ephemeris(3, sorted(first)))
    archive.ephemeris.upsert(ephemeris(46, sorted(second)))
    days = [JANUARY.date() + timedelta(days=day) for day in range(start, end + 1)]
    begin, stop = JANUARY.date() + timedelta(days=start), JANUARY.date() + timedelta(days=end)
    counts = days_of(archive, [46, 3, 55], begin, stop)
    assert list(counts) == [46, 3, 55]
    for source, written in ((3, first), (46, second), (55, [])):
        by_hand = Counter(at(minute).date() for minute in written)
        assert counts[source].tolist() == [by_hand[day] for day in days]


def test_files_without_gaps_are_counted_like_the_others(archive: Archive) -> None:
    whole, holed = range(1000, 4000), [m for m in range(1000, 4000) if m % 1440]
    archive.ephemeris.upsert(ephemeris(3, whole))
    archive.ephemeris.upsert(ephemeris(46, holed))
    counts = days_of(archive, [3, 46], date(2020, 1, 1), date(2020, 1, 4))
    assert counts[3].tolist() == [440, 1440, 1120, 0]
    assert counts[46].tolist() == [440, 1439, 1119, 0]
    inside = days_of(archive, [3, 46], date(2020, 1, 2), date(2020, 1, 2))
    assert (inside[3].tolist(), inside[46].tolist()) == ([1440], [1439])


def test_days_of_nothing(archive: Archive) -> None:
    assert days_of(archive, [], date(2020, 1, 1), date(2020, 12, 31)) == {}
    assert days_of(archive, [46], date(2020, 1, 2), date(2020, 1, 1))[46].shape == (0,)
    counts = days_of(archive, [46, 46], date(2020, 1, 1), date(2020, 12, 31))
    assert list(counts) == [46]
    np.testing.assert_array_equal(counts[46], np.zeros(366, np.int64))


def test_days_of_leaves_out_what_nobody_asked_for(archive: Archive) -> None:
    archive.ephemeris.upsert(ephemeris(3, [0]))
    assert days_of(archive, [46], date(2020, 1, 1), date(2020, 1, 1))[46].tolist() == [0]


def test_threads_make_a_value_once_and_forget_the_oldest() -> None:
    recent: Recent[int, int] = Recent(2)
    made: list[int] = []
    barrier = threading.Barrier(8)

    def make(key: int) -> int:
        made.append(key)
        return 10 * key

    def ask() -> None:
        barrier.wait()
        assert recent.get(1, lambda: make(1)) == 10

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]
    recent.get(2, lambda: make(2))
    recent.get(1, lambda: make(1))  # 2 is now the oldest
    recent.get(3, lambda: make(3))
    recent.get(1, lambda: make(1))
    recent.get(2, lambda: make(2))
    assert made == [1, 2, 3, 2]


def test_a_failure_is_passed_on_and_not_kept() -> None:
    recent: Recent[str, int] = Recent(2)

    def fail() -> int:
        raise LookupError

    with pytest.raises(LookupError):
        recent.get("a", fail)
    assert recent.get("a", lambda: 1) == 1
