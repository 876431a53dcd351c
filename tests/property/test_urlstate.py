"""A form that goes into a link comes out of it unchanged, whatever was typed."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.filter_group import Expression, FilterGroup
from components.finder_state import (
    CONJUNCTION_TYPES,
    FRAMES,
    KINDS,
    Block,
    FinderState,
    from_query,
    pair_names,
    to_query,
)
from components.urlstate import decode, encode
from core.errors import BadInput
from core.search.blocks import HEMISPHERES

text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
texts = st.lists(text, max_size=3).map(tuple)
km = st.floats(0, 25_000, allow_nan=False)
expressions = st.builds(Expression, text, text, st.lists(text, min_size=1, max_size=3).map(tuple))
groups = st.builds(
    FilterGroup, st.sampled_from(["AND", "OR"]), st.lists(expressions, max_size=3).map(tuple)
)
valid = st.builds(
    Expression,
    text,
    st.sampled_from(["in", "not in", "="]),
    st.lists(text, min_size=1, max_size=3, unique=True).map(tuple),
)
nested = st.recursive(
    st.builds(
        FilterGroup,
        st.just("AND"),
        st.lists(valid, min_size=2, max_size=3).map(tuple),
        st.booleans(),
    ),
    lambda inner: st.builds(
        FilterGroup,
        st.just("OR"),
        st.lists(valid | inner, min_size=2, max_size=3).map(tuple),
        st.booleans(),
    ),
    max_leaves=4,
)
blocks = st.builds(
    Block,
    st.sampled_from(KINDS),
    texts,
    texts,
    texts,
    st.sets(st.sampled_from(HEMISPHERES)).map(lambda s: tuple(sorted(s))),
    groups | nested,
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
)


@st.composite
def states(draw: st.DrawFn) -> FinderState:
    chosen = tuple(draw(st.lists(blocks, max_size=4)))
    pairs = None
    if draw(st.booleans()):
        pairs = tuple((name, draw(st.none() | km)) for name in pair_names(chosen))
    return FinderState(
        start=draw(text),
        end=draw(text),
        distance_km=draw(st.none() | km),
        pairs=pairs,
        types=draw(st.lists(st.sampled_from(CONJUNCTION_TYPES), unique=True).map(tuple)),
        frame=draw(st.sampled_from(FRAMES)),
        subminute=draw(st.booleans()),
        result_filters=draw(st.just(FilterGroup()) | nested),
        blocks=chosen,
        request=draw(st.sampled_from(["", "0f0c3f5e-5cb5-4d0f-8d3e-9b0d2f7b6a11"])),
    )


def parsed(query: str) -> dict[str, str | list[str]]:
    """Parse as Dash does before it calls a page's layout."""
    found = parse_qs(query, keep_blank_values=True)
    return {k: v[0] if len(v) == 1 else v for k, v in found.items()}


@given(states())
def test_link_round_trip(state: FinderState) -> None:
    query = encode(state)
    assert query.isascii()
    assert decode(parsed(query)) == state


@given(states())
def test_writing_a_link_twice_gives_one_link(state: FinderState) -> None:
    assert encode(decode(parsed(encode(state)))) == encode(state)


def test_no_query_is_the_default() -> None:
    assert decode({}) == FinderState()


@pytest.mark.parametrize(
    "query",
    [{"v": "2"}, {"v": "1", "km": "far"}, {"b": "moon;program:x"}, {"pairs": "ground1-space1:x"}],
)
def test_unreadable_links_are_refused_by_name(query: dict[str, str]) -> None:
    with pytest.raises(BadInput) as caught:
        decode(query)
    assert caught.value.hint
    assert caught.value.field


names = st.lists(st.sampled_from(["themis-asi", "fort smith", "a,b;c|d:e%"]), max_size=2).map(tuple)
valid_blocks = st.one_of(
    st.builds(
        Block,
        st.just("ground"),
        names,
        names,
        names,
        st.just(()),
        groups.filter(lambda g: g.expressions or g.logical_operator == "AND"),
        st.just(""),
    ),
    st.builds(Block, st.just("space"), names, names, names, st.just(("northern",))),
    st.just(Block("adhoc", points="51.05, -114.07")),
)


@given(st.lists(valid_blocks, min_size=2, max_size=4), st.none() | km)
def test_form_to_query_and_back(chosen: list[Block], limit: float | None) -> None:
    ordered = tuple(sorted(chosen, key=lambda b: KINDS.index(b.kind)))
    pairs = tuple((name, limit) for name in pair_names(ordered))
    state = FinderState(blocks=ordered, pairs=pairs)
    again = from_query(to_query(state))
    assert to_query(again) == to_query(state)
    assert again.blocks == ordered
