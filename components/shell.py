"""The frame around every page: header, what is true of the data, colour scheme, keys, footer.

Dash's page container brings the application's one `dcc.Location`; no other is made here.
"""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from components.icons import icon
from components.ids import Shell
from components.keys_sheet import keys_sheet
from components.shell_theme import THEME
from components.shell_truth import Truth, truth_of
from core import __version__
from core.archive.provenance import provenance_counts
from core.observatory import Observatory

TITLE = "Aurora Atlas"
NAVIGATION = (
    ("Conjunctions", "/conjunctions"),
    ("Keogramist", "/keogramist"),
    ("Explorer", "/explorer"),
    ("Availability", "/availability"),
)
ACKNOWLEDGEMENTS = "/acknowledgements"
# Not pages of this application: the browser has to load them whole.
API_DOCS, HAPI = "/api/docs", "/hapi"
_SCHEMES = (
    ("auto", "monitor", "Follow the system"),
    ("light", "sun", "Light"),
    ("dark", "moon", "Dark"),
)


def shell(page_container: Any, observatory: Observatory) -> dmc.MantineProvider:
    """Return the application's layout around Dash's page container, with the archive as it is."""
    truth = truth_of(provenance_counts(observatory.archive))
    return dmc.MantineProvider(
        [
            dmc.NotificationContainer(id=Shell.TOAST, position="bottom-right", zIndex=400),
            html.Div(
                [
                    html.A("Skip to content", href=f"#{Shell.MAIN}", className="skip"),
                    _header(truth),
                    html.Main(page_container, id=Shell.MAIN, className="body", tabIndex=-1),
                    _footer(truth),
                ],
                className="frame",
            ),
            keys_sheet(),
        ],
        theme=THEME,
        defaultColorScheme="auto",
    )


def _header(truth: Truth) -> html.Header:
    links = [dcc.Link(name, href=path, className="nav__link") for name, path in NAVIGATION]
    brand = dcc.Link(
        [html.Img(src="/assets/mark.svg", alt=""), html.Span(TITLE)], href="/", className="brand"
    )
    end = html.Div([_chip(truth), _keys_button(), _scheme_switch()], className="top__end")
    return html.Header(
        html.Div(
            [brand, html.Nav(links, className="nav", **{"aria-label": "Pages"}), end],
            className="top__in",
        ),
        className="top",
    )


def _chip(truth: Truth) -> html.Span:
    symbols = {"simulated": "flask-conical", "both": "flask-conical", "observed": "telescope"}
    first, _, rest = truth.label.partition(" ")
    return html.Span(
        [
            icon(symbols.get(truth.kind, "archive")),
            html.Span([first, html.Span(f" {rest}", className="sim__long")]),
        ],
        className=f"sim sim--{truth.kind}",
        title=truth.sentence,
    )


def _keys_button() -> html.Button:
    return html.Button(
        icon("keyboard"),
        type="button",
        className="btn btn--bare btn--small keysbutton",
        title="Keyboard shortcuts (?)",
        **{"aria-label": "Keyboard shortcuts", "aria-haspopup": "dialog", "data-keys": "open"},
    )


def _scheme_switch() -> html.Div:
    buttons = [
        html.Button(
            icon(name),
            type="button",
            title=label,
            className="scheme__b",
            **{"data-scheme": value, "aria-label": label, "aria-pressed": "false"},
        )
        for value, name, label in _SCHEMES
    ]
    return html.Div(buttons, className="scheme", role="group", **{"aria-label": "Colour scheme"})


def _footer(truth: Truth) -> html.Footer:
    marks = {"simulated": "SIMULATED", "both": "PARTLY SIMULATED", "observed": "OBSERVED"}
    mark = marks.get(truth.kind)
    told = [html.B(mark, className=f"foot__mark foot__mark--{truth.kind}"), " "] if mark else []
    left = html.Div(
        [html.P([*told, truth.sentence]), html.P("All times are UTC.")], className="foot__told"
    )
    links = html.Nav(
        [
            dcc.Link("Acknowledgements", href=ACKNOWLEDGEMENTS),
            html.A("API", href=API_DOCS),
            html.A("HAPI", href=HAPI),
            html.Button(
                ["Keyboard shortcuts ", html.Kbd("?")],
                type="button",
                className="foot__keys",
                **{"data-keys": "open", "aria-haspopup": "dialog"},
            ),
            html.Span(f"{TITLE} {__version__}"),
        ],
        className="foot__links",
        **{"aria-label": "About"},
    )
    return html.Footer(html.Div([left, links], className="foot__in"), className="foot")
