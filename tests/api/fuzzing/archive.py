"""A small archive to be fuzzed, with a key, spare data sources, and searches that are done."""

from __future__ import annotations

import json
import urllib.request
from datetime import date
from pathlib import Path
from typing import Any

from core.archive import Archive
from core.instruments.model import DataSource, MetadataField
from core.settings import Settings
from core.simulation import marker
from core.simulation.build import build_archive

DAY = date(2019, 1, 1)
GILLAM, FORT_SMITH = 46, 55
SOURCES = [GILLAM, FORT_SMITH, 3, 29, 30]
# Sources that are changed, written to, and deleted; the others stay as they are.
CHANGED, WRITTEN, DELETED = 9001, 9002, range(9010, 9060)
ADMINISTRATOR = "fuzz@example.org"

WINDOW = {"start": "2019-01-01T00:00:00", "end": "2019-01-01T23:59:59"}
QUERIES: dict[str, dict[str, Any]] = {
    "conjunctions": WINDOW
    | {
        "ground": [{"programs": ["themis-asi"]}],
        "space": [{"programs": ["swarm"]}],
        "max_distances": {"ground1-space1": 900},
    },
    "ephemeris": {
        "start": "2019-01-01T06:00:00",
        "end": "2019-01-01T06:09:59",
        "data_sources": {"programs": ["swarm"]},
    },
    "data_products": WINDOW | {"data_sources": {"programs": ["themis-asi"]}},
}


def build(folder: Path) -> str:
    """Build the archive and return the key of an administrator."""
    settings = Settings(archive=folder)
    build_archive(settings, [DAY], processes=1, sources=SOURCES)
    marker.finish(settings, [DAY])
    with Archive.open(settings) as archive:
        for number in (CHANGED, WRITTEN, *DELETED):
            archive.catalogue.sources.put(_spare(number))
        archive.catalogue.accounts.add(ADMINISTRATOR, "Administrator")
        return str(archive.catalogue.keys.create(ADMINISTRATOR).text)


def _spare(number: int) -> DataSource:
    quality = MetadataField("quality", "From 0 to 1.", "double")
    return DataSource(
        number, "spare", f"platform {number}", "camera", "ground", f"Spare {number}",
        ephemeris_metadata_schema=(quality,),
    )  # fmt: skip


def known(url: str, key: str, spare: int) -> dict[str, Any]:
    """Submit searches, movies and deletions; return the identifiers of all that is there."""
    _warm_up(url)
    searches = {name: [_submitted(url, name) for _ in range(4 + spare)] for name in QUERIES}
    movie = {"source": GILLAM, "start": "2019-01-01T06:00:00", "end": "2019-01-01T06:05:00"}
    movies = [_send(url, "/media/movies", movie)[1]["id"] for _ in range(2 + spare)]
    names = {"program": "spare", "platform": f"platform {WRITTEN}", "instrument_type": "camera"}
    job = _send(url, f"/api/v1/data_sources/{WRITTEN}/ephemeris", names | WINDOW, "DELETE", key)[1][
        "delete_job_id"
    ]
    return {
        "sources": SOURCES,
        "imagers": [GILLAM, FORT_SMITH],
        "changed": CHANGED,
        "written": WRITTEN,
        "spare_sources": list(DELETED),
        "kept": {name: ids[:4] for name, ids in searches.items()},
        "spare": {name: ids[4:] for name, ids in searches.items()},
        "movies": movies[:2],
        "spare_movies": movies[2:],
        "delete_jobs": [job],
    }


def _warm_up(url: str) -> None:
    """Let the server set up its cameras, which takes seconds."""
    for path in (f"frame/{GILLAM}/20190101T060000.webp", "grid/themis-asi/20190101T060000.bin"):
        with urllib.request.urlopen(f"{url}/media/{path}", timeout=120) as answer:
            answer.read()


def _submitted(url: str, name: str) -> str:
    location = _send(url, f"/api/v1/{name}/search", QUERIES[name])[0]["Location"]
    return str(location.rpartition("/")[2])


def _send(
    url: str, path: str, body: Any, method: str = "POST", key: str = ""
) -> tuple[Any, dict[str, Any]]:
    headers = {"Content-Type": "application/json"} | ({"x-aurorax-api-key": key} if key else {})
    request = urllib.request.Request(url + path, json.dumps(body).encode(), headers, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        content = answer.read()
        return answer.headers, json.loads(content) if content else {}
