"""/acknowledgements: whom to acknowledge for the data, with citations and DOIs."""

from __future__ import annotations

from functools import partial
from typing import Any

import dash
from dash import Dash, html
from dash.development.base_component import Component

from components.acknowledgements import acknowledgements
from components.shell_truth import truth_of
from core.archive.provenance import provenance_counts
from core.instruments.registry import arrays
from core.observatory import Observatory

LEAD = "Data keep their providers' rules of use. Name them in whatever you publish."


def register(app: Dash, observatory: Observatory) -> None:
    """Give the page its address."""
    dash.register_page(
        __name__,
        path="/acknowledgements",
        title="Acknowledgements | Aurora Atlas",
        layout=partial(layout, observatory),
    )


def layout(observatory: Observatory, **other: Any) -> Component:
    """Return the page."""
    truth = truth_of(provenance_counts(observatory.archive))
    sources = observatory.archive.catalogue.sources.list()
    head = html.Div([html.H1("Acknowledgements"), html.P(LEAD)], className="pagehead")
    return html.Div([head, acknowledgements(arrays(), sources, truth)])
