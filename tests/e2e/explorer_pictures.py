"""Grids, pictures and moments made for tests, given to the Explorer in place of the server's."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page, Route

ROWS, COLUMNS = 512, 1024
TIME = "2019-01-02T06:30:00Z"
EARTH_M = 6_371_200.0  # of the polar views
MERCATOR_M = 6_378_137.0
GILLAM = {"id": 46, "code": "gill", "name": "THEMIS-ASI GILL", "lat": 56.38, "lon": -94.64}


@dataclass
class Media:
    """What the server is to say.

    `cells` (row, column) are lit, and `squares` of a picture of 64 x 64 pixels, but not in odd
    minutes.
    """

    cells: list[tuple[int, int]] = field(default_factory=list)
    array: str | None = None
    squares: list[tuple[int, int]] = field(default_factory=list)
    covers: dict[str, Any] = field(default_factory=dict)
    moment: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def serve(self, page: Page) -> None:
        """Answer the page's questions for media."""
        page.route("**/media/**", self._answer)

    def _answer(self, route: Route) -> None:
        url = route.request.url
        self.asked.append(url)
        if "/media/grids.json" in url:
            route.fulfill(json={"series": [self._series()], "first": TIME, "last": TIME})
        elif "/media/moment/" in url:
            minute = url.split("/media/moment/")[1][:13]
            at = f"{minute[:4]}-{minute[4:6]}-{minute[6:11]}:{minute[11:]}:00Z"
            route.fulfill(json={**moment(), "time": at, **self.moment})
        elif "/media/mosaic/" in url and ".json" in url:
            route.fulfill(json={**self.covers, "cameras": []})
        elif "/media/mosaic/" in url:
            route.fulfill(body=self._picture(_lit(url)), content_type="image/webp")
        elif ".bin" in url:
            route.fulfill(
                body=self._grid(_lit(url)),
                headers=self._told(),
                content_type="application/octet-stream",
            )
        elif "/media/grid/" in url:
            route.fulfill(json={"cameras": [], "of": 0})
        else:
            route.continue_()

    def _series(self) -> dict[str, Any]:
        facts = {"key": "test", "title": "Test", "kind": "counts", "units": "counts"}
        limits = {"limits": [0.0, 254.0], "cadence_s": 60.0, "alt_km": 110.0}
        rest = {"colour_map": "viridis", "provenance": "simulated", "array": self.array}
        return {**facts, **limits, **rest, "first": TIME, "last": TIME}

    def _told(self) -> dict[str, str]:
        return {"X-Atlas-Time": TIME, "X-Atlas-Provenance": "simulated", "X-Atlas-Cameras": "1/1"}

    def _grid(self, lit: bool) -> bytes:
        grid = np.zeros((ROWS, COLUMNS), np.uint8)
        for row, column in self.cells if lit else ():
            grid[row, column] = 255
        return grid.tobytes()

    def _picture(self, lit: bool) -> bytes:
        picture = np.zeros((64, 64, 4), np.uint8)
        for square in self.squares if lit else ():
            picture[square] = (255, 0, 0, 255)
        file = io.BytesIO()
        Image.fromarray(picture).save(file, "WEBP", lossless=True, exact=True)
        return file.getvalue()


def _lit(url: str) -> bool:
    return int(re.findall(r"T\d\d(\d\d)", url)[0]) % 2 == 0


def ring(lat: float, lon: float, radius_deg: float) -> list[float]:
    """Return a closed circle around a place as flat latitudes and longitudes."""
    flat: list[float] = []
    for step in range(73):
        way = math.radians(5 * step)
        far, here = math.radians(radius_deg), math.radians(lat)
        there = math.asin(
            math.sin(here) * math.cos(far) + math.cos(here) * math.sin(far) * math.cos(way)
        )
        turn = math.atan2(
            math.sin(way) * math.sin(far) * math.cos(here),
            math.cos(far) - math.sin(here) * math.sin(there),
        )
        east = (lon + math.degrees(turn) + 180) % 360 - 180
        flat += [round(math.degrees(there), 2), round(east, 2)]
    return flat


