"""Nights from noon to noon against longitudes, clocks and brute force."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.archive import Archive
from core.imaging.wall import wall_page
from core.imaging.wall_days import data_days, day_row, imager_sources, shown_first
from core.imaging.wall_detail import label_tracks
from core.imaging.wall_model import KeogramProduct, WallAxis, WallPage, WallQuery, WallRow
from core.imaging.wall_nights import name_of, window
from core.instruments.model import DataSource
from core.instruments.registry import all_sources
from tests.unit.wall import nights
from tests.unit.wall.nights import DAYS, REAL_DAY

LONGITUDES = st.floats(-180, 179.99)
DATES = st.dates(date(1990, 1, 1), date(2100, 1, 1))
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - UTC
ALL = WallQuery(date(2008, 1, 1), date(2022, 12, 31))


def at(lon_deg: float | None) -> DataSource:
    found = nights.source(46)
    metadata = {k: v for k, v in found.metadata.items() if k != "longitude_deg"}
    here = DataSource(
        1, "p", "q", "panchromatic ASI", "ground", "X", metadata,
    )  # fmt: skip
    return here if lon_deg is None else here.with_metadata(longitude_deg=lon_deg)


@given(LONGITUDES, DATES)
def test_a_night_runs_from_local_noon_to_noon(lon_deg: float, day: date) -> None:
    start, end = window(at(lon_deg), day, "night")
    assert end - start == timedelta(hours=24)
    # Mean solar time is UTC plus longitude / 15 h; half a minute is lost by rounding.
    solar = start + timedelta(hours=lon_deg / 15)
    noon_before = datetime(day.year, day.month, day.day, 12, tzinfo=UTC) - timedelta(days=1)
    assert abs(solar - noon_before) <= timedelta(seconds=31)


@given(LONGITUDES, MOMENTS, st.sampled_from(["night", "day"]))
def test_each_moment_lies_in_the_window_that_it_names(
    lon_deg: float, moment: datetime, by: str
) -> None:
    source = at(lon_deg)
    start, end = window(source, name_of(source, moment, by), by)  # type: ignore[arg-type]
    assert start <= moment < end


def test_the_sites_of_a_continent_agree_on_a_nights_date() -> None:
    """01:30 local time at every Canadian and Alaskan imager: the same date everywhere."""
    for source in all_sources():
        lon = source.metadata.get("longitude_deg")
        if source.source_type != "ground" or lon is None or not -170 < lon < -50:
            continue
        midnight = datetime(2019, 1, 2, 1, 30, tzinfo=UTC) - timedelta(hours=lon / 15)
        assert name_of(source, midnight, "night") == date(2019, 1, 2)
        assert name_of(source, midnight - timedelta(hours=10), "night") == date(2019, 1, 2)


def test_gillams_night() -> None:
    # 94.65 degrees west: local noon is 18:19 UTC.
    start, end = window(nights.source(46), date(2019, 1, 2), "night")
    assert start == datetime(2019, 1, 1, 18, 19, tzinfo=UTC)
    assert end == datetime(2019, 1, 2, 18, 19, tzinfo=UTC)


def test_a_source_without_a_place_has_utc_noons() -> None:
    start, _ = window(at(None), date(2019, 1, 2), "night")
    assert start == datetime(2019, 1, 1, 12, tzinfo=UTC)


def keys(page: WallPage) -> set[tuple[int, date]]:
    return {(row.source.identifier, row.day) for row in page.rows}


def test_rows_are_nights_that_midnight_does_not_cut(filled: Archive) -> None:
    """Gillam's records: 01:00 to 03:00 and 23:50 to 24:00 UTC of three days."""
    page = wall_page(filled, ALL, imager_sources(filled))
    rows = {(row.source.identifier, row.day): row for row in page.rows}
    second = rows[46, date(2019, 1, 2)]
    # The last ten minutes of January 1st, then what January 2nd has before 18:19 UTC.
    assert second.intervals == ((-10, 0), (60, 180))
    assert second.minutes == 130
    assert second.window == window(second.source, second.day, "night")
    assert rows[46, date(2019, 1, 1)].intervals == ((60, 180),)
    assert rows[46, date(2019, 1, 3)].intervals == ((-10, 0),)
    assert rows[46, date(2019, 2, 11)].intervals == ((-10, 0),)
    assert page.by == "night"
    total = sum(row.minutes for row in rows.values())
    by_day = wall_page(filled, WallQuery(ALL.start, ALL.end, by="day"), imager_sources(filled))
    assert total == sum(row.minutes for row in by_day.rows)


def test_nights_with_data_are_those_of_the_rows(filled: Archive) -> None:
    imagers = imager_sources(filled)
    page = wall_page(filled, ALL, imagers)
    days = data_days(filled, imagers)
    assert days.days == tuple(sorted({row.day for row in page.rows}))
    assert days.images == (REAL_DAY,)


def test_a_range_of_nights_holds_whole_nights(filled: Archive) -> None:
    one = WallQuery(date(2019, 1, 2), date(2019, 1, 2))
    page = wall_page(filled, one, imager_sources(filled))
    assert keys(page) == {(46, date(2019, 1, 2)), (55, date(2019, 1, 2))}
    rows = {row.source.identifier: row for row in page.rows}
    assert rows[46].intervals == ((-10, 0), (60, 180))


