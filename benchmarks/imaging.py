"""Skymaps, simulated frames and keograms, and the wall of keograms, with what they have to hold.

The skymap is prepared beside pyaurorax (`tools.mosaic.prep_skymaps`) and asilib
(`skymap.geodetic_skymap`) in one run. Each repeat of ours is on other numbers (another altitude,
another minute, another night), so that no cache could help; the minimum of the repeats counts,
and for the wall the first view after the start as well.
"""

from __future__ import annotations

import contextlib
import io
import shutil
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from itertools import groupby
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import flask
import numpy as np

import api
from core import logs
from core.imaging.lens import GAKONA
from core.imaging.overlap import pixel_polygons
from core.imaging.projection import build_projection
from core.imaging.skymap import Skymap, model_skymap
from core.imaging.targets import OVATION_GRID, AzimuthalGrid
from core.imaging.wall import wall_page
from core.imaging.wall_days import imager_sources
from core.imaging.wall_model import WallQuery, WallRow
from core.observatory import Observatory
from core.settings import Settings
from core.simulation.cameras import SimulatedImagers

GILLAM = 46
SITES = 24
THREADS = 6
READY_S = 120.0
DAY = np.timedelta64(1, "D")
NIGHT = np.datetime64("2024-12-20T06:00", "us")


def run(repeats: int) -> None:
    """Measure and print a table: seconds, the limit or the peer, and the ratio."""
    print(f"{'':<46}{'seconds':>10}{'against':>10}{'ratio':>8}")
    _skymaps(repeats)
    _projections(repeats)
    _simulated(repeats)
    _wall(repeats)


def _line(name: str, seconds: float, against: float | None = None, what: str = "") -> None:
    beside = "" if against is None else f"{against:>10.3f}{against / seconds:>8.1f}  {what}"
    print(f"{name:<46}{seconds:>10.4f}{beside}", flush=True)


def _seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _skymap(turn_deg: float = 0.0) -> Skymap:
    """Return a new skymap of 256 x 256 pixels, with nothing mapped yet."""
    lens = replace(GAKONA, rotation_deg=GAKONA.rotation_deg + turn_deg)
    place = {"lat_deg": 62.407, "lon_deg": -145.158, "alt_m": 586.0}
    return model_skymap("gako", lens, (256, 256), array="themis_asi", **place)


def _skymaps(repeats: int) -> None:
    skymap = _skymap()
    ours = min(
        _seconds(lambda k=k: pixel_polygons(skymap, 110.0 + 0.1 * k)) for k in range(repeats + 1)
    )
    _line("skymap at an altitude, with polygons", ours, _pyaurorax(skymap),
          "pyaurorax prep_skymaps (at least 50)")  # fmt: skip
    centres = min(_seconds(lambda k=k: _skymap().mapped(110.0 + 0.1 * k)) for k in range(repeats))
    _line("skymap from its lens, mapped", centres, _asilib(skymap), "asilib geodetic_skymap")


def _pyaurorax(skymap: Skymap) -> float:
    """Return the seconds that pyaurorax takes for the same skymap, given three altitudes of it."""
    from pyaurorax.tools.mosaic._prep_skymaps import prep_skymaps

    levels = [skymap.mapped(alt_km) for alt_km in (90.0, 110.0, 150.0)]
    theirs = SimpleNamespace(
        project_uid="themis", site_uid="gako",
        full_elevation=skymap.elevation_deg,
        full_map_altitude=np.array([90e3, 110e3, 150e3]),
        full_map_latitude=np.array([level.corner_lat_deg for level in levels]),
        full_map_longitude=np.array([level.corner_lon_deg % 360.0 for level in levels]),
    )  # fmt: skip
    return _seconds(lambda: prep_skymaps(None, [theirs], 110.0, None, True, 1))


