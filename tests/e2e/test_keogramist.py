"""The wall of keograms in a browser: by mouse and keys, seen in the page's text and address."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from core.archive import Archive
from core.imaging.ingest import ingest_asi
from core.settings import Settings
from tests.e2e.test_shell import UNNAMED
from tests.servers import live_server
from tests.unit.imaging.files import minute_file
from tests.unit.wall import nights

JANUARY = "/keogramist?v=2&by=day&from=2019-01-01&to=2019-01-02"
REAL_DAY = "/keogramist?v=2&by=day&from=2014-03-10&to=2014-03-10"
YEARS = "/keogramist?v=2&by=day&from=2014-01-01&to=2019-12-31"
# Longer than Playwright's five seconds: test machines are shared, and the first graph of a browser
# has to load its library.
expect.set_options(timeout=20_000)
SERVED = re.compile(r"/media/keogram/46/2014-03-10\.webp")


@pytest.fixture(scope="module")
def keograms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server with two simulated nights and three ingested minute files of Gillam."""
    folder = tmp_path_factory.mktemp("keogramist")
    settings = Settings(archive=folder / "archive")
    with Archive.create(settings) as archive:
        nights.fill_sources(archive)
        for day in nights.DAYS[:2]:
            nights.write_minutes(archive, 46, day, range(60, 660))
        nights.write_minutes(archive, 55, nights.DAYS[1], range(100, 700))
        files = [minute_file(folder, minute, count=20, seed=minute) for minute in range(3)]
        report = ingest_asi(archive, files)
        assert [item.outcome for item in report.files] == ["accepted"] * 3
    with live_server(settings.archive) as url:
        yield url


@pytest.fixture
def open_at(visitor: Callable[..., Page], keograms: str) -> Callable[..., Page]:
    """Open an address of the Keogramist in a context of its own."""

    def open_page(address: str, **options: object) -> Page:
        page = visitor(keograms, **options)
        page.goto(address)
        title = "THEMIS-ASI" if "open=" in address else "Keogramist"
        expect(page.get_by_role("heading", level=1)).to_contain_text(title)
        return page

    return open_page


def test_the_wall_shows_each_imager_and_day(open_at: Callable[..., Page]) -> None:
    page = open_at(JANUARY)
    expect(page.locator(".kg-row")).to_have_count(3)
    expect(page.get_by_text("Showing 1 – 3 of 3")).to_be_visible()
    expect(page.get_by_role("heading", name="2019-01-02")).to_be_visible()
    expect(page.get_by_text("no image yet")).to_have_count(3)
    expect(page.get_by_text("SIMULATED", exact=True).first).to_be_visible()


def test_nights_take_the_evening_before_and_share_an_axis(open_at: Callable[..., Page]) -> None:
    page = open_at(JANUARY)
    hours = page.locator(".kg-hour")
    expect(hours).to_have_count(25)
    page.get_by_text("Nights", exact=True).click()
    page.wait_for_url(re.compile(r"v=2&from=2019-01-01&to=2019-01-02$"))
    expect(page.get_by_text("Nights (date of the morning)")).to_be_visible()
    # 01:00 to 11:00 and 01:40 to 11:40 UTC: the axis has the hours that they need.
    expect(hours).to_have_count(12)
    assert hours.all_inner_texts() == [f"{hour:02d}" for hour in range(1, 13)]
    expect(page.get_by_role("link", name="THEMIS-ASI GILL, night of 2019-01-01")).to_be_visible()
    page.go_back()
    expect(hours).to_have_count(25)


def test_a_link_of_version_1_shows_ut_days(open_at: Callable[..., Page]) -> None:
    page = open_at("/keogramist?v=1&from=2019-01-01&to=2019-01-02")
    expect(page.locator(".kg-row")).to_have_count(3)
    expect(page.get_by_role("radio", name="UT days")).to_be_checked()


def test_a_click_opens_records_and_escape_closes(open_at: Callable[..., Page]) -> None:
    page = open_at(JANUARY)
    page.get_by_role("link", name="THEMIS-ASI GILL, 2019-01-01 UTC").click()
    expect(page.get_by_role("heading", name="THEMIS-ASI GILL")).to_be_focused()
    expect(page.get_by_text("2019-01-01 01:00:00")).to_be_visible()
    missing = page.get_by_role("region", name="Opened keogram").get_by_text("No image yet")
    expect(missing).to_be_visible()
    expect(page.locator(".kg-wall")).to_be_hidden()
    assert page.url.endswith("&open=46.2019-01-01")
    page.keyboard.press("Escape")
    expect(missing).to_be_hidden()
    expect(page.locator(".kg-row").first).to_be_focused()
    assert page.url.endswith(JANUARY)


