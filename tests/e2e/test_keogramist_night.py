"""An opened night in a browser, by mouse and keys: what it says is what the server delivers."""

from __future__ import annotations

import json
import re
import sys
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, Route, expect

from core.archive import Archive
from core.imaging.ingest import ingest_asi
from core.imaging.skymap_ingest import ingest_skymaps
from core.settings import Settings
from tests.e2e.conftest import PATIENCE_MS
from tests.e2e.test_shell import UNNAMED
from tests.servers import live_server, running
from tests.unit.wall import nights

NIGHT = "/keogramist?v=2&from=2019-01-02&to=2019-01-02&sources=46"
OPEN = f"{NIGHT}&open=46.2019-01-02"
SPAN = "start=2019-01-01T18:19:00&end=2019-01-02T18:19:00"  # local noon to noon at 94.644 W
LOADED = 120_000  # the first keogram of a camera is rendered while other tests run


class Numbers:
    """The keogram as this test fetches it, beside what the page says of it."""

    def __init__(self, base: str, line: str = "column") -> None:
        address = f"{base}/media/keogram/46/2019-01-02"
        with urllib.request.urlopen(f"{address}.json?{SPAN}&slice={line}") as answer:
            self.axes: dict[str, Any] = json.load(answer)
        with urllib.request.urlopen(f"{address}.bin?{SPAN}&slice={line}") as answer:
            self.counts = np.frombuffer(answer.read(), "<f4").reshape(self.axes["shape"])
        self.times = np.array(self.axes["times_ms"])

    def column(self, utc: str) -> int:
        """Return the column whose exposure has its middle in this second (UTC)."""
        second = datetime.fromisoformat(utc).replace(tzinfo=UTC).timestamp()
        (found,) = np.flatnonzero(self.times // 1000 == second)
        return int(found)

    def place(self, name: str, pixel: int) -> float:
        value = self.axes[name][pixel]
        return float("nan") if value is None else float(value)


def loaded(page: Page, line: str = "column") -> Locator:
    """Wait for the keogram of the opened night and return its stage."""
    stage = page.locator(f'.kg-stage[data-loaded="{line}"]')
    expect(stage).to_be_visible(timeout=LOADED)
    return stage


def read(page: Page) -> dict[str, str]:
    """Return what the readout says."""
    cells = page.locator(".kgs-readout [data-read]")
    return dict(
        cells.evaluate_all("cells => cells.map(cell => [cell.dataset.read, cell.textContent])")
    )


def degrees(text: str) -> float:
    """Read `56.41° N` and `-65.4°`."""
    number = float(re.sub(r"[^\d.-]", "", text))
    return -number if text.endswith(("S", "W")) else number


def assert_agrees(said: dict[str, str], numbers: Numbers) -> None:
    """Compare the readout with the numbers: to the digits that it shows."""
    column = numbers.column(said["utc"])
    pixel = int(float(said["pixel"]))
    assert float(said["pixel"]) == pytest.approx(numbers.axes["pixel"][pixel])
    for name, key in (("lat", "latitude_deg"), ("lon", "longitude_deg"), ("mlat", "mlat_deg")):
        assert degrees(said[name]) == pytest.approx(numbers.place(key, pixel), abs=0.0051)
    elevation = numbers.place("elevation_deg", pixel)
    assert degrees(said["elevation"]) == pytest.approx(elevation, abs=0.051)
    east = numbers.place("mlon_deg", pixel) - numbers.axes["site_mlon_deg"]
    hours = (numbers.axes["mlt_h"][column] + ((east + 540) % 360 - 180) / 15) % 24
    told = [int(part) for part in said["mlt"].split(":")]
    assert told[0] + told[1] / 60 == pytest.approx(hours, abs=1 / 59)
    value = float(said["value"].split()[0])
    assert value == pytest.approx(float(numbers.counts[column, pixel]), abs=0.051)
    assert said["value"].endswith(numbers.axes["units"])


def frame_time(page: Page, which: str = "sky") -> str:
    """Return the time of the picture as its label has it."""
    return page.locator(f".kgs-frame-{which} .kgs-frame-time").inner_text()


def expect_frame(page: Page, utc: str, which: str = "sky") -> None:
    label = page.locator(f".kgs-frame-{which} .kgs-frame-time")
    expect(label).to_have_text(f"{utc} UTC", timeout=60_000)


@pytest.fixture(scope="module")
def numbers(server: str) -> Numbers:
    return Numbers(server)


@pytest.fixture
def opened(page: Page) -> Page:
    """The night of 2019-01-02 of Gillam, opened by its address."""
    page.goto(OPEN)
    loaded(page)
    return page


def test_a_night_is_opened_and_read_by_keys(page: Page, numbers: Numbers) -> None:
    page.goto(NIGHT)
    page.get_by_role("link", name="THEMIS-ASI GILL, night of 2019-01-02").click()
    loaded(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("THEMIS-ASI GILL")
    expect(page.locator(".kgs-marks")).to_have_text("SIMULATED")
    before = read(page)
    assert_agrees(before, numbers)
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")
    after = read(page)
    assert numbers.column(after["utc"]) == numbers.column(before["utc"]) + 12
    assert float(after["pixel"]) == float(before["pixel"]) + 1
    assert_agrees(after, numbers)
    slider = page.get_by_role("slider", name="Time cursor of the keogram")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(f"^{after['utc']} UTC, .* MLT"))
    page.wait_for_url(re.compile(rf"at={after['utc'].replace(' ', 'T')}&px="))
    page.keyboard.press("Home")
    assert numbers.column(read(page)["utc"]) == 0
    page.keyboard.press("Escape")
    expect(page.locator(".kg-row")).to_be_focused()
    assert page.url.endswith(NIGHT)


def test_the_pointer_reads_and_a_click_stays(opened: Page, numbers: Numbers) -> None:
    box = opened.locator(".kgs-plot").bounding_box()
    assert box
    kept = read(opened)["utc"]
    x, y = box["x"] + box["width"] * 0.31, box["y"] + box["height"] * 0.27
    opened.mouse.move(x, y)
    under = read(opened)
    assert_agrees(under, numbers)
    assert int(float(under["pixel"])) == int(256 * (1 - 0.27))
    opened.mouse.move(x, box["y"] + box["height"] + 300)
    assert read(opened)["utc"] == kept
    opened.mouse.click(x, y)
    opened.mouse.move(x, box["y"] + box["height"] + 300)
    assert read(opened) == under
    assert parse_qs(urlsplit(opened.url).query)["px"] == [str(int(float(under["pixel"])))]


def test_the_frame_has_the_time_of_its_own_answer(opened: Page) -> None:
    utc = read(opened)["utc"]
    expect_frame(opened, utc)
    expect_frame(opened, utc, "map")
    expect(opened.locator(".kgs-frame-sky .kgs-frame-marks")).to_have_text("SIMULATED")
    expect(opened.locator(".kgs-frame-map .kgs-frame-marks")).to_have_text("SIMULATED")
    colours = opened.locator(".kgs-frame-sky canvas").evaluate(
        """canvas => new Set(new Uint32Array(canvas.getContext("2d")
            .getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size"""
    )
    assert colours > 100
    # The compass is drawn: north, east, south and west.
    letters = opened.locator(".kgs-frame-sky .kgs-compass")
    expect(letters).to_have_count(4)
    assert sorted(letters.all_text_contents()) == ["E", "N", "S", "W"]
    opened.keyboard.press("ArrowRight")
    later = read(opened)["utc"]
    assert later != utc
    expect_frame(opened, later)


def test_a_late_picture_never_takes_a_newer_label(opened: Page) -> None:
    utc = read(opened)["utc"]
    expect_frame(opened, utc)
    held: list[Route] = []
    late = re.compile(r"/media/frame/46/\d{8}T\d{6}\.webp")
    opened.route(late, lambda route: held.append(route))
    # Far from what was fetched ahead: the picture that is held belongs to this time.
    for _ in range(3):
        opened.keyboard.press("Shift+ArrowRight")
    for _ in range(100):
        if held:
            break
        opened.wait_for_timeout(100)
    assert held
    assert frame_time(opened).startswith(utc)
    opened.unroute_all(behavior="ignoreErrors")
    for _ in range(3):
        opened.keyboard.press("Shift+ArrowRight")
    final = read(opened)["utc"]
    expect_frame(opened, final)
    opened.wait_for_timeout(500)
    assert frame_time(opened) == f"{final} UTC"


def test_axis_and_slice_are_switched(opened: Page, numbers: Numbers, server: str) -> None:
    stage = opened.locator(".kg-stage")
    pixel = int(float(read(opened)["pixel"]))
    opened.get_by_role("radio", name="Magnetic latitude").check()
    expect(stage).to_have_attribute("data-axis", "mlat")
    expect(opened.locator(".kgs-overlay")).to_contain_text("Magnetic latitude, AACGM (°)")
    assert int(float(read(opened)["pixel"])) == pixel
    # Under the pointer is the pixel whose cell holds the latitude at that height of the axis.
    edges, first = cells(numbers, "mlat_deg")
    box = opened.locator(".kgs-plot").bounding_box()
    assert box
    for share in (0.06, 0.35, 0.5, 0.81):
        opened.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] * (1 - share))
        latitude = edges[0] + share * (edges[-1] - edges[0])
        expected = first + int(np.searchsorted(edges, latitude)) - 1
        # A pixel of the screen is more than a cell where the cells are narrow.
        assert abs(int(float(read(opened)["pixel"])) - expected) <= 1
    opened.get_by_role("radio", name="Magnetic meridian").check()
    loaded(opened, "meridian")
    meridian = Numbers(server, "meridian")
    opened.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert_agrees(read(opened), meridian)
    longitudes = np.array([v for v in meridian.axes["mlon_deg"] if v is not None])
    assert np.ptp(longitudes) < 0.1  # one magnetic longitude: that is what a meridian is
    opened.wait_for_url(re.compile("slice=meridian&axis=mlat"))


