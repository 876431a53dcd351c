"""Metadata schemas of ephemeris records and data products.

Field names and allowed values are those of the AuroraX listings, so that a filter means the same
here. The names of the eight ePOP flags are not published; they follow the pattern of Swarm's
`tii_on`.
"""

from __future__ import annotations

from core.instruments.model import MetadataField

TRACE_ZONES = ("polar cap", "cusp", "cleft", "auroral oval", "mid-latitude")
LOW_LATITUDE = "low latitude"
NORTH_REGIONS = (*(f"north {zone}" for zone in TRACE_ZONES), LOW_LATITUDE)
SOUTH_REGIONS = (*(f"south {zone}" for zone in TRACE_ZONES), LOW_LATITUDE)
RADIAL_REGIONS = (*NORTH_REGIONS[:-1], *SOUTH_REGIONS[:-1], LOW_LATITUDE)
SPACECRAFT_REGIONS = (
    "interplanetary medium",
    "dayside magnetosheath",
    "nightside magnetosheath",
    "dayside magnetosphere",
    "nightside magnetosphere",
    "dayside plasmasphere",
    "nightside plasmasphere",
    "plasma sheet",
    "tail lobe",
    "low latitude boundary layer",
    "high latitude boundary layer",
)
STATES = ("predictive", "definitive")
BOOLEANS = ("true", "false")

_BANDS = "Mid-latitude bands run from 30 degrees to the auroral oval; low latitude is below 30."

SPACECRAFT_SCHEMA: tuple[MetadataField, ...] = (
    MetadataField(
        "nbtrace_region",
        "Region in which the north magnetic footprint lies",
        "string",
        NORTH_REGIONS,
        _BANDS,
    ),
    MetadataField(
        "sbtrace_region",
        "Region in which the south magnetic footprint lies",
        "string",
        SOUTH_REGIONS,
        _BANDS,
    ),
    MetadataField(
        "radial_distance",
        "Distance spacecraft is from Earth in kilometers",
        "double",
        additional_description="Measured from the Earth's centre.",
    ),
    MetadataField(
        "spacecraft_region",
        "Region of space in which the spacecraft is",
        "string",
        SPACECRAFT_REGIONS,
    ),
    MetadataField(
        "radial_trace_region",
        "Region in which the foot of the radius to the spacecraft lies",
        "string",
        RADIAL_REGIONS,
        _BANDS,
    ),
    MetadataField("state", "Whether the position is a prediction or definitive", "string", STATES),
)

SWARM_SCHEMA: tuple[MetadataField, ...] = (
    *SPACECRAFT_SCHEMA,
    MetadataField("tii_on", "Whether the thermal ion imager was operating", "bool", BOOLEANS),
    *(
        MetadataField(
            f"tii_quality_{component}",
            f"Quality flag of the ion drift component {component} (0 bad, 1 good)",
            "int",
        )
        for component in ("vixh", "vixv", "viy", "viz")
    ),
)

EPOP_INSTRUMENTS = ("cer", "fai", "gap", "irm", "mgf", "nms", "rri", "sei")
EPOP_SCHEMA: tuple[MetadataField, ...] = (
    *SPACECRAFT_SCHEMA,
    *(
        MetadataField(
            f"{name}_on",
            f"Whether the ePOP instrument {name.upper()} was operating",
            "bool",
            BOOLEANS,
        )
        for name in EPOP_INSTRUMENTS
    ),
)

OATH_CLASSES = (
    "classified as arc",
    "classified as diffuse",
    "classified as discrete",
    "classified as cloudy",
    "classified as moon",
    "classified as no aurora",
    "not classified",
)
CLOUD_CLASSES = ("classified as cloudy", "classified as not cloudy", "not classified")
APA_CLASSES = ("classified as APA", "classified as not APA", "not classified")

THEMIS_ASI_SCHEMA: tuple[MetadataField, ...] = (
    MetadataField(
        "clausen_ml_oath",
        "Class given by the OATH model of Clausen and Nickisch",
        "string",
        OATH_CLASSES,
        "doi 10.1029/2018JA025274; one image a minute, no confidence",
    ),
    MetadataField(
        "calgary_apa_ml_v1",
        "Class given by the Calgary model of amorphous pulsating aurora",
        "string",
        APA_CLASSES,
        "Segments of 10 minutes",
    ),
    MetadataField(
        "calgary_apa_ml_v1_confidence",
        "Confidence of calgary_apa_ml_v1 in per cent",
        "double",
    ),
    MetadataField(
        "calgary_cloud_ml_v1",
        "Class given by the Calgary cloud model",
        "string",
        CLOUD_CLASSES,
        "Segments of 10 minutes",
    ),
    MetadataField(
        "calgary_cloud_ml_v1_confidence",
        "Confidence of calgary_cloud_ml_v1 in per cent",
        "double",
    ),
)

IMAGER_PRODUCT_SCHEMA: tuple[MetadataField, ...] = (
    MetadataField(
        "keogram_type",
        "Span and kind of a keogram",
        "string",
        (
            "hourly",
            "hourly_hires",
            "daily",
            "daily_hires",
            "daily_hires_200px",
            "daily_moviebased",
            "daily_moviederived",
        ),
    ),
    MetadataField("montage_type", "Span of a montage", "string", ("hourly", "daily")),
    MetadataField("movie_type", "Speed and span of a movie", "string", ("real-time daily",)),
    MetadataField("imaging_start_time", "First image, UTC, YYYY-MM-DDTHH:MM:SS.ffffff", "string"),
    MetadataField("imaging_end_time", "Last image, UTC, YYYY-MM-DDTHH:MM:SS.ffffff", "string"),
)
