"""What a criteria block may choose from: only combinations that exist in the archive."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from components.finder_state import Block, Kind
from core.instruments.model import DataSource, MetadataField
from core.instruments.programs import program_label
from core.search.blocks import SOURCE_TYPES_OF

Option = dict[str, str]


@dataclass(frozen=True, slots=True)
class Choices:
    """Values and labels of the three lists of a block."""

    programs: list[Option]
    platforms: list[Option]
    instrument_types: list[Option]


def of_kind(sources: Iterable[DataSource], kind: Kind) -> list[DataSource]:
    """Return the sources that a block of this kind may name."""
    return [s for s in sources if s.source_type in SOURCE_TYPES_OF[kind]]


def matching(sources: Iterable[DataSource], block: Block) -> list[DataSource]:
    """Return the sources that a block names; an empty list restricts nothing."""
    return [s for s in of_kind(sources, block.kind) if _matches(s, block)]


def _matches(source: DataSource, block: Block) -> bool:
    return (
        (not block.programs or source.program in block.programs)
        and (not block.platforms or source.platform in block.platforms)
        and (not block.instrument_types or source.instrument_type in block.instrument_types)
    )


def settle(sources: Sequence[DataSource], block: Block, *, automatic: bool = False) -> Block:
    """Return the block with values that do not exist together dropped, and the only type filled in.

    `automatic` says that the instrument type was filled in here and not chosen; then it does not
    hold the other two lists to itself.
    """
    if block.kind == "adhoc":
        return block
    if automatic:
        block = replace(block, instrument_types=())
    known = {o["value"] for o in _platforms(matching(sources, replace(block, platforms=())))}
    block = replace(block, platforms=tuple(p for p in block.platforms if p in known))
    types = only_types(sources, block)
    kept = tuple(t for t in block.instrument_types if t in types)
    return replace(block, instrument_types=tuple(types) if len(types) == 1 else kept)


def only_types(sources: Iterable[DataSource], block: Block) -> list[str]:
    """Return the instrument types that programs and platforms of the block leave."""
    found = matching(sources, replace(block, instrument_types=()))
    return sorted({s.instrument_type for s in found}, key=str.lower)


def choices(sources: Sequence[DataSource], block: Block) -> Choices:
    """Return what each list offers, given the other two; what is chosen is always offered."""
    types = only_types(sources, block)
    free = replace(block, instrument_types=()) if len(types) == 1 else block
    programs = _programs(matching(sources, replace(free, programs=())))
    platforms = _platforms(matching(sources, replace(free, platforms=())))
    return Choices(
        _with_chosen(programs, block.programs, program_label),
        _with_chosen(platforms, block.platforms, str),
        _with_chosen(
            [_option(t, type_label(t)) for t in types], block.instrument_types, type_label
        ),
    )


def type_label(instrument_type: str) -> str:
    """Return an instrument type's name; a footprint is that of a spacecraft."""
    if instrument_type == "footprint":
        return "Spacecraft"
    return instrument_type[:1].upper() + instrument_type[1:]


def platform_label(source: DataSource) -> str:
    """Return a platform's name: the site with its code, or the spacecraft's own name."""
    if source.source_type != "ground":
        return source.display_name
    code = str(source.metadata.get("site", "")).upper()
    name = source.platform.title().replace("Mcg", "McG").replace("Mcm", "McM")
    return f"{name} ({code})" if code else name


def common_fields(sources: Sequence[DataSource]) -> list[MetadataField]:
    """Return the searchable metadata fields that every one of the sources declares."""
    if not sources:
        return []
    shared = set.intersection(
        *({(f.field_name, f.data_type) for f in s.ephemeris_metadata_schema} for s in sources)
    )
    return [
        f
        for f in sources[0].ephemeris_metadata_schema
        if (f.field_name, f.data_type) in shared and f.searchable is not False
    ]


def _option(value: str, label: str) -> Option:
    return {"value": value, "label": label}


def _programs(sources: Iterable[DataSource]) -> list[Option]:
    names = sorted({s.program for s in sources}, key=lambda p: program_label(p).lower())
    return [_option(name, program_label(name)) for name in names]


def _platforms(sources: Iterable[DataSource]) -> list[Option]:
    labels: dict[str, str] = {}
    for source in sources:
        label = platform_label(source)
        # Programs name one place differently; the label with a code says more.
        if len(label) > len(labels.get(source.platform, "")):
            labels[source.platform] = label
    return [_option(v, label) for v, label in sorted(labels.items(), key=lambda i: _natural(i[1]))]


def _natural(label: str) -> tuple[str, int]:
    digits = "".join(c for c in label if c.isdigit())
    return label.rstrip("0123456789").lower(), int(digits or 0)


def _with_chosen(
    options: list[Option], chosen: Iterable[str], label: Callable[[str], str]
) -> list[Option]:
    offered = {o["value"] for o in options}
    return options + [_option(v, label(v)) for v in chosen if v not in offered]
