"""The finder's filters: open the dialog for a block or the result, change the draft, take it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dash import ALL, Dash, Input, Output, State, ctx, no_update
from dash.exceptions import PreventUpdate

from callbacks.conjunctions import really_clicked
from components.conjunction_blocks import block_rows, block_title
from components.conjunction_builder import Fields, Node, changed, draft_of, filled, read_draft, walk
from components.conjunction_dialogs import notice
from components.conjunction_fields import Offer, offers_for, result_offers
from components.conjunction_filters import ABOUT_RESULT, about_block, body
from components.filter_group import FilterGroup
from components.finder_state import FinderState, block_names
from components.ids import Conjunctions as Ids
from components.source_options import matching
from components.urlstate import decode_text, encode
from core.archive.filters import MetadataFilter
from core.errors import BadInput
from core.instruments.model import DataSource
from core.observatory import Observatory

Sources = Sequence[DataSource]
RESULT = -1  # stands for a block's position where the filters are those of the result
_BUTTONS = ("add", "nest", "remove")


def filters_of(state: FinderState, index: int) -> FilterGroup:
    """Return the filters of a block, or of the result."""
    return state.result_filters if index == RESULT else state.blocks[index].filters


def offers(state: FinderState, index: int, sources: Sources) -> list[Offer]:
    """Return the fields that conditions may name."""
    group = filters_of(state, index)
    if index == RESULT:
        return result_offers(group)
    return offers_for(matching(sources, state.blocks[index]), group)


def heading(state: FinderState, index: int, sources: Sources) -> tuple[str, str]:
    """Return the dialog's title and what it says above the conditions."""
    if index == RESULT:
        return "Result filters", ABOUT_RESULT
    title = block_title(block_names(state.blocks)[index])
    return f"Metadata filters: {title}", about_block(
        title, len(matching(sources, state.blocks[index]))
    )


def apply(
    state: FinderState, index: int, sources: Sources, draft: Node
) -> tuple[FinderState, dict[str, str]]:
    """Return the state with the draft as its filters, and what is wrong in the draft by path.

    Raises BadInput for what no condition alone is to blame for, such as groups too deep.
    """
    group, errors = read_draft(draft, offers(state, index, sources))
    if errors:
        return state, errors
    MetadataFilter.from_dict(group.to_dict(), "filters")
    if index == RESULT:
        return replace(state, result_filters=group), {}
    blocks = [replace(b, filters=group) if i == index else b for i, b in enumerate(state.blocks)]
    return state.with_blocks(blocks), {}


def _fields(kind: type[State] = State) -> dict[str, Any]:
    """Return the dependencies on everything in the dialog that can be filled in."""
    found: dict[str, Any] = {}
    for part in ("key", "operator", "value", "logic"):
        found[part] = kind(Ids.condition(part, ALL), "value")
        found[f"{part}_ids"] = State(Ids.condition(part, ALL), "id")
    return found


def by_path(fields: dict[str, Any]) -> Fields:
    """Turn what Dash delivers for `_fields` into values by path."""
    read = {
        part: {i["field"]: v for i, v in zip(fields[f"{part}_ids"], fields[part], strict=True)}
        for part in ("key", "operator", "value", "logic")
    }
    return Fields(read["key"], read["operator"], read["value"], read["logic"])


def edited(draft: Node, given: Fields, clicked: Any) -> Node:
    """Return the draft after a click or a newly chosen field."""
    now = filled(draft, given)
    if clicked == Ids.FILTERS_RESET:
        return draft_of(FilterGroup())
    what = str(clicked["type"]).rpartition("-")[2]
    if what in _BUTTONS:
        return changed(now, clicked["field"], what)
    keys = {path: node["key"] for path, node in walk(draft) if "key" in node}
    if all((given.keys.get(path) or "") == key for path, key in keys.items()):
        raise PreventUpdate  # the fields have only just appeared
    return now


def register(app: Dash, observatory: Observatory) -> None:
    """Bind the handlers of the dialog."""

    def all_sources() -> Sources:
        return observatory.archive.catalogue.sources.list()

    _register_open(app, all_sources)
    _register_edit(app, all_sources)
    _register_ok(app, all_sources)


