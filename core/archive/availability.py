"""How many records each source has on each day, as the API delivers it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from core.archive.archive import Archive


def ephemeris_availability(
    archive: Archive, start: date, end: date, sources: Sequence[int] | None = None
) -> dict[int, dict[str, int]]:
    """Return ephemeris records per source and UT day.

    Parameters
    ----------
    archive : Archive
        Where to look.
    start, end : date
        First and last day, both included.
    sources : sequence of int, optional
        Identifiers; default all.

    Returns
    -------
    dict
        Identifier to ``{"YYYY-MM-DD": count}``. Sources and days without records are absent.
    """
    return _by_day(archive.ephemeris.day_counts(*_span(start, end), sources))


def product_availability(
    archive: Archive,
    start: date,
    end: date,
    sources: Sequence[int] | None = None,
    types: Sequence[str] = (),
) -> dict[int, dict[str, int]]:
    """Return data products per source and UT day of their start; see `ephemeris_availability`.

    `types` restricts to these values of `data_product_type`; empty means all.
    """
    return _by_day(archive.products.day_counts(*_span(start, end), sources, types))


def _span(start: date, end: date) -> tuple[datetime, datetime]:
    first = datetime.combine(start, time(), UTC)
    return first, datetime.combine(end, time(), UTC) + timedelta(days=1, microseconds=-1)


def _by_day(counts: pa.Table) -> dict[int, dict[str, int]]:
    days: dict[int, dict[str, int]] = {}
    for row in counts.to_pylist():
        days.setdefault(row["source"], {})[row["day"].isoformat()] = row["count"]
    return days
