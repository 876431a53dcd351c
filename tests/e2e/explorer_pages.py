"""Grids and moments that tests of the Explorer serve to its page, and where places must be seen."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Locator, Page, Route

ROWS, COLUMNS = 512, 1024
FIELD_DEG = 34.0  # vertical field of the globe's camera, in a window wider than high
Bytes = NDArray[np.uint8]

SERIES = {
    "key": "tried",
    "title": "Tried grid",
    "kind": "counts",
    "units": "counts",
    "limits": [0, 254],
    "cadence_s": 60,
    "alt_km": 110,
    "colour_map": "viridis",
    "provenance": "simulated",
    "array": None,
}


def lit(*cells: tuple[int, int], value: int = 255) -> Bytes:
    """Return a grid with these (row, column) lit and nothing else."""
    grid = np.zeros((ROWS, COLUMNS), np.uint8)
    for row, column in cells:
        grid[row, column] = value
    return grid


def edges(row: int, column: int) -> tuple[float, float, float, float]:
    """Return south, north, west and east edge of a cell, degrees."""
    south, west = -90 + row * 180 / ROWS, -180 + column * 360 / COLUMNS
    return south, south + 180 / ROWS, west, west + 360 / COLUMNS


def moment(time: str, sun: tuple[float, float] = (-23.0, 80.0)) -> dict[str, Any]:
    """Return a moment with a Sun, one site and one spacecraft."""
    ring = [
        c
        for a in range(0, 361, 10)
        for c in (60 + 4 * np.cos(np.radians(a)), -100 + 8 * np.sin(np.radians(a)))
    ]
    foot = {
        "lat": 62.0,
        "lon": -120.0,
        "trail": [{"minutes": [-2, 0], "latlon": [58, -121, 62, -120]}],
    }
    return {
        "time": time,
        "trail_min": 45,
        "alt_km": 110,
        "latitudes": "geodetic",
        "provenance": "simulated",
        "imagers": {"operating": 1, "in_lifetime": 1, "of": 1},
        "sites": [
            {
                "id": 7,
                "program": "tried",
                "platform": "here",
                "code": "here",
                "name": "Tried camera",
                "array": "tried",
                "lat": 60.0,
                "lon": -100.0,
                "alt_m": 0,
                "operating": True,
                "in_lifetime": True,
                "provenance": "simulated",
                "fov_alt_km": 110,
                "fov": ring,
            }
        ],
        "fleet": {"shown": 1, "in_lifetime": 1, "of": 1},
        "spacecraft": [
            {
                "id": 8,
                "program": "tried",
                "platform": "craft",
                "name": "Tried craft",
                "type": "leo",
                "provenance": "simulated",
                "lat": 61.0,
                "lon": -121.0,
                "alt_km": 450.0,
                "trail": [
                    {"minutes": [-2, 0], "latlon": [57, -122, 61, -121], "alt_km": [450, 450]}
                ],
                "north": foot,
                "south": {"lat": None, "lon": None, "trail": []},
            }
        ],
        "sun": {"lat": sun[0], "lon": sun[1]},
        "terminators": [{"alt_km": 0, "latlon": []}, {"alt_km": 110, "latlon": []}],
        "magnetic": None,
    }


def serve(
    page: Page, grid_of: Callable[[str], Bytes], sun: tuple[float, float] = (-23.0, 80.0)
) -> None:
    """Answer the page's questions for grids by `grid_of` (time as YYYYMMDDTHHMMSS), and moments."""

    def grid(route: Route) -> None:
        found = re.search(r"/(\d{8}T\d{6})\.bin", route.request.url)
        if not found:
            route.fulfill(status=404, json={"error_message": "not here"})
            return
        headers = {"X-Atlas-Cameras": "3/5", "X-Atlas-Provenance": "simulated"}
        body = grid_of(found[1]).tobytes()
        route.fulfill(body=body, headers=headers, content_type="application/octet-stream")

    def at(route: Route) -> None:
        told = {
            "row": 0,
            "column": 0,
            "lat": 0,
            "lon": 0,
            "value": 123.4,
            "units": "counts",
            "camera": None,
        }
        route.fulfill(json=told)

    def who(route: Route) -> None:
        found = re.search(r"/(\d{8}T\d{4})\.json", route.request.url)
        route.fulfill(
            body=json.dumps(moment(found[1] if found else "", sun)), content_type="application/json"
        )

    index = {"series": [SERIES], "first": None, "last": None}
    page.route("**/media/grids.json", lambda route: route.fulfill(json=index))
    page.route("**/media/grid/**", grid)
    page.route("**/media/grid/**/at.json*", at)
    page.route("**/media/moment/**", who)


def until(page: Page, condition: str, patience_s: float = 120) -> None:
    """Wait until a JavaScript condition holds; the page's policy forbids playwright's own way."""
    page.evaluate(
        f"""async () => {{
          for (let left = {patience_s * 10}; !({condition}); left -= 1) {{
            if (left < 0) throw new Error("waited in vain");
            await new Promise((done) => setTimeout(done, 100));
          }}
        }}"""
    )


def pixels(element: Locator) -> NDArray[np.int16]:
    """Return what is seen of an element: rows, columns, red green blue."""
    with Image.open(io.BytesIO(element.screenshot())) as image:
        return np.asarray(image.convert("RGB"), dtype=np.int16)


def seen_at(
    lat_deg: Any, lon_deg: Any, eye: tuple[float, float, float], size: tuple[int, int]
) -> NDArray[np.float64]:
    """Return x and y in pixels of places on a unit sphere, by a pinhole camera.

    Parameters
    ----------
    lat_deg, lon_deg : array_like
        Places.
    eye : tuple
        Latitude, longitude and distance (radii) of a camera that looks at the sphere's centre
        with north up.
    size : tuple
        Width and height of the picture, at least as wide as high.
    """
    back, east, north = _frame(eye[0], eye[1])
    to = _unit(lat_deg, lon_deg) - eye[2] * back
    depth = -(to @ back)
    focal = size[1] / 2 / np.tan(np.radians(FIELD_DEG / 2))
    x = size[0] / 2 + focal * (to @ east) / depth
    y = size[1] / 2 - focal * (to @ north) / depth
    return np.stack([x, y], axis=-1)


def _unit(lat_deg: Any, lon_deg: Any) -> NDArray[np.float64]:
    lat, lon = np.radians(lat_deg), np.radians(lon_deg)
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)


def _frame(lat_deg: float, lon_deg: float) -> tuple[NDArray[np.float64], ...]:
    back = _unit(lat_deg, lon_deg)
    east = np.array([-np.sin(np.radians(lon_deg)), np.cos(np.radians(lon_deg)), 0.0])
    return back, east, np.cross(back, east)
