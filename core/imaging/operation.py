"""Records of what an imager did: the minutes it worked in, and its keograms as data products."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import xarray as xr
from numpy.typing import NDArray

from core.archive.changed_rows import changed_rows
from core.archive.columns import TIMESTAMP, meta_column, meta_column_name
from core.geo.magnetic import ground_traces
from core.instruments.model import DataSource

if TYPE_CHECKING:
    from core.archive import Archive

NOT_CLASSIFIED = "not classified"
INGESTED = "ingested"


def keogram_url(source_id: int, day: date) -> str:
    """Return the path under which this server delivers a daily keogram."""
    return f"/media/keogram/{source_id}/{day}.png"


def operating_minutes(times: NDArray[Any]) -> NDArray[Any]:
    """Return the whole UT minutes in which a frame was measured, datetime64[m], rising."""
    return np.unique(times.astype("datetime64[m]"))


def write_minutes(archive: Archive, source: DataSource, minutes: NDArray[Any]) -> int:
    """Write an ephemeris record for each minute; return how many were new or different.

    A record of the same minute is replaced, a simulated one too. No classifier has seen the
    images, so the classes say "not classified" where the source's schema has that value, and
    confidences are null.

    Parameters
    ----------
    archive : Archive
    source : DataSource
        An imager on the ground; its metadata hold its geodetic position.
    minutes : datetime64[m] array, shape (n,)
        Minutes of one UT day.
    """
    batch = minutes_table(source, minutes)
    first, last = batch["epoch"][0].as_py(), batch["epoch"][-1].as_py()
    existing = archive.ephemeris.read([source.identifier], first, last)
    new = changed_rows(batch, existing, ("source", "epoch"))
    if new.num_rows:
        archive.ephemeris.upsert(new)
    return int(new.num_rows)


def minutes_table(source: DataSource, minutes: NDArray[Any]) -> pa.Table:
    """Return the ephemeris batch of `write_minutes`."""
    count = len(minutes)
    lat, lon = source.metadata["latitude_deg"], source.metadata["longitude_deg"]
    # Traces move by a ten-thousandth of a degree a day: one date serves them all.
    traces = ground_traces(lat, lon, minutes[0].astype("datetime64[D]").astype("datetime64[s]"))
    positions = dict(
        zip(
            ("nbtrace_lat_deg", "nbtrace_lon_deg", "sbtrace_lat_deg", "sbtrace_lon_deg"),
            (float(value) for value in traces),
            strict=True,
        )
    ) | {"geo_lat_deg": float(lat), "geo_lon_deg": float(lon)}
    columns: dict[str, pa.Array] = {
        "source": pa.repeat(pa.scalar(source.identifier, pa.int32()), count),
        "epoch": pa.array(minutes.astype("datetime64[us]")).cast(TIMESTAMP),
        "provenance": pa.repeat(pa.scalar(INGESTED), count),
    }
    for name, value in positions.items():
        cell = pa.scalar(value if np.isfinite(value) else None, pa.float64())
        columns[name] = pa.repeat(cell, count)
    for field in source.ephemeris_metadata_schema:
        if NOT_CLASSIFIED in field.allowed_values:
            columns[meta_column(field)] = pa.repeat(pa.scalar(NOT_CLASSIFIED), count)
    return pa.table(columns)


def write_product(archive: Archive, source: DataSource, day: date, stored: xr.Dataset) -> int:
    """Write the data product of a daily keogram; return 1 if it was new or different, else 0.

    Parameters
    ----------
    archive : Archive
    source : DataSource
    day : date
        UT day.
    stored : xarray.Dataset
        The whole keogram of the day, for the times of the first and last image.
    """
    batch = product_table(source, day, stored)
    start, end = batch["start"][0].as_py(), batch["end"][0].as_py()
    existing = archive.products.read([source.identifier], start, end)
    new = changed_rows(batch, existing, ("source", "url"))
    if new.num_rows:
        archive.products.upsert(new)
    return int(new.num_rows)


def product_table(source: DataSource, day: date, stored: xr.Dataset) -> pa.Table:
    """Return the product batch of `write_product`: one row."""
    half_us = np.rint(stored["exposure_s"].values[[0, -1]] * 5e5).astype("int64")
    half = half_us.astype("timedelta64[us]")
    times = stored["time"].values.astype("datetime64[us]")
    midnight = datetime.combine(day, time(), tzinfo=UTC)
    row = {
        "source": (source.identifier, pa.int32()),
        "url": (keogram_url(source.identifier, day), pa.string()),
        "data_product_type": ("keogram", pa.string()),
        "start": (midnight, TIMESTAMP),
        "end": (midnight + timedelta(hours=23, minutes=59), TIMESTAMP),
        "provenance": (INGESTED, pa.string()),
        meta_column_name("string", "keogram_type"): ("daily", pa.string()),
        meta_column_name("string", "imaging_start_time"): (_iso(times[0] - half[0]), pa.string()),
        meta_column_name("string", "imaging_end_time"): (_iso(times[-1] + half[1]), pa.string()),
    }
    return pa.table({name: pa.array([value], kind) for name, (value, kind) in row.items()})


def _iso(moment: np.datetime64) -> str:
    return str(moment.astype("datetime64[us]"))
