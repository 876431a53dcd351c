"""Grids of a minute of THEMIS, with what they have to hold: frames at hand, and rendered.

Over the archive that ``ATLAS_ARCHIVE`` names; only its folder of rendered things grows. Each repeat
is of another minute, and the minimum of the repeats counts.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import flask
import numpy as np

import api
from core import logs
from core.errors import NotFound
from core.instruments.registry import array_for
from core.observatory import Observatory
from core.settings import Settings, read_settings

SERIES = "themis-asi"
MINUTE = np.timedelta64(1, "m")
READY_S = 600.0
CACHED_S, RENDERED_S = 0.015, 1.0


def run(repeats: int) -> None:
    """Measure and print a table: seconds, the limit, and the ratio."""
    logs.configure(Settings(log_level="ERROR"))
    print(f"{'':<46}{'seconds':>10}{'limit':>10}{'ratio':>8}")
    with Observatory(read_settings()) as observatory:
        observatory.start_rendering()
        observatory.render_pool.wait(READY_S)
        first, cameras = _minute(observatory)
        server = flask.Flask("benchmark", static_folder=None)
        api.register(server, observatory)
        client = server.test_client()
        what = f"of {cameras} cameras"
        client.get(_url(first - MINUTE))  # makes weights where the archive has none yet
        rendered = [
            _seconds(lambda k=k: _get(client, _url(first + k * MINUTE))) for k in range(repeats)
        ]
        _line(f"a minute {what}, rendered", min(rendered), RENDERED_S)
        _frames_at_hand(client, first, repeats, what)
        _maps(client, first, repeats)


def _frames_at_hand(client: Any, first: np.datetime64, repeats: int, what: str) -> None:
    other = "?rule=nearest"
    made = [
        _seconds(lambda k=k: _get(client, _url(first + k * MINUTE) + other)) for k in range(repeats)
    ]
    _line(f"a minute {what}, frames cached", min(made), CACHED_S)
    again = [_seconds(lambda: _get(client, _url(first) + other)) for _ in range(repeats)]
    _line(f"a minute {what}, made before", min(again), CACHED_S)


def _maps(client: Any, first: np.datetime64, repeats: int) -> None:
    for crs in ("mercator", "north"):
        at = [f"{_url(first + k * MINUTE, 'mosaic', 'webp')}?crs={crs}" for k in range(repeats + 1)]
        seconds = [_seconds(lambda url=url: _get(client, url)) for url in at]
        _line(f"a map, {crs}, 1024 pixels, frames cached", min(seconds[1:]))


def _minute(observatory: Observatory) -> tuple[np.datetime64, int]:
    """Return the minute of the archive's last day with most cameras, and how many they are."""
    live = observatory.grids.live
    series = observatory.grids.get(SERIES)
    span = observatory.grids.span(series)
    if span is None:
        raise NotFound("The archive has no frames of THEMIS.", kind="series", key=SERIES)
    day = span[1].astype("M8[D]").astype("M8[us]")
    array = array_for(str(series.array))
    hours = [day + np.timedelta64(hour, "h") for hour in range(1, 23)]
    counts = [len(live.cameras.at(array, hour)) for hour in hours]
    best = int(np.argmax(counts))
    return hours[best], counts[best]


def _url(time_: np.datetime64, what: str = "grid", kind: str = "bin") -> str:
    stem = str(time_.astype("M8[s]")).replace("-", "").replace(":", "")
    return f"/media/{what}/{SERIES}/{stem}.{kind}"


def _get(client: Any, url: str) -> None:
    response = client.get(url)
    assert response.status_code == 200, response.get_data(as_text=True)


def _line(name: str, seconds: float, limit: float | None = None) -> None:
    beside = "" if limit is None else f"{limit:>10.3f}{limit / seconds:>8.1f}"
    print(f"{name:<46}{seconds:>10.4f}{beside}", flush=True)


def _seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
