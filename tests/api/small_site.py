"""A small archive with an account of each kind, and servers over it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import flask
import numpy as np
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import api
from core.archive import sign_in
from core.observatory import Observatory
from core.settings import Settings
from tests.api.people import KEY_HEADER, PASSWORD
from tests.oracle.small_archive import make_archive, records, source
from tests.servers import answering

FIRST = int(np.datetime64("2019-01-01", "m").astype(np.int64))
QUERY: dict[str, Any] = {
    "start": "2019-01-01T00:00:00",
    "end": "2019-01-01T01:00:00",
    "ground": [{}],
    "space": [{}],
    "max_distances": {"ground1-space1": 500},
}
ADA, BOB, ROOT = "ada@example.org", "bob@example.org", "root@example.org"
SIGN_IN = "/api/v1/authenticate"
SEARCH = "/api/v1/conjunctions/search"


@dataclass
class Site:
    """An archive with three accounts, and servers over it."""

    settings: Settings
    observatory: Observatory
    keys: dict[str, dict[str, str]]

    @property
    def client(self) -> FlaskClient:
        return self.server(self.observatory).test_client()

    def server(self, observatory: Observatory) -> flask.Flask:
        made = flask.Flask("atlas-identity", static_folder=None)
        api.register(made, observatory)
        return made


@contextmanager
def made_site(folder: Path, **more: Any) -> Iterator[Site]:
    """Make it in `folder`; passwords cost little to try."""
    minutes = list(range(FIRST, FIRST + 60))
    place = ([60.0] * 60, [-100.0] * 60)
    tables = [records(number, minutes, nb=place) for number in (1, 2)]
    chosen: dict[str, Any] = {"search_kernel": "numpy"} | more
    make_archive(folder, [source(1, "ground"), source(2, "leo")], tables, **chosen).close()
    settings = Settings(archive=folder / "archive", **chosen)
    with mock.patch.object(sign_in, "_COST", 2), Observatory(settings) as observatory:
        catalogue = observatory.archive.catalogue
        keys = {}
        for email, role in ((ADA, "User"), (BOB, "Owner"), (ROOT, "Administrator")):
            catalogue.accounts.add(email, role)
            keys[email] = {KEY_HEADER: catalogue.keys.create(email).text}
        catalogue.sign_in.set_password(ADA, PASSWORD)
        yield Site(settings, observatory, keys)


def signed_in(client: FlaskClient, password: str = PASSWORD, name: str = ADA) -> TestResponse:
    return client.post(SIGN_IN, json={"email_address": name, "password": password})


def submitted(client: FlaskClient, headers: dict[str, str], **more: Any) -> str:
    answer = client.post(SEARCH, json=QUERY | more, headers=headers)
    assert answer.status_code == 202, answer.get_data()
    return answer.headers["Location"].rsplit("/", 1)[-1]


@contextmanager
def live(site: Site) -> Iterator[str]:
    """Serve it to clients of its own; give the base URL."""
    with answering(site.server(site.observatory)) as url:
        yield url
