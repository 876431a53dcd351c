"""What each address shows: one module a page, layout only."""

from __future__ import annotations

import dash
from dash import Dash

from components.error_page import guard_layouts
from core.observatory import Observatory
from pages import (
    acknowledgements,
    availability,
    conjunctions,
    explorer,
    home,
    keogramist,
    not_found_404,
)

MODULES = (
    home,
    conjunctions,
    keogramist,
    explorer,
    availability,
    acknowledgements,
    not_found_404,
)


def register(app: Dash, observatory: Observatory) -> None:
    """Give every page its address."""
    for module in MODULES:
        module.register(app, observatory)
    guard_layouts(dash.page_registry)
