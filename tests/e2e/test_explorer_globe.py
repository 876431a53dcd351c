"""The Explorer's globe in a browser that draws WebGL by the processor."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.browser import CHROMIUM, GL_FLAGS
from tests.e2e.explorer_pages import COLUMNS, ROWS, edges, lit, pixels, seen_at, serve, until

MINUTE = "2019-01-02T06:30:00Z"
PATIENCE_MS = 30_000


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium with WebGL."""
    found = playwright.chromium.launch(executable_path=CHROMIUM, args=GL_FLAGS)
    yield found
    found.close()


def go(page: Page, query: str = "", land: bool = True) -> None:
    """Open the Explorer and wait until grid and moment are drawn."""
    page.goto(f"/explorer?v=1&t={MINUTE}{query}")
    globe = page.locator("#explorer-globe")
    expect(globe).to_have_attribute("data-moment", re.compile("."), timeout=PATIENCE_MS)
    expect(globe).to_have_attribute("data-grid", re.compile("."), timeout=PATIENCE_MS)
    if land:
        expect(globe).to_have_attribute("data-land", "fine", timeout=PATIENCE_MS)
    settle(page)


def settle(page: Page) -> None:
    """Wait until nothing more is drawn for two pictures of the screen."""
    page.evaluate("""async () => {
      const globe = document.getElementById("explorer-globe");
      const frame = () => new Promise((done) => requestAnimationFrame(done));
      const { dataset } = globe;
      for (let before = ""; before !== dataset.rendered; await frame()) {
        before = dataset.rendered;
        await frame();
        await frame();
      }
    }""")


def size(page: Page) -> tuple[int, int]:
    """Width and height of the globe's picture."""
    box = page.locator("#explorer-globe").bounding_box()
    assert box is not None
    return round(box["width"]), round(box["height"])


def test_two_minutes_with_different_grids_give_different_pixels(page: Page) -> None:
    even, odd = lit(*((430, c) for c in range(200, 230))), lit(*((440, c) for c in range(200, 230)))
    serve(page, lambda time: odd if time == "20190102T063100" else even)
    go(page, "&layers=grid&centre=61,-105,2")
    first = pixels(page.locator("#explorer-globe canvas").first)
    page.keyboard.press("ArrowRight")
    globe = page.locator("#explorer-globe")
    expect(globe).to_have_attribute("data-grid", re.compile("06:31"))
    settle(page)
    second = pixels(page.locator("#explorer-globe canvas").first)
    assert (np.abs(second - first).max(axis=2) > 20).sum() > 200
    expect(page.locator(".ex-legend")).to_contain_text("2019-01-02 06:31:00 UTC")
    expect(page.locator(".ex-legend")).to_contain_text("3 of 5 cameras")
    expect(page.locator(".ex-legend")).to_contain_text("SIMULATED")


@pytest.mark.parametrize(
    ("row", "columns", "eye"),
    [
        (430, (213, 213), (61.0, -105.0, 1.35)),
        (430, (0, 0), (61.5, -178.0, 1.35)),  # just east of the date line
        (430, (1023, 1023), (61.0, 178.0, 1.35)),  # just west of it
        # A cell half a degree from the pole is a fifth of a pixel wide: sixty of them.
        (510, (270, 329), (86.0, -70.0, 1.35)),
        (511, (600, 799), (86.0, 66.0, 1.35)),  # the last row touches the pole
        (60, (900, 900), (-69.0, 136.0, 1.35)),
    ],
)
def test_a_lit_cell_appears_where_it_projects(
    page: Page, row: int, columns: tuple[int, int], eye: tuple[float, float, float]
) -> None:
    shown = {"grid": lit((0, 0))}
    serve(page, lambda _: shown["grid"])
    query = f"&layers=grid:1&centre={','.join(map(str, eye))}"
    go(page, query)
    canvas = page.locator("#explorer-globe canvas").first
    without = pixels(canvas)
    shown["grid"] = lit(*((row, column) for column in range(columns[0], columns[1] + 1)))
    go(page, query)
    changed = np.abs(pixels(canvas) - without).max(axis=2) > 40
    y, x = np.nonzero(changed)
    assert len(x) > 0, "the cell is not seen"
    south, north, west, _ = edges(row, columns[0])
    east = edges(row, columns[1])[3]
    lat, lon = np.meshgrid(np.linspace(south, north, 60), np.linspace(west, east, 60))
    inside = seen_at(lat.ravel(), lon.ravel(), eye, size(page))
    # Half a pixel of rounding and one of smoothing at the sides.
    for axis, seen in enumerate((x, y)):
        assert seen.min() + 0.5 == pytest.approx(inside[:, axis].min(), abs=1.6)
        assert seen.max() + 0.5 == pytest.approx(inside[:, axis].max(), abs=1.6)
    middle = seen_at((south + north) / 2, (west + east) / 2, eye, size(page))
    assert changed[int(middle[1]), int(middle[0])]


