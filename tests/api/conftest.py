"""A small archive with known records, an application over it, and a server for real clients."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flask
import pytest
from flask.testing import FlaskClient

import api
from core import logs
from core.archive import Archive
from core.archive.records import ephemeris_from_records, products_from_records
from core.instruments.registry import all_sources
from core.observatory import Observatory
from core.settings import Settings
from tests.api import sky
from tests.api.redis_server import running_redis
from tests.servers import answering


def quiet() -> None:
    """Log warnings to where pytest does not exchange the stream between tests."""
    logs.configure(Settings(log_level="WARNING"), sys.__stderr__)


@pytest.fixture(autouse=True, scope="session")
def _quiet_logs() -> None:
    quiet()


@pytest.fixture(scope="session")
def observatory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Observatory]:
    """The sky of `sky.py` in an archive, with every described data source."""
    folder: Path = tmp_path_factory.mktemp("api") / "archive"
    settings = Settings(archive=folder)
    with Archive.create(settings) as archive:
        for source in all_sources():
            archive.catalogue.sources.put(source)
        catalogue = archive.catalogue.sources
        archive.ephemeris.upsert(ephemeris_from_records(catalogue, uploaded(sky.ephemeris())))
        archive.products.upsert(products_from_records(catalogue, uploaded(sky.products())))
    with Observatory(settings) as opened:
        yield opened


def uploaded(rows: list[sky.Record]) -> list[dict[str, Any]]:
    """Name sources as uploads do, by program, platform and instrument type."""
    sources = {source.identifier: source for source in all_sources()}
    out = []
    for row in rows:
        source = sources[row["identifier"]]
        names = {
            "program": source.program,
            "platform": source.platform,
            "instrument_type": source.instrument_type,
        }
        out.append(names | {key: value for key, value in row.items() if key != "identifier"})
    return out


@pytest.fixture(scope="session")
def server(observatory: Observatory) -> flask.Flask:
    """The API alone, without pages."""
    server = flask.Flask("atlas-api", static_folder=None)
    api.register(server, observatory)
    return server


@pytest.fixture
def client(server: flask.Flask) -> FlaskClient:
    return server.test_client()


@pytest.fixture(scope="session")
def live_url(server: flask.Flask) -> Iterator[str]:
    """Base URL of a server that real clients can talk to."""
    with answering(server) as url:
        yield url


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_redis(tmp_path_factory.mktemp("redis")) as url:
        yield url