def cells(numbers: Numbers, name: str) -> tuple[np.ndarray[Any, Any], int]:
    """Return the edges of the cells of an axis above 5 degrees, half way between centres."""
    latitude = np.array([np.nan if v is None else v for v in numbers.axes[name]])
    elevation = np.array([np.nan if v is None else v for v in numbers.axes["elevation_deg"]])
    seen = np.flatnonzero((elevation >= 5) & np.isfinite(latitude))
    inside = latitude[seen]
    assert (np.diff(inside) > 0).all()
    middle = (inside[1:] + inside[:-1]) / 2
    ends = 2 * inside[0] - middle[0], 2 * inside[-1] - middle[-1]
    return np.concatenate(([ends[0]], middle, [ends[1]])), int(seen[0])


def test_a_link_opens_with_cursor_axis_colours_and_zoom(
    opened: Page, visitor: Callable[..., Page]
) -> None:
    opened.get_by_role("radio", name="Latitude", exact=True).check()
    opened.get_by_role("radio", name="Fixed").check()
    opened.get_by_label("Colour map").select_option("inferno")
    opened.get_by_label("Log").check()
    opened.keyboard.press("+")
    opened.locator(".kgs-plot").focus()
    opened.keyboard.press("Shift+ArrowLeft")
    opened.keyboard.press("ArrowDown")
    said = read(opened)
    opened.wait_for_url(re.compile(f"at={said['utc'].replace(' ', 'T')}"))
    other = visitor()
    other.goto(opened.url)
    loaded(other)
    assert read(other) == said
    expect(other.locator(".kg-stage")).to_have_attribute("data-axis", "lat")
    expect(other.get_by_label("Colour map")).to_have_value("inferno")
    expect(other.get_by_label("Log")).to_be_checked()
    expect(other.get_by_label("Lowest value of the scale")).to_have_value("2500")
    axis = ".kgs-overlay > .kgs-axis >> nth=0"
    assert other.locator(axis).inner_html() == opened.locator(axis).inner_html()
    expect_frame(other, said["utc"])


