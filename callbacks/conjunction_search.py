"""The finder's search: what it would cost, which field keeps it from running, and running it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import flask
from dash import ALL, ClientsideFunction, Dash, Input, Output, State, no_update
from dash.exceptions import PreventUpdate

from callbacks.conjunctions import by_position, fits, form_values, merge
from components.conjunction_answer import answer_with_rows, refused
from components.conjunction_blocks import filters_label
from components.finder_state import FinderState, read_time, to_query
from components.ids import Conjunctions as Ids
from components.urlstate import decode_text, encode
from core.errors import AtlasError, BadInput, LimitExceeded
from core.observatory import Observatory

_POINTS = re.compile(r"blocks\[(\d+)\]\.points")


@dataclass(frozen=True, slots=True)
class FormText:
    """What the form shows besides its values: the price line, errors and the distance field."""

    price: str
    start_error: str = ""
    end_error: str = ""
    distance_error: str = ""
    points_errors: tuple[tuple[int, str], ...] = ()
    allowed_end: str = ""


def describe_price(observatory: Observatory, state: FinderState) -> FormText:
    """Return how much work the search is, or which field keeps it from being one."""
    try:
        query = to_query(state)
        price = observatory.search.price("conjunction", query)
    except LimitExceeded as error:
        return _refused(error, state)
    except BadInput as error:
        return _field_errors(error)
    if price.pairs == 0:
        return FormText("No source of this archive fits all criteria.")
    how = "answered at once" if price.at_once(observatory.settings) else "run by the worker"
    pairs = f"{price.pairs:,} {'pair' if price.pairs == 1 else 'pairs'}"
    return FormText(f"{pairs}, {_amount(price.pair_minutes)} pair-minutes, {how}")


def _refused(error: LimitExceeded, state: FinderState) -> FormText:
    """Say why a search would be refused, and until when the window could go instead."""
    end = allowed_end(state, error)
    return FormText(f"Too large to run. {error.message} {error.hint}".strip(), allowed_end=end)


def allowed_end(state: FinderState, error: LimitExceeded) -> str:
    """Return the end of the longest window from the form's start that is allowed, or nothing."""
    days = error.details.get("allowed_days")
    if days is None and error.details.get("limit") == "days":
        days = error.details.get("allowed")
    if days is None:
        return ""
    # The number is rounded to a tenth: a tenth less is sure to be allowed.
    whole = timedelta(hours=int(24 * (float(days) - 0.1)))
    if whole < timedelta(hours=1):
        return ""
    return f"{read_time(state.start, 'start') + whole - timedelta(minutes=1):%Y-%m-%d %H:%M}"


def _field_errors(error: BadInput) -> FormText:
    field = str(error.details.get("field", ""))
    text = str(error)
    known = {"start": "start_error", "end": "end_error", "distance": "distance_error"}
    if field in known:
        return FormText("", **{known[field]: text})
    points = _POINTS.fullmatch(field)
    if points and error.details.get("value"):
        return FormText("", points_errors=((int(points[1]), text),))
    return FormText(text)


def _amount(minutes: int) -> str:
    for size, unit in ((10**9, "billion"), (10**6, "million")):
        if minutes >= size:
            return f"{minutes / size:.3g} {unit}"
    return f"{minutes:,}"


def run_search(
    observatory: Observatory, state: FinderState, client: str = ""
) -> tuple[FinderState, Any, Any]:
    """Submit the search; return the state with its request, what to show for it, and first rows."""
    try:
        query = to_query(state)
        request = observatory.search.submit("conjunction", query, client=client)
    except AtlasError as error:
        return replace(state, request=""), refused(error.message, error.hint), no_update
    state = replace(state, request=request)
    return state, *answer_with_rows(observatory.search, request)


def register(app: Dash, observatory: Observatory) -> None:
    """Bind the price line and the search."""
    _register_price(app, observatory)
    _register_search(app, observatory)


def _register_price(app: Dash, observatory: Observatory) -> None:
    # The form changes with every pill: the price is asked for when it has come to rest.
    app.clientside_callback(
        ClientsideFunction("atlas", "conjunctionsPriceFor"),
        Output(Ids.PRICE_FOR, "data"),
        Input(Ids.STATE, "data"),
        State(Ids.PRICE_FOR, "data"),
    )

    @app.callback(
        Output(Ids.PRICE, "children"),
        Output(Ids.START, "error"),
        Output(Ids.END, "error"),
        Output(Ids.DISTANCE, "error"),
        Output(Ids.DISTANCE, "disabled"),
        Output(Ids.DISTANCE, "placeholder"),
        Output(Ids.DISTANCES_OPEN, "children"),
        Output(Ids.DISTANCES_OPEN, "variant"),
        Output(Ids.block("points", ALL), "error"),
        Output(Ids.ALLOWED, "hidden"),
        Output(Ids.ALLOWED, "children"),
        Output(Ids.ALLOWED_END, "data"),
        Output(Ids.RESULT_FILTERS, "children"),
        Output(Ids.RESULT_FILTERS, "variant"),
        Input(Ids.PRICE_FOR, "data"),
        State(Ids.block("points", ALL), "id"),
        prevent_initial_call=True,
    )
    def on_state(written: str | None, points: list[dict[str, Any]]) -> Any:
        if not written:
            raise PreventUpdate
        state = decode_text(written)
        text = describe_price(observatory, state)
        pairwise = state.pairs is not None
        told = pairwise or state.subminute or state.frame != "geocentric"
        return (
            text.price,
            text.start_error,
            text.end_error,
            text.distance_error,
            pairwise,
            "Pair by pair" if pairwise else "km",
            "Advanced" if told else "Pairs",
            "light" if told else "default",
            [dict(text.points_errors).get(identity["index"], "") for identity in points],
            not text.allowed_end,
            f"End at {text.allowed_end}" if text.allowed_end else "",
            text.allowed_end,
            filters_label(sum(1 for _ in state.result_filters.leaves)),
            "light" if state.result_filters else "default",
        )

    @app.callback(
        Output(Ids.END, "value", allow_duplicate=True),
        Input(Ids.ALLOWED, "n_clicks"),
        State(Ids.ALLOWED_END, "data"),
        prevent_initial_call=True,
    )
    def on_allowed(clicks: Any, end: str | None) -> str:
        if not clicks or not end:
            raise PreventUpdate
        return end


def _register_search(app: Dash, observatory: Observatory) -> None:
    app.clientside_callback(
        ClientsideFunction("atlas", "conjunctionsSearching"),
        Input(Ids.SEARCH, "n_clicks"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output(Ids.STATE, "data", allow_duplicate=True),
        Output(Ids.RESULT_STATE, "data"),
        Output(Ids.RESULTS, "children", allow_duplicate=True),
        Output(Ids.GRID, "getRowsResponse", allow_duplicate=True),
        Output(Ids.ANSWERED, "data", allow_duplicate=True),
        inputs={
            "clicks": Input(Ids.SEARCH, "n_clicks"),
            "fields": form_values(State),
            "written": State(Ids.STATE, "data"),
        },
        running=[(Output(Ids.SEARCH, "loading"), True, False)],
        prevent_initial_call=True,
    )
    def on_search(clicks: Any, fields: dict[str, Any], written: str) -> Any:
        if not clicks:
            raise PreventUpdate
        state, values = decode_text(written), by_position(fields)
        if fits(state, values):
            state = merge(state, values)
        state, shown, rows = run_search(observatory, state, flask.request.remote_addr or "")
        answered = no_update if rows is no_update else {"request": state.request, "asked": 0}
        return encode(state), encode(state), shown, rows, answered
