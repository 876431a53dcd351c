"""How many records each source has on each day, and which sources had one in a minute."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.archive.counts import day_matrix
from core.archive.layout import EPHEMERIS
from core.archive.presence import day_presence

if TYPE_CHECKING:
    from core.archive.archive import Archive
    from core.instruments.model import DataSource


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


def operating_at(archive: Archive, time: datetime) -> list[tuple[DataSource, str]]:
    """Return who was operating: the sources that have a record in a UT minute.

    Parameters
    ----------
    archive : Archive
        Where to look.
    time : datetime
        Any time of the minute; without a zone it is UTC.

    Returns
    -------
    list of (DataSource, str)
        By identifier, with the provenance of the record. Records of sources that the catalogue
        does not know are left out.
    """
    moment = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    found = day_presence(archive, moment.date()).at(moment.hour * 60 + moment.minute)
    sources = archive.catalogue.sources.list()
    return [(source, found[source.identifier]) for source in sources if source.identifier in found]


def days_of(
    archive: Archive, sources: Sequence[int], first: date, last: date
) -> dict[int, NDArray[np.int64]]:
    """Return ephemeris records of each source on each UT day, days without any included.

    Parameters
    ----------
    archive : Archive
        Where to look.
    sources : sequence of int
        Identifiers.
    first, last : date
        Both included.

    Returns
    -------
    dict
        Identifier to counts, int64, shape (days from `first` to `last`,); every asked source is
        there. Empty arrays where `last` is before `first`.
    """
    rows: dict[int | str, int] = {key: row for row, key in enumerate(dict.fromkeys(sources))}
    days = max(0, (last - first).days + 1)
    files = archive.ephemeris.live_files(list(sources), *_span(first, last)) if days else []
    first_day = (first - date(1970, 1, 1)).days
    counts = day_matrix(files, EPHEMERIS, rows, first_day, days)
    return {int(source): counts[row] for source, row in rows.items()}


def _span(start: date, end: date) -> tuple[datetime, datetime]:
    first = datetime.combine(start, time(), UTC)
    return first, datetime.combine(end, time(), UTC) + timedelta(days=1, microseconds=-1)


def _by_day(counts: pa.Table) -> dict[int, dict[str, int]]:
    days: dict[int, dict[str, int]] = {}
    for row in counts.to_pylist():
        days.setdefault(row["source"], {})[row["day"].isoformat()] = row["count"]
    return days