PAINT = """async ([address, query, look]) => {
  const at = "/assets/modules/keogram/";
  const [data, vertical, colour, paint] = await Promise.all(
    ["data", "vertical", "colour", "paint"].map(name => import(at + name + ".js")));
  const keogram = await data.loadKeogram(address, query);
  const table = colour.tableOf(look.table);
  const scale = colour.makeScale(look.limits, look);
  const axis = vertical.makeVertical(keogram, "pixel", "column");
  const scene = { start: look.start, end: look.end, vertical: axis, scale, table };
  const image = paint.paint(keogram, scene, look.width, 256);
  return Array.from(new Uint32Array(image.data.buffer));
}"""


@pytest.mark.parametrize("width", [826, 413, 2000])
@pytest.mark.parametrize(("log", "gamma"), [(False, 1.0), (True, 1.8)])
def test_the_browser_paints_as_the_server_does(
    opened: Page, numbers: Numbers, server: str, width: int, log: bool, gamma: float
) -> None:
    night = json.loads(opened.locator(".kg-stage").get_attribute("data-night") or "")
    start = int(numbers.times[0]) - 500
    end = int(numbers.times[-1]) - 500 + 60_000
    look = {"limits": [3500, 7000], "log": log, "gamma": gamma, "width": width}
    look |= {"start": start, "end": end, "table": night["choices"]["tables"]["viridis"]}
    window = {"start": "2019-01-01T18:19:00", "end": "2019-01-02T18:19:00", "slice": "column"}
    packed = opened.evaluate(PAINT, [night["urls"]["keogram"], window, look])
    drawn = np.array(packed, np.uint32).view(np.uint8).reshape(256, width, 4)
    edges = [f"{datetime.fromtimestamp(ms / 1000, UTC):%Y-%m-%dT%H:%M:%S}" for ms in (start, end)]
    query = f"start={edges[0]}&end={edges[1]}&width={width}&height=256&vmin=3500&vmax=7000"
    style = f"&cmap=viridis&gamma={gamma}&log={int(log)}"
    with urllib.request.urlopen(f"{server}/media/keogram/46/2019-01-02.png?{query}{style}") as png:
        painted = np.asarray(Image.open(png).convert("RGBA"))
    # Colours next to each other in the table: float32 on the server, float64 in the browser.
    difference = np.abs(drawn.astype(int) - painted.astype(int)).max(axis=2)
    assert difference.max() <= 6
    assert (difference == 0).mean() > 0.995


