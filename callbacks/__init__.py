"""What happens when something is clicked, typed or chosen: one module a page."""

from __future__ import annotations

from dash import Dash

from callbacks import (
    availability,
    conjunction_dialogs,
    conjunction_filters,
    conjunction_results,
    conjunction_search,
    conjunctions,
    home,
    keogramist,
)
from core.observatory import Observatory

MODULES = (
    home,
    availability,
    conjunctions,
    conjunction_filters,
    conjunction_dialogs,
    conjunction_results,
    conjunction_search,
    keogramist,
)


def register(app: Dash, observatory: Observatory) -> None:
    """Bind the handlers of every page to `app`."""
    for module in MODULES:
        module.register(app, observatory)
