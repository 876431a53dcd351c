"""Rendered frames a second of the globe while it plays: 1024 x 512 grids, WebGL by the processor.

The page is asked in Chromium with SwiftShader, its globe 1024 x 512 pixels where it keeps pace: the
last column says at which size it was drawn (the page draws coarser before it falls behind). Grids
are the benchmark's own, moments the archive's; both are in the page before it is measured, so that
drawing is measured and not the sky. A frame counts when its pixels differ from those of the one
before. The best repeat counts.
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
from contextlib import contextmanager, suppress
from pathlib import Path

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
VIEW = {"width": 1405, "height": 814}  # of which the globe has 1024 x 512
FRAMES = 60
LEAST_PER_S = 15.0
LAYERS = {
    "grid alone": "grid",
    "grid, coast, night": "grid,coast,terminator",
    "all layers": "grid,coast,terminator,sites,fov,spacecraft,footprints,maglat",
}

# Right after a drawing its pixels can still be read: a sum of a band through the picture. They are
# copied on the side of the GPU and fetched when they are there, so that reading delays nothing.
WATCH = """() => {
  const globe = document.getElementById("explorer-globe");
  const canvas = globe.querySelector("canvas");
  const gl = canvas.getContext("webgl2");
  const seen = (window.seen = { times: [], before: 0 });
  const band = new Uint32Array(canvas.width * 8);
  const waiting = [];
  const spare = [];
  const fetched = () => {
    while (waiting.length && gl.clientWaitSync(waiting[0].fence, 0, 0) !== gl.TIMEOUT_EXPIRED) {
      const { fence, buffer, time } = waiting.shift();
      gl.deleteSync(fence);
      gl.bindBuffer(gl.PIXEL_PACK_BUFFER, buffer);
      gl.getBufferSubData(gl.PIXEL_PACK_BUFFER, 0, band);
      gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
      spare.push(buffer);
      const sum = band.reduce((all, value) => (Math.imul(all, 31) + value) | 0, 7);
      if (sum !== seen.before) seen.times.push(time);
      seen.before = sum;
    }
  };
  new MutationObserver(() => {
    const buffer = spare.pop() || gl.createBuffer();
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, buffer);
    gl.bufferData(gl.PIXEL_PACK_BUFFER, band.byteLength, gl.STREAM_READ);
    gl.readPixels(0, canvas.height >> 1, canvas.width, 8, gl.RGBA, gl.UNSIGNED_BYTE, 0);
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
    const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    waiting.push({ fence, buffer, time: performance.now() });
    gl.flush();
  }).observe(globe, { attributes: true, attributeFilter: ["data-rendered"] });
  setInterval(fetched, 10);
}"""


def run(repeats: int) -> None:
    """Measure and print a table: frames a second, the least that is wanted, and the ratio."""
    print(f"{'':<46}{'frames/s':>10}{'least':>10}{'ratio':>8}")
    with _server() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=GL_FLAGS)
        for name, layers in LAYERS.items():
            page = browser.new_page(viewport=VIEW, base_url=url)
            best, size = _best(page, layers, repeats)
            page.close()
            beside = f"{best:>10.1f}{LEAST_PER_S:>10.0f}{best / LEAST_PER_S:>8.2f}"
            print(f"{name:<46}{beside}  drawn at {size}")
        browser.close()


def _best(page: Page, layers: str, repeats: int) -> tuple[float, str]:
    """Return the most frames a second, and the size of their pictures."""
    page.set_default_timeout(180_000)
    page.route("**/media/grids.json", _index)
    page.route("**/media/grid/**", _grid)
    page.goto(f"/explorer?v=1&t=2019-01-02T06:00:00Z&layers={layers}&centre=61,-105,2.2")
    page.wait_for_selector("#explorer-globe[data-land=fine][data-grid]")
    page.evaluate(WATCH)
    page.locator("select[aria-label='Speed of playback']").select_option(label="30 / s")
    return max(_once(page, first=not repeat) for repeat in range(repeats + 1))


def _once(page: Page, first: bool) -> tuple[float, str]:
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
    width, height = page.evaluate(
        "(({ width, height }) => [width, height])(document.querySelector('.ex-canvas'))"
    )
    page.locator(".ex-play").click()
    times = page.evaluate("window.seen.times")
    speed = 0.0 if first else FRAMES / (times[FRAMES] - times[0]) * 1000
    return speed, f"{width} x {height}"


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
        _rest(process.pid)
        yield url
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def _rest(group: int) -> None:
    """Wait until a server has done what it does after its start, two minutes at most."""
    for _ in range(60):
        before = _cpu_s(group)
        time.sleep(2.0)
        if _cpu_s(group) - before < 0.1:
            return


def _cpu_s(group: int) -> float:
    """Return the seconds of processor time that the processes of a group have used."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[2]) == group:
                ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