def test_records_are_sorted_by_the_server(open_at: Callable[..., Page]) -> None:
    page = open_at(f"{JANUARY}&open=46.2019-01-01")
    expect(page.get_by_text("2019-01-01 01:00:00")).to_be_visible()
    header = page.get_by_role("columnheader", name="Epoch (UTC)")
    header.click()
    header.click()
    expect(page.get_by_text("2019-01-01 10:59:00")).to_be_visible()


def test_keys_go_to_the_days_beside(open_at: Callable[..., Page]) -> None:
    page = open_at(f"{JANUARY}&open=46.2019-01-01")
    day = page.locator(".kg-title-day")
    expect(day).to_contain_text("2019-01-01 Tue")
    page.keyboard.press("n")
    expect(day).to_contain_text("2019-01-02 Wed")
    expect(page.get_by_text("2019-01-02 01:00:00")).to_be_visible()
    assert page.url.endswith("&open=46.2019-01-02")
    page.keyboard.press("p")
    expect(page.get_by_text("2019-01-01 01:00:00")).to_be_visible()


def test_an_ingested_keogram_is_on_the_wall_and_large(open_at: Callable[..., Page]) -> None:
    page = open_at(REAL_DAY)
    expect(page.get_by_text("REAL", exact=True)).to_be_visible()
    expect(page.get_by_text("06:00–06:03 UTC")).to_be_visible()
    image = page.locator("img.kg-image").first
    expect(image).to_have_attribute("src", SERVED)
    expect(image).to_have_js_property("naturalWidth", 240)
    page.locator(".kg-row").click()
    expect(page.locator('.kg-stage[data-loaded="column"]')).to_be_visible()
    # Three minutes of data fill the figure, because it opens on them: 20 columns a minute.
    slider = page.get_by_role("slider", name="Time cursor of the keogram")
    expect(slider).to_have_attribute("aria-valuemax", "59")
    ticks = page.locator(".kgs-axis").first.locator("text").all_text_contents()
    assert {"06:00:00", "06:01:00", "06:02:00", "06:03:00"} <= set(ticks)


def test_clicks_that_come_faster_than_answers_all_count(open_at: Callable[..., Page]) -> None:
    page = open_at(YEARS)
    expect(page.locator(".kg-row")).to_have_count(4)
    page.get_by_text("Latest", exact=True).click()
    page.get_by_text("Imager", exact=True).click()
    page.get_by_role("switch", name="Images only").click()
    page.wait_for_url(re.compile("group=source.*order=latest.*images=1$|images=1.*order=latest"))
    expect(page.locator(".kg-row")).to_have_count(1)
    page.get_by_role("switch", name="Images only").click()
    expect(page.locator(".kg-row")).to_have_count(4)
    # The controls follow the address back, though they had asked for what is left.
    page.go_back()
    expect(page.locator(".kg-row")).to_have_count(1)
    expect(page.get_by_role("switch", name="Images only")).to_be_checked()


def test_controls_change_the_wall_and_the_address(open_at: Callable[..., Page]) -> None:
    page = open_at(YEARS)
    expect(page.locator(".kg-row")).to_have_count(4)
    page.get_by_role("switch", name="Images only").click()
    expect(page.locator(".kg-row")).to_have_count(1)
    page.wait_for_url(re.compile("images=1$"))
    page.get_by_role("switch", name="Images only").click()
    page.get_by_text("Latest", exact=True).click()
    expect(page.locator(".kg-row").last).to_contain_text("2014-03-10")
    page.get_by_role("textbox", name="Imagers").click()
    page.get_by_role("option", name="THEMIS-ASI FSMI").click()
    expect(page.locator(".kg-row")).to_have_count(1)
    page.wait_for_url(re.compile("sources=55&order=latest$"))


