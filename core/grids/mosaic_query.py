"""What a request for a map of many cameras asks for, checked against the limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args

from core.grids.combine import Rule
from core.grids.grid_query import limits_of, rule_of
from core.grids.series import Series
from core.imaging.colour import COLOUR_MAPS
from core.imaging.frame_query import ALTITUDES_KM
from core.imaging.query_fields import Fields
from core.settings import Settings

Crs = Literal["mercator", "north", "south"]
PROJECTIONS: tuple[Crs, ...] = get_args(Crs)
DEFAULT_SIZE = 1024
_FIELDS = ("crs", "size", "cmap", "vmin", "vmax", "rule", "alt_km")


@dataclass(frozen=True, slots=True)
class MosaicQuery:
    """How a map is drawn.

    Attributes
    ----------
    crs : {"mercator", "north", "south"}
        EPSG:3857, or azimuthal equidistant around a pole.
    size : int
        Pixels of the longer side.
    cmap : str
        Of `core.imaging.colour.COLOUR_MAPS`.
    limits : (float, float)
        Values at the ends of the colours.
    rule : {"elevation", "nearest"}
    alt_km : float
        Altitude of the emission.
    """

    crs: Crs
    size: int
    cmap: str
    limits: tuple[float, float]
    rule: Rule
    alt_km: float

    @classmethod
    def from_dict(
        cls, parameters: Mapping[str, str], series: Series, settings: Settings
    ) -> MosaicQuery:
        """Return the query that the parameters of an address make.

        Parameters
        ----------
        parameters : mapping of str to str
            crs, size, cmap, vmin, vmax, rule, alt_km; colours, limits and altitude are the
            series' own by default.
        series : Series
        settings : Settings
            Holds the limits.

        Raises
        ------
        BadInput, LimitExceeded
            A parameter that does not exist, cannot be read or is above its limit.
        """
        fields = Fields(parameters, _FIELDS)
        crs = cast("Crs", fields.choice("crs", PROJECTIONS, "mercator"))
        size = fields.size("size", DEFAULT_SIZE, settings.max_frame_size, "max_frame_size")
        cmap = fields.choice("cmap", COLOUR_MAPS, series.colour_map)
        alt_km = fields.number_within("alt_km", series.alt_km, *ALTITUDES_KM)
        return cls(crs, size, cmap, limits_of(fields, series), rule_of(fields), alt_km)
