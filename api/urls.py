"""Absolute URLs of this server, as the client that asks sees it."""

from __future__ import annotations

import re

import flask

_HOST = re.compile(r"[A-Za-z0-9._-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?")
MEDIA = "/media/"


def base_url() -> str:
    """Return scheme and host, without a slash at the end.

    Clients use the `Location` of a search word for word, and build other URLs from the base URL
    that they were given; both have to lead to the same server. So the host is the one of the
    request, or the one that a proxy in front says the client asked for.
    """
    request = flask.request
    host = _first("X-Forwarded-Host")
    if not _HOST.fullmatch(host):
        host = request.host
    scheme = _first("X-Forwarded-Proto")
    if scheme not in ("http", "https"):
        scheme = request.scheme
    return f"{scheme}://{host}"


def absolute(url: str, base: str) -> str:
    """Return `url` made absolute if it is an image of this server."""
    return base + url if url.startswith(MEDIA) else url


def _first(header: str) -> str:
    return flask.request.headers.get(header, "").split(",")[0].strip()
