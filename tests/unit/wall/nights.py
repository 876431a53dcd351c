"""A small archive of nights: what was written is kept beside it, as the oracle of the tests."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pyarrow as pa

from core.archive import Archive
from core.archive.columns import meta_column
from core.imaging.keogram import make_keogram
from core.imaging.store import KeogramStore
from core.instruments.model import DataSource
from core.instruments.registry import all_sources

DAYS = (date(2019, 1, 1), date(2019, 1, 2), date(2019, 2, 10))
REAL_DAY = date(2014, 3, 10)
IDS = (46, 55, 64, 93, 3)  # three THEMIS imagers, a TREx one, and Swarm A, which is none


def source(identifier: int) -> DataSource:
    return next(s for s in all_sources() if s.identifier == identifier)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)


def fill_sources(archive: Archive) -> None:
    archive.catalogue.sources.put(*map(source, IDS))


def fill_nights(archive: Archive) -> None:
    """Write records of 46 on all days, of 55 on the second, and a real keogram of 46 in 2014."""
    for day in DAYS:
        write_minutes(archive, 46, day, [*range(60, 180), *range(1430, 1440)])
    write_minutes(archive, 55, DAYS[1], range(100, 200))
    write_minutes(archive, 3, DAYS[1], range(1440))
    write_minutes(archive, 46, REAL_DAY, range(360, 363), "ingested")
    write_product(archive, 46, REAL_DAY)
    save_keogram(archive, 46, REAL_DAY)
    write_product(archive, 93, DAYS[0], "https://provider.example/a.jpg", "uploaded")


def write_minutes(
    archive: Archive,
    identifier: int,
    day: date,
    minutes: Iterable[int],
    provenance: str = "simulated",
    **labels: list[str],
) -> None:
    """Write one record for each minute of a UT day; labels by field name, one a minute."""
    epochs = [midnight(day) + timedelta(minutes=minute) for minute in minutes]
    fields = {f.field_name: f for f in source(identifier).ephemeris_metadata_schema}
    archive.ephemeris.upsert(
        pa.table(
            {
                "source": pa.array([identifier] * len(epochs), pa.int32()),
                "epoch": pa.array(epochs, pa.timestamp("us", tz="UTC")),
                "geo_lat_deg": pa.array([56.4] * len(epochs), pa.float64()),
                "geo_lon_deg": pa.array([-94.6] * len(epochs), pa.float64()),
                "provenance": [provenance] * len(epochs),
                **{meta_column(fields[name]): values for name, values in labels.items()},
            }
        )
    )


def write_product(
    archive: Archive, identifier: int, day: date, url: str = "", provenance: str = "ingested"
) -> str:
    """Write a daily keogram product; without `url` one that is served here."""
    address = url or f"/media/keogram/{identifier}/{day.isoformat()}.png"
    fields = {f.field_name: f for f in source(identifier).data_product_metadata_schema}
    archive.products.upsert(
        pa.table(
            {
                "source": pa.array([identifier], pa.int32()),
                "url": [address],
                "data_product_type": ["keogram"],
                "start": pa.array([midnight(day)], pa.timestamp("us", tz="UTC")),
                "end": pa.array(
                    [midnight(day) + timedelta(minutes=1439)], pa.timestamp("us", tz="UTC")
                ),
                "provenance": [provenance],
                meta_column(fields["keogram_type"]): ["daily"],
                meta_column(fields["imaging_start_time"]): [f"{day}T06:00:01.500000"],
                meta_column(fields["imaging_end_time"]): [f"{day}T06:02:58.500000"],
            }
        )
    )
    return address


def save_keogram(archive: Archive, identifier: int, day: date, frames: int = 60) -> None:
    """Save a keogram of one frame each three seconds from 06:00:01.5 on: a bright arc drifts."""
    seconds = 6 * 3600 + 1.5 + 3.0 * np.arange(frames)
    times = np.datetime64(day, "us") + (seconds * 1e6).astype("m8[us]")
    pixel = np.arange(256)
    arc = 4000 * np.exp(-(((pixel[None, :] - 90 - np.arange(frames)[:, None]) / 12.0) ** 2))
    counts = np.asarray(3000 + arc, dtype=np.uint16)
    dataset = make_keogram(
        counts, times, np.ones(frames), {"array": "themis_asi", "site": "gill", "cadence_s": 3.0}
    )
    KeogramStore(archive).save(identifier, day, dataset)
