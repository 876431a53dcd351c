"""Every operation of the API, one module a group."""

from __future__ import annotations

from api.openapi.operation import Operation
from api.openapi.operations import (
    accounts,
    availability,
    exports,
    hapi,
    media,
    movies,
    records,
    searches,
    service,
    sources,
    utilities,
)

OPERATIONS: tuple[Operation, ...] = (
    *sources.OPERATIONS,
    *records.OPERATIONS,
    *availability.OPERATIONS,
    *searches.OPERATIONS,
    *utilities.OPERATIONS,
    *accounts.OPERATIONS,
    *media.OPERATIONS,
    *movies.OPERATIONS,
    *exports.OPERATIONS,
    *hapi.OPERATIONS,
    *service.OPERATIONS,
)
