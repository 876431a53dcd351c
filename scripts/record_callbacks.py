"""Record what the pages send to Dash's endpoint for callbacks, in a real browser.

Starts the web server on the archive that the settings name, drives Debian's Chromium through all
pages - every button is pressed, two examples are searched, a query is taken in - and keeps of each
callback the smallest bodies, one for each thing that may set it off. tests/api/test_dash_fuzz.py
sends them again, whole and mutilated. Run it when callbacks have changed.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from pathlib import Path
from typing import Any

from make_screenshots import FLAGS, ROOT, run_example, server
from playwright.sync_api import Error, Page, Request, sync_playwright

OUT = ROOT / "tests/api/recorded_callbacks.json"
ENDPOINT = "/_dash-update-component"
MOST_BYTES = 12_000  # of one body; larger ones hold whole tables
MOST_BUTTONS = 40
PAUSE_MS = 350
PATIENCE_MS = 1_500
PAGES = (
    "/", "/conjunctions", "/keogramist?v=2&from=2019-01-02&sources=themis-asi", "/explorer",
    "/availability?v=1&year=2019", "/availability?v=1&view=minute&at=2019-01-02T06:10",
    "/acknowledgements", "/nowhere",
)  # fmt: skip


class Recorder:
    """The smallest body of each callback and of each thing that sets it off."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, str], str] = {}

    def __call__(self, request: Request) -> None:
        """Take down what a page sends."""
        if ENDPOINT not in request.url or not request.post_data:
            return
        self.keep(request.post_data)

    def keep(self, body: str) -> None:
        """Keep a body, unless there is a smaller one that is set off by the same thing."""
        sent = json.loads(body)
        # Two of a pattern, as {"index": 1} and {"index": 2}, are set off by the same thing.
        causes = json.dumps(sorted({_shape(one) for one in sent.get("changedPropIds", [])}))
        key = (sent["output"], causes)
        if len(body) <= MOST_BYTES and len(body) < len(self.found.get(key, body + " ")):
            self.found[key] = body

    def bodies(self) -> list[Any]:
        """Return the bodies in an order that does not change."""
        return [json.loads(self.found[key]) for key in sorted(self.found)]


def _shape(changed: str) -> str:
    component, _, name = changed.rpartition(".")
    if not component.startswith("{"):
        return changed
    return ",".join(sorted(map(str, json.loads(component)))) + "." + name


def settle(page: Page) -> None:
    """Wait until a page is quiet; one that plays never is."""
    with contextlib.suppress(Error):
        page.wait_for_load_state("networkidle", timeout=15_000)


def press_everything(page: Page, address: str) -> None:
    """Press each button of a page in turn, and Escape after it; come back where one led away."""
    for number in range(MOST_BUTTONS):
        buttons = page.locator("button:visible, [role=tab]:visible, [role=radio]:visible")
        if number >= buttons.count():
            return
        with contextlib.suppress(Error):
            buttons.nth(number).click(timeout=PATIENCE_MS)
        page.wait_for_timeout(PAUSE_MS)
        page.keyboard.press("Escape")
        if page.url != address and number % 4 == 3:
            page.goto(address)
            settle(page)


