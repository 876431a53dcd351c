"""The HTTP API: AuroraX-compatible REST, media, vendor files, and what guards every route."""

from __future__ import annotations

from typing import TYPE_CHECKING

import flask

from api import (
    accounts,
    admin,
    availability,
    compression,
    dash_guard,
    data_sources,
    describe,
    errors,
    exports,
    hapi,
    headers,
    health,
    identity,
    limits,
    maintenance,
    media,
    movies,
    record_edits,
    request_log,
    searches,
    source_edits,
    synchronous,
    timezones,
    unknown,
    unread,
    vendor,
)
from api.openapi import routes as openapi

if TYPE_CHECKING:
    from core.observatory import Observatory

__all__ = ["headers", "register", "vendor"]

API = "/api/v1"


def register(server: flask.Flask, observatory: Observatory) -> None:
    """Install the API and its guards on `server`.

    Call it once, after Dash has put its routes on the server.
    """
    server.config["MAX_CONTENT_LENGTH"] = observatory.settings.max_body_bytes
    compression.install(server)
    headers.install(server)
    errors.install(server)
    dash_guard.install(server)
    limits.install(server, observatory.settings)
    identity.install(server, observatory)
    maintenance.install(server, observatory.settings.maintenance)
    server.register_blueprint(health.blueprint(observatory))
    server.register_blueprint(vendor.blueprint())
    media.register(server, observatory)
    server.register_blueprint(movies.blueprint(observatory))
    server.register_blueprint(exports.blueprint(observatory))
    server.register_blueprint(hapi.blueprint(observatory))
    for module in (data_sources, searches, synchronous, availability, describe, accounts, admin):
        server.register_blueprint(module.blueprint(observatory), url_prefix=API)
    for module in (source_edits, record_edits, timezones):
        server.register_blueprint(module.blueprint(observatory), url_prefix=API)
    server.register_blueprint(openapi.blueprint())
    server.register_blueprint(unknown.blueprint())
    server.wsgi_app = unread.Unread(server.wsgi_app)  # type: ignore[method-assign]
    server.wsgi_app = request_log.RequestLog(server.wsgi_app)  # type: ignore[method-assign]
