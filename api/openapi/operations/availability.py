"""Availability."""

from __future__ import annotations

from api.openapi.models.availability import (
    AvailabilityQuery,
    EphemerisAvailability,
    ProductAvailability,
    ProductAvailabilityQuery,
)
from api.openapi.operation import TABLES, UNCHANGED, Answer, Operation

TAG = "Availability"
_SAID = "Data sources that have none in these days are left out."

OPERATIONS = (
    Operation(
        "GET", "/api/v1/availability/ephemeris", "getEphemerisAvailability", TAG,
        "Ephemeris records of each day",
        {
            200: Answer("Counts by day.", EphemerisAvailability, TABLES, ("ETag",)),
            304: UNCHANGED,
        },
        description=_SAID,
        errors=(400, 406),
        query=AvailabilityQuery,
    ),
    Operation(
        "GET", "/api/v1/availability/data_products", "getDataProductAvailability", TAG,
        "Data products of each day",
        {
            200: Answer("Counts by day.", ProductAvailability, TABLES, ("ETag",)),
            304: UNCHANGED,
        },
        description=_SAID,
        errors=(400, 406),
        query=ProductAvailabilityQuery,
    ),
)  # fmt: skip
