"""Icons: shapes of the lucide set, drawn as masks so that they take the colour of the text."""

from __future__ import annotations

from dash import html

SCHEME = "/vendor/lucide-static/icons"


def icon(name: str, class_name: str = "") -> html.Span:
    """Return the icon `name` of the lucide set; decoration only, so hidden from screen readers."""
    return html.Span(
        className=f"icon {class_name}".strip(),
        style={"--i": f"url({SCHEME}/{name}.svg)"},
        **{"aria-hidden": "true"},
    )
