"""The Explorer's map in a browser: what lies where, in Mercator and over both poles."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.explorer_pictures import (
    COLUMNS,
    GILLAM,
    ROWS,
    TIME,
    Media,
    changed,
    metres_per_pixel,
    moment,
    outline,
    project,
    ring,
    site,
    spacecraft,
)

NEAR_PX = 2.0  # a pixel of rounding on each side
LOADED = 60_000  # other tests use the same cores
PROJECTIONS = ("mercator", "north", "south")


def address(**items: str) -> str:
    query = {"view": "map", "t": TIME, "layers": "grid", **items}
    return "/explorer?v=1" + "".join(f"&{key}={value}" for key, value in query.items())


def shown(page: Page, **items: str) -> Locator:
    """Open the map and wait until it shows the minute; return its stage."""
    page.goto(address(**items))
    return settled(page)


def settled(page: Page) -> Locator:
    stage = page.locator("#explorer-map")
    expect(stage).to_have_attribute("data-land", "fine", timeout=LOADED)
    expect(stage).to_have_attribute("data-grid", re.compile("2019"), timeout=LOADED)
    expect(stage).to_have_attribute("data-moment", re.compile("2019"), timeout=LOADED)
    return stage


OVER = ".xm-tools, .ex-legend, .xm-marks, .ex-notice { visibility: hidden !important; }"


def bare(page: Page) -> bytes:
    """Return a picture of the map alone, without what stands over it."""
    page.add_style_tag(
        content=".xm-tools, .ex-legend, .xm-marks, .ex-notice { visibility: hidden !important; }"
    )
    return page.locator(".xm-map").screenshot()


def box_of(mask: Any) -> tuple[float, float, float, float]:
    """Return left, top, right, bottom of what is true, in pixels."""
    rows, columns = np.nonzero(mask)
    assert len(rows), "nothing is lit"
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


def expected_box(
    crs: str, centre: tuple[float, float, float], places: Any, size: tuple[float, float]
) -> Any:
    """Return the box of places in a map with `centre` (lat, lon, distance) in its middle."""
    lat, lon, distance = centre
    step = metres_per_pixel(crs, lat, distance, size[1])
    x0, y0 = project(crs, lat, lon)
    points = np.array([project(crs, *place) for place in places])
    x, y = size[0] / 2 + (points[:, 0] - x0) / step, size[1] / 2 - (points[:, 1] - y0) / step
    return x.min(), y.min(), x.max(), y.max()


def size_of(page: Page) -> tuple[float, float]:
    box = page.locator(".xm-map").bounding_box()
    assert box
    return box["width"], box["height"]


# Row, first column, and how many lie side by side: at a pole one alone is thinner than a pixel.
CELLS = {
    "mercator": [(416, 242, 1), (445, 0, 1), (409, 1023, 1), (496, 570, 1)],
    "north": [(416, 242, 1), (445, 0, 1), (409, 1023, 1), (511, 100, 128)],
    "south": [(95, 700, 1), (66, 0, 1), (102, 1023, 1), (0, 300, 128)],
}


@pytest.mark.parametrize("crs", PROJECTIONS)
def test_a_lit_cell_lies_where_it_projects(page: Page, crs: str) -> None:
    """Its edges are those of the projection, on both sides of the date line and at the poles."""
    lit_cells = [(row, at) for row, column, n in CELLS[crs] for at in range(column, column + n)]
    Media(cells=lit_cells).serve(page)
    shown(page, crs=crs)
    for row, column, n in CELLS[crs]:
        south, west = row * 180 / ROWS - 90, column * 360 / COLUMNS - 180
        north, east = south + 180 / ROWS, west + n * 360 / COLUMNS
        centre = ((south + north) / 2, (west + east) / 2, 1.2)
        at = ",".join(map(str, centre))
        lit = lit_pixels(page, crs=crs, centre=at)
        width, height = size_of(page)
        places = outline(south, west, north, east)
        expected = expected_box(crs, centre, places, (width, height))
        clipped = np.clip(expected, 0, [width, height, width, height])
        assert np.abs(np.array(box_of(lit)) - clipped).max() <= NEAR_PX, (row, column)
        assert lit[int(height / 2), int(width / 2)], (row, column)


def lit_pixels(page: Page, **items: str) -> Any:
    """Return where the map of an even minute differs from that of the odd one after it."""
    pictures = []
    for time in (TIME, TIME.replace("06:30", "06:31")):
        follow(page, **{**items, "t": time})
        stage = page.locator("#explorer-map")
        expect(stage).to_have_attribute("data-grid", re.compile(time[:19]), timeout=LOADED)
        if "picture" in items:
            there = re.compile(time[:19].replace("-", "").replace(":", ""))
            expect(stage).to_have_attribute("data-picture", there, timeout=LOADED)
        pictures.append(bare(page))
    return changed(*pictures)


def follow(page: Page, **items: str) -> None:
    """Go to an address of the page as Back and Forward do."""
    page.evaluate(
        "to => { history.pushState({}, '', to); dispatchEvent(new PopStateEvent('popstate')); }",
        address(**items),
    )


PICTURES = [
    # A lit pixel (row, column) of 64 x 64, what the picture covers, and a place near the pixel.
    ("mercator", (20, 40), {"bounds": [[40, -120], [70, -60]]}, (60.0, -82.0)),
    ("mercator", (20, 63), {"bounds": [[50, 160], [72, 200]]}, (64.5, -161.0)),
    ("mercator", (20, 20), {"bounds": [[50, 160], [72, 200]]}, (64.5, 171.0)),
    ("north", (20, 31), {"pole": "north", "edge_lat_deg": 40}, (72.0, 170.0)),
    ("north", (32, 32), {"pole": "north", "edge_lat_deg": 40}, (88.9, 45.0)),
    ("south", (44, 32), {"pole": "south", "edge_lat_deg": -40}, (-70.0, 177.0)),
]


@pytest.mark.parametrize(("crs", "square", "covers", "near"), PICTURES)
def test_a_lit_pixel_of_a_picture_lies_where_it_projects(
    page: Page, crs: str, square: tuple[int, int], covers: dict[str, Any], near: tuple[float, float]
) -> None:
    """Pictures are spread over their box of the plane, and go on behind the date line."""
    Media(cells=[(0, 0)], array="test", covers=covers, squares=[square]).serve(page)
    at = ",".join(map(str, (*near, 1.5)))
    shown(page, crs=crs, centre=at)
    lit = lit_pixels(page, crs=crs, centre=at, picture="yes")
    width, height = size_of(page)
    step = metres_per_pixel(crs, near[0], 1.5, height)
    x0, y0 = project(crs, *near)
    left, top, side_x, side_y = _pixel_box(crs, square, covers, x0)
    box = np.array([left - x0, y0 - top, left + side_x - x0, y0 - top + side_y]) / step
    middle = [width / 2, height / 2]
    expected = np.clip(box + middle * 2, 0, [width, height, width, height])
    # The browser blends a lit pixel into its dark neighbours, over half of its size at most.
    blend = NEAR_PX + 0.3 * max(side_x, side_y) / step
    assert np.abs(np.array(box_of(lit)) - expected).max() <= blend


def _pixel_box(
    crs: str, square: tuple[int, int], covers: dict[str, Any], x0: float
) -> tuple[float, ...]:
    row, column = square
    if crs == "mercator":
        (south, west), (north, east) = covers["bounds"]
        left, bottom = project(crs, south, west)
        right, top = project(crs, north, east)
    else:
        right = abs(project(crs, covers["edge_lat_deg"], 90)[0])
        left, bottom, top = -right, -right, right
    side_x, side_y = (right - left) / 64, (top - bottom) / 64
    x = left + column * side_x
    turn = project("mercator", 0, 360)[0]
    if crs == "mercator" and x - x0 > turn / 2:
        x -= turn
    return x, top - row * side_y, side_x, side_y


LONGEST = """() => {
  const paths = [...document.querySelectorAll('.xm-lines path, .xm-coasts path')];
  const lines = paths.flatMap((path) => (path.getAttribute('d') || '').split('M').filter(Boolean));
  return lines.reduce((most, line) => {
    const points = line.replace('Z', '').split('L').map((point) => point.split(',').map(Number));
    const side = ([x, y], at) => at ? Math.hypot(x - points[at - 1][0], y - points[at - 1][1]) : 0;
    return Math.max(most, ...points.map(side));
  }, 0);
}"""


@pytest.mark.parametrize("crs", PROJECTIONS)
def test_no_line_runs_across_the_map(page: Page, crs: str) -> None:
    """Fields of view, trails, terminators and coasts are cut at the date line and the rim."""
    sign = -1 if crs == "south" else 1
    trail = [
        value
        for step in range(40, -41, -1)
        for value in (sign * (66 + step / 10), (179 + step / 4 + 180) % 360 - 180)
    ]
    there = moment(
        [site(sign * 66.0, 179.5), site(sign * 89.0, 20.0, id=47, code="pole")],
        spacecraft=[spacecraft(trail[-2], trail[-1], trail)],
        magnetic={
            "alt_km": 110.0,
            "poles": {},
            "lines": [{"mlat": sign * 70, "latlon": ring(sign * 80, -80.0, 20.0)}],
        },
    )
    Media(cells=[(400, 400)], moment=there).serve(page)
    layers = "coast,terminator,sites,fov,spacecraft,footprints,maglat,grid"
    shown(page, crs=crs, layers=layers, centre=f"{sign * 66},178,2.6")
    # Natural Earth's longest side, stretched by Mercator near the pole; a turn is 40,000 km.
    assert 0 < page.evaluate(LONGEST) < 4500
    for name in ("fov", "spacecraft", "footprints", "maglat", "terminator"):
        assert page.locator(f".xm-lines path.xm-{name}").get_attribute("d"), name
    expect(page.locator("text.xm-label-site").first).to_be_attached()
    expect(page.locator("text.xm-label-spacecraft")).to_have_text("Swarm A")


def test_another_projection_keeps_the_moment(page: Page) -> None:
    """Grid and moment stay, the address tells the projection, Back returns to the one before."""
    Media(cells=[(430, 300)]).serve(page)
    stage = shown(page, layers="grid,sites")
    before = stage.get_attribute("data-grid"), stage.get_attribute("data-moment")
    for crs, name in (("north", "North"), ("south", "South")):
        page.get_by_role("radio", name=name, exact=True).check(force=True)
        expect(stage).to_have_attribute("data-crs", crs)
        assert (stage.get_attribute("data-grid"), stage.get_attribute("data-moment")) == before
        expect(page).to_have_url(re.compile(f"t=2019-01-02T06:30:00Z.*crs={crs}"))
        expect(page.locator(".leaflet-container")).to_have_count(1)
    page.go_back()
    expect(stage).to_have_attribute("data-crs", "north")
    expect(page.get_by_role("radio", name="North", exact=True)).to_be_checked()
    page.go_back()
    expect(stage).to_have_attribute("data-crs", "mercator")


COUNTING = """
  window.addresses = {made: 0, revoked: 0};
  const { createObjectURL, revokeObjectURL } = URL;
  URL.createObjectURL = (blob) => {
    window.addresses.made += 1;
    return createObjectURL.call(URL, blob);
  };
  URL.revokeObjectURL = (url) => {
    window.addresses.revoked += 1;
    revokeObjectURL.call(URL, url);
  };
