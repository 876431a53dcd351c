"""The finder's results: pages of the table, the drawer of a row, a running search.

What the browser can do alone it does (`assets/20-conjunctions.js`): the first page comes with the
answer, the table is told to ask again when its rows change, and a click becomes one Store.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import ALL, MATCH, ClientsideFunction, Dash, Input, Output, State, no_update
from dash.exceptions import PreventUpdate

from components.conjunction_answer import drawn, look
from components.conjunction_detail import detail
from components.conjunction_dialogs import notice
from components.conjunction_frame import Shown
from components.conjunction_rows import cells, matched_line, page
from components.ids import Conjunctions as Ids
from core.errors import NotFound
from core.observatory import Observatory
from core.search.results.result_set import ResultSet
from core.search.service import SearchService


def row_detail(found: ResultSet, row: int, clicked: Mapping[str, Any] | None = None) -> Any:
    """Return the drawer's content for a row of the result.

    Of rows so far, a row may have got another number since it was drawn: where the cell that was
    `clicked` says something else than the row does, the drawer says so.
    """
    table, matched = found.page(0, 1, (), {"row": row})
    if not matched:
        raise PreventUpdate
    line = table.to_pylist()[0]
    column, value = (clicked or {}).get("colId"), (clicked or {}).get("value")
    shown = cells(line, bool(found.header.query.get("subminute_precision")))
    if column in shown and value is not None and shown[column] != value:
        return notice("warn", "The rows have been replaced since.", "Click the row again.")
    return detail(line, found.sources)


def rows_now(search: SearchService, request: str, wanted: Mapping[str, Any]) -> tuple[Any, str]:
    """Return the page that the table wants, and how many rows its filters leave."""
    try:
        found = search.rows_so_far(request)
        return _page_and_line(found, wanted)
    except (NotFound, FileNotFoundError):  # the search has ended since, and with it their file
        return _page_and_line(search.results(request), wanted)


def _page_and_line(found: ResultSet, wanted: Mapping[str, Any]) -> tuple[Any, str]:
    rows = page(found, wanted)
    return rows, matched_line(rows["rowCount"], found.count)


def clicked_row(event: Mapping[str, Any] | None) -> int | None:
    """Return the row that a click in the table or in the figure means, None for no row."""
    if not event:
        return None
    if "points" in event:
        return int(event["points"][0]["customdata"][0])
    row = event.get("rowId")
    return None if row in (None, "") else int(row)


def register(app: Dash, observatory: Observatory) -> None:
    """Bind the handlers of the results."""
    _register_rows(app, observatory.search)
    _register_row(app, observatory.search)
    _register_running(app, observatory.search)


def _register_rows(app: Dash, search: SearchService) -> None:
    # With the frame of a new search comes its key: this one is called at first as well, which
    # Dash does only for a callback with an output.
    app.clientside_callback(
        ClientsideFunction("atlas", "conjunctionsTable"),
        Output(Ids.running("held", MATCH), "data"),
        Input(Ids.running("shown", MATCH), "data"),
        State(Ids.running("shown", MATCH), "id"),
    )
    app.clientside_callback(
        ClientsideFunction("atlas", "conjunctionsAsk"),
        Output(Ids.ASK, "data"),
        Input(Ids.GRID, "getRowsRequest"),
        prevent_initial_call=True,
    )
    # The table forgets its answer as soon as it has taken it, so a Store says that there was one.
    app.clientside_callback(
        ClientsideFunction("atlas", "conjunctionsAnswered"),
        Input(Ids.ANSWERED, "data"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output(Ids.GRID, "getRowsResponse"),
        Output(Ids.MATCHED, "children"),
        Output(Ids.ANSWERED, "data"),
        Input(Ids.ASK, "data"),
        prevent_initial_call=True,
    )
    def on_rows(wanted: dict[str, Any] | None) -> Any:
        if not wanted:
            raise PreventUpdate
        answered = {"request": wanted["request"], "asked": wanted.get("asked")}
        return *rows_now(search, wanted["request"], wanted), answered

    @app.callback(
        Output(Ids.running("figure", MATCH), "children"),
        Output(Ids.running("figure", MATCH), "className"),
        Input(Ids.running("draw", MATCH), "data"),
        State(Ids.running("draw", MATCH), "id"),
        prevent_initial_call=True,
    )
    def on_draw(token: str | None, identity: dict[str, str]) -> Any:
        if not token:
            raise PreventUpdate
        return drawn(search, identity["request"]), "results__place"


def _register_row(app: Dash, search: SearchService) -> None:
    app.clientside_callback(
        ClientsideFunction("atlas", "conjunctionsClicked"),
        Output(Ids.CLICKED, "data"),
        Input(Ids.GRID, "cellClicked"),
        Input(Ids.figure(ALL), "clickData"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output(Ids.DRAWER, "opened"),
        Output(Ids.DRAWER_BODY, "children"),
        Input(Ids.CLICKED, "data"),
        prevent_initial_call=True,
    )
    def on_row(clicked: dict[str, Any] | None) -> Any:
        event = (clicked or {}).get("event")
        row = clicked_row(event)
        if clicked is None or row is None:
            raise PreventUpdate
        return True, row_detail(search.rows_so_far(clicked["request"]), row, event)


def _register_running(app: Dash, search: SearchService) -> None:
    # A question that is asked again before it is answered loses its answer: where the server takes
    # longer than the pause, the pause becomes longer. Each answer sets it anew.
    app.clientside_callback(
        ClientsideFunction("atlas", "conjunctionsPatience"),
        Output(Ids.running("poll", MATCH), "interval", allow_duplicate=True),
        Input(Ids.running("poll", MATCH), "n_intervals"),
        State(Ids.running("poll", MATCH), "interval"),
        prevent_initial_call=True,
    )

    @app.callback(
        output={
            "head": Output(Ids.running("head", MATCH), "children"),
            "body": Output(Ids.running("body", MATCH), "children"),
            "shown": Output(Ids.running("shown", MATCH), "data"),
            "wait_ms": Output(Ids.running("poll", MATCH), "interval"),
            "ended": Output(Ids.running("poll", MATCH), "disabled"),
            "no_cancel": Output(Ids.running("cancel", MATCH), "hidden"),
        },
        inputs={
            "ticks": Input(Ids.running("poll", MATCH), "n_intervals"),
            "clicks": Input(Ids.running("cancel", MATCH), "n_clicks"),
            "held": State(Ids.running("shown", MATCH), "data"),
            "identity": State(Ids.running("poll", MATCH), "id"),
        },
        prevent_initial_call=True,
    )
    def on_poll(ticks: Any, clicks: Any, held: Any, identity: dict[str, str]) -> Any:
        if not ticks and not clicks:
            raise PreventUpdate
        request = identity["request"]
        if clicks:  # a click and a tick may come as one; to cancel twice is to cancel once
            search.cancel(request)
        return changes(look(search, request, held), held)


def changes(shown: Shown, held: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what of the frame becomes what, where `held` is the key of the table's rows."""
    return {
        "head": shown.head,
        "body": no_update if shown.body is None else shown.body,
        "shown": no_update if shown.key == held else shown.key,
        "wait_ms": shown.poll_ms,
        "ended": not shown.running,
        "no_cancel": not shown.running,
    }
