"""/: the front page."""

from __future__ import annotations

from functools import partial
from typing import Any

import dash
from dash import Dash, html

from components.home import holdings, home
from components.shell import is_simulated
from core.archive.statistics import statistics
from core.observatory import Observatory


def register(app: Dash, observatory: Observatory) -> None:
    """Give the page its address."""
    dash.register_page(
        __name__, path="/", title="Aurora Atlas", layout=partial(layout, observatory)
    )


def layout(observatory: Observatory, **other: Any) -> html.Div:
    """Return the page with the archive's counts as they are now."""
    sources = observatory.archive.catalogue.sources.list()
    counts = statistics(observatory.archive, [s.identifier for s in sources])
    return home(sources, holdings(sources, counts), is_simulated(sources))
