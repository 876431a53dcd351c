"""The finder's form: what is typed and chosen becomes one state, and the state becomes the URL.

The state lives in one Store as the query string of the page. Handlers are plain functions from
state and values to state; `register` binds them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dash import (
    ALL,
    MATCH,
    ClientsideFunction,
    Dash,
    Input,
    Output,
    State,
    ctx,
    no_update,
)
from dash.exceptions import PreventUpdate

from components.conjunction_blocks import block_rows
from components.finder_state import (
    KINDS,
    Block,
    FinderState,
    block_names,
    from_query,
    tidy_time,
)
from components.ids import Conjunctions as Ids
from components.source_options import choices, only_types, settle
from components.urlstate import decode_text, encode
from core.errors import BadInput
from core.instruments.model import DataSource
from core.observatory import Observatory
from core.search.examples import EXAMPLES

Sources = Sequence[DataSource]
_LISTS = {"programs": "programs", "platforms": "platforms", "instruments": "instrument_types"}
_PARTS = (*_LISTS, "hemisphere", "points")


def merge(state: FinderState, values: Mapping[str, Any]) -> FinderState:
    """Return the state with what the visible fields hold.

    `values` has start, end, distance, types and, for every part of a block, a mapping from the
    block's position to its value.
    """
    blocks = tuple(_merge_block(block, i, values) for i, block in enumerate(state.blocks))
    distance = values["distance"]
    return replace(
        state,
        start=tidy_time(values["start"] or ""),
        end=tidy_time(values["end"] or "", end=True),
        distance_km=None if distance in ("", None) else float(distance),
        types=tuple(values["types"] or ()),
        blocks=blocks,
    )


def _merge_block(block: Block, index: int, values: Mapping[str, Any]) -> Block:
    if block.kind == "adhoc":
        return replace(block, points=values["points"].get(index) or "")
    changed = {
        attribute: tuple(values[part].get(index) or ()) for part, attribute in _LISTS.items()
    }
    return replace(block, hemisphere=tuple(values["hemisphere"].get(index) or ()), **changed)


def narrow(
    sources: Sources, block: Block, programs: Any, platforms: Any, types: Any, automatic: bool
) -> tuple[Any, ...]:
    """Return options and values of a block's three lists after one of them changed."""
    changed = replace(
        block,
        programs=tuple(programs or ()),
        platforms=tuple(platforms or ()),
        instrument_types=tuple(types or ()),
    )
    settled = settle(sources, changed, automatic=automatic)
    offered = choices(sources, settled)
    return (
        offered.programs,
        offered.platforms,
        list(settled.platforms),
        offered.instrument_types,
        list(settled.instrument_types),
        len(only_types(sources, settled)) == 1,
    )


def add_block(state: FinderState, kind: str, limit: int) -> FinderState:
    """Return the state with one more block, placed after the others of its kind."""
    if len(state.blocks) >= limit:
        raise BadInput(
            f"A search has at most {limit} criteria blocks.", hint="Remove one first.", field="b"
        )
    chosen = next(k for k in KINDS if k == kind)
    blocks = sorted([*state.blocks, Block(chosen)], key=lambda b: KINDS.index(b.kind))
    return state.with_blocks(blocks)


def remove_block(state: FinderState, index: int) -> FinderState:
    """Return the state without a block; the distances of the pairs that remain stay theirs."""
    names = block_names(state.blocks)
    left = [b for i, b in enumerate(state.blocks) if i != index]
    if state.pairs is None:
        return state.with_blocks(left)
    # Later blocks of its kind move up by one, and their distances move with them.
    old = [name for i, name in enumerate(names) if i != index]
    renamed = dict(zip(old, block_names(left), strict=True))
    pairs = []
    for pair, km in state.pairs:
        a, b = pair.split("-")
        if a in renamed and b in renamed:
            pairs.append((f"{renamed[a]}-{renamed[b]}", km))
    return replace(state, pairs=tuple(pairs)).with_blocks(left)


def reset_block(state: FinderState, index: int) -> FinderState:
    """Return the state with an empty block in the place of one."""
    blocks = [Block(b.kind) if i == index else b for i, b in enumerate(state.blocks)]
    return state.with_blocks(blocks)


def load_example(number: int, request: str = "") -> FinderState:
    """Return the form of an example search."""
    example = next(e for e in EXAMPLES if e.number == number)
    return from_query(example.query, request=request)


def register(app: Dash, observatory: Observatory) -> None:
    """Bind the handlers of the form."""
    _register_values(app, observatory)
    _register_blocks(app, observatory)
    app.clientside_callback(
        ClientsideFunction("atlas", "conjunctionsUrl"),
        Output(Ids.STALE, "hidden"),
        Input(Ids.STATE, "data"),
        Input(Ids.RESULT_STATE, "data"),
    )


def form_values(kind: type[Input] | type[State]) -> dict[str, Any]:
    """Return the dependencies on every visible field, named as `merge` wants them."""
    fields: dict[str, Any] = {
        "start": kind(Ids.START, "value"),
        "end": kind(Ids.END, "value"),
        "distance": kind(Ids.DISTANCE, "value"),
        "types": kind(Ids.TYPES, "value"),
    }
    for part in _PARTS:
        fields[part] = kind(Ids.block(part, ALL), "value")
        fields[f"{part}_ids"] = State(Ids.block(part, ALL), "id")
    return fields


