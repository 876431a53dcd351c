"""From records of the archive to records as a request wants them.

A record names its data sources with their basic information. A request may want more of them, or
images with absolute URLs, or for each event of a conjunction the ephemeris search that would
find its records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
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
    expand = _source_expander(sources, _format_needed(wanted))
    for record in records:
        if expand is not None:
            _expand(record, expand)
        if "url" in record:
            record["url"] = absolute(record["url"], wanted.base_url)
        if wanted.query is not None and "events" in record:
            _add_queries(record, wanted.query)
        yield record if wanted.mask is None else masks.apply(wanted.mask, record)


def asks_for_queries(mask: masks.Mask) -> bool:
    """Tell whether a response format asks for the searches of a conjunction's events."""
    return any(masks.wants(mask, "events", key) for key in GENERATED)


def _format_needed(wanted: Wanted) -> str:
    if wanted.mask is None:
        return wanted.source_format
    events = wanted.mask.get("events")
    holders = [wanted.mask, events if isinstance(events, Mapping) else {}]
    trees = [holder.get(key) for holder in holders for key in ("data_sources", *SINGLE)]
    asked = {
        key for tree in trees if isinstance(tree, Mapping) for key in tree if masks.wants(tree, key)
    }
    return "full_record" if asked - BASIC_KEYS else "basic_info"


def _source_expander(
    sources: Mapping[int, DataSource], form: str
) -> Callable[[Record], Record] | None:
    if form == "basic_info":
        return None

    @cache
    def by_identifier(identifier: int) -> Record:
        return source_to_dict(sources[identifier], form)

    return lambda source: by_identifier(source["identifier"])


def _expand(record: Record, expand: Callable[[Record], Record]) -> None:
    for key in SINGLE:
        if key in record:
            record[key] = expand(record[key])
    if "data_sources" in record:
        record["data_sources"] = [expand(source) for source in record["data_sources"]]
    for event in record.get("events", ()):
        _expand(event, expand)


def _add_queries(record: Record, query: Record) -> None:
    blocks = [block for name in BLOCKS for block in query.get(name) or ()]
    identifiers = [source["identifier"] for source in record["data_sources"]]
    for event in record["events"]:
        for key, name in zip(GENERATED, ("e1_source", "e2_source"), strict=True):
            source = event[name]
            block = blocks[identifiers.index(source["identifier"])]
            event[key] = _ephemeris_query(source, block, event)


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
