"""A request that is answered without its body does not spoil the connection for the next one."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from core.archive import Archive
from core.settings import Settings
from tests.servers import live_server


@pytest.mark.parametrize("chunked", [False, True])
def test_the_next_request_on_the_connection_is_answered(tmp_path: Path, chunked: bool) -> None:
    settings = Settings(archive=tmp_path / "archive")
    Archive.create(settings).close()
    body = b" " * (3 * 2**20)
    with live_server(settings.archive) as url, requests.Session() as session:
        for path, status in (
            ("data_sources/1/ephemeris", 401), ("nowhere", 404), ("data_sources/search", 413),
        ) * 3:  # fmt: skip
            sent = iter([body, body]) if chunked else body
            assert session.post(f"{url}/api/v1/{path}", data=sent, timeout=60).status_code == status
            assert session.post(f"{url}/api/v1/data_sources/search", json={}).json() == []
