"""Time zones."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, RootModel

from api.openapi.models.base import Exact, Open, TimeIn, TimeOut


class ZoneNames(RootModel[list[str]]):
    """Names of all time zones, in order."""


class Instant(Open):
    """An instant and a zone."""

    ts: TimeIn
    tz: Annotated[str, Field(min_length=1, examples=["America/Edmonton"])]


class LocalTime(Exact):
    """What clocks there show at the instant."""

    timezone: str
    utc: TimeOut
    local: TimeOut
    utc_offset_seconds: int
    abbreviation: str
