"""Results of a conjunction search as files."""

from __future__ import annotations

from api.openapi.models.service import ExportedConjunctions
from api.openapi.operation import Answer, Operation

TAG = "Exports"
ONE = "/exports/{request_id}"
_ERRORS = (404, 409)

OPERATIONS = (
    Operation(
        "GET", f"{ONE}.csv", "exportCsv", TAG,
        "Conjunctions as CSV",
        {200: Answer("Comment lines with the query, a header line, rows.", media=("text/csv",))},
        errors=_ERRORS,
    ),
    Operation(
        "GET", f"{ONE}.json", "exportJson", TAG,
        "Conjunctions as a JSON file",
        {200: Answer("The query and its conjunctions.", ExportedConjunctions)},
        errors=_ERRORS,
    ),
    Operation(
        "GET", f"{ONE}.parquet", "exportParquet", TAG,
        "Conjunctions as Parquet",
        {
            200: Answer("The file.", media=("application/vnd.apache.parquet",), headers=("ETag",)),
            206: Answer(
                "The part that `Range` asks for.", media=("application/vnd.apache.parquet",)
            ),
            304: Answer("What the client has is still right."),
        },
        errors=(*_ERRORS, 416),
    ),
)  # fmt: skip
