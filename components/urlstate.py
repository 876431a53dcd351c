"""The finder's form as a query string and back: versioned, readable, nothing lost.

`?v=1&from=2019-01-01+00:00&to=2019-01-03+23:59&km=500&types=nbtrace&b=ground;program:themis-asi`
Inside a value the marks , ; : | and % are percent-encoded once more, so any text survives.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs, quote, quote_plus, unquote

from components.filter_group import Expression, FilterGroup, filters_from_query
from components.finder_state import KINDS, Block, FinderState
from core.archive.filters import MetadataFilter
from core.errors import BadInput

VERSION = "1"
_LISTS = {
    "program": "programs",
    "platform": "platforms",
    "instrument": "instrument_types",
    "hemisphere": "hemisphere",
}
_PLAIN = " /()_.~-+'\""  # left as they are inside a value; everything else is encoded


def encode(state: FinderState) -> str:
    """Return the query string (without the question mark) that `decode` reads back."""
    items: list[tuple[str, str]] = [("v", VERSION), ("from", state.start), ("to", state.end)]
    if state.distance_km is not None:
        items.append(("km", _number(state.distance_km)))
    if state.pairs is not None:
        pairs = (f"{name}:{'' if km is None else _number(km)}" for name, km in state.pairs)
        items.append(("pairs", ",".join(pairs)))
    items.append(("types", ",".join(map(_inner, state.types))))
    if state.frame != "geocentric":
        items.append(("frame", state.frame))
    if state.subminute:
        items.append(("precision", "subminute"))
    if state.result_filters:
        items.append(("result", _nested(state.result_filters)))
    items += [("b", _encode_block(block)) for block in state.blocks]
    if state.request:
        items.append(("request", state.request))
    return "&".join(f"{key}={quote_plus(value, safe=':;,|/')}" for key, value in items)


def decode(query: Mapping[str, str | Sequence[str]]) -> FinderState:
    """Return the state that a parsed query string holds; what is absent has its default.

    Raises BadInput for another version or a part that cannot be read.
    """
    version = _one(query, "v", VERSION)
    if version != VERSION:
        raise BadInput(
            f"This link is of version {version!r}.",
            hint=f"This page reads links of version {VERSION}.",
            field="v",
            value=version,
        )
    default = FinderState()
    pairs = _one(query, "pairs", None)
    blocks = query.get("b")
    written = bool(query.get("v"))  # a link says all: what it leaves out was empty
    return FinderState(
        start=_one(query, "from", default.start) or "",
        end=_one(query, "to", default.end) or "",
        distance_km=_float(
            _one(query, "km", "" if written else _number(default.distance_km)), "km"
        ),
        pairs=None if pairs is None else _decode_pairs(pairs),
        types=_split(_one(query, "types", "nbtrace") or ""),
        frame=_one(query, "frame", default.frame) or default.frame,
        subminute=_one(query, "precision", "") == "subminute",
        result_filters=_decode_result(_one(query, "result", None)),
        blocks=_decode_blocks(blocks) if (blocks or written) else default.blocks,
        request=_one(query, "request", "") or "",
    )


def _decode_result(text: str | None) -> FilterGroup:
    return _read_nested(text, "result") if text else FilterGroup()


def _one(query: Mapping[str, str | Sequence[str]], key: str, default: str | None) -> str | None:
    value = query.get(key, default)
    if value is None or isinstance(value, str):
        return value
    return value[-1] if value else default


def _number(value: float | None) -> str:
    return "" if value is None else repr(float(value)).removesuffix(".0")


def _float(text: str | None, name: str) -> float | None:
    if not text:
        return None
    try:
        return float(text)
    except ValueError as error:
        raise BadInput(
            f"{name} is not a number: {text!r}.", hint="Write km.", field=name
        ) from error


def _inner(text: str) -> str:
    return quote(text, safe=_PLAIN)


def _split(text: str) -> tuple[str, ...]:
    return tuple(unquote(part) for part in text.split(",") if part)


def _decode_pairs(text: str) -> tuple[tuple[str, float | None], ...]:
    pairs = []
    for part in filter(None, text.split(",")):
        name, _, km = part.partition(":")
        pairs.append((name, _float(km, f"pairs {name}")))
    return tuple(pairs)


def _encode_block(block: Block) -> str:
    parts = [block.kind]
    for name, attribute in _LISTS.items():
        values = getattr(block, attribute)
        if values:
            parts.append(f"{name}:{','.join(map(_inner, values))}")
    parts += _encode_filters(block.filters)
    if block.points:
        parts.append(f"at:{_inner(block.points)}")
    return ";".join(parts)


def _encode_filters(group: FilterGroup) -> list[str]:
    """Write comparisons one by one, as one reads them, and what has groups inside as JSON."""
    if not group.flat:
        return [f"where:{_inner(_nested(group))}"]
    joined = group.logical_operator
    parts = [] if joined == "AND" else [f"match:{_inner(joined)}"]
    for e in group.expressions:
        if isinstance(e, Expression):
            parts.append("if:" + "|".join(map(_inner, (e.key, e.operator, *e.values))))
    return parts


def _nested(group: FilterGroup) -> str:
    return json.dumps(group.to_dict(), separators=(",", ":"), ensure_ascii=False)


def _read_nested(text: str, name: str) -> FilterGroup:
    """Read a filter that is written as JSON.

    Raises BadInput where it is none.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput(
            f"{name} is not JSON: {text[:40]!r}.", hint="Copy the whole link.", field=name
        ) from error
    MetadataFilter.from_dict(found, name)  # refuses what is no filter
    return filters_from_query(found)


def _decode_blocks(blocks: str | Sequence[str] | None) -> tuple[Block, ...]:
    texts = [blocks] if isinstance(blocks, str) else list(blocks or [])
    return tuple(_decode_block(text) for text in texts)


def _decode_block(text: str) -> Block:
    head, *parts = text.split(";")
    kinds = {str(kind): kind for kind in KINDS}
    if head not in kinds:
        raise BadInput(
            f"A criteria block is of unknown kind {head!r}.",
            hint=f"Known: {', '.join(KINDS)}.",
            field="b",
            value=head,
        )
    lists: dict[str, tuple[str, ...]] = {}
    expressions: list[Expression] = []
    operator, points = "AND", ""
    nested: FilterGroup | None = None
    for part in parts:
        name, _, rest = part.partition(":")
        if name in _LISTS:
            lists[_LISTS[name]] = _split(rest)
        elif name == "if":
            expressions.append(_decode_expression(rest))
        elif name == "match":
            operator = unquote(rest)
        elif name == "where":
            nested = _read_nested(unquote(rest), "where")
        elif name == "at":
            points = unquote(rest)
    filters = nested or FilterGroup(operator, tuple(expressions))
    return Block(kinds[head], filters=filters, points=points, **lists)


def _decode_expression(text: str) -> Expression:
    key, operator, *values = [unquote(part) for part in text.split("|")] + [""] * (
        2 - min(2, text.count("|") + 1)
    )
    return Expression(key, operator, tuple(values))


def decode_text(query: str) -> FinderState:
    """Return the state that a query string, as `encode` writes it, holds; else the empty one."""
    found = parse_qs(query, keep_blank_values=True) if isinstance(query, str) else {}
    return decode({key: values[0] if len(values) == 1 else values for key, values in found.items()})
