"""Data sources as clients write them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from api.openapi.models.base import Exact, Flag, Open
from api.openapi.models.sources import BasicSource, FormatIn, Statistics
from core.instruments.model import DataType, SourceType

Email = Annotated[str, Field(pattern=r"^[!-?A-~]{1,64}@[!-?A-~]{1,200}$")]
Long = Annotated[str, Field(min_length=1, max_length=200, json_schema_extra={"format": "visible"})]
Short = Annotated[str, Field(min_length=1, max_length=50, json_schema_extra={"format": "visible"})]


class MetadataFieldIn(Exact):
    """One field of a data source's records."""

    field_name: Long
    description: str | None = ""
    data_type: DataType
    allowed_values: list[str] | None = None
    additional_description: str | None = ""
    searchable: bool | None = True


# Names of fields differ.
Schema = Annotated[list[MetadataFieldIn], Field(max_length=200)]


class SourcePatch(Exact):
    """What changes; null and what is left out stays. `identifier` is that of the path."""

    identifier: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    program: Long | None = None
    platform: Short | None = None
    instrument_type: Long | None = None
    source_type: SourceType | None = None
    display_name: Short | None = None
    metadata: dict[str, Any] | None = None
    owner: Email | None = None
    maintainers: Annotated[list[Email], Field(max_length=100)] | None = None
    ephemeris_metadata_schema: Schema | None = None
    data_product_metadata_schema: Schema | None = None
    stats: Any = None


class SourceIn(SourcePatch):
    """A whole data source. Program, platform and instrument type together occur once."""

    program: Long
    platform: Short
    instrument_type: Long
    source_type: SourceType
    display_name: Short


class StatisticsShape(Open):
    """How the data source is told."""

    format: FormatIn = "basic_info"
    slow: Annotated[Flag, Field(description="Count directly.")] = ""


class SourceStatistics(Statistics):
    """Counts and times of a data source's records."""

    data_source: BasicSource | dict[str, Any]
