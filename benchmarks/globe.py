"""Rendered frames a second of the globe while it plays: 1024 x 512 grids, WebGL by the processor.

The page is asked in Chromium with SwiftShader, 1440 x 900. Grids and moments are the benchmark's
own and are in the page before it is measured, so that drawing is measured and not the sky. A frame
counts when its pixels differ from those of the one before. The best of the repeats counts.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from playwright.sync_api import Page, sync_playwright

from core.settings import read_settings
from tests.browser import CHROMIUM, GL_FLAGS
from tests.e2e.conftest import live_server
from tests.e2e.explorer_pages import serve, until

FRAMES = 60
LEAST_PER_S = 15.0
LAYERS = {
    "grid alone": "grid",
    "grid, coast, night": "grid,coast,terminator",
    "all layers": "grid,coast,terminator,sites,fov,spacecraft,footprints,maglat",
}

# Right after a drawing its pixels can still be read: a sum of a band through the picture.
WATCH = """() => {
  const globe = document.getElementById("explorer-globe");
  const canvas = globe.querySelector("canvas");
  const gl = canvas.getContext("webgl2");
  const seen = (window.seen = { times: [], before: 0 });
  const band = new Uint32Array(canvas.width * 8);
  new MutationObserver(() => {
    gl.readPixels(0, canvas.height >> 1, canvas.width, 8, gl.RGBA, gl.UNSIGNED_BYTE,
      new Uint8Array(band.buffer));
    const sum = band.reduce((all, value) => (Math.imul(all, 31) + value) | 0, 7);
    if (sum !== seen.before) seen.times.push(performance.now());
    seen.before = sum;
  }).observe(globe, { attributes: true, attributeFilter: ["data-rendered"] });
}"""


def run(repeats: int) -> None:
    """Measure and print a table: frames a second, the least that is wanted, and the ratio."""
    print(f"{'':<46}{'frames/s':>10}{'least':>10}{'ratio':>8}")
    with live_server(read_settings().archive) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=GL_FLAGS)
        for name, layers in LAYERS.items():
            page = browser.new_page(viewport={"width": 1440, "height": 900}, base_url=url)
            best = _best(page, layers, repeats)
            page.close()
            print(f"{name:<46}{best:>10.1f}{LEAST_PER_S:>10.0f}{best / LEAST_PER_S:>8.2f}")
        browser.close()


def _best(page: Page, layers: str, repeats: int) -> float:
    page.set_default_timeout(180_000)
    serve(page, _moving)
    page.goto(f"/explorer?v=1&t=2019-01-02T06:00:00Z&layers={layers}&centre=61,-105,2.2")
    page.wait_for_selector("#explorer-globe[data-land=fine][data-grid]")
    page.evaluate(WATCH)
    page.locator("select[aria-label='Speed of playback']").select_option(label="30 / s")
    return max(_once(page, first=not repeat) for repeat in range(repeats + 1))


def _once(page: Page, first: bool) -> float:
    """Play from six o'clock on; the first time only fills what the page keeps."""
    page.locator(".ex-minute").fill("06:00")
    page.locator(".ex-minute").press("Enter")
    page.wait_for_selector("#explorer-globe[data-grid*='06:00']")
    page.evaluate("window.seen.times.length = 0")
    page.locator(".ex-play").click()
    until(page, f"window.seen.times.length > {FRAMES}", 180)
    page.locator(".ex-play").click()
    times = page.evaluate("window.seen.times")
    return 0.0 if first else FRAMES / (times[FRAMES] - times[0]) * 1000


def _moving(time: str) -> Any:
    minute = 60 * int(time[9:11]) + int(time[11:13])
    wave = np.add.outer(np.arange(512) * 2, np.arange(1024) * 3) + 5 * minute
    return (wave % 254 + 1).astype(np.uint8)