def test_manual_limits_are_those_of_figure_frame_and_link(opened: Page) -> None:
    expect_frame(opened, read(opened)["utc"])
    with opened.expect_request(re.compile(r"/media/frame/.*vmin=3000&vmax=9000")):
        opened.get_by_label("Lowest value of the scale").fill("3000")
        opened.get_by_label("Highest value of the scale").fill("9000")
        opened.get_by_label("Highest value of the scale").press("Enter")
    opened.wait_for_url(re.compile("scale=manual&vmin=3000&vmax=9000"))
    expect(opened.get_by_role("radio", name="Manual")).to_be_checked()
    href = opened.get_by_text("Picture without axes").get_attribute("href")
    assert href
    assert "vmin=3000&vmax=9000" in href


def test_time_is_zoomed_by_drag_wheel_and_keys(opened: Page) -> None:
    box = opened.locator(".kgs-plot").bounding_box()
    assert box
    first, last = box["x"] + box["width"] * 0.4, box["x"] + box["width"] * 0.6
    y = box["y"] + 100

    def span() -> float:
        query = parse_qs(urlsplit(opened.url).query)
        start, end = (datetime.fromisoformat(query[name][0]) for name in ("t0", "t1"))
        return (end - start).total_seconds() / 3600

    opened.mouse.move(first, y)
    opened.mouse.down()
    opened.mouse.move(last, y, steps=4)
    opened.mouse.up()
    opened.wait_for_url(re.compile("t0=.*t1="))
    dragged = span()
    assert 1 < dragged < 4
    opened.mouse.wheel(0, -240)
    opened.wait_for_function("before => location.href !== before", arg=opened.url)
    assert span() < dragged
    opened.keyboard.press("0")
    opened.wait_for_url(lambda url: "t0=" not in url)


def test_playing_shows_the_frame_of_the_time_beneath_it(opened: Page) -> None:
    utc = read(opened)["utc"]
    expect_frame(opened, utc)
    opened.keyboard.press(" ")
    expect(opened.get_by_role("button", name="Pause")).to_be_visible()
    opened.wait_for_function(
        "before => document.querySelector('[data-read=utc]').textContent > before", arg=utc
    )
    opened.keyboard.press(" ")
    expect(opened.get_by_role("button", name="Play", exact=True)).to_be_visible()
    stopped = read(opened)["utc"]
    assert stopped > utc
    expect_frame(opened, stopped)
    opened.wait_for_url(re.compile(stopped.replace(" ", "T")))