def fill_everything(page: Page) -> None:
    """Write something into each field, and leave it."""
    fields = page.locator("input:visible")
    for number in range(min(fields.count(), MOST_BUTTONS)):
        with contextlib.suppress(Error):
            fields.nth(number).fill("7", timeout=PATIENCE_MS)
            fields.nth(number).press("Enter")
            fields.nth(number).blur()
        page.wait_for_timeout(PAUSE_MS // 2)
        page.keyboard.press("Escape")


DIALOGS = (
    "distances-open", "distances-reset", "distances-ok", "distances-open", "distances-off",
    "distances-open", "distances-cancel", "about", "!", "import", "import-cancel", "import",
    "import-text=7", "import-ok", "result-filters", "filters-ok", "result-filters",
    "filters-cancel",
)  # fmt: skip


def press(page: Page, locator: str) -> None:
    """Press one thing, where it is there, and wait a little."""
    with contextlib.suppress(Error):
        page.locator(locator).first.click(timeout=5 * PATIENCE_MS)
    page.wait_for_timeout(2 * PAUSE_MS)


def go_through_dialogs(page: Page) -> None:
    """Open and end each dialog of the finder in each way; `!` is Escape, `=` fills in."""
    with contextlib.suppress(Error):
        page.get_by_role("button", name="Ground 1: metadata filters").click(timeout=5000)
        page.wait_for_timeout(2 * PAUSE_MS)
        press(page, "#conjunctions-filters-cancel")
        page.get_by_role("button", name="Ground 1: metadata filters").click(timeout=5000)
        page.wait_for_timeout(2 * PAUSE_MS)
        press(page, "#conjunctions-filters-ok")
    for step in DIALOGS:
        name, _, text = step.partition("=")
        if step == "!":
            page.keyboard.press("Escape")
        elif text:
            with contextlib.suppress(Error):
                page.locator(f"#conjunctions-{name}").fill('{"start": 7}', timeout=5000)
        else:
            press(page, f"#conjunctions-{name}")
    press(page, "#conjunctions-import-cancel")
    with contextlib.suppress(Error):
        page.locator("#conjunctions-end").fill("2029-01-01 00:00", timeout=5000)
        page.locator("#conjunctions-end").blur()
    page.wait_for_timeout(4 * PAUSE_MS)
    press(page, "#conjunctions-allowed-end, [id*=allowed]")


def choose(page: Page, field: str) -> None:
    """Open a list and take its first entry."""
    press(page, field)
    press(page, "[role=option]:visible")
    page.keyboard.press("Escape")


def look_around(page: Page, base: str) -> None:
    """Do what pressing everything does not reach."""
    page.goto(f"{base}/availability?v=1&year=2019")
    settle(page)
    choose(page, "#availability-sources")
    page.goto(f"{base}/availability?v=1&view=minute&at=2019-01-02T06:10")
    settle(page)
    with contextlib.suppress(Error):
        page.locator("#availability-at").fill("2019-01-02 07:00", timeout=5000)
        page.locator("#availability-at").blur()
    page.wait_for_timeout(2 * PAUSE_MS)
    page.goto(f"{base}/keogramist?v=2&from=2019-01-02&sources=46")
    settle(page)
    press(page, ".kg-row")
    press(page, "[role=tab]:visible >> nth=-1")
    page.wait_for_timeout(5 * PAUSE_MS)


def search_and_look(page: Page, number: int) -> None:
    """Search an example, sort the table, open its first row."""
    with contextlib.suppress(Error):
        run_example(number)(page)
        settle(page)
        page.locator(".ag-center-cols-container .ag-row").first.click()
        page.wait_for_timeout(3 * PAUSE_MS)
        page.keyboard.press("Escape")
        page.locator(".ag-header-cell").first.click()
        page.wait_for_timeout(PAUSE_MS)


def main() -> int:
    """Record and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--add", action="store_true", help="to what was recorded before")
    parser.add_argument("--quick", action="store_true", help="without pressing everything")
    args = parser.parse_args()
    recorder = Recorder()
    for body in json.loads(args.out.read_text()) if args.add else []:
        recorder.keep(json.dumps(body))
    with server() as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        context = browser.new_context(viewport={"width": 1280, "height": 900}, timezone_id="UTC")
        context.on("request", recorder)
        page = context.new_page()
        for path in () if args.quick else PAGES:
            page.goto(base + path)
            settle(page)
            press_everything(page, base + path)
            page.goto(base + path)
            settle(page)
            fill_everything(page)
            print(f"{path}: {len(recorder.found)} bodies so far")
        for number in (1, 5, 7):
            page.goto(f"{base}/conjunctions")
            settle(page)
            search_and_look(page, number)
            go_through_dialogs(page)
        look_around(page, base)
        browser.close()
    bodies = recorder.bodies()
    args.out.write_text(json.dumps(bodies, indent=1, sort_keys=True) + "\n")
    callbacks = len({body["output"] for body in bodies})
    print(f"{len(bodies)} bodies of {callbacks} callbacks in {args.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
