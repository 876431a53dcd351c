"""The state of the server, and results as files."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from api.openapi.models.base import Exact, Open, Uuid
from api.openapi.models.records import Conjunction


class Archive(Open):
    """What the server reads from."""

    data_sources: Annotated[int, Field(ge=0)]


class Health(Exact):
    """Searches can be answered."""

    status: Literal["ok"]
    archive: Archive
    version: str


class ExportedConjunctions(Exact):
    """Facts of a search and what it found."""

    program: Literal["Aurora Atlas"]
    request_id: Uuid
    simulated: bool
    rows: Annotated[int, Field(ge=0)]
    query: dict[str, Any]
    latitude_frame: str
    units: dict[str, str]
    result: list[Conjunction]


class Description(Open):
    """An OpenAPI document."""

    openapi: Literal["3.1.0"]
    info: dict[str, Any]
    paths: dict[str, Any]
    components: dict[str, Any]
