"""How many records there are of each day."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, RootModel

from api.openapi.models.base import DayIn, Exact, Flag, Open
from api.openapi.models.sources import FormatIn, Source, SourceFilters

Counts = Annotated[
    dict[Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")], Annotated[int, Field(ge=0)]],
    Field(description="Records by day."),
]


class AvailabilityQuery(SourceFilters):
    """Which days and which data sources."""

    start: Annotated[DayIn, Field(description="First day; January 1st of this year.")] = ""
    end: Annotated[DayIn, Field(description="Last day, included; a year after the first.")] = ""
    format: FormatIn = "basic_info"
    slow: Annotated[Flag, Field(description="Count directly.")] = ""


class ProductAvailabilityQuery(AvailabilityQuery):
    """Which days, which data sources and which products."""

    data_product_type: Annotated[str, Field(examples=["keogram"])] = ""


class EphemerisOfSource(Exact):
    """Days of one data source that have ephemeris records."""

    data_source: Source
    available_ephemeris: Counts


class ProductsOfSource(Exact):
    """Days of one data source that have data products."""

    data_source: Source
    available_data_products: Counts


class EphemerisAvailability(RootModel[list[EphemerisOfSource]]):
    """Data sources that have records in the days asked for."""


class ProductAvailability(RootModel[list[ProductsOfSource]]):
    """Data sources that have products in the days asked for."""


__all__ = ["AvailabilityQuery", "EphemerisAvailability", "Open", "ProductAvailability"]
