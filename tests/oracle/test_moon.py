"""The Moon against astropy's full transformation and published numbers."""

from __future__ import annotations

import numpy as np
import pytest
from astropy import units
from astropy.coordinates import AltAz, EarthLocation, get_body
from astropy.time import Time
from astropy.utils import iers

from core.errors import BadInput
from core.geo.ephemeris import earth_fixed_km
from core.geo.moon import illuminated_fraction, moon_position_km, moon_view, phase_deg
from core.geo.sightline import map_to_altitude
from core.geo.sphere import distance_km

iers.conf.auto_download = False
iers.conf.auto_max_age = None

PLACES = [(56.376723, -94.643664), (78.15, 16.04), (-33.0, 151.0), (0.0, 179.9), (-89.9, 10.0)]


@pytest.mark.parametrize("start", ["2008-01-01", "2012-02-29", "2019-06-21", "2022-12-31"])
@pytest.mark.parametrize(("lat", "lon"), PLACES)
def test_direction_agrees_with_astropy(start: str, lat: float, lon: float) -> None:
    times = np.datetime64(start, "us") + np.arange(0, 28 * 1440, 389) * np.timedelta64(1, "m")
    place = EarthLocation.from_geodetic(lon * units.deg, lat * units.deg)
    moments = Time(times, scale="utc")
    theirs = get_body("moon", moments, place, ephemeris="builtin").transform_to(
        AltAz(obstime=moments, location=place)
    )
    ours = moon_view(lat, lon, times)
    # 0.2 arcminutes: interpolation 0.1 arcseconds, diurnal aberration 0.3, the distance along
    # the light's path against the one at the moment 0.4.
    allowed_deg = 0.2 / 60.0
    np.testing.assert_allclose(ours.elevation_deg, theirs.alt.deg, atol=allowed_deg)
    across = (ours.azimuth_deg - theirs.az.deg + 180.0) % 360.0 - 180.0
    np.testing.assert_allclose(across * np.cos(np.radians(theirs.alt.deg)), 0.0, atol=allowed_deg)
    np.testing.assert_allclose(ours.distance_km, theirs.distance.km, atol=60.0)


def test_parallax_is_most_of_a_degree() -> None:
    # From the Earth's centre the Moon would stand higher by its horizontal parallax, 54 to 61'.
    times = np.datetime64("2019-01-01", "us") + np.arange(0, 28 * 1440, 7) * np.timedelta64(1, "m")
    view = moon_view(60.0, 20.0, times)
    low = np.abs(view.elevation_deg) < 0.5
    to_zenith = distance_km(view.sublunar_lat_deg, view.sublunar_lon_deg, 60.0, 20.0) / 6371.2
    without = 90.0 - np.degrees(to_zenith)
    lower = (without - view.elevation_deg)[low]
    assert 0.85 < lower.min() < lower.max() < 1.05


def test_the_worked_example_of_meeus() -> None:
    # Astronomical Algorithms, examples 47.a and 48.a: 1992 April 12, 0h dynamical time.
    time = np.datetime64("1992-04-11T23:59:00.8", "us")
    x, y, z = moon_position_km(time)
    distance = np.sqrt(x**2 + y**2 + z**2)
    # Declination 13.768368 degrees, to 10 arcseconds; 368,409.7 km, to 40 km, which the Earth
    # goes while the light is under way.
    assert np.degrees(np.arcsin(z / distance)) == pytest.approx(13.768368, abs=10 / 3600)
    assert distance == pytest.approx(368_409.7, abs=40.0)
    assert float(illuminated_fraction(time)) == pytest.approx(0.6786, abs=5e-4)


# Published phases (US Naval Observatory), to the minute.
PHASES = [
    ("2019-01-06T01:28", 0.0, 0.0),
    ("2019-01-14T06:46", 90.0, 0.5),
    ("2019-01-21T05:16", 180.0, 1.0),
    ("2019-01-27T21:10", 270.0, 0.5),
    ("2019-12-26T05:13", 0.0, 0.0),
    ("2015-01-05T04:53", 180.0, 1.0),
    ("2008-01-08T11:37", 0.0, 0.0),
]


