"""Signing in and out with a password, and the list of accounts for administrators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import flask

from api import clients, identity, inputs
from api.answers import answer
from core.archive.sign_in import SignInLimits
from core.errors import BadInput, NotAuthenticated

if TYPE_CHECKING:
    from core.archive.accounts import Account
    from core.observatory import Observatory

# The name goes by the first of these that is there.
NAMES = ("email_address", "email", "username")
MAX_TEXT = 1000


def blueprint(observatory: Observatory) -> flask.Blueprint:
    """Return the routes of sessions and accounts."""
    routes = flask.Blueprint("accounts", __name__)
    catalogue, settings = observatory.archive.catalogue, observatory.settings
    limits = SignInLimits(settings.max_wrong_passwords, settings.wrong_password_window_s)

    @routes.post("/authenticate")
    def authenticate() -> flask.Response:
        body = inputs.json_object()
        name, password = _name(body), _text(body, "password")
        address = clients.address()
        token = catalogue.sign_in.begin(name, password, address, limits)
        response = answer(account_document(catalogue.accounts.get(name)))
        response.headers["Authorization"] = f"Bearer {token}"
        response.headers["Cache-Control"] = "no-store"
        return response

    @routes.post("/authenticate/end_session")
    def end_session() -> flask.Response:
        token = identity.bearer_token()
        if not token or not catalogue.sign_in.end(token):
            raise NotAuthenticated(
                "There is no session to end.",
                hint="Send its token in the header Authorization, after the word Bearer.",
            )
        return answer({})

    @routes.get("/accounts")
    def accounts() -> flask.Response:
        identity.require_administrator()
        return answer([account_document(a) for a in catalogue.accounts.list(inputs.text("role"))])

    return routes


def account_document(account: Account) -> dict[str, Any]:
    """Return an account as the API delivers it; there are no terms here to agree to."""
    return {
        "account_id": account.account_id,
        "agree_terms": None,
        "disabled": account.disabled,
        "email_address": account.email,
        "first_name": account.first_name,
        "last_name": account.last_name,
        "role": account.role,
    }


def _name(body: dict[str, Any]) -> str:
    return _text(body, next((key for key in NAMES if key in body), NAMES[0]))


def _text(body: dict[str, Any], key: str) -> str:
    # What was sent is not repeated: it may be a password.
    value = body.get(key)
    if not isinstance(value, str) or not 0 < len(value) <= MAX_TEXT:
        raise BadInput(
            f"{key} is not a text of 1 to {MAX_TEXT} characters.",
            hint='Send {"email_address": ..., "password": ...}.',
            field=key,
        )
    return value
