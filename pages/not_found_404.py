"""An address that leads nowhere."""

from __future__ import annotations

from typing import Any

import dash
from dash import Dash, dcc, html

from components.icons import icon
from components.shell import NAVIGATION
from core.observatory import Observatory

_SYMBOLS = {
    "/conjunctions": "satellite",
    "/keogramist": "table",
    "/explorer": "globe",
    "/availability": "calendar-days",
}


def register(app: Dash, observatory: Observatory) -> None:
    """Register the page; Dash shows a module of this name for unknown addresses."""
    dash.register_page(__name__, title="Not found | Aurora Atlas", layout=layout)


def layout(**other: Any) -> html.Div:
    """Return the page."""
    ways = [("Front page", "/"), *NAVIGATION]
    return html.Div(
        [
            html.P("404", className="lost__kind"),
            html.H1("There is no page at this address"),
            html.P(
                "A link may have been cut short. Links to searches are long: copy the whole of it."
            ),
            html.Nav(
                [
                    dcc.Link([icon(_SYMBOLS.get(path, "house")), name], href=path, className="btn")
                    for name, path in ways
                ],
                className="lost__ways",
                **{"aria-label": "Ways on"},
            ),
        ],
        className="lost",
    )
