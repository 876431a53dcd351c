"""Data sources as they are listed."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, RootModel

from api.openapi.models.base import Exact, Flag, Open, Word
from core.instruments.model import DataType, SourceType

SourceFormat = Literal["identifier_only", "basic_info", "with_metadata", "full_record"]
FormatIn = Annotated[
    SourceFormat, Field(description="How much of a data source is told.", examples=["full_record"])
]


class SourceFilters(Open):
    """Which data sources: exact values."""

    program: Annotated[str, Field(examples=["swarm"])] = ""
    platform: Annotated[str, Field(examples=["swarma"])] = ""
    instrument_type: Annotated[str, Field(examples=["footprint"])] = ""
    source_type: Annotated[str, Field(examples=["leo"])] = ""
    owner: Annotated[str, Field(description="E-mail address of the owner.")] = ""


class SourceShape(Open):
    """How data sources are told."""

    format: FormatIn = "basic_info"
    include_stats: Annotated[Flag, Field(description="Adds `stats`.")] = ""


class SourceListing(SourceFilters, SourceShape):
    """Which data sources, and how they are told."""


class SourceSearch(Open):
    """OR inside a list, AND across lists; an empty list restricts nothing."""

    programs: list[str] | None = None
    platforms: list[str] | None = None
    instrument_types: list[str] | None = None


class MetadataField(Exact):
    """One field of a data source's records."""

    field_name: str
    description: str
    data_type: DataType
    allowed_values: list[str]
    additional_description: str
    searchable: bool | None


class Statistics(Open):
    """How many records there are, and from when to when."""

    ephemeris_count: int
    data_product_count: int
    earliest_ephemeris_loaded: str | None
    latest_ephemeris_loaded: str | None
    earliest_data_product_loaded: str | None
    latest_data_product_loaded: str | None


class SourceIdentifier(Exact):
    """`identifier_only`."""

    identifier: int
    stats: Statistics = Field(default=None)  # type: ignore[assignment]


class BasicSource(SourceIdentifier):
    """`basic_info`."""

    program: Word
    platform: Word
    instrument_type: Word
    source_type: SourceType
    display_name: Word


class SourceWithMetadata(BasicSource):
    """`with_metadata`."""

    metadata: dict[str, Any]


class FullSource(SourceWithMetadata):
    """`full_record`."""

    owner: str
    maintainers: list[str]
    ephemeris_metadata_schema: list[MetadataField]
    data_product_metadata_schema: list[MetadataField]


class Source(RootModel[FullSource | SourceWithMetadata | BasicSource | SourceIdentifier]):
    """A data source, as much of it as `format` asks for."""


class Sources(RootModel[list[Source]]):
    """Data sources by identifier."""
