"""What the conjunction finder is asked for: blocks, window, distances; to and from a query.

The free texts (window and points) are kept as they were typed, so that nothing a person wrote is
lost on the way through the URL; `to_query` reads them and names the field that it cannot read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import combinations
from typing import Any

from components.filter_group import FilterGroup, filters_from_query
from core.errors import BadInput
from core.search.blocks import BLOCK_KINDS, BlockKind

Kind = BlockKind
KINDS = BLOCK_KINDS
CONJUNCTION_TYPES = ("nbtrace", "sbtrace", "geographic")
FRAMES = ("geocentric", "as_delivered")

_WINDOW_TEXT = re.compile(
    r"^\s*(\d{4})[-/](\d{1,2})[-/](\d{1,2})"
    r"(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?\s*(?:Z|UTC)?\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Block:
    """One criteria block: OR inside each list, AND across the lists; empty means any."""

    kind: Kind
    programs: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    instrument_types: tuple[str, ...] = ()
    hemisphere: tuple[str, ...] = ()
    filters: FilterGroup = field(default_factory=FilterGroup)
    points: str = ""


@dataclass(frozen=True, slots=True)
class FinderState:
    """Everything the page shows in its form. `pairs` is None while one distance serves all."""

    start: str = "2019-01-01 00:00"
    end: str = "2019-01-03 23:59"
    distance_km: float | None = 500.0
    pairs: tuple[tuple[str, float | None], ...] | None = None
    types: tuple[str, ...] = ("nbtrace",)
    frame: str = "geocentric"
    subminute: bool = False
    result_filters: FilterGroup = field(default_factory=FilterGroup)
    blocks: tuple[Block, ...] = (Block("ground"), Block("space"))
    request: str = ""

    def with_blocks(self, blocks: Sequence[Block]) -> FinderState:
        """Return the state with other blocks; pairs that still exist keep their distances."""
        changed = replace(self, blocks=tuple(blocks))
        if self.pairs is None:
            return changed
        old = dict(self.pairs)
        usual = next((km for km in old.values() if km is not None), self.distance_km)
        kept = tuple((p, old.get(p, usual)) for p in pair_names(changed.blocks))
        return replace(changed, pairs=kept)

    def criteria(self) -> FinderState:
        """Return the same criteria without the request that answered them."""
        return replace(self, request="")


def block_names(blocks: Sequence[Block]) -> list[str]:
    """Return ground1, space1, ... in the order of `blocks`."""
    seen = dict.fromkeys(KINDS, 0)
    names = []
    for block in blocks:
        seen[block.kind] += 1
        names.append(f"{block.kind}{seen[block.kind]}")
    return names


def pair_names(blocks: Sequence[Block]) -> list[str]:
    """Return every unordered pair of block names: ground before space, events and adhoc."""

    def rank(name: str) -> tuple[int, int]:
        kind = name.rstrip("0123456789")
        return [str(k) for k in KINDS].index(kind), int(name[len(kind) :])

    ordered = sorted(block_names(blocks), key=rank)
    return [f"{a}-{b}" for a, b in combinations(ordered, 2)]


def pair_distances(state: FinderState) -> dict[str, float | None]:
    """Return the limit of every pair in km; None means that the pair is not considered."""
    if state.pairs is None:
        return dict.fromkeys(pair_names(state.blocks), state.distance_km)
    chosen = dict(state.pairs)
    return {pair: chosen.get(pair) for pair in pair_names(state.blocks)}


def read_time(text: str, name: str, *, end: bool = False) -> datetime:
    """Read a UTC time as people type it: 2019-01-01, 2019/01/01 05:30, ISO with T and Z.

    A date alone means its first or, for the end of a window, its last minute; the end of a
    window includes the whole minute that was typed.
    """
    match = _WINDOW_TEXT.match(text or "")
    hint = "Write it like 2019-01-01 05:30 (UTC)."
    if match is None:
        raise BadInput(f"{name} is not a time: {text!r}.", hint=hint, field=name, value=text)
    year, month, day, hour, minute, second = match.groups()
    if hour is None:
        hour, minute = ("23", "59") if end else ("0", "0")
    second = second or ("59" if end else "0")
    try:
        return datetime(  # noqa: DTZ001 - naive UTC, as the API writes it
            int(year), int(month), int(day), int(hour), int(minute), int(second)
        )
    except ValueError as error:
        raise BadInput(
            f"{name} is not a time: {text!r} ({error}).", hint=hint, field=name, value=text
        ) from error


def tidy_time(text: str, *, end: bool = False) -> str:
    """Return the time as the page writes it (2019-01-01 05:30), or the text where it is none."""
    try:
        return f"{read_time(text, 'time', end=end):%Y-%m-%d %H:%M}"
    except BadInput:
        return text


def read_points(text: str, name: str) -> list[dict[str, float]]:
    """Read points, one a line (or parted by ;): latitude, longitude in degrees."""
    points = []
    for number, line in enumerate(re.split(r"[;\n]", text), start=1):
        if not line.strip():
            continue
        parts = [p for p in re.split(r"[,\s]+", line.strip()) if p]
        point = _read_point(parts)
        if point is None:
            raise BadInput(
                f"Line {number} is not a point: {line.strip()!r}.",
                hint="Write latitude, longitude in degrees, like 51.05, -114.07.",
                field=name,
                value=line,
            )
        points.append(point)
    if not points:
        raise BadInput(
            "No point is given.", hint="Write one a line, like 51.05, -114.07.", field=name
        )
    return points


def _read_point(parts: list[str]) -> dict[str, float] | None:
    try:
        lat_deg, lon_deg = (float(p) for p in parts)
    except ValueError:
        return None
    if 180 < lon_deg <= 360:
        lon_deg = round(lon_deg - 360, 9)  # counted eastward all the way round
    inside = abs(lat_deg) <= 90 and abs(lon_deg) <= 180
    return {"lat": lat_deg, "lon": lon_deg} if inside else None


def to_query(state: FinderState) -> dict[str, Any]:
    """Return the search as the API takes it; BadInput names the field that is not valid."""
    start = read_time(state.start, "start")
    end = read_time(state.end, "end", end=True)
    if end < start:
        raise BadInput("The end is before the start.", hint="Exchange the two.", field="end")
    if state.pairs is None and state.distance_km is None:
        raise BadInput(
            "No distance is given.",
            hint="Type a distance in km, or set distances pair by pair.",
            field="distance",
        )
    query: dict[str, Any] = {
        "start": f"{start:%Y-%m-%dT%H:%M:%S}",
        "end": f"{end:%Y-%m-%dT%H:%M:%S}",
        "ground": [],
        "space": [],
        "events": [],
        "adhoc": [],
        "conjunction_types": list(state.types),
        "max_distances": pair_distances(state),
    }
    for position, block in enumerate(state.blocks):
        query[block.kind].append(_block_to_query(block, position))
    if state.frame != "geocentric":
        query["latitude_frame"] = state.frame
    if state.subminute:
        query["subminute_precision"] = True
    if state.result_filters:
        query["result_filters"] = state.result_filters.to_dict()
    return query


def _block_to_query(block: Block, position: int) -> dict[str, Any]:
    if block.kind == "adhoc":
        return {"locations": read_points(block.points, f"blocks[{position}].points")}
    entry: dict[str, Any] = {
        "programs": list(block.programs),
        "platforms": list(block.platforms),
        "instrument_types": list(block.instrument_types),
        "ephemeris_metadata_filters": block.filters.to_dict(),
    }
    if block.kind == "events" and not block.programs:
        entry["programs"] = ["events"]
    if block.kind == "space":
        entry["hemisphere"] = list(block.hemisphere)
    return entry


def from_query(query: Mapping[str, Any], *, request: str = "") -> FinderState:
    """Return the form that asks `query`, a valid query in any form that the API takes."""
    blocks = tuple(
        _block_from_query(kind, entry) for kind in KINDS for entry in query.get(kind) or []
    )
    state = FinderState(
        start=tidy_time(str(query["start"])),
        end=tidy_time(str(query["end"]), end=True),
        types=tuple(query.get("conjunction_types") or ("nbtrace",)),
        frame=str(query.get("latitude_frame") or "geocentric"),
        subminute=bool(query.get("subminute_precision")),
        result_filters=filters_from_query(query.get("result_filters")),
        blocks=blocks,
        request=request,
    )
    return _with_distances(state, query.get("max_distances") or {})


def _with_distances(state: FinderState, given: Mapping[str, Any]) -> FinderState:
    limits: dict[str, float | None] = {}
    for pair in pair_names(state.blocks):
        a, b = pair.split("-")
        same_site = a.startswith("ground") and b.startswith("ground")
        value = given.get(pair, given.get(f"{b}-{a}", 0.0 if same_site else None))
        limits[pair] = None if value is None else float(value)
    distinct = set(limits.values())
    if len(distinct) == 1 and None not in distinct:
        return replace(state, distance_km=distinct.pop())
    return replace(state, distance_km=None, pairs=tuple(limits.items()))


def _block_from_query(kind: Kind, entry: Mapping[str, Any]) -> Block:
    if kind == "adhoc":
        points = [f"{p['lat']:g}, {p['lon']:g}" for p in entry.get("locations") or []]
        return Block(kind, points="\n".join(points))
    return Block(
        kind,
        programs=tuple(entry.get("programs") or ()),
        platforms=tuple(entry.get("platforms") or ()),
        instrument_types=tuple(entry.get("instrument_types") or ()),
        hemisphere=tuple(entry.get("hemisphere") or ()),
        filters=filters_from_query(entry.get("ephemeris_metadata_filters")),
    )
