"""The Availability page's address, its packed counts, and the colours of its days."""

from __future__ import annotations

import base64
import itertools
import re
import zlib
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.availability_days import Row, packed
from components.availability_links import DAY, day_address, leads_to, minute_address
from components.availability_minute import default_minute
from components.availability_state import (
    FIRST_YEAR,
    LAST_YEAR,
    AvailabilityState,
    decode,
    encode,
    read_minute,
)
from components.urlstate import decode_text
from core.instruments.model import DataSource
from core.instruments.registry import all_sources
from tests.unit.components.test_tokens import contrast, luminance, palette

CSS = (Path(__file__).resolve().parents[3] / "assets/16-availability.css").read_text()

minutes = st.datetimes(datetime(FIRST_YEAR, 1, 1), datetime(LAST_YEAR, 12, 31)).map(  # noqa: DTZ001
    lambda moment: moment.replace(second=0, microsecond=0, tzinfo=UTC)
)
names = st.text(st.characters(codec="utf-8", exclude_characters=","), min_size=1).filter(
    lambda text: text == text.strip() and text
)
states = st.builds(
    AvailabilityState,
    view=st.sampled_from(["days", "minute"]),
    kind=st.sampled_from(["ephemeris", "products"]),
    year=st.none() | st.integers(FIRST_YEAR, LAST_YEAR),
    month=st.none() | st.integers(1, 12),
    sources=st.lists(names, unique=True, max_size=4).map(tuple),
    empty=st.booleans(),
    at=st.none() | minutes,
)


def source(identifier: int) -> DataSource:
    return next(s for s in all_sources() if s.identifier == identifier)


@given(states)
def test_a_state_survives_its_address(state: AvailabilityState) -> None:
    assert decode(encode(state)) == state


def test_what_cannot_be_read_is_named_and_has_its_default() -> None:
    state = decode("v=1&year=9999&month=13&at=noon&view=week&kind=x&sources=themis-asi")
    assert state.sources == ("themis-asi",)
    assert (state.year, state.month, state.at, state.view) == (None, None, None, "days")
    assert [note.split()[2] for note in state.notes] == ["view", "kind", "year", "month", "at"]


def test_another_version_shows_the_defaults_and_says_so() -> None:
    state = decode({"v": "7", "year": "2019"})
    assert state.year is None
    assert "version 7" in state.notes[0]


def test_a_span_has_all_its_days() -> None:
    assert AvailabilityState(month=2).days(2020) == (date(2020, 2, 1), date(2020, 2, 29))
    assert AvailabilityState(year=2019).days(2020) == (date(2019, 1, 1), date(2019, 12, 31))


def test_minutes_are_utc_whatever_the_text() -> None:
    wanted = datetime(2019, 1, 2, 6, 10, tzinfo=UTC)
    for text in ("2019-01-02T06:10", "2019-01-02 06:10:59", "2019-01-02T06:10Z",
                 "2019-01-02T08:10+02:00"):  # fmt: skip
        assert read_minute(text) == wanted
    with pytest.raises(ValueError, match="1066"):
        read_minute("1066-10-14T09:00")


def test_counts_come_out_as_they_went_in() -> None:
    rng = np.random.default_rng(1)
    counts = rng.integers(0, 1441, (142, 366))
    rows = [Row(source(3), row) for row in counts]
    text = packed(rows)
    read = np.frombuffer(zlib.decompress(base64.b64decode(text)), "<u2").reshape(counts.shape)
    assert np.array_equal(read, counts)
    # Even noise of all sources in a leap year leaves room in a layout of 300 kB.
    assert len(text) < 120_000
    assert packed([]) == ""


def test_counts_beyond_two_bytes_stand_at_the_limit() -> None:
    text = packed([Row(source(3), np.array([70_000, 2]))])
    assert zlib.decompress(base64.b64decode(text)) == b"\xff\xff\x02\x00"


def test_an_imager_leads_to_its_day_and_its_minute() -> None:
    gillam = source(46)
    address = day_address(gillam).replace(DAY, "2019-01-02")
    assert address == "/keogramist?v=2&by=day&from=2019-01-02&to=2019-01-02&open=46.2019-01-02"
    # 23:00 UTC at 95 degrees west is an afternoon: it belongs to the night of the next morning.
    evening = minute_address(gillam, datetime(2019, 1, 1, 23, 0, tzinfo=UTC))
    assert "open=46.2019-01-02" in evening
    assert "at=2019-01-01T23:00:00" in evening
    assert leads_to(gillam) == "Keogramist"


@pytest.mark.parametrize("identifier", [3, 33, 492])
def test_other_sources_lead_to_the_finder_with_themselves_filled_in(identifier: int) -> None:
    own = source(identifier)
    path, _, query = day_address(own).partition("?")
    state = decode_text(query.replace(DAY, "2019-01-02"))
    named = [block for block in state.blocks if block.platforms]
    assert path == "/conjunctions"
    assert (state.start, state.end) == ("2019-01-02 00:00", "2019-01-02 23:59")
    assert [(b.programs, b.platforms) for b in named] == [((own.program,), (own.platform,))]
    assert len(state.blocks) == 2
    assert DAY not in query.replace(DAY, "", 2)


def test_the_first_minute_is_dark_over_north_america() -> None:
    assert default_minute(datetime(2022, 1, 1, 23, 59, 30, tzinfo=UTC)).hour == 6
    early = datetime(2022, 1, 1, 3, 4, 5, tzinfo=UTC)
    assert default_minute(early) == datetime(2022, 1, 1, 3, 4, tzinfo=UTC)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_of_days_go_one_way_and_can_be_told_from_the_ground(scheme: str) -> None:
    found = re.search(rf'scheme="{scheme}"\] {{(.*?)}}', CSS, re.S)
    assert found
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", found[1]))
    levels = [colours[f"av-{n}"] for n in range(1, 6)]
    ground = palette(scheme)["sunk"]
    against = [contrast(level, ground) for level in levels]
    # WCAG 1.4.11 asks 3:1 of what has to be seen; by lightness alone each step is told apart.
    assert against[0] >= 3
    assert all(b / a > 1.25 for a, b in itertools.pairwise(against))
    assert sorted(levels, key=luminance, reverse=scheme == "light") == levels
    for n, level in enumerate(levels, start=1):
        assert contrast(colours[f"av-ink-{n}"], level) >= 4.5
