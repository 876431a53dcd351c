"""Absolute URLs of this server, as the client that asks sees it."""

from __future__ import annotations

import re

import flask

# IDL-AuroraX does not read the Location of a search. It takes 36 characters at the place where the
# request id stands when the origin is as long as AuroraX's own, "https://api.aurorax.space".
IDL_AGENT = "idl-aurorax/"
IDL_ORIGIN_CHARACTERS = 25
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


def request_url(name: str, request_id: str) -> str:
    """Return where the status of a search is: what `Location` says when one is submitted.

    For IDL-AuroraX the request id stands where that client cuts it out: slashes before the path
    make up for a shorter origin (repeated slashes count as one here), and where the origin is
    longer, the reference is relative, with as many characters of nothing (``/.``).
    """
    origin = base_url()
    if flask.request.headers.get("User-Agent", "").startswith(IDL_AGENT):
        origin = _as_long_as_auroraxs(origin)
    return f"{origin}/api/v1/{name}/requests/{request_id}"


def _as_long_as_auroraxs(origin: str) -> str:
    missing = IDL_ORIGIN_CHARACTERS - len(origin)
    if missing >= 0:
        return origin + "/" * missing
    return "/." * (IDL_ORIGIN_CHARACTERS // 2) + "/" * (IDL_ORIGIN_CHARACTERS % 2)


def absolute(url: str, base: str) -> str:
    """Return `url` made absolute if it is an image of this server."""
    return base + url if url.startswith(MEDIA) else url


def _first(header: str) -> str:
    return flask.request.headers.get(header, "").split(",")[0].strip()
