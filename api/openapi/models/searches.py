"""The status of a search."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, RootModel

from api.openapi.models.base import Exact, Flag, Open, Stamp, Uuid
from api.openapi.models.queries import SubmittedQuery
from api.openapi.models.sources import FormatIn

Nothing: Any = None


class SearchRequest(Exact):
    """What was asked."""

    request_id: Uuid
    request_type: Literal["conjunction", "ephemeris", "data_product"]
    requested: Stamp
    query: SubmittedQuery


class SearchResult(Exact):
    """How it ended. `data_uri` is set once it has ended, however it did."""

    data_uri: str | None
    result_count: int | None
    file_size: Annotated[int | None, Field(description="Bytes.")]
    completed_timestamp: Stamp | None
    query_duration: Annotated[float | None, Field(description="Milliseconds.")]
    error_condition: bool
    result_file_deleted_timestamp: Stamp | None


class LogLine(Exact):
    """What happened when."""

    timestamp: Stamp
    level: Literal["debug", "info", "warn", "error"]
    summary: str


class SearchStatus(Exact):
    """The status document."""

    search_request: SearchRequest
    search_result: SearchResult
    logs: list[LogLine]


class RowShape(Open):
    """Which rows, in which order."""

    offset: Annotated[int, Field(ge=0, le=2**31 - 1, description="First row.")] = 0
    limit: Annotated[int, Field(ge=0, le=1_000_000, description="Most rows; all.")] = Nothing
    order: Annotated[
        str,
        Field(
            description="Columns with commas; `-` before one turns it round.",
            examples=["-start"],
            json_schema_extra={"format": "order"},
        ),
    ] = ""
    where: Annotated[
        str,
        Field(
            description=(
                "A JSON object: column to value, list of values, or operator to value. The "
                "operators are = != < <= > >= in contains."
            ),
            examples=['{"start": {">=": "2019-01-01T06:00:00"}}'],
            json_schema_extra={"format": "where"},
        ),
    ] = ""


class ResultShape(RowShape):
    """How results are told."""

    data_source_record_format: FormatIn = "basic_info"
    generate_ephemeris_queries: Annotated[
        Flag,
        Field(description="Adds to each event of a conjunction the queries of its records."),
    ] = ""


class SoFarShape(Open):
    """Which rows, and how they are told."""

    offset: Annotated[int, Field(ge=0, le=2**31 - 1, description="First row.")] = 0
    limit: Annotated[int, Field(ge=0, le=10_000, description="Most rows.")] = 1000
    data_source_record_format: FormatIn = "basic_info"


class Sentence(RootModel[Annotated[str, Field(min_length=1)]]):
    """A query in words."""


class Count(RootModel[Annotated[int, Field(ge=0)]]):
    """A number of tuples of data sources."""
