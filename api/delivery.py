"""From records of the archive to records as a request wants them.

A record names its data sources with their basic information. A request may want more of them, or
images with absolute URLs, or for each event of a conjunction the ephemeris search that would
find its records.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from api import masks
from api.urls import absolute
from core.archive.records import source_to_dict
from core.instruments.model import DataSource

FORMATS = ("identifier_only", "basic_info", "with_metadata", "full_record")
BASIC_KEYS = frozenset(
    ("identifier", "program", "platform", "instrument_type", "source_type", "display_name")
)
SINGLE = ("data_source", "e1_source", "e2_source")
BLOCKS = ("ground", "space", "events", "adhoc")
GENERATED = ("generated_e1_ephemeris_query", "generated_e2_ephemeris_query")

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """How records are delivered.

    Parameters
    ----------
    base_url : str
        Scheme and host for images of this server.
    source_format : str
        One of `FORMATS`.
    mask : mapping, optional
        A checked response format; everything is delivered without one.
    query : dict, optional
        The conjunction query, when events shall carry the searches that find their records.
    """

    base_url: str
    source_format: str = "basic_info"
    mask: masks.Mask | None = None
    query: Record | None = None


def deliver(
    records: Iterable[Record], sources: Mapping[int, DataSource], wanted: Wanted
) -> Iterator[Record]:
    """Yield `records` as `wanted`; `sources` holds those that the records name."""
    form, mask = _format_needed(wanted), wanted.mask
    expander = None
    if form != "basic_info" or mask is not None:
        expander = _Expander(sources, form, _source_masks(mask))
    outer = None if mask is None else _with_sources_whole(mask)
    for record in records:
        if wanted.query is not None and "events" in record:
            _add_queries(record, wanted.query)
        if expander is not None:
            expander.expand(record)
        if "url" in record:
            record["url"] = absolute(record["url"], wanted.base_url)
        yield record if outer is None else masks.apply(outer, record)


def asks_for_queries(mask: masks.Mask) -> bool:
    """Tell whether a response format asks for the searches of a conjunction's events."""
    return any(masks.wants(mask, "events", key) for key in GENERATED)


def _format_needed(wanted: Wanted) -> str:
    if wanted.mask is None:
        return wanted.source_format
    asked = {
        key
        for tree in _source_masks(wanted.mask).values()
        if isinstance(tree, Mapping)
        for key in tree
        if masks.wants(tree, key)
    }
    return "full_record" if asked - BASIC_KEYS else "basic_info"


class _Expander:
    """Puts the wanted part of a data source in the place of its basic information.

    A result names few sources many times, so each is made and masked once for each place.
    """

    def __init__(
        self, sources: Mapping[int, DataSource], form: str, source_masks: Mapping[str, Any]
    ) -> None:
        self._sources = sources
        self._form = form
        self._masks = source_masks
        self._made: dict[tuple[str, int], Record] = {}

    def expand(self, record: Record) -> None:
        for key in SINGLE:
            if key in record:
                record[key] = self._of(key, record[key]["identifier"])
        if "data_sources" in record:
            record["data_sources"] = [
                self._of("data_sources", source["identifier"]) for source in record["data_sources"]
            ]
        for event in record.get("events", ()):
            self.expand(event)

    def _of(self, key: str, identifier: int) -> Record:
        if (key, identifier) not in self._made:
            whole = source_to_dict(self._sources[identifier], self._form)
            mask = self._masks.get(key)
            part = masks.apply(mask, whole) if isinstance(mask, Mapping) else whole
            self._made[key, identifier] = part
        return self._made[key, identifier]


def _source_masks(mask: masks.Mask | None) -> dict[str, Any]:
    if mask is None:
        return {}
    events = mask.get("events")
    inner = events if isinstance(events, Mapping) else {}
    return {key: mask.get(key, inner.get(key)) for key in (*SINGLE, "data_sources")}


def _with_sources_whole(mask: masks.Mask) -> masks.Mask:
    """Return `mask` for records whose data sources are masked already."""
    whole: dict[str, Any] = {}
    for key, value in mask.items():
        if key in (*SINGLE, "data_sources"):
            whole[key] = masks.wants(mask, key)
        elif key == "events" and isinstance(value, Mapping):
            whole[key] = _with_sources_whole(value)
        else:
            whole[key] = value
    return whole


def _add_queries(record: Record, query: Record) -> None:
    blocks = [block for name in BLOCKS for block in query.get(name) or ()]
    identifiers = [source["identifier"] for source in record["data_sources"]]
    for event in record["events"]:
        for key, name in zip(GENERATED, ("e1_source", "e2_source"), strict=True):
            source = event[name]
            block = blocks[identifiers.index(source["identifier"])]
            # A point that the query names itself has no records to search for.
            known = source["identifier"] >= 0
            event[key] = _ephemeris_query(source, block, event) if known else None


def _ephemeris_query(source: Record, block: Record, event: Record) -> Record:
    filters = block.get("ephemeris_metadata_filters") or {}
    expressions = filters if isinstance(filters, list) else filters.get("expressions", [])
    operator = "AND" if isinstance(filters, list) else filters.get("logical_operator") or "AND"
    return {
        "request_id": None,
        "data_sources": {
            "programs": [source["program"]],
            "platforms": [source["platform"]],
            "instrument_types": [source["instrument_type"]],
            "ephemeris_metadata_filters": {
                "logicalOperator": operator.upper(),
                "expressions": expressions,
            },
        },
        "start": event["start"],
        "end": event["end"],
    }
