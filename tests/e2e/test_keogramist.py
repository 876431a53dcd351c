"""The Keogramist in a browser: done by mouse and keys, seen in the page's text and address."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.archive import Archive
from core.imaging.ingest import ingest_asi
from core.settings import Settings
from tests.e2e.conftest import live_server
from tests.e2e.test_shell import UNNAMED
from tests.unit.imaging.files import minute_file
from tests.unit.wall import nights

JANUARY = "/keogramist?v=1&from=2019-01-01&to=2019-01-02"
REAL_DAY = "/keogramist?v=1&from=2014-03-10&to=2014-03-10"
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
        expect(page.get_by_role("heading", level=1)).to_have_text("Keogramist")
        return page

    return open_page


def test_the_wall_shows_each_imager_and_day(open_at: Callable[..., Page]) -> None:
    page = open_at(JANUARY)
    expect(page.locator(".kg-row")).to_have_count(3)
    expect(page.get_by_text("Showing 1 – 3 of 3")).to_be_visible()
    expect(page.get_by_role("heading", name="2019-01-02")).to_be_visible()
    expect(page.get_by_text("no image yet")).to_have_count(3)
    expect(page.get_by_text("SIMULATED", exact=True).first).to_be_visible()


def test_a_click_opens_records_and_escape_closes(open_at: Callable[..., Page]) -> None:
    page = open_at(JANUARY)
    page.get_by_role("link", name="THEMIS-ASI GILL, 2019-01-01 UTC").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("THEMIS-ASI GILL")).to_be_visible()
    expect(drawer.get_by_text("2019-01-01 01:00:00")).to_be_visible()
    expect(drawer.get_by_text("No image yet")).to_be_visible()
    assert page.url.endswith("&open=46.2019-01-01")
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    assert page.url.endswith(JANUARY)


def test_records_are_sorted_by_the_server(open_at: Callable[..., Page]) -> None:
    page = open_at(f"{JANUARY}&open=46.2019-01-01")
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("2019-01-01 01:00:00")).to_be_visible()
    header = drawer.get_by_role("columnheader", name="Epoch (UTC)")
    header.click()
    header.click()
    expect(drawer.get_by_text("2019-01-01 10:59:00")).to_be_visible()


def test_arrow_keys_go_to_the_days_beside(open_at: Callable[..., Page]) -> None:
    page = open_at(f"{JANUARY}&open=46.2019-01-01")
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("2019-01-01 Tue")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(drawer.get_by_text("2019-01-02 Wed")).to_be_visible()
    expect(drawer.get_by_text("2019-01-02 01:00:00")).to_be_visible()
    assert page.url.endswith("&open=46.2019-01-02")
    page.keyboard.press("ArrowLeft")
    expect(drawer.get_by_text("2019-01-01 01:00:00")).to_be_visible()


def test_an_ingested_keogram_is_on_the_wall_and_large(open_at: Callable[..., Page]) -> None:
    page = open_at(REAL_DAY)
    expect(page.get_by_text("REAL", exact=True)).to_be_visible()
    expect(page.get_by_text("06:00–06:03 UTC")).to_be_visible()
    image = page.locator("img.kg-image").first
    expect(image).to_have_attribute("src", SERVED)
    expect(image).to_have_js_property("naturalWidth", 1440)
    image.click(force=True)
    large = page.locator(".kg-figure .layer-below image, .kg-figure image").first
    expect(large).to_be_visible()
    width = page.evaluate(
        "document.querySelector('.kg-figure .js-plotly-plot image').getBoundingClientRect().width"
    )
    # Three minutes of data fill the figure, because it opens on them.
    assert width > 500


def test_scale_colours_and_extent_are_in_the_address(open_at: Callable[..., Page]) -> None:
    page = open_at(f"{REAL_DAY}&open=46.2014-03-10")
    drawer = page.get_by_role("dialog")
    expect(drawer.locator("image").first).to_be_visible()
    with page.expect_request(lambda request: "vmin=2500&vmax=14000" in request.url):
        drawer.get_by_text("Fixed for the array").click()
    drawer.get_by_text("Whole day").click()
    page.wait_for_url(re.compile("scale=fixed&extent=day$"))
    page.go_back()
    page.wait_for_url(re.compile("scale=fixed$"))
    expect(drawer.get_by_role("radio", name="Data")).to_be_checked()
    page.go_back()
    expect(drawer.get_by_role("radio", name="1–99 %")).to_be_checked()


def test_clicks_that_come_faster_than_answers_all_count(open_at: Callable[..., Page]) -> None:
    page = open_at("/keogramist?v=1&from=2014-01-01&to=2019-12-31")
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
    page = open_at("/keogramist?v=1&from=2014-01-01&to=2019-12-31")
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
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("2019-01-02 01:40:00")).to_be_visible()
    page.reload()
    expect(drawer.get_by_text("2019-01-02 01:40:00")).to_be_visible()
    page.go_back()
    expect(drawer).to_be_hidden()
    expect(page.get_by_role("radio", name="Imager")).to_be_checked()
    page.go_back()
    expect(page.get_by_role("heading", name="2019-01-02")).to_be_visible()
    expect(page.get_by_role("radio", name="Date")).to_be_checked()
    page.go_forward()
    expect(page.get_by_role("heading", name="THEMIS-ASI FSMI")).to_be_visible()
    page.go_forward()
    expect(drawer.get_by_text("2019-01-02 01:40:00")).to_be_visible()


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
    page = open_at("/keogramist?v=1&from=2016-01-01&to=2016-01-31")
    expect(page.get_by_text("No imager data on 2016-01-01 to 2016-01-31")).to_be_visible()
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


@pytest.mark.parametrize("width", [1024, 1440])
@pytest.mark.parametrize("address", [JANUARY, f"{REAL_DAY}&open=46.2014-03-10"])
def test_it_fits_and_every_field_has_a_name(
    open_at: Callable[..., Page], address: str, width: int
) -> None:
    page = open_at(address, viewport={"width": width, "height": 900})
    expect(page.locator(".kg-row").first).to_be_attached()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(UNNAMED) == []


@pytest.mark.realdata
def test_observed_keograms_of_two_stations(
    visitor: Callable[..., Page], test_data: Path, tmp_path: Path
) -> None:
    settings = Settings(archive=tmp_path / "archive")
    with Archive.create(settings) as archive:
        nights.fill_sources(archive)
        files = sorted((test_data / "themis").glob("*gill_themis19_full.pgm.gz"))
        files += sorted((test_data / "themis").glob("thg_l1_asf_gako*.cdf"))
        assert len(files) == 4
        ingest_asi(archive, files)
    with live_server(settings.archive) as url:
        page = visitor(url)
        page.goto("/keogramist?v=1&from=2011-01-01&to=2014-12-31&images=1")
        expect(page.get_by_text("REAL", exact=True)).to_have_count(2)
        expect(page.get_by_text("17:00–17:02 UTC")).to_be_visible()
        page.get_by_role("link", name="THEMIS-ASI GILL, 2014-03-10 UTC").click()
        drawer = page.get_by_role("dialog")
        expect(drawer.locator("image").first).to_be_visible()
        drawer.get_by_role("tab", name="Cite and code").click()
        expect(drawer.get_by_text("NAS5-02099")).to_be_visible()
