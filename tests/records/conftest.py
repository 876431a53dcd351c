"""A live server over an archive that tests may write to, accounts of every role, and sources."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import flask
import pytest
import requests
from pyaurorax import PyAuroraX

import api
from core import logs
from core.archive import Archive
from core.archive.records import ephemeris_to_records, products_to_records
from core.instruments.model import DataSource
from core.observatory import Observatory
from core.settings import Settings
from tests.servers import answering

EVER = (datetime(1900, 1, 1, tzinfo=UTC), datetime(2199, 12, 31, tzinfo=UTC))
ROLES = {
    "admin": "Administrator", "owner": "Owner", "other": "Owner", "maintainer": "Maintainer",
    "stranger": "Maintainer", "user": "User",
}  # fmt: skip
SCHEMA = [
    {"field_name": "region", "description": "where", "data_type": "string",
     "allowed_values": ["cap", "oval"]},
    {"field_name": "radius", "description": "km", "data_type": "double"},
    {"field_name": "quality", "description": "flag", "data_type": "int"},
    {"field_name": "on", "description": "is on", "data_type": "bool"},
]  # fmt: skip
PRODUCT_SCHEMA = [{"field_name": "keogram_type", "description": "", "data_type": "string"}]


def email(name: str) -> str:
    return f"{name}@example.org"


@dataclass
class Site:
    """The server, its archive and its keys."""

    url: str
    observatory: Observatory
    keys: dict[str, str]
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(5000))

    @property
    def archive(self) -> Archive:
        return self.observatory.archive

    def ask(
        self, method: str, path: str, body: Any = None, key: str | None = "owner", **more: Any
    ) -> requests.Response:
        headers = {"x-aurorax-api-key": self.keys[key]} if key else {}
        if isinstance(body, bytes):
            more["data"] = body
        else:
            more["json"] = {} if body is None else body
        return requests.request(
            method, f"{self.url}/api/v1{path}", headers=headers, timeout=60, **more
        )

    def new_source(self, **changes: Any) -> DataSource:
        """Create a source over HTTP, owned by `owner` and with one maintainer."""
        number = next(self.numbers)
        document = {
            "identifier": number, "program": "trial", "platform": f"place {number}",
            "instrument_type": "camera", "source_type": "ground", "display_name": f"T {number}",
            "ephemeris_metadata_schema": SCHEMA, "data_product_metadata_schema": PRODUCT_SCHEMA,
            "maintainers": [email("maintainer")],
        }  # fmt: skip
        answer = self.ask("POST", "/data_sources", document | changes)
        assert answer.status_code == 200, answer.text
        return self.archive.catalogue.sources.get(answer.json()["identifier"])

    def ephemeris(self, source: int) -> list[dict[str, Any]]:
        """Return what the archive itself holds of a source."""
        table = self.archive.ephemeris.read([source], *EVER)
        return list(ephemeris_to_records(table, self._sources()))

    def products(self, source: int) -> list[dict[str, Any]]:
        table = self.archive.products.read([source], *EVER)
        return list(products_to_records(table, self._sources()))

    def _sources(self) -> dict[int, DataSource]:
        return {s.identifier: s for s in self.archive.catalogue.sources.list()}

    def client(self, folder: Path, key: str | None = "owner") -> PyAuroraX:
        """Return the real client; the key is the only one of this process (it is class-wide)."""
        return PyAuroraX(
            api_base_url=self.url,
            api_key=self.keys[key] if key else None,
            api_timeout=60,
            download_output_root_path=str(folder),
        )


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    logs.configure(Settings(log_level="WARNING"), sys.__stderr__)
    settings = Settings(archive=tmp_path_factory.mktemp("records") / "archive", render_processes=0)
    with Archive.create(settings) as archive:
        keys = {}
        for name, role in ROLES.items():
            archive.catalogue.accounts.add(email(name), role)
            keys[name] = archive.catalogue.keys.create(email(name)).text
    with Observatory(settings) as observatory:
        server = flask.Flask("atlas-api", static_folder=None)
        api.register(server, observatory)
        with answering(server) as url:
            yield Site(url, observatory, keys)


@pytest.fixture
def source(site: Site) -> DataSource:
    """A source of the owner's without records."""
    return site.new_source()


def names(source: DataSource) -> dict[str, str]:
    return {
        "program": source.program,
        "platform": source.platform,
        "instrument_type": source.instrument_type,
    }


def record(source: DataSource, epoch: str, **changes: Any) -> dict[str, Any]:
    """An ephemeris record as a client uploads it."""
    return {
        **names(source), "epoch": epoch,
        "location_geo": {"lat": 56.37672300000001, "lon": -94.643664},
        "location_gsm": {"lat": None, "lon": None},
        "nbtrace": {"lat": 56.376723, "lon": -94.643664},
        "sbtrace": {"lat": -72.76907128936035, "lon": -134.6681254931047},
        "metadata": {"region": "cap", "radius": 6802.930422181797, "quality": 1, "on": True},
    } | changes  # fmt: skip


def product(source: DataSource, url: str, **changes: Any) -> dict[str, Any]:
    """A data product record as a client uploads it."""
    return {
        **names(source), "data_product_type": "keogram", "start": "2020-01-01T00:00:00.000",
        "end": "2020-01-01T23:59:00.000", "url": url, "metadata": {"keogram_type": "daily"},
    } | changes  # fmt: skip


def search(
    site: Site, kind: str, source: DataSource, start: str, end: str, **more: Any
) -> list[dict[str, Any]]:
    """Search as a client does: submit, then the results."""
    query = {
        "data_sources": {k + "s": [v] for k, v in names(source).items()} | more,
        "start": start,
        "end": end,
    }
    submitted = site.ask("POST", f"/{kind}/search", query, key=None)
    assert submitted.status_code == 202, submitted.text
    found = requests.request("GET", submitted.headers["Location"].strip() + "/data", timeout=60)
    assert found.status_code == 200, found.text
    rows: list[dict[str, Any]] = found.json()["result"]
    return rows
