"""Looks at what visitors see first, so that the web server has it ready for them.

Days with data are counted from every file once in a process's life; the Availability page and the
Keogramist need them. A simulated keogram takes a part of a second to render, and a new process as
long again to set up each camera. Asking for all of it once, one after the other, spends that time
before anyone waits for it.
"""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from urllib.parse import urlencode

from core.archive import Archive
from core.imaging.wall import wall_page
from core.imaging.wall_days import imager_sources, shown_first
from core.imaging.wall_model import WallQuery, WallRow
from core.settings import Settings

ROWS = 50
_TIMEOUT_S = 60.0


def start(base_url: str, settings: Settings, stop: threading.Event) -> threading.Thread:
    """Ask the server for the first page of the wall, in a thread; `stop` ends it early."""
    thread = threading.Thread(
        target=warm_up, args=(base_url, settings, stop), name="warm-up", daemon=True
    )
    thread.start()
    return thread


def warm_up(base_url: str, settings: Settings, stop: threading.Event) -> int:
    """Ask for the pictures of the latest night, one after the other; return how many came.

    A server that does not answer ends it: nothing depends on it.
    """
    for url in (f"{base_url}/media/grids.json", *day_count_urls(base_url, settings)):
        if stop.is_set() or not _ask(url):
            return 0
    came = 0
    for row in latest_rows(settings):
        if stop.is_set() or not _ask(_url(base_url, row)):
            break
        came += 1
    return came


def day_count_urls(base_url: str, settings: Settings) -> list[str]:
    """Return the addresses that count days with records, the latest year first."""
    with Archive.open(settings) as archive:
        years = {file.year for file in archive.ephemeris.store.snapshot().files if file.rows}
    path = "/api/v1/availability/ephemeris?format=identifier_only"
    return [
        f"{base_url}{path}&start={year}-01-01&end={year}-12-31"
        for year in sorted(years, reverse=True)
    ]


def _ask(url: str) -> bool:
    """Return whether our own server answers; what it says does not matter here."""
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT_S) as answer:  # noqa: S310
            answer.read()
    except (urllib.error.URLError, OSError):
        return False
    return True


def latest_rows(settings: Settings) -> list[WallRow]:
    """Return the rows with an image of the night that the Keogramist shows first."""
    with Archive.open(settings) as archive:
        imagers = imager_sources(archive)
        latest = shown_first(archive, imagers)
        if latest is None:
            return []
        query = WallQuery(latest, latest, page_size=min(ROWS, settings.max_wall_rows))
        return [row for row in wall_page(archive, query, imagers).rows if row.image]


def _url(base_url: str, row: WallRow) -> str:
    start, end = (edge.strftime("%Y-%m-%dT%H:%M:%S") for edge in row.window)
    query = urlencode({"start": start, "end": end, "width": 64, "height": 16})
    return f"{base_url}/media/keogram/{row.source.identifier}/{row.day}.webp?{query}"
