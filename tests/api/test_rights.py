"""Who may do what: every route, asked by everybody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import flask
import numpy as np
import pytest
from flask.testing import FlaskClient

import api
from api import identity
from core.archive.sign_in import SignInLimits
from core.errors import NotAuthenticated, NotAuthorized
from core.instruments.model import DataSource
from core.observatory import Observatory
from core.settings import Settings
from tests.api.people import (
    FOREIGN,
    MAINTAINERS,
    OWNED,
    PASSWORD,
    PEOPLE,
    REFUSED,
    ROLES,
    People,
    email,
    gather,
)
from tests.api.test_documented import documented
from tests.oracle.small_archive import make_archive, records, source

FIRST = int(np.datetime64("2019-01-01", "m").astype(np.int64))
WINDOW = {"start": "2019-01-01T00:00:00", "end": "2019-01-01T01:00:00"}
CONJUNCTION = WINDOW | {
    "ground": [{}], "space": [{}], "max_distances": {"ground1-space1": 500},
}  # fmt: skip
EPHEMERIS = WINDOW | {"data_sources": {"programs": ["ground"]}}
PRODUCTS = EPHEMERIS | {"data_product_type_filters": []}
BODIES = {"conjunctions": CONJUNCTION, "ephemeris": EPHEMERIS, "data_products": PRODUCTS}
NAMES = {"program": "ground", "platform": "platform 1", "instrument_type": "imager"}
NEW = NAMES | {"source_type": "ground", "display_name": "Source 1"}
NO_ID = "00000000-0000-4000-8000-000000000000"

ADMINISTRATORS = {"administrator", "administrator by session"}
OWNERS = {"owner"} | ADMINISTRATORS
WRITERS = {"maintainer", "named owner"} | OWNERS
CREATORS = {"owner", "named owner", "other owner"} | ADMINISTRATORS
VIEWERS = {"user"} | ADMINISTRATORS
EVERYBODY = set(PEOPLE) - set(REFUSED)


@dataclass(frozen=True)
class Route:
    """A request, who may make it, and what those get.

    `otherwise` is what is answered to who is known and may not; `anonymous` to nobody.
    """

    rule: str
    status: int
    body: Any = None
    allowed: frozenset[str] = frozenset(EVERYBODY)
    otherwise: int = 403
    anonymous: int = 401
    path: str = ""

    @property
    def method(self) -> str:
        return self.rule.split()[0]

    def expected(self, person: str) -> int:
        if person in REFUSED:
            return 401
        if person in self.allowed:
            return self.status
        return self.anonymous if person == "nobody" else self.otherwise


def for_(people: set[str], rule: str, status: int, body: Any = None, path: str = "") -> Route:
    return Route(rule, status, body, frozenset(people), path=path)


def private(rule: str, status: int, body: Any = None, path: str = "") -> Route:
    return Route(rule, status, body, frozenset(VIEWERS), otherwise=404, anonymous=404, path=path)


SOURCE = "/api/v1/data_sources/<identifier>"
REQUEST = "/api/v1/{k}/requests/<request_id>"
ADMIN = "/api/v1/utils/admin/search_requests"
ROUTES = [
    Route("GET /api/v1/data_sources", 200),
    Route("POST /api/v1/data_sources/search", 200, {}),
    Route(f"GET {SOURCE}", 200),
    Route(f"GET {SOURCE}/stats", 200),
    Route("GET /api/v1/availability/ephemeris", 200),
    Route("GET /api/v1/availability/data_products", 200),
    Route("POST /api/v1/ephemeris/search_synchronous", 200, {"query": EPHEMERIS}),
    Route("POST /api/v1/data_products/search_synchronous", 200, {"query": PRODUCTS}),
    Route("POST /api/v1/utils/describe/query/conjunction", 200, CONJUNCTION),
    Route("POST /api/v1/utils/describe/cartesian_products", 200, CONJUNCTION),
    Route("POST /api/v1/{k}/search", 202),
    Route("GET /api/v1/utils/timezones", 200),
    Route("GET /api/v1/utils/timezones/convert", 200,
          path="/api/v1/utils/timezones/convert?ts=2019-01-01T00:00:00&tz=UTC"),
    Route("GET /api/openapi.json", 200),
    Route("GET /api/application.wadl", 200),
    Route("GET /api/docs", 200),
    Route("GET /api/docs/<name>", 404, path="/api/docs/none"),
    Route(f"GET {SOURCE}/ephemeris/delete_jobs", 200),
    Route(f"GET {SOURCE}/ephemeris/delete_jobs/<delete_job_id>", 404),
    for_(CREATORS, "POST /api/v1/data_sources", 409, NEW),
    for_(OWNERS, f"PUT {SOURCE}", 200, NEW | {"maintainers": [email(n) for n in MAINTAINERS]}),
    for_(OWNERS, f"PATCH {SOURCE}", 200, {"display_name": "Source 1"}),
    for_(OWNERS, f"DELETE {SOURCE}", 409),
    for_(WRITERS, f"POST {SOURCE}/ephemeris", 202, []),
    for_(WRITERS, f"POST {SOURCE}/data_products", 202, []),
    for_(WRITERS, f"DELETE {SOURCE}/ephemeris", 202,
         NAMES | {"start": "1999-01-01T00:00:00", "end": "1999-01-02T00:00:00"}),
    for_(WRITERS, f"DELETE {SOURCE}/data_products", 200, NAMES | {"urls": ["https://a.b/c"]}),
    for_(ADMINISTRATORS, "GET /api/v1/accounts", 200),
    for_(ADMINISTRATORS, f"GET {ADMIN}", 200),
    for_(ADMINISTRATORS, f"DELETE {ADMIN}/<request_id>", 200),
    private(f"GET {REQUEST}", 200),
    private(f"GET {REQUEST}/data", 200),
    private(f"POST {REQUEST}/data", 200, {"start": True}),
    private(f"GET {REQUEST}/data/so_far", 200),
    private(f"DELETE {REQUEST}/data", 200),
    private(f"DELETE {REQUEST}", 204),
    private("GET /exports/<request_id>.csv", 200),
    private("GET /exports/<request_id>.json", 200),
    private("GET /exports/<request_id>.parquet", 200),
]  # fmt: skip
# Somebody else's source: maintainers and owners of another one are nobody special.
FOREIGN_ROUTES = [
    replace(route, rule=route.rule.replace("<identifier>", str(FOREIGN)),
            allowed=frozenset(ADMINISTRATORS))
    for route in ROUTES
    if route.allowed in (OWNERS, WRITERS) and route.method in ("DELETE", "PATCH")
    and not route.rule.endswith("products") and not route.rule.endswith("ephemeris")
]  # fmt: skip
# Not looked at: pictures, the pages' own things, HAPI, and where one signs in or out.
UNGUARDED = re.compile(r"[A-Z]+ /(healthz|vendor|media|hapi|api/v1/authenticate)")


@pytest.fixture(scope="module")
def observatory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Observatory]:
    minutes = list(range(FIRST, FIRST + 60))
    place = ([60.0] * 60, [-100.0] * 60)
    owned = replace(
        source(OWNED, "ground"),
        owner=email("owner").upper(),
        maintainers=tuple(email(name) for name in MAINTAINERS),
    )
    tables = [records(number, minutes, nb=place) for number in (OWNED, FOREIGN)]
    folder, kernel = tmp_path_factory.mktemp("rights"), {"search_kernel": "numpy"}
    make_archive(folder, [owned, source(FOREIGN, "leo")], tables, **kernel).close()
    settings = Settings(archive=folder / "archive", max_requests_per_minute=10**6, **kernel)
    with Observatory(settings) as opened:
        yield opened


@pytest.fixture(scope="module")
def server(observatory: Observatory) -> flask.Flask:
    server = flask.Flask("atlas-rights", static_folder=None)
    api.register(server, observatory)
    return server


@pytest.fixture(scope="module")
def people(observatory: Observatory) -> People:
    catalogue = observatory.archive.catalogue
    limits = SignInLimits(10, 900.0)
    catalogue.accounts.add(email("administrator"), "Administrator")
    catalogue.sign_in.set_password(email("administrator"), PASSWORD)
    tokens = [
        catalogue.sign_in.begin(email("administrator"), PASSWORD, "", limits) for _ in range(2)
    ]
    catalogue.sign_in.end(tokens[1])
    return gather(catalogue, *tokens)


def submitted(client: FlaskClient, name: str, headers: dict[str, str]) -> str:
    answer = client.post(f"/api/v1/{name}/search", json=BODIES[name], headers=headers)
    assert answer.status_code == 202, answer.get_data()
    return answer.headers["Location"].rsplit("/", 1)[-1]


def ask(
    client: FlaskClient, route: Route, headers: dict[str, str], request_id: str, kind: str
) -> tuple[int, bytes]:
    path = (route.path or route.rule.split()[1]).replace("{k}", kind)
    path = path.replace("<identifier>", str(OWNED)).replace("<request_id>", request_id)
    path = path.replace("<delete_job_id>", NO_ID)
    body = BODIES[kind] if "{k}/search" in route.rule else route.body
    sent = {} if body is None else body
    with client.open(path, method=route.method, json=sent, headers=headers) as answer:
        return answer.status_code, answer.get_data()


@pytest.mark.parametrize("route", [*ROUTES, *FOREIGN_ROUTES], ids=lambda route: route.rule)
def test_each_route_answers_everybody_as_it_should(
    server: flask.Flask, people: People, route: Route
) -> None:
    client = server.test_client()
    kinds = list(BODIES) if "{k}" in route.rule else ["conjunctions"]
    wrong = []
    for person in PEOPLE:
        for kind in kinds:
            request_id = NO_ID
            if "<request_id>" in route.rule:
                request_id = submitted(client, kind, people["user"])
            status, body = ask(client, route, people[person], request_id, kind)
            if status != route.expected(person):
                wrong.append((person, kind, status, route.expected(person), body[:200]))
            if status in (401, 403):
                code = "NotAuthenticated" if status == 401 else "NotAuthorized"
                assert f'"error_code":"{code}"'.encode() in body
    assert wrong == []


def test_no_route_is_left_out(server: flask.Flask) -> None:
    tried = {route.rule for route in ROUTES}
    there = {
        f"{method} {documented(rule.rule)}"
        for rule in server.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if not rule.endpoint.startswith("unknown.")
    }
    assert {rule for rule in there if not UNGUARDED.match(rule)} == tried


@pytest.mark.parametrize("rule", ["/healthz", "/media/grids.json", "/hapi/capabilities"])
@pytest.mark.parametrize("person", REFUSED)
def test_what_has_no_accounts_does_not_look_at_keys(
    server: flask.Flask, people: People, rule: str, person: str
) -> None:
    assert server.test_client().get(rule, headers=people[person]).status_code == 200


# --------------------------------------------------------------------------- the guards alone
def source_of(owner: str, *maintainers: str) -> DataSource:
    return replace(source(9, "ground"), owner=owner, maintainers=maintainers)


@pytest.mark.parametrize("person", PEOPLE)
def test_rights_on_sources_follow_role_and_relation(
    server: flask.Flask, people: People, person: str
) -> None:
    """Every role, related to a source in every way: the owner of it, named in it, neither."""
    role = people_role(person)
    me, other = email(person.removesuffix(" by session")), "x@example.org"
    for owner in (me, me.upper(), other, ""):
        for maintainers in ((), (me,), (other, me.title()), (other,)):
            made = source_of(owner, *maintainers)
            owns = owner.lower() == me
            named = me in [m.lower() for m in maintainers]
            may_change = role == "Administrator" or (role == "Owner" and owns)
            may_write = may_change or (role in ("Owner", "Maintainer") and named)
            for guard, may in (
                (identity.require_source_owner, may_change),
                (identity.require_record_writer, may_write),
            ):
                assert outcome(server, people[person], guard, made) == (
                    "allowed" if may else "NotAuthorized" if role else "NotAuthenticated"
                ), (owner, maintainers, guard.__name__)


def people_role(person: str) -> str | None:
    return ROLES.get(person.removesuffix(" by session"))


def outcome(server: flask.Flask, headers: dict[str, str], guard: Any, made: DataSource) -> str:
    with server.test_request_context("/api/v1/data_sources", headers=headers):
        try:
            guard(made)
        except (NotAuthenticated, NotAuthorized) as error:
            return type(error).__name__
    return "allowed"
