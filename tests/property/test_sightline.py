"""Laws of the line of sight: there and back, poles, the date line, symmetry, shapes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.geo.sightline import look_at, map_to_altitude
from core.geo.sphere import distance_km
from core.geo.wgs84 import Cartesian, east_north_up, to_cartesian, to_geodetic, wrap_lon_deg

lats = st.floats(-90.0, 90.0)
lons = st.floats(-180.0, 360.0)
heights_m = st.floats(-400.0, 5000.0)
azimuths = st.floats(0.0, 360.0)
elevations = st.floats(0.0, 90.0)
altitudes_km = st.floats(10.0, 40_000.0)


@given(lats, lons, heights_m, azimuths, elevations, altitudes_km)
def test_there_and_back(
    lat: float, lon: float, alt_m: float, azimuth: float, elevation: float, map_alt_km: float
) -> None:
    there = map_to_altitude(azimuth, elevation, lat, lon, alt_m, map_alt_km)
    az, el, range_km = look_at(*there, map_alt_km, lat, lon, alt_m)
    # A millimetre across the line of sight.
    allowed_deg = np.degrees(1e-6 / range_km)
    assert abs(el - elevation) < allowed_deg
    turn = (az - azimuth + 180.0) % 360.0 - 180.0
    assert abs(turn) * np.cos(np.radians(elevation)) < allowed_deg


@given(lats, lons, heights_m, azimuths, elevations, altitudes_km)
def test_the_point_is_on_the_line_and_at_the_altitude(
    lat: float, lon: float, alt_m: float, azimuth: float, elevation: float, map_alt_km: float
) -> None:
    there = map_to_altitude(azimuth, elevation, lat, lon, alt_m, map_alt_km)
    assert -90.0 <= there[0] <= 90.0
    assert -180.0 <= there[1] < 180.0
    _, _, range_km = look_at(*there, map_alt_km, lat, lon, alt_m)
    assert range_km >= map_alt_km - alt_m / 1000.0 - 1e-6
    start = to_cartesian(lat, lon, alt_m / 1000.0)
    east, north, up = east_north_up(lat, lon)
    az, el = np.radians(azimuth), np.radians(elevation)
    end = Cartesian(
        *(
            s + range_km * (np.cos(el) * (np.sin(az) * e + np.cos(az) * n) + np.sin(el) * u)
            for s, e, n, u in zip(start, east, north, up, strict=True)
        )
    )
    assert abs(to_geodetic(end).alt_km - map_alt_km) < 1e-6


@given(lats, lons, st.floats(-100.0, 100_000.0))
def test_cartesian_there_and_back(lat: float, lon: float, alt_km: float) -> None:
    back = to_geodetic(to_cartesian(lat, lon, alt_km))
    assert abs(back.alt_km - alt_km) < 1e-9 + 1e-12 * alt_km
    assert float(distance_km(back.lat_deg, back.lon_deg, lat, lon)) < 1e-8


@given(lons)
def test_longitudes_lie_in_one_turn(lon: float) -> None:
    wrapped = float(wrap_lon_deg(lon))
    assert -180.0 <= wrapped < 180.0
    assert np.isclose((wrapped - lon + 180.0) % 360.0, 180.0, atol=1e-9)


@given(lats, lons, elevations, st.floats(-179.0, 179.0))
def test_turning_the_earth_turns_the_answer(
    lat: float, lon: float, elevation: float, turn: float
) -> None:
    here = map_to_altitude(70.0, elevation, lat, lon, 100.0, 110.0)
    there = map_to_altitude(70.0, elevation, lat, lon + turn, 100.0, 110.0)
    assert float(distance_km(here[0], here[1] + turn, *there)) < 1e-6


@given(lats, azimuths, elevations)
def test_east_and_west_are_mirrors(lat: float, azimuth: float, elevation: float) -> None:
    right = map_to_altitude(azimuth, elevation, lat, 0.0, 0.0, 110.0)
    left = map_to_altitude(-azimuth, elevation, lat, 0.0, 0.0, 110.0)
    assert float(distance_km(right[0], -right[1], *left)) < 1e-6


def test_the_zenith_is_over_the_site() -> None:
    lat, lon = map_to_altitude(123.0, 90.0, 62.41, 214.84, 300.0, [90.0, 110.0, 400.0])
    np.testing.assert_allclose(lat, 62.41, atol=1e-9)
    np.testing.assert_allclose(lon, -145.16, atol=1e-9)


@pytest.mark.parametrize("pole", [90.0, -90.0])
def test_from_a_pole_azimuth_is_longitude(pole: float) -> None:
    azimuth = np.arange(0.0, 360.0, 15.0)
    lat, lon = map_to_altitude(azimuth, 30.0, pole, 0.0, 0.0, 110.0)
    # At the north pole with longitude 0, "north" points to longitude 180.
    expected = 180.0 - azimuth if pole > 0 else azimuth
    np.testing.assert_allclose((lon - expected + 180.0) % 360.0, 180.0, atol=1e-9)
    assert np.ptp(lat) < 1e-9
    assert abs(pole - lat[0]) == pytest.approx(1.6, abs=0.2)


def test_over_a_pole_and_over_the_date_line() -> None:
    lat, lon = map_to_altitude(0.0, 10.0, 88.0, 40.0, 0.0, 110.0)
    assert float(lon) == pytest.approx(-140.0)
    assert 86.0 < float(lat) < 90.0
    lat, lon = map_to_altitude([90.0, 270.0], 10.0, 65.0, [179.0, -179.0], 0.0, 110.0)
    assert -175.0 < lon[0] < -165.0
    assert 165.0 < lon[1] < 175.0


def test_below_the_horizon_and_missing_directions_are_nan() -> None:
    azimuth = [10.0, np.nan, 10.0, 10.0, np.inf, 10.0]
    elevation = [-0.1, 20.0, np.nan, 90.1, 20.0, 20.0]
    lat, lon = map_to_altitude(azimuth, elevation, 60.0, 0.0, 0.0, 110.0)
    assert np.isnan(lat).tolist() == [True] * 5 + [False]
    assert np.isnan(lon).tolist() == [True] * 5 + [False]


def test_shapes_broadcast() -> None:
    azimuth = np.zeros((3, 1, 4))
    lat, lon = map_to_altitude(azimuth, 45.0, [[60.0], [61.0]], 10.0, 0.0, 110.0)
    assert lat.shape == lon.shape == (3, 2, 4)
    assert look_at(lat, lon, 110.0, 60.0, 10.0, 0.0)[0].shape == (3, 2, 4)
    empty = map_to_altitude([], [], 60.0, 0.0, 0.0, 110.0)
    assert empty[0].shape == (0,)
    assert map_to_altitude(10.0, 20.0, 60.0, 0.0, 0.0, 110.0)[0].shape == ()


def test_a_target_below_is_seen_below() -> None:
    _, elevation, range_km = look_at(60.0, 0.0, 0.0, 60.0, 0.0, 1000.0)
    assert float(elevation) == pytest.approx(-90.0)
    assert float(range_km) == pytest.approx(1.0)


def test_an_altitude_below_the_site_is_refused() -> None:
    with pytest.raises(BadInput) as refused:
        map_to_altitude(0.0, 45.0, 60.0, 0.0, 3000.0, 2.0)
    assert refused.value.field == "map_alt_km"
    assert "3.000 km" in refused.value.hint


def test_a_place_that_is_none_is_refused_and_an_endless_altitude_has_no_place() -> None:
    with pytest.raises(BadInput) as refused:
        map_to_altitude(0.0, 45.0, np.array([60.0, -91.0]), 0.0, 0.0, 110.0)
    assert (refused.value.field, refused.value.value) == ("lat_deg", 91.0)
    lat, lon = map_to_altitude(0.0, 45.0, 60.0, 0.0, 0.0, np.array([np.inf, np.nan]))
    assert np.isnan(lat).all()
    assert np.isnan(lon).all()
