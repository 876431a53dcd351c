"""Paths of the API that are none.

Dash answers every GET that nothing else answers with its page, which a client of the API must
never get. So all other paths below the roots of documents end here, and are told apart: a
path that another method would reach (405) and one that no method reaches (404).
"""

from __future__ import annotations

from typing import NoReturn

import flask
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.exceptions import NotFound as NoSuchPage

from api.errors import DOCUMENT_ROOTS
from core.errors import NotFound

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
SEARCH = "/api/v1/data_sources/search"


def blueprint() -> flask.Blueprint:
    """Return the routes that catch what is left below `DOCUMENT_ROOTS`."""
    routes = flask.Blueprint("unknown", __name__)
    for root in DOCUMENT_ROOTS:
        for rule in (root, f"{root}/", f"{root}/<path:rest>"):
            routes.add_url_rule(
                rule, root.strip("/"), refuse, methods=METHODS, provide_automatic_options=False
            )
    # A word where another route has an identifier: for other methods it is not taken for one.
    others = [method for method in METHODS if method != "POST"]
    routes.add_url_rule(SEARCH, "search", refuse, methods=others, provide_automatic_options=False)
    routes.before_app_request(tell_methods)
    return routes


def tell_methods() -> flask.Response | None:
    """Answer OPTIONS below `DOCUMENT_ROOTS` with the methods of the path.

    Flask would name all methods, because the routes that catch what is left take them all.
    """
    path = flask.request.path
    if flask.request.method != "OPTIONS" or not path.startswith((*DOCUMENT_ROOTS, "/healthz")):
        return None
    allowed = [method for method in METHODS if _reaches(path, method)]
    if not allowed:
        return None
    told = [*allowed, *(["HEAD"] if "GET" in allowed else []), "OPTIONS"]
    return flask.Response(headers={"Allow": ", ".join(told)}, content_type=None)


def refuse(rest: str = "") -> NoReturn:
    """Say that there is nothing at this path, or nothing for this method."""
    path = flask.request.path
    allowed = [method for method in METHODS if _reaches(path, method)]
    if allowed:
        raise MethodNotAllowed(
            [*allowed, "OPTIONS"],
            f"{flask.request.method} is not allowed at {path}; allowed: {', '.join(allowed)}.",
        )
    raise NotFound(f"There is nothing at {path}.", kind="path", key=path)


def _reaches(path: str, method: str) -> bool:
    adapter = flask.current_app.create_url_adapter(flask.request)
    if adapter is None:
        return False
    try:
        endpoint, _ = adapter.match(path, method)
    except (HTTPException, NoSuchPage):
        return False
    view = flask.current_app.view_functions[endpoint]
    return view is not refuse and not endpoint.startswith("/")
