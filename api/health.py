"""`GET /healthz`: whether searches can be answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import flask
from sqlalchemy.exc import SQLAlchemyError

from api.answers import answer
from core import __version__
from core.errors import AtlasError

if TYPE_CHECKING:
    from core.observatory import Observatory


def blueprint(observatory: Observatory) -> flask.Blueprint:
    """Return the route that load balancers and start scripts ask."""
    routes = flask.Blueprint("health", __name__)

    @routes.get("/healthz")
    def healthz() -> flask.Response:
        try:
            # Asks the database which revision of the list it holds, so it is never an old answer.
            sources = observatory.archive.catalogue.sources.list()
        except (AtlasError, SQLAlchemyError) as error:
            return _report("unavailable", {"problem": type(error).__name__}, 503)
        count = sum(source.identifier >= 0 for source in sources)
        return _report("ok", {"data_sources": count}, 200)

    return routes


def _report(status: str, archive: dict[str, object], code: int) -> flask.Response:
    response = answer({"status": status, "archive": archive, "version": __version__}, code)
    response.cache_control.no_store = True
    return response
