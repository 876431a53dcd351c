"""Signing in and out, private searches, and what becomes of secrets, over HTTP."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from core import logs
from core.archive.account_keys import digest
from core.archive.models import SessionRow
from core.errors import NotFound
from core.observatory import Observatory
from core.search.jobs.queue import MAX_ATTEMPTS
from core.settings import Settings
from tests.api.conftest import quiet
from tests.api.people import KEY_HEADER, PASSWORD
from tests.api.small_site import (
    ADA,
    BOB,
    QUERY,
    ROOT,
    SEARCH,
    SIGN_IN,
    Site,
    made_site,
    signed_in,
    submitted,
)

MOST_WRONG = 3


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with made_site(tmp_path, max_wrong_passwords=MOST_WRONG) as made:
        yield made


# --------------------------------------------------------------------------- sessions
def test_a_session_begins_is_somebody_and_ends(site: Site) -> None:
    client = site.client
    answer = signed_in(client)
    assert answer.status_code == 200
    assert answer.content_type == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json is not None
    assert (answer.json["email_address"], answer.json["role"]) == (ADA, "User")
    token = {"Authorization": answer.headers["Authorization"]}
    assert token["Authorization"].startswith("Bearer ")
    request_id = submitted(client, token)
    path = f"/api/v1/conjunctions/requests/{request_id}"
    assert client.get(path, headers=token).status_code == 200
    assert client.get(path, headers=site.keys[ADA]).status_code == 200
    assert client.get(path).status_code == 404
    ended = client.post(f"{SIGN_IN}/end_session", headers=token)
    assert (ended.status_code, ended.json) == (200, {})
    assert client.get(path, headers=token).status_code == 401
    assert client.post(f"{SIGN_IN}/end_session", headers=token).status_code == 401
    assert signed_in(client).status_code == 200


def test_a_header_sent_back_word_for_word_is_understood(site: Site) -> None:
    client = site.client
    header = signed_in(client).headers["Authorization"]
    for text in (header, f"Bearer {header}", header.replace("Bearer", "bearer", 1)):
        assert (
            client.get("/api/v1/data_sources", headers={"Authorization": text}).status_code == 200
        )


def test_a_session_is_known_to_every_process_of_the_archive(site: Site) -> None:
    token = {"Authorization": signed_in(site.client).headers["Authorization"]}
    request_id = submitted(site.client, token)
    path = f"/api/v1/conjunctions/requests/{request_id}"
    with Observatory(site.settings) as second:
        client = site.server(second).test_client()
        assert client.get(path, headers=token).status_code == 200
        assert client.get(path).status_code == 404
        assert client.post(f"{SIGN_IN}/end_session", headers=token).status_code == 200
    assert site.client.get(path, headers=token).status_code == 401


def test_a_session_that_is_not_used_ends(site: Site) -> None:
    client = site.client
    token = {"Authorization": signed_in(client).headers["Authorization"]}
    then = datetime.now(UTC) - timedelta(seconds=site.settings.session_timeout_s)
    with site.observatory.archive.catalogue.writing() as session:
        session.execute(update(SessionRow).values(last_used=then))
    answer = client.get("/api/v1/data_sources", headers=token)
    assert (answer.status_code, answer.json["error_code"]) == (401, "NotAuthenticated")  # type: ignore[index]


@pytest.mark.parametrize(
    "body", [{}, {"email_address": ADA}, {"email_address": 1, "password": PASSWORD},
             {"email_address": ADA, "password": ["x"]}, {"email_address": "", "password": "x"},
             {"email_address": ADA, "password": "x" * 1001}, [], 7],
)  # fmt: skip
def test_what_is_no_sign_in_is_refused(site: Site, body: Any) -> None:
    answer = site.client.post(SIGN_IN, json=body)
    assert (answer.status_code, answer.json["error_code"]) == (400, "AssertionError")  # type: ignore[index]


def test_guessing_passwords_is_throttled_over_all_processes(site: Site) -> None:
    with Observatory(site.settings) as second:
        clients = [site.client, site.server(second).test_client()]
        statuses = [signed_in(clients[n % 2], f"guess {n}").status_code for n in range(5)]
        assert statuses == [401] * MOST_WRONG + [429] * 2
        answer = signed_in(clients[0])
        assert (answer.status_code, answer.json["error_code"]) == (429, "ToManyRequests")  # type: ignore[index]
        assert 0 < int(answer.headers["Retry-After"]) <= site.settings.wrong_password_window_s
        assert clients[0].get("/api/v1/data_sources", headers=site.keys[ADA]).status_code == 200


def test_an_old_token_does_not_keep_from_signing_in(site: Site) -> None:
    answer = site.client.post(
        SIGN_IN, json={"email": ADA, "password": PASSWORD}, headers={"Authorization": "Bearer old"}
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("value", ["Basic dXNlcjpwYXNz", "Digest x", "", "nonsense"])
def test_other_schemes_of_authorization_are_not_ours(site: Site, value: str) -> None:
    assert (
        site.client.get("/api/v1/data_sources", headers={"Authorization": value}).status_code == 200
    )


@pytest.mark.parametrize(
    "key", ["x", "é", "a" * 5000, "atlas-", "' OR 1=1 --", "atlas-000000000000." + "A" * 43]
)
def test_any_wrong_key_is_an_error_document(site: Site, key: str) -> None:
    for path in ("/api/v1/data_sources", "/api/v1/nothing", "/exports/x.csv", "/api/openapi.json"):
        answer = site.client.get(path, headers={KEY_HEADER: key.encode().decode("latin-1")})
        assert answer.status_code == 401
        assert answer.content_type == "application/json"
        assert answer.json is not None
        assert set(answer.json) == {"error_code", "error_message"}
        assert key not in answer.json["error_message"]


def test_an_empty_key_is_no_key(site: Site) -> None:
    assert site.client.get("/api/v1/data_sources", headers={KEY_HEADER: " "}).status_code == 200


def test_where_there_are_key_and_token_the_key_counts(site: Site) -> None:
    both = site.keys[ROOT] | {"Authorization": "Bearer nonsense"}
    assert site.client.get("/api/v1/accounts", headers=both).status_code == 200


def test_who_asked_before_is_not_who_asks_now(site: Site) -> None:
    """Also where requests share the context of one application."""
    server = site.server(site.observatory)
    with server.app_context():
        client = server.test_client()
        statuses = [
            client.get("/api/v1/accounts", headers=headers).status_code
            for headers in (site.keys[ROOT], {}, site.keys[ADA], {KEY_HEADER: "x"}, site.keys[ROOT])
        ]
    assert statuses == [200, 401, 403, 401, 200]


# --------------------------------------------------------------------------- private searches
def test_a_private_search_is_as_one_that_does_not_exist(site: Site) -> None:
    """Word for word, whatever is asked of it and by whom."""
    client = site.client
    request_id, none = submitted(client, site.keys[ADA]), "00000000-0000-4000-8000-000000000000"
    path = "/api/v1/conjunctions/requests/{}"
    for method, where in (
        ("GET", path), ("DELETE", path), ("GET", path + "/data"), ("POST", path + "/data"),
        ("DELETE", path + "/data"), ("GET", path + "/data/so_far"),
        ("GET", "/api/v1/ephemeris/requests/{}"), ("GET", "/api/v1/data_products/requests/{}/data"),
        ("GET", "/exports/{}.csv"), ("GET", "/exports/{}.json"), ("GET", "/exports/{}.parquet"),
    ):  # fmt: skip
        for headers in ({}, site.keys[BOB]):
            told = [
                client.open(where.format(name), method=method, json={}, headers=headers)
                for name in (request_id, none)
            ]
            assert [answer.status_code for answer in told] == [404, 404]
            texts = [answer.get_data(as_text=True) for answer in told]
            assert texts[0].replace(request_id, none) == texts[1]
    status = client.get(path.format(request_id), headers=site.keys[ADA])
    assert status.json is not None
    assert status.json["search_result"]["result_count"] == 1
    assert client.get(path.format(request_id) + "/data", headers=site.keys[ROOT]).status_code == 200


def test_who_forgets_to_say_who_asks_sees_too_little(site: Site) -> None:
    """Pages ask the service without an account."""
    request_id = submitted(site.client, site.keys[ADA])
    search = site.observatory.search
    for ask in (search.status, search.progress, search.results, search.rows_so_far,
                search.cancel, search.delete_results, search.forget):  # fmt: skip
        with pytest.raises(NotFound, match=f"No search with request_id {request_id}"):
            ask(request_id)
    catalogue = site.observatory.archive.catalogue
    assert search.seen_by(catalogue.accounts.get(ADA)).results(request_id).count == 1
    assert search.viewer is None


def test_a_search_of_nobody_is_open_to_who_knows_its_id(site: Site) -> None:
    client = site.client
    request_id = submitted(client, {})
    path = f"/api/v1/conjunctions/requests/{request_id}"
    for headers in ({}, *site.keys.values()):
        assert client.get(path + "/data", headers=headers).status_code == 200
        assert client.get(f"/exports/{request_id}.csv", headers=headers).status_code == 200


def test_a_taken_id_stays_taken_also_where_its_search_is_not_seen(site: Site) -> None:
    chosen = "11111111-2222-4333-8444-555555555555"
    submitted(site.client, site.keys[ADA], request_id=chosen)
    for headers in ({}, site.keys[BOB]):
        answer = site.client.post(SEARCH, json=QUERY | {"request_id": chosen}, headers=headers)
        assert answer.status_code == 409


def test_shared_caches_may_keep_nothing_that_was_for_an_account(site: Site) -> None:
    client = site.client
    request_id = submitted(client, site.keys[ADA])
    for path in (f"/api/v1/conjunctions/requests/{request_id}/data", "/api/v1/data_sources",
                 f"/exports/{request_id}.csv", f"/exports/{request_id}.parquet"):  # fmt: skip
        with client.get(path, headers=site.keys[ADA]) as answer:
            assert answer.status_code == 200
            assert answer.cache_control.private
            assert not answer.cache_control.public


def test_an_entity_tag_opens_no_private_result(site: Site) -> None:
    client = site.client
    path = f"/api/v1/conjunctions/requests/{submitted(client, site.keys[ADA])}/data"
    tag = client.get(path, headers=site.keys[ADA]).headers["ETag"]
    for value in (tag, "*"):
        assert client.get(path, headers={"If-None-Match": value}).status_code == 404
        own = client.get(path, headers=site.keys[ADA] | {"If-None-Match": value})
        assert own.status_code == 304


def test_searches_at_once_are_counted_by_account(
    tmp_path: Path,
) -> None:
    """Wherever an account asks from; and who asks without one, with the others of the address."""
    more = {"inline_pair_minutes": 0, "max_searches_per_client": 2}
    with made_site(tmp_path, **more) as site:
        client = site.client

        def ask(headers: dict[str, str], address: str) -> int:
            return client.post(
                SEARCH, json=QUERY, headers=headers, environ_base={"REMOTE_ADDR": address}
            ).status_code

        assert [ask(site.keys[ADA], f"192.0.2.{n}") for n in range(3)] == [202, 202, 503]
        assert [ask({}, "192.0.2.1") for _ in range(3)] == [202, 202, 503]
        assert [ask(site.keys[BOB], "192.0.2.1") for _ in range(3)] == [202, 202, 503]
        assert [ask({}, "192.0.2.2") for _ in range(3)] == [202, 202, 503]


def test_a_private_search_that_a_worker_gave_up_tells_only_its_owner_why(
    tmp_path: Path,
) -> None:
    with made_site(tmp_path, inline_pair_minutes=0) as site:
        client, store = site.client, site.observatory.search.jobs
        request_id = submitted(client, site.keys[ADA])
        for _ in range(MAX_ATTEMPTS):
            claim = store.claim("worker", -1.0)
            assert claim is not None
        assert store.end(claim, "failed", ("error", "secret reason"), error_message="secret reason")
        path = f"/api/v1/conjunctions/requests/{request_id}/data"
        assert "secret reason" not in client.get(path).get_data(as_text=True)
        assert "secret reason" in client.get(path, headers=site.keys[ADA]).get_data(as_text=True)


# --------------------------------------------------------------------------- secrets
def test_no_secret_is_logged_or_stored_by_the_server(site: Site) -> None:
    told = io.StringIO()
    logs.configure(Settings(log_level="DEBUG", log_format="json"), told)
    try:
        client = site.client
        answers = [signed_in(client), signed_in(client, "a wrong password")]
        token = answers[0].headers["Authorization"].removeprefix("Bearer ")
        bearer = {"Authorization": f"Bearer {token}"}
        for headers in (site.keys[ROOT], {KEY_HEADER: "a-wrong-key"}, bearer):
            answers.append(client.get("/api/v1/accounts", headers=headers))
        answers.append(client.post(SEARCH, json=QUERY, headers=site.keys[ADA]))
        answers.append(client.post(f"{SIGN_IN}/end_session", headers=bearer))
        for answer in answers:
            answer.close()  # what was asked is logged when the answer has been sent
    finally:
        logs.configure(Settings(log_level="WARNING"), sys.__stderr__)
        quiet()
    lines = told.getvalue()
    assert [json.loads(line)["event"] for line in lines.splitlines()].count("request") == 7
    folder = site.settings.archive
    stored = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    key = site.keys[ROOT][KEY_HEADER]
    assert digest(key).encode() in stored, "nothing was searched"
    for secret in (key, key.split(".")[1], token, PASSWORD, "a wrong password", "a-wrong-key"):
        assert secret not in lines
        assert secret.encode() not in stored


# --------------------------------------------------------------------------- accounts
def test_the_list_of_accounts_is_the_catalogues(site: Site) -> None:
    catalogue = site.observatory.archive.catalogue
    catalogue.accounts.add("eve@example.org", "User", first_name="Eve", last_name="Example")
    catalogue.accounts.change("eve@example.org", disabled=True)

    def listed(query: str = "") -> list[dict[str, Any]]:
        answer = site.client.get(f"/api/v1/accounts{query}", headers=site.keys[ROOT])
        assert answer.status_code == 200
        assert isinstance(answer.json, list)
        return answer.json

    everyone = listed()
    assert [account["email_address"] for account in everyone] == [
        ADA, BOB, "eve@example.org", ROOT,
    ]  # fmt: skip
    assert everyone[2] == {
        "account_id": catalogue.accounts.get("eve@example.org").account_id,
        "agree_terms": None, "disabled": True, "email_address": "eve@example.org",
        "first_name": "Eve", "last_name": "Example", "role": "User",
    }  # fmt: skip
    assert [a["email_address"] for a in listed("?role=User")] == [ADA, "eve@example.org"]
    assert listed("?role=") == everyone
    wrong = site.client.get("/api/v1/accounts?role=King", headers=site.keys[ROOT])
    assert wrong.status_code == 400
