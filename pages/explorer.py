"""The Explorer: one minute of the whole archive, on a globe and on maps."""

from __future__ import annotations

from functools import partial
from typing import Any

import dash
from dash import Dash, html
from dash.development.base_component import Component

from components.explorer import description, stages
from components.icons import icon
from components.ids import Explorer as Ids
from core.observatory import Observatory

LEAD = "Who was where at a minute, and what the cameras saw: on the globe, and on maps."


def register(app: Dash, observatory: Observatory) -> None:
    """Register the page."""
    dash.register_page(
        "explorer",
        path="/explorer",
        title="Explorer · Aurora Atlas",
        layout=partial(layout, observatory),
    )


def layout(observatory: Observatory, **_query: Any) -> Component:
    """Return the page's frame; the browser reads the address and draws what it says."""
    return html.Div(
        [_head(), stages()],
        id=Ids.PAGE,
        className="ex-page",
        **{"data-explorer": description(observatory)},
    )


def _head() -> Component:
    share = html.Button(
        [icon("link"), html.Span("Copy link", **{"data-label": ""})],
        type="button",
        className="btn ex-share",
        title="Copy the address of what is on the page",
        **{"data-copy": "url"},
    )
    return html.Div([html.H1("Explorer"), html.P(LEAD), share], className="pagehead")