def _register_open(app: Dash, all_sources: Any) -> None:
    @app.callback(
        Output(Ids.FILTERS, "opened", allow_duplicate=True),
        Output(Ids.FILTERS, "title"),
        Output(Ids.FILTERS_ABOUT, "children"),
        Output(Ids.FILTERS_BODY, "children"),
        Output(Ids.FILTERS_DRAFT, "data"),
        Output(Ids.FILTERS_BLOCK, "data"),
        Output(Ids.FILTERS_ERROR, "children", allow_duplicate=True),
        Input(Ids.block("filters", ALL), "n_clicks"),
        Input(Ids.RESULT_FILTERS, "n_clicks"),
        State(Ids.STATE, "data"),
        prevent_initial_call=True,
    )
    def on_open(clicks: Any, result_clicks: Any, written: str) -> Any:
        clicked = really_clicked()
        index = RESULT if clicked == Ids.RESULT_FILTERS else clicked["index"]
        state, sources = decode_text(written), all_sources()
        title, about = heading(state, index, sources)
        draft = draft_of(filters_of(state, index))
        fields = body(draft, offers(state, index, sources))
        return True, title, about, fields, draft, index, None

    @app.callback(
        Output(Ids.FILTERS, "opened", allow_duplicate=True),
        Input(Ids.FILTERS_CANCEL, "n_clicks"),
        prevent_initial_call=True,
    )
    def on_cancel(clicks: Any) -> bool:
        return False


def _register_edit(app: Dash, all_sources: Any) -> None:
    @app.callback(
        Output(Ids.FILTERS_BODY, "children", allow_duplicate=True),
        Output(Ids.FILTERS_DRAFT, "data", allow_duplicate=True),
        Output(Ids.FILTERS_ERROR, "children", allow_duplicate=True),
        inputs={
            "clicks": [Input(Ids.condition(part, ALL), "n_clicks") for part in _BUTTONS],
            "reset": Input(Ids.FILTERS_RESET, "n_clicks"),
            "chosen": Input(Ids.condition("key", ALL), "value"),
            "fields": _fields(),
            "draft": State(Ids.FILTERS_DRAFT, "data"),
            "index": State(Ids.FILTERS_BLOCK, "data"),
            "written": State(Ids.STATE, "data"),
        },
        prevent_initial_call=True,
    )
    def on_edit(
        clicks: Any, reset: Any, chosen: Any, fields: Any, draft: Node, index: int, written: str
    ) -> Any:
        if not ctx.triggered or not any(entry["value"] for entry in ctx.triggered) or not draft:
            raise PreventUpdate
        now = edited(draft, by_path(fields), ctx.triggered_id)
        return body(now, offers(decode_text(written), index, all_sources())), now, None


def _register_ok(app: Dash, all_sources: Any) -> None:
    @app.callback(
        Output(Ids.STATE, "data", allow_duplicate=True),
        Output(Ids.BLOCKS, "children", allow_duplicate=True),
        Output(Ids.FILTERS, "opened", allow_duplicate=True),
        Output(Ids.condition("value", ALL), "error"),
        Output(Ids.FILTERS_ERROR, "children", allow_duplicate=True),
        inputs={
            "clicks": Input(Ids.FILTERS_OK, "n_clicks"),
            "fields": _fields(),
            "draft": State(Ids.FILTERS_DRAFT, "data"),
            "index": State(Ids.FILTERS_BLOCK, "data"),
            "written": State(Ids.STATE, "data"),
        },
        prevent_initial_call=True,
    )
    def on_ok(clicks: Any, fields: Any, draft: Node, index: int | None, written: str) -> Any:
        if not clicks or index is None:
            raise PreventUpdate
        sources, paths = all_sources(), [i["field"] for i in fields["value_ids"]]
        try:
            state, errors = apply(
                decode_text(written), index, sources, filled(draft, by_path(fields))
            )
        except BadInput as error:
            return no_update, no_update, True, ["" for _ in paths], _wrong(str(error), error.hint)
        shown = [errors.get(path, "") for path in paths]
        if errors:
            several = "A condition is" if len(errors) == 1 else f"{len(errors)} conditions are"
            return no_update, no_update, True, shown, _wrong(f"{several} not valid.", "See above.")
        return encode(state), block_rows(state, sources), False, shown, None


def _wrong(title: str, hint: str) -> Any:
    return notice("bad", title, hint)
