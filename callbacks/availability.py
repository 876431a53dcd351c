"""What happens on the Availability page: a restriction to sources, and another minute.

All else are links. The browser makes the state that comes back here an entry of its history.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, no_update

from components.availability import navigation
from components.availability_board import board
from components.availability_days import days
from components.availability_minute import minute, minute_panel
from components.availability_state import decode, encode, read_minute
from components.ids import Availability as Ids
from core.errors import BadInput
from core.observatory import Observatory


def choose_sources(
    observatory: Observatory, sources: Sequence[str] | None, written: str
) -> tuple[Any, Any, Any]:
    """Return state, navigation and chart for a choice of programs and sources."""
    before = decode(written)
    state = replace(before, view="days", sources=tuple(sources or ()), notes=())
    if state == replace(before, notes=()):
        return no_update, no_update, no_update
    chart = days(observatory, state)
    return encode(state), navigation(chart), board(chart)


def choose_minute(observatory: Observatory, text: str | None, written: str) -> tuple[Any, Any]:
    """Return state and lists for another minute.

    Raises
    ------
    BadInput
        When the text names no minute.
    """
    if not text:
        return no_update, no_update
    try:
        at = read_minute(text)
    except ValueError as error:
        raise BadInput(
            f"There is no minute {text[:40]!r}.",
            hint="Write a date and a time, as in 2019-01-02 06:10.",
            field="at",
            value=text[:40],
        ) from error
    state = replace(decode(written), view="minute", at=at, notes=())
    return encode(state), minute_panel(minute(observatory, state))


def register(app: Dash, observatory: Observatory) -> None:
    """Bind the handlers."""

    @app.callback(
        Output(Ids.STATE, "data"),
        Output(Ids.NAVIGATION, "children"),
        Output(Ids.BOARD, "children"),
        Input(Ids.SOURCES, "value"),
        State(Ids.STATE, "data"),
        prevent_initial_call=True,
    )
    def _sources(sources: Sequence[str] | None, written: str) -> Any:
        return choose_sources(observatory, sources, written)

    @app.callback(
        Output(Ids.STATE, "data", allow_duplicate=True),
        Output(Ids.MINUTE, "children"),
        Input(Ids.AT, "value"),
        State(Ids.STATE, "data"),
        prevent_initial_call=True,
    )
    def _minute(text: str | None, written: str) -> Any:
        return choose_minute(observatory, text, written)

    app.clientside_callback(
        ClientsideFunction("atlas", "availabilityUrl"),
        Output(Ids.STATE, "id"),
        Input(Ids.STATE, "data"),
        prevent_initial_call=True,
    )
