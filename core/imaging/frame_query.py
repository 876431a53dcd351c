"""What a request for a frame, a map or a movie asks for, checked against the limits."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from core.geo.field_of_view import ground_range_km
from core.imaging.fisheye import VIEWS, View
from core.imaging.query_fields import STYLE_FIELDS, Fields
from core.imaging.render import Style
from core.instruments.array import ImagerArray
from core.settings import Settings

DEFAULT_SIZE = 512
DEFAULT_ELEVATION_DEG = 10.0
ALTITUDES_KM = (60.0, 1000.0)
ELEVATIONS_DEG = (0.0, 80.0)
_SMALLEST_RADIUS_KM = 10.0
_ROUND_KM = 50
_BOTH = ("size", "marks", "accept_skymap", *STYLE_FIELDS)
FRAME_FIELDS = ("view", *_BOTH)
MAP_FIELDS = ("radius_km", "alt_km", "min_elevation_deg", *_BOTH)


@dataclass(frozen=True, slots=True)
class FrameQuery:
    """How a frame is drawn as the camera saw it; `size` None is the frame's own.

    `marks` draws north, east and circles of elevation over it.
    """

    style: Style
    size: int | None = None
    view: View = "sky"
    marks: bool = False
    accept_skymap: bool = False

    @classmethod
    def from_dict(cls, parameters: Mapping[str, str], settings: Settings) -> FrameQuery:
        """Return the query that the parameters of an address make.

        Parameters
        ----------
        parameters : mapping of str to str
            size (pixels of the longer side), view (sky, map), marks, accept_skymap, vmin, vmax,
            percentile, cmap, log, gamma.
        settings : Settings
            Holds the limits.

        Raises
        ------
        BadInput, LimitExceeded
            A parameter that does not exist, cannot be read or is above its limit.
        """
        fields = Fields(parameters, FRAME_FIELDS)
        size = fields.size("size", 0, settings.max_frame_size, "max_frame_size") or None
        view = cast("View", fields.choice("view", VIEWS, "sky"))
        return cls(fields.style(), size, view, fields.flag("marks"), fields.flag("accept_skymap"))


@dataclass(frozen=True, slots=True)
class MapQuery:
    """How a frame is drawn on a map around its site.

    `radius_km` is the distance from the centre to an edge, `alt_km` the altitude of the emission.
    """

    style: Style
    size: int
    radius_km: float
    alt_km: float
    min_elevation_deg: float
    marks: bool = False
    accept_skymap: bool = False

    @classmethod
    def from_dict(
        cls, parameters: Mapping[str, str], array: ImagerArray, settings: Settings
    ) -> MapQuery:
        """Return the query that the parameters of an address make.

        Parameters
        ----------
        parameters : mapping of str to str
            size, radius_km (by default as far as the camera sees at the least elevation), alt_km
            (by default the array's), min_elevation_deg, and what `FrameQuery` takes, but no view.
        array : ImagerArray
            Of the frame.
        settings : Settings
            Holds the limits.

        Raises
        ------
        BadInput, LimitExceeded
            As `FrameQuery.from_dict`.
        """
        fields = Fields(parameters, MAP_FIELDS)
        alt_km = fields.number_within("alt_km", array.emission_alt_km, *ALTITUDES_KM)
        elevation = fields.number_within(
            "min_elevation_deg", DEFAULT_ELEVATION_DEG, *ELEVATIONS_DEG
        )
        radius = fields.number_within(
            "radius_km",
            min(seen_radius_km(elevation, alt_km), settings.max_map_radius_km),
            _SMALLEST_RADIUS_KM,
            settings.max_map_radius_km,
        )
        size = fields.size("size", DEFAULT_SIZE, settings.max_frame_size, "max_frame_size")
        return cls(
            fields.style(),
            size,
            radius,
            alt_km,
            elevation,
            fields.flag("marks"),
            fields.flag("accept_skymap"),
        )


def seen_radius_km(min_elevation_deg: float, alt_km: float) -> float:
    """Return how far on the ground a camera sees at an elevation, rounded up to 50 km."""
    reach = float(ground_range_km(min_elevation_deg, alt_km))
    return float(max(1, math.ceil(reach / _ROUND_KM)) * _ROUND_KM)