def test_days_are_chosen_in_the_calendar_which_marks_those_with_data(
    open_at: Callable[..., Page],
) -> None:
    page = open_at(JANUARY)
    page.get_by_role("button", name="UT days").click()
    marked = page.locator("button[data-has-data]")
    expect(marked).to_have_count(2)
    expect(marked.last).to_have_attribute("aria-label", "2 January 2019")
    marked.last.click()
    page.get_by_role("button", name="8 January 2019", exact=True).click()
    expect(page.locator(".kg-row")).to_have_count(2)
    page.wait_for_url(re.compile("from=2019-01-02&to=2019-01-08$"))


def test_back_forward_and_reload_restore_what_was_seen(open_at: Callable[..., Page]) -> None:
    page = open_at(JANUARY)
    page.get_by_text("Imager", exact=True).click()
    expect(page.get_by_role("heading", name="THEMIS-ASI FSMI")).to_be_visible()
    page.get_by_role("link", name="THEMIS-ASI FSMI, 2019-01-02 UTC").click()
    expect(page.get_by_text("2019-01-02 01:40:00")).to_be_visible()
    page.reload()
    expect(page.get_by_text("2019-01-02 01:40:00")).to_be_visible()
    page.go_back()
    expect(page.locator(".kg-stage")).to_be_hidden()
    expect(page.get_by_role("radio", name="Imager")).to_be_checked()
    page.go_back()
    expect(page.get_by_role("heading", name="2019-01-02")).to_be_visible()
    expect(page.get_by_role("radio", name="Date")).to_be_checked()
    page.go_forward()
    expect(page.get_by_role("heading", name="THEMIS-ASI FSMI")).to_be_visible()
    page.go_forward()
    expect(page.get_by_text("2019-01-02 01:40:00")).to_be_visible()


def test_leaving_and_coming_back_restores_the_wall(open_at: Callable[..., Page]) -> None:
    page = open_at(JANUARY)
    page.get_by_text("Latest", exact=True).click()
    page.wait_for_url(re.compile("order=latest$"))
    page.get_by_role("navigation").get_by_role("link", name="Conjunctions").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Conjunctions")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Keogramist")
    expect(page.get_by_role("radio", name="Latest")).to_be_checked()
    expect(page.locator(".kg-row")).to_have_count(3)


def test_two_visitors_see_their_own_wall(open_at: Callable[..., Page]) -> None:
    first, second = open_at(JANUARY), open_at(REAL_DAY)
    first.get_by_text("Imager", exact=True).click()
    expect(first.get_by_role("heading", name="THEMIS-ASI FSMI")).to_be_visible()
    expect(second.locator(".kg-row")).to_have_count(1)
    expect(second.get_by_role("radio", name="Date")).to_be_checked()
    assert second.url.endswith(REAL_DAY)


def test_an_empty_wall_leads_to_days_with_data(open_at: Callable[..., Page]) -> None:
    page = open_at("/keogramist?v=2&by=day&from=2016-01-01&to=2016-01-31")
    expect(page.get_by_text("No imager data on UT day 2016-01-01 to 2016-01-31")).to_be_visible()
    page.get_by_role("link", name="After: 2019-01-01").click()
    expect(page.locator(".kg-row")).to_have_count(1)
    expect(page.get_by_role("button", name="UT days")).to_have_text("2019-01-01 – 2019-01-01")


def test_the_menu_goes_to_a_day_with_images(open_at: Callable[..., Page]) -> None:
    page = open_at(JANUARY)
    page.get_by_role("button", name="Go to").click()
    page.get_by_role("menuitem", name="2014-03-10 Mon", exact=True).click()
    expect(page.get_by_text("REAL", exact=True)).to_be_visible()
    assert page.url.endswith(REAL_DAY)


def test_the_cursor_says_the_time_under_it(open_at: Callable[..., Page]) -> None:
    page = open_at(JANUARY)
    strip = page.locator(".kg-strip").first.bounding_box()
    assert strip
    page.mouse.move(strip["x"] + strip["width"] / 4, strip["y"] + 5)
    tag = page.locator(".kg-cursor-tag")
    expect(tag).to_have_text(re.compile(r"^(05:59|06:00|06:01) UTC$"))


@pytest.mark.parametrize("width", [768, 1024, 1440])
@pytest.mark.parametrize("address", [JANUARY, f"{REAL_DAY}&open=46.2014-03-10"])
def test_it_fits_and_every_field_has_a_name(
    open_at: Callable[..., Page], address: str, width: int
) -> None:
    page = open_at(address, viewport={"width": width, "height": 900})
    expect(page.locator(".kg-row").first).to_be_attached()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(UNNAMED) == []
