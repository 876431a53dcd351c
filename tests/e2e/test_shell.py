"""The frame: navigation, colour scheme, unknown addresses, accessibility basics."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect


def test_front_page_says_what_is_there_and_leads_on(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Aurora Atlas")
    records = page.locator(".home__figures dd").first
    assert int(records.inner_text().replace(",", "")) > 1000
    expect(page.get_by_text("are simulated, not observed", exact=False).first).to_be_visible()
    page.get_by_role("link", name="Find conjunctions").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Conjunctions")
    assert page.url.endswith("/conjunctions")


def test_the_open_page_is_marked_in_the_navigation(page: Page) -> None:
    page.goto("/conjunctions")
    link = page.get_by_role("navigation").get_by_role("link", name="Conjunctions", exact=True)
    expect(link).to_have_attribute("aria-current", "page")
    page.get_by_role("link", name="Aurora Atlas").first.click()
    expect(link).not_to_have_attribute("aria-current", "page")


def background(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


# The scheme that the document has when its body begins, which is before anything is painted.
RECORD_SCHEME_AT_FIRST_BODY = """
new MutationObserver((records, observer) => {
  if (!document.body) return;
  window.schemeAtFirstBody = document.documentElement.dataset.mantineColorScheme;
  observer.disconnect();
}).observe(document, {childList: true, subtree: true});
"""


def test_colour_scheme_is_kept_and_needs_no_flash(page: Page) -> None:
    page.goto("/conjunctions")
    expect(page.locator(".blocks")).to_be_visible()
    light = background(page)
    page.get_by_role("button", name="Dark", exact=True).click()
    dark = background(page)
    assert dark != light
    expect(page.get_by_role("button", name="Dark", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    page.add_init_script(RECORD_SCHEME_AT_FIRST_BODY)
    page.reload()
    expect(page.locator(".blocks")).to_be_visible()
    assert background(page) == dark
    assert page.evaluate("window.schemeAtFirstBody") == "dark"
    page.get_by_role("button", name="Light", exact=True).click()
    assert background(page) == light


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_automatic_scheme_follows_the_system(visitor: Callable[..., Page], scheme: str) -> None:
    page = visitor(color_scheme=scheme)
    page.goto("/")
    assert page.evaluate("document.documentElement.dataset.mantineColorScheme") == scheme


def test_unknown_address(page: Page) -> None:
    page.goto("/no/such/page")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no page at this address")


@pytest.mark.parametrize("path", ["/conjunctions", "/keogramist"])
@pytest.mark.parametrize("width", [768, 1024, 1440])
def test_fits_its_width_and_names_its_fields(
    visitor: Callable[..., Page], path: str, width: int
) -> None:
    page = visitor(viewport={"width": width, "height": 900})
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.evaluate(UNNAMED) == []


# Inputs and buttons without a label, a text or an aria-label.
UNNAMED = """() => [...document.querySelectorAll('input:not([type=hidden]), textarea, button')]
  .filter(e => e.offsetParent !== null)
  .filter(e => !(e.labels && e.labels.length) && !e.getAttribute('aria-label')
            && !e.getAttribute('aria-labelledby') && !e.innerText.trim()
            && e.getAttribute('aria-hidden') !== 'true' && e.tabIndex >= 0)
  .map(e => e.outerHTML.slice(0, 160))"""
