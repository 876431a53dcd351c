"""Who asks: an account, by its API key or the token of its session, or nobody.

No credential at all is anonymous, which most routes allow. A credential that is wrong is refused
everywhere, also where none was needed: a client that thinks itself known must not go on unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import flask

from core.errors import NotAuthenticated, NotAuthorized

if TYPE_CHECKING:
    from core.archive.accounts import Account
    from core.instruments.model import DataSource
    from core.observatory import Observatory

KEY_HEADER = "x-aurorax-api-key"
# Paths below which a wrong credential is refused whatever the route does with it.
GUARDED = ("/api/", "/exports/")
# Whoever signs in anew need not get rid of an old token first.
SIGN_IN = "/api/v1/authenticate"
_EXTENSION = "atlas.identity"
_CALLER = "atlas.caller"


def install(server: flask.Flask, observatory: Observatory) -> None:
    """Let the functions below find the accounts, and refuse wrong credentials of any request."""
    server.extensions[_EXTENSION] = observatory
    server.before_request(_refuse_wrong)
    server.after_request(_keep_private)


def caller() -> Account | None:
    """Return the account that asks, None when nobody says who he is.

    Raises
    ------
    core.errors.NotAuthenticated
        A key or token came with the request and is not valid.
    """
    # Kept with the request itself: `flask.g` is of the application's context, which may last
    # longer than one request.
    known = flask.request.environ
    if _CALLER not in known:
        known[_CALLER] = _recognised()
    account: Account | None = known[_CALLER]
    return account


def require_account() -> Account:
    """Return the account that asks; NotAuthenticated for nobody."""
    account = caller()
    if account is None:
        raise NotAuthenticated(
            "This needs an account.",
            hint=f"Send an API key in the header {KEY_HEADER}.",
        )
    return account


def require_administrator() -> Account:
    """Return the account that asks if it is an administrator's; NotAuthorized if it is not."""
    account = require_account()
    return _allowed(account, account.is_administrator, "Administrator")


def require_may_create() -> Account:
    """Return the account that asks if it may add data sources; NotAuthorized if it may not."""
    account = require_account()
    return _allowed(account, account.role in ("Administrator", "Owner"), "Owner or Administrator")


def require_source_owner(source: DataSource) -> Account:
    """Return the account that asks if it may change `source`: its owner, or an administrator."""
    account = require_account()
    return _allowed(account, _owns(account, source), "Owner of this data source, or Administrator")


def require_record_writer(source: DataSource) -> Account:
    """Return the account that asks if it may change records of `source`.

    These are its owner, its maintainers, and administrators.
    """
    account = require_account()
    maintains = account.role in ("Owner", "Maintainer") and account.is_named(source.maintainers)
    return _allowed(
        account,
        maintains or _owns(account, source),
        "Owner or Maintainer of this data source, or Administrator",
    )


def bearer_token() -> str | None:
    """Return the token of the header Authorization; None without one, or with another scheme."""
    scheme, _, token = flask.request.headers.get("Authorization", "").partition(" ")
    # Whoever sends the header of the answer back as a token says the word twice.
    return token.strip().removeprefix("Bearer ") if scheme.lower() == "bearer" else None


def _owns(account: Account, source: DataSource) -> bool:
    owns = account.role == "Owner" and account.is_named([source.owner])
    return account.is_administrator or owns


def _allowed(account: Account, allowed: bool, needed: str) -> Account:
    if not allowed:
        raise NotAuthorized(
            f"The account {account.email} ({account.role}) may not do this.",
            hint=f"It takes: {needed}.",
            role=account.role,
            needed=needed,
        )
    return account


def _refuse_wrong() -> None:
    path = flask.request.path
    if path.startswith(GUARDED) and path != SIGN_IN:
        caller()


def _keep_private(response: flask.Response) -> flask.Response:
    # A cache that many share knows no keys: it would hand on what was for one account.
    if flask.request.environ.get(_CALLER) is not None and not response.cache_control.no_store:
        response.cache_control.public = False
        response.cache_control.private = True
    return response


def _recognised() -> Account | None:
    observatory: Observatory = flask.current_app.extensions[_EXTENSION]
    catalogue = observatory.archive.catalogue
    if key := flask.request.headers.get(KEY_HEADER, "").strip():
        account = catalogue.keys.account(key)
        problem = "This API key is not valid: it is wrong, was revoked, or its account is disabled."
    elif (token := bearer_token()) is not None:
        account = catalogue.sign_in.account(token, observatory.settings.session_timeout_s)
        problem = "This session has ended: sign in again."
    else:
        return None
    if account is None:
        raise NotAuthenticated(problem, hint="Without one the request is anonymous.")
    return account
