"""Security headers on every route.

Scripts run only when they are ours, or when their text has one of the hashes that the application
hands over (Dash writes clientside callbacks into the page). Styles may be inline, because Mantine
and AG Grid write them so. Nothing is fetched from another host.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import cast

import flask

Hashes = Iterable[str] | Callable[[], Iterable[str]]

_KEY = "atlas-script-hashes"

FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def install(server: flask.Flask) -> None:
    """Set the headers on every response of `server`."""
    server.extensions.setdefault(_KEY, ())
    server.after_request(_set)


def set_script_hashes(server: flask.Flask, hashes: Hashes) -> None:
    """Allow inline scripts with these hashes.

    Parameters
    ----------
    server : flask.Flask
        The server that `install` was called for, or will be.
    hashes : iterable of str, or function that returns one
        Quoted, as in ``'sha256-...'``. Give them once all clientside callbacks are known.
    """
    server.extensions[_KEY] = hashes if callable(hashes) else tuple(hashes)


def content_security_policy(hashes: Iterable[str] = ()) -> str:
    """Return the value of the Content-Security-Policy header."""
    rules = {
        "default-src": "'self'",
        "script-src": " ".join(["'self'", *hashes]),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "worker-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _set(response: flask.Response) -> flask.Response:
    given = cast(Hashes, flask.current_app.extensions[_KEY])
    hashes = given() if callable(given) else given
    response.headers["Content-Security-Policy"] = content_security_policy(hashes)
    for name, value in FIXED.items():
        response.headers[name] = value
    return response
