"""Batches of records for the tests of tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pyarrow as pa

from core.archive.columns import TIMESTAMP

JANUARY = datetime(2020, 1, 1, tzinfo=UTC)
EVER = (datetime(1990, 1, 1, tzinfo=UTC), datetime(2090, 1, 1, tzinfo=UTC))


def at(minute: int) -> datetime:
    """Return the time `minute` minutes after the start of January 2020."""
    return JANUARY + timedelta(minutes=minute)


def ephemeris(source: int, minutes: Sequence[int], value: float = 0.0, **columns) -> pa.Table:
    """Return records at these minutes whose geographic latitude is `value`."""
    count = len(minutes)
    return pa.table(
        {
            "source": pa.array([source] * count, pa.int32()),
            "epoch": pa.array([at(m) for m in minutes], TIMESTAMP),
            "geo_lat_deg": pa.array([value] * count, pa.float64()),
            "geo_lon_deg": pa.array([0.0] * count, pa.float64()),
            "provenance": pa.array([columns.pop("provenance", "uploaded")] * count),
            **{name: pa.array([given] * count) for name, given in columns.items()},
        }
    )


def product(source: int, url: str, start: datetime, hours: float = 24, **columns) -> pa.Table:
    """Return one data product record."""
    return pa.table(
        {
            "source": pa.array([source], pa.int32()),
            "url": [url],
            "data_product_type": [columns.pop("data_product_type", "keogram")],
            "start": pa.array([start], TIMESTAMP),
            "end": pa.array([start + timedelta(hours=hours)], TIMESTAMP),
            "provenance": ["uploaded"],
            **{name: [given] for name, given in columns.items()},
        }
    )