def test_night_is_where_the_sun_is_down(page: Page) -> None:
    """Astropy says where; the Sun that the page draws by comes from the server."""
    from astropy import units
    from astropy.coordinates import AltAz, EarthLocation, get_sun
    from astropy.time import Time
    from astropy.utils import iers

    eye = (40.0, -60.0, 3.4)
    serve(page, lambda _: lit((0, 0)))
    page.unroute("**/media/moment/**")
    minute = "2019-01-02T12:00:00Z"
    page.goto(f"/explorer?v=1&t={minute}&layers=terminator&centre=40,-60,3.4")
    globe = page.locator("#explorer-globe")
    expect(globe).to_have_attribute("data-moment", re.compile("2019-01-02T12:00"), timeout=90_000)
    expect(globe).to_have_attribute("data-land", "fine", timeout=PATIENCE_MS)
    settle(page)
    picture = pixels(page.locator("#explorer-globe canvas").first).sum(axis=2)
    lat, lon = (
        part.ravel() for part in np.meshgrid(np.arange(0, 81, 4.0), np.arange(-120, 1, 6.0))
    )
    with iers.conf.set_temp("auto_download", False):
        time = Time(minute.rstrip("Z"))
        places = EarthLocation.from_geodetic(lon, lat)
        sun = (
            get_sun(time).transform_to(AltAz(obstime=time, location=places)).alt.to_value(units.deg)
        )
    at = seen_at(lat, lon, eye, size(page)).astype(int)
    height, width = picture.shape
    seen = (at[:, 0] > 2) & (at[:, 0] < width - 2) & (at[:, 1] > 2) & (at[:, 1] < height - 130)
    light = picture[at[seen, 1], at[seen, 0]]
    sun = sun[seen]
    assert (sun > 1).sum() > 20
    assert (sun < -19).sum() > 20
    # Sea and land differ by less than day and night do.
    assert light[sun > 1].min() > light[sun < -19].max()


def test_the_cell_under_the_mouse_is_picked(page: Page) -> None:
    eye = (61.0, -105.0, 1.6)
    serve(page, lambda _: lit((430, 213), value=100))
    go(page, "&layers=grid&centre=61,-105,1.6")
    south, north, west, east = edges(430, 213)
    for lat, lon, cell in (
        ((south + north) / 2, (west + east) / 2, (430, 213)),
        (57.0, -120.0, (int((57 + 90) / 180 * ROWS), int((-120 + 180) / 360 * COLUMNS))),
    ):
        x, y = seen_at(lat, lon, eye, size(page))
        page.locator("#explorer-globe canvas").first.click(position={"x": x, "y": y})
        card = page.locator(".ex-card")
        expect(card).to_have_attribute("data-cell", f"{cell[0]},{cell[1]}")
        expect(card).to_have_attribute("data-value", "123.4")  # as the server says it
        expect(card).to_contain_text("123.4 counts")
    assert "pick=57" in page.url or "pick=56.9" in page.url


def test_sites_and_spacecraft_are_picked_within_reach(page: Page) -> None:
    eye = (61.0, -105.0, 2.2)
    serve(page, lambda _: lit())
    go(page, "&centre=61,-105,2.2")
    x, y = seen_at(60.0, -100.0, eye, size(page))
    canvas = page.locator("#explorer-globe canvas").first
    canvas.click(position={"x": x + 7, "y": y})
    card = page.locator(".ex-card")
    expect(card).to_contain_text("Tried camera")
    expect(card).to_contain_text("operating")
    night = card.get_by_role("link", name="Night in the Keogramist")
    # Half past six in UT is before local midnight's noon at 100 W: the night of the 2nd.
    expect(night).to_have_attribute("href", re.compile(r"open=7\.2019-01-02"))
    x, y = seen_at(62.0, -120.0, eye, size(page))
    canvas.click(position={"x": x, "y": y + 5})
    expect(card).to_contain_text("Tried craft")
    expect(card).to_contain_text("450 km")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()


