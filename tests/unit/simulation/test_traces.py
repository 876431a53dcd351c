"""Interpolated feet against feet traced minute by minute."""

from __future__ import annotations

import numpy as np
import pytest

from core.geo.footprints import trace_feet
from core.geo.irbem import INTERNAL_ONLY, T89
from core.geo.sphere import distance_km
from core.simulation.activity import kp as kp_index
from core.simulation.orbits import positions
from core.simulation.traces import MARGIN_MIN, feet, lat_lon_deg


# km allowed: a few where feet move evenly; geostationary nodes are 15 minutes apart.
@pytest.mark.parametrize(
    ("platform", "still", "allowed_km"),
    [("rbspa", False, 5.0), ("arase", False, 5.0), ("themisa", False, 5.0), ("goes16", True, 10.0)],
)
def test_high_orbits_are_interpolated_to_a_few_km(
    platform: str, still: bool, allowed_km: float
) -> None:
    minutes = np.datetime64("2019-01-05T03:00", "us") + np.arange(600) * np.timedelta64(1, "m")
    track = positions(platform, minutes)
    # Kp is held: where it steps, feet jump, and interpolation may take what it likes.
    kp = np.full(minutes.size, 2.0)
    found = feet(track, minutes, kp, np.ones(minutes.size, dtype=bool), still=still)
    exact = trace_feet(track.lat_deg, track.lon_deg, track.radius_km, minutes, kp)
    inner = slice(MARGIN_MIN, -MARGIN_MIN)
    for side, lat, lon in (
        (found.north, exact.nb_lat_deg, exact.nb_lon_deg),
        (found.south, exact.sb_lat_deg, exact.sb_lon_deg),
    ):
        ours = lat_lon_deg(side.vector)
        apart = distance_km(ours[0], ours[1], lat, lon)[inner]
        high = (track.radius_km > 9000.0)[inner]
        assert np.isfinite(apart[high]).mean() > 0.97
        assert np.nanpercentile(apart[high], 99) < allowed_km


def test_low_orbits_near_the_magnetic_equator_are_interpolated_to_a_few_km() -> None:
    minutes = np.datetime64("2019-01-05T03:00", "us") + np.arange(300) * np.timedelta64(1, "m")
    track = positions("swarma", minutes)
    kp = kp_index(minutes)
    found = feet(track, minutes, kp, np.ones(minutes.size, dtype=bool))
    exact = trace_feet(
        track.lat_deg, track.lon_deg, track.radius_km, minutes, kp, external=INTERNAL_ONLY
    )
    inner = slice(MARGIN_MIN, -MARGIN_MIN)
    ours = lat_lon_deg(found.north.vector)
    apart = distance_km(ours[0], ours[1], exact.nb_lat_deg, exact.nb_lon_deg)[inner]
    assert np.isfinite(ours[0][inner]).all()
    # Traced in the internal field alone, lines from near the pole leave for good.
    assert np.isfinite(apart).mean() > 0.9
    # AACGM's fit is 0.6 degrees off at worst where it takes over, at 25 degrees.
    assert np.nanpercentile(apart, 95) < 20.0
    assert np.nanmax(apart) < 80.0


def test_nothing_is_traced_where_nothing_is_reachable() -> None:
    minutes = np.datetime64("2019-01-05T03:00", "us") + np.arange(200) * np.timedelta64(1, "m")
    track = positions("mms1", minutes)
    found = feet(track, minutes, np.zeros(200), np.zeros(200, dtype=bool))
    assert np.isnan(found.north.vector).all()
    assert np.isnan(found.south.mlat_deg).all()


def test_feet_far_apart_are_not_joined() -> None:
    from core.simulation.traces import _interpolate, unit

    number = np.arange(20)
    vectors = np.full((3, 20), np.nan)
    lat = np.array([60.0, 61.0, 75.0, 76.0])
    vectors[:, ::5] = unit(lat, np.zeros(4))
    _interpolate(vectors, number % 5 != 0, number, 5)
    assert np.isnan(vectors[:, 6:10]).all()  # 61 to 75 degrees: 1,557 km


def test_the_field_model_matters_far_out() -> None:
    place = ([0.0], [60.0], 9.0 * 6371.2, [np.datetime64("2019-01-05T00:00")], 4.0)
    with_tail = trace_feet(*place, external=T89)
    without = trace_feet(*place, external=INTERNAL_ONLY)
    apart = distance_km(*with_tail[:2], *without[:2])
    assert float(apart[0]) > 100.0
