"""From criteria to data sources: those of the catalogue, and the virtual ones of custom points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.instruments.model import DataSource
from core.search.blocks import SOURCE_TYPES_OF, Block, Location
from core.search.query import ConjunctionQuery

if TYPE_CHECKING:
    from core.archive import Archive

SourceLists = tuple[tuple[DataSource, ...], ...]


def block_sources(archive: Archive, query: ConjunctionQuery) -> SourceLists:
    """Return for every block the data sources that may stand in it, by identifier.

    Custom locations become virtual sources with the identifiers -1, -2, ... in the order in
    which the query names them.
    """
    out: list[tuple[DataSource, ...]] = []
    used = 0
    for block in query.blocks:
        if block.kind == "adhoc":
            out.append(
                tuple(
                    virtual_source(point, -(used + number))
                    for number, point in enumerate(block.locations, start=1)
                )
            )
            used += len(block.locations)
        else:
            out.append(_catalogued(archive, block))
    return tuple(out)


def virtual_source(point: Location, identifier: int) -> DataSource:
    """Make the data source that stands for a custom location."""
    return DataSource(
        identifier=identifier,
        program="adhoc",
        platform=f"{point.lat_deg:g}, {point.lon_deg:g}",
        instrument_type="custom location",
        source_type="ground",
        display_name=f"Location {point.lat_deg:g}, {point.lon_deg:g}",
        metadata={
            "latitude_frame": "geodetic",
            "latitude_deg": point.lat_deg,
            "longitude_deg": point.lon_deg,
        },
    )


def site_code(source: DataSource) -> str:
    """Return the code of the site where a source stands, lower case; empty where it has none."""
    code = source.metadata.get("site")
    return code.strip().lower() if isinstance(code, str) else ""


def _catalogued(archive: Archive, block: Block) -> tuple[DataSource, ...]:
    found = archive.catalogue.sources.search(
        block.programs, block.platforms, block.instrument_types
    )
    allowed = SOURCE_TYPES_OF[block.kind]
    chosen = (source for source in found if source.source_type in allowed)
    return tuple(sorted(chosen, key=lambda source: source.identifier))
