"""Names of datasets and parameters: fit for addresses, unlike one another, and lasting."""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from core.hapi.names import parameter_names, slug, source_names
from core.instruments.model import DataSource
from core.instruments.registry import all_sources
from tests.hapi import world

NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*(__\d+)?")
WORDS = st.sampled_from(["a", "A", "a-b", "a b", "ä", "№", "index", "kp", "a__b", ""]) | st.text(
    max_size=8
)


def sources(words: list[tuple[str, str, str]]) -> list[DataSource]:
    plain = world.odd_source()
    return [
        replace(plain, identifier=i, program=a, platform=b, instrument_type=c)
        for i, (a, b, c) in enumerate(words)
    ]


@given(st.lists(st.tuples(WORDS, WORDS, WORDS), unique=True, max_size=12))
def test_sources_have_names_of_their_own_that_last(words: list[tuple[str, str, str]]) -> None:
    every = sources(words)
    names = source_names(every)
    assert len(set(names.values())) == len(every)
    assert all(NAME.fullmatch(name) for name in names.values())
    assert not any(name in ("index_kp", "index_dst") for name in names.values())
    # A source that comes later takes no name away.
    assert names == {i: source_names(every[: i + 1])[i] for i in range(len(every))}


@given(st.lists(st.text(max_size=12), max_size=12))
def test_parameters_have_names_of_their_own(wanted: list[str]) -> None:
    names = parameter_names(wanted, ["Time", "geo_lat"])
    lower = [name.lower() for name in (*names, "Time", "geo_lat")]
    assert len(set(lower)) == len(lower)
    assert all(re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII) for name in names)


def test_described_sources_have_plain_names() -> None:
    names = source_names(all_sources())
    assert names[3] == world.SWARM
    assert names[46] == world.GILLAM_MINUTES
    assert names[373] == "unis_kho_longyearbyen_rgb_asi"
    assert not any("__" in name for name in names.values())
    assert slug("themis-asi", "gillam") == "themis_asi_gillam"
