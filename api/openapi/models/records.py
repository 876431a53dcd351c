"""Records as searches deliver them, and what they are masked with."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, RootModel

from api.openapi.models.base import Exact, Open, TimeOut
from api.openapi.models.sources import Source

ConjunctionKind = Literal["nbtrace", "sbtrace", "geographic"]


class Location(Exact):
    """Degrees; both null where the place is not known."""

    lat: float | None
    lon: float | None


class EphemerisRecord(Exact):
    """Where a data source was at a minute, and what was known of it."""

    data_source: Source
    epoch: TimeOut
    location_geo: Location
    location_gsm: Location
    nbtrace: Location
    sbtrace: Location
    metadata: dict[str, Any]


class DataProductRecord(Exact):
    """A picture, movie or plot that was made of a data source."""

    data_source: Source
    data_product_type: str
    start: TimeOut
    end: TimeOut
    url: str
    metadata: dict[str, Any]


class ConjunctionEvent(Exact):
    """The part of a conjunction between two of its data sources."""

    conjunction_type: ConjunctionKind
    e1_source: Source
    e2_source: Source
    start: TimeOut
    end: TimeOut
    min_distance: Annotated[float, Field(ge=0)]
    max_distance: Annotated[float, Field(ge=0)]
    generated_e1_ephemeris_query: dict[str, Any] | None = None
    generated_e2_ephemeris_query: dict[str, Any] | None = None


class Conjunction(Exact):
    """A time in which data sources were near each other; distances in km."""

    conjunction_type: ConjunctionKind
    start: TimeOut
    end: TimeOut
    data_sources: list[Source]
    min_distance: Annotated[float, Field(ge=0)]
    max_distance: Annotated[float, Field(ge=0)]
    closest_epoch: TimeOut
    farthest_epoch: TimeOut
    events: list[ConjunctionEvent]


class EphemerisRecords(RootModel[list[EphemerisRecord]]):
    """Ephemeris records."""


class DataProductRecords(RootModel[list[DataProductRecord]]):
    """Data product records."""


class MaskedRecords(RootModel[list[dict[str, Any]]]):
    """Records, as much of each as the response format asks for."""


class EphemerisResult(Exact):
    """What an ephemeris search found."""

    result: list[EphemerisRecord]


class DataProductResult(Exact):
    """What a search for data products found."""

    result: list[DataProductRecord]


class ConjunctionResult(Exact):
    """What a conjunction search found."""

    result: list[Conjunction]


class MaskedResult(Exact):
    """What a search found, as much of each record as the response format asks for."""

    result: list[dict[str, Any]]


class ResponseFormat(RootModel[dict[str, "bool | ResponseFormat"]]):
    """Keys of a record with true at what is wanted; what is false or absent is left out."""


class SoFar(Open):
    """How far a search is and the rows found so far."""

    state: Literal["queued", "running", "done"]
    final: bool
    fraction: Annotated[float, Field(ge=0, le=1)]
    result_count: Annotated[int, Field(ge=0)]
    rows: Annotated[int, Field(ge=0)]
    duration: Annotated[int, Field(ge=0, description="Milliseconds.")]
    result: list[dict[str, Any]]
