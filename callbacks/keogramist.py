"""What happens on the Keogramist: pure handlers, and `register` that binds them.

The browser keeps the address (`assets/05-keogramist.js`) and hands its three parts to stores.
Handlers answer to those; what the controls ask for goes back to the browser as a draft.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from dash import MATCH, ClientsideFunction, Dash, Input, Output, State, no_update
from flask import request

from components.ids import Keogramist as Ids
from components.keogram_controls import day_marks, notes, quick_items, steps, summary
from components.keogram_detail import DetailParts, detail_parts, links
from components.keogram_opened import day_records, figure_view, opened
from components.keogram_records import grid_id, grid_rows
from components.keogram_state import WallState, decode, parse_open, split_address
from components.keogram_view import wall_view
from components.keogram_wall import wall
from core.figures.keogram import keogram_figure
from core.imaging.wall_days import day_row
from core.observatory import Observatory

CONTROLS = frozenset({"dates", "sources", "group", "order", "images", "height", "size"})


def draft_wall(
    dates: Sequence[str | None] | None,
    sources: Sequence[str],
    group: str,
    order: str,
    images: bool,
    height: str,
    size: str,
    page: int,
    current: str,
    shown_days: str,
) -> Any:
    """Return the wall's part of the address that the controls ask for.

    A page belongs to one order of one list: any other change goes to the first page. Half a range
    of days, while the second is being chosen, asks for nothing. Days that are shown already are
    left as the address has them: it may name none and mean the last day with data.
    """
    if not dates or len(dates) != 2 or not all(dates):
        return no_update
    before = replace(decode(current), notes=())
    chosen = [date.fromisoformat(str(day)[:10]) for day in dates]
    days = (before.start, before.end) if _days_text(*chosen) == shown_days else tuple(chosen)
    asked = replace(
        before,
        start=days[0],
        end=days[1],
        sources=tuple(sources or ()),
        group=group,
        order=order,
        images=bool(images),
        height=height,
        size=int(size),
    )
    other = replace(asked, height=before.height) != before
    return split_address(replace(asked, page=1 if other else page)).wall


def draft_look(extent: str, scale: str, cmap: str) -> str:
    """Return the look's part of the address that the controls ask for."""
    return split_address(WallState(extent=extent, scale=scale, cmap=cmap)).look


def show_wall(observatory: Observatory, wall_key: str) -> dict[str, Any]:
    """Return everything that the wall's part of the address decides."""
    view = wall_view(observatory, decode(wall_key))
    earlier, later = steps(view)
    state = view.state
    return {
        "wall": wall(view),
        "summary": summary(view.page),
        "quick": quick_items(view),
        "day_marks": day_marks(view.days),
        "earlier": earlier,
        "later": later,
        "notes": notes(state),
        "pages": view.page.pages,
        "page": view.page.page,
        "shown_days": _days_text(view.query.start, view.query.end),
        "dates": [view.query.start.isoformat(), view.query.end.isoformat()],
        "sources": list(state.sources),
        "group": state.group,
        "order": state.order,
        "images": state.images,
        "height": state.height,
        "size": str(state.size),
    }


def redraw(shown: Mapping[str, Any], asked_by_controls: bool) -> dict[str, Any]:
    """Return what of `shown` is to be drawn.

    Controls that asked for this wall show it already, and may have been moved on since; only the
    page, which other controls reset, is told to the pager.
    """
    kept = CONTROLS if asked_by_controls else ()
    return {name: no_update if name in kept else value for name, value in shown.items()}


def show_detail(
    observatory: Observatory, open_key: str, look_key: str, wall_key: str, base_url: str
) -> DetailParts | None:
    """Return the drawer's contents, None when nothing is open."""
    if not open_key:
        return None
    key = parse_open(open_key)
    state = replace(_state(wall_key, look_key), open=key)
    return detail_parts(opened(observatory, key), state, base_url)


def show_look(observatory: Observatory, look_key: str, open_key: str, wall_key: str) -> Any:
    """Return figure and links of the opened keogram in another look; None when none is open."""
    if not open_key:
        return None
    view = opened(observatory, parse_open(open_key))
    state = _state(wall_key, look_key)
    return keogram_figure(figure_view(view, state)), links(view, state)


def show_records(
    observatory: Observatory, asked: Mapping[str, Any] | None, open_key: str
) -> dict[str, Any] | Any:
    """Return the block of records that the grid asked for."""
    if asked is None:
        return no_update
    key = parse_open(open_key)
    row = day_row(observatory.archive, *key)
    return grid_rows(day_records(observatory, key, row), asked)


def _days_text(start: date, end: date) -> str:
    return f"{start} {end}"


def _state(wall_key: str, look_key: str) -> WallState:
    return decode("&".join(part for part in (wall_key, look_key) if part))


def register(app: Dash, observatory: Observatory) -> None:
    """Bind the handlers."""
    _bind_browser(app)
    _bind_wall(app, observatory)
    _bind_detail(app, observatory)


