"""Lists of a criteria block offer what exists, and only that."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.finder_state import Block, Kind
from components.source_options import (
    choices,
    common_fields,
    matching,
    only_types,
    platform_label,
    settle,
)
from core.instruments.registry import all_sources

SOURCES = all_sources()


def values(options: list[dict[str, str]]) -> set[str]:
    return {o["value"] for o in options}


def test_a_program_leaves_its_platforms_and_fills_its_only_type() -> None:
    block = settle(SOURCES, Block("ground", programs=("themis-asi",)))
    assert block.instrument_types == ("panchromatic ASI",)
    offered = choices(SOURCES, block)
    expected = {s.platform for s in SOURCES if s.program == "themis-asi"}
    assert values(offered.platforms) == expected
    # A type that was filled in does not hold the programs to itself.
    assert {"rego", "trex", "themis-asi"} <= values(offered.programs)


def test_a_type_filled_in_goes_when_its_program_goes() -> None:
    block = Block("ground", instrument_types=("panchromatic ASI",))
    assert settle(SOURCES, block, automatic=True).instrument_types == ()
    assert settle(SOURCES, block).instrument_types == ("panchromatic ASI",)


def test_platforms_that_no_chosen_program_has_are_dropped() -> None:
    block = Block("ground", programs=("rego",), platforms=("lucky lake", "chibougamau"))
    assert settle(SOURCES, block).platforms == ("lucky lake",)


def test_space_blocks_know_only_spacecraft() -> None:
    assert only_types(SOURCES, Block("space")) == ["footprint"]
    labels = {o["label"] for o in choices(SOURCES, Block("space")).instrument_types}
    assert labels == {"Spacecraft"}


@pytest.mark.parametrize(
    ("identifier", "label"), [(46, "Gillam (GILL)"), (55, "Fort Smith (FSMI)"), (3, "Swarm A")]
)
def test_labels_name_the_place_and_its_code(identifier: int, label: str) -> None:
    source = next(s for s in SOURCES if s.identifier == identifier)
    assert platform_label(source) == label


def test_common_fields_are_in_every_schema() -> None:
    swarm = [s for s in SOURCES if s.program == "swarm"]
    themis = [s for s in SOURCES if s.program == "themis"]
    assert {f.field_name for f in common_fields(swarm)} >= {"tii_on", "radial_distance"}
    both = {f.field_name for f in common_fields([*swarm, *themis])}
    assert "radial_distance" in both
    assert "tii_on" not in both
    assert common_fields([]) == []


def any_of(name: str) -> st.SearchStrategy[tuple[str, ...]]:
    known = sorted({str(getattr(s, name)) for s in SOURCES})
    return st.lists(st.sampled_from(known), max_size=3, unique=True).map(tuple)


@given(
    st.sampled_from(["ground", "space", "events"]),
    any_of("program"),
    any_of("platform"),
    any_of("instrument_type"),
)
def test_every_offer_exists(
    kind: Kind, programs: tuple[str, ...], platforms: tuple[str, ...], types: tuple[str, ...]
) -> None:
    block = settle(SOURCES, Block(kind, programs, platforms, types))
    # A type that is filled in because it is the only one does not narrow the other lists.
    kept = () if len(only_types(SOURCES, block)) == 1 else block.instrument_types
    for option in choices(SOURCES, block).platforms:
        if option["value"] not in block.platforms:
            tried = Block(kind, block.programs, (option["value"],), kept)
            assert matching(SOURCES, tried)


@given(any_of("program"), any_of("platform"), any_of("instrument_type"))
def test_settling_twice_changes_nothing_more(
    programs: tuple[str, ...], platforms: tuple[str, ...], types: tuple[str, ...]
) -> None:
    once = settle(SOURCES, Block("ground", programs, platforms, types))
    assert settle(SOURCES, once) == once
