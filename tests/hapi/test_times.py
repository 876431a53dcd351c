"""Times: every form of the specification, none beyond it, exact to the last digit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.hapi.times import microseconds, read_time, time_text, time_texts

MOMENTS = st.datetimes(datetime(1, 1, 1), datetime(9998, 12, 31))  # noqa: DTZ001 - UTC here


def seconds(moment: datetime) -> Fraction:
    delta = moment.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return Fraction(delta // timedelta(microseconds=1), 1_000_000)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("2017-01-15T23:00:00.000Z", "2017-01-15T23:00:00"),
        ("2017-01-15T23Z", "2017-01-15T23:00:00"),
        ("2017-01-15T23", "2017-01-15T23:00:00"),
        ("2017-01-15T23:07Z", "2017-01-15T23:07:00"),
        ("2017-01-15Z", "2017-01-15T00:00:00"),
        ("2017-01-15", "2017-01-15T00:00:00"),
        ("2017-01Z", "2017-01-01T00:00:00"),
        ("2017-02", "2017-02-01T00:00:00"),
        ("2017", "2017-01-01T00:00:00"),
        ("2017Z", "2017-01-01T00:00:00"),
        ("2017-001", "2017-01-01T00:00:00"),
        ("2016-366T12:30:15.5Z", "2016-12-31T12:30:15.500000"),
        ("2016-060", "2016-02-29T00:00:00"),
        ("2017-060T01", "2017-03-01T01:00:00"),
        ("2017-01-15T24:00:00Z", "2017-01-16T00:00:00"),
        ("2017-01-15T24Z", "2017-01-16T00:00:00"),
        ("2016-12-31T23:59:60.5Z", "2017-01-01T00:00:00"),
        ("2016-366T23:59:60Z", "2017-01-01T00:00:00"),
        ("2017-01-15T00:00:00.Z", "2017-01-15T00:00:00"),
    ],
)
def test_forms_that_are_times(text: str, same: str) -> None:
    assert read_time(text) == seconds(datetime.fromisoformat(same))


@pytest.mark.parametrize(
    "text",
    [
        "", "Z", "17", "2017-1-1", "2017-13", "2017-02-30", "2017-366", "2017-000", "0000-01-01",
        "2017-01-15T", "2017-01-15 23:00", "2017-01T12", "2017T12", "2017-01-15T25",
        "2017-01-15T23:60",
        "2017-01-15T23:00:60", "2017-01-15T24:00:01", "2017-01-15T23:00:00+00:00", "20170115",
        "2017-01-15T23:00:00z", "٢٠١٧-01-01", "2017-01-15T23:00:00.0Z ", "2017-01-15T23:00:00.1.2Z",
        "2017-01-15\n", "-2017", "2017-01-15T230000Z", "1" * 5000, "2016-12-30T23:59:60Z",
    ],
)  # fmt: skip
def test_forms_that_are_none(text: str) -> None:
    assert read_time(text) is None


@given(MOMENTS, st.booleans(), st.booleans())
def test_a_whole_time_is_read_exactly(moment: datetime, zulu: bool, of_year: bool) -> None:
    day = moment.strftime("%j" if of_year else "%m-%d")
    text = f"{moment.year:04d}-{day}T{moment.time().isoformat()}{'Z' if zulu else ''}"
    assert read_time(text) == seconds(moment)


@given(MOMENTS, st.integers(0, 999_999_999))
def test_nanoseconds_count(moment: datetime, nanoseconds: int) -> None:
    whole = moment.replace(microsecond=0)
    found = read_time(f"{whole.isoformat()}.{nanoseconds:09d}Z")
    assert found == seconds(whole) + Fraction(nanoseconds, 10**9)
    # The first whole microsecond that is not before it.
    assert Fraction(microseconds(found) - 1, 10**6) < found <= Fraction(microseconds(found), 10**6)


@given(st.text("0123456789-:.TZ", max_size=32) | st.text(max_size=40))
def test_any_text_is_a_time_or_none(text: str) -> None:
    found = read_time(text)
    assert found is None or isinstance(found, int | Fraction)


@given(st.lists(MOMENTS, min_size=1))
def test_written_times_have_one_length_and_read_back(moments: list[datetime]) -> None:
    us = [microseconds(seconds(moment)) for moment in moments]
    texts = time_texts(np.array(us), 27).tolist()
    assert {len(text) for text in texts} == {27}
    assert [microseconds(read_time(text) or Fraction(0)) for text in texts] == us
    assert [microseconds(read_time(time_text(at)) or Fraction(0)) for at in us] == us
