"""From a request's id to what the finder shows for it, whatever state the search is in."""

from __future__ import annotations

from typing import Any

from components import conjunction_results as results
from components.conjunction_blocks import block_title
from components.finder_state import FinderState, from_query, to_query
from core.errors import AtlasError, BadInput, NotFound
from core.figures.conjunctions import distance_timeline
from core.search.query import ConjunctionQuery
from core.search.results.result_set import ResultSet
from core.search.service import SearchService
from core.search.sources import block_sources

FIGURE_POINTS = 4000


def answer(search: SearchService, request: str) -> Any:
    """Return the results part of the page for a request; an empty id means no search yet."""
    if not request:
        return results.empty()
    try:
        progress = search.progress(request)
        if progress.state in ("queued", "running"):
            return results.waiting(request, progress.fraction, progress.message)
        if progress.state == "cancelled":
            return results.failed("The search was cancelled.", "Search again to run it anew.")
        if progress.state == "failed":
            return results.failed("The search failed.", progress.message)
        found = search.results(request)
        if found.count == 0:
            return results.nothing(progress.duration_ms / 1000, _without_records(search, found))
        return _rows(found, request, progress.duration_ms)
    except NotFound:
        return results.gone()
    except AtlasError as error:
        return results.failed(error.message, error.hint)


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


def _rows(found: ResultSet, request: str, duration_ms: int | None) -> Any:
    seconds = None if duration_ms is None else duration_ms / 1000
    table, _ = found.page(0, FIGURE_POINTS, [("start", "asc")])
    query = found.header.query
    window = (str(query["start"]), str(query["end"]))
    figure = distance_timeline(table, found.count, window) if found.count > 1 else None
    return results.found(
        request,
        found.count,
        seconds,
        found.header.latitude_frame,
        figure,
        seconds=bool(query.get("subminute_precision")),
    )


def answers(search: SearchService, state: FinderState) -> bool:
    """Return whether the state's request was made with exactly the state's criteria."""
    if not state.request:
        return False
    try:
        asked = search.status(state.request)["search_request"]["query"]
        return to_query(from_query(asked)) == to_query(state)
    except (BadInput, NotFound, KeyError):
        return False