def by_position(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Turn what Dash delivers for `form_values` into what `merge` takes."""
    values = {name: fields[name] for name in ("start", "end", "distance", "types")}
    for part in _PARTS:
        positions = [identity["index"] for identity in fields[f"{part}_ids"]]
        values[part] = dict(zip(positions, fields[part], strict=True))
    return values


def fits(state: FinderState, values: Mapping[str, Any]) -> bool:
    """Say whether the fields on the page are those of the state's blocks."""
    shown = set(values["programs"]) | set(values["points"])
    return shown == set(range(len(state.blocks)))


def _register_values(app: Dash, observatory: Observatory) -> None:
    @app.callback(
        Output(Ids.STATE, "data", allow_duplicate=True),
        Output(Ids.START, "value", allow_duplicate=True),
        Output(Ids.END, "value", allow_duplicate=True),
        inputs={"fields": form_values(Input), "written": State(Ids.STATE, "data")},
        prevent_initial_call=True,
    )
    def collect(fields: dict[str, Any], written: str) -> Any:
        state, values = decode_text(written), by_position(fields)
        if not fits(state, values):
            raise PreventUpdate
        merged = merge(state, values)
        start = merged.start if merged.start != fields["start"] else no_update
        end = merged.end if merged.end != fields["end"] else no_update
        return (encode(merged) if merged != state else no_update), start, end

    @app.callback(
        Output(Ids.block("programs", MATCH), "data"),
        Output(Ids.block("platforms", MATCH), "data"),
        Output(Ids.block("platforms", MATCH), "value"),
        Output(Ids.block("instruments", MATCH), "data"),
        Output(Ids.block("instruments", MATCH), "value"),
        Output(Ids.block("instruments", MATCH), "disabled"),
        Input(Ids.block("programs", MATCH), "value"),
        Input(Ids.block("platforms", MATCH), "value"),
        Input(Ids.block("instruments", MATCH), "value"),
        State(Ids.block("instruments", MATCH), "disabled"),
        State(Ids.block("instruments", MATCH), "id"),
        State(Ids.STATE, "data"),
        prevent_initial_call=True,
    )
    def on_narrow(
        programs: Any, platforms: Any, types: Any, automatic: Any, identity: Any, written: str
    ) -> Any:
        blocks = decode_text(written).blocks
        if identity["index"] >= len(blocks):
            raise PreventUpdate
        sources = observatory.archive.catalogue.sources.list()
        return narrow(
            sources, blocks[identity["index"]], programs, platforms, types, bool(automatic)
        )

    @app.callback(
        Output(Ids.START, "value", allow_duplicate=True),
        Output(Ids.END, "value", allow_duplicate=True),
        Input(Ids.CALENDAR, "value"),
        prevent_initial_call=True,
    )
    def on_calendar(days: Any) -> Any:
        if not days or not all(days):
            raise PreventUpdate
        return f"{days[0]} 00:00", f"{days[1]} 23:59"


def _register_blocks(app: Dash, observatory: Observatory) -> None:
    whole_form = (
        Output(Ids.STATE, "data", allow_duplicate=True),
        Output(Ids.BLOCKS, "children", allow_duplicate=True),
        Output(Ids.START, "value", allow_duplicate=True),
        Output(Ids.END, "value", allow_duplicate=True),
        Output(Ids.DISTANCE, "value", allow_duplicate=True),
        Output(Ids.TYPES, "value", allow_duplicate=True),
    )

    @app.callback(
        Output(Ids.STATE, "data", allow_duplicate=True),
        Output(Ids.BLOCKS, "children", allow_duplicate=True),
        inputs={
            "clicks": [
                Input(Ids.add(ALL), "n_clicks"),
                Input(Ids.block("remove", ALL), "n_clicks"),
                Input(Ids.block("reset", ALL), "n_clicks"),
            ],
            "fields": form_values(State),
            "written": State(Ids.STATE, "data"),
        },
        prevent_initial_call=True,
    )
    def on_blocks(clicks: Any, fields: dict[str, Any], written: str) -> Any:
        clicked = really_clicked()
        state = decode_text(written)
        values = by_position(fields)
        if fits(state, values):
            state = merge(state, values)
        if "kind" in clicked:
            state = add_block(state, clicked["kind"], observatory.settings.max_blocks)
        elif clicked["type"].endswith("remove"):
            state = remove_block(state, clicked["index"])
        else:
            state = reset_block(state, clicked["index"])
        return encode(state), block_rows(state, observatory.archive.catalogue.sources.list())

    # The examples come and go with the results: the browser waits for the click itself.
    app.clientside_callback(
        ClientsideFunction("atlas", "conjunctionsChosen"),
        Output(Ids.CHOSEN, "data"),
        Input(Ids.example(ALL, ALL), "n_clicks"),
        prevent_initial_call=True,
    )

    @app.callback(
        *whole_form,
        Input(Ids.CHOSEN, "data"),
        Input(Ids.RESET_ALL, "n_clicks"),
        State(Ids.STATE, "data"),
        prevent_initial_call=True,
    )
    def on_replace(chosen: dict[str, int] | None, reset: Any, written: str) -> Any:
        clicked = really_clicked()
        request = decode_text(written).request
        state = FinderState(request=request)
        if clicked == Ids.CHOSEN and chosen:
            state = load_example(chosen["number"], request)
        return form_outputs(state, observatory.archive.catalogue.sources.list())


def form_outputs(state: FinderState, sources: Sources) -> tuple[Any, ...]:
    """Return the values of every part of the form for `state`, in the order of `whole_form`."""
    distance = "" if state.distance_km is None else state.distance_km
    return (
        encode(state),
        block_rows(state, sources),
        state.start,
        state.end,
        distance,
        list(state.types),
    )


def really_clicked() -> Any:
    """Return the id that was clicked; buttons that have only just appeared are not clicked."""
    if not ctx.triggered or not ctx.triggered[0]["value"]:
        raise PreventUpdate
    return ctx.triggered_id
