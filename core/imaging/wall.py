"""Reading the keogram wall: which imager worked in which minutes of which night or UT day.

It is read in two steps, so that browsing years stays fast: counts per day give the list that is
sorted and paged, and minutes are read for the rows of one page alone.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.archive.columns import split_meta_column
from core.errors import LimitExceeded
from core.imaging.wall_model import (
    MINUTES_PER_DAY,
    KeogramProduct,
    Key,
    WallPage,
    WallQuery,
    WallRow,
    minute_runs,
)
from core.imaging.wall_nights import By, name_of, recorded_nights, shift_min, to_date
from core.instruments.model import DataSource

if TYPE_CHECKING:
    from core.archive import Archive


def wall_page(archive: Archive, query: WallQuery, sources: Sequence[DataSource]) -> WallPage:
    """Return one page of the wall.

    Parameters
    ----------
    archive : Archive
        Where records and products are read from.
    query : WallQuery
        Days, order and page; a page beyond the last one gives the last one.
    sources : sequence of DataSource
        The imagers to choose from (`core.imaging.wall_days.imager_sources`).

    Raises
    ------
    LimitExceeded
        When `page_size` is above the setting `max_wall_rows`.
    """
    _check_page_size(query.page_size, archive.settings.max_wall_rows)
    chosen = _chosen(sources, query.sources)
    keys = _ordered_keys(archive, query, chosen)
    pages = max(1, -(-len(keys) // query.page_size))
    page = min(max(1, query.page), pages)
    shown = keys[(page - 1) * query.page_size : page * query.page_size]
    rows = rows_for(archive, shown, chosen, query.by)
    used = len({key[0] for key in keys})
    return WallPage(rows, len(keys), page, query.page_size, used, query.by)


def rows_for(
    archive: Archive, keys: Sequence[Key], sources: dict[int, DataSource], by: By
) -> tuple[WallRow, ...]:
    """Return the rows of `keys`, in their order, with minutes and products read."""
    if not keys:
        return ()
    used = {source: sources[source] for source, _ in keys}
    first, last = min(day for _, day in keys), max(day for _, day in keys)
    minutes = _minutes_by_key(archive, used, first, last, by)
    products = keogram_products(archive, list(used.values()), first, last, by)
    return tuple(
        WallRow(
            sources[source],
            day,
            *minutes.get((source, day), ((), "")),
            products.get((source, day), ()),
            by,
        )
        for source, day in keys
    )


def day_bounds(first: date, last: date) -> tuple[datetime, datetime]:
    """Return the first and the last microsecond (UTC) of the days `first` to `last`."""
    start = datetime.combine(first, time.min, tzinfo=UTC)
    return start, datetime.combine(last, time.max, tzinfo=UTC)


def keogram_products(
    archive: Archive, sources: Sequence[DataSource], first: date, last: date, by: By = "day"
) -> dict[Key, tuple[KeogramProduct, ...]]:
    """Return the keograms of each (source, night or UT day) between two, both included.

    A keogram belongs to the UT days that it is declared for, and to the nights in which its
    images were taken.
    """
    known = {source.identifier: source for source in sources}
    start, end = _reach(first, last, by)
    table = archive.products.read(list(known), start, end, types=("keogram",), contained=False)
    found: dict[Key, tuple[KeogramProduct, ...]] = {}
    for record in table.to_pylist():
        product = _product(record)
        for day in _days_of(product, known[int(record["source"])], first, last, by):
            key = (int(record["source"]), day)
            found[key] = (*found.get(key, ()), product)
    return found


def _days_of(
    product: KeogramProduct, source: DataSource, first: date, last: date, by: By
) -> Iterable[date]:
    if by == "day":
        return product.days(first, last)
    start, end = product.imaging
    final = max(start, end - timedelta(microseconds=1))
    begin = max(name_of(source, start, by), first)
    stop = min(name_of(source, final, by), last)
    return (begin + timedelta(days=step) for step in range((stop - begin).days + 1))


def _reach(first: date, last: date, by: By) -> tuple[datetime, datetime]:
    """Return the first and last microsecond that rows of these dates can have, at any longitude."""
    start, end = day_bounds(first, last)
    room = timedelta(days=1 if by == "night" else 0)
    return start - room, end + room


def _check_page_size(asked: int, allowed: int) -> None:
    if not 1 <= asked <= allowed:
        raise LimitExceeded(
            f"A page of the wall has 1 to {allowed} rows, not {asked}.",
            hint="Choose a smaller page size.",
            limit="max_wall_rows",
            asked=asked,
            allowed=allowed,
        )


def _chosen(sources: Sequence[DataSource], wanted: Sequence[int]) -> dict[int, DataSource]:
    if not wanted:
        return {source.identifier: source for source in sources}
    return {source.identifier: source for source in sources if source.identifier in set(wanted)}


def _ordered_keys(archive: Archive, query: WallQuery, sources: dict[int, DataSource]) -> list[Key]:
    if not sources:
        return []
    members = list(sources.values())
    products = keogram_products(archive, members, query.start, query.end, query.by)
    keys = {key for key, found in products.items() if any(item.served_here for item in found)}
    if not query.only_images:
        keys |= products.keys() | recorded(archive, members, query.start, query.end, query.by)
    rank = _ranks(sources.values())
    sign = -1 if query.latest_first else 1
    if query.group == "source":
        return sorted(keys, key=lambda key: (rank[key[0]], sign * key[1].toordinal()))
    return sorted(keys, key=lambda key: (sign * key[1].toordinal(), rank[key[0]]))


def _ranks(sources: Iterable[DataSource]) -> dict[int, int]:
    ordered = sorted(sources, key=lambda item: (item.program, item.display_name, item.identifier))
    return {source.identifier: rank for rank, source in enumerate(ordered)}


def recorded(
    archive: Archive, sources: Sequence[DataSource], first: date, last: date, by: By
) -> set[Key]:
    """Return the (source, night or UT day) pairs between two dates that have a record."""
    if by == "night":
        return recorded_nights(archive, sources, first, last)
    ids = [source.identifier for source in sources]
    table = archive.ephemeris.day_counts(*day_bounds(first, last), sources=ids)
    return set(
        zip(table.column("source").to_pylist(), table.column("day").to_pylist(), strict=True)
    )


def _minutes_by_key(
    archive: Archive, sources: dict[int, DataSource], first: date, last: date, by: By
) -> dict[Key, tuple[tuple[tuple[int, int], ...], str]]:
    columns = ["source", "epoch", "provenance"]
    table = archive.ephemeris.read(sorted(sources), *_reach(first, last, by), columns=columns)
    if not table.num_rows:
        return {}
    source = table.column("source").to_numpy()
    minute = table.column("epoch").to_numpy().astype("datetime64[m]").astype(np.int64)
    provenance = table.column("provenance").to_numpy(zero_copy_only=False)
    shifts = np.array([shift_min(sources[int(key)], by) for key in source[_starts(source)]])
    shift = np.repeat(shifts, np.diff(np.r_[_starts(source), len(source)]))
    day = (minute + shift) // MINUTES_PER_DAY
    changes = np.flatnonzero((np.diff(source) != 0) | (np.diff(day) != 0)) + 1
    edges = [0, *changes.tolist(), len(minute)]
    return {
        (int(source[a]), to_date(int(day[a]))): (
            minute_runs(minute[a:b] - int(day[a]) * MINUTES_PER_DAY),
            _common(set(provenance[a:b])),
        )
        for a, b in itertools.pairwise(edges)
    }


def _starts(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where each run of equal values begins; values are not empty."""
    return np.asarray(np.r_[0, np.flatnonzero(np.diff(values)) + 1], dtype=np.int64)


def _common(values: set[str]) -> str:
    return values.pop() if len(values) == 1 else "mixed"


def _product(record: dict[str, Any]) -> KeogramProduct:
    metadata = json.loads(record["metadata_json"] or "{}")
    for name, value in record.items():
        parts = split_meta_column(name)
        if parts and value is not None:
            metadata[parts[1]] = value
    return KeogramProduct(
        record["url"], record["start"], record["end"], record["provenance"], metadata
    )
