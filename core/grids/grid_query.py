"""What a request for a grid asks for, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from core.grids.combine import RULES, Rule
from core.grids.series import Series
from core.imaging.colour import COLOUR_MAPS, DEFAULT_COLOUR_MAP
from core.imaging.query_fields import Fields, bad

_GRID_FIELDS = ("vmin", "vmax", "rule", "cmap")
_AT_FIELDS = ("lat", "lon", "rule")


@dataclass(frozen=True, slots=True)
class GridQuery:
    """How a grid is told: values at the ends of the scale, the rule where cameras overlap, colours.

    Bytes are the same whatever the colours are.
    """

    limits: tuple[float, float]
    rule: Rule = "elevation"
    cmap: str = DEFAULT_COLOUR_MAP

    @classmethod
    def from_dict(cls, parameters: Mapping[str, str], series: Series) -> GridQuery:
        """Return the query that the parameters of an address make.

        Parameters
        ----------
        parameters : mapping of str to str
            vmin, vmax (by default the series' limits), rule (elevation, nearest), cmap.
        series : Series

        Raises
        ------
        BadInput
            A parameter that does not exist or cannot be read, or vmin not below vmax.
        """
        fields = Fields(parameters, _GRID_FIELDS)
        cmap = fields.choice("cmap", COLOUR_MAPS, series.colour_map)
        return cls(limits_of(fields, series), rule_of(fields), cmap)


@dataclass(frozen=True, slots=True)
class AtQuery:
    """A place on a grid, degrees."""

    lat_deg: float
    lon_deg: float
    rule: Rule = "elevation"

    @classmethod
    def from_dict(cls, parameters: Mapping[str, str]) -> AtQuery:
        """Return the query that the parameters of an address make.

        Parameters
        ----------
        parameters : mapping of str to str
            lat (-90 to 90), lon (-360 to 360), both needed; rule.

        Raises
        ------
        BadInput
            One is missing, cannot be read or lies outside.
        """
        fields = Fields(parameters, _AT_FIELDS)
        return cls(_degrees(fields, "lat", 90.0), _degrees(fields, "lon", 360.0), rule_of(fields))


def limits_of(fields: Fields, series: Series) -> tuple[float, float]:
    """Return the values at the ends of the scale: those of the series where none are given."""
    units = f"Write a number of {series.units or 'units'}."
    low, high = fields.scale_end("vmin", units), fields.scale_end("vmax", units)
    low, high = (
        series.limits[0] if low is None else low,
        series.limits[1] if high is None else high,
    )
    if low >= high:
        name = "vmin" if fields.text("vmin") else "vmax"
        raise bad(name, fields.text(name), f"vmin ({low:g}) must be below vmax ({high:g}).")
    return low, high


def rule_of(fields: Fields) -> Rule:
    """Return the rule where cameras overlap."""
    return cast("Rule", fields.choice("rule", RULES, "elevation"))


def _degrees(fields: Fields, name: str, limit: float) -> float:
    if not fields.text(name):
        raise bad(name, "", f"Give degrees, from -{limit:g} to {limit:g}.")
    return fields.number_within(name, 0.0, -limit, limit)
