"""An empty archive with three sources, and batches to write into it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.archive import Archive
from core.instruments.model import DataSource, MetadataField
from core.settings import Settings

SWARM_SCHEMA = (
    MetadataField("nbtrace_region", "region", "string", ("north polar cap", "low latitude")),
    MetadataField("radial_distance", "km", "double"),
    MetadataField("tii_quality_viy", "flag", "int"),
    MetadataField("tii_on", "on", "bool"),
)
KEOGRAM_SCHEMA = (MetadataField("keogram_type", "kind", "string", ("daily", "hourly")),)
SOURCES = (
    DataSource(
        3,
        "swarm",
        "swarma",
        "footprint",
        "leo",
        "Swarm A",
        ephemeris_metadata_schema=SWARM_SCHEMA,
    ),
    DataSource(
        46,
        "themis-asi",
        "gillam",
        "panchromatic ASI",
        "ground",
        "THEMIS-ASI GILL",
        metadata={"latitude_frame": "geodetic", "site": "gill"},
        owner="owner@example.org",
        maintainers=("one@example.org",),
        data_product_metadata_schema=KEOGRAM_SCHEMA,
    ),
    DataSource(55, "themis-asi", "fort smith", "panchromatic ASI", "ground", "THEMIS-ASI FSMI"),
)


@pytest.fixture
def archive(settings: Settings) -> Iterator[Archive]:
    """Return an archive that knows `SOURCES` and holds no record."""
    with Archive.create(settings) as made:
        made.catalogue.sources.put(*SOURCES)
        yield made
