"""/: the front page."""

from __future__ import annotations

from functools import partial
from typing import Any

import dash
import flask
from dash import Dash, html

from components.home import holdings, home
from components.shell_truth import truth_of
from core.archive.provenance import provenance_counts
from core.archive.statistics import statistics
from core.observatory import Observatory


def register(app: Dash, observatory: Observatory) -> None:
    """Give the page its address."""
    dash.register_page(
        __name__, path="/", name="Home", title="Aurora Atlas", layout=partial(layout, observatory)
    )


def layout(observatory: Observatory, **other: Any) -> html.Div:
    """Return the page with the archive's counts as they are now."""
    sources = observatory.archive.catalogue.sources.list()
    counts = statistics(observatory.archive, [s.identifier for s in sources])
    truth = truth_of(provenance_counts(observatory.archive))
    # Dash also asks for the layout before any request, to check it.
    base_url = flask.request.host_url if flask.has_request_context() else "http://127.0.0.1:8050"
    return home(sources, holdings(sources, counts), truth, base_url)
