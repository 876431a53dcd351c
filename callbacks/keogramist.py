"""What happens on the Keogramist: pure handlers, and `register` that binds them.

The browser keeps the address (`assets/05-keogramist.js`) and hands the parts that are read here,
the wall and the opened row, to stores. Handlers answer to those; what the controls ask for goes
back to the browser as a draft. Cursor, colours and playback never come here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from dash import MATCH, ClientsideFunction, Dash, Input, Output, State, no_update
from flask import request

from components.ids import Keogramist as Ids
from components.keogram_controls import (
    day_marks,
    days_label,
    notes,
    quick_items,
    steps,
    summary,
)
from components.keogram_detail import DetailParts, detail_parts
from components.keogram_opened import opened, row_records
from components.keogram_records import grid_id, grid_key, grid_rows
from components.keogram_state import decode, parse_open, split_address
from components.keogram_view import wall_view
from components.keogram_wall import wall
from core.imaging.wall_days import day_row
from core.observatory import Observatory

CONTROLS = frozenset({"by", "dates", "sources", "group", "order", "images", "height", "size"})


def draft_wall(
    by: str,
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
        by="day" if by == "day" else "night",
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
        "by": state.by,
        "dates": [view.query.start.isoformat(), view.query.end.isoformat()],
        "days_label": days_label(state),
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
    observatory: Observatory, open_key: str, wall_key: str, base_url: str
) -> DetailParts | None:
    """Return the contents of the opened row, None when nothing is open."""
    if not open_key:
        return None
    key = parse_open(open_key)
    state = replace(decode(wall_key), open=key)
    return detail_parts(opened(observatory, key, state.by), state, base_url)


def show_records(observatory: Observatory, asked: Mapping[str, Any] | None, name: str) -> Any:
    """Return the block of records that the grid of this name asked for."""
    if asked is None:
        return no_update
    by, key = grid_key(name)
    row = day_row(observatory.archive, *key, by)
    return grid_rows(row_records(observatory, row), asked)


def _days_text(start: date, end: date) -> str:
    return f"{start} {end}"


def register(app: Dash, observatory: Observatory) -> None:
    """Bind the handlers."""
    _bind_browser(app)
    _bind_wall(app, observatory)
    _bind_detail(app, observatory)


def _bind_browser(app: Dash) -> None:
    app.clientside_callback(
        ClientsideFunction("keogramist", "wall"),
        Output(Ids.PAGE, "data-heard"),
        Input(Ids.WALL_DRAFT, "data"),
        prevent_initial_call=True,
    )


def _bind_wall(app: Dash, observatory: Observatory) -> None:
    controls = {
        "by": (Ids.BY, "value"),
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
            "days_label": Output(Ids.DATES, "label"),
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
        "stage": Output(Ids.STAGE, "data-night"),
        "no_image": Output(Ids.NO_IMAGE, "children"),
        "labels": Output(Ids.LABELS, "children"),
        "records": Output(Ids.RECORDS, "children"),
        "metadata": Output(Ids.METADATA, "children"),
        "cite": Output(Ids.CITE, "children"),
        "links": Output(Ids.LINKS, "children"),
    }

    @app.callback(
        output=contents,
        inputs={
            "open_key": Input(Ids.OPEN_KEY, "data"),
            "wall_key": State(Ids.WALL_KEY, "data"),
        },
        prevent_initial_call=True,
    )
    def _open(open_key: str, wall_key: str) -> dict[str, Any]:
        parts = show_detail(observatory, open_key, wall_key, request.host_url.rstrip("/"))
        if parts is None:
            return dict.fromkeys(contents, no_update)
        return {name: getattr(parts, name) for name in contents}

    @app.callback(
        Output(grid_id(MATCH), "getRowsResponse"),
        Input(grid_id(MATCH), "getRowsRequest"),
        State(grid_id(MATCH), "id"),
        prevent_initial_call=True,
    )
    def _records(asked: Mapping[str, Any] | None, own_id: Mapping[str, str]) -> Any:
        return show_records(observatory, asked, own_id["row"])
