"""Reading the keogram wall: which imager worked in which minutes of which UT day.

It is read in two steps, so that browsing years stays fast: counts per day give the list that is
sorted and paged, and minutes are read for the rows of one page alone.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

import numpy as np

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
    rows = rows_for(archive, shown, chosen)
    return WallPage(rows, len(keys), page, query.page_size, len({key[0] for key in keys}))


def rows_for(
    archive: Archive, keys: Sequence[Key], sources: dict[int, DataSource]
) -> tuple[WallRow, ...]:
    """Return the rows of `keys`, in their order, with minutes and products read."""
    if not keys:
        return ()
    minutes = _minutes_by_key(archive, keys)
    products = _products_by_key(archive, keys)
    return tuple(
        WallRow(sources[source], day, *minutes.get((source, day), ((), "")), products[source, day])
        for source, day in keys
    )


def day_bounds(first: date, last: date) -> tuple[datetime, datetime]:
    """Return the first and the last microsecond (UTC) of the days `first` to `last`."""
    start = datetime.combine(first, time.min, tzinfo=UTC)
    return start, datetime.combine(last, time.max, tzinfo=UTC)


def keogram_products(
    archive: Archive, sources: Sequence[int], first: date, last: date
) -> dict[Key, tuple[KeogramProduct, ...]]:
    """Return the keograms that overlap each (source, UT day) between two days, both included."""
    start, end = day_bounds(first, last)
    table = archive.products.read(sources, start, end, types=("keogram",), contained=False)
    found: dict[Key, tuple[KeogramProduct, ...]] = {}
    for record in table.to_pylist():
        product = _product(record)
        for day in product.days(first, last):
            key = (int(record["source"]), day)
            found[key] = (*found.get(key, ()), product)
    return found


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
    ids = list(sources)
    products = keogram_products(archive, ids, query.start, query.end)
    keys = {key for key, found in products.items() if any(item.served_here for item in found)}
    if not query.only_images:
        keys |= products.keys() | _record_days(archive, ids, query.start, query.end)
    rank = _ranks(sources.values())
    sign = -1 if query.latest_first else 1
    if query.group == "source":
        return sorted(keys, key=lambda key: (rank[key[0]], sign * key[1].toordinal()))
    return sorted(keys, key=lambda key: (sign * key[1].toordinal(), rank[key[0]]))


def _ranks(sources: Iterable[DataSource]) -> dict[int, int]:
    ordered = sorted(sources, key=lambda item: (item.program, item.display_name, item.identifier))
    return {source.identifier: rank for rank, source in enumerate(ordered)}


def _record_days(archive: Archive, sources: Sequence[int], first: date, last: date) -> set[Key]:
    table = archive.ephemeris.day_counts(*day_bounds(first, last), sources=sources)
    return set(
        zip(table.column("source").to_pylist(), table.column("day").to_pylist(), strict=True)
    )


def _minutes_by_key(
    archive: Archive, keys: Sequence[Key]
) -> dict[Key, tuple[tuple[tuple[int, int], ...], str]]:
    start, end = day_bounds(min(day for _, day in keys), max(day for _, day in keys))
    ids = sorted({source for source, _ in keys})
    table = archive.ephemeris.read(ids, start, end, columns=["source", "epoch", "provenance"])
    if not table.num_rows:
        return {}
    source = table.column("source").to_numpy()
    epoch = table.column("epoch").to_numpy().astype("datetime64[m]").astype(np.int64)
    provenance = table.column("provenance").to_numpy(zero_copy_only=False)
    day = epoch // MINUTES_PER_DAY
    changes = np.flatnonzero((np.diff(source) != 0) | (np.diff(day) != 0)) + 1
    edges = [0, *changes.tolist(), len(epoch)]
    return {
        (int(source[a]), date.fromordinal(_EPOCH_ORDINAL + int(day[a]))): (
            minute_runs(epoch[a:b] % MINUTES_PER_DAY),
            _common(set(provenance[a:b])),
        )
        for a, b in itertools.pairwise(edges)
    }


_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()


def _common(values: set[str]) -> str:
    return values.pop() if len(values) == 1 else "mixed"


def _products_by_key(
    archive: Archive, keys: Sequence[Key]
) -> dict[Key, tuple[KeogramProduct, ...]]:
    days = [day for _, day in keys]
    found = keogram_products(archive, sorted({key[0] for key in keys}), min(days), max(days))
    return {key: found.get(key, ()) for key in keys}


def _product(record: dict[str, Any]) -> KeogramProduct:
    metadata = json.loads(record["metadata_json"] or "{}")
    for name, value in record.items():
        parts = split_meta_column(name)
        if parts and value is not None:
            metadata[parts[1]] = value
    return KeogramProduct(
        record["url"], record["start"], record["end"], record["provenance"], metadata
    )
