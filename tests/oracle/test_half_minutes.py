"""Positions at half minutes against a plain account of the rule, which shares no code with it.

Between two neighbouring minutes that both have a position lies the middle of the great circle,
unless the geographic latitude or the position compared changes its hemisphere, or the position
jumps 1000 km or more. Worked out here with Python's own floats, one pair after the other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.search.engine.grid import half_minute_track
from core.search.index.minutes import SourceMinutes
from core.search.index.tracks import Track, encode, make_track, pack, unpack

RADIUS_KM = 6371.2
JUMP_KM = 1000.0
NEAR_KM = 1e-5
Place = tuple[float, float]
Minute = tuple[Place | None, float | None]
"""Position that is compared, and geographic latitude, each maybe missing."""


def haversine_km(one: Place, two: Place) -> float:
    (a, x), (b, y) = ((math.radians(p[0]), math.radians(p[1])) for p in (one, two))
    part = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin((y - x) / 2) ** 2
    return 2.0 * RADIUS_KM * math.asin(math.sqrt(min(1.0, part)))


def middle(one: Place, two: Place) -> Place:
    """The midpoint by the formula of navigators (bearing components), in degrees."""
    (a, x), (b, y) = ((math.radians(p[0]), math.radians(p[1])) for p in (one, two))
    east, north = math.cos(b) * math.sin(y - x), math.cos(b) * math.cos(y - x)
    lat = math.atan2(math.sin(a) + math.sin(b), math.hypot(math.cos(a) + north, east))
    return math.degrees(lat), math.degrees(x + math.atan2(east, math.cos(a) + north))


def half(one: Minute, two: Minute) -> Place | None:
    """What the rule says of the half minute between two minutes."""
    if one[0] is None or two[0] is None:
        return None
    if one[1] is not None and two[1] is not None and (one[1] >= 0) != (two[1] >= 0):
        return None
    if (one[0][0] >= 0) != (two[0][0] >= 0) or haversine_km(one[0], two[0]) >= JUMP_KM:
        return None
    return middle(one[0], two[0])


def minutes_of(minutes: Sequence[Minute]) -> SourceMinutes:
    """Lay minutes out as the engine holds them, by vectors that are made here."""
    vectors = np.full((3, len(minutes)), np.nan)
    for t, (place, _) in enumerate(minutes):
        if place is not None:
            lat, lon = map(math.radians, place)
            vectors[:, t] = (
                math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat),
            )  # fmt: skip
    known = np.array([geo is not None for _, geo in minutes])
    north = np.array([geo is not None and geo >= 0 for _, geo in minutes])
    track = make_track(vectors, ~np.isnan(vectors[0]))
    here = np.ones(len(minutes), dtype=bool)
    return SourceMinutes(
        len(minutes), pack(here), pack(known), pack(north), {"nbtrace": track}
    )  # fmt: skip


def check(minutes: Sequence[Minute]) -> None:
    """Compare a whole track with the rule."""
    track = half_minute_track(minutes_of(minutes), "nbtrace")
    epochs = 2 * len(minutes) - 1
    located = unpack(track.located, epochs)
    steady = np.ones(epochs, dtype=bool) if track.steady is None else unpack(track.steady, epochs)
    assert not (located & ~steady).any()
    vectors = track.vectors(np.arange(epochs))
    for t in range(epochs):
        whole = t % 2 == 0
        one, two = minutes[t // 2], minutes[(t + 1) // 2]
        want = one[0] if whole else half(one, two)
        if not whole and _doubtful(one[0], two[0]):
            continue
        assert located[t] == (want is not None), (t, one, two)
        assert steady[t] == (whole or want is not None)
        if want is not None:
            x, y, z = vectors[:, t]
            found = math.degrees(math.atan2(z, math.hypot(x, y))), math.degrees(math.atan2(y, x))
            assert haversine_km(found, want) < NEAR_KM
            assert math.hypot(x, y, z) == pytest.approx(1.0, abs=1e-15)


def _doubtful(one: Place | None, two: Place | None) -> bool:
    """Whether rounding decides: two right programs may differ."""
    return bool(one and two) and abs(haversine_km(one, two) - JUMP_KM) < NEAR_KM  # type: ignore[arg-type]


COMMON: list[list[Minute]] = [
    [((60.0, 179.0), 60.0), ((60.5, -179.0), 60.0)],  # the date line
    [((60.0, 359.5), 60.0), ((60.0, 0.5), 60.0)],  # where longitudes begin again
    [((89.5, 10.0), 80.0), ((89.5, -170.0), 80.0)],  # over the north pole
    [((-89.0, 0.0), -80.0), ((-89.5, 90.0), -80.0)],  # beside the south pole
    [((90.0, 0.0), 80.0), ((88.0, 45.0), 80.0)],  # from the pole itself
    [((10.0, 0.0), 10.0), None, ((10.5, 0.0), 10.0)],  # type: ignore[list-item]  # a gap
    [((0.2, 0.0), 1.0), ((-0.2, 0.0), 1.0)],  # the position crosses the equator
    [((0.0, 0.0), 1.0), ((0.4, 0.0), 1.0)],  # 0 is north
    [((5.0, 0.0), 0.1), ((5.5, 0.0), -0.1)],  # the geographic latitude does
    [((5.0, 0.0), None), ((5.5, 0.0), -0.1)],  # which may be unknown
    [((50.0, 0.0), 50.0), ((58.99, 0.0), 50.0)],  # 999.7 km
    [((50.0, 0.0), 50.0), ((58.9935, 0.0), 50.0)],  # 1000.04 km
    [((45.0, 0.0), 45.0), ((-45.0, 180.0), -45.0)],  # to the other side of the Earth
    [((45.0, 7.0), 45.0)] * 3,  # standing still
]


@pytest.mark.parametrize("minutes", COMMON)
def test_what_the_rule_speaks_of(minutes: list[Minute | None]) -> None:
    check([(None, None) if minute is None else minute for minute in minutes])


def test_there_are_middles_and_there_are_none() -> None:
    said = [half(m[0], m[1]) is not None for m in COMMON if len(m) == 2]
    assert said == [True] * 5 + [False, True, False, True, True, False, False]


def test_the_nearest_to_the_date_line_and_the_pole_are_worked_out_by_hand() -> None:
    track = half_minute_track(minutes_of(COMMON[2]), "nbtrace")
    assert np.allclose(track.vectors(np.array([1]))[:, 0], [0.0, 0.0, 1.0], atol=1e-15)
    track = half_minute_track(minutes_of([((0.0, 179.0), 1.0), ((0.0, -179.0), 1.0)]), "nbtrace")
    assert np.allclose(track.vectors(np.array([1]))[:, 0], [-1.0, 0.0, 0.0], atol=1e-15)


def test_a_source_that_stands_still_stands_still_between_too() -> None:
    place = math.radians(60.0)
    hi, lo = encode(np.array([[math.cos(place)], [0.0], [math.sin(place)]]))
    located = pack(np.array([True, True, False, True]))
    records = SourceMinutes(4, located, located, located, {"nbtrace": Track(hi, lo, located)})
    track = half_minute_track(records, "nbtrace")
    assert unpack(track.located, 7).tolist() == [True, True, True, False, False, False, True]
    assert track.still


@st.composite
def worlds(draw: st.DrawFn) -> list[Minute]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    lat, lon = draw(st.sampled_from([(0.0, 0.0), (89.0, 0.0), (-89.8, 90.0), (40.0, 180.0)]))
    step = draw(st.sampled_from([0.0, 0.5, 4.0, 6.4, 30.0]))
    out: list[Minute] = []
    for _ in range(draw(st.integers(1, 70))):
        lat = max(-90.0, min(90.0, lat + float(rng.normal()) * step))
        lon = (lon + float(rng.normal()) * step) % 360.0 - draw(st.sampled_from([0.0, 360.0]))
        place = None if rng.random() < 0.1 else (round(lat, 2), round(lon, 2))
        out.append((place, None if rng.random() < 0.1 else float(rng.normal())))
    return out


@settings(max_examples=150, deadline=None)
@given(worlds())
def test_any_track_has_the_middles_that_the_rule_gives_it(minutes: list[Minute]) -> None:
    check(minutes)