"""
WATCHING = """() => {
  window.bare = 0;
  const look = () => {
    const canvas = document.querySelector('.xm-grid');
    const pictures = [...document.querySelectorAll('.xm-picture')];
    const decoded = pictures.some((picture) => picture.complete && picture.naturalWidth);
    if (!decoded && (!canvas || canvas.hidden)) window.bare += 1;
    requestAnimationFrame(look);
  };
  look();
}"""


def test_pictures_are_swapped_when_decoded(page: Page) -> None:
    """Something is seen in every frame of the screen, and nothing of old pictures is kept."""
    page.add_init_script(COUNTING)
    media = Media(
        cells=[(430, 300)],
        array="test",
        squares=[(9, 9)],
        covers={"bounds": [[40, -120], [70, -60]]},
    )
    media.serve(page)
    stage = shown(page)
    expect(stage).to_have_attribute("data-picture", re.compile("T063000"), timeout=LOADED)
    page.evaluate(WATCHING)
    page.locator("body").press("Escape")
    for minute in range(31, 37):
        page.locator("body").press(".")
        expect(stage).to_have_attribute(
            "data-picture", re.compile(f"T06{minute}00"), timeout=LOADED
        )
    assert page.evaluate("window.bare") == 0
    expect(page.locator(".xm-picture")).to_have_count(1)
    counted = page.evaluate("window.addresses")
    assert counted["made"] >= 7
    assert counted["made"] - counted["revoked"] == 1
    facts = [url for url in media.asked if "/media/mosaic/" in url and ".json" in url]
    assert len(facts) == 1, "what pictures cover is asked for once"


def test_layers_and_opacity_follow_the_address(page: Page) -> None:
    """A layer that is off is not seen; opacities are those of the address."""
    Media(cells=[(430, 300)]).serve(page)
    shown(page, layers="grid:0.4,coast:0.5,fov,sites:0.7")
    assert (
        page.locator(".leaflet-atlas-grid-pane").evaluate("e => getComputedStyle(e).opacity")
        == "0.4"
    )
    assert page.locator(".xm-coasts").evaluate("e => getComputedStyle(e).opacity") == "0.5"
    expect(page.locator("path.xm-fov")).to_be_visible()
    expect(page.locator("path.xm-terminator")).to_be_hidden()
    expect(page.locator("path.xm-site")).to_have_attribute("opacity", "0.7")
    page.get_by_label("Fields of view").first.uncheck()
    expect(page.locator("path.xm-fov")).to_be_hidden()


def at_mark(page: Page, kind: str) -> tuple[float, float]:
    box = page.locator(f"path.xm-{kind}").first.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_picking_a_site_and_a_place(page: Page) -> None:
    """A click within reach of a mark takes it, another the place under the mouse."""
    Media(cells=[(430, 300)]).serve(page)
    shown(page, layers="grid,sites", centre="58,-100,2")
    x, y = at_mark(page, "site")
    page.mouse.click(x + 6, y)
    expect(page).to_have_url(re.compile("pick=id:46"))
    expect(page.locator(".xm-picked")).to_have_count(1)
    expect(page.locator("#explorer-panel")).to_contain_text("GILL")
    box = page.locator(".xm-map").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page).to_have_url(re.compile(r"pick=5[78]\.?\d*,-(99|100)"))
    found = re.search(r"pick=([\d.]+),(-[\d.]+)", page.url)
    assert found
    # A pixel at this distance is 20 km, a fifth of a degree.
    assert abs(float(found[1]) - 58) < 0.3
    assert abs(float(found[2]) + 100) < 0.3


def test_the_map_by_keys(page: Page) -> None:
    """Arrows move the map and not the clock, Enter picks what is in the middle."""
    Media(cells=[(430, 300)]).serve(page)
    shown(page, layers="grid,sites", centre=f"{GILLAM['lat']},{GILLAM['lon']},1.6")
    whole = page.locator(".xm-map")
    whole.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("pick=id:46"))
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page).to_have_url(re.compile(r"centre=(5[7-9]|6\d)"))
    expect(page).to_have_url(re.compile("t=2019-01-02T06:30:00Z"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"pick=[56]\d\.\d+,-94\.\d+"))
    page.keyboard.press("+")
    expect(page).to_have_url(re.compile(r"centre=[\d.]+,-94\.\d+,1\.[0-5]"))


def test_dark_and_light(page: Page) -> None:
    """The map takes its colours from the page's scheme, at once."""
    Media(cells=[(430, 300)]).serve(page)
    shown(page, layers="grid,coast")
    colour = "() => getComputedStyle(document.querySelector('.xm-sea')).fill"
    light = page.evaluate(colour)
    page.evaluate("document.documentElement.setAttribute('data-mantine-color-scheme', 'dark')")
    assert page.evaluate(colour) != light


