"""Take the pictures of the README from the running program, in a real browser.

Starts the web server on the archive that the settings name, drives Debian's Chromium through the
pages, and writes PNG files to docs/images (or to the folder that is given). `--all` adds every page
in light and dark at five widths, to be looked at before a release.
"""

from __future__ import annotations

import argparse
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


def run_example(number: int) -> Callable[[Page], None]:
    """Return an action that loads an example search and runs it."""

    def act(page: Page) -> None:
        page.get_by_role("button", name="Examples").click()
        page.get_by_role("menuitem", name=re.compile(f"^{number}")).click()
        page.wait_for_url("**/conjunctions?v=1&**")
        page.get_by_role("button", name="Search", exact=True).first.click()
        page.locator(".ag-center-cols-container .ag-row").first.wait_for(timeout=30_000)

    return act


def open_first_row(page: Page) -> None:
    """Open the first keogram of the wall."""
    page.locator(".kg-row").first.click()
    page.locator(".kg-stage[data-loaded]").wait_for(timeout=60_000)
    page.locator(".kgs-frame-map[data-time^='2']").wait_for(timeout=60_000)
    page.wait_for_timeout(1500)


def latest_night(page: Page) -> None:
    """Wait for the pictures of the latest night."""
    page.locator(".night__strip img").first.wait_for(timeout=60_000)
    page.wait_for_function(
        "[...document.querySelectorAll('.night__strip img')].every(i => i.complete)",
        timeout=60_000,
    )


def drawn_days(page: Page) -> None:
    """Wait for the chart of days."""
    page.locator(".av-board[data-drawn]").wait_for(timeout=60_000)


def keys_sheet(page: Page) -> None:
    """Open the sheet of keyboard shortcuts."""
    page.keyboard.press("?")


def nothing(page: Page) -> None:
    """Leave the page as it opens."""


@dataclass(frozen=True)
class Shot:
    """One picture: where, and what is done there first."""

    name: str
    path: str
    act: Callable[[Page], None] = nothing


SHOTS = (
    Shot("home", "/", latest_night),
    Shot("conjunctions-empty", "/conjunctions"),
    Shot("conjunctions", "/conjunctions", run_example(5)),
    Shot("keogramist", "/keogramist?v=2&from=2019-01-02&sources=themis-asi"),
    Shot(
        "keogramist-wall", "/keogramist?v=2&from=2022-01-01&to=2022-01-02&sources=trex&order=latest"
    ),
    Shot("keogramist-open", "/keogramist?v=2&from=2019-01-02&sources=46", open_first_row),
    Shot("availability", "/availability?v=1&year=2019", drawn_days),
    Shot("availability-month", "/availability?v=1&year=2019&month=1", drawn_days),
    Shot("availability-minute", "/availability?v=1&view=minute&at=2019-01-02T06:10"),
    Shot("acknowledgements", "/acknowledgements"),
    Shot("keys", "/keogramist?v=2&from=2019-01-02&sources=46", keys_sheet),
    Shot("not-found", "/nowhere"),
)
README = {("conjunctions", "light", 1440), ("keogramist", "dark", 1440)}


@contextmanager
def server() -> Iterator[str]:
    """Run the web server and yield its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [sys.executable, "-m", "core", "serve", "--port", str(port)]
    process = subprocess.Popen(words, cwd=ROOT, env=os.environ.copy())
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url + "/healthz", process)
        yield url
    finally:
        process.terminate()
        process.wait(20)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise SystemExit(f"the server ended with status {process.returncode}")
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise SystemExit(f"{url} does not answer")


def take(browser: Browser, base: str, shot: Shot, scheme: str, width: int, path: Path) -> None:
    """Take one picture in a fresh browser context."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, timezone_id="UTC"
    )
    page = context.new_page()
    page.goto(base + shot.path)
    page.locator("h1").first.wait_for(timeout=30_000)
    page.wait_for_load_state("networkidle")
    shot.act(page)
    page.wait_for_timeout(800)
    page.screenshot(path=path)
    context.close()
    print(f"wrote {path}")


def main() -> int:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "docs/images")
    parser.add_argument("--all", action="store_true", help="every page, both themes, both widths")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    wanted = [
        (shot, scheme, width)
        for shot in SHOTS
        for scheme in ("light", "dark")
        for width in (1440, 1280, 1024, 768, 390)
        if args.all or (shot.name, scheme, width) in README
    ]
    with server() as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        for shot, scheme, width in wanted:
            suffix = f"-{width}" if args.all else ""
            take(browser, base, shot, scheme, width, args.out / f"{shot.name}-{scheme}{suffix}.png")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