def test_playing_draws_pixels_that_differ(page: Page) -> None:
    serve(page, moving)
    go(page, "&layers=grid&centre=61,-105,2.2")
    page.evaluate(WATCH)
    page.locator(".ex-play").click()
    until(page, "window.seenFrames.size >= 25")
    page.keyboard.press(" ")
    expect(page.locator(".ex-play")).to_contain_text("Play")
    assert page.evaluate("window.seenFrames.size") >= 25


# Right after a drawing its pixels can still be read: a sum of a band through the picture.
WATCH = """() => {
  const globe = document.getElementById("explorer-globe");
  const canvas = globe.querySelector("canvas");
  const gl = canvas.getContext("webgl2");
  window.seenFrames = new Set();
  new MutationObserver(() => {
    const band = new Uint8Array(canvas.width * 60 * 4);
    gl.readPixels(0, canvas.height >> 1, canvas.width, 60, gl.RGBA, gl.UNSIGNED_BYTE, band);
    let sum = 0;
    for (let at = 0; at < band.length; at += 4) {
      sum = (sum * 31 + band[at] + 256 * band[at + 1]) % 4294967291;
    }
    window.seenFrames.add(sum);
  }).observe(globe, { attributes: true, attributeFilter: ["data-rendered"] });
}"""


def moving(time: str) -> Any:
    """Return a grid that is another each minute."""
    minute = 60 * int(time[9:11]) + int(time[11:13])
    grid = np.zeros((ROWS, COLUMNS), np.uint8)
    grid[390:450, 150:300] = (np.arange(150) * 3 + 5 * minute) % 254 + 1
    return grid


def test_back_forward_and_reload_give_what_was_seen(page: Page) -> None:
    serve(page, lambda _: lit())
    go(page, "&centre=61,-105,2.2")
    page.get_by_text("Footprints", exact=True).click()
    expect(page).not_to_have_url(re.compile("footprints"))
    expect(page).to_have_url(re.compile("layers=grid:0.9,coast"))
    page.keyboard.press("m")
    expect(page.locator("#explorer-map")).to_be_visible()
    expect(page.locator("#explorer-globe")).to_be_hidden()
    expect(page).to_have_url(re.compile("view=map"))
    page.go_back()
    expect(page.locator("#explorer-globe")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("Footprints", exact=True)).to_be_checked()
    page.go_forward()
    expect(page.get_by_label("Footprints", exact=True)).not_to_be_checked()
    page.reload()
    expect(page.get_by_label("Footprints", exact=True)).not_to_be_checked()
    expect(page.locator(".ex-minute")).to_have_value("06:30")


def test_keys_move_clock_and_globe(page: Page) -> None:
    serve(page, lambda _: lit())
    go(page)
    minute = page.locator(".ex-minute")
    for key, value in (
        ("ArrowRight", "06:31"),
        ("Shift+ArrowRight", "06:41"),
        (",", "06:40"),
        ("ArrowUp", "07:40"),
    ):
        page.keyboard.press(key)
        expect(minute).to_have_value(value)
    page.keyboard.press("PageDown")
    expect(page.locator(".ex-day")).to_have_value("2019-01-03")
    page.keyboard.press("+")
    expect(page).to_have_url(re.compile(r"centre=58,-105,2\.28"))
    page.keyboard.press("-")
    page.keyboard.press("0")
    expect(page).not_to_have_url(re.compile("centre="))
    canvas = page.locator("#explorer-globe canvas").first
    canvas.focus()
    expect(canvas).to_have_attribute("aria-label", re.compile("Globe over 58.00° N, 105.00° W"))
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"centre=58,-9"))
    page.keyboard.press(" ")
    expect(page.locator(".ex-play")).to_contain_text("Pause")
    page.keyboard.press(" ")
    expect(page.locator(".ex-play")).to_contain_text("Play")