def test_a_keogram_belongs_to_the_night_of_its_images(filled: Archive) -> None:
    row = day_row(filled, 46, REAL_DAY)
    assert row.image is not None
    assert row.image_minutes == (360, 363)
    assert row.image_provenance == "ingested"
    assert day_row(filled, 46, REAL_DAY + timedelta(days=1)).image is None
    # The provider's product names no server of ours and no row an image.
    assert wall_page(
        filled, WallQuery(ALL.start, ALL.end, only_images=True), imager_sources(filled)
    ).total == 1  # fmt: skip


def test_labels_are_counted_from_the_rows_midnight(archive: Archive) -> None:
    words = ["classified as APA"] * 10
    nights.write_minutes(
        archive, 46, DAYS[0], range(1430, 1440), "simulated", calgary_apa_ml_v1=words
    )
    start, end = window(nights.source(46), DAYS[1], "night")
    records = archive.ephemeris.read([46], start, end - timedelta(microseconds=1))
    (track,) = label_tracks(records, nights.source(46), DAYS[1])
    assert dict(track.runs) == {"classified as APA": ((-10, 0),)}


def row(*intervals: tuple[int, int], products: tuple[KeogramProduct, ...] = ()) -> WallRow:
    return WallRow(nights.source(46), date(2019, 1, 2), intervals, "", products, "night")


def test_the_axis_holds_what_the_rows_need_in_whole_hours() -> None:
    page = WallPage((row((-10, 0), (60, 700)), row((125, 821))), 2, 1, 50, by="night")
    assert page.axis == WallAxis(-60, 840)
    assert page.axis.hours == tuple(range(-1, 15))
    assert page.axis.share(-60) == 0.0
    assert page.axis.share(390) == pytest.approx(0.5)


def test_the_axis_of_a_short_night_is_six_hours_and_of_an_empty_page_a_day() -> None:
    assert WallPage((row((130, 140)),), 1, 1, 50, by="night").axis == WallAxis(0, 360)
    assert WallPage((row(),), 1, 1, 50, by="night").axis == WallAxis(-720, 720)
    assert WallPage((row((130, 140)),), 1, 1, 50, by="day").axis == WallAxis(0, 1440)


@given(st.lists(st.tuples(st.integers(-800, 1300), st.integers(1, 400)), min_size=1, max_size=5))
def test_the_axis_covers_every_interval(spans: list[tuple[int, int]]) -> None:
    rows = tuple(row((start, start + length)) for start, length in spans)
    axis = WallPage(rows, len(rows), 1, 50, by="night").axis
    assert all(axis.start_min <= s and s + n <= axis.end_min for s, n in spans)
    assert axis.end_min - axis.start_min >= 360
    assert axis.start_min % 60 == axis.end_min % 60 == 0


def test_images_without_records_widen_the_axis() -> None:
    day = datetime(2019, 1, 2, tzinfo=UTC)
    metadata = {
        "imaging_start_time": "2019-01-01T23:00:00.000000",
        "imaging_end_time": "2019-01-02T11:30:30.000000",
    }
    product = KeogramProduct(
        "/media/keogram/46/x.png", day, day + timedelta(hours=23), "simulated", metadata
    )
    found = row(products=(product,))
    assert found.image_minutes == (-60, 691)
    assert WallPage((found,), 1, 1, 50, by="night").axis == WallAxis(-60, 720)
    # The images of a UT day may belong to two nights: the records tell what is of this one.
    assert row((60, 120), (300, 400), products=(product,)).image_minutes == (60, 400)


def test_times_of_imaging_that_cannot_be_read_are_those_of_the_product() -> None:
    day = datetime(2019, 1, 2, tzinfo=UTC)
    for said in ("soon", None, 5):
        product = KeogramProduct("/x", day, day, "uploaded", {"imaging_start_time": said})
        assert product.imaging == (day, day)


def test_what_is_shown_first_is_a_night_of_many_imagers_and_a_morning(archive: Archive) -> None:
    imagers = imager_sources(archive)
    assert shown_first(archive, imagers) is None
    for identifier in (46, 55, 64):
        nights.write_minutes(archive, identifier, date(2019, 1, 2), range(300, 320))
    # The last evening is the beginning of one more night.
    for identifier in (46, 55):
        nights.write_minutes(archive, identifier, date(2019, 1, 2), range(1430, 1440))
    assert shown_first(archive, imagers) == date(2019, 1, 2)
    # One imager alone, years later, is not what a first look should meet.
    nights.write_minutes(archive, 46, date(2023, 5, 3), range(360, 361))
    assert shown_first(archive, imagers) == date(2019, 1, 2)
    assert shown_first(archive, imagers, "day") == date(2019, 1, 2)
    alone = [source for source in imagers if source.identifier == 46]
    assert shown_first(archive, alone) == date(2023, 5, 3)


def test_the_latest_night_is_one_that_many_imagers_saw(archive: Archive) -> None:
    """Three imagers on January 2nd; the evening of one of them begins the next night."""
    for identifier in (46, 55, 64):
        nights.write_minutes(archive, identifier, date(2019, 1, 2), range(300, 320))
    nights.write_minutes(archive, 46, date(2019, 1, 2), range(1430, 1440))
    days = data_days(archive, imager_sources(archive))
    assert days.days == (date(2019, 1, 2), date(2019, 1, 3))
    assert days.latest == date(2019, 1, 2)
    # What is remembered is let go when the archive changes.
    for identifier in (55, 64):
        nights.write_minutes(archive, identifier, date(2019, 1, 3), range(300, 320))
    assert data_days(archive, imager_sources(archive)).latest == date(2019, 1, 3)
    assert data_days(archive, []).latest is None
