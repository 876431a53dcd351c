"""A small fleet and a few imagers whose every record is written down here.

Records run from 2019-12-31T22:00 to 2020-01-01T02:59 UTC: minutes are counted from 2020-01-01.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from core.archive import Archive
from core.archive.columns import TIMESTAMP
from core.instruments.model import DataSource, MetadataField
from core.instruments.registry import all_sources
from core.settings import Settings

MIDNIGHT = datetime(2020, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
FIRST, LAST = -120, 179
POLAR, GAPPY, LEVEL, SILENT = 3, 29, 200_001, 30
GILLAM, REGO_GILLAM, SPECTROGRAPH, PLACELESS, LOST = 46, 10004, 97, 200_002, 200_003
GAP = range(40, 50)
JUMPS_AT, CROSSES_AT, OPEN = 70, 80, range(90, 100)
_RADIUS = (MetadataField("radial_distance", "km", "double"),)
_COLUMNS = (
    "geo_lat_deg", "geo_lon_deg", "nbtrace_lat_deg", "nbtrace_lon_deg", "sbtrace_lat_deg",
    "sbtrace_lon_deg", "md_double_radial_distance",
)  # fmt: skip
Row = tuple[float | None, ...]


def imager(identifier: int, name: str, **metadata: Any) -> DataSource:
    return DataSource(
        identifier, "own", name, "panchromatic ASI", "ground", name, metadata=dict(metadata)
    )


OWN = (
    DataSource(
        LEVEL, "own", "level", "footprint", "leo", "Level",
        metadata={"latitude_frame": "geodetic"}, ephemeris_metadata_schema=_RADIUS,
    ),
    imager(PLACELESS, "placeless"),
    imager(LOST, "lost", latitude_deg="north", longitude_deg=True, lifetime={"end": "2019-06-01"}),
)  # fmt: skip
BY_ID = {source.identifier: source for source in (*all_sources(), *OWN)}
SPACECRAFT = (POLAR, GAPPY, SILENT, LEVEL)


def time_of(minute: float) -> np.datetime64:
    return np.datetime64("2020-01-01", "us") + np.timedelta64(round(minute * 60e6), "us")


def polar(minute: int) -> Row:
    """Over both poles in 94 minutes, so that every turn crosses the date line too."""
    angle = 2 * math.pi * minute / 94
    lat = math.degrees(math.asin(math.sin(angle) * math.sin(math.radians(89.5))))
    lon = -150 - minute / 4 + (180 if math.cos(angle) < 0 else 0)
    lon = (lon + 180) % 360 - 180
    return lat, lon, abs(lat) * 0.9 + 5, lon, -abs(lat) * 0.9 - 5, lon, 6850.0 + minute / 10


def gappy(minute: int) -> Row:
    """Round the date line at 65 degrees; nothing in a gap, feet that jump, cross and open."""
    lat, lon = 65 + minute / 100, (179 + minute / 10 + 180) % 360 - 180
    north = lat + (12 if minute >= JUMPS_AT else 0)
    south = -5.0 if minute < CROSSES_AT else 5.0  # the foot crosses the equator in one step
    if minute in OPEN:
        return lat, lon, None, None, None, None, None
    return lat, lon, north, lon, south, lon, None


def level(minute: int) -> Row:
    """Exactly over both poles along one meridian, geodetic latitudes, no radial distance."""
    turn = minute * 6 % 360
    if turn <= 90:
        return float(turn), 120.0, None, None, None, None, None
    if turn <= 270:
        return 180.0 - turn, -60.0, None, None, None, None, None
    return turn - 360.0, 120.0, None, None, None, None, None


TRACKS = {POLAR: polar, GAPPY: gappy, LEVEL: level}


def rows(source: int) -> dict[int, Row]:
    """Return the records of a spacecraft by minute."""
    skipped = GAP if source == GAPPY else ()
    return {m: TRACKS[source](m) for m in range(FIRST, LAST + 1) if m not in skipped}


def table(source: int, records: dict[int, Row], provenance: str = "uploaded") -> pa.Table:
    columns = list(zip(*records.values(), strict=True))
    return pa.table(
        {
            "source": pa.array([source] * len(records), pa.int32()),
            "epoch": pa.array([MIDNIGHT + timedelta(minutes=m) for m in records], TIMESTAMP),
            "provenance": pa.array([provenance] * len(records)),
            **{
                name: pa.array(column, pa.float64())
                for name, column in zip(_COLUMNS, columns, strict=False)
            },
        }
    )


@contextmanager
def world(settings: Settings) -> Iterator[Archive]:
    """Return an archive of it."""
    ids = (*SPACECRAFT, GILLAM, REGO_GILLAM, SPECTROGRAPH, PLACELESS, LOST)
    with Archive.create(settings) as archive:
        archive.catalogue.sources.put(*(BY_ID[key] for key in ids))
        for source in TRACKS:
            archive.ephemeris.upsert(table(source, rows(source)))
        place = (56.38, -94.64)
        archive.ephemeris.upsert(table(GILLAM, dict.fromkeys(range(10, 20), place), "ingested"))
        archive.ephemeris.upsert(table(PLACELESS, dict.fromkeys(range(5), (70.0, 179.9))))
        yield archive
