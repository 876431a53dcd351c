"""The documentation of the API in a browser: from this server alone, under its policy."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

SEARCH = "#operations-Searches-submitConjunctionSearch"


@pytest.mark.parametrize("width", [400, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_drawn_in_both_schemes_and_fits(page: Page, scheme: str, width: int) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/api/docs")
    expect(page.locator(".opblock").first).to_be_visible()
    assert page.locator(".opblock").count() >= 70
    dark = "dark-mode" in (page.locator("html").get_attribute("class") or "")
    assert dark == (scheme == "dark")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_an_example_is_sent_and_answered(page: Page) -> None:
    page.goto("/api/docs")
    operation = page.locator(SEARCH)
    operation.locator("button.opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    answer = operation.locator(".live-responses-table tbody .response-col_status").first
    expect(answer).to_have_text(re.compile("202"))
