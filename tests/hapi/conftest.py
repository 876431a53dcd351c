"""HAPI over the archive of `world.py`: in the process, over HTTP, and for real clients."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import flask
import pytest
from flask.testing import FlaskClient

import api
from core import logs
from core.hapi.service import Hapi
from core.observatory import Observatory
from core.settings import Settings
from tests.hapi import world
from tests.servers import answering


@pytest.fixture(autouse=True, scope="session")
def _quiet_logs() -> None:
    logs.configure(Settings(log_level="ERROR"), sys.__stderr__)


@pytest.fixture(scope="session")
def observatory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Observatory]:
    with Observatory(world.folder(tmp_path_factory.mktemp("hapi"))) as opened:
        yield opened


@pytest.fixture(scope="session")
def hapi(observatory: Observatory) -> Hapi:
    return Hapi(observatory.archive, observatory.keograms, observatory.frames)


@pytest.fixture(scope="session")
def server(observatory: Observatory) -> flask.Flask:
    server = flask.Flask("hapi", static_folder=None)
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
