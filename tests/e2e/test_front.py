"""The front of the house in a browser: Home, Availability, keys, lost and thanked."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

PAGES = ("/", "/availability", "/availability?view=minute", "/acknowledgements", "/nowhere")
YEAR = "/availability?v=1&year=2019"
GILLAM = ".av-row:has(th:text-is('THEMIS-ASI GILL'))"


def drawn(page: Page, path: str = YEAR) -> Locator:
    """Open the chart and return it once its days are drawn."""
    page.goto(path)
    chart = page.locator(".av-board[data-drawn]")
    expect(chart).to_be_visible()
    return chart


def colours(page: Page, selector: str) -> int:
    """Return how many pixels of a row's canvas are painted."""
    return int(
        page.locator(selector).evaluate(
            """canvas => {
              const { width, height } = canvas;
              const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
              return data.filter((value, n) => n % 4 === 3 && value > 0).length;
            }"""
        )
    )


def test_home_shows_the_latest_night_and_leads_to_it(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Aurora Atlas")
    strip = page.locator(".night__strip").first
    expect(strip).to_be_visible()
    picture = strip.locator("img")
    expect(picture).to_have_js_property("complete", value=True, timeout=60_000)
    assert picture.evaluate("image => image.naturalWidth") > 100
    expect(page.locator(".night__head")).to_contain_text(re.compile(r"\d{4}-\d\d-\d\d"))
    strip.click()
    expect(page).to_have_url(re.compile(r"/keogramist\?v=2&.*open="))
    expect(page.locator("#keogramist-night")).to_be_visible()


def test_home_says_what_is_there_and_where_to_go(page: Page) -> None:
    page.goto("/")
    records = page.locator(".home__figures dd").first
    assert int(records.inner_text().replace(",", "")) > 1000
    ways = page.get_by_role("navigation", name="Ways in").get_by_role("link")
    assert [way.get_attribute("href") for way in ways.all()] == [
        "/conjunctions",
        "/keogramist",
        "/explorer",
        "/availability",
    ]
    # What this is, its figures and the ways in are on the first screen.
    for box in [page.locator(".home__lead"), *ways.all()]:
        found = box.bounding_box()
        assert found is not None
        assert found["y"] < 900


def test_the_chart_is_small_and_painted(page: Page) -> None:
    sizes: list[int] = []
    page.on(
        "response",
        lambda answer: (
            sizes.append(len(answer.body())) if "_dash-update-component" in answer.url else None
        ),
    )
    drawn(page)
    assert sizes
    assert max(sizes) < 300_000
    assert colours(page, f"{GILLAM} canvas") > 0


def test_pointing_at_a_day_says_its_number_and_a_click_opens_it(page: Page) -> None:
    drawn(page, f"{YEAR}&month=1")
    strip = page.locator(f"{GILLAM} .av-strip")
    strip.scroll_into_view_if_needed()
    box = strip.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 1.5 / 31, box["y"] + box["height"] / 2)
    tip = page.locator(".av-tip")
    expect(tip).to_contain_text("THEMIS-ASI GILL")
    expect(tip).to_contain_text("2019-01-02 Wed")
    expect(tip).to_contain_text(re.compile(r"\d+ records"))
    page.mouse.down()
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"/keogramist\?.*open=\d+\.2019-01-02"))
    page.go_back()
    expect(page.locator(".av-board[data-drawn]")).to_be_visible()
    assert "month=1" in page.url


def test_the_chart_works_by_keyboard_alone(page: Page) -> None:
    drawn(page, f"{YEAR}&sources=themis-asi")
    cursor = page.locator(".av-cell--cursor")
    for _ in range(60):
        page.keyboard.press("Tab")
        if cursor.evaluate("link => link === document.activeElement"):
            break
    expect(cursor).to_be_focused()
    first = cursor.get_attribute("aria-label") or ""
    assert re.fullmatch(
        r"THEMIS-ASI \w{4}, 2019-\d\d-\d\d: [\d,]+ records?\. Open in Keogramist", first
    )
    page.keyboard.press("ArrowDown")
    below = cursor.get_attribute("aria-label") or ""
    assert below.split(",")[0] != first.split(",")[0]
    page.keyboard.press("Home")
    expect(cursor).to_have_attribute("aria-label", re.compile("2019-01-01"))
    page.keyboard.press("End")
    expect(cursor).to_have_attribute("aria-label", re.compile("2019-12-31: no records"))
    page.keyboard.press("Control+ArrowLeft")
    expect(cursor).to_have_attribute("aria-label", re.compile(r": [\d,]+ record"))
    expect(cursor).to_be_focused()
    day = re.search(r"2019-\d\d-\d\d", cursor.get_attribute("aria-label") or "")
    assert day
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"open=\d+\.{day[0]}"))


