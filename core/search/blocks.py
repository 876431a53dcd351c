"""Criteria blocks: which data sources may take one place in a conjunction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from core.archive.filters import MetadataFilter
from core.errors import BadInput
from core.instruments.model import SourceType
from core.search.parsing import (
    read_choices,
    read_list,
    read_number,
    read_object,
    read_strings,
    unknown_keys,
)

BlockKind = Literal["ground", "space", "events", "adhoc"]
BLOCK_KINDS: tuple[BlockKind, ...] = get_args(BlockKind)
Hemisphere = Literal["northern", "southern"]
HEMISPHERES: tuple[Hemisphere, ...] = get_args(Hemisphere)

# A source that says of itself "not_applicable" may stand in for a ground station or a spacecraft.
SOURCE_TYPES_OF: dict[BlockKind, tuple[SourceType, ...]] = {
    "ground": ("ground", "not_applicable"),
    "space": ("leo", "heo", "lunar", "not_applicable"),
    "events": ("event_list",),
    "adhoc": (),
}
NO_FILTERS = MetadataFilter()
_LISTS = ("programs", "platforms", "instrument_types")
_KNOWN = (*_LISTS, "ephemeris_metadata_filters", "hemisphere", "locations")


@dataclass(frozen=True, slots=True)
class Location:
    """A point that the user gave: geographic latitude (geodetic) and longitude in degrees."""

    lat_deg: float
    lon_deg: float


@dataclass(frozen=True)
class Block:
    """One criteria block of a conjunction query.

    Lists restrict by OR inside a list and AND across lists; an empty list restricts nothing.
    `number` counts from 1 within a kind, so that the block's name is for example ``ground1``.
    """

    kind: BlockKind
    number: int
    programs: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    instrument_types: tuple[str, ...] = ()
    filters: MetadataFilter = NO_FILTERS
    hemisphere: tuple[str, ...] = ()
    locations: tuple[Location, ...] = ()

    @property
    def name(self) -> str:
        """Name that distances use."""
        return f"{self.kind}{self.number}"

    @property
    def one_hemisphere(self) -> str | None:
        """The only hemisphere that is wanted, or None when both are."""
        return self.hemisphere[0] if len(self.hemisphere) == 1 else None

    def to_dict(self) -> dict[str, Any]:
        """Return the block as a query holds it."""
        if self.kind == "adhoc":
            points = [{"lat": point.lat_deg, "lon": point.lon_deg} for point in self.locations]
            return {"locations": points}
        out: dict[str, Any] = {name: list(getattr(self, name)) for name in _LISTS}
        out["ephemeris_metadata_filters"] = self.filters.to_dict()
        if self.kind == "space":
            out["hemisphere"] = list(self.hemisphere)
        return out


def read_blocks(query: Mapping[str, Any]) -> tuple[tuple[Block, ...], tuple[str, ...]]:
    """Read all blocks of a query in canonical order, and the names of keys that were ignored."""
    blocks: list[Block] = []
    ignored: list[str] = []
    for kind in BLOCK_KINDS:
        for index, item in enumerate(read_list(query.get(kind), kind)):
            path = f"{kind}[{index}]"
            found = read_object(item, path)
            ignored += unknown_keys(found, _KNOWN, path)
            if kind == "adhoc":  # a point has no records that could be chosen or filtered
                ignored += [f"{path}.{key}" for key in _KNOWN[:-1] if found.get(key)]
            blocks.append(_read_block(kind, index + 1, found, path))
    return tuple(blocks), tuple(ignored)


def _read_block(kind: BlockKind, number: int, item: Mapping[str, Any], path: str) -> Block:
    if kind == "adhoc":
        return Block(kind, number, locations=_read_locations(item.get("locations"), path))
    lists = {name: read_strings(item.get(name), f"{path}.{name}") for name in _LISTS}
    if kind == "events" and not lists["programs"]:
        lists["programs"] = ("events",)
    filters_path = f"{path}.ephemeris_metadata_filters"
    wanted = read_choices(item.get("hemisphere"), f"{path}.hemisphere", HEMISPHERES)
    if wanted and kind != "space":
        raise BadInput(
            f"{path}.hemisphere: only a space block has a hemisphere.",
            field=f"{path}.hemisphere",
            value=list(wanted),
        )
    return Block(
        kind,
        number,
        lists["programs"],
        lists["platforms"],
        lists["instrument_types"],
        filters=MetadataFilter.from_dict(item.get("ephemeris_metadata_filters"), filters_path),
        hemisphere=wanted,
    )


def _read_locations(value: Any, path: str) -> tuple[Location, ...]:
    points = []
    for index, item in enumerate(read_list(value, f"{path}.locations")):
        place = f"{path}.locations[{index}]"
        point = read_object(item, place)
        lat = read_number(point.get("lat"), f"{place}.lat", -90.0, 90.0)
        lon = read_number(point.get("lon"), f"{place}.lon", -180.0, 360.0)
        points.append(Location(lat, lon))
    if not points:
        raise BadInput(
            f"{path}.locations is empty.",
            hint="A custom location block needs at least one point with lat and lon.",
            field=f"{path}.locations",
            value=value,
        )
    return tuple(points)
