"""The frame around every page: header, colour scheme, notices, footer, and the HTML skeleton.

Dash's page container brings the application's one `dcc.Location`; no other is made here.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

import dash_mantine_components as dmc
import structlog
from dash import ctx, dcc, html, no_update, set_props

from components.icons import icon
from components.ids import Shell
from core import __version__
from core.errors import AtlasError
from core.instruments.model import DataSource
from core.observatory import Observatory

TITLE = "Aurora Atlas"
NAVIGATION = (("Conjunctions", "/conjunctions"), ("Keogramist", "/keogramist"))
_SCHEMES = (
    ("auto", "monitor", "Follow the system"),
    ("light", "sun", "Light"),
    ("dark", "moon", "Dark"),
)

# The scheme is set by a script in the head, before the first paint. Inline is the import map
# alone, which browsers take no other way; the content security policy allows it by its hash.
INDEX = """<!DOCTYPE html>
<html lang="en">
  <head>
    {%metas%}
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>{%title%}</title>
    <link rel="icon" type="image/svg+xml" href="/assets/mark.svg">
    <script src="/assets/modules/theme.js"></script>
    {%import_map%}
    {%css%}
  </head>
  <body>
    {%app_entry%}
    <footer>{%config%}{%scripts%}{%renderer%}</footer>
  </body>
</html>
"""

_ACCENT = [
    "#e3f3f1", "#cbe8e4", "#9ad4cc", "#66c0b5", "#3bac9f",
    "#1f9a8d", "#14877b", "#0f766e", "#0b5f59", "#084843",
]  # fmt: skip

_DARK = [
    "#e4e9ee", "#c3ccd5", "#8d99a6", "#62707e", "#35414e",
    "#232d38", "#19212b", "#121820", "#0e141b", "#0b0f14",
]  # fmt: skip

THEME: dict[str, Any] = {
    "fontFamily": "var(--font)",
    "fontFamilyMonospace": "var(--font-mono)",
    "primaryColor": "atlas",
    "primaryShade": {"light": 7, "dark": 3},
    "colors": {"atlas": _ACCENT, "dark": _DARK},
    "autoContrast": True,
    "defaultRadius": "sm",
    "cursorType": "pointer",
    "respectReducedMotion": True,
    "fontSizes": {"xs": "0.75rem", "sm": "0.8125rem", "md": "0.875rem", "lg": "1rem"},
    "components": {
        "TextInput": {"defaultProps": {"size": "sm"}},
        "NumberInput": {"defaultProps": {"size": "sm"}},
        "MultiSelect": {"defaultProps": {"size": "sm"}},
        "Select": {"defaultProps": {"size": "sm"}},
        "Button": {"defaultProps": {"size": "sm"}},
        "Tooltip": {"defaultProps": {"withArrow": True, "openDelay": 250, "multiline": True}},
    },
}


def is_simulated(sources: Iterable[DataSource]) -> bool:
    """Return whether any source holds simulated records."""
    return any(source.metadata.get("provenance") == "simulated" for source in sources)


def shell(page_container: Any, observatory: Observatory) -> dmc.MantineProvider:
    """Return the application's layout around Dash's page container."""
    simulated = is_simulated(observatory.archive.catalogue.sources.list())
    return dmc.MantineProvider(
        [
            dmc.NotificationContainer(id=Shell.TOAST, position="bottom-right", zIndex=400),
            html.Div(
                [
                    html.A("Skip to content", href=f"#{Shell.MAIN}", className="skip"),
                    _header(simulated),
                    html.Main(page_container, id=Shell.MAIN, className="body", tabIndex=-1),
                    _footer(simulated),
                ],
                className="frame",
            ),
        ],
        theme=THEME,
        defaultColorScheme="auto",
    )


def _header(simulated: bool) -> html.Header:
    links = [dcc.Link(name, href=path, className="nav__link") for name, path in NAVIGATION]
    notice = html.Span(
        [
            icon("flask-conical"),
            html.Span(["Simulated", html.Span(" data", className="sim__long")]),
        ],
        className="sim",
        title="This archive holds simulated records. They are physically plausible, not observed.",
    )
    brand = dcc.Link(
        [html.Img(src="/assets/mark.svg", alt=""), html.Span(TITLE)], href="/", className="brand"
    )
    end = html.Div(([notice] if simulated else []) + [_scheme_switch()], className="top__end")
    return html.Header(
        html.Div(
            [brand, html.Nav(links, className="nav", **{"aria-label": "Pages"}), end],
            className="top__in",
        ),
        className="top",
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


def _footer(simulated: bool) -> html.Footer:
    notes: list[Any] = [html.Span(f"{TITLE} {__version__}")]
    if simulated:
        notes.append(
            html.Span(
                [html.B("SIMULATED"), " This archive holds simulated records, not observations."]
            )
        )
    notes.append(html.Span("All times are UTC."))
    return html.Footer(html.Div(notes, className="foot__in"), className="foot")


def on_error(error: Exception) -> list[Any] | None:
    """Show an error of a callback as a notification: what is wrong and what would be right.

    Errors that nobody raised on purpose are logged with a short reference that the
    notification shows, and nothing of their text is sent to the browser.

    Returns
    -------
    list or None
        What Dash is to put into the callback's outputs: no update, in the outputs' shape.
    """
    if isinstance(error, AtlasError):
        title, message = error.message, error.hint
    else:
        reference = uuid.uuid4().hex[:8]
        structlog.get_logger().error("callback failed", reference=reference, exc_info=error)
        title = "Something went wrong on the server."
        message = f"The log has it under reference {reference}."
    toast = {
        "action": "show",
        "title": title,
        "message": message,
        "color": "red",
        "autoClose": 12_000,
    }
    set_props(Shell.TOAST, {"sendNotifications": [toast]})
    return _no_updates()


def _no_updates() -> list[Any] | None:
    """Dash fills single outputs itself where it is given None, but not wildcards (ALL)."""
    if ctx.using_outputs_grouping:
        return None
    wanted = ctx.outputs_list
    if not isinstance(wanted, list) or not wanted:
        return None
    return [[no_update] * len(part) if isinstance(part, list) else no_update for part in wanted]
