"""The rows of the wall against what was written."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.archive import Archive
from core.errors import BadInput, LimitExceeded, NotFound
from core.imaging.wall import wall_page
from core.imaging.wall_days import data_days, day_row, imager_sources, is_imager
from core.imaging.wall_model import WallPage, WallQuery, minute_runs
from tests.unit.wall import nights
from tests.unit.wall.nights import DAYS, REAL_DAY

ALL = WallQuery(date(2008, 1, 1), date(2022, 12, 31), by="day")


def names(page: WallPage) -> list[tuple[int, date]]:
    return [(row.source.identifier, row.day) for row in page.rows]


def ask(archive: Archive, **changes: object) -> WallPage:
    known = {"start": ALL.start, "end": ALL.end, "by": "day"} | changes
    return wall_page(archive, WallQuery(**known), imager_sources(archive))  # type: ignore[arg-type]


@given(st.sets(st.integers(0, 1439)))
def test_runs_hold_exactly_the_minutes_and_never_touch(minutes: set[int]) -> None:
    runs = minute_runs(sorted(minutes))
    assert {m for start, stop in runs for m in range(start, stop)} == minutes
    assert all(a[1] < b[0] for a, b in pairwise(runs))


def test_every_imager_day_with_records_or_keogram_is_one_row(filled: Archive) -> None:
    expected = [
        (46, REAL_DAY),
        (46, DAYS[0]),
        (93, DAYS[0]),
        (46, DAYS[1]),
        (55, DAYS[1]),
        (46, DAYS[2]),
    ]
    page = ask(filled)
    # By day, and within a day by program and name: FSMI before GILL.
    assert sorted(names(page)) == sorted(expected)
    assert [key[1] for key in names(page)] == sorted(key[1] for key in expected)
    assert names(page)[3:5] == [(55, DAYS[1]), (46, DAYS[1])]
    assert page.total == 6
    assert page.sources_with_rows == 3


def test_a_row_says_minutes_provenance_and_image(filled: Archive) -> None:
    rows = {(row.source.identifier, row.day): row for row in ask(filled).rows}
    simulated = rows[46, DAYS[0]]
    assert simulated.intervals == ((60, 180), (1430, 1440))
    assert simulated.minutes == 130
    assert simulated.provenance == "simulated"
    assert simulated.image is None
    real = rows[46, REAL_DAY]
    assert (real.intervals, real.provenance) == (((360, 363),), "ingested")
    assert real.image is not None
    assert real.image.metadata["imaging_start_time"] == "2014-03-10T06:00:01.500000"
    elsewhere = rows[93, DAYS[0]]
    assert elsewhere.image is None
    assert elsewhere.products[0].url == "https://provider.example/a.jpg"
    assert elsewhere.minutes == 0


def test_a_day_that_is_partly_observed_is_mixed(filled: Archive) -> None:
    nights.write_minutes(filled, 46, DAYS[0], [500], "ingested")
    assert day_row(filled, 46, DAYS[0], "day").provenance == "mixed"


def test_latest_first_turns_days_and_keeps_names(filled: Archive) -> None:
    page = ask(filled, latest_first=True)
    assert names(page)[0] == (46, DAYS[2])
    assert names(page)[1:3] == [(55, DAYS[1]), (46, DAYS[1])]
    assert names(page)[-1] == (46, REAL_DAY)


def test_grouped_by_source_days_follow_each_other(filled: Archive) -> None:
    assert names(ask(filled, group="source", latest_first=True)) == [
        (55, DAYS[1]),
        *((46, day) for day in (DAYS[2], DAYS[1], DAYS[0], REAL_DAY)),
        (93, DAYS[0]),
    ]


def test_only_images_and_chosen_sources(filled: Archive) -> None:
    assert names(ask(filled, only_images=True)) == [(46, REAL_DAY)]
    assert names(ask(filled, sources=(55,))) == [(55, DAYS[1])]
    assert ask(filled, sources=(-1,)).total == 0


def test_pages_part_the_rows_and_say_which(filled: Archive) -> None:
    whole = names(ask(filled))
    pages = [ask(filled, page=number, page_size=4) for number in (1, 2, 9)]
    assert names(pages[0]) + names(pages[1]) == whole
    assert (pages[1].first, pages[1].pages, pages[1].total) == (5, 2, 6)
    assert names(pages[2]) == names(pages[1])


def test_a_page_above_the_limit_is_refused(filled: Archive) -> None:
    with pytest.raises(LimitExceeded) as refused:
        ask(filled, page_size=501)
    assert refused.value.allowed == 500


def test_days_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(BadInput, match="before the first day"):
        WallQuery(date(2019, 1, 2), date(2019, 1, 1))


def test_an_empty_archive_has_an_empty_wall(archive: Archive) -> None:
    page = ask(archive)
    assert (page.rows, page.total, page.pages, page.first) == ((), 0, 1, 0)
    assert data_days(archive, imager_sources(archive)).days == ()


def test_days_with_data_and_their_neighbours(filled: Archive) -> None:
    days = data_days(filled, [nights.source(46)], "day")
    assert days.days == (REAL_DAY, *DAYS)
    assert days.images == (REAL_DAY,)
    assert days.before(date(2019, 1, 15)) == DAYS[1]
    assert days.after(date(2019, 1, 15)) == DAYS[2]
    assert days.after(DAYS[2]) is None
    assert days.months() == (date(2014, 3, 1), date(2019, 1, 1), date(2019, 2, 1))


def test_only_cameras_and_spectrographs_are_imagers(filled: Archive) -> None:
    assert [s.identifier for s in imager_sources(filled)] == [55, 64, 46, 93]
    assert not is_imager(nights.source(3))


def test_a_row_of_no_imager_is_not_found(filled: Archive) -> None:
    with pytest.raises(NotFound, match="No imager"):
        day_row(filled, 3, DAYS[1])


def test_a_row_without_anything_is_empty(filled: Archive) -> None:
    row = day_row(filled, 64, DAYS[0], "day")
    assert (row.intervals, row.provenance, row.products) == ((), "", ())


def test_a_keogram_that_ends_at_midnight_is_of_one_day(filled: Archive) -> None:
    product = day_row(filled, 46, REAL_DAY, "day").products[0]
    assert list(product.days(date(2014, 3, 1), date(2014, 3, 31))) == [REAL_DAY]
    assert list(product.days(date(2014, 3, 11), date(2014, 3, 31))) == []
