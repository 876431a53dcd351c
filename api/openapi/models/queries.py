"""The three queries, as clients send them."""

from __future__ import annotations

from itertools import combinations
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from api.openapi.models.base import LatDeg, LonDeg, Open, TimeIn, Uuid
from api.openapi.models.filters import Filters, ResultFilters
from api.openapi.models.records import ConjunctionKind, ResponseFormat
from core.search.blocks import BLOCK_KINDS
from core.search.distances import NO_LIMIT_KM

Texts = list[str] | None
_BLOCK = r"(?:ground|space|events|adhoc)\d+"
Distance = Annotated[float, Field(ge=0, le=NO_LIMIT_KM)] | None
ProductType = Literal[
    "keogram", "montage", "movie", "summary_plot", "data_availability", "average", "gridded_data"
]


class Chosen(Open):
    """OR inside a list, AND across lists; an empty list restricts nothing."""

    programs: Texts = None
    platforms: Texts = None
    instrument_types: Texts = None


class GroundBlock(Chosen):
    """Imagers and other instruments on the ground."""

    ephemeris_metadata_filters: Filters = None
    hemisphere: Annotated[list[str], Field(max_length=0)] | None = None


class SpaceBlock(Chosen):
    """Spacecraft; `hemisphere` keeps those that are over it at the minute."""

    ephemeris_metadata_filters: Filters = None
    hemisphere: list[Literal["northern", "southern"]] | None = None


class EventsBlock(GroundBlock):
    """Lists of events."""


class Point(Open):
    """A place, degrees."""

    lat: LatDeg
    lon: LonDeg


class AdhocBlock(Open):
    """Places that the query names itself; a conjunction needs one of them."""

    locations: Annotated[list[Point], Field(min_length=1)]


class Window(Open):
    """First and last moment, both included. `end` is not before `start`."""

    start: TimeIn
    end: TimeIn


_PRESENT: list[Any] = [
    {"required": [kind], "properties": {kind: {"type": "array", "minItems": 2}}}
    for kind in BLOCK_KINDS
] + [
    {
        "required": [*pair],
        "properties": {kind: {"type": "array", "minItems": 1} for kind in pair},
    }
    for pair in combinations(BLOCK_KINDS, 2)
]


class ConjunctionQuery(Window):
    """Which data sources have to be how near to each other.

    There are at least two criteria blocks, and one data source of each makes a conjunction.
    `max_distances` names pairs of blocks that the query has, in either order; a pair whose distance
    is null is not compared, a missing pair of two ground blocks means 0 km.
    """

    model_config = ConfigDict(json_schema_extra={"anyOf": _PRESENT})

    ground: list[GroundBlock] | None = None
    space: list[SpaceBlock] | None = None
    events: list[EventsBlock] | None = None
    adhoc: list[AdhocBlock] | None = None
    conjunction_types: Annotated[
        list[ConjunctionKind] | None, Field(description="Empty means nbtrace.")
    ] = None
    max_distances: Annotated[
        dict[Annotated[str, Field(pattern=f"^{_BLOCK}-{_BLOCK}$")], Distance],
        Field(description="Kilometres by pair, as in `ground1-space1`."),
    ]
    subminute_precision: bool | None = None
    epoch_search_precision: Annotated[int, Field(ge=1, le=60)] | None = Field(
        default=None, description="Seconds, as older clients say it; below 60 is sub-minute."
    )
    latitude_frame: Literal["geocentric", "as_delivered"] | None = None
    result_filters: ResultFilters | None = None
    request_id: Uuid | None = None


def _restricting(*names: str) -> list[dict[str, Any]]:
    one = {"type": "array", "minItems": 1}
    return [{"required": [name], "properties": {name: one}} for name in names]


class EphemerisSources(Chosen):
    """Which records; at least one of the four restricts."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                *_restricting("programs", "platforms", "instrument_types"),
                *_restricting("ephemeris_metadata_filters"),
                {
                    "required": ["ephemeris_metadata_filters"],
                    "properties": {
                        "ephemeris_metadata_filters": {
                            "type": "object",
                            "required": ["expressions"],
                            "properties": {"expressions": {"type": "array", "minItems": 1}},
                        }
                    },
                },
            ]
        }
    )

    ephemeris_metadata_filters: Filters = None


class EphemerisQuery(Window):
    """Ephemeris records of a window of at most a month."""

    data_sources: EphemerisSources
    request_id: Uuid | None = None


class ProductSources(Chosen):
    """Which records; nothing means all."""

    data_product_metadata_filters: Filters = None


class DataProductQuery(Window):
    """Data products that begin and end inside a window."""

    data_sources: ProductSources | None = None
    data_product_type_filters: list[ProductType] | None = None
    request_id: Uuid | None = None


class EphemerisSynchronous(Open):
    """A query of at most two days, and what of its records is wanted."""

    query: EphemerisQuery
    response_format: ResponseFormat | None = None


class DataProductSynchronous(Open):
    """A query, and what of its records is wanted."""

    query: DataProductQuery
    response_format: ResponseFormat | None = None


class SubmittedQuery(Open):
    """A query as it was submitted, with the identifier of its search."""

    request_id: Uuid
