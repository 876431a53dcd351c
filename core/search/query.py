"""The three queries as values: read from JSON, checked, and written back in one form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal, get_args

from core.archive.filters import MetadataFilter
from core.archive.values import as_whole
from core.errors import BadInput, LimitExceeded
from core.search.blocks import BLOCK_KINDS, NO_FILTERS, Block, read_blocks
from core.search.distances import Limits, read_distances, write_distances
from core.search.filters.result_filters import ResultFilters
from core.search.parsing import (
    format_time,
    read_bool,
    read_choices,
    read_object,
    read_strings,
    read_window,
    unknown_keys,
)
from core.settings import Settings

ConjunctionType = Literal["nbtrace", "sbtrace", "geographic"]
CONJUNCTION_TYPES: tuple[ConjunctionType, ...] = get_args(ConjunctionType)
Frame = Literal["geocentric", "as_delivered"]
FRAMES: tuple[Frame, ...] = get_args(Frame)
PRODUCT_TYPES = (
    "keogram", "montage", "movie", "summary_plot", "data_availability", "average", "gridded_data",
)  # fmt: skip
SearchKind = Literal["conjunction", "ephemeris", "data_product"]
SEARCH_KINDS: tuple[SearchKind, ...] = get_args(SearchKind)

NO_RESULT_FILTERS = ResultFilters()

_CONJUNCTION_KEYS = (
    "start", "end", *BLOCK_KINDS, "conjunction_types", "max_distances", "subminute_precision",
    "epoch_search_precision", "latitude_frame", "result_filters", "request_id",
)  # fmt: skip
_LISTS = ("programs", "platforms", "instrument_types")


@dataclass(frozen=True)
class ConjunctionQuery:
    """Times at which one source of every block was near the others.

    `types` is never empty (an empty list in the request means ``nbtrace``). `limits` holds every
    pair of blocks with its limit in km, or None where that distance is not considered.
    `ignored` names keys of the request that mean nothing here.
    """

    kind: ClassVar[SearchKind] = "conjunction"

    start: datetime
    end: datetime
    blocks: tuple[Block, ...]
    types: tuple[str, ...]
    limits: Limits
    subminute: bool = False
    latitude_frame: str = "geocentric"
    ignored: tuple[str, ...] = ()
    result_filters: ResultFilters = NO_RESULT_FILTERS

    @classmethod
    def from_dict(cls, query: Mapping[str, Any], settings: Settings) -> ConjunctionQuery:
        """Read and check a request.

        Raises
        ------
        core.errors.BadInput
            Naming the place, for example ``ground[0].programs[1]``.
        core.errors.LimitExceeded
            More blocks or a longer window than the settings allow.
        """
        found = read_object(query, "query")
        start, end = read_window(found, settings.max_conjunction_days)
        blocks, ignored = read_blocks(found)
        _check_block_count(len(blocks), settings.max_blocks)
        types = read_choices(found.get("conjunction_types"), "conjunction_types", CONJUNCTION_TYPES)
        return cls(
            start,
            end,
            blocks,
            types or ("nbtrace",),
            read_distances(found.get("max_distances"), blocks),
            _read_precision(found),
            _read_frame(found.get("latitude_frame")),
            (*unknown_keys(found, _CONJUNCTION_KEYS, ""), *ignored),
            ResultFilters.from_dict(found.get("result_filters")),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the query in the API's form, with nothing left to defaults.

        `result_filters`, which AuroraX does not know, stands in it only where there are some.
        """
        out: dict[str, Any] = {"start": format_time(self.start), "end": format_time(self.end)}
        for kind in BLOCK_KINDS:
            out[kind] = [block.to_dict() for block in self.blocks if block.kind == kind]
        out["conjunction_types"] = list(self.types)
        out["max_distances"] = write_distances(self.limits, self.blocks)
        out["subminute_precision"] = self.subminute
        out["latitude_frame"] = self.latitude_frame
        if self.result_filters:
            out["result_filters"] = self.result_filters.to_dict()
        return out


@dataclass(frozen=True)
class EphemerisQuery:
    """Ephemeris records of some sources in a window, both ends inclusive."""

    kind: ClassVar[SearchKind] = "ephemeris"

    start: datetime
    end: datetime
    programs: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    instrument_types: tuple[str, ...] = ()
    filters: MetadataFilter = NO_FILTERS
    ignored: tuple[str, ...] = ()

    @classmethod
    def from_dict(cls, query: Mapping[str, Any], settings: Settings) -> EphemerisQuery:
        """Read and check a request; at least one criterion must be given."""
        found = read_object(query, "query")
        start, end = read_window(found, settings.max_ephemeris_days)
        lists, filters, ignored = _read_sources(found, "ephemeris_metadata_filters")
        if not any(lists.values()) and not filters:
            raise BadInput(
                "data_sources names nothing.",
                hint="Give at least one program, platform, instrument type or metadata filter.",
                field="data_sources",
                value=found.get("data_sources"),
            )
        known = ("start", "end", "data_sources", "request_id", "metadata_filters")
        return cls(
            start, end, **lists, filters=filters,
            ignored=(*unknown_keys(found, known, ""), *ignored),
        )  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """Return the query in the API's form."""
        sources: dict[str, Any] = {name: list(getattr(self, name)) for name in _LISTS}
        sources["ephemeris_metadata_filters"] = self.filters.to_dict()
        return {
            "data_sources": sources, "start": format_time(self.start), "end": format_time(self.end)
        }  # fmt: skip


