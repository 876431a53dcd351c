"""The finder's metadata filters: open the dialog for a block, read it, write the block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dash import ALL, Dash, Input, Output, State, no_update
from dash.exceptions import PreventUpdate

from callbacks.conjunctions import really_clicked
from components.conjunction_blocks import block_rows, block_title
from components.conjunction_dialogs import notice
from components.conjunction_filters import body, read_conditions, split
from components.finder_state import FilterGroup, FinderState, block_names
from components.ids import Conjunctions as Ids
from components.source_options import common_fields, matching
from components.urlstate import decode_text, encode
from core.instruments.model import DataSource
from core.observatory import Observatory

Sources = Sequence[DataSource]


@dataclass(frozen=True, slots=True)
class Dialog:
    """What the dialog's fields hold, by field name; `kept` are positions of further conditions."""

    operators: Mapping[str, str]
    values: Mapping[str, Any]
    kept: Sequence[str]
    logic: str


def open_for(state: FinderState, index: int, sources: Sources) -> list[Any]:
    """Return the dialog's content for the block at `index`."""
    block = state.blocks[index]
    named = matching(sources, block)
    title = block_title(block_names(state.blocks)[index])
    return body(title, block.filters, common_fields(named), len(named))


def apply(
    state: FinderState, index: int, sources: Sources, given: Dialog
) -> tuple[FinderState, dict[str, str]]:
    """Return the state with the dialog's conditions in its block, and the errors by field."""
    block = state.blocks[index]
    fields = common_fields(matching(sources, block))
    further = split(block.filters, fields).others
    kept = [e for i, e in enumerate(further) if str(i) in given.kept]
    group, errors = read_conditions(fields, given.operators, given.values, kept, given.logic)
    if not group.expressions:
        group = FilterGroup()
    blocks = [replace(b, filters=group) if i == index else b for i, b in enumerate(state.blocks)]
    return state.with_blocks(blocks), errors


def register(app: Dash, observatory: Observatory) -> None:
    """Bind the handlers of the dialog."""

    def all_sources() -> Sources:
        return observatory.archive.catalogue.sources.list()

    @app.callback(
        Output(Ids.FILTERS, "opened", allow_duplicate=True),
        Output(Ids.FILTERS, "title"),
        Output(Ids.FILTERS_BODY, "children"),
        Output(Ids.FILTERS_BLOCK, "data"),
        Output(Ids.FILTERS_LOGIC, "value"),
        Output(Ids.FILTERS_ERROR, "children", allow_duplicate=True),
        Input(Ids.block("filters", ALL), "n_clicks"),
        State(Ids.STATE, "data"),
        prevent_initial_call=True,
    )
    def on_open(clicks: Any, written: str) -> Any:
        index = really_clicked()["index"]
        state = decode_text(written)
        title = block_title(block_names(state.blocks)[index])
        logic = state.blocks[index].filters.logical_operator
        return (
            True,
            f"Metadata filters: {title}",
            open_for(state, index, all_sources()),
            index,
            logic if logic in ("AND", "OR") else "AND",
            None,
        )

    @app.callback(
        Output(Ids.FILTERS, "opened", allow_duplicate=True),
        Input(Ids.FILTERS_CANCEL, "n_clicks"),
        prevent_initial_call=True,
    )
    def on_cancel(clicks: Any) -> bool:
        return False

    @app.callback(
        Output(Ids.condition("value", ALL), "value"),
        Output(Ids.condition("others", ALL), "value"),
        Input(Ids.FILTERS_RESET, "n_clicks"),
        State(Ids.condition("value", ALL), "value"),
        State(Ids.condition("others", ALL), "value"),
        prevent_initial_call=True,
    )
    def on_clear(clicks: Any, values: list[Any], others: list[Any]) -> Any:
        return [[] if isinstance(v, list) else "" for v in values], [[] for _ in others]

    @app.callback(
        Output(Ids.STATE, "data", allow_duplicate=True),
        Output(Ids.BLOCKS, "children", allow_duplicate=True),
        Output(Ids.FILTERS, "opened", allow_duplicate=True),
        Output(Ids.condition("value", ALL), "error"),
        Output(Ids.FILTERS_ERROR, "children", allow_duplicate=True),
        Input(Ids.FILTERS_OK, "n_clicks"),
        State(Ids.condition("operator", ALL), "value"),
        State(Ids.condition("operator", ALL), "id"),
        State(Ids.condition("value", ALL), "value"),
        State(Ids.condition("value", ALL), "id"),
        State(Ids.condition("others", ALL), "value"),
        State(Ids.FILTERS_LOGIC, "value"),
        State(Ids.FILTERS_BLOCK, "data"),
        State(Ids.STATE, "data"),
        prevent_initial_call=True,
    )
    def on_ok(
        clicks: Any,
        operators: list[str],
        operator_ids: list[dict[str, str]],
        values: list[Any],
        ids: list[dict[str, str]],
        others: list[list[str]],
        logic: str,
        index: int | None,
        written: str,
    ) -> Any:
        if not clicks or index is None:
            raise PreventUpdate
        names = [i["field"] for i in ids]
        given = Dialog(
            dict(zip((i["field"] for i in operator_ids), operators, strict=True)),
            dict(zip(names, values, strict=True)),
            others[0] if others else [],
            logic,
        )
        state, errors = apply(decode_text(written), index, all_sources(), given)
        shown = [errors.get(name, "") for name in names]
        if errors:
            several = "A condition is" if len(errors) == 1 else f"{len(errors)} conditions are"
            message = notice("bad", f"{several} not valid.", f"See {', '.join(errors)}.")
            return no_update, no_update, True, shown, message
        return encode(state), block_rows(state, all_sources()), False, shown, None
