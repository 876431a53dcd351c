"""Rendered frames a second of the globe while it plays: 1024 x 512 grids, WebGL by the processor.

The page is asked in Chromium with SwiftShader, 1440 x 900. Grids are the benchmark's own, moments
the archive's; both are in the page before it is measured, so that drawing is measured and not the
sky. A frame counts when its pixels differ from those of the one before. The best repeat counts.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from playwright.sync_api import Page, Route, sync_playwright

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
GL_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]
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
    with _server() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=GL_FLAGS)
        for name, layers in LAYERS.items():
            page = browser.new_page(viewport={"width": 1440, "height": 900}, base_url=url)
            best = _best(page, layers, repeats)
            page.close()
            print(f"{name:<46}{best:>10.1f}{LEAST_PER_S:>10.0f}{best / LEAST_PER_S:>8.2f}")
        browser.close()


def _best(page: Page, layers: str, repeats: int) -> float:
    page.set_default_timeout(180_000)
    page.route("**/media/grids.json", _index)
    page.route("**/media/grid/**", _grid)
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
    page.evaluate(
        f"""async () => {{
          const rest = () => new Promise((go) => setTimeout(go, 50));
          while (window.seen.times.length <= {FRAMES}) await rest();
        }}"""
    )
    page.locator(".ex-play").click()
    times = page.evaluate("window.seen.times")
    return 0.0 if first else FRAMES / (times[FRAMES] - times[0]) * 1000


def _index(route: Route) -> None:
    series = {
        "key": "tried",
        "title": "Moving",
        "kind": "counts",
        "units": "counts",
        "limits": [0, 254],
        "cadence_s": 60,
        "alt_km": 110,
        "colour_map": "viridis",
        "provenance": "simulated",
        "array": None,
    }
    body = json.dumps({"series": [series], "first": None, "last": None})
    route.fulfill(body=body, content_type="application/json")


def _grid(route: Route) -> None:
    """Answer with a grid that moves from minute to minute and covers the whole Earth."""
    time_text = route.request.url.split("/")[-1][:15]
    minute = 60 * int(time_text[9:11]) + int(time_text[11:13])
    wave = np.add.outer(np.arange(512) * 2, np.arange(1024) * 3) + 5 * minute
    body = (wave % 254 + 1).astype(np.uint8).tobytes()
    route.fulfill(body=body, content_type="application/octet-stream")


@contextmanager
def _server() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    url = f"http://127.0.0.1:{port}"
    words = [sys.executable, "-m", "core", "serve", "--port", str(port)]
    environment = {**os.environ, "ATLAS_LOG_LEVEL": "WARNING"}
    process = subprocess.Popen(words, env=environment, start_new_session=True)
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{url}/healthz", timeout=30)
                break
            except OSError:
                time.sleep(0.2)
        yield url
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)
