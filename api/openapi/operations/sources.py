"""Data sources."""

from __future__ import annotations

from api.openapi.models.sources import Source, SourceListing, Sources, SourceSearch, SourceShape
from api.openapi.operation import Answer, Operation

TAG = "Data sources"
ROOT = "/api/v1/data_sources"
ONE = f"{ROOT}/{{identifier}}"

OPERATIONS = (
    Operation(
        "GET", ROOT, "listDataSources", TAG,
        "List data sources",
        {200: Answer("Data sources by identifier.", Sources)},
        errors=(400, 401),
        query=SourceListing,
    ),
    Operation(
        "POST", f"{ROOT}/search", "searchDataSources", TAG,
        "List data sources by several values",
        {200: Answer("Data sources by identifier.", Sources)},
        errors=(400, 401, 413),
        query=SourceShape,
        body=SourceSearch,
        examples={
            "Swarm": {"programs": ["swarm"], "platforms": [], "instrument_types": []},
            "two arrays": {"programs": ["themis-asi", "rego"]},
        },
    ),
    Operation(
        "GET", ONE, "getDataSource", TAG,
        "One data source",
        {200: Answer("The data source.", Source)},
        errors=(400, 401, 404),
        query=SourceShape,
    ),
)  # fmt: skip
