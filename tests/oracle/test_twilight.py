"""Twilight, the terminator and the Earth's shadow against astropy and lines followed to the Sun."""

from __future__ import annotations

import numpy as np
import pymap3d
import pytest
from astropy import units
from astropy.coordinates import AltAz, EarthLocation, get_sun
from astropy.time import Time
from astropy.utils import iers
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.geo.ephemeris import earth_fixed_km
from core.geo.sphere import EARTH_RADIUS_KM
from core.geo.sun import sun_azimuth_deg, sun_elevation_deg
from core.geo.twilight import (
    horizon_dip_deg,
    shadow_height_km,
    sunlit,
    terminator,
    twilight_name,
)

iers.conf.auto_download = False
iers.conf.auto_max_age = None
TIMES = [
    np.datetime64(moment, "us")
    for moment in ("2008-01-15T06:00", "2012-03-20T05:14", "2019-06-21T17:30", "2022-12-21T23:59")
]
moments = st.sampled_from(TIMES)


@pytest.mark.parametrize("time", TIMES)
@pytest.mark.parametrize("elevation", [0.0, -0.833, -6.0, -12.0, -18.0])
def test_astropy_sees_the_sun_at_the_elevation_of_the_ring(
    time: np.datetime64, elevation: float
) -> None:
    lat, lon = terminator(time, 0.0, elevation, points=61)
    moment = Time(time, scale="utc")
    places = EarthLocation.from_geodetic(lon * units.deg, lat * units.deg)
    seen = get_sun(moment).transform_to(AltAz(obstime=moment, location=places)).alt.deg
    # 0.01 degrees: parallax and interpolation, as for the Sun's elevation.
    np.testing.assert_allclose(seen, elevation, atol=0.01)
    assert (lat[0], lon[0]) == (lat[-1], lon[-1])
    assert lat.shape == lon.shape == (61,)


@given(moments, st.floats(0.1, 36_000.0), st.floats(-20.0, 20.0))
def test_the_sun_is_that_high_over_the_visible_horizon(
    time: np.datetime64, alt_km: float, elevation: float
) -> None:
    lat, lon = terminator(time, alt_km, elevation, points=25)
    dip = horizon_dip_deg(lat, lon, alt_km, sun_azimuth_deg(lat, lon, time))
    reached = elevation - dip > -89.9
    over = sun_elevation_deg(lat, lon, time) + dip
    np.testing.assert_allclose(over[reached], elevation, atol=1e-5)


@given(moments, st.floats(1.0, 10_000.0))
def test_the_ring_is_the_edge_of_the_shadow_at_its_altitude(
    time: np.datetime64, alt_km: float
) -> None:
    lat, lon = terminator(time, alt_km, points=25)
    np.testing.assert_allclose(shadow_height_km(lat, lon, time), alt_km, rtol=1e-6)


@pytest.mark.parametrize("time", TIMES)
@pytest.mark.parametrize("alt_km", [0.5, 110.0, 230.0, 800.0, 20_000.0])
def test_shadow_by_following_the_line_to_the_sun(time: np.datetime64, alt_km: float) -> None:
    random = np.random.default_rng(4)
    lat = np.degrees(np.arcsin(random.uniform(-1, 1, 300)))
    lon = random.uniform(-180, 180, 300)
    sun = earth_fixed_km("sun", np.array([time]))[:, 0]
    start = np.array(pymap3d.geodetic2ecef(lat, lon, alt_km * 1000.0)) / 1000.0
    along = sun / np.linalg.norm(sun)
    steps = np.linspace(0.0, 2.0 * (alt_km + EARTH_RADIUS_KM), 4001)
    lowest = np.empty(300)
    for row in range(300):
        line = start[:, row, None] + along[:, None] * steps
        lowest[row] = pymap3d.ecef2geodetic(*(line * 1000.0))[2].min() / 1000.0
    lit = sunlit(lat, lon, alt_km, time)
    # Steps of 13 km or less miss the lowest point of a straight line by 3 m.
    clear = np.abs(lowest) > 0.01
    assert clear.sum() > 290
    np.testing.assert_array_equal(lit[clear], lowest[clear] > 0)
    height = shadow_height_km(lat, lon, time)
    np.testing.assert_array_equal(lit[clear], height[clear] <= alt_km)


def test_heights_on_a_sphere_by_hand() -> None:
    # R (1 / cos d - 1) with the Sun d below the horizon; the ellipsoid's radius differs by 0.4 %.
    time = TIMES[1]
    lat, lon = np.full(5, 20.0), np.linspace(-180, 108, 5)
    below = np.radians(-sun_elevation_deg(lat, lon, time))
    by_hand = np.where(below > 0, EARTH_RADIUS_KM * (1.0 / np.cos(below) - 1.0), 0.0)
    np.testing.assert_allclose(shadow_height_km(lat, lon, time), by_hand, rtol=0.02)
    # At 18 degrees below: 328 km, which is why aurora is sunlit in astronomical twilight.
    ring = terminator(time, 0.0, -18.0)
    np.testing.assert_allclose(shadow_height_km(*ring, time), 328.0, atol=3.0)


def test_under_the_sun_and_opposite_to_it() -> None:
    time = TIMES[0]
    sun = earth_fixed_km("sun", np.array([time]))[:, 0]
    lat, lon = (
        np.degrees(np.arcsin(sun[2] / np.linalg.norm(sun))),
        np.degrees(np.arctan2(sun[1], sun[0])),
    )
    assert float(shadow_height_km(lat, lon, time)) == 0.0
    assert float(shadow_height_km(-lat, lon + 180.0, time)) > 1e6


@given(st.floats(-90.0, 90.0), st.floats(0.0, 360.0), st.floats(0.0, 40_000.0))
def test_the_dip_is_near_that_of_a_sphere(lat: float, azimuth: float, alt_km: float) -> None:
    dip = float(horizon_dip_deg(lat, 10.0, alt_km, azimuth))
    sphere = float(np.degrees(np.arccos(EARTH_RADIUS_KM / (EARTH_RADIUS_KM + alt_km))))
    # Half the difference of the radii of curvature (1 %), and the tilt of the horizon far out.
    assert dip == pytest.approx(sphere, rel=0.007, abs=0.2)
    assert dip >= 0.0


def test_the_dip_on_the_ground_is_nothing() -> None:
    assert float(horizon_dip_deg(50.0, 10.0, 0.0, 70.0)) == pytest.approx(0.0, abs=1e-5)


def test_names() -> None:
    elevations = [40.0, -0.8, -0.9, -6.0, -6.1, -12.5, -18.0, -18.1, -60.0]
    assert [twilight_name(value) for value in elevations] == [
        "day",
        "day",
        "civil twilight",
        "civil twilight",
        "nautical twilight",
        "astronomical twilight",
        "astronomical twilight",
        "night",
        "night",
    ]


def test_a_missing_elevation_has_no_name() -> None:
    with pytest.raises(BadInput):
        twilight_name(float("nan"))


@pytest.mark.parametrize(
    ("asked", "field"),
    [((-1.0, 0.0), "alt_km"), ((np.nan, 0.0), "alt_km"), ((0.0, 91.0), "sun_elevation_deg")],
)
def test_what_has_no_terminator_is_refused(asked: tuple[float, float], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        terminator(TIMES[0], *asked)
    assert refused.value.field == field
