"""The nouns that name where data come from: a data source, its metadata fields, an imager array.

Field names and enumerations are those of the AuroraX API, so that a record means the same here.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, get_args

SourceType = Literal["ground", "leo", "heo", "lunar", "event_list", "not_applicable"]
SOURCE_TYPES: tuple[SourceType, ...] = get_args(SourceType)
DataType = Literal["string", "double", "int", "bool"]
DATA_TYPES: tuple[DataType, ...] = get_args(DataType)
LatitudeFrame = Literal["geodetic", "geocentric"]


@dataclass(frozen=True, slots=True)
class MetadataField:
    """One entry of a source's metadata schema.

    `searchable` steers only whether pages offer the field; a filter may name any field.
    """

    field_name: str
    description: str
    data_type: DataType
    allowed_values: tuple[str, ...] = ()
    additional_description: str = ""
    searchable: bool | None = True

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as the API delivers it."""
        return asdict(self) | {"allowed_values": list(self.allowed_values)}


@dataclass(frozen=True, slots=True)
class DataSource:
    """One source of records, unique by (program, platform, instrument_type).

    `metadata` says among other things in which frame positions are delivered
    (`latitude_frame`: geodetic or geocentric) and whether they are simulated (`provenance`).
    """

    identifier: int
    program: str
    platform: str
    instrument_type: str
    source_type: SourceType
    display_name: str
    metadata: dict[str, Any] = field(default_factory=dict)
    owner: str = "operator@localhost"
    maintainers: tuple[str, ...] = ()
    ephemeris_metadata_schema: tuple[MetadataField, ...] = ()
    data_product_metadata_schema: tuple[MetadataField, ...] = ()

    @property
    def latitude_frame(self) -> LatitudeFrame:
        """Frame of the latitudes in this source's records (spacecraft: geocentric by default)."""
        declared = self.metadata.get("latitude_frame")
        if declared in ("geodetic", "geocentric"):
            return "geodetic" if declared == "geodetic" else "geocentric"
        return "geocentric" if self.source_type in ("leo", "heo", "lunar") else "geodetic"

    def with_metadata(self, **items: Any) -> DataSource:
        """Return a copy whose metadata also holds `items`."""
        return replace(self, metadata={**self.metadata, **items})