def test_a_typed_time_is_taken_and_a_wrong_one_is_marked(page: Page) -> None:
    serve(page, lambda _: lit())
    go(page)
    day = page.locator(".ex-day")
    day.fill("2019-02-30")
    day.press("Enter")
    expect(day).to_have_attribute("aria-invalid", "true")
    day.fill("2019-03-01")
    day.press("Enter")
    expect(day).to_have_attribute("aria-invalid", "false")
    expect(page).to_have_url(re.compile("t=2019-03-01T06:30:00Z"))


def test_without_webgl_there_is_the_map_and_a_notice(page: Page) -> None:
    page.add_init_script("""
      const before = HTMLCanvasElement.prototype.getContext;
      HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
        return kind.startsWith("webgl") ? null : before.call(this, kind, ...more);
      };""")
    serve(page, lambda _: lit())
    page.goto(f"/explorer?v=1&t={MINUTE}")
    expect(page.locator(".ex-notice")).to_contain_text("does not offer WebGL")
    expect(page.locator("#explorer-map")).to_be_visible()
    expect(page.locator("#explorer-globe")).to_be_hidden()


def test_the_picture_to_save_is_the_globe_with_its_legend(page: Page, tmp_path: Any) -> None:
    from PIL import Image

    serve(page, lambda _: lit(*((r, c) for r in range(420, 440) for c in range(200, 230))))
    go(page, "&layers=grid,coast&centre=61,-105,2")
    page.get_by_text("Save", exact=True).click()
    with page.expect_download() as begun:
        page.get_by_role("button", name="Picture of the globe").click()
    assert begun.value.suggested_filename == "aurora-atlas-tried-20190102T063000.png"
    begun.value.save_as(tmp_path / "globe.png")
    with Image.open(tmp_path / "globe.png") as image:
        width, height = size(page)
        assert image.size == (width, height + 92)
        colours = np.asarray(image.convert("RGB"), dtype=int)
    # Yellow of the highest value: on the globe, and at the right end of the scale.
    yellow = (colours[..., 0] > 220) & (colours[..., 1] > 200) & (colours[..., 2] < 90)
    assert yellow[:height].sum() > 500
    assert yellow[height:].sum() > 5


def test_what_was_drawn_coarser_to_keep_pace_is_sharp_again(page: Page) -> None:
    serve(page, moving)
    go(page, "&layers=grid")
    width = "document.querySelector('#explorer-globe canvas').width"
    whole = page.evaluate(width)
    page.locator(".ex-play").click()
    # A processor that is late is told of, not waited for.
    page.evaluate(
        """async () => {
          const { current } = await import("/assets/modules/explorer/main.js");
          const { pace } = current().views.globe;
          while (pace.share > 0.7) pace.count(900, 33);
          current().views.globe._size();
        }"""
    )
    until(page, f"{width} < {0.7 * whole}")
    page.locator(".ex-play").click()
    until(page, f"{width} === {whole}")


@pytest.mark.soak
@pytest.mark.timeout(1200)
def test_five_minutes_of_play_keep_their_memory(page: Page) -> None:
    serve(page, moving)
    go(page, "&layers=grid,coast,sites,fov,spacecraft,footprints&centre=61,-105,2.2")
    page.locator("select[aria-label='Speed of playback']").select_option(label="20 / s")
    page.locator(".ex-play").click()
    used = """async () => {
      const { current } = await import("/assets/modules/explorer/main.js");
      const { memory } = current().views.globe.renderer.info;
      return [memory.geometries, memory.textures, performance.memory.usedJSHeapSize / 1e6];
    }"""

    def rendered(count: int) -> None:
        until(page, f"document.getElementById('explorer-globe').dataset.rendered > {count}", 600)

    rendered(280)  # what is kept of grids and moments is full by then
    before = page.evaluate(used)
    until(page, f"performance.now() > {page.evaluate('performance.now()') + 300_000}", 400)
    rendered(1500)  # it has played all the time
    after = page.evaluate(used)
    assert after[:2] == before[:2]
    # The heap breathes by garbage that is not collected yet: less than a third of what is kept.
    assert after[2] < before[2] + 40


def test_light_and_dark_have_colours_of_their_own(visitor: Callable[..., Page]) -> None:
    pictures = []
    for scheme in ("light", "dark"):
        page = visitor(color_scheme=scheme)
        serve(page, lambda _: lit())
        go(page, "&layers=coast")
        pictures.append(pixels(page.locator("#explorer-globe canvas").first))
    light, dark = (picture.mean() for picture in pictures)
    assert light > 150
    assert dark < 90
