"""The Keogramist: years of nights as keograms, on one axis of time."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import dash
from dash import Dash, dcc, html
from dash.development.base_component import Component
from flask import has_request_context, request

from components.icons import icon
from components.ids import Keogramist as Ids
from components.keogram_controls import choosing_bar, notes, ordering_bar
from components.keogram_detail import DetailParts, detail_parts, night
from components.keogram_opened import opened
from components.keogram_state import WallState, decode, split_address
from components.keogram_view import wall_view
from components.keogram_wall import wall
from core.errors import NotFound
from core.observatory import Observatory

LEAD = "Each row is one imager in one night. Open it to see frames, map, values and records."


def register(app: Dash, observatory: Observatory) -> None:
    """Register the page."""
    dash.register_page(
        "keogramist",
        path="/keogramist",
        title="Keogramist · Aurora Atlas",
        layout=partial(layout, observatory),
    )


def layout(observatory: Observatory, **query: Any) -> Component:
    """Return the page of an address."""
    base_url = request.host_url.rstrip("/") if has_request_context() else ""
    state, detail = _opened(observatory, decode(query), base_url)
    view = wall_view(observatory, state)
    address = split_address(state)
    return html.Div(
        [
            dcc.Store(id=Ids.WALL_KEY, data=address.wall),
            dcc.Store(id=Ids.OPEN_KEY, data=address.open),
            dcc.Store(id=Ids.WALL_DRAFT),
            html.Div(notes(state), id=Ids.NOTES),
            night(detail),
            html.Div(
                [
                    _head(),
                    html.Div(
                        [choosing_bar(view), ordering_bar(view)],
                        className="panel kg-bars",
                        role="search",
                        **{"aria-label": "Choose keograms"},
                    ),
                    html.Div(wall(view), id=Ids.WALL),
                ],
                id=Ids.BROWSER,
                hidden=state.open is not None,
            ),
        ],
        id=Ids.PAGE,
        className="kg-page",
    )


def _opened(
    observatory: Observatory, state: WallState, base_url: str
) -> tuple[WallState, DetailParts | None]:
    """Return the contents of the opened row; the wall, with a note, where there is no such row."""
    if state.open is None:
        return state, None
    try:
        return state, detail_parts(opened(observatory, state.open, state.by), state, base_url)
    except NotFound as error:
        return replace(state, open=None, notes=(*state.notes, error.message)), None


def _head() -> Component:
    share = html.Button(
        [icon("link"), html.Span("Copy link", **{"data-label": ""})],
        type="button",
        className="btn kg-share",
        title="Copy the address of what is on the page",
        **{"data-copy": "url"},
    )
    return html.Div([html.H1("Keogramist"), html.P(LEAD), share], className="pagehead")