@dataclass(frozen=True)
class ProductQuery:
    """Data products that begin and end inside a window, both ends inclusive."""

    kind: ClassVar[SearchKind] = "data_product"

    start: datetime
    end: datetime
    programs: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    instrument_types: tuple[str, ...] = ()
    filters: MetadataFilter = NO_FILTERS
    types: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()

    @classmethod
    def from_dict(cls, query: Mapping[str, Any], settings: Settings) -> ProductQuery:
        """Read and check a request; no criterion at all means every product of the window."""
        found = read_object(query, "query")
        start, end = read_window(found, settings.max_product_days)
        lists, filters, ignored = _read_sources(found, "data_product_metadata_filters")
        types = read_choices(
            found.get("data_product_type_filters"), "data_product_type_filters", PRODUCT_TYPES
        )
        known = (
            "start", "end", "data_sources", "data_product_type_filters", "request_id",
            "metadata_filters",
        )  # fmt: skip
        return cls(
            start, end, **lists, filters=filters, types=types,
            ignored=(*unknown_keys(found, known, ""), *ignored),
        )  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """Return the query in the API's form."""
        sources: dict[str, Any] = {name: list(getattr(self, name)) for name in _LISTS}
        sources["data_product_metadata_filters"] = self.filters.to_dict()
        return {
            "data_sources": sources,
            "data_product_type_filters": list(self.types),
            "start": format_time(self.start),
            "end": format_time(self.end),
        }


Query = ConjunctionQuery | EphemerisQuery | ProductQuery
_CLASSES: dict[str, type[Query]] = {
    "conjunction": ConjunctionQuery,
    "ephemeris": EphemerisQuery,
    "data_product": ProductQuery,
}


def read_query(kind: str, query: Mapping[str, Any], settings: Settings) -> Query:
    """Read a request of one of the three kinds."""
    if kind not in _CLASSES:
        raise BadInput(
            f"There is no search of kind {kind!r}.", field="kind", value=kind,
            expected=list(SEARCH_KINDS),
        )  # fmt: skip
    return _CLASSES[kind].from_dict(query, settings)


def _check_block_count(count: int, most: int) -> None:
    if count < 2:
        raise BadInput(
            f"A conjunction needs at least two criteria blocks, the query has {count}.",
            hint="Blocks are the entries of ground, space, events and adhoc.",
            field="ground, space, events, adhoc",
            value=count,
        )
    if count > most:
        raise LimitExceeded(
            f"The query has {count} criteria blocks, more than {most}.",
            field="ground, space, events, adhoc",
            limit="blocks",
            asked=count,
            allowed=most,
        )


def _read_precision(found: Mapping[str, Any]) -> bool:
    """Sub-minute precision is asked for by name, or by the older number of seconds below 60."""
    if found.get("subminute_precision") is not None:
        return read_bool(found["subminute_precision"], "subminute_precision")
    seconds = found.get("epoch_search_precision")
    if seconds is None:
        return False
    whole = as_whole(seconds)
    if whole is None or not 1 <= whole <= 60:
        raise BadInput(
            "epoch_search_precision is not a whole number of seconds from 1 to 60.",
            field="epoch_search_precision",
            value=seconds,
        )
    return whole < 60


def _read_frame(value: Any) -> str:
    chosen = read_choices([value] if value is not None else [], "latitude_frame", FRAMES)
    return chosen[0] if chosen else "geocentric"


def _read_sources(
    found: Mapping[str, Any], filters_key: str
) -> tuple[dict[str, tuple[str, ...]], MetadataFilter, tuple[str, ...]]:
    """Read `data_sources`: its three lists and its filters, in today's or the older place."""
    named = found.get("data_sources")
    sources = read_object({} if named is None else named, "data_sources")
    lists = {name: read_strings(sources.get(name), f"data_sources.{name}") for name in _LISTS}
    group = sources.get(filters_key)
    path = f"data_sources.{filters_key}"
    if not group and found.get("metadata_filters"):
        group, path = found["metadata_filters"], "metadata_filters"
    ignored = unknown_keys(sources, (*_LISTS, filters_key), "data_sources")
    return lists, MetadataFilter.from_dict(group, path), ignored