def test_keys_go_to_other_nights_and_keep_the_colours(opened: Page) -> None:
    opened.get_by_label("Colour map").select_option("cividis")
    opened.locator(".kgs-plot").focus()
    opened.keyboard.press("n")
    expect(opened.locator(".kg-title-day")).to_contain_text("2019-01-03")
    loaded(opened)
    expect(opened.get_by_label("Colour map")).to_have_value("cividis")
    assert "at=" not in opened.url
    opened.keyboard.press("p")
    expect(opened.locator(".kg-title-day")).to_contain_text("2019-01-02")
    opened.go_back()
    expect(opened.locator(".kg-title-day")).to_contain_text("2019-01-03")


def test_the_figure_is_taken_away(opened: Page, tmp_path: Path) -> None:
    opened.get_by_text("Save", exact=True).click()
    with opened.expect_download() as taken:
        opened.get_by_role("button", name="Figure (SVG)").click()
    text = Path(taken.value.path()).read_text()
    assert taken.value.suggested_filename == "keogram_46_2019-01-02_simulated.svg"
    assert "SIMULATED" in text
    assert "data:image/png" in text
    opened.get_by_text("Save", exact=True).click()
    with opened.expect_download() as taken:
        opened.get_by_role("button", name="Figure (PNG)").click()
    assert Path(taken.value.path()).read_bytes()[:4] == b"\x89PNG"


def test_a_movie_is_made_and_plays(page: Page, server: str, e2e_archive: Path) -> None:
    page.goto(f"{OPEN}&t0=2019-01-02T05:00:00&t1=2019-01-02T05:12:00")
    loaded(page)
    words = [sys.executable, "-m", "core", "worker"]
    with running(words, {"ATLAS_ARCHIVE": str(e2e_archive), "ATLAS_LOG_LEVEL": "WARNING"}):
        page.get_by_role("button", name="Movie (MP4)").click()
        video = page.locator("video")
        expect(video).to_be_visible(timeout=180_000)
    expect(page.locator(".kgs-movie-words")).to_have_text("12 frames")
    ready = "() => document.querySelector('video').readyState >= 1"
    page.wait_for_function(ready, timeout=60_000)
    seen = video.evaluate("v => [v.duration, v.videoWidth, v.videoHeight, v.error]")
    assert seen[0] == pytest.approx(12 / 20, abs=0.06)
    assert min(seen[1:3]) > 300
    assert seen[3] is None
    played = "v => v.play().then(() => new Promise(done => { v.onended = () => done(v.ended) }))"
    assert video.evaluate(played)
    address = page.get_by_role("link", name="Download MP4").get_attribute("href")
    with urllib.request.urlopen(f"{server}{address}") as answer:
        assert answer.read(12)[4:8] == b"ftyp"


def test_a_movie_is_cancelled(page: Page) -> None:
    page.goto(f"{OPEN}&t0=2019-01-02T05:00:00&t1=2019-01-02T08:00:00")
    loaded(page)
    page.get_by_role("button", name="Movie (MP4)").click()
    # There is no worker: it waits.
    expect(page.locator(".kgs-movie-words")).to_have_text("Waiting for a worker")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".kgs-movie-words")).to_have_text("Cancelled.")
    expect(page.get_by_role("button", name="Movie (MP4)")).to_be_enabled()


