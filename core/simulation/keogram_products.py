"""Data products of simulated keograms: a row for each imager and UT day with operating minutes.

The keograms themselves are rendered when they are looked at. Which minutes an imager operated in
is read from the records, so that rows and records never disagree.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from core.archive import duck
from core.archive.columns import EPHEMERIS_SCHEMA, TIMESTAMP, meta_column_name
from core.archive.reading import source_sql
from core.imaging.operation import keogram_url
from core.instruments.array import ImagerArray
from core.instruments.registry import array_of_source
from core.simulation import marker
from core.simulation.tables import PROVENANCE

if TYPE_CHECKING:
    from core.archive import Archive

_MINUTE_US = 60_000_000
_DAY = timedelta(days=1)


def ensure_products(archive: Archive) -> int:
    """Write the products of the days that builds have finished and that lack them.

    Returns
    -------
    int
        How many rows were written; 0 where nothing lacked.
    """
    days = marker.days_without_products(archive.settings)
    if not days:
        return 0
    written = write_products(archive, days)
    marker.note_products(archive.settings, days)
    return written


def write_products(archive: Archive, days: Sequence[date]) -> int:
    """Write the products of simulated keograms for UT days; return how many rows.

    Rows of observed keograms stay, and so do those of other days. Simulated rows of these days
    that no longer hold are deleted.
    """
    arrays = _imagers(archive)
    wanted = sorted(set(days))
    if not arrays or not wanted:
        return 0
    start = datetime.combine(wanted[0], clock(0), tzinfo=UTC)
    end = datetime.combine(wanted[-1], clock(0), tzinfo=UTC) + _DAY - timedelta(microseconds=1)
    existing = archive.products.read(
        list(arrays), start, end, types=("keogram",),
        columns=("source", "url", "start", "provenance"),
    )  # fmt: skip
    batch = _without(
        _batch(_operating(archive, list(arrays), start, end, wanted), arrays), existing
    )
    _delete_stale(archive, existing, batch, wanted)
    if batch.num_rows:
        archive.products.upsert(batch)
    return int(batch.num_rows)


def _imagers(archive: Archive) -> dict[int, ImagerArray]:
    """Return the arrays of the simulated imagers that a simulated camera is described for."""
    from core.simulation.cameras.camera import sources

    known = set(sources())
    return {
        source.identifier: array
        for source in archive.catalogue.sources.list()
        if source.identifier in known
        and source.metadata.get("provenance") == PROVENANCE
        and (array := array_of_source(source)) is not None
    }


def _operating(
    archive: Archive, sources: Sequence[int], start: datetime, end: datetime, days: Sequence[date]
) -> pa.Table:
    """Return source, day and the first and last minute with a simulated record."""
    first_us, last_us = duck.microseconds(start), duck.microseconds(end)
    files = archive.ephemeris.store.snapshot().overlapping(sources, first_us, last_us)
    schema = pa.schema([EPHEMERIS_SCHEMA.field(n) for n in ("source", "epoch", "provenance")])
    sql = (  # names are ours, values are parameters
        'SELECT source, CAST(epoch AS DATE) AS "day", min(epoch) AS "first", max(epoch) AS "last" '  # noqa: S608 - see above
        f"FROM {source_sql(files, schema)} "
        "WHERE provenance = $provenance "
        "AND epoch BETWEEN make_timestamptz($first_us) AND make_timestamptz($last_us) "
        "GROUP BY ALL ORDER BY ALL"
    )
    found = duck.query(sql, {"provenance": PROVENANCE, "first_us": first_us, "last_us": last_us})
    return found.filter(pc.is_in(found["day"], pa.array(days, pa.date32())))


def _batch(operating: pa.Table, arrays: dict[int, ImagerArray]) -> pa.Table:
    sources = operating["source"].to_numpy()
    midnights = operating["day"].to_numpy().astype("M8[us]")
    first = operating["first"].cast(TIMESTAMP).to_numpy().astype("M8[us]")
    last = operating["last"].cast(TIMESTAMP).to_numpy().astype("M8[us]")
    tail = {key: _last_exposure_end_us(array) for key, array in arrays.items()}
    ends = last + np.array([tail[int(s)] for s in sources], dtype="m8[us]")
    pairs = zip(sources.tolist(), midnights.astype("M8[D]"), strict=True)
    count = len(sources)
    columns: dict[str, Any] = {
        "source": pa.array(sources, pa.int32()),
        "url": pa.array([keogram_url(s, day.item()) for s, day in pairs], pa.string()),
        "data_product_type": pa.repeat(pa.scalar("keogram"), count),
        "start": pa.array(midnights).cast(TIMESTAMP),
        "end": pa.array(midnights + np.timedelta64(1439, "m")).cast(TIMESTAMP),
        "provenance": pa.repeat(pa.scalar(PROVENANCE), count),
        meta_column_name("string", "keogram_type"): pa.repeat(pa.scalar("daily"), count),
        meta_column_name("string", "imaging_start_time"): _iso(first),
        meta_column_name("string", "imaging_end_time"): _iso(ends),
    }
    return pa.table(columns)


def _last_exposure_end_us(array: ImagerArray) -> int:
    """Return when the last exposure of a minute ends, microseconds after its begin."""
    cadence_us, exposure_us = round(array.cadence_s * 1e6), round(array.exposure_s * 1e6)
    last = (_MINUTE_US - 1) // cadence_us * cadence_us
    return min(_MINUTE_US, last + exposure_us)


def _iso(times: NDArray[np.datetime64]) -> pa.Array:
    return pa.array(np.datetime_as_string(times, unit="us").tolist(), pa.string())


def _without(batch: pa.Table, existing: pa.Table) -> pa.Table:
    """Return the batch without rows that an observed keogram has in its place."""
    other = existing.filter(pc.not_equal(existing["provenance"], PROVENANCE))
    return batch.filter(pc.invert(pc.is_in(batch["url"], other["url"].combine_chunks())))


def _delete_stale(
    archive: Archive, existing: pa.Table, batch: pa.Table, days: Sequence[date]
) -> None:
    own = existing.filter(pc.equal(existing["provenance"], PROVENANCE))
    here = pc.is_in(own["start"].cast(pa.date32()), pa.array(days, pa.date32()))
    gone = own.filter(pc.and_(here, pc.invert(pc.is_in(own["url"], batch["url"].combine_chunks()))))
    for source in sorted(set(gone["source"].to_pylist())):
        rows = gone.filter(pc.equal(gone["source"], source))
        archive.products.delete_urls(source, rows["url"].to_pylist())
