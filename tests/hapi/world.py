"""A small archive in which every record is known, around the turn of a year and a month."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from core.archive import Archive
from core.archive.columns import TIMESTAMP
from core.archive.records import ephemeris_from_records
from core.imaging.keogram import make_keogram
from core.imaging.operation import write_product
from core.imaging.store import KeogramStore
from core.instruments.model import DataSource, MetadataField
from core.instruments.registry import all_sources
from core.settings import Settings
from core.simulation import marker
from core.simulation.keogram_products import ensure_products
from core.simulation.seeds import SEED

SWARM_A, GILLAM, TREX_RGB_GILLAM, TREX_BLUE_GILLAM = 3, 46, 103, 93
ODD = 100_001
BEGIN = datetime(2018, 12, 31, 22, 0, tzinfo=UTC)
MINUTES = 600
DAYS = (date(2018, 12, 31), date(2019, 1, 1))
SIMULATED_DAY = date(2019, 1, 1)
KEOGRAM_MINUTES = range(240, 390)

SWARM = "swarm_swarma_footprint"
GILLAM_MINUTES = "themis_asi_gillam_panchromatic_asi"
GILLAM_KEOGRAM = f"{GILLAM_MINUTES}__keogram"
GILLAM_IMAGES = f"{GILLAM_MINUTES}__keogram_images"
COLOUR_KEOGRAM = "trex_gillam_rgb_asi__keogram"
SIMULATED_KEOGRAM = "trex_gillam_blueline_asi__keogram"
ODD_RECORDS = "odd_names_inc_2_test"

ODD_FIELDS = (
    MetadataField("text", "free text", "string"),
    MetadataField("Time", "has the name of the time", "double"),
    MetadataField("GEO_LAT", "has the name of a place but for its case", "double"),
    MetadataField("größe, in m", "cannot stand in an address", "double"),
    MetadataField("count", "whole", "int"),
    MetadataField("on", "switch", "bool", ("true", "false")),
)
ODD_TEXTS = ("plain", 'say "so", twice', "Polarlicht über Tromsø", "", "a,b", "n/a?")


def odd_source() -> DataSource:
    """A source whose names and values are hard to write down."""
    return DataSource(
        identifier=ODD, program="Odd Names, Inc.", platform="№ 2", instrument_type="test",
        source_type="ground", display_name="Odd <names>", owner="someone@example.org",
        metadata={"latitude_deg": 60.0, "longitude_deg": -100.5, "license_url": "https://spdx.org"},
        ephemeris_metadata_schema=ODD_FIELDS,
    )  # fmt: skip


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def swarm_record(minute: int) -> dict[str, Any]:
    angle = 2 * math.pi * minute / 94
    lat, lon = 87 * math.sin(angle), (minute * 3.7 + 180) % 360 - 180
    foot = None if lat < -60 else lat * 0.99
    return {
        "program": "swarm", "platform": "swarma", "instrument_type": "footprint",
        "epoch": stamp(BEGIN + timedelta(minutes=minute)),
        "location_geo": {"lat": lat, "lon": lon},
        "location_gsm": {"lat": lat / 3, "lon": lon / 7},
        "nbtrace": {"lat": foot, "lon": None if foot is None else lon},
        "sbtrace": {"lat": -lat * 0.97, "lon": lon},
        "metadata": {
            "radial_distance": 6800 + minute / 7,
            "nbtrace_region": "north polar cap" if lat > 75 else "north mid-latitude",
            "tii_on": minute % 3 == 0,
            "tii_quality_viy": minute % 4,
        },
    }  # fmt: skip


def gillam_record(minute: int) -> dict[str, Any]:
    return {
        "program": "themis-asi", "platform": "gillam", "instrument_type": "panchromatic ASI",
        "epoch": stamp(BEGIN + timedelta(minutes=minute)),
        "location_geo": {"lat": 56.376723, "lon": -94.643664},
        "nbtrace": {"lat": 56.376723, "lon": -94.643664},
        "metadata": {
            "clausen_ml_oath": "classified as arc" if minute % 2 else "classified as moon",
            "calgary_apa_ml_v1_confidence": round(50 + 50 * math.sin(minute) ** 2, 2),
        },
    }  # fmt: skip


def odd_record(minute: int) -> dict[str, Any]:
    metadata: dict[str, Any] = {
        "text": ODD_TEXTS[minute % len(ODD_TEXTS)], "Time": 1e-7 * minute, "GEO_LAT": -0.0,
        "größe, in m": 5e-324, "count": -(2**31) + 1 + minute, "on": minute % 2 == 0,
    }  # fmt: skip
    if minute % 5 == 0:
        metadata = {}
    return {
        "program": "Odd Names, Inc.", "platform": "№ 2", "instrument_type": "test",
        "epoch": stamp(BEGIN + timedelta(minutes=minute)),
        "location_geo": {"lat": 60.0, "lon": -100.5},
        "metadata": metadata,
    }  # fmt: skip


def records() -> list[dict[str, Any]]:
    """Gillam pauses for an hour, and works every third minute."""
    return [
        *(swarm_record(minute) for minute in range(MINUTES)),
        *(gillam_record(minute) for minute in range(0, MINUTES, 3) if not 180 <= minute < 240),
        *(odd_record(minute) for minute in range(150)),
    ]


def indices() -> pa.Table:
    steps = {"kp": (180, 16), "dst_nt": (60, 48), "sml_nt": (1, 2880)}
    names, epochs, values = [], [], []
    midnight = datetime(2018, 12, 31, tzinfo=UTC)
    for name, (step, count) in steps.items():
        for k in range(count):
            names.append(name)
            epochs.append(midnight + timedelta(minutes=step * k))
            values.append(math.sqrt(k) - 1)
    return pa.table(
        {
            "name": names,
            "epoch": pa.array(epochs, TIMESTAMP),
            "value": values,
            "provenance": ["ingested"] * len(names),
        }
    )


def keogram(day: date, pixels: int, channels: int = 0) -> Any:
    """Two frames a minute: their means are halves."""
    minutes = np.array(KEOGRAM_MINUTES)
    frames = (np.repeat(minutes, 2) * 60 + np.tile([10, 40], minutes.size)) * 1_000_000 + 500_000
    times = np.datetime64(day, "us") + frames.astype("m8[us]")
    shape = (times.size, pixels, *([channels] if channels else []))
    counts = (np.arange(np.prod(shape)) * 7919 % 251).reshape(shape).astype("u2")
    facts = {"array": "test", "site": "gill", "cadence_s": 30.0}
    return make_keogram(counts, times, np.full(times.size, 1.0), facts)


def build(settings: Settings) -> None:
    """Write the archive."""
    with Archive.create(settings) as archive:
        for source in all_sources():
            simulated = source.identifier == TREX_BLUE_GILLAM
            archive.catalogue.sources.put(
                source.with_metadata(provenance="simulated") if simulated else source
            )
        archive.catalogue.sources.put(odd_source())
        sources = archive.catalogue.sources
        archive.ephemeris.upsert(ephemeris_from_records(sources, records()))
        archive.indices.replace(indices())
        store = KeogramStore(archive)
        for identifier, pixels, channels in ((GILLAM, 256, 0), (TREX_RGB_GILLAM, 480, 3)):
            for day in DAYS:
                made = keogram(day, pixels, channels)
                store.save(identifier, day, made)
                write_product(archive, sources.get(identifier), day, made)
        _simulate(archive)


def _simulate(archive: Archive) -> None:
    """One simulated camera on one day: what operated is read from its records."""
    blue = archive.catalogue.sources.get(TREX_BLUE_GILLAM)
    names = {
        "program": blue.program, "platform": blue.platform, "instrument_type": blue.instrument_type
    }  # fmt: skip
    midnight = datetime.combine(SIMULATED_DAY, datetime.min.time(), tzinfo=UTC)
    minutes = [names | {"epoch": stamp(midnight + timedelta(minutes=m))} for m in range(300, 360)]
    archive.ephemeris.upsert(
        ephemeris_from_records(archive.catalogue.sources, minutes, provenance="simulated")
    )
    marker.begin(archive.settings, [SIMULATED_DAY], SEED)
    marker.finish(archive.settings, [SIMULATED_DAY])
    ensure_products(archive)


def folder(path: Path) -> Settings:
    """Return settings over an archive made in a folder."""
    settings = Settings(archive=path / "archive", render_processes=0)
    build(settings)
    return settings
