"""The Keogramist's address: read back as written, and forgiving of what it cannot read."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from components.keogram_state import (
    EXTENTS,
    HEIGHTS,
    PAGE_SIZES,
    SCALES,
    WallState,
    decode,
    encode,
    split_address,
)
from core.imaging.colour import COLOUR_MAPS
from tests.unit.wall import nights

DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))
TOKENS = st.one_of(st.integers(1, 99_999).map(str), st.sampled_from(["themis-asi", "unis/kho"]))
STATES = st.builds(
    WallState,
    start=st.none() | DAYS,
    end=st.none() | DAYS,
    sources=st.lists(TOKENS, unique=True, max_size=5).map(tuple),
    group=st.sampled_from(["date", "source"]),
    order=st.sampled_from(["earliest", "latest"]),
    images=st.booleans(),
    page=st.integers(1, 10_000),
    size=st.sampled_from(PAGE_SIZES),
    height=st.sampled_from(HEIGHTS),
    open=st.none() | st.tuples(st.integers(1, 99_999), DAYS),
    scale=st.sampled_from(SCALES),
    cmap=st.sampled_from(COLOUR_MAPS),
    extent=st.sampled_from(EXTENTS),
)


@given(STATES)
def test_an_address_says_the_whole_state(state: WallState) -> None:
    assert decode(encode(state)) == state
    assert decode("?" + encode(state)) == state


@given(STATES)
def test_the_three_parts_make_the_whole(state: WallState) -> None:
    wall, opened, look = split_address(state)
    parts = [wall, f"open={opened}" if opened else "", look]
    assert decode("&".join(part for part in parts if part)) == state


@given(st.dictionaries(st.sampled_from(["from", "size", "open", "page", "cmap", "v"]), st.text()))
def test_no_text_breaks_the_page(query: dict[str, str]) -> None:
    assert isinstance(decode(query), WallState)


def test_what_cannot_be_read_has_its_default_and_a_note() -> None:
    state = decode("v=1&from=2019-01-01&size=7&open=x.2019-01-01&page=3")
    assert (state.start, state.size, state.open, state.page) == (date(2019, 1, 1), 50, None, 3)
    assert state.notes == (
        "The link's size cannot be read: 7",
        "The link's open cannot be read: x.2019-01-01",
    )


def test_a_link_of_another_version_is_not_guessed_at() -> None:
    state = decode("v=2&from=2019-01-01")
    assert state.start is None
    assert "version 2" in state.notes[0]


def test_programs_and_identifiers_choose_sources() -> None:
    known = [nights.source(i) for i in (46, 55, 93)]
    day = date(2019, 1, 1)
    assert WallState(sources=("themis-asi",)).query(day, known).sources == (46, 55)
    assert WallState(sources=("93", "46")).query(day, known).sources == (46, 93)
    assert WallState(sources=("none such",)).query(day, known).sources == (-1,)
    assert WallState().query(day, known).sources == ()


def test_days_the_wrong_way_round_are_turned() -> None:
    query = WallState(start=date(2019, 1, 5), end=date(2019, 1, 1)).query(date(2022, 1, 1), [])
    assert (query.start, query.end) == (date(2019, 1, 1), date(2019, 1, 5))
