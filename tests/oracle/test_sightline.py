"""Lines of sight against an official skymap, pymap3d, astropy, and asilib's own projection."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pymap3d
import pytest
from numpy.typing import NDArray

from core.geo.sightline import look_at, map_to_altitude
from core.geo.sphere import distance_km
from core.geo.wgs84 import to_cartesian, to_geodetic

GAKONA = (62.41, 214.84, 0.0)
PLACES = [
    (62.41, -145.16, 0.0),
    (78.15, 16.04, 520.0),
    (-77.85, 166.67, 30.0),
    (0.0, 179.99, 4000.0),
    (89.999, 12.0, 0.0),
    (-90.0, 0.0, 2835.0),
]
Array = NDArray[np.float64]


@pytest.fixture(scope="module")
def gakona(test_data: Path) -> Any:
    from scipy.io import readsav

    with warnings.catch_warnings():
        # "Not able to verify number of bytes from header": so are all skymaps written.
        warnings.simplefilter("ignore", UserWarning)
        path = test_data / "themis" / "themis_skymap_gako_20110305-+_vXX.sav"
        return readsav(path)["skymap"][0]


def _centres(skymap: Any, alt_km: float) -> tuple[Array, Array, Array]:
    azimuth, elevation = skymap.FULL_AZIMUTH.astype(float), skymap.FULL_ELEVATION.astype(float)
    site = (skymap.SITE_MAP_LATITUDE, skymap.SITE_MAP_LONGITUDE, skymap.SITE_MAP_ALTITUDE)
    lat, lon = map_to_altitude(azimuth, elevation, *(float(value) for value in site), alt_km)
    return lat, lon % 360.0, elevation


def _corner_mean(corners: Array) -> Array:
    return (corners[:-1, :-1] + corners[1:, :-1] + corners[:-1, 1:] + corners[1:, 1:]) / 4.0


def _bent(centres: Array) -> Array:
    """Pixel centres plus a quarter of the mean second difference along the diagonals.

    That is how far the mean of a pixel's four corners lies from its centre, where the map bends.
    """
    out = np.full_like(centres, np.nan)
    neighbours = centres[:-2, :-2] + centres[2:, 2:] + centres[:-2, 2:] + centres[2:, :-2]
    out[1:-1, 1:-1] = centres[1:-1, 1:-1] + (neighbours - 4.0 * centres[1:-1, 1:-1]) / 16.0
    return out


# Metres, median and 95th percentile. The file's float32 places have steps of 0.4 m (latitude)
# and 0.8 m (longitude near 215 degrees), its directions of 4e-6 degrees: 1 m where the slant
# range is 900 km and the line grazes the layer. Lower down the bend is no longer quadratic.
BANDS = [
    (60.0, 90.1, 0.2, 0.5),
    (30.0, 60.0, 0.2, 0.5),
    (20.0, 30.0, 0.2, 0.5),
    (10.0, 20.0, 0.5, 1.0),
    (5.0, 10.0, 1.0, 1.5),
    (2.0, 5.0, 2.0, 4.0),
]


@pytest.mark.realdata
@pytest.mark.parametrize("level", [0, 1, 2])
@pytest.mark.parametrize(("low", "high", "median_m", "most_m"), BANDS)
def test_the_official_skymap_is_a_line_of_sight_on_wgs84(
    gakona: Any, level: int, low: float, high: float, median_m: float, most_m: float
) -> None:
    alt_km = float(gakona.FULL_MAP_ALTITUDE[level]) / 1000.0
    lat, lon, elevation = _centres(gakona, alt_km)
    theirs = (
        _corner_mean(layer[level].astype(float))
        for layer in (gakona.FULL_MAP_LATITUDE, gakona.FULL_MAP_LONGITUDE)
    )
    apart_m = distance_km(_bent(lat), _bent(lon), *theirs) * 1000.0
    band = (elevation >= low) & (elevation < high) & np.isfinite(apart_m)
    assert band.sum() > 1500
    assert np.median(apart_m[band]) < median_m
    assert np.percentile(apart_m[band], 95) < most_m


def _at_corners(centres: Array) -> Array:
    """Cubic midpoints in both directions: what the centres say of the corners between them."""
    rows = (9.0 * (centres[1:-2] + centres[2:-1]) - centres[:-3] - centres[3:]) / 16.0
    return np.asarray((9.0 * (rows[:, 1:-2] + rows[:, 2:-1]) - rows[:, :-3] - rows[:, 3:]) / 16.0)


@pytest.mark.realdata
@pytest.mark.parametrize("level", [0, 1, 2])
def test_the_official_corners_to_a_metre(gakona: Any, level: int) -> None:
    alt_km = float(gakona.FULL_MAP_ALTITUDE[level]) / 1000.0
    lat, lon, elevation = _centres(gakona, alt_km)
    theirs = (
        layer[level, 2:-2, 2:-2].astype(float)
        for layer in (gakona.FULL_MAP_LATITUDE, gakona.FULL_MAP_LONGITUDE)
    )
    apart_m = distance_km(_at_corners(lat), _at_corners(lon), *theirs) * 1000.0
    corner_elevation = _at_corners(elevation)
    seen = np.isfinite(apart_m) & (corner_elevation > 5.0)
    assert seen.sum() > 40_000
    assert np.median(apart_m[seen]) < 1.0
    assert np.percentile(apart_m[seen], 99) < 3.0


@pytest.mark.realdata
def test_corners_seen_from_the_site_lie_between_the_centres(gakona: Any) -> None:
    # The inverse, on the file alone: the same direction from its corners at 90, 110 and 150 km.
    directions = [
        look_at(
            gakona.FULL_MAP_LATITUDE[level].astype(float),
            gakona.FULL_MAP_LONGITUDE[level].astype(float),
            float(gakona.FULL_MAP_ALTITUDE[level]) / 1000.0,
            *GAKONA,
        )
        for level in range(3)
    ]
    for azimuth, elevation, _ in directions[1:]:
        seen = np.isfinite(elevation) & (directions[0][1] > 5.0)
        assert seen.sum() > 40_000
        east = (azimuth - directions[0][0] + 180.0) % 360.0 - 180.0
        level = east * np.cos(np.radians(elevation))
        # float32 steps of 0.8 m on places 90 km away are 5e-4 degrees.
        assert np.abs(elevation - directions[0][1])[seen].max() < 1e-3
        assert np.abs(level[seen]).max() < 1e-3


@pytest.mark.parametrize("map_alt_km", [90.0, 110.0, 230.0, 850.0, 35_786.0])
@pytest.mark.parametrize("place", PLACES)
def test_pymap3d_finds_the_point_on_the_line_at_the_altitude(
    place: tuple[float, float, float], map_alt_km: float
) -> None:
    random = np.random.default_rng(11)
    azimuth, elevation = random.uniform(0, 360, 400), random.uniform(0, 90, 400)
    lat, lon = map_to_altitude(azimuth, elevation, *place, map_alt_km)
    az, el, range_m = pymap3d.geodetic2aer(lat, lon, map_alt_km * 1000.0, *place)
    # Degrees: a millimetre on the shortest line (86 km) is 7e-7.
    np.testing.assert_allclose(el, elevation, atol=7e-7)
    across = ((az - azimuth + 180.0) % 360.0 - 180.0) * np.cos(np.radians(elevation))
    np.testing.assert_allclose(across, 0.0, atol=7e-7)
    ours = look_at(lat, lon, map_alt_km, *place)
    np.testing.assert_allclose(ours[2], range_m / 1000.0, atol=1e-6)
    # A millimetre. By forward formulas only: pymap3d's way from Cartesian to geodetic is an
    # approximation, 4 mm off at 850 km and 12 m in geostationary orbit.
    on_line = pymap3d.aer2ecef(azimuth, elevation, range_m, *place)
    at_altitude = pymap3d.geodetic2ecef(lat, lon, map_alt_km * 1000.0)
    np.testing.assert_allclose(on_line, at_altitude, atol=1e-3, rtol=0)


def test_astropy_sees_targets_in_the_same_direction() -> None:
    from astropy import units
    from astropy.coordinates import ITRS, AltAz, EarthLocation
    from astropy.time import Time

    moment = Time("2015-01-01T00:00:00", scale="utc")
    random = np.random.default_rng(5)
    azimuth, elevation = random.uniform(0, 360, 100), random.uniform(0.5, 90, 100)
    for lat_deg, lon_deg, alt_m in PLACES:
        site = EarthLocation.from_geodetic(lon_deg, lat_deg, alt_m * units.m)
        lat, lon = map_to_altitude(azimuth, elevation, lat_deg, lon_deg, alt_m, 110.0)
        target = EarthLocation.from_geodetic(lon, lat, np.full(100, 110.0) * units.km)
        offset = target.get_itrs(moment).cartesian - site.get_itrs(moment).cartesian
        seen = ITRS(offset, obstime=moment, location=site).transform_to(
            AltAz(obstime=moment, location=site)
        )
        across = (seen.az.deg - azimuth + 180.0) % 360.0 - 180.0
        # A millimetre at 110 km is 5e-7 degrees; polar motion is part of astropy's local frame.
        np.testing.assert_allclose(seen.alt.deg, elevation, atol=2e-6 + 1.5e-4)
        np.testing.assert_allclose(across * np.cos(np.radians(elevation)), 0.0, atol=2e-6 + 1.5e-4)


def test_astropy_gives_the_same_geodetic_places() -> None:
    from astropy import units
    from astropy.coordinates import EarthLocation

    random = np.random.default_rng(6)
    lat, lon = random.uniform(-90, 90, 500), random.uniform(-180, 180, 500)
    alt = random.choice([-0.4, 0.0, 110.0, 800.0, 40_000.0], 500)
    theirs = EarthLocation.from_geodetic(lon, lat, alt * units.km)
    ours = to_cartesian(lat, lon, alt)
    for axis, mine in zip((theirs.x, theirs.y, theirs.z), ours, strict=True):
        np.testing.assert_allclose(mine, axis.to_value(units.km), atol=1e-9, rtol=0)
    back = to_geodetic(ours)
    # A micrometre.
    np.testing.assert_allclose(back.alt_km, alt, atol=1e-9)
    np.testing.assert_allclose(back.lat_deg, lat, atol=1e-11)
    np.testing.assert_allclose(back.lon_deg, lon, atol=1e-11)


def test_asilib_goes_the_length_of_a_sphere() -> None:
    # asilib cuts the line with a sphere of 6378.14 km; its own altitude says how far off it is.
    from asilib.skymap import geodetic_skymap

    random = np.random.default_rng(8)
    azimuth, elevation = random.uniform(0, 360, (8, 8)), random.uniform(5, 90, (8, 8))
    theirs = geodetic_skymap((62.41, -145.16, 0.0), azimuth, elevation.copy(), 110.0)
    ours = map_to_altitude(azimuth, elevation, 62.41, -145.16, 0.0, 110.0)
    apart_km = distance_km(*ours, *theirs)
    # Sphere and ellipsoid part by the difference of curvature along the line, at most 0.7 % of
    # the drop of the Earth's surface below the tangent, seen on a slant.
    slant = look_at(*ours, 110.0, 62.41, -145.16, 0.0)[2]
    drop_km = 0.007 * slant**2 / (2.0 * 6371.0)
    assert (apart_km < 0.002 + drop_km / np.tan(np.radians(elevation))).all()
    assert apart_km.max() > 0.1
