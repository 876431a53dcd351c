"""Rings of constant elevation and ranges: the exact formula, and a peer that is not exact."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.geo.field_of_view import ground_range_km, ring, slant_range_km
from core.geo.sightline import look_at
from core.geo.sphere import EARTH_RADIUS_KM, distance_km, vector_distance_km

GILLAM = (56.376723, -94.643664)


@given(st.floats(0.0, 90.0), st.floats(1.0, 40_000.0))
def test_the_slant_range_closes_the_triangle(elevation: float, height: float) -> None:
    slant = float(slant_range_km(elevation, height))
    e = np.radians(elevation)
    up, level = EARTH_RADIUS_KM + slant * np.sin(e), slant * np.cos(e)
    assert np.hypot(up, level) == pytest.approx(EARTH_RADIUS_KM + height, rel=1e-13)
    ground = float(ground_range_km(elevation, height))
    start, end = np.array([0.0, 0.0, 1.0]), np.array([level, 0.0, up]) / np.hypot(up, level)
    assert ground == pytest.approx(float(vector_distance_km(start, end)), abs=1e-7)


@given(st.floats(0.0, 90.0), st.floats(1.0, 40_000.0))
def test_the_slant_range_as_it_is_printed(elevation: float, height: float) -> None:
    sine = np.sin(np.radians(elevation))
    r = EARTH_RADIUS_KM
    printed = -r * sine + np.sqrt(r**2 * sine**2 + height * (2 * r + height))
    assert float(slant_range_km(elevation, height)) == pytest.approx(printed, rel=1e-9, abs=1e-6)


def test_ranges_by_hand() -> None:
    assert float(slant_range_km(90.0, 110.0)) == pytest.approx(110.0)
    # On the horizon: the tangent from the height, and the arc whose cosine is R / (R + h).
    tangent = np.sqrt(110.0 * (2 * EARTH_RADIUS_KM + 110.0))
    assert float(slant_range_km(0.0, 110.0)) == pytest.approx(tangent)
    arc = EARTH_RADIUS_KM * np.arccos(EARTH_RADIUS_KM / (EARTH_RADIUS_KM + 110.0))
    assert float(ground_range_km(0.0, 110.0)) == pytest.approx(arc)
    assert float(slant_range_km(5.0, 110.0)) == pytest.approx(757.0, abs=0.05)
    assert np.isnan(slant_range_km([-1.0, 91.0, np.nan], 110.0)).all()


@given(
    lat=st.floats(-90.0, 90.0),
    lon=st.floats(-180.0, 180.0),
    elevation=st.floats(0.0, 89.0),
    height=st.sampled_from([90.0, 110.0, 230.0]),
)
def test_every_point_of_a_ring_is_seen_at_its_elevation(
    lat: float, lon: float, elevation: float, height: float
) -> None:
    ring_lat, ring_lon = ring(lat, lon, 250.0, height, elevation, points=37)
    azimuth, seen, range_km = look_at(ring_lat, ring_lon, height, lat, lon, 250.0)
    np.testing.assert_allclose(seen, elevation, atol=1e-6)
    across = (azimuth - np.linspace(0, 360, 37) + 180.0) % 360.0 - 180.0
    np.testing.assert_allclose(across * np.cos(np.radians(elevation)), 0.0, atol=1e-6)
    assert (ring_lat[0], ring_lon[0]) == (ring_lat[-1], ring_lon[-1])
    # The ellipsoid against the sphere: its curvature differs by at most 1 %, which moves the
    # range by half of that where the line grazes; 1 km for the site's 250 m.
    np.testing.assert_allclose(range_km, slant_range_km(elevation, height), rtol=0.006, atol=5.0)


@pytest.mark.parametrize(("elevation", "theirs_km", "exact_km"), [(5.0, 593.0, 757.0)])
def test_the_contour_of_pyaurorax_is_too_small(
    elevation: float, theirs_km: float, exact_km: float
) -> None:
    lat, lon = _contour_of_pyaurorax(elevation)
    _, seen, range_km = look_at(lat, lon, 0.0, *GILLAM, 0.0)
    ours = ring(*GILLAM, 0.0, 110.0, elevation)
    # They take one step towards the root of the quadratic and stop: 593 km, and no height.
    two_r, fall = 2 * EARTH_RADIUS_KM, 2 * EARTH_RADIUS_KM * np.sin(np.radians(elevation))
    first = 110.0 * (two_r + 110.0) / fall
    assert 110.0 * (two_r + 110.0) / (fall + first) == pytest.approx(theirs_km, abs=0.5)
    assert float(slant_range_km(elevation, 110.0)) == pytest.approx(exact_km, abs=0.5)
    assert np.ptp(range_km) < 1.0 or seen.max() < elevation
    short_km = distance_km(*ours, *GILLAM) - distance_km(lat, lon, *GILLAM)
    # 161 km on the sphere; 3 km for the ellipsoid.
    np.testing.assert_allclose(short_km, 161.0, atol=4.0)


def test_at_ten_degrees_the_contour_of_pyaurorax_is_21_km_too_small() -> None:
    lat, lon = _contour_of_pyaurorax(10.0)
    ours = ring(*GILLAM, 0.0, 110.0, 10.0)
    short_km = distance_km(*ours, *GILLAM) - distance_km(lat, lon, *GILLAM)
    np.testing.assert_allclose(short_km, 21.0, atol=2.0)


def test_high_up_the_contour_of_pyaurorax_is_right() -> None:
    lat, lon = _contour_of_pyaurorax(60.0)
    # There one step is enough: its azimuths and its ellipsoid are ours.
    assert distance_km(*ring(*GILLAM, 0.0, 110.0, 60.0), lat, lon).max() < 0.2


def _contour_of_pyaurorax(elevation: float) -> tuple[np.ndarray, np.ndarray]:
    pyaurorax = pytest.importorskip("pyaurorax")
    data = pyaurorax.PyAuroraX().tools.fov.create_data(
        sites=[("gill", *GILLAM)], height_km=110.0, min_elevation=elevation
    )
    lat, lon = data.fovs["gill"]
    return lat, lon


def test_a_ring_over_a_pole_and_over_the_date_line() -> None:
    lat, lon = ring(88.0, 30.0, 0.0, 110.0, 10.0)
    assert lat.max() < 90.0
    assert np.ptp(lon) > 300.0
    lat, lon = ring(65.0, 179.0, 0.0, 110.0, 10.0)
    assert lon.min() < -170.0
    assert lon.max() > 170.0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"elevation_deg": -1.0}, "elevation_deg"),
        ({"elevation_deg": np.nan}, "elevation_deg"),
        ({"elevation_deg": 91.0}, "elevation_deg"),
        ({"points": 3}, "points"),
        ({"map_alt_km": 0.1, "alt_m": 200.0}, "map_alt_km"),
    ],
)
def test_what_is_not_a_ring_is_refused(changes: dict[str, float], field: str) -> None:
    asked = {"lat_deg": 60.0, "lon_deg": 0.0, "alt_m": 0.0, "map_alt_km": 110.0}
    with pytest.raises(BadInput) as refused:
        ring(**{**asked, "elevation_deg": 10.0, **changes})
    assert refused.value.field == field


@pytest.mark.parametrize("length", [slant_range_km, ground_range_km])
def test_an_altitude_below_the_ground_has_no_range(length: Callable[[float, float], Any]) -> None:
    with pytest.raises(BadInput, match="below the ground"):
        length(10.0, -1.0)
    assert np.isnan(length(10.0, np.nan))