def test_the_address_is_the_state(page: Page) -> None:
    drawn(page)
    page.get_by_role("link", name=re.compile("^Jan.*January 2019")).click()
    expect(page).to_have_url(re.compile("month=1"))
    expect(page.locator(".av-caption")).to_contain_text("January 2019")
    page.get_by_role("textbox", name="Programs and sources").click()
    page.get_by_role("option", name=re.compile("^All Swarm")).click()
    expect(page).to_have_url(re.compile("sources=swarm"))
    expect(page.locator(".av-row")).to_have_count(3)
    page.reload()
    expect(page.locator(".av-row")).to_have_count(3)
    expect(page.locator(".av-caption")).to_contain_text("January 2019")
    page.go_back()
    expect(page).not_to_have_url(re.compile("sources"))
    expect(page.locator(".av-row").nth(3)).to_be_visible()
    page.go_back()
    expect(page.locator(".av-caption")).to_contain_text("2019.")


def test_who_was_operating_at_a_minute(page: Page) -> None:
    page.goto("/availability?v=1&view=minute&at=2019-01-02T06:10")
    expect(page.locator(".av-minute")).to_contain_text("2019-01-02 06:10 UTC")
    assert page.locator(".av-chip").count() > 20
    explorer = page.get_by_role("link", name="See this minute in the Explorer")
    expect(explorer).to_have_attribute("href", "/explorer?v=1&t=2019-01-02T06:10:00Z")
    page.get_by_role("link", name="+1 h").click()
    expect(page.locator(".av-minute")).to_contain_text("2019-01-02 07:10 UTC")
    expect(page).to_have_url(re.compile("at=2019-01-02T07:10"))
    page.get_by_role("link", name="THEMIS-ASI GILL").click()
    expect(page).to_have_url(re.compile(r"open=46\.2019-01-02&at=2019-01-02T07:10:00"))
    expect(page.locator("#keogramist-night")).to_be_visible()


def test_the_sheet_of_keys_by_keyboard_alone(page: Page) -> None:
    drawn(page)
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    page.keyboard.press("?")
    expect(sheet).to_be_visible()
    expect(sheet.get_by_role("heading", level=3)).to_have_text(["Availability", "Everywhere"])
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    button = page.get_by_role("button", name="Keyboard shortcuts").first
    button.focus()
    page.keyboard.press("Enter")
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    page.keyboard.press("o")
    page.keyboard.press("h")
    expect(page.get_by_role("heading", level=1)).to_have_text("Aurora Atlas")


def test_typing_into_a_field_opens_no_sheet(page: Page) -> None:
    drawn(page)
    page.get_by_role("textbox", name="Programs and sources").click()
    page.keyboard.type("?oh")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_hidden()
    assert "/availability" in page.url


def test_single_keys_can_be_switched_off(page: Page) -> None:
    drawn(page)
    page.keyboard.press("?")
    switch = page.get_by_role("switch", name="Single-character keys")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "false")
    page.keyboard.press("Escape")
    page.reload()
    expect(page.locator(".av-board[data-drawn]")).to_be_visible()
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(sheet).to_be_hidden()
    page.get_by_role("button", name="Keyboard shortcuts").first.click()
    expect(page.get_by_role("switch")).to_have_attribute("aria-checked", "false")


def test_closing_the_sheet_leaves_the_open_night_open(page: Page) -> None:
    page.goto("/keogramist?v=2&from=2019-01-02&open=46.2019-01-02")
    night = page.locator("#keogramist-night")
    expect(night).to_be_visible()
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(sheet.get_by_role("heading", level=3)).to_have_text(["An open keogram", "Everywhere"])
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(night).to_be_visible()
    assert "open=" in page.url


def test_a_lost_visitor_is_shown_the_way(page: Page) -> None:
    page.goto("/no/such/page")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no page at this address")
    page.get_by_role("navigation", name="Ways on").get_by_role("link", name="Front page").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Aurora Atlas")


