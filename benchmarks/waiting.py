"""What a person waits for: the first row after a click on Search, and a worker after a cancel.

`python -m benchmarks.waiting` needs Chromium, and the archive that `benchmarks.search` has made
(`--folder`). The click is on example 7 in the finder, over a copy of the archive that the settings
name. A cancel is timed until the worker has taken the next job, submitted after it.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from benchmarks.api_server import ROOT, served
from benchmarks.search_archive import bench_settings
from benchmarks.search_queries import question
from core.archive import Archive
from core.search.service import SearchService
from core.settings import Settings

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
FOLDER = Path("var/bench")
YEARS = 10
EXAMPLE = re.compile("Pulsating aurora")
POLL_S = 0.002
LONGEST_S = 120.0
# Notes the milliseconds from the click until the first row of the table has its text.
_WATCH = """() => {
  const buttons = [...document.querySelectorAll("button")];
  const button = buttons.find((one) => one.textContent.trim() === "Search");
  button.addEventListener("click", () => {
    const begun = performance.now();
    const look = () => {
      const row = document.querySelector(".grid .ag-center-cols-container .ag-row [col-id=label]");
      if (row && row.textContent) window.firstRow = performance.now() - begun;
      else requestAnimationFrame(look);
    };
    look();
  }, { capture: true });
}"""


def run(repeats: int) -> None:
    """Measure and print."""
    click(repeats)
    cancel(FOLDER, repeats)


def main() -> int:
    """Measure what was chosen."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the ten years are")
    parser.add_argument("--repeats", type=int, default=5)
    args = parser.parse_args()
    click(args.repeats)
    cancel(args.folder, args.repeats)
    return 0


def click(repeats: int) -> None:
    """Print the milliseconds from the click to the first row, of one server and many pages."""
    with served(Settings().archive) as url, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        found = []
        for _ in range(repeats):
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            found.append(_first_row_ms(page, url))
            page.close()
        browser.close()
    print(f"click to first row, ms: {_listed(found)}")


def _first_row_ms(page: Page, url: str) -> float:
    page.goto(f"{url}/conjunctions")
    page.get_by_role("button", name=EXAMPLE).click()
    page.wait_for_selector(".price:not(:empty)")
    page.wait_for_timeout(3000)  # a person looks at what was filled in
    page.evaluate(_WATCH)
    page.get_by_role("button", name="Search", exact=True).click()
    page.wait_for_function("() => window.firstRow", timeout=LONGEST_S * 1000)
    return float(page.evaluate("window.firstRow"))


def cancel(folder: Path, repeats: int) -> None:
    """Print the milliseconds until the worker is free, for searches of several kinds."""
    settings = bench_settings(folder, inline_pair_minutes=0)
    everything: dict[str, list[str]] = {"programs": [], "platforms": [], "instrument_types": []}
    plain = question("Q4", YEARS, 0)
    kinds: dict[str, dict[str, Any]] = {
        "comparing all with all": plain | {"ground": [everything], "space": [everything]},
        "filtering": plain | {"ground": question("Q2", YEARS, 0)["ground"]},
        "finding and writing rows": plain
        | {"max_distances": dict.fromkeys(plain["max_distances"], 3000)},
    }
    with _worker(settings), Archive.open(settings) as archive:
        service = SearchService(archive)
        _taken(service, "Q5", 0, ("done",))
        for kind, query in kinds.items():
            calls, free = [], []
            for number in range(repeats):
                request = service.submit("conjunction", query)
                _wait(service, request, ("running",))
                time.sleep(0.1 + 0.1 * number)
                begun = time.perf_counter()
                if not service.cancel(request):
                    continue  # it had ended before
                calls.append(1000 * (time.perf_counter() - begun))
                _taken(service, "Q5", number + 1, ("running", "done"))
                free.append(1000 * (time.perf_counter() - begun))
            print(f"cancel while {kind}, ms: call {_listed(calls)}; worker free {_listed(free)}")


def _taken(service: SearchService, name: str, repeat: int, states: tuple[str, ...]) -> None:
    _wait(service, service.submit("conjunction", question(name, YEARS, repeat)), states)


def _wait(service: SearchService, request: str, states: tuple[str, ...]) -> None:
    end = time.monotonic() + LONGEST_S
    while (state := service.jobs.get(request).state) not in states:
        if state in ("failed", "done") or time.monotonic() > end:
            raise SystemExit(f"the search is {state}, not {' or '.join(states)}")
        time.sleep(POLL_S)


@contextmanager
def _worker(settings: Settings) -> Iterator[None]:
    limits = {
        "ATLAS_ARCHIVE": str(settings.archive), "ATLAS_INDEX_WHEN_IDLE": "false",
        "ATLAS_MAX_CONJUNCTION_DAYS": str(settings.max_conjunction_days),
        "ATLAS_MAX_RESULTS": str(settings.max_results), "ATLAS_LOG_LEVEL": "WARNING",
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "core", "worker"],
        cwd=ROOT, env=os.environ | limits, start_new_session=True,
    )  # fmt: skip
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def _listed(found: list[float], form: Callable[[float], str] = "{:.0f}".format) -> str:
    return " ".join(map(form, sorted(found)))


if __name__ == "__main__":
    sys.exit(main())
