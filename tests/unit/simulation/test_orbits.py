"""Orbits against published figures, which are written out here, not taken from the code."""

from __future__ import annotations

import numpy as np
import pytest
from astropy import units
from astropy.coordinates import ITRS, get_body
from astropy.time import Time
from astropy.utils import iers

from core.instruments.spacecraft import SPACECRAFT
from core.simulation.orbits import known_platforms, positions

iers.conf.auto_download = False

EQUATORIAL_KM = 6378.137
EARTH_RE_KM = 6371.2

# Platform, day, perigee km, apogee km, inclination, period in minutes. Mission pages of ESA,
# NASA, JAXA, NOAA, CSA and UCLA.
LOW = [
    ("swarma", "2019-01-01", 440, 440, 87.35, 93.4),
    ("swarmb", "2019-01-01", 506, 506, 87.75, 94.7),
    ("swarmc", "2014-06-01", 465, 465, 87.35, 93.9),
    ("epop", "2019-01-01", 325, 1275, 80.99, 100.6),
    ("dmspf16", "2019-01-01", 850, 850, 98.9, 101.8),
    ("dmspf13", "2008-01-01", 850, 850, 98.8, 101.8),
    ("noaa15", "2019-01-01", 807, 807, 98.6, 101.1),
    ("noaa19", "2019-01-01", 870, 870, 98.9, 102.1),
    ("noaa20", "2019-01-01", 825, 825, 98.7, 101.4),
    ("fast", "1998-01-01", 350, 4175, 83.0, 133.0),
    ("sampex", "1995-01-01", 512, 687, 81.7, 96.6),
    ("elfina", "2019-01-01", 455, 455, 93.0, 93.6),
]
# Platform, day, perigee and apogee in Earth radii, largest inclination, period in hours.
HIGH = [
    ("themisd", "2008-01-05", 1.5, 11.8, 12.0, 23.93),
    ("themisc", "2008-01-05", 1.9, 19.5, 10.0, 47.9),
    ("themisb", "2008-01-05", 1.9, 31.0, 10.0, 95.7),
    ("arase", "2019-01-05", 1.07, 6.04, 31.6, 9.45),
    ("rbspa", "2013-01-05", 1.10, 5.78, 10.2, 8.95),
    ("mms1", "2016-01-05", 1.2, 12.0, 28.5, 23.9),
    ("mms3", "2018-01-05", 1.2, 25.0, 28.0, 66.8),
    ("cluster1", "2001-01-05", 4.0, 19.6, 90.5, 57.1),
]


def _minutes(day: str, count: int) -> np.ndarray:
    return np.datetime64(day, "us") + np.arange(count) * np.timedelta64(1, "m")


def _period_min(values: np.ndarray) -> float:
    """Mean time between upward crossings of the mean value."""
    level = values - 0.5 * (values.min() + values.max())
    rising = np.flatnonzero((level[:-1] < 0) & (level[1:] >= 0))
    exact = rising + level[rising] / (level[rising] - level[rising + 1])
    return float(np.diff(exact).mean())


@pytest.mark.parametrize("row", LOW, ids=lambda row: f"{row[0]}-{row[1]}")
def test_low_orbits_have_their_published_shape(
    row: tuple[str, str, int, int, float, float],
) -> None:
    platform, day, perigee, apogee, inclination, period = row
    track = positions(platform, _minutes(day, 6000))
    altitude = track.radius_km - EQUATORIAL_KM
    # 15 km: the flattening of the field moves the radius by 9 km, and altitudes decay.
    assert altitude.min() == pytest.approx(perigee, abs=15)
    assert altitude.max() == pytest.approx(apogee, abs=15)
    highest = min(inclination, 180.0 - inclination)
    assert np.abs(track.lat_deg).max() == pytest.approx(highest, abs=0.2)
    # Nodal against anomalistic period, and 10 km of altitude: 0.4 minutes.
    assert _period_min(track.lat_deg) == pytest.approx(period, abs=0.5)