def test_the_footer_leads_to_the_acknowledgements(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("contentinfo")).to_contain_text("SIMULATED")
    page.get_by_role("contentinfo").get_by_role("link", name="Acknowledgements").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Acknowledgements")
    link = page.get_by_role("link", name="doi:10.1007/s11214-008-9380-x").first
    expect(link).to_have_attribute("href", "https://doi.org/10.1007/s11214-008-9380-x")


# Rules of WCAG that can be asked of the document: what axe calls by the same names.
FAULTS = """() => {
  const faults = [];
  const seen = (e) => e.checkVisibility({ visibilityProperty: true });
  const all = (s) => [...document.querySelectorAll(s)].filter(seen);
  if (all("h1").length !== 1) faults.push("one h1");
  for (const mark of ["header", "main", "nav", ".foot"])
    if (!all(mark).length) faults.push("landmark " + mark);
  let level = 1;
  for (const h of all("h1, h2, h3, h4")) {
    if (Number(h.tagName[1]) > level + 1) faults.push("heading order: " + h.textContent);
    level = Number(h.tagName[1]);
  }
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  // Mantine gives the notifications' id to each of the six places where they may stand.
  for (const id of new Set(ids.filter((id, n) => ids.indexOf(id) !== n)))
    if (id !== "shell-toast") faults.push("id " + id);
  for (const img of all("img")) if (!img.hasAttribute("alt")) faults.push("img-alt " + img.src);
  for (const e of all("a[href], button")) {
    const name = e.getAttribute("aria-label") || e.textContent.trim()
      || [...e.querySelectorAll("img")].map((i) => i.alt).join("");
    if (!name && e.getAttribute("aria-hidden") !== "true" && e.tabIndex >= 0)
      faults.push("name " + e.outerHTML.slice(0, 120));
  }
  for (const e of all("input:not([type=hidden]), select, textarea"))
    if (!(e.labels && e.labels.length) && !e.getAttribute("aria-label")
        && !e.getAttribute("aria-labelledby")) faults.push("label " + e.outerHTML.slice(0, 120));
  for (const e of all("[aria-hidden=true] a[href], [aria-hidden=true] button"))
    if (e.tabIndex >= 0) faults.push("aria-hidden-focus " + e.outerHTML.slice(0, 120));
  return faults;
}"""

# Contrast of every text against what is painted beneath it, where that is one plain colour.
CONTRAST = """() => {
  const parse = (c) => (c.match(/[\\d.]+/g) || []).map(Number);
  const lum = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((s, v, n) => s + v * [0.2126, 0.7152, 0.0722][n], 0);
  const ground = (e) => {
    for (let at = e; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.backgroundImage !== "none" && !style.webkitMaskImage) return null;
      const c = parse(style.backgroundColor);
      if (c.length === 3 || c[3] === 1) return c;
      if (c[3] > 0) return null;
    }
    return [255, 255, 255];
  };
  const faults = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const e = node.parentElement;
    if (!node.textContent.trim() || !e.checkVisibility()) continue;
    if (e.closest(".sr-only, .skip, script, style, [disabled]")) continue;
    const below = ground(e);
    if (!below) continue;
    const [a, b] = [lum(parse(getComputedStyle(e).color)), lum(below)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.49) faults.push(ratio.toFixed(2) + " " + node.textContent.trim().slice(0, 40));
  }
  return [...new Set(faults)];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_pages_can_be_read_by_everyone(
    visitor: Callable[..., Page], path: str, scheme: str
) -> None:
    page = visitor(color_scheme=scheme)
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator(".night__wait, ._dash-loading")).to_have_count(0)
    assert page.evaluate(FAULTS) == []
    assert page.evaluate(CONTRAST) == []


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", [390, 768, 1024])
def test_pages_fit_their_width(visitor: Callable[..., Page], path: str, width: int) -> None:
    page = visitor(viewport={"width": width, "height": 900})
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator(".night__wait, ._dash-loading")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    names = page.get_by_role("navigation", name="Pages").get_by_role("link")
    expect(names).to_have_text(["Conjunctions", "Keogramist", "Explorer", "Availability"])
    boxes: list[Any] = [name.bounding_box() for name in names.all()]
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= width for box in boxes)