def test_a_window_of_another_size(page: Page) -> None:
    """The middle stays in the middle, and the whole map is drawn on."""
    Media(cells=[(430, 300)]).serve(page)
    shown(page, layers="grid,sites", centre=f"{GILLAM['lat']},{GILLAM['lon']},1.6")
    for width in (1024, 768):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(300)
        box, (x, y) = page.locator(".xm-map").bounding_box(), at_mark(page, "site")
        assert box
        assert abs(x - box["x"] - box["width"] / 2) <= NEAR_PX
        assert abs(y - box["y"] - box["height"] / 2) <= NEAR_PX
        drawn = page.locator(".xm-grid").bounding_box()
        assert drawn
        assert drawn["x"] <= box["x"]
        assert drawn["x"] + drawn["width"] >= box["x"] + box["width"]
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_leaving_the_map_leaves_nothing(visitor: Callable[..., Page]) -> None:
    """Elements, listeners and picture addresses are gone; coming back again and again adds none."""
    page = visitor()
    page.add_init_script(COUNTING)
    covers = {"bounds": [[40, -120], [70, -60]]}
    Media(cells=[(430, 300)], array="test", squares=[(9, 9)], covers=covers).serve(page)
    shown(page, layers="grid,coast,sites,fov,terminator")
    session = page.context.new_cdp_session(page)

    def once() -> dict[str, int]:
        stage = page.locator("#explorer-map")
        expect(stage).to_have_attribute("data-picture", re.compile("mosaic"), timeout=LOADED)
        page.keyboard.press("g")
        expect(page.locator(".xm-map, .leaflet-container")).to_have_count(0)
        assert page.evaluate("window.addresses.made - window.addresses.revoked") == 0
        for _ in range(2):  # what finalizers let go of is collected by the second
            session.send("HeapProfiler.collectGarbage")
        counts: dict[str, int] = session.send("Memory.getDOMCounters")
        page.keyboard.press("m")
        return counts

    once()
    counts = [once() for _ in range(6)]

    def growth(what: str) -> int:
        """The middle of the last three less the middle of the first three."""
        found = [count[what] for count in counts]
        return sorted(found[3:])[1] - sorted(found[:3])[1]

    # Leaflet keeps no map (some hundred elements each); the page around it adds and drops a few.
    assert growth("nodes") < 60
    assert growth("jsEventListeners") < 30


def test_there_are_no_tiles(page: Page) -> None:
    """Everything is of this server, which the visitor sees to; nothing is a tile."""
    Media(cells=[(430, 300)]).serve(page)
    shown(page, layers="grid,coast")
    expect(page.locator(".leaflet-tile, .leaflet-tile-container")).to_have_count(0)
    expect(page.locator(".leaflet-control-attribution")).to_have_count(0)