@pytest.mark.parametrize("row", HIGH, ids=lambda row: f"{row[0]}-{row[1]}")
def test_high_orbits_have_their_published_shape(
    row: tuple[str, str, float, float, float, float],
) -> None:
    platform, day, perigee, apogee, inclination, period = row
    track = positions(platform, _minutes(day, int(period * 60 * 3)))
    radius_re = track.radius_km / EARTH_RE_KM
    # Sun and Moon move perigee and apogee by a few tenths of an Earth radius within a year.
    assert radius_re.min() == pytest.approx(perigee, abs=0.15 + 0.05 * perigee)
    assert radius_re.max() == pytest.approx(apogee, rel=0.05)
    assert np.abs(track.lat_deg).max() < inclination + 1.5
    assert _period_min(track.radius_km) / 60.0 == pytest.approx(period, rel=0.02)


def _node_local_time_h(platform: str, day: str) -> float:
    times = _minutes(day, 300)
    lat, lon, _ = positions(platform, times)
    row = np.flatnonzero((lat[:-1] < 0) & (lat[1:] >= 0))[0]
    part = lat[row] / (lat[row] - lat[row + 1])
    turn = (lon[row + 1] - lon[row] + 180.0) % 360.0 - 180.0
    hour = (times[row] - times[row].astype("datetime64[D]")) / np.timedelta64(1, "h")
    return float((hour + part / 60.0 + (lon[row] + part * turn) / 15.0) % 24.0)


def test_swarm_drifts_through_local_time_and_dmsp_does_not() -> None:
    def drift_h(platform: str) -> float:
        change = _node_local_time_h(platform, "2019-01-31") - _node_local_time_h(
            platform, "2019-01-01"
        )
        return (change + 12.0) % 24.0 - 12.0

    # Swarm A goes through 24 hours of local time in some 267 days (ESA: 12 hours in 4.4 months),
    # B in some 282; a Sun-synchronous orbit keeps its time but for the equation of time.
    assert drift_h("swarma") == pytest.approx(-30.0 / 267.0 * 24.0, abs=0.3)
    assert drift_h("swarmb") == pytest.approx(-30.0 / 282.0 * 24.0, abs=0.3)
    assert abs(drift_h("dmspf17")) < 0.3
    assert abs(drift_h("noaa20")) < 0.3


def test_swarm_a_and_c_fly_side_by_side() -> None:
    times = _minutes("2019-01-01", 1440)
    a, c = positions("swarma", times), positions("swarmc", times)
    level = np.abs(a.lat_deg) < 30.0
    apart = np.abs((a.lon_deg - c.lon_deg + 180.0) % 360.0 - 180.0)[level]
    assert apart.mean() == pytest.approx(1.4, abs=0.2)


def test_geostationary_spacecraft_stay_where_they_are_parked() -> None:
    for platform, day, longitude in (
        ("goes12", "2008-01-15", -75.0),
        ("goes11", "2008-01-15", -135.0),
        ("goes16", "2019-01-15", -75.2),
        ("goes17", "2019-02-15", -137.2),
    ):
        track = positions(platform, _minutes(day, 1440))
        assert np.abs(track.lon_deg - longitude).max() < 0.2
        assert np.abs(track.radius_km - 42_164.0).max() < 1.0


def test_artemis_stays_near_the_real_moon() -> None:
    times = _minutes("2019-01-10", 2880)[::480]
    moments = Time(times, scale="utc")
    moon = get_body("moon", moments).transform_to(ITRS(obstime=moments)).cartesian
    theirs = moon.xyz.to_value(units.km)
    for platform in ("themisb", "themisc"):
        track = positions(platform, times)
        lat, lon = np.radians(track.lat_deg), np.radians(track.lon_deg)
        ours = track.radius_km * np.stack(
            [np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)]
        )
        # Its own orbit is 11,400 km wide; the rest is the series and the frames.
        assert np.sqrt(((ours - theirs) ** 2).sum(axis=0)).max() < 13_500.0


def test_every_spacecraft_has_an_orbit_through_its_whole_life() -> None:
    assert {craft.platform for craft in SPACECRAFT} == known_platforms()
    for craft in SPACECRAFT:
        last = min(craft.end.year if craft.end else 2025, 2025)
        for year in range(craft.start.year, last + 1):
            day = np.datetime64(f"{year}-12-31T00:00", "us")
            track = positions(craft.platform, np.array([day]))
            assert track.radius_km[0] > 6600.0
