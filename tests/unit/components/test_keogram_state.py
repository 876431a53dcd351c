"""The Keogramist's address: read back as written, and forgiving of what it cannot read."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from components.keogram_look import LOOK_KEYS, READERS
from components.keogram_state import (
    HEIGHTS,
    PAGE_SIZES,
    WallState,
    decode,
    encode,
    split_address,
)
from core.imaging.colour import COLOUR_MAPS
from tests.unit.wall import nights

SCRIPTS = Path(__file__).resolve().parents[3] / "assets"
DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))
TOKENS = st.one_of(st.integers(1, 99_999).map(str), st.sampled_from(["themis-asi", "unis/kho"]))
VALUES = {
    "slice": st.sampled_from(["column", "meridian"]),
    "axis": st.sampled_from(["pixel", "lat", "mlat"]),
    "scale": st.sampled_from(["percentile", "fixed", "manual"]),
    "vmin": st.integers(-100, 70_000).map(str),
    "vmax": st.floats(0, 1e6).map(str),
    "log": st.sampled_from(["0", "1"]),
    "gamma": st.sampled_from(["0.2", "1.5", "5"]),
    "cmap": st.sampled_from(COLOUR_MAPS),
    "view": st.sampled_from(["sky", "map"]),
    "skymap": st.just("forced"),
    "at": DAYS.map(lambda day: f"{day}T06:12:30"),
    "px": st.integers(0, 300).map(str),
    "t0": st.just("2019-01-02T03:00:00"),
    "t1": st.just("2019-01-02T04:00:00"),
}
LOOKS = st.fixed_dictionaries({}, optional=VALUES).map(
    lambda look: tuple((key, look[key]) for key in LOOK_KEYS if key in look)
)
STATES = st.builds(
    WallState,
    by=st.sampled_from(["night", "day"]),
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
    look=LOOKS,
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


@given(st.dictionaries(st.sampled_from(["from", "size", "open", "by", "v", *READERS]), st.text()))
def test_no_text_breaks_the_page(query: dict[str, str]) -> None:
    assert isinstance(decode(query), WallState)


def test_what_cannot_be_read_has_its_default_and_a_note() -> None:
    state = decode("v=2&from=2019-01-01&size=7&open=x.2019-01-01&page=3&cmap=jet&vmin=nan&at=noon")
    assert (state.start, state.size, state.open, state.page) == (date(2019, 1, 1), 50, None, 3)
    assert state.look == ()
    assert state.notes == (
        "The link's size cannot be read: 7",
        "The link's open cannot be read: x.2019-01-01",
        "The link's vmin cannot be read: nan",
        "The link's cmap cannot be read: jet",
        "The link's at cannot be read: noon",
    )


def test_a_link_of_version_1_still_means_ut_days() -> None:
    state = decode("v=1&from=2019-01-01")
    assert (state.by, state.start, state.notes) == ("day", date(2019, 1, 1), ())
    assert decode("from=2019-01-01").by == "night"
    assert encode(state) == "v=2&by=day&from=2019-01-01"


def test_a_link_of_another_version_is_not_guessed_at() -> None:
    state = decode("v=3&from=2019-01-01")
    assert state.start is None
    assert "version 3" in state.notes[0]


def test_another_row_or_day_has_no_cursor_of_this_one() -> None:
    state = decode("v=2&open=46.2019-01-02&cmap=gray&at=2019-01-02T03:00:00")
    assert state.with_open((46, date(2019, 1, 3))).look == ()
    assert state.with_days(date(2019, 1, 3), date(2019, 1, 3)).open is None


def test_the_browser_knows_the_same_words() -> None:
    script = (SCRIPTS / "05-keogramist.js").read_text()
    listed = re.search(r"const LOOK = \[(.*?)\]", script)
    assert listed
    assert re.findall(r'"(\w+)"', listed[1]) == list(LOOK_KEYS)
    written = (SCRIPTS / "modules/keogram/look.js").read_text()
    assert re.findall(r'^    \["(\w+)", ', written, re.M) == list(LOOK_KEYS)


def test_programs_and_identifiers_choose_sources() -> None:
    known = [nights.source(i) for i in (46, 55, 93)]
    day = date(2019, 1, 1)
    assert WallState(sources=("themis-asi",)).query(day, known).sources == (46, 55)
    assert WallState(sources=("93", "46")).query(day, known).sources == (46, 93)
    assert WallState(sources=("none such",)).query(day, known).sources == (-1,)
    assert WallState().query(day, known).sources == ()
    assert (WallState().query(day, known).by, WallState(by="day").query(day, known).by) == (
        "night",
        "day",
    )


def test_days_the_wrong_way_round_are_turned() -> None:
    query = WallState(start=date(2019, 1, 5), end=date(2019, 1, 1)).query(date(2022, 1, 1), [])
    assert (query.start, query.end) == (date(2019, 1, 1), date(2019, 1, 5))
