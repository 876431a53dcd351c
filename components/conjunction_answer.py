"""From a request's id to what the finder shows for it, whatever state the search is in."""

from __future__ import annotations

from typing import Any

from components import conjunction_results as results
from components.conjunction_blocks import block_title
from components.conjunction_frame import (
    Shown,
    found_head,
    frame,
    graph,
    poll_ms,
    rows_table,
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
    if not request:
        return results.empty()
    return frame(request, look(search, request))


def look(search: SearchService, request: str, token: str = "") -> Shown:
    """Return what there is to show of a search now, where the table holds the rows of `token`."""
    try:
        now = search.progress(request)
        if now.state in ("queued", "running"):
            return _so_far(search, request, now, token)
        if now.state == "done":
            return _done(search, request, now, token)
        if now.state == "cancelled":
            said = results.failed("The search was cancelled.", "Search again to run it anew.")
        else:
            said = results.failed("The search failed.", now.message)
    except NotFound:
        said = results.gone()
    except AtlasError as error:
        said = results.failed(error.message, error.hint)
    return Shown([], body=said)


def _so_far(search: SearchService, request: str, now: Progress, token: str) -> Shown:
    found = _rows_so_far(search, request) if now.rows_so_far else None
    rows = found.count if found else 0
    seconds = now.duration_ms / 1000
    head = running_head(now.state, now.fraction, now.count, seconds, rows, now.message)
    wait_ms = poll_ms(now.duration_ms)
    if found is None:
        # Rows that are shown already stay, should their file be gone for a moment.
        return Shown(head, token, None, _count_of(token), running=True, poll_ms=wait_ms)
    body = None if token else _table(found, request)
    return Shown(head, f"sofar-{rows}", body, rows, running=True, poll_ms=wait_ms)


def _rows_so_far(search: SearchService, request: str) -> ResultSet | None:
    try:
        found = search.rows_so_far(request)
        return found if found.count else None
    except (NotFound, FileNotFoundError):  # the search has ended since, and its file with it
        return None


def _count_of(token: str) -> int:
    return int(token.rpartition("-")[2] or 0)


def _done(search: SearchService, request: str, now: Progress, token: str) -> Shown:
    found = search.results(request)
    count, seconds = found.count, now.duration_ms / 1000
    if count == 0:
        return Shown([], body=results.nothing(seconds, _without_records(search, found)))
    head = found_head(request, count, seconds, found.header.latitude_frame)
    name = f"done-{count}"
    if token:
        return Shown(head, name, None, count, figure=count > 1)
    first = {"token": name, **page(found, FIRST_PAGE)}
    return Shown(head, name, _table(found, request), count, first=first, figure=count > 1)


def _table(found: ResultSet, request: str) -> Any:
    return rows_table(request, seconds=bool(found.header.query.get("subminute_precision")))


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
