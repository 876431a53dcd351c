"""The three searches: submit, status, results, cancel.

A search is answered with 202 and the URL of its status. The status says where the results are
once there are any, and says so as well when the search failed or was cancelled: clients wait for
that place to be named and look for errors afterwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import flask

from api import clients, identity, inputs, masks
from api.answers import answer
from api.delivery import FORMATS, Wanted, deliver
from api.errors import outcome_of
from api.results import deliver_results
from api.urls import base_url, request_url
from core.errors import AtlasError, Conflict, NotFound, SearchCancelled, SearchFailed
from core.search.jobs.files import SO_FAR

if TYPE_CHECKING:
    from core.observatory import Observatory
    from core.search.results.result_set import ResultSet
    from core.search.service import SearchService

# Name in paths -> kind of search.
KINDS = {"conjunctions": "conjunction", "ephemeris": "ephemeris", "data_products": "data_product"}
MAX_ROWS_SO_FAR = 10_000
_KIND = "<any(conjunctions, ephemeris, data_products):name>"


def blueprint(observatory: Observatory) -> flask.Blueprint:
    """Return the routes of all three searches."""
    routes = flask.Blueprint("searches", __name__)
    handlers = Searches(observatory)
    request = f"/{_KIND}/requests/<request_id>"
    for rule, method, view in (
        (f"/{_KIND}/search", "POST", handlers.submit),
        (request, "GET", handlers.status),
        (request, "DELETE", handlers.cancel),
        (f"{request}/data", "GET", handlers.data),
        (f"{request}/data", "POST", handlers.masked_data),
        (f"{request}/data", "DELETE", handlers.delete_data),
        (f"{request}/data/so_far", "GET", handlers.data_so_far),
    ):
        routes.add_url_rule(rule, view.__name__, view, methods=[method])
    return routes


class Searches:
    """Handlers over the search service of one observatory."""

    def __init__(self, observatory: Observatory) -> None:
        self._observatory = observatory

    @property
    def service(self) -> SearchService:
        """The searches as whoever asks may see them."""
        return self._observatory.search.seen_by(identity.caller())

    def submit(self, name: str) -> flask.Response:
        """Take a search and say where its status is."""
        request_id = self.service.submit(
            KINDS[name], inputs.json_object(), client=clients.address()
        )
        location = request_url(name, request_id)
        return flask.Response(status=202, headers={"Location": location}, content_type=None)

    def status(self, name: str, request_id: str) -> flask.Response:
        """Return the status document."""
        return answer(self._document(name, request_id))

    def cancel(self, name: str, request_id: str) -> flask.Response:
        """Cancel a search; one that has finished loses its results instead."""
        document = self._document(name, request_id)
        if document["search_result"]["data_uri"] is None:
            self.service.cancel(inputs.request_uuid(request_id))
            return answer(self._document(name, request_id))
        self.service.delete_results(inputs.request_uuid(request_id))
        return flask.Response(status=204, content_type=None)

    def data(self, name: str, request_id: str) -> flask.Response:
        """Return the results."""
        return self._results(name, request_id, None)

    def masked_data(self, name: str, request_id: str) -> flask.Response:
        """Return the parts of the results that the body asks for."""
        mask = inputs.json_object()
        masks.check(mask)
        return self._results(name, request_id, mask)

    def delete_data(self, name: str, request_id: str) -> flask.Response:
        """Delete the results; the status stays."""
        self._document(name, request_id)
        self.service.delete_results(inputs.request_uuid(request_id))
        return answer(self._document(name, request_id))

    def data_so_far(self, name: str, request_id: str) -> flask.Response:
        """Return how far a search is and the rows found so far; an extension of AuroraX's routes.

        Query parameters
        ----------------
        offset : integer
            First row, 0 where it is not given.
        limit : integer
            Most rows, from 0 to 10000; 1000 where it is not given.
        data_source_record_format : text
            As for the results.

        Answer
        ------
        state : text
            queued, running or done.
        final : true or false
            Whether these rows are the result. Until then a row may still grow, or get another
            place, and the next answer replaces all rows of this one.
        fraction : number
            How much is done, 0 to 1.
        result_count : integer
            Number found so far; it may be ahead of the rows that can be read.
        rows : integer
            Number of rows that can be read now.
        duration : integer
            Milliseconds since the search was submitted, or that it took.
        result : list
            Rows from `offset` on, as the results have them.
        """
        self._document(name, request_id)
        form = inputs.choice("data_source_record_format", FORMATS, "basic_info")
        offset = inputs.whole("offset", 0, 2**31 - 1)
        limit = inputs.whole("limit", 1000, MAX_ROWS_SO_FAR)
        try:
            return self._so_far(inputs.request_uuid(request_id), form, offset, limit)
        except (SearchFailed, SearchCancelled) as error:
            return _no_results(error)

    def _so_far(self, request_id: str, form: str, offset: int, limit: int) -> flask.Response:
        try:
            rows = self._read(self.service.rows_so_far(request_id), form, offset, limit)
        except (NotFound, FileNotFoundError):
            # There are none yet, or the search has ended meanwhile and their file with it.
            if self.service.progress(request_id).state in ("queued", "running"):
                rows = {"final": False, "rows": 0, "result": []}
            else:
                rows = self._read(self.service.results(request_id), form, offset, limit)
        now = self.service.progress(request_id)
        state = now.state if rows["final"] or now.state == "queued" else "running"
        known = {"state": state, "fraction": now.fraction, "result_count": now.count}
        return answer({**known, "duration": now.duration_ms, **rows})

    def _read(self, found: ResultSet, form: str, offset: int, limit: int) -> dict[str, Any]:
        records = found.records(offset, limit) if limit else iter(())
        return {
            "final": not found.path.name.endswith(SO_FAR),
            "rows": found.count,
            "result": list(deliver(records, found.sources, Wanted(base_url(), form))),
        }

    def _results(self, name: str, request_id: str, mask: masks.Mask | None) -> flask.Response:
        query = self._document(name, request_id)["search_request"]["query"]
        try:
            found = self.service.results(inputs.request_uuid(request_id))
        except (Conflict, SearchFailed, SearchCancelled) as error:
            return _no_results(error)
        return deliver_results(found, query, self._observatory.settings.max_answer_rows, mask)

    def _document(self, name: str, request_id: str) -> dict[str, Any]:
        document: dict[str, Any] = self.service.status(inputs.request_uuid(request_id))
        if document["search_request"]["request_type"] != KINDS[name]:
            raise NotFound(
                f"There is no {KINDS[name]} search {request_id}.",
                hint=f"It is a search of type {document['search_request']['request_type']}.",
                kind="search_request",
                key=request_id,
            )
        return document


def _no_results(error: AtlasError) -> flask.Response:
    # Clients look for `error` here, and below it for the two keys of every error document.
    status, code = outcome_of(error)
    document = {"error_code": code, "error_message": str(error)}
    return answer({**document, "error": document}, status)
