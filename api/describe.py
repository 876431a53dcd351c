"""What a query means, in words, and how many tuples of data sources it expands to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import flask

from api import inputs
from api.answers import answer
from core.search.describe import count_tuples, describe

if TYPE_CHECKING:
    from core.observatory import Observatory


def blueprint(observatory: Observatory) -> flask.Blueprint:
    """Return the routes below ``/utils/describe``."""
    routes = flask.Blueprint("describe", __name__)

    @routes.post("/utils/describe/query/<any(conjunction, ephemeris, data_products):name>")
    def query(name: str) -> flask.Response:
        kind = "data_product" if name == "data_products" else name
        return answer(describe(kind, inputs.json_object(), observatory.settings))

    @routes.post("/utils/describe/cartesian_products")
    def cartesian_products() -> flask.Response:
        return answer(count_tuples(observatory.archive, inputs.json_object()))

    return routes
