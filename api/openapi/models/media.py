"""Keograms, frames, maps, grids and moments: their parameters, and what JSON says of them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from api.openapi.models.base import Exact, Flag, LatDeg, Open, TimeIn, Zulu
from core.grids.combine import Rule
from core.imaging.fisheye import View
from core.imaging.keogram_library import Line

ColourMap = Literal["viridis", "cividis", "inferno", "gray", "green", "red"]
Number = Annotated[float, Field(ge=-1e9, le=1e9)]
# A mark that the skymap is of another time is said in headers and JSON.
AnySkymap = Annotated[Flag, Field(description="Take a skymap of another time too.")]
ScaleLow = Annotated[Number, Field(description="Lower end of the scale; below vmax.")]
ScaleHigh = Annotated[Number, Field(description="Upper end of the scale.")]
Pixels = Annotated[int, Field(ge=1, le=2048, description="Pixels.")]
AltKm = Annotated[float, Field(ge=60, le=1000, description="Altitude of the emission, km.")]
Nothing: Any = None


class Style(Open):
    """How counts become colours."""

    vmin: ScaleLow = Nothing
    vmax: ScaleHigh = Nothing
    percentile: Annotated[
        str,
        Field(
            description="Two rising percentiles that are the ends of the scale.",
            examples=["1,99"],
            json_schema_extra={"format": "percentiles"},
        ),
    ] = ""
    cmap: Annotated[ColourMap, Field(description="Colours.")] = "viridis"
    log: Annotated[Flag, Field(description="Logarithmic scale.")] = ""
    gamma: Annotated[float, Field(ge=0.05, le=20)] = 1.0


class KeogramQuery(Style):
    """Which part of a night, and how it is drawn or told.

    Pictures take the size and the style, numbers `cadence` and `alt_km`; the other form refuses
    them.
    """

    start: Annotated[TimeIn, Field(description="From when; the beginning of the day.")] = ""
    end: Annotated[TimeIn, Field(description="Until when; later than `start`.")] = ""
    slice: Annotated[Line, Field(description="Line of pixels.")] = "column"
    accept_skymap: AnySkymap = ""
    width: Annotated[int, Field(ge=1, le=4096, description="Pixels.")] = 1440
    height: Pixels = 256
    cadence: Annotated[
        Literal["minute", "native"], Field(description="Of numbers: one a minute, or all.")
    ] = Nothing
    alt_km: AltKm = Nothing


class FrameParameters(Style):
    """How a frame is drawn as the camera saw it."""

    size: Annotated[Pixels, Field(description="Pixels of the longer side.")] = Nothing
    view: Annotated[View, Field(description="East to the left (sky) or right (map).")] = "sky"
    marks: Annotated[Flag, Field(description="Draw directions and elevations.")] = ""
    accept_skymap: AnySkymap = ""


class MapParameters(Style):
    """How a frame is drawn on a map."""

    size: Pixels = 512
    radius_km: Annotated[float, Field(ge=10, le=5000)] = Nothing
    alt_km: AltKm = Nothing
    min_elevation_deg: Annotated[float, Field(ge=0, le=80)] = 10.0
    marks: Flag = ""
    accept_skymap: AnySkymap = ""


class GridParameters(Open):
    """How a grid is told."""

    vmin: ScaleLow = Nothing
    vmax: ScaleHigh = Nothing
    rule: Annotated[Rule, Field(description="Which camera counts where several see.")] = "elevation"
    cmap: Annotated[ColourMap, Field(description="Colours; those of the series.")] = Nothing


class PlaceParameters(Open):
    """A place, degrees."""

    lat: LatDeg
    lon: Annotated[float, Field(ge=-360, le=360)]
    rule: Rule = "elevation"


class MosaicParameters(GridParameters):
    """How a series is drawn on a map."""

    crs: Annotated[Literal["mercator", "north", "south"], Field(description="Projection.")] = (
        "mercator"
    )
    size: Pixels = 1024
    alt_km: AltKm = Nothing


class MomentParameters(Open):
    """What is told of a moment."""

    trail_min: Annotated[int, Field(ge=0, le=180, description="Minutes before it.")] = Nothing
    alt_km: Annotated[float, Field(ge=0, le=2000, description="Of magnetic latitudes.")] = Nothing
    fov: Annotated[Flag, Field(description="Whether fields of view are told; they are.")] = ""
    latitudes: Literal["geodetic", "delivered"] = "geodetic"


class KeogramDocument(Open):
    """The axes of a keogram."""

    source: int
    display_name: str
    array: str
    slice: Line
    start: Zulu
    end: Zulu
    cadence_s: float
    units: str
    provenance: str
    shape: list[int]
    times_ms: list[int]
    alt_km: float
    limits: list[float]
    skymap: dict[str, Any] | None


class FrameDocument(Open):
    """A frame or its map: when, by which camera, how large."""

    time: Zulu
    exposure_s: float
    cadence_s: float
    array: str
    site: str
    provenance: str
    width: int
    height: int
    units: str
    skymap: dict[str, Any] | None


class Series(Open):
    """A series of grids."""

    key: str
    title: str
    units: str
    limits: list[float]
    first: Zulu
    last: Zulu


class SeriesList(Exact):
    """All series, and the first and last time of all of them."""

    series: list[Series]
    first: Zulu | None
    last: Zulu | None


class GridDocument(Open):
    """What a grid shows."""

    series: str
    time: Zulu
    valid_time: Zulu
    units: str
    limits: list[float]
    provenance: str
    rule: Rule


class AtDocument(Exact):
    """The cell at a place and its value, null where there is none."""

    series: str
    time: Zulu
    valid_time: Zulu
    row: Annotated[int, Field(ge=0, le=511)]
    column: Annotated[int, Field(ge=0, le=1023)]
    lat: float
    lon: float
    value: float | None
    units: str
    camera: dict[str, Any] | None


class MomentDocument(Open):
    """Who was where: lines are flat lists of latitude and longitude, degrees."""

    time: Zulu
    trail_min: int
    alt_km: float
    latitudes: Literal["geodetic", "delivered"]
    provenance: str
    imagers: dict[str, int]
    sites: list[dict[str, Any]]
    fleet: dict[str, int]
    spacecraft: list[dict[str, Any]]
    sun: dict[str, float | None]
    terminators: list[dict[str, Any]]
    magnetic: dict[str, Any] | None
