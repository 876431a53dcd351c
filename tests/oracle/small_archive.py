"""Small archives of made-up records for tests of the search."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from core.archive import Archive
from core.instruments.model import DataSource, MetadataField, SourceType
from core.settings import Settings

SCHEMA = (
    MetadataField("region", "where it is", "string", ("cap", "oval")),
    MetadataField("confidence", "per cent", "double"),
    MetadataField("quality", "flag", "int"),
    MetadataField("on", "whether it works", "bool"),
)


def source(
    identifier: int,
    source_type: SourceType,
    program: str = "",
    *,
    frame: str = "",
    site: str = "",
) -> DataSource:
    """Make a source with the test schema; its platform is named after its identifier."""
    metadata = {"latitude_frame": frame, "site": site}
    return DataSource(
        identifier,
        program or source_type,
        f"platform {identifier}",
        "footprint" if source_type in ("leo", "heo") else "imager",
        source_type,
        f"Source {identifier}",
        {key: value for key, value in metadata.items() if value},
        ephemeris_metadata_schema=SCHEMA,
    )


def records(identifier: int, minutes: Sequence[int], **columns: Any) -> pa.Table:
    """Make records at minutes since 1970; columns not given are null.

    `nb`, `sb` and `geo` are (latitudes, longitudes); other names are metadata columns.
    """
    count = len(minutes)
    epochs = pa.array(np.asarray(minutes, dtype=np.int64) * 60_000_000).cast(
        pa.timestamp("us", "UTC")
    )
    data: dict[str, Any] = {
        "source": pa.array([identifier] * count, pa.int32()),
        "epoch": epochs,
        "provenance": pa.array(["uploaded"] * count),
    }
    names = {"nb": "nbtrace", "sb": "sbtrace", "geo": "geo"}
    for name, values in columns.items():
        if name in names:
            for part, column in zip(("lat", "lon"), values, strict=True):
                array = np.broadcast_to(np.asarray(column, dtype=float), (count,))
                data[f"{names[name]}_{part}_deg"] = pa.array(array, from_pandas=True)
        else:
            data[name] = values
    return pa.table(data)


def make_archive(
    folder: Path, sources: Sequence[DataSource], tables: Sequence[pa.Table], **settings: Any
) -> Archive:
    """Create an archive that holds these sources and records."""
    archive = Archive.create(Settings(archive=folder / "archive", **settings))
    archive.catalogue.sources.put(*sources)
    if tables:
        archive.ephemeris.upsert(pa.concat_tables(tables, promote_options="default"))
    return archive
