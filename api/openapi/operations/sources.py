"""Data sources."""

from __future__ import annotations

from typing import Any

from api.openapi.models.source_edits import (
    SourceIn,
    SourcePatch,
    SourceStatistics,
    StatisticsShape,
)
from api.openapi.models.sources import (
    FullSource,
    Source,
    SourceListing,
    Sources,
    SourceSearch,
    SourceShape,
)
from api.openapi.operation import TABLES, UNCHANGED, Answer, Operation

TAG = "Data sources"
ROOT = "/api/v1/data_sources"
ONE = f"{ROOT}/{{identifier}}"
NEW: dict[str, Any] = {
    "program": "example-program",
    "platform": "example-platform",
    "instrument_type": "camera",
    "source_type": "ground",
    "display_name": "Example camera",
    "ephemeris_metadata_schema": [
        {"field_name": "quality", "description": "From 0 to 1.", "data_type": "double"}
    ],
}
_LIST = Answer("Data sources by identifier.", Sources, TABLES, ("ETag",))
_WRITES = (400, 403, 404, 409)

OPERATIONS = (
    Operation(
        "GET", ROOT, "listDataSources", TAG,
        "List data sources",
        {200: _LIST, 304: UNCHANGED},
        errors=(400, 406),
        query=SourceListing,
    ),
    Operation(
        "POST", f"{ROOT}/search", "searchDataSources", TAG,
        "List data sources by several values",
        {200: _LIST},
        errors=(400, 406),
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
        {200: Answer("The data source.", Source, headers=("ETag",)), 304: UNCHANGED},
        errors=(400, 404),
        query=SourceShape,
    ),
    Operation(
        "GET", f"{ONE}/stats", "getDataSourceStatistics", TAG,
        "How many records a data source has, and from when to when",
        {200: Answer("The counts.", SourceStatistics)},
        description="`include_stats` of the listing tells the same of many data sources.",
        errors=(400, 404),
        query=StatisticsShape,
        deprecated=True,
    ),
    Operation(
        "POST", ROOT, "createDataSource", TAG,
        "Create a data source",
        {
            200: Answer(
                "The data source.", FullSource,
                links={
                    "source": {
                        "operationId": "getDataSource",
                        "parameters": {"identifier": "$response.body#/identifier"},
                    }
                },
            )
        },
        description="For owners and administrators. Without `identifier` the server picks one.",
        errors=(400, 403, 409),
        body=SourceIn,
        examples={"a camera": NEW},
        access="key",
    ),
    Operation(
        "PUT", ONE, "replaceDataSource", TAG,
        "Replace a data source",
        {200: Answer("The data source as it is now.", FullSource)},
        description="For its owner and administrators.",
        errors=_WRITES,
        body=SourceIn,
        examples={"a camera": NEW},
        access="key",
    ),
    Operation(
        "PATCH", ONE, "changeDataSource", TAG,
        "Change parts of a data source",
        {200: Answer("The data source as it is now.", FullSource)},
        description="For its owner and administrators.",
        errors=_WRITES,
        body=SourcePatch,
        examples={"another name": {"display_name": "Example camera 2"}},
        access="key",
    ),
    Operation(
        "DELETE", ONE, "deleteDataSource", TAG,
        "Delete a data source that has no records",
        {200: Answer("The data source as it was.", FullSource)},
        description="For its owner and administrators.",
        errors=(400, 403, 404, 409),
        access="key",
    ),
)  # fmt: skip
