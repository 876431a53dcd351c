"""Maintenance mode: the archive is read and searched, and nobody changes it.

One hook before all routes decides, so that no writing route can forget it. Clients know the mode
by the words "maintenance mode" in the message of a 503.
"""

from __future__ import annotations

import flask

from core.errors import MaintenanceMode

RETRY_S = 600.0
WRITES = ("POST", "PUT", "PATCH", "DELETE")
# What lies below is data of the archive; the search of data sources only reads it.
DATA = "/api/v1/data_sources"
SEARCH = f"{DATA}/search"
SLOW = ("/api/v1/availability/", f"{DATA}/")


def install(server: flask.Flask, on: bool) -> None:
    """Refuse writes and slow counts where `on`."""
    if on:
        server.before_request(refuse)


def refuse() -> None:
    """Raise MaintenanceMode for a request that would change the archive, or count it anew."""
    path, method = flask.request.path, flask.request.method
    writes = method in WRITES and path.startswith(DATA) and path != SEARCH
    slow = flask.request.args.get("slow", "").lower() in ("true", "1", "yes")
    if writes or (slow and path.startswith(SLOW)):
        what = "Writing" if writes else "Counting with slow=true"
        raise MaintenanceMode(
            f"{what} is off: the server is in maintenance mode.",
            hint="Reading and searching go on; try again later.",
            retry_after_s=RETRY_S,
        )
