"""Every failure below the API's paths is answered with the same document."""

from __future__ import annotations

from collections.abc import Iterator

import flask
import pytest
from flask.testing import FlaskClient

from api import errors as table
from core import errors


def family(kind: type[errors.AtlasError] = errors.AtlasError) -> Iterator[type[errors.AtlasError]]:
    if kind.__module__.startswith("core."):
        yield kind
    for child in kind.__subclasses__():
        yield from family(child)


def error_codes() -> set[str]:
    return {
        "Nil", "Ok", "NotPermitted", "NotAuthorized", "Duplicate", "AssertionError", "NotFound",
        "ApplicationError", "NotImplemented", "ToManyRequests", "Other", "Conflict",
        "NotAuthenticated", "Unavailable",
    }  # fmt: skip


@pytest.fixture
def raising() -> FlaskClient:
    """A server with one route that raises whatever its path names."""
    server = flask.Flask(__name__, static_folder=None)
    table.install(server)

    @server.get("/api/raise/<name>")
    @server.get("/page/<name>")
    def fail(name: str) -> str:
        kinds: dict[str, type[Exception]] = {kind.__name__: kind for kind in family()}
        raise kinds.get(name, RuntimeError)(
            "secret detail" if name not in kinds else "what is wrong"
        )

    return server.test_client()


def test_the_table_names_every_error_of_the_family() -> None:
    assert set(table.OUTCOMES) == set(family())


def test_the_table_uses_statuses_and_codes_of_the_api() -> None:
    codes = error_codes()
    for kind, (status, code) in table.OUTCOMES.items():
        assert code in codes, kind
        assert status in {400, 401, 403, 404, 409, 429, 500, 503}, kind
    assert set(table.HTTP_CODES.values()) <= codes


@pytest.mark.parametrize("kind", list(family()), ids=lambda kind: kind.__name__)
def test_each_error_is_answered_as_the_table_says(
    raising: FlaskClient, kind: type[errors.AtlasError]
) -> None:
    response = raising.get(f"/api/raise/{kind.__name__}")
    status, code = table.OUTCOMES[kind]
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/json"
    assert response.get_json() == {"error_code": code, "error_message": "what is wrong"}


def test_a_new_kind_of_error_takes_the_entry_of_its_parent() -> None:
    class OddError(errors.BadInput):
        """Not of the core, so not in the table."""

    assert table.outcome_of(OddError("odd")) == table.OUTCOMES[errors.BadInput]


def test_a_fault_of_the_program_tells_no_details(raising: FlaskClient) -> None:
    response = raising.get("/api/raise/bug")
    assert response.status_code == 500
    assert response.headers["Content-Type"] == "application/json"
    assert response.get_json()["error_code"] == "ApplicationError"
    assert "secret detail" not in response.get_data(as_text=True)


def test_pages_are_not_answered_with_documents(raising: FlaskClient) -> None:
    response = raising.get("/page/bug")
    assert response.status_code == 500
    assert "secret detail" not in response.get_data(as_text=True)
    missing = raising.get("/nowhere")
    assert missing.status_code == 404
    assert missing.mimetype == "text/html"