def _asilib(skymap: Skymap) -> float:
    """Return the seconds that asilib takes for the centres of the pixels alone."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        from asilib.skymap import geodetic_skymap

        azimuth, elevation = skymap.azimuth_deg.copy(), skymap.elevation_deg.copy()
        site = (skymap.lat_deg, skymap.lon_deg, skymap.alt_m / 1000)
        return _seconds(lambda: geodetic_skymap(site, azimuth, elevation, 110.0))


def _projections(repeats: int) -> None:
    image = np.random.default_rng(0).integers(0, 65535, (1, 256, 256)).astype(np.uint16)
    grid = AzimuthalGrid(62.4, -145.2, 600.0, 256)
    for name, target in (("256 x 256 map", grid), ("1024 x 512 world grid", OVATION_GRID)):
        built = min(
            _seconds(lambda k=k, t=target: build_projection(_skymap(1.0 + k), 110.0, t))
            for k in range(repeats)
        )
        _line(f"projection onto a {name}, built", built)
        projection = build_projection(_skymap(), 110.0, target)
        projection.apply(image)
        applied = min(_seconds(lambda p=projection: p.apply(image)) for _ in range(repeats))
        _line(f"projection onto a {name}, one frame", applied)


def _simulated(repeats: int) -> None:
    imagers = SimulatedImagers()
    times = imagers.times(GILLAM, NIGHT, NIGHT + np.timedelta64(1, "h"))[: repeats + 1]
    first = _seconds(lambda: imagers.frames(GILLAM, times[:1]))
    frame = min(_seconds(lambda t=t: imagers.frames(GILLAM, np.array([t]))) for t in times[1:])
    _line("simulated frame of 256 x 256", frame, 0.030, "the limit")
    _line("  the first one of a camera", first)
    # No night has 1,440 dark minutes at Gillam: the longest ones, scaled to as many columns.
    took, most = [], 0
    for start in _long_nights(imagers, repeats):
        begun = time.perf_counter()
        columns = imagers.keogram(GILLAM, start, start + DAY).sizes["time"]
        took.append((time.perf_counter() - begun) * 1440 / columns)
        most = max(most, columns)
    _line(f"simulated day keogram ({most} columns, as 1,440)", min(took), 1.5, "the limit")
    _line("  the first one", took[0], 1.5, "the limit")


def _long_nights(imagers: SimulatedImagers, count: int) -> list[np.datetime64]:
    """Return the beginnings of nights at Gillam with 600 minutes of operation and more."""
    first = np.datetime64("2024-11-20T18:00", "us")
    nights = [first + number * DAY for number in range(60)]
    long = [n for n in nights if imagers.times(GILLAM, n, n + DAY).size >= 600 * 20]
    return long[:count]


def _wall(repeats: int) -> None:
    """Ask for the pictures of a page of the wall as a browser does, six at a time."""
    settings = Settings()
    if not Path(settings.archive).exists():
        print(f"no archive at {settings.archive}: the wall is left out (ATLAS_ARCHIVE names one)")
        return
    logs.configure(settings.model_copy(update={"log_level": "ERROR"}))
    cold, warm = [], []
    with _server(settings) as (server, observatory):
        for rows in _nights(observatory, max(2, repeats)):
            cold.append(_seconds(lambda rows=rows: _view(server, rows)))
            warm.append(min(_seconds(lambda rows=rows: _view(server, rows)) for _ in range(2)))
    _line(f"wall of {SITES} sites, first view after the start", cold[0], 3.0, "the limit")
    _line("  first view of another night", min(cold[1:]), 3.0, "the limit")
    _line("  second view", min(warm), 0.5, "the limit")


@contextlib.contextmanager
def _server(settings: Settings) -> Iterator[tuple[flask.Flask, Observatory]]:
    """Give the API, as served, over a copy of the archive without rendered keograms."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "archive"
        shutil.copytree(settings.archive, copy, ignore=shutil.ignore_patterns("rendered"))
        with Observatory(settings.model_copy(update={"archive": copy})) as observatory:
            observatory.start_rendering()
            observatory.render_pool.wait(READY_S)
            server = flask.Flask("benchmark", static_folder=None)
            api.register(server, observatory)
            yield server, observatory


def _nights(observatory: Observatory, count: int) -> list[tuple[WallRow, ...]]:
    """Return the rows of the latest nights in which 24 simulated imagers worked."""
    sources = imager_sources(observatory.archive)
    everything = WallQuery(date(1990, 1, 1), date(2100, 1, 1), latest_first=True, page_size=500)
    found: list[tuple[WallRow, ...]] = []
    page = 1
    while True:
        rows = wall_page(observatory.archive, replace(everything, page=page), sources).rows
        for _, of_night in groupby(rows, key=lambda row: row.day):
            simulated = tuple(row for row in of_night if _simulated_row(observatory, row))
            if len(simulated) >= SITES:
                found.append(simulated[:SITES])
            if len(found) == count:
                return found
        if len(rows) < 500:
            raise SystemExit(f"{len(found)} nights of {SITES} imagers in the archive, not {count}")
        page += 1


def _simulated_row(observatory: Observatory, row: WallRow) -> bool:
    window = (np.datetime64(moment.replace(tzinfo=None), "us") for moment in row.window)
    return observatory.keograms.provenance(row.source.identifier, *window) == "simulated"


def _view(server: flask.Flask, rows: tuple[WallRow, ...]) -> None:
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda row: _picture(server, row), rows))


def _picture(server: flask.Flask, row: WallRow) -> None:
    start, end = row.window
    query = {
        "start": f"{start:%Y-%m-%dT%H:%M:%SZ}", "end": f"{end:%Y-%m-%dT%H:%M:%SZ}",
        "width": "1440", "height": "144",
    }  # fmt: skip
    url = f"/media/keogram/{row.source.identifier}/{row.day}.webp"
    answer = server.test_client().get(url, query_string=query)
    if answer.status_code != 200:
        raise SystemExit(f"{url}: {answer.status_code} {answer.get_data(as_text=True)[:300]}")
