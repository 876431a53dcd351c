"""An address that leads nowhere."""

from __future__ import annotations

from typing import Any

import dash
from dash import Dash, dcc, html

from core.observatory import Observatory


def register(app: Dash, observatory: Observatory) -> None:
    """Register the page; Dash shows a module of this name for unknown addresses."""
    dash.register_page(__name__, title="Not found | Aurora Atlas", layout=layout)


def layout(**other: Any) -> html.Div:
    """Return the page."""
    return html.Div(
        [
            html.H1("There is no page at this address"),
            html.P(
                "A link may have been cut short. Links to searches are long: copy the whole of it."
            ),
            html.P(
                [
                    dcc.Link("Find conjunctions", href="/conjunctions"),
                    " or ",
                    dcc.Link("browse keograms", href="/keogramist"),
                    ".",
                ]
            ),
        ],
        className="lost",
    )