def site(lat: float, lon: float, **facts: Any) -> dict[str, Any]:
    """Return a site of the moment."""
    known = {"program": "themis-asi", "platform": "gillam", "array": "themis_asi", "alt_m": 0.0}
    state = {"operating": True, "in_lifetime": True, "provenance": "simulated"}
    field_of_view = {"fov_alt_km": 110.0, "fov": ring(lat, lon, 4.0)}
    return {**GILLAM, **known, **state, **field_of_view, "lat": lat, "lon": lon, **facts}


def moment(sites: list[dict[str, Any]] | None = None, **facts: Any) -> dict[str, Any]:
    """Return a moment at the northern winter's midnight over Canada."""
    sun = {"lat": -22.9, "lon": 83.0}
    dark = ring(22.9, -97.0, 90.0)
    count = {"in_lifetime": 1, "of": 1}
    return {
        "time": TIME, "trail_min": 45, "alt_km": 110.0, "latitudes": "geodetic",
        "provenance": "simulated", "imagers": {"operating": 1, **count},
        "sites": [site(GILLAM["lat"], GILLAM["lon"])] if sites is None else sites,  # type: ignore[arg-type]
        "fleet": {"shown": 0, **count}, "spacecraft": [], "sun": sun,
        "terminators": [
            {"alt_km": 0.0, "latlon": dark},
            {"alt_km": 110.0, "latlon": ring(22.9, -97.0, 79.4)},
        ],
        "magnetic": None, **facts,
    }  # fmt: skip


def spacecraft(lat: float, lon: float, trail: list[float]) -> dict[str, Any]:
    """Return a spacecraft of the moment with one unbroken trail."""
    stretch = {
        "minutes": list(range(-len(trail) // 2, 0)),
        "latlon": trail,
        "alt_km": [450.0] * (len(trail) // 2),
    }
    nothing = {"lat": None, "lon": None, "trail": []}
    return {
        "id": 3, "program": "swarm", "platform": "swarma", "name": "Swarm A", "type": "leo",
        "provenance": "simulated", "lat": lat, "lon": lon, "alt_km": 450.0, "trail": [stretch],
        "north": {"lat": lat, "lon": lon, "trail": [stretch]}, "south": nothing,
    }  # fmt: skip


def project(crs: str, lat: float, lon: float) -> tuple[float, float]:
    """Return metres to the right and up, as Snyder (USGS PP 1395, 1987) has both projections."""
    east = math.radians(lon)
    if crs == "mercator":
        return MERCATOR_M * east, MERCATOR_M * math.asinh(math.tan(math.radians(lat)))
    sign = 1 if crs == "north" else -1
    away = EARTH_M * math.radians(90 - sign * lat)
    return away * math.sin(east), -sign * away * math.cos(east)


def metres_per_pixel(crs: str, lat: float, distance: float, height: float) -> float:
    """Return what a pixel measures on the plane: the globe's eye sees 34 deg upright."""
    ground = 2 * math.tan(math.radians(17)) * (distance - 1) * EARTH_M / height
    return ground / math.cos(math.radians(min(abs(lat), 80))) if crs == "mercator" else ground


def outline(south: float, west: float, north: float, east: float) -> Iterator[tuple[float, float]]:
    """Yield places along the edges of a box of latitudes and longitudes."""
    for share in np.linspace(0, 1, 33):
        lat, lon = south + share * (north - south), west + share * (east - west)
        yield from ((south, lon), (north, lon), (lat, west), (lat, east))


def changed(before: bytes, after: bytes) -> NDArray[np.bool_]:
    """Return where two screenshots differ by more than half of where they differ most."""
    one, other = (
        np.asarray(Image.open(io.BytesIO(s)).convert("RGB"), int) for s in (before, after)
    )
    difference = np.abs(one - other).sum(axis=2)
    result: NDArray[np.bool_] = difference > max(24, difference.max() / 2)
    return result
