"""Laws of the sphere and of the two latitudes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.geo.sphere import (
    EARTH_RADIUS_KM,
    HALF_CIRCUMFERENCE_KM,
    distance_km,
    geocentric_to_geodetic_lat_deg,
    geodetic_to_geocentric_lat_deg,
    unit_vectors,
)

LATS = st.floats(-90, 90)
LONS = st.floats(-180, 360)
# Rounding of unit vectors is some 2e-16 rad, which is 1e-12 km.
ROUNDING_KM = 1e-8


@given(LATS, LONS, LATS, LONS)
def test_distance_is_symmetric_and_bounded(a: float, b: float, c: float, d: float) -> None:
    there, back = float(distance_km(a, b, c, d)), float(distance_km(c, d, a, b))
    assert there == pytest.approx(back, abs=ROUNDING_KM)
    assert 0.0 <= there <= HALF_CIRCUMFERENCE_KM


@given(LATS, LONS)
def test_a_point_is_nowhere_else(lat: float, lon: float) -> None:
    assert float(distance_km(lat, lon, lat, lon)) == 0.0
    antipode = float(distance_km(lat, lon, -lat, lon + 180.0))
    assert antipode == pytest.approx(HALF_CIRCUMFERENCE_KM, abs=1e-6)


@given(LATS, LONS, LATS, LONS, LATS, LONS)
def test_triangle(a: float, b: float, c: float, d: float, e: float, f: float) -> None:
    direct = float(distance_km(a, b, e, f))
    over = float(distance_km(a, b, c, d)) + float(distance_km(c, d, e, f))
    assert direct <= over + ROUNDING_KM


@given(LATS, LONS, st.floats(0, 89), st.sampled_from([1e-6, 1e-3, 1.0, 60.0, 179.9]))
def test_distance_along_a_meridian_is_its_arc(
    lat: float, lon: float, start: float, arc_deg: float
) -> None:
    end = start - arc_deg
    if end < -90.0:
        return
    expected = np.radians(start - end) * EARTH_RADIUS_KM
    assert float(distance_km(start, lon, end, lon)) == pytest.approx(expected, abs=ROUNDING_KM)


@pytest.mark.parametrize(("one", "two"), [((40, 180), (40, -180)), ((90, 0), (90, 137.5))])
def test_one_place_with_two_names(one: tuple[float, float], two: tuple[float, float]) -> None:
    assert float(distance_km(*one, *two)) == 0.0


def test_longitudes_may_run_from_0_to_360() -> None:
    assert float(distance_km(56.4, -94.6, 56.4, 265.4)) < ROUNDING_KM


@given(LATS, LONS)
def test_unit_vectors_have_length_one(lat: float, lon: float) -> None:
    assert np.linalg.norm(unit_vectors(lat, lon)) == pytest.approx(1.0, abs=1e-15)


def test_missing_stays_missing() -> None:
    assert np.isnan(distance_km(np.nan, 0.0, 1.0, 1.0))
    assert unit_vectors([[1.0, np.nan]], [[0.0, 0.0]]).shape == (1, 2, 3)


@given(LATS, st.floats(-1, 2000))
def test_latitudes_convert_back(lat: float, alt_km: float) -> None:
    there = geodetic_to_geocentric_lat_deg(lat, alt_km)
    # 1e-10 degrees is ten micrometres on the ground.
    assert float(geocentric_to_geodetic_lat_deg(there, alt_km)) == pytest.approx(lat, abs=1e-10)


def test_geocentric_latitude_agrees_with_erfa() -> None:
    erfa = pytest.importorskip("erfa")
    lat = np.linspace(-89.9, 89.9, 200)
    for alt_km in (0.0, 110.0, 800.0):
        xyz = erfa.gd2gc(1, np.zeros_like(lat), np.radians(lat), np.full_like(lat, alt_km * 1e3))
        expected = np.degrees(np.arctan2(xyz[:, 2], np.hypot(xyz[:, 0], xyz[:, 1])))
        found = geodetic_to_geocentric_lat_deg(lat, alt_km)
        assert np.abs(found - expected).max() < 1e-10


def test_the_two_latitudes_differ_most_near_45_degrees() -> None:
    lat = np.linspace(0, 90, 901)
    gap = lat - geodetic_to_geocentric_lat_deg(lat)
    assert lat[gap.argmax()] == pytest.approx(45.1, abs=0.2)
    assert gap.max() == pytest.approx(0.1924, abs=1e-4)
