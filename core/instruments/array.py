"""The description of an imager array: one camera design at several sites."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core.instruments.model import DataSource, MetadataField
from core.instruments.schemas import IMAGER_PRODUCT_SCHEMA


@dataclass(frozen=True, slots=True)
class Site:
    """One place with one camera. Latitude is geodetic; `end` None means still operating.

    Start and end are the first and last UT day with records. For many sites they are known to
    the season only.
    """

    code: str
    platform: str
    lat_deg: float
    lon_deg: float
    alt_m: float
    identifier: int
    start: date
    end: date | None = None


def sites(rows: Iterable[Site]) -> dict[str, Site]:
    """Return sites keyed by their lower-case four-letter code."""
    return {site.code: site for site in rows}


@dataclass(frozen=True, slots=True)
class ImagerArray:
    """What holds for every camera of an array.

    Attributes
    ----------
    key : str
        Name of the array inside this program, for example ``themis_asi``.
    label : str
        What precedes the site code in display names, for example ``THEMIS-ASI``.
    image_shape : tuple of int
        Rows, columns and, for colour cameras, channels.
    emission_alt_km : float
        Altitude to which images are mapped unless the user says otherwise.
    scale_limits : tuple of float
        Intensities that the default colour scale runs between, in `intensity_unit`.
    file_patterns : tuple of str
        Regular expressions of the providers' file names, with groups `start` and `site`.
    """

    key: str
    program: str
    instrument_type: str
    name: str
    label: str
    cadence_s: float
    exposure_s: float
    image_shape: tuple[int, ...]
    emission_alt_km: float
    scale_limits: tuple[float, float]
    intensity_unit: str
    acknowledgement: str
    rules_of_the_road: str
    citation: str
    doi: str
    sites: dict[str, Site]
    file_patterns: tuple[str, ...] = ()
    ephemeris_schema: tuple[MetadataField, ...] = ()
    product_schema: tuple[MetadataField, ...] = IMAGER_PRODUCT_SCHEMA
    display_names: dict[str, str] = field(default_factory=dict)

    def display_name(self, site: Site) -> str:
        """Return the name of a site's source as the pages show it."""
        return self.display_names.get(site.code, f"{self.label} {site.code.upper()}")

    def site_of_file(self, file_name: str) -> Site | None:
        """Return the site whose camera wrote a file of this name, or None for a foreign name."""
        for pattern in self.file_patterns:
            found = re.fullmatch(pattern, file_name)
            if found:
                return self.sites.get(found["site"].lower())
        return None

    def source(self, site: Site) -> DataSource:
        """Return the data source of one site."""
        return DataSource(
            identifier=site.identifier,
            program=self.program,
            platform=site.platform,
            instrument_type=self.instrument_type,
            source_type="ground",
            display_name=self.display_name(site),
            metadata=ground_metadata(site) | self._own_metadata(),
            ephemeris_metadata_schema=self.ephemeris_schema,
            data_product_metadata_schema=self.product_schema,
        )

    def _own_metadata(self) -> dict[str, Any]:
        return {
            "array": self.key,
            "acknowledgement": self.acknowledgement,
            "rules_of_the_road": self.rules_of_the_road,
            "citation": self.citation,
            "doi": self.doi,
        }


def ground_metadata(site: Site) -> dict[str, Any]:
    """Return what a ground source's metadata says about its place and life."""
    return {
        "latitude_frame": "geodetic",
        "latitude_deg": site.lat_deg,
        "longitude_deg": site.lon_deg,
        "altitude_m": site.alt_m,
        "site": site.code,
        "lifetime": lifetime(site.start, site.end),
    }


def lifetime(start: date, end: date | None) -> dict[str, str | None]:
    """Return first and last day as ISO dates, None where there is no end."""
    return {"start": start.isoformat(), "end": end.isoformat() if end else None}
