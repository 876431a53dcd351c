"""The Sun's position against astropy's full transformation to the horizon."""

from __future__ import annotations

import numpy as np
import pytest
from astropy import units
from astropy.coordinates import AltAz, EarthLocation, get_sun
from astropy.time import Time
from astropy.utils import iers

from core.errors import BadInput
from core.geo.ephemeris import earth_fixed_km
from core.geo.sun import subsolar_point, sun_azimuth_deg, sun_direction, sun_elevation_deg

iers.conf.auto_download = False
iers.conf.auto_max_age = None

PLACES = [(56.376723, -94.643664), (78.15, 16.04), (-33.0, 151.0), (0.0, 0.0), (89.9, 10.0)]


@pytest.mark.parametrize("start", ["2008-01-01", "2012-02-29", "2019-06-21", "2022-12-31"])
def test_elevation_agrees_with_astropy(start: str) -> None:
    times = np.datetime64(start, "us") + np.arange(0, 2880, 37) * np.timedelta64(1, "m")
    moments = Time(times, scale="utc")
    for lat, lon in PLACES:
        place = EarthLocation.from_geodetic(lon * units.deg, lat * units.deg)
        theirs = get_sun(moments).transform_to(AltAz(obstime=moments, location=place)).alt.deg
        # 0.01 degrees: the Sun's parallax (0.0024) is left out and its direction interpolated.
        np.testing.assert_allclose(sun_elevation_deg(lat, lon, times), theirs, atol=0.01)


@pytest.mark.parametrize("start", ["2008-01-01", "2019-06-21"])
def test_azimuth_agrees_with_astropy(start: str) -> None:
    times = np.datetime64(start, "us") + np.arange(0, 2880, 37) * np.timedelta64(1, "m")
    moments = Time(times, scale="utc")
    for lat, lon in PLACES:
        place = EarthLocation.from_geodetic(lon * units.deg, lat * units.deg)
        theirs = get_sun(moments).transform_to(AltAz(obstime=moments, location=place))
        turn = (sun_azimuth_deg(lat, lon, times) - theirs.az.deg + 180.0) % 360.0 - 180.0
        # 0.01 degrees on the sky, as for the elevation.
        np.testing.assert_allclose(turn * np.cos(theirs.alt.rad), 0.0, atol=0.01)


def test_direction_points_over_the_subsolar_point() -> None:
    times = np.datetime64("2015-03-20T03:00", "us") + np.arange(5) * np.timedelta64(100, "D")
    lat, lon = subsolar_point(times)
    x, y, z = sun_direction(times)
    np.testing.assert_allclose(np.degrees(np.arcsin(z)), lat)
    np.testing.assert_allclose(np.degrees(np.arctan2(y, x)), lon)


def test_interpolation_between_nodes_adds_next_to_nothing() -> None:
    from astropy.coordinates import ITRS

    times = np.datetime64("2015-03-20T03:00", "us") + np.arange(240) * np.timedelta64(1, "h")
    moments = Time(times, scale="utc")
    sun = get_sun(moments).transform_to(ITRS(obstime=moments)).spherical
    lat, lon = subsolar_point(times)
    np.testing.assert_allclose(lat, sun.lat.deg, atol=2e-4)
    apart = (lon - sun.lon.deg + 180.0) % 360.0 - 180.0
    np.testing.assert_allclose(apart, 0.0, atol=2e-4)


def test_shapes_broadcast_and_stay() -> None:
    times = np.datetime64("2020-01-01T12:00", "us")
    assert np.ndim(sun_elevation_deg(10.0, 20.0, times)) == 0
    lat, lon = np.array([[10.0], [20.0]]), np.zeros((2, 1))
    three = times + np.arange(3) * np.timedelta64(1, "h")
    assert sun_elevation_deg(lat, lon, three).shape == (2, 3)


def test_times_before_the_first_node_and_far_ahead_work() -> None:
    for year in ("1985-05-05", "2060-05-05"):
        lat, lon = subsolar_point(np.datetime64(year, "us") + np.timedelta64(12, "h"))
        assert 15.0 < float(lat) < 17.5
        assert abs(float(lon)) < 4.0


def test_a_missing_time_is_refused() -> None:
    with pytest.raises(BadInput, match="A time is needed for the place of Sun and Moon"):
        sun_elevation_deg(60.0, 0.0, np.array(["NaT"], "M8[us]"))


def test_tables_that_have_grown_old_still_serve(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(iers.conf, "auto_max_age", 30.0)
    day = np.array(["2026-11-20T06:00"], dtype="datetime64[us]")
    fresh = earth_fixed_km("sun", day)
    monkeypatch.setattr(iers.conf, "auto_max_age", 30.0)
    monkeypatch.setattr(Time, "now", lambda: Time("2035-01-01"))
    np.testing.assert_array_equal(earth_fixed_km("sun", day), fresh)