@pytest.fixture
def forgiven(browser: Browser, server: str) -> Iterator[Page]:
    """A page that may complain on the console: what it asks for fails on purpose."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000}, base_url=server)
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


def test_a_server_that_is_gone_ends_playback_and_loses_no_movie(forgiven: Page) -> None:
    page = forgiven
    page.goto(OPEN)
    loaded(page)
    expect_frame(page, read(page)["utc"])
    page.get_by_role("button", name="Movie (MP4)").click()
    words = page.locator(".kgs-movie-words")
    expect(words).to_have_text("Waiting for a worker")
    page.locator("h1:visible").focus()
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.context.set_offline(True)
    expect(words).to_have_text("The server does not answer; asking again.")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    expect(page.locator(".kgs-below")).to_contain_text("The server did not answer.")
    page.context.set_offline(False)
    # The job is there still; after some seconds without a worker, that is said.
    expect(words).to_have_text(re.compile("Waiting for a worker. Is one running"))
    page.keyboard.press("ArrowRight")
    expect_frame(page, read(page)["utc"])
    page.get_by_role("button", name="Cancel").click()
    expect(words).to_have_text("Cancelled.")


def test_a_map_without_coasts_says_so(forgiven: Page) -> None:
    lost = {"status": 404, "body": "{}"}
    forgiven.route("**/vendor/world-atlas/**", lambda route: route.fulfill(**lost))
    forgiven.goto(OPEN)
    loaded(forgiven)
    expect(forgiven.locator(".kgs-frame-map")).to_contain_text("land outlines are not installed")
    expect_frame(forgiven, read(forgiven)["utc"], "map")


def test_without_its_libraries_the_stage_says_what_is_missing(forgiven: Page) -> None:
    forgiven.route("**/vendor/d3-geo/**", lambda route: route.fulfill(status=404))
    forgiven.goto(OPEN)
    expect(forgiven.locator("#keogramist-stage")).to_contain_text("could not be loaded")
    expect(forgiven.get_by_role("tab", name="Records")).to_be_visible()


@pytest.mark.parametrize("width", [768, 1024, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_and_every_field_has_a_name(
    visitor: Callable[..., Page], width: int, scheme: str
) -> None:
    page = visitor(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto(OPEN)
    loaded(page)
    expect_frame(page, read(page)["utc"])
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(UNNAMED) == []


@pytest.mark.realdata
def test_a_real_night_with_a_skymap_of_another_time(
    visitor: Callable[..., Page], test_data: Path, tmp_path: Path
) -> None:
    settings = Settings(archive=tmp_path / "archive")
    with Archive.create(settings) as archive:
        nights.fill_sources(archive)
        files = sorted((test_data / "themis").glob("*gill_themis19_full.pgm.gz"))
        files += sorted((test_data / "themis").glob("thg_l1_asf_gako*.cdf"))
        ingest_asi(archive, files)
        ingest_skymaps(archive, sorted((test_data / "themis").glob("*.sav")))
    with live_server(settings.archive) as url:
        page = visitor(url)
        page.goto("/keogramist?v=2&from=2011-01-01&to=2014-12-31&images=1")
        expect(page.get_by_text("REAL", exact=True)).to_have_count(2)
        page.get_by_role("link", name="THEMIS-ASI GAKO, night of 2011-01-06").click()
        loaded(page)
        expect(page.locator(".kgs-note-line")).to_contain_text("58 days before")
        expect(page.get_by_role("radio", name="Magnetic latitude")).to_be_disabled()
        expect(page.locator(".kgs-frame-map")).to_contain_text("No map of the frame")
        expect(page.locator(".kgs-frame-sky .kgs-frame-time")).to_contain_text("2011-01-06 17:0")
        assert read(page)["lat"] == "–"
        page.get_by_role("button", name="Use it all the same").click()
        expect(page.locator(".kgs-marks")).to_contain_text("Skymap of another time")
        expect(page.locator(".kgs-frame-map .kgs-frame-marks")).to_have_text(
            "skymap of another time", timeout=60_000
        )
        expect(page.locator(".kgs-frame-sky .kgs-frame-marks")).to_have_text(
            "skymap of another time"
        )
        assert degrees(read(page)["lat"]) == pytest.approx(62.4, abs=0.3)
        page.wait_for_url(re.compile("skymap=forced"))
        page.goto("/keogramist?v=2&from=2014-03-10&open=46.2014-03-10")
        loaded(page)
        expect(page.locator(".kgs-marks")).to_contain_text("Approximate skymap")
        # Three minutes at three seconds, as measured.
        expect(page.get_by_role("slider")).to_have_attribute("aria-valuemax", "59")
        expect(page.locator(".kgs-frame-sky .kgs-frame-marks")).to_have_text("approximate skymap")
        page.close()  # before the server goes
