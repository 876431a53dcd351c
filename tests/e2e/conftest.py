"""A live server on a small simulated archive, and pages that fail on what people should not see.

Set ATLAS_E2E_ARCHIVE to the folder of an archive that exists to use that one instead.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from core.settings import Settings
from tests.browser import CHROMIUM, FLAGS, need_chromium
from tests.servers import live_server

DAYS = (date(2019, 1, 1), date(2019, 1, 2), date(2019, 1, 3))
# Without a graphics card a WebGL canvas is read back for each picture, and the driver says so once
# the globe has drawn a few of them: a fact about the machine, no fault of the page.
DRIVER_NOTE = "GL Driver Message (OpenGL, Performance"
PATIENCE_MS = 20_000  # two cores run server, browser and other tests at once
ROOT = Path(__file__).resolve().parents[2]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def e2e_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of an archive with all sources on the first three days of 2019."""
    given = os.environ.get("ATLAS_E2E_ARCHIVE")
    if given:
        return Path(given)
    from core.simulation.build import build_archive

    folder = tmp_path_factory.mktemp("e2e") / "archive"
    build_archive(Settings(archive=folder), days=DAYS)
    return folder


@pytest.fixture(scope="session")
def server(e2e_archive: Path) -> Iterator[str]:
    """Address of the live server."""
    with live_server(e2e_archive) as url:
        yield url


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives browsers; there can be one of it."""
    need_chromium()
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as found:
        yield found


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium."""
    found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield found
    found.close()


class Watch:
    """Collects what a page must not do: complain on the console, or ask another host."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.faults: list[str] = []

    def follow(self, page: Page) -> None:
        """Listen to a page."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"page error: {error}"))
        page.on("request", lambda request: self._request(request.url))

    def _console(self, message: ConsoleMessage) -> None:
        if DRIVER_NOTE in message.text:
            return
        if message.type in ("error", "warning"):
            self.faults.append(f"console {message.type}: {message.text}")

    def _request(self, url: str) -> None:
        if not url.startswith((self.url, "data:", "blob:")):
            self.faults.append(f"request to another host: {url}")


@pytest.fixture
def visitor(browser: Browser, server: str) -> Iterator[Callable[..., Page]]:
    """Open a page in a browser context of its own; options are those of a context.

    The test fails when any of its pages complains on the console or asks another host.
    """
    contexts: list[BrowserContext] = []
    watches: list[Watch] = []

    def open_page(base_url: str = server, **options: Any) -> Page:
        defaults = {"viewport": {"width": 1440, "height": 900}, "base_url": base_url}
        context = browser.new_context(**{**defaults, **options})
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        watches.append(Watch(base_url))
        page = context.new_page()
        watches[-1].follow(page)
        return page

    yield open_page
    for context in contexts:
        context.close()
    faults = [fault for watch in watches for fault in watch.faults]
    assert not faults, "\n".join(faults)


@pytest.fixture
def page(visitor: Callable[..., Page]) -> Page:
    """One page of one visitor."""
    return visitor()
