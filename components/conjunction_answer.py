"""From a request's id to what the finder shows for it, whatever state the search is in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import no_update

from components import conjunction_results as results
from components.conjunction_blocks import block_title
from components.conjunction_frame import (
    Shown,
    found_head,
    frame,
    graph,
    poll_ms,
    running_head,
)
from components.conjunction_rows import FIRST_PAGE, page
from components.finder_state import FinderState, from_query, to_query
from core.errors import AtlasError, BadInput, NotFound
from core.figures.conjunctions import distance_timeline
from core.search.query import ConjunctionQuery
from core.search.results.result_set import ResultSet
from core.search.service import Progress, SearchService
from core.search.sources import block_sources

FIGURE_POINTS = 4000


def answer(search: SearchService, request: str) -> Any:
    """Return the results part of the page for a request; an empty id means no search yet."""
    shown = look(search, request) if request else Shown([], body=results.empty())
    return frame(request, shown)


def answer_with_rows(search: SearchService, request: str) -> tuple[Any, Any]:
    """Return the results part of the page, and the first rows of a search that is done."""
    shown = look(search, request)
    done = shown.token.startswith("done-")
    rows = page(search.results(request), FIRST_PAGE) if done else no_update
    return frame(request, shown), rows


def refused(title: str, hint: str) -> Any:
    """Return the results part of the page for a search that could not be submitted."""
    return frame("", Shown([], body=results.failed(title, hint)))


def look(search: SearchService, request: str, held: Mapping[str, Any] | None = None) -> Shown:
    """Return what there is to show of a search now; `held` is the key of the table's rows."""
    try:
        now = search.progress(request)
        if now.state in ("queued", "running"):
            return _so_far(search, request, now, held or {})
        if now.state == "done":
            return _done(search, request, now)
        if now.state == "cancelled":
            said = results.failed("The search was cancelled.", "Search again to run it anew.")
        else:
            said = results.failed("The search failed.", now.message)
    except NotFound:
        said = results.gone()
    except AtlasError as error:
        said = results.failed(error.message, error.hint)
    return Shown([], body=said)


def _so_far(search: SearchService, request: str, now: Progress, held: Mapping[str, Any]) -> Shown:
    found = _rows_so_far(search, request) if now.rows_so_far else None
    rows = found.count if found else 0
    seconds = now.duration_ms / 1000
    head = running_head(now.state, now.fraction, now.count, seconds, rows, now.message)
    wait_ms = poll_ms(now.duration_ms)
    if found is None:
        # Rows that are shown already stay, should their file be gone for a moment.
        return Shown(head, **_kept(held), running=True, poll_ms=wait_ms)
    key = {"token": f"sofar-{rows}", "rows": rows, "seconds": _seconds(found)}
    return Shown(head, **key, running=True, poll_ms=wait_ms)


def _rows_so_far(search: SearchService, request: str) -> ResultSet | None:
    try:
        found = search.rows_so_far(request)
        return found if found.count else None
    except (NotFound, FileNotFoundError):  # the search has ended since, and its file with it
        return None


def _done(search: SearchService, request: str, now: Progress) -> Shown:
    found = search.results(request)
    count, seconds = found.count, now.duration_ms / 1000
    if count == 0:
        return Shown([], body=results.nothing(seconds, _without_records(search, found)))
    head = found_head(request, count, seconds, found.header.latitude_frame)
    return Shown(head, f"done-{count}", count, _seconds(found), figure=count > 1)


def _kept(held: Mapping[str, Any]) -> dict[str, Any]:
    """Return the key that the page has sent, whatever it has sent."""
    rows = held.get("rows")
    return {
        "token": str(held.get("token") or ""),
        "rows": rows if isinstance(rows, int) else 0,
        "seconds": bool(held.get("seconds")),
    }


def _seconds(found: ResultSet) -> bool:
    return bool(found.header.query.get("subminute_precision"))


def _without_records(search: SearchService, found: ResultSet) -> list[str]:
    """Return the titles of the criteria blocks that have no record in the search's window."""
    query = ConjunctionQuery.from_dict(found.header.query, search.settings)
    titles = []
    for block, members in zip(query.blocks, block_sources(search.archive, query), strict=True):
        identifiers = [source.identifier for source in members]
        if block.kind == "adhoc":
            continue
        days = search.archive.ephemeris.day_counts(query.start, query.end, identifiers)
        if not identifiers or not days.num_rows:
            titles.append(block_title(block.name))
    return titles


def drawn(search: SearchService, request: str) -> Any:
    """Return the figure of a search that is done; nothing where one conjunction was found."""
    found = search.results(request)
    if found.count < 2:
        return None
    table, _ = found.page(0, FIGURE_POINTS, [("start", "asc")])
    query = found.header.query
    window = (str(query["start"]), str(query["end"]))
    return graph(request, distance_timeline(table, found.count, window))


def answers(search: SearchService, state: FinderState) -> bool:
    """Return whether the state's request was made with exactly the state's criteria."""
    if not state.request:
        return False
    try:
        asked = search.status(state.request)["search_request"]["query"]
        return to_query(from_query(asked)) == to_query(state)
    except (BadInput, NotFound, KeyError):
        return False
