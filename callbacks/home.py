"""What happens on the front page: the latest night comes once the page stands."""

from __future__ import annotations

from dash import Dash, Input, Output
from dash.development.base_component import Component

from components.home_night import latest_night, night_panel
from components.ids import Home as Ids
from core.observatory import Observatory


def show_night(observatory: Observatory) -> Component:
    """Return the latest night; finding it reads the times of every file once a process."""
    return night_panel(latest_night(observatory))


def register(app: Dash, observatory: Observatory) -> None:
    """Bind the handler."""

    @app.callback(Output(Ids.NIGHT, "children"), Input(Ids.NIGHT, "id"))
    def _night(_own_id: str) -> Component:
        return show_night(observatory)
