"""/conjunctions: the conjunction finder. The query string is the state of the page."""

from __future__ import annotations

from functools import partial
from typing import Any

import dash
import dash_mantine_components as dmc
from dash import Dash, dcc, html

from components.conjunction_answer import answer, answers
from components.conjunction_dialogs import dialogs, notice
from components.conjunction_filters import dialog as filters_dialog
from components.conjunction_form import examples_menu, form
from components.conjunction_table import table
from components.finder_state import FinderState
from components.ids import Conjunctions as Ids
from components.urlstate import decode, encode
from core.errors import BadInput
from core.observatory import Observatory


def register(app: Dash, observatory: Observatory) -> None:
    """Give the page its address."""
    dash.register_page(
        __name__,
        path="/conjunctions",
        title="Conjunctions | Aurora Atlas",
        layout=partial(layout, observatory),
    )


def layout(observatory: Observatory, **query: Any) -> html.Div:
    """Return the page for a query string; an unreadable one gives the plain form and says so."""
    unreadable = None
    try:
        state = decode(query)
    except BadInput as error:
        unreadable = error
        state = FinderState()
    sources = observatory.archive.catalogue.sources.list()
    written = encode(state)
    shown = written if answers(observatory.search, state) else (state.request and "another form")
    return html.Div(
        [
            _head(),
            *([notice("warn", unreadable.message, unreadable.hint)] if unreadable else []),
            dcc.Store(id=Ids.STATE, data=written),
            dcc.Store(id=Ids.RESULT_STATE, data=shown),
            *(dcc.Store(id=name) for name in (Ids.PRICE_FOR, Ids.ALLOWED_END)),
            *(dcc.Store(id=name) for name in (Ids.CHOSEN, Ids.CLICKED)),
            html.Div(form(state, sources), id=Ids.FORM, **{"data-default": encode(FinderState())}),
            html.Div(
                notice("plain", "The form has changed since this search.", "", "info"),
                id=Ids.STALE,
                hidden=True,
                className="stale",
            ),
            dcc.Loading(
                html.Div(answer(observatory.search, state.request), id=Ids.RESULTS),
                custom_spinner=html.Div(className="wait"),
                delay_show=250,
                target_components={Ids.RESULTS: "children"},
                overlay_style={"visibility": "visible", "opacity": 0.45},
            ),
            table(),
            dmc.Drawer(
                html.Div(id=Ids.DRAWER_BODY),
                id=Ids.DRAWER,
                title="Conjunction",
                position="right",
                size=520,
                closeButtonProps={"aria-label": "Close"},
                overlayProps={"backgroundOpacity": 0.25},
            ),
            filters_dialog(),
            *dialogs(),
        ],
        className="finder",
    )


def _head() -> html.Div:
    return html.Div(
        [
            html.H1("Conjunctions"),
            html.P(
                "Minutes in which one source of every criteria block is near the others, and "
                "each has a record."
            ),
            examples_menu(),
        ],
        className="pagehead",
    )
