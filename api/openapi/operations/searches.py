"""The three searches; they have the same operations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from api.openapi.models import queries, records
from api.openapi.models.errors import NoResults
from api.openapi.models.searches import ResultShape, RowShape, SearchStatus, SoFarShape
from api.openapi.operation import TABLES, UNCHANGED, Answer, Model, Operation
from api.openapi.operations import examples

TAG = "Searches"


@dataclass(frozen=True)
class Kind:
    """One of the three kinds of search."""

    path: str
    title: str
    noun: str
    query: Model
    result: Model
    example: Mapping[str, Any]
    mask: Mapping[str, Any]


KINDS = (
    Kind(
        "conjunctions", "Conjunction", "conjunctions", queries.ConjunctionQuery,
        records.ConjunctionResult,
        {"imagers and Swarm": examples.CONJUNCTION, "with filters": examples.FILTERED},
        examples.CONJUNCTION_FORMAT,
    ),
    Kind(
        "ephemeris", "Ephemeris", "ephemeris records", queries.EphemerisQuery,
        records.EphemerisResult, {"Swarm A": examples.EPHEMERIS}, examples.EPHEMERIS_FORMAT,
    ),
    Kind(
        "data_products", "DataProduct", "data products", queries.DataProductQuery,
        records.DataProductResult, {"keograms": examples.PRODUCTS}, examples.PRODUCT_FORMAT,
    ),
)  # fmt: skip
_NOT_THERE = Answer(
    "The search still runs, was cancelled or has failed: there are no results.", NoResults
)
_COUNTED = ("ETag", "X-Total-Count", "Link")
_ROWS = (
    "Without parameters all rows in the order of the result. `X-Total-Count` says how many rows "
    "match, and `Link` where the next ones are."
)


def _status_link(kind: Kind, name: str) -> dict[str, Any]:
    return {
        "operationId": f"{name}{kind.title}Search",
        "parameters": {"request_id": "$response.header.Location#regex:([^/]+)$"},
    }


def _submit(kind: Kind) -> Operation:
    return Operation(
        "POST", f"/api/v1/{kind.path}/search", f"submit{kind.title}Search", TAG,
        f"Search for {kind.noun}",
        {
            202: Answer(
                "The search was taken; its status is at `Location`.",
                headers=("Location",),
                links={"status": _status_link(kind, "get")},
            )
        },
        description=(
            "The answer has no body. Ask for the status until `data_uri` is set, then fetch the "
            "results. A search that is submitted with a key is seen by its account and by "
            "administrators; others are public."
        ),
        errors=(400, 409),
        body=kind.query,
        examples=kind.example,
    )  # fmt: skip


def _requests(kind: Kind) -> Iterator[Operation]:
    one = f"/api/v1/{kind.path}/requests/{{request_id}}"
    yield Operation(
        "GET", one, f"get{kind.title}Search", TAG,
        "Status, log and query of a search",
        {200: Answer("How it is.", SearchStatus)},
        errors=(404,),
    )  # fmt: skip
    yield Operation(
        "DELETE", one, f"cancel{kind.title}Search", TAG,
        "Cancel a search, or delete its results",
        {
            200: Answer("It was cancelled.", SearchStatus),
            204: Answer("It had ended before; its results were deleted."),
        },
        errors=(404,),
    )  # fmt: skip
    yield Operation(
        "GET", f"{one}/data", f"get{kind.title}Results", TAG,
        f"The {kind.noun} that a search found",
        {
            200: Answer("The rows that are asked for.", kind.result, TABLES, _COUNTED),
            304: UNCHANGED,
            409: _NOT_THERE,
        },
        description=_ROWS,
        errors=(400, 404, 406),
        query=ResultShape,
    )  # fmt: skip
    yield Operation(
        "POST", f"{one}/data", f"getMasked{kind.title}Results", TAG,
        f"Parts of the {kind.noun} that a search found",
        {
            200: Answer(
                "The parts that the body asks for.", records.MaskedResult, headers=_COUNTED
            ),
            409: _NOT_THERE,
        },
        description=_ROWS,
        errors=(400, 404, 406),
        query=RowShape,
        body=records.ResponseFormat,
        examples={"a few keys": kind.mask},
    )  # fmt: skip
    yield Operation(
        "DELETE", f"{one}/data", f"delete{kind.title}Results", TAG,
        "Delete the results of a search",
        {200: Answer("The status, which stays.", SearchStatus)},
        errors=(404, 409),
    )  # fmt: skip
    yield Operation(
        "GET", f"{one}/data/so_far", f"get{kind.title}ResultsSoFar", TAG,
        "Progress, and the rows found so far",
        {200: Answer("How far it is.", records.SoFar), 409: _NOT_THERE},
        errors=(400, 404),
        query=SoFarShape,
    )  # fmt: skip


def _synchronous() -> Iterator[Operation]:
    yield Operation(
        "POST", "/api/v1/ephemeris/search_synchronous", "searchEphemerisNow", TAG,
        "Ephemeris records in one request",
        {200: Answer("The records, or parts of them.", records.MaskedRecords, TABLES)},
        description="A window of at most two days. Nothing is kept.",
        errors=(400, 406),
        body=queries.EphemerisSynchronous,
        examples={
            "Swarm A": {
                "query": examples.EPHEMERIS, "response_format": examples.EPHEMERIS_FORMAT,
            }
        },
    )  # fmt: skip
    yield Operation(
        "POST", "/api/v1/data_products/search_synchronous", "searchDataProductsNow", TAG,
        "Data products in one request",
        {200: Answer("The records, or parts of them.", records.MaskedRecords, TABLES)},
        description="Nothing is kept.",
        errors=(400, 406),
        body=queries.DataProductSynchronous,
        examples={"keograms": {"query": examples.PRODUCTS}},
    )  # fmt: skip


OPERATIONS = (
    *(_submit(kind) for kind in KINDS),
    *(operation for kind in KINDS for operation in _requests(kind)),
    *_synchronous(),
)
