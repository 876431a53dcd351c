"""Results of a conjunction search as a file: CSV with its facts in the head, JSON, or Parquet.

``GET /exports/<request id>.csv`` and so on. Text is streamed batch by batch; every format says
which query it answers, in which frame latitudes were compared, and whether records are simulated.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID

import flask

from api import identity
from core.archive.csv_text import csv_header, csv_rows
from core.errors import NotFound
from core.search.results.flat import CONJUNCTION_COLUMNS, flat
from core.search.results.result_set import ResultSet

if TYPE_CHECKING:
    from core.observatory import Observatory

SIMULATED = "SIMULATED: computed records, physically plausible, not observed"


def blueprint(observatory: Observatory) -> flask.Blueprint:
    """Return the routes below ``/exports``."""
    routes = flask.Blueprint("exports", __name__, url_prefix="/exports")

    def found(request_id: UUID) -> ResultSet:
        results = observatory.search.seen_by(identity.caller()).results(str(request_id))
        if results.kind != "conjunction":
            raise NotFound(
                f"There is no conjunction search {request_id}.",
                hint=f"It is a search of type {results.kind}; its records are at /api/v1.",
                kind="search_request",
                key=str(request_id),
            )
        return results

    @routes.get("/<uuid:request_id>.csv")
    def as_csv(request_id: UUID) -> flask.Response:
        text = csv_lines(found(request_id), str(request_id))
        return _attached(text, "text/csv; charset=utf-8", f"conjunctions-{request_id}.csv")

    @routes.get("/<uuid:request_id>.json")
    def as_json(request_id: UUID) -> flask.Response:
        text = json_parts(found(request_id), str(request_id))
        return _attached(text, "application/json", f"conjunctions-{request_id}.json")

    @routes.get("/<uuid:request_id>.parquet")
    def as_parquet(request_id: UUID) -> flask.Response:
        return flask.send_file(
            found(request_id).path,
            mimetype="application/vnd.apache.parquet",
            as_attachment=True,
            download_name=f"conjunctions-{request_id}.parquet",
        )

    return routes


def _attached(parts: Iterator[str], mimetype: str, name: str) -> flask.Response:
    answer = flask.Response(parts, mimetype=mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def facts(results: ResultSet, request_id: str) -> dict[str, Any]:
    """Return what every export says about itself."""
    return {
        "program": "Aurora Atlas",
        "request_id": request_id,
        "simulated": results.header.simulated,
        "rows": results.count,
        "query": results.header.query,
        "latitude_frame": results.header.latitude_frame,
        "units": {
            "times": "UTC, ISO 8601",
            "duration_min": "minutes, both ends counted",
            "distances": "km along a great circle of a sphere of radius 6371.2 km",
        },
    }


def csv_lines(results: ResultSet, request_id: str) -> Iterator[str]:
    """Yield the CSV text: comment lines that begin with #, the header line, the rows."""
    about = facts(results, request_id)
    yield "# Aurora Atlas: conjunctions\n"
    if about["simulated"]:
        yield f"# {SIMULATED}\n"
    for name in ("request_id", "rows", "latitude_frame"):
        yield f"# {name}: {about[name]}\n"
    for name, unit in about["units"].items():
        yield f"# {name}: {unit}\n"
    yield f"# query: {json.dumps(about['query'])}\n"
    columns = list(CONJUNCTION_COLUMNS)
    yield csv_header(columns).decode()
    for table in results.tables()[0]:
        yield csv_rows(flat(table, results.header).select(columns)).decode()


def json_parts(results: ResultSet, request_id: str) -> Iterator[str]:
    """Yield a JSON object: the facts, and under `result` the rows as the API delivers them."""
    head = json.dumps(facts(results, request_id))
    yield f'{head[:-1]}, "result": ['
    for number, record in enumerate(results.records()):
        yield f"{', ' if number else ''}{json.dumps(record)}"
    yield "]}\n"
