"""The finder's other dialogs: distances pair by pair, the query in words, import."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import flask
from dash import ALL, Dash, Input, Output, State, no_update
from dash.exceptions import PreventUpdate

from callbacks.conjunctions import form_outputs
from components.conjunction_dialogs import about_body, distance_fields, notice
from components.finder_state import FinderState, from_query, to_query
from components.ids import Conjunctions as Ids
from components.snippets import curl_code, pyaurorax_code
from components.urlstate import decode_text, encode
from core.errors import AtlasError, BadInput
from core.observatory import Observatory
from core.search.describe import describe
from core.search.query import ConjunctionQuery
from core.settings import Settings


def set_distances(state: FinderState, given: Mapping[str, float | str | None]) -> FinderState:
    """Return the state with a limit for each pair; an empty field means not considered."""
    pairs = tuple((name, _km(value)) for name, value in given.items())
    if state.pairs is None and {km for _, km in pairs} == {state.distance_km}:
        return state  # nothing was told apart
    return replace(state, distance_km=None, pairs=pairs)


def one_distance(state: FinderState) -> FinderState:
    """Return the state with one distance for every pair: the first that was given."""
    given = [km for _, km in state.pairs or () if km is not None]
    distance = state.distance_km
    if distance is None:
        distance = given[0] if given else 500.0
    return replace(state, pairs=None, distance_km=distance)


def _km(value: float | str | None) -> float | None:
    return None if value in ("", None) else float(value)


def about(state: FinderState, base_url: str, settings: Settings) -> list[Any]:
    """Return the content of About query, or the reason why there is no query yet."""
    try:
        query = to_query(state)
        words = describe("conjunction", query, settings)
    except AtlasError as error:
        return [notice("bad", error.message, error.hint)]
    return about_body(words, query, pyaurorax_code(query, base_url), curl_code(query, base_url))


def read_import(text: str, settings: Settings, request: str = "") -> FinderState:
    """Return the form of a pasted query.

    Raises BadInput that names the line of broken JSON, or the path of what is not valid in it.
    """
    try:
        query = json.loads(text or "")
    except json.JSONDecodeError as error:
        raise BadInput(
            f"This is not JSON: {error.msg} in line {error.lineno}, column {error.colno}.",
            hint="Paste the whole object, from { to }.",
            field="query",
        ) from error
    checked = ConjunctionQuery.from_dict(query, settings)
    return from_query(checked.to_dict(), request=request)


def register(app: Dash, observatory: Observatory) -> None:
    """Bind the handlers of the dialogs."""
    _register_distances(app)
    _register_about(app, observatory)
    _register_import(app, observatory)


def _register_distances(app: Dash) -> None:
    @app.callback(
        Output(Ids.DISTANCES, "opened", allow_duplicate=True),
        Output(Ids.DISTANCES_BODY, "children"),
        Output(Ids.FRAME, "value"),
        Output(Ids.SUBMINUTE, "checked"),
        Input(Ids.DISTANCES_OPEN, "n_clicks"),
        State(Ids.STATE, "data"),
        prevent_initial_call=True,
    )
    def on_open(clicks: Any, written: str) -> Any:
        if not clicks:
            raise PreventUpdate
        state = decode_text(written)
        return True, distance_fields(state), state.frame, state.subminute

    @app.callback(
        Output(Ids.DISTANCES, "opened", allow_duplicate=True),
        Input(Ids.DISTANCES_CANCEL, "n_clicks"),
        prevent_initial_call=True,
    )
    def on_cancel(clicks: Any) -> bool:
        return False

    @app.callback(
        Output(Ids.pair(ALL), "value"),
        Input(Ids.DISTANCES_RESET, "n_clicks"),
        State(Ids.pair(ALL), "value"),
        State(Ids.STATE, "data"),
        prevent_initial_call=True,
    )
    def on_reset(clicks: Any, values: list[Any], written: str) -> Any:
        return [one_distance(decode_text(written)).distance_km for _ in values]

    @app.callback(
        Output(Ids.STATE, "data", allow_duplicate=True),
        Output(Ids.DISTANCE, "value", allow_duplicate=True),
        Output(Ids.DISTANCES, "opened", allow_duplicate=True),
        Input(Ids.DISTANCES_OK, "n_clicks"),
        State(Ids.pair(ALL), "value"),
        State(Ids.pair(ALL), "id"),
        State(Ids.FRAME, "value"),
        State(Ids.SUBMINUTE, "checked"),
        State(Ids.STATE, "data"),
        prevent_initial_call=True,
    )
    def on_ok(
        clicks: Any, values: list[Any], ids: list[Any], frame: str, subminute: bool, written: str
    ) -> Any:
        if not clicks:
            raise PreventUpdate
        given = {i["name"]: v for i, v in zip(ids, values, strict=True)}
        state = set_distances(decode_text(written), given)
        state = replace(state, frame=frame, subminute=bool(subminute))
        return encode(state), "" if state.distance_km is None else state.distance_km, False

    @app.callback(
        Output(Ids.STATE, "data", allow_duplicate=True),
        Output(Ids.DISTANCE, "value", allow_duplicate=True),
        Output(Ids.DISTANCES, "opened", allow_duplicate=True),
        Input(Ids.DISTANCES_OFF, "n_clicks"),
        State(Ids.FRAME, "value"),
        State(Ids.SUBMINUTE, "checked"),
        State(Ids.STATE, "data"),
        prevent_initial_call=True,
    )
    def on_off(clicks: Any, frame: str, subminute: bool, written: str) -> Any:
        if not clicks:
            raise PreventUpdate
        state = one_distance(decode_text(written))
        state = replace(state, frame=frame, subminute=bool(subminute))
        return encode(state), state.distance_km, False


def _register_about(app: Dash, observatory: Observatory) -> None:
    @app.callback(
        Output(Ids.ABOUT_DIALOG, "opened"),
        Output(Ids.ABOUT_BODY, "children"),
        Input(Ids.ABOUT, "n_clicks"),
        State(Ids.STATE, "data"),
        prevent_initial_call=True,
    )
    def on_about(clicks: Any, written: str) -> Any:
        if not clicks:
            raise PreventUpdate
        state = decode_text(written)
        return True, about(state, flask.request.host_url, observatory.settings)


def _register_import(app: Dash, observatory: Observatory) -> None:
    @app.callback(
        Output(Ids.IMPORT_DIALOG, "opened", allow_duplicate=True),
        Output(Ids.IMPORT_ERROR, "children", allow_duplicate=True),
        Input(Ids.IMPORT, "n_clicks"),
        prevent_initial_call=True,
    )
    def on_open(clicks: Any) -> Any:
        if not clicks:
            raise PreventUpdate
        return True, None

    @app.callback(
        Output(Ids.IMPORT_DIALOG, "opened", allow_duplicate=True),
        Input(Ids.IMPORT_CANCEL, "n_clicks"),
        prevent_initial_call=True,
    )
    def on_cancel(clicks: Any) -> bool:
        return False

    @app.callback(
        Output(Ids.STATE, "data", allow_duplicate=True),
        Output(Ids.BLOCKS, "children", allow_duplicate=True),
        Output(Ids.START, "value", allow_duplicate=True),
        Output(Ids.END, "value", allow_duplicate=True),
        Output(Ids.DISTANCE, "value", allow_duplicate=True),
        Output(Ids.TYPES, "value", allow_duplicate=True),
        Output(Ids.IMPORT_DIALOG, "opened", allow_duplicate=True),
        Output(Ids.IMPORT_ERROR, "children", allow_duplicate=True),
        Input(Ids.IMPORT_OK, "n_clicks"),
        State(Ids.IMPORT_TEXT, "value"),
        State(Ids.STATE, "data"),
        prevent_initial_call=True,
    )
    def on_ok(clicks: Any, text: str | None, written: str) -> Any:
        if not clicks:
            raise PreventUpdate
        request = decode_text(written).request
        try:
            state = read_import(text or "", observatory.settings, request)
        except AtlasError as error:
            return *([no_update] * 6), True, notice("bad", error.message, error.hint)
        sources = observatory.archive.catalogue.sources.list()
        return *form_outputs(state, sources), False, None