def _bind_browser(app: Dash) -> None:
    steps_ = (
        ("wall", Ids.WALL_DRAFT, "data"),
        ("look", Ids.LOOK_DRAFT, "data"),
        ("closed", Ids.DRAWER, "opened"),
    )
    for name, component, prop in steps_:
        app.clientside_callback(
            ClientsideFunction("keogramist", name),
            Output(Ids.PAGE, "data-heard", allow_duplicate=True),
            Input(component, prop),
            prevent_initial_call=True,
        )


def _bind_wall(app: Dash, observatory: Observatory) -> None:
    controls = {
        "dates": (Ids.DATES, "value"),
        "sources": (Ids.SOURCES, "value"),
        "group": (Ids.GROUP, "value"),
        "order": (Ids.ORDER, "value"),
        "images": (Ids.IMAGES, "checked"),
        "height": (Ids.HEIGHT, "value"),
        "size": (Ids.SIZE, "value"),
        "page": (Ids.PAGER, "value"),
    }
    app.callback(
        output=Output(Ids.WALL_DRAFT, "data"),
        inputs={
            **{name: Input(*where) for name, where in controls.items()},
            "current": State(Ids.WALL_KEY, "data"),
            "shown_days": State(Ids.SUMMARY, "data-days"),
        },
        prevent_initial_call=True,
    )(draft_wall)

    app.callback(
        output={
            **{name: Output(*where) for name, where in controls.items()},
            "wall": Output(Ids.WALL, "children"),
            "summary": Output(Ids.SUMMARY, "children"),
            "shown_days": Output(Ids.SUMMARY, "data-days"),
            "quick": Output(Ids.QUICK, "children"),
            "day_marks": Output(Ids.DATES, "getDayProps"),
            "earlier": Output(Ids.EARLIER, "href"),
            "later": Output(Ids.LATER, "href"),
            "notes": Output(Ids.NOTES, "children"),
            "pages": Output(Ids.PAGER, "total"),
        },
        inputs={
            "wall_key": Input(Ids.WALL_KEY, "data"),
            "draft": State(Ids.WALL_DRAFT, "data"),
        },
        prevent_initial_call=True,
    )(lambda wall_key, draft: redraw(show_wall(observatory, wall_key), wall_key == draft))


def _bind_detail(app: Dash, observatory: Observatory) -> None:
    contents = {
        "title": Output(Ids.TITLE, "children"),
        "figure": Output(Ids.FIGURE, "figure"),
        "no_image": Output(Ids.NO_IMAGE, "children"),
        "labels": Output(Ids.LABELS, "children"),
        "records": Output(Ids.RECORDS, "children"),
        "metadata": Output(Ids.METADATA, "children"),
        "cite": Output(Ids.CITE, "children"),
        "links": Output(Ids.LINKS, "children"),
    }
    frame = {
        "opened": Output(Ids.DRAWER, "opened"),
        "hidden": Output(Ids.FIGURE_BOX, "hidden"),
    }

    @app.callback(
        output=contents | frame,
        inputs={
            "open_key": Input(Ids.OPEN_KEY, "data"),
            "look_key": State(Ids.LOOK_KEY, "data"),
            "wall_key": State(Ids.WALL_KEY, "data"),
        },
        prevent_initial_call=True,
    )
    def _open(open_key: str, look_key: str, wall_key: str) -> dict[str, Any]:
        base_url = request.host_url.rstrip("/")
        parts = show_detail(observatory, open_key, look_key, wall_key, base_url)
        if parts is None:
            return dict.fromkeys(contents, no_update) | {"opened": False, "hidden": no_update}
        shown = {name: getattr(parts, name) for name in contents}
        return shown | {"opened": True, "hidden": not parts.has_image}

    @app.callback(
        Output(Ids.FIGURE, "figure", allow_duplicate=True),
        Output(Ids.LINKS, "children", allow_duplicate=True),
        Output(Ids.EXTENT, "value"),
        Output(Ids.SCALE, "value"),
        Output(Ids.COLOUR_MAP, "value"),
        Input(Ids.LOOK_KEY, "data"),
        State(Ids.OPEN_KEY, "data"),
        State(Ids.WALL_KEY, "data"),
        prevent_initial_call=True,
    )
    def _look(look_key: str, open_key: str, wall_key: str) -> Any:
        state = decode(look_key)
        shown = show_look(observatory, look_key, open_key, wall_key) or (no_update, no_update)
        return *shown, state.extent, state.scale, state.cmap

    app.callback(
        Output(Ids.LOOK_DRAFT, "data"),
        Input(Ids.EXTENT, "value"),
        Input(Ids.SCALE, "value"),
        Input(Ids.COLOUR_MAP, "value"),
        prevent_initial_call=True,
    )(draft_look)

    @app.callback(
        Output(grid_id(MATCH), "getRowsResponse"),
        Input(grid_id(MATCH), "getRowsRequest"),
        State(grid_id(MATCH), "id"),
        prevent_initial_call=True,
    )
    def _records(asked: Mapping[str, Any] | None, own_id: Mapping[str, str]) -> Any:
        return show_records(observatory, asked, own_id["row"])
