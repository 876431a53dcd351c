"""/availability: which source has data on which day, and who was operating at a minute."""

from __future__ import annotations

from functools import partial
from typing import Any

import dash
from dash import Dash, dcc, html
from dash.development.base_component import Component

from components.availability import navigation, notes, sources_choice, view_switch
from components.availability_board import board
from components.availability_days import days
from components.availability_minute import minute, minute_of, minute_panel, picker
from components.availability_state import AvailabilityState, decode, encode
from components.icons import icon
from components.ids import Availability as Ids
from core.observatory import Observatory

LEAD = "Which source has data on which day, and who was operating at a minute."


def register(app: Dash, observatory: Observatory) -> None:
    """Give the page its address."""
    dash.register_page(
        __name__,
        path="/availability",
        title="Availability | Aurora Atlas",
        layout=partial(layout, observatory),
    )


def layout(observatory: Observatory, **query: Any) -> Component:
    """Return the page of an address; the view that is not shown stays empty."""
    state = decode(query)
    return html.Div(
        [
            dcc.Store(id=Ids.STATE, data=encode(state)),
            _head(),
            *notes(state),
            view_switch(state),
            _days(observatory, state),
            _minute(observatory, state),
        ],
        className="av-page",
    )


def _days(observatory: Observatory, state: AvailabilityState) -> Component:
    hidden = state.view != "days"
    chart = None if hidden else days(observatory, state)
    sources = observatory.archive.catalogue.sources.list()
    chooser = html.Div(
        [
            html.Div(navigation(chart) if chart else [], id=Ids.NAVIGATION, className="av-nav"),
            html.Div(sources_choice(sources, state), className="av-sources"),
        ],
        className="panel av-choose",
        role="search",
        **{"aria-label": "Choose what is shown"},
    )
    shown = html.Div(board(chart) if chart else [], id=Ids.BOARD)
    return html.Div([chooser, shown], hidden=hidden)


def _minute(observatory: Observatory, state: AvailabilityState) -> Component:
    hidden = state.view != "minute"
    shown = [] if hidden else minute_panel(minute(observatory, state))
    return html.Div(
        [
            html.Div(picker(minute_of(observatory, state)), className="av-at"),
            html.Div(shown, id=Ids.MINUTE, className="av-told"),
        ],
        hidden=hidden,
        className="av-at-minute",
    )


def _head() -> Component:
    share = html.Button(
        [icon("link"), html.Span("Copy link", **{"data-label": ""})],
        type="button",
        className="btn av-share",
        title="Copy the address of what is on the page",
        **{"data-copy": "url"},
    )
    return html.Div([html.H1("Availability"), html.P(LEAD), share], className="pagehead")
