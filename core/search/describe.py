"""A query in words, as AuroraX words it, and the number of source tuples that it expands to."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

from core.archive import Archive
from core.archive.filters import Expression, Member, MetadataFilter
from core.search.blocks import Block
from core.search.distances import write_distances
from core.search.parsing import format_time
from core.search.query import ConjunctionQuery, EphemerisQuery, ProductQuery, Query, read_query
from core.search.sources import block_sources
from core.settings import Settings

_LABELS = (
    ("programs", "program"),
    ("platforms", "platform"),
    ("instrument_types", "instrument_type"),
)


def describe(kind: str, query: Query | Mapping[str, Any], settings: Settings | None = None) -> str:
    """Say in one sentence what a query asks for.

    Parameters
    ----------
    kind : {"conjunction", "ephemeris", "data_product"}
    query : query or its JSON object
    settings : Settings, optional
        Whose limits a JSON object is checked against; the defaults where not given.
    """
    if isinstance(query, Mapping):
        query = read_query(kind, query, settings or Settings())
    if isinstance(query, ConjunctionQuery):
        return _describe_conjunction(query)
    if isinstance(query, EphemerisQuery):
        return _describe_ephemeris(query)
    return _describe_products(query)


def count_tuples(archive: Archive, query: ConjunctionQuery | Mapping[str, Any]) -> int:
    """Count the tuples of data sources (one from each block) that a conjunction query expands to.

    This is the cartesian product of the blocks, as AuroraX counts it: tuples in which one source
    would meet itself are in the count, though a search leaves them out.
    """
    if isinstance(query, Mapping):
        query = ConjunctionQuery.from_dict(query, archive.settings)
    return prod(len(sources) for sources in block_sources(archive, query))


def _describe_conjunction(query: ConjunctionQuery) -> str:
    precision = "sub-minute" if query.subminute else "one-minute"
    blocks = " AND ".join(f"{block.name}=({_describe_block(block)})" for block in query.blocks)
    distances = ", ".join(
        f"{name}={'any distance' if limit is None else f'{limit:g} km'}"
        for name, limit in write_distances(query.limits, query.blocks).items()
    )
    return (
        f"Find conjunctions of type ({', '.join(query.types)}) with {precision} precision "
        f"between data sources of {blocks} "
        f"WHERE epochs are between {format_time(query.start)} AND {format_time(query.end)} UTC "
        f"HAVING max distances between location points of {distances}{_describe_results(query)}."
    )


def _describe_results(query: ConjunctionQuery) -> str:
    if not query.result_filters:
        return ""
    return f" AND result ({_describe_filters(query.result_filters.group)})"


def _describe_block(block: Block) -> str:
    if block.kind == "adhoc":
        points = ", ".join(f"({p.lat_deg:g}, {p.lon_deg:g})" for p in block.locations)
        return f"location in ({points})"
    parts = _source_parts(block)
    if block.hemisphere:
        parts.append(f"hemisphere in ({', '.join(block.hemisphere)})")
    if block.filters:
        parts.append(f"ephemeris_metadata_filters ({_describe_filters(block.filters)})")
    return " AND ".join(parts) or f"any {block.kind} source"


def _source_parts(query: Block | EphemerisQuery | ProductQuery) -> list[str]:
    named = ((label, getattr(query, attribute)) for attribute, label in _LABELS)
    return [f"{label} in ({', '.join(values)})" for label, values in named if values]


def _describe_filters(filters: MetadataFilter) -> str:
    texts = [_describe_member(member) for member in filters.expressions]
    if filters.logical_operator == "NOT":
        return f"NOT {texts[0]}"
    return f" {filters.logical_operator} ".join(texts)


def _describe_member(member: Member) -> str:
    if isinstance(member, Expression):
        values = ", ".join(str(value) for value in member.values)
        return f"{member.key} {member.operator} ({values})"
    inner = _describe_filters(member)
    return inner if member.logical_operator == "NOT" else f"({inner})"


def _describe_ephemeris(query: EphemerisQuery) -> str:
    sources = " AND ".join(_source_parts(query)) or "any source"
    return (
        f"Find ephemeris for ({sources}) AND ephemeris_metadata_filters "
        f"[{_describe_filters(query.filters)}] "
        f"AND epoch between {format_time(query.start)} and {format_time(query.end)} UTC"
    )


def _describe_products(query: ProductQuery) -> str:
    sources = " AND ".join(_source_parts(query)) or "any source"
    types = f" AND data_product_type in ({', '.join(query.types)})" if query.types else ""
    return (
        f"Find data_products for ({sources}) AND data_product_metadata_filters "
        f"[{_describe_filters(query.filters)}] "
        f"AND data_product start >= {format_time(query.start)} UTC "
        f"AND data_product end <= {format_time(query.end)} UTC{types}"
    )
