"""The Availability page and the front page's night on a small archive whose contents are known."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from dash import no_update
from dash.development.base_component import Component
from plotly.utils import PlotlyJSONEncoder

from callbacks.availability import choose_minute, choose_sources
from callbacks.home import show_night
from components.availability_days import days
from components.availability_state import AvailabilityState
from core.archive import Archive
from core.errors import BadInput
from core.observatory import Observatory
from core.settings import Settings
from pages.availability import layout
from tests.unit.wall import nights


@pytest.fixture(scope="module")
def observatory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Observatory]:
    settings = Settings(archive=tmp_path_factory.mktemp("availability") / "archive")
    with Archive.create(settings) as archive:
        nights.fill_sources(archive)
        nights.fill_nights(archive)
    with Observatory(settings) as opened:
        yield opened


@pytest.fixture
def empty(settings: Settings) -> Iterator[Observatory]:
    Archive.create(settings).close()
    with Observatory(settings) as opened:
        yield opened


def text(part: Any) -> str:
    return json.dumps(part, cls=PlotlyJSONEncoder, ensure_ascii=False)


def walk(part: Any) -> Iterator[Component]:
    if isinstance(part, list | tuple):
        for item in part:
            yield from walk(item)
    elif isinstance(part, Component):
        yield part
        yield from walk(getattr(part, "children", None))


def rows(part: Any) -> list[Any]:
    return [item for item in walk(part) if getattr(item, "className", "") == "av-row"]


def test_the_chart_counts_what_was_written(observatory: Observatory) -> None:
    chart = days(observatory, AvailabilityState(year=2019))
    counts = {row.source.identifier: row.counts for row in chart.rows}
    assert set(counts) == {46, 55, 3}
    # 120 minutes in the morning and 10 at the end of each of three days; see `nights`.
    written = {(day - date(2019, 1, 1)).days: 130 for day in nights.DAYS}
    assert {n: c for n, c in enumerate(counts[46].tolist()) if c} == written
    assert counts[55][1] == 100
    assert counts[3][1] == 1440
    assert chart.count == 365
    assert chart.months[:3] == (2, 1, 0)
    assert (chart.with_data, chart.sources) == (3, 5)


def test_years_come_from_the_files(observatory: Observatory) -> None:
    assert days(observatory, AvailabilityState()).years == (2014, 2019)
    assert days(observatory, AvailabilityState()).first == date(2019, 1, 1)


def test_a_month_is_a_part_of_its_year(observatory: Observatory) -> None:
    chart = days(observatory, AvailabilityState(year=2019, month=2))
    assert [(row.source.identifier, row.days) for row in chart.rows] == [(46, 1)]
    assert chart.rows[0].counts[9] == 130
    assert chart.count == 28


def test_products_are_counted_by_their_own_days(observatory: Observatory) -> None:
    chart = days(observatory, AvailabilityState(kind="products", year=2014))
    (row,) = chart.rows
    assert row.counts[(nights.REAL_DAY - date(2014, 1, 1)).days] == 1
    assert row.days == 1


def test_the_layout_says_each_row_in_words_and_links_it(observatory: Observatory) -> None:
    page = layout(observatory, v="1", year="2019")
    (gillam, *_) = [row for row in rows(page) if "GILL" in text(row)]
    assert "3 days from 2019-01-01 to 2019-02-10, 130 records a day" in text(gillam)
    assert "open=46.YYYY-MM-DD" in text(gillam)
    assert "3 of 5" in text(page)
    assert "Show the 2 without" in text(page)


def test_sources_without_data_are_listed_when_asked(observatory: Observatory) -> None:
    page = layout(observatory, v="1", year="2019", empty="1")
    assert len(rows(page)) == 5
    assert "no records" in text(page)


def test_a_year_of_nothing_leads_to_years_with_data(observatory: Observatory) -> None:
    page = text(layout(observatory, v="1", year="2016"))
    assert "Nothing in 2016" in page
    assert "year=2014" in page
    assert "year=2019" in page


def test_unknown_sources_are_said_to_be_unknown(observatory: Observatory) -> None:
    assert "has the names in the address" in text(layout(observatory, v="1", sources="nobody"))


def test_an_empty_archive_has_a_page(empty: Observatory) -> None:
    assert "The archive has none in any year." in text(layout(empty))
    assert "Nobody" in text(layout(empty, view="minute"))


def test_choosing_sources_draws_them_and_keeps_the_rest_of_the_address(
    observatory: Observatory,
) -> None:
    state, _, chart = choose_sources(observatory, ["46"], "v=1&year=2019&month=1")
    assert state == "v=1&year=2019&month=1&sources=46"
    assert len(rows(chart)) == 1
    assert choose_sources(observatory, ["46"], state) == (no_update, no_update, no_update)


def test_a_minute_has_those_who_recorded_it(observatory: Observatory) -> None:
    state, told = choose_minute(observatory, "2019-01-02 02:00:00", "v=1&year=2019")
    assert state == "v=1&view=minute&year=2019&at=2019-01-02T02:00"
    page = text(told)
    assert "3 of 5" in page
    assert "all SIMULATED" in page
    assert "/explorer?v=1&t=2019-01-02T02:00:00Z" in page
    assert "open=46.2019-01-02&at=2019-01-02T02:00:00" in page


def test_an_observed_minute_is_marked(observatory: Observatory) -> None:
    page = text(layout(observatory, v="1", view="minute", at="2014-03-10T06:01"))
    assert "1 of 5" in page
    assert "all observed" in page
    assert "av-observed" in page


def test_a_minute_without_anybody_leads_back_to_days(observatory: Observatory) -> None:
    _, told = choose_minute(observatory, "2016-06-01 12:00", "v=1")
    assert "Nobody" in text(told)
    assert "year=2016" in text(told)


def test_what_is_no_minute_is_refused_and_nothing_is_no_change(observatory: Observatory) -> None:
    with pytest.raises(BadInput, match="no minute"):
        choose_minute(observatory, "soon", "v=1")
    assert choose_minute(observatory, "", "v=1") == (no_update, no_update)


def test_the_front_page_shows_the_night_that_has_a_picture(
    observatory: Observatory, empty: Observatory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("components.home_night.shown_first", lambda *_: nights.REAL_DAY)
    page = text(show_night(observatory))
    assert "open=46.2014-03-10" in page
    assert "/media/keogram/46/2014-03-10.webp" in page
    assert "REAL" in page
    assert "No night of this archive" in text(show_night(empty))


def test_the_front_page_points_at_a_minute_of_that_night(
    observatory: Observatory, monkeypatch: pytest.MonkeyPatch
) -> None:
    from components.home_night import latest_night

    monkeypatch.setattr("components.home_night.shown_first", lambda *_: nights.REAL_DAY)
    night = latest_night(observatory)
    assert night is not None
    assert (
        datetime(2014, 3, 10, 6, 0, tzinfo=UTC)
        <= night.middle
        < datetime(2014, 3, 10, 6, 3, tzinfo=UTC)
    )
