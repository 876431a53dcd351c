"""Who sent a request, as far as limits are concerned: an account, or an address.

The address is that of the connection. Only where the operator says how many proxies stand in
front (``ATLAS_TRUSTED_PROXIES``), the address that the outermost of them saw is taken out of
`X-Forwarded-For`: what stands further left in it was written by the client.
"""

from __future__ import annotations

import ipaddress
from functools import lru_cache

import flask

from api import identity
from core.errors import NotAuthenticated

_LONGEST = 45
PROXIES = "ATLAS_TRUSTED_PROXIES"


def address() -> str:
    """Return the address of the client, empty where the server does not know it."""
    peer = flask.request.remote_addr or ""
    trusted = int(flask.current_app.config.get(PROXIES, 0))
    if not trusted:
        return peer
    seen = flask.request.headers.get("X-Forwarded-For", "").split(",")
    chain = [text for word in seen if (text := _address(word))]
    return chain[-trusted] if len(chain) >= trusted else (chain or [peer])[0]


def name() -> str:
    """Return the name under which requests are counted: of the account, else of the address."""
    try:
        account = identity.caller()
    except NotAuthenticated:
        account = None  # it is refused elsewhere, and counted here
    return f"account:{account.email}" if account else f"address:{address()}"


def is_local() -> bool:
    """Tell whether the request comes from this machine."""
    return _is_loopback(address())


@lru_cache(maxsize=1000)
def _is_loopback(text: str) -> bool:
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)  # how a socket for both kinds writes 127.0.0.1
    return (mapped or found).is_loopback


def _address(word: str) -> str:
    text = word.strip()[: _LONGEST + 2].strip("[]")
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return ""