@pytest.mark.parametrize(("moment", "east_deg", "lit"), PHASES)
def test_published_phases(moment: str, east_deg: float, lit: float) -> None:
    time = np.datetime64(moment, "us")
    # Half a minute of the Moon's way is 0.004 degrees, the equinox is good to 0.01.
    turn = (float(phase_deg(time)) - east_deg + 180.0) % 360.0 - 180.0
    assert abs(turn) < 0.02
    # At the quarters the Sun's finite distance and the Moon's latitude count.
    assert float(illuminated_fraction(time)) == pytest.approx(lit, abs=0.003)


def test_the_fraction_agrees_with_the_angle_at_the_moon() -> None:
    times = np.datetime64("2012-01-01", "us") + np.arange(0, 366 * 24, 53) * np.timedelta64(1, "h")
    moon, sun = earth_fixed_km("moon", times), earth_fixed_km("sun", times)
    to_sun = sun - moon
    cosine = -(moon * to_sun).sum(axis=0)
    cosine /= np.linalg.norm(moon, axis=0) * np.linalg.norm(to_sun, axis=0)
    # The Sun's distance is taken for constant: 0.00005.
    np.testing.assert_allclose(illuminated_fraction(times), (1 + cosine) / 2, atol=1e-4)


def test_interpolation_between_nodes_adds_next_to_nothing() -> None:
    times = np.datetime64("2015-02-20T03:00", "us") + np.arange(900) * np.timedelta64(1, "h")
    apart = np.linalg.norm(
        np.array(moon_position_km(times)) - earth_fixed_km("moon", times), axis=0
    )
    assert apart.max() < 0.5


def test_the_sublunar_point_has_the_moon_in_its_zenith() -> None:
    times = np.datetime64("2020-05-01T04:00", "us") + np.arange(6) * np.timedelta64(37, "h")
    view = moon_view(0.0, 0.0, times)
    over = moon_view(view.sublunar_lat_deg, view.sublunar_lon_deg, times)
    np.testing.assert_allclose(over.elevation_deg, 90.0, atol=1e-5)


def test_the_sight_line_to_the_moon_comes_out_under_it() -> None:
    time = np.datetime64("2019-01-21T05:16", "us")
    view = moon_view(56.4, -94.6, time)
    far_km = np.linalg.norm(moon_position_km(time)) - 6370.0
    lat, lon = map_to_altitude(view.azimuth_deg, view.elevation_deg, 56.4, -94.6, 0.0, far_km)
    # The ellipsoid's radius there is not 6370 km: 15 km of 400,000 on a line that is not radial.
    assert float(distance_km(lat, lon, view.sublunar_lat_deg, view.sublunar_lon_deg)) < 0.5


def test_shapes_broadcast() -> None:
    three = np.datetime64("2020-01-01", "us") + np.arange(3) * np.timedelta64(1, "h")
    view = moon_view(np.array([[10.0], [20.0]]), 5.0, three)
    assert view.elevation_deg.shape == view.azimuth_deg.shape == (2, 3)
    assert view.illuminated.shape == view.phase_deg.shape == (3,)
    assert np.ndim(moon_view(10.0, 20.0, three[0]).elevation_deg) == 0


def test_years_beyond_the_tables_work() -> None:
    for moment in ("1985-05-05", "2060-05-05"):
        view = moon_view(60.0, 0.0, np.datetime64(moment, "us"))
        assert 350_000 < float(view.distance_km) < 412_000


def test_a_missing_time_is_refused() -> None:
    with pytest.raises(BadInput, match="A time is needed for the place of Sun and Moon"):
        moon_view(60.0, 0.0, np.array(["NaT"], "M8[us]"))
