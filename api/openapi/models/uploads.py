"""Records as clients upload them, deletions, and what becomes of them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, RootModel

from api.openapi.models.base import Exact, Open, TimeIn, TimeOut, Uuid, _text
from api.openapi.models.errors import ErrorDocument
from api.openapi.models.sources import BasicSource

Name = Annotated[str, Field(min_length=1, max_length=200)]
MinuteIn = Annotated[
    str,
    _text(
        format="iso-minute",
        description="ISO 8601, UTC unless it says otherwise, a whole minute.",
        examples=["2020-01-01T00:01:00.000Z"],
    ),
]
SecondIn = Annotated[
    str,
    _text(
        format="iso-second",
        description="ISO 8601, UTC unless it says otherwise, a whole second.",
        examples=["2020-01-01T00:00:00.000"],
    ),
]
_LAT = Annotated[float, Field(ge=-90, le=90)]
_LON = Annotated[float, Field(ge=-180, le=180)]


class PlaceIn(Exact):
    """Degrees."""

    lat: _LAT
    lon: _LON


class NoPlaceIn(Exact):
    """A place that is not known."""

    lat: None = None
    lon: None = None


class OfSource(Exact):
    """The names of the data source in the path."""

    program: Name
    platform: Name
    instrument_type: Name


class EphemerisIn(OfSource):
    """A record; another one of the same minute is replaced."""

    epoch: MinuteIn
    location_geo: PlaceIn | NoPlaceIn | None = None
    location_gsm: PlaceIn | NoPlaceIn | None = None
    nbtrace: PlaceIn | NoPlaceIn | None = None
    sbtrace: PlaceIn | NoPlaceIn | None = None
    metadata: dict[str, Any] | None = None


class ProductIn(OfSource):
    """A record; another one with the same URL is replaced. `end` is not before `start`."""

    data_product_type: Annotated[str, Field(min_length=1, json_schema_extra={"format": "visible"})]
    start: SecondIn
    end: SecondIn
    url: Annotated[
        str, Field(min_length=1, max_length=4096, json_schema_extra={"format": "visible"})
    ]
    metadata: dict[str, Any] | None = None


class EphemerisUpload(RootModel[list[EphemerisIn]]):
    """Records of the data source in the path; all of them are taken or none."""


class ProductUpload(RootModel[list[ProductIn]]):
    """Records of the data source in the path; all of them are taken or none."""


class Taken(Exact):
    """How many records were written."""

    records: Annotated[int, Field(ge=0)]


class BatchErrors(RootModel[list[ErrorDocument] | ErrorDocument]):
    """An error document for each record that is wrong, or one where the request itself is."""


class DeleteRange(Open):
    """Which records: from `start` to `end`, both included. `end` is not before `start`."""

    program: Name
    platform: Name
    instrument_type: Name
    start: TimeIn
    end: TimeIn


class DeleteUrls(Open):
    """Which records: those with these URLs."""

    program: Name
    platform: Name
    instrument_type: Name
    urls: list[str]


class Deleted(Exact):
    """How many records there were."""

    deleted: Annotated[int, Field(ge=0)]


class DeleteJob(Exact):
    """A deletion of ephemeris records."""

    delete_job_id: Uuid
    data_source: BasicSource
    start: TimeOut
    end: TimeOut
    requested: TimeOut
    completed: TimeOut | None
    status: Literal["running", "done", "failed", "interrupted"]
    deleted: int | None
    error_message: str | None


class DeleteJobs(RootModel[list[DeleteJob]]):
    """Deletions of the last hour, newest first."""
