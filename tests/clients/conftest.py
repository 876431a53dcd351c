"""Real clients against a real server: gunicorn over a simulated archive of six days."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from pyaurorax import PyAuroraX

from core.archive import Archive
from core.search.examples import EVERY_IMAGER
from core.settings import Settings
from tests.servers import live_server

# Days on which each of the seven example searches finds something.
DAYS = (
    date(2008, 1, 16),
    date(2019, 1, 2),
    date(2019, 1, 4),
    date(2019, 2, 1),
    date(2019, 3, 1),
    date(2020, 1, 2),
)
TIMEOUT_S = 60  # of one request: other tests may have the processors


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep this folder on one of several test processes: they share archive and server."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("clients"))


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the archive; ATLAS_CLIENTS_ARCHIVE names one made before, which is copied."""
    folder: Path = tmp_path_factory.mktemp("clients") / "archive"
    if given := os.environ.get("ATLAS_CLIENTS_ARCHIVE"):
        shutil.copytree(given, folder)
    else:
        build(folder)
    return folder


def build(folder: Path) -> None:
    """Make the archive: every imager and spacecraft on the days above."""
    from core.instruments.registry import all_sources
    from core.simulation.build import build_archive

    wanted = {*EVERY_IMAGER, "footprint"}
    sources = [source.identifier for source in all_sources() if source.instrument_type in wanted]
    build_archive(Settings(archive=folder), days=DAYS, processes=1, sources=sources)


@pytest.fixture(scope="session")
def archive(folder: Path) -> Iterator[Archive]:
    """The archive, read beside the server: what its answers are compared with."""
    with Archive.open(Settings(archive=folder)) as opened:
        yield opened


@pytest.fixture(scope="session")
def url(folder: Path) -> Iterator[str]:
    """A server that answers small searches itself, as all here are; there is no worker."""
    with live_server(folder) as found:
        yield found


@pytest.fixture(scope="session")
def queueing_url(folder: Path) -> Iterator[str]:
    """A server that leaves every search to a worker, of which there is none."""
    with live_server(folder, ATLAS_INLINE_PAIR_MINUTES="0") as found:
        yield found


@pytest.fixture
def aurorax(url: str, tmp_path: Path) -> PyAuroraX:
    """The client, without a key."""
    return client(url, tmp_path)


@pytest.fixture(autouse=True)
def _keys_do_not_leak() -> Iterator[None]:
    """All clients of a process share one dictionary of headers, in which keys stay behind."""
    shared = PyAuroraX._PyAuroraX__DEFAULT_API_HEADERS
    before = dict(shared)
    yield
    shared.clear()
    shared.update(before)


def client(url: str, folder: Path, **options: str) -> PyAuroraX:
    """Make a client of the server at `url`."""
    return PyAuroraX(
        api_base_url=url, api_timeout=TIMEOUT_S, download_output_root_path=str(folder), **options
    )
