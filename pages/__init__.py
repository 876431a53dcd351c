"""What each address shows: one module a page, layout only."""

from __future__ import annotations

from dash import Dash

from core.observatory import Observatory
from pages import conjunctions, explorer, home, keogramist, not_found_404

MODULES = (home, conjunctions, keogramist, explorer, not_found_404)


def register(app: Dash, observatory: Observatory) -> None:
    """Give every page its address."""
    for module in MODULES:
        module.register(app, observatory)
