"""Keograms, directions and boxes beside asilib 0.30.1, on frames and skymap of Gakona.

asilib takes the corner with a pixel's index for the pixel itself. Where a result depends on that,
ours is evaluated at the same corner and must agree; at the pixel's centre it must differ by what
the corner is away from the centre.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.geo.magnetic import to_magnetic
from core.geo.sightline import look_at
from core.geo.sphere import distance_km
from core.imaging.keogram import keogram
from core.imaging.keogram_axes import column_axes
from core.imaging.pixel_finder import finder_of
from core.imaging.projection import build_projection
from core.imaging.targets import Box
from tests.oracle.imaging_peers import Gakona, asilib_imager, gakona

pytestmark = [pytest.mark.realdata, pytest.mark.filterwarnings("ignore")]

KM_PER_DEG = 111.2


@pytest.fixture(scope="module")
def place(test_data: Path) -> Gakona:
    return gakona(test_data)


def track(place: Gakona, count: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return a track from south to north over the site, one position a frame."""
    times = np.array(place.times)
    count = count or len(times)
    lat = np.linspace(60.8, 64.2, count)
    lon = np.linspace(-147.0, -143.5, count)
    return times, np.stack([lat, lon, np.full(count, 110.0)], axis=1)


def test_counts_of_the_keogram_are_those_of_the_same_column(place: Gakona) -> None:
    imager = asilib_imager(place)
    times, _, counts = imager.keogram()
    ours = keogram(place.frames)
    # They leave out pixels without a latitude; what is left is the same, south first.
    elevation, corner_lat = imager.skymap["el"][:, 128], imager.skymap["lat"][:256, 128]
    rows = np.flatnonzero((elevation >= 0) & np.isfinite(corner_lat))
    assert counts.shape == (23, 252) == (23, rows.size)
    assert np.array_equal(ours["counts"].values[:, rows], counts)
    assert list(times) == place.times


def test_axis_is_ours_at_their_corner_and_half_a_pixel_off_at_the_centre(place: Gakona) -> None:
    imager = asilib_imager(place)
    _, theirs, _ = imager.keogram()
    elevation = imager.skymap["el"][:, 128]
    rows = np.flatnonzero((elevation >= 0) & np.isfinite(imager.skymap["lat"][:256, 128]))
    mapped = place.skymap.mapped(110.0)
    # Their row r counts from the south: corner r is ours from the lower edge.
    corner = mapped.corner_lat_deg[::-1][rows, 128]
    high = elevation[rows] > 5
    # Metres: single precision of the file is 0.4 m.
    assert np.abs(corner - theirs)[high].max() * KM_PER_DEG < 0.002
    centre = column_axes(place.skymap, 110.0, np.datetime64("2011-01-06"))["latitude"].values
    lat = mapped.corner_lat_deg
    mean = (lat[1:, 1:] + lat[1:, :-1] + lat[:-1, 1:] + lat[:-1, :-1])[::-1, 128] / 4
    off = (centre[rows] - theirs)[high]
    expected = (mean[rows] - corner)[high]
    # What is left is the map's curvature within a pixel: up to 1 km just above 5 degrees.
    assert np.abs(off - expected).max() * KM_PER_DEG < 1.5
    assert np.median(np.abs(off - expected)) * KM_PER_DEG < 0.02
    zenith = elevation[rows][high] > 60
    assert 0.3 < np.median(np.abs(off[zenith])) * KM_PER_DEG < 1.5


def test_magnetic_axis_is_ours_at_their_corner(place: Gakona) -> None:
    imager = asilib_imager(place)
    _, theirs, _ = imager.keogram(aacgm=True)
    lat, lon = imager.skymap["lat"][:256, 128], imager.skymap["lon"][:256, 128]
    rows = np.flatnonzero((imager.skymap["el"][:, 128] >= 0) & np.isfinite(lat))
    time = np.datetime64(place.times[0].replace(tzinfo=None)) - np.timedelta64(1, "s")
    ours = to_magnetic(lat[rows], lon[rows], 110.0, time)[0]
    # The same library and altitude: rounding.
    assert ours == pytest.approx(theirs, abs=1e-6)


def test_directions_and_pixels_of_a_track(place: Gakona) -> None:
    """Fewer than 1,000 points: above that their pixels are wrong (a loop with one azimuth)."""
    import asilib

    times, lla = track(place)
    conjunction = asilib.Conjunction(asilib_imager(place), (times, lla))
    azel, pixels = conjunction.map_azel(min_el=10)
    site = (place.skymap.lat_deg, place.skymap.lon_deg, place.skymap.alt_m)
    azimuth, elevation, _ = look_at(*lla.T, *site)
    # pymap3d: the same ellipsoid; 1e-6 degrees at 110 km are 2 mm.
    assert np.abs((azel[:, 0] - azimuth + 180) % 360 - 180).max() < 1e-5
    assert np.abs(azel[:, 1] - elevation).max() < 1e-6
    x, y = finder_of(place.skymap).pixels_of(azimuth, elevation)
    # The nearest centre is that of the pixel one is in; theirs counts rows from the south.
    assert np.abs(pixels[:, 0] - (x - 0.5)).max() < 0.6
    assert np.abs(255 - pixels[:, 1] - (y - 0.5)).max() < 0.6


def their_box(place: Gakona, lat: float, lon: float, side_km: float) -> np.ndarray:
    """Return the pixels whose corner lies in a box by their formulas, evaluated with ours."""
    radius_km = 6371.0 + 110.0
    dlat = np.degrees(side_km / radius_km)
    dlon = np.degrees(2 * np.arcsin(np.sin(side_km / 2 / radius_km) / np.cos(np.radians(lat))))
    mapped = place.skymap.mapped(110.0)
    # Their corner [r, c] from the south is ours [256 - r, c], and stands for their pixel [r, c].
    corner_lat, corner_lon = mapped.corner_lat_deg[1:, :-1], mapped.corner_lon_deg[1:, :-1]
    return (np.abs(corner_lat - lat) <= dlat / 2) & (np.abs(corner_lon - lon) <= dlon / 2)


@pytest.mark.parametrize("side_km", [10.0, 20.0, 50.0])
def test_light_in_a_box_along_a_track(place: Gakona, side_km: float) -> None:
    import asilib

    times, lla = track(place)
    conjunction = asilib.Conjunction(asilib_imager(place), (times, lla))
    theirs = conjunction.intensity(box=(side_km, side_km))
    box = Box(lla[:, 0], lla[:, 1], side_km, side_km)
    ours = build_projection(place.skymap, 110.0, box).apply(place.images)
    for number in range(len(times)):
        image = place.images[number].astype(float)
        inside = their_box(place, lla[number, 0], lla[number, 1], side_km)
        # With their membership the mean is theirs to the last figure.
        assert image[inside].mean() == pytest.approx(theirs[number], rel=1e-9)
        # Membership: they take or leave whole pixels on the rim, up to half a pixel off. The rim
        # is four sides of sqrt(n) pixels; their scatter, in or out at random, moves the mean by
        # 2 * sqrt(rim) / n at three standard deviations, and the shift of half a pixel by half
        # the slope from pixel to pixel (0.1 of the scatter is ample in a box).
        scatter, count = image[inside].std(), inside.sum()
        rim = 4 * np.sqrt(count)
        tolerance = scatter * (3 * np.sqrt(rim) / count + 0.15)
        assert abs(float(ours[number, number]) - theirs[number]) < tolerance + 0.01 * scatter


def test_boxes_do_not_move_with_the_size(place: Gakona) -> None:
    """The mean place of a box by weight is its centre; theirs is off by half a pixel."""
    lat, lon = 63.3, -144.0
    mapped = place.skymap.mapped(110.0)
    weights = (
        build_projection(place.skymap, 110.0, Box(np.array([lat]), np.array([lon]), 30.0, 30.0))
        .matrix.toarray()[0]
        .reshape(256, 256)
    )
    used = weights > 0

    def mean_place(share: Any) -> tuple[float, float]:
        return (
            float((mapped.lat_deg[used] * share).sum() / share.sum()),
            float((mapped.lon_deg[used] * share).sum() / share.sum()),
        )

    ours = distance_km(lat, lon, *mean_place(weights[used]))
    theirs = distance_km(lat, lon, *mean_place(their_box(place, lat, lon, 30.0)[used] * 1.0))
    assert float(ours) < 0.15  # rim pixels stand for a part of themselves
    assert 0.5 < float(theirs) < 2.5


def test_custom_altitude_on_their_sphere_is_near(place: Gakona) -> None:
    """Their own projection uses a sphere for the range: a kilometre at most above 5 degrees."""
    from asilib.skymap import geodetic_skymap

    rows = slice(0, 256, 32)
    azimuth = place.skymap.azimuth_deg[rows, rows].copy()
    elevation = place.skymap.elevation_deg[rows, rows].copy()
    site = (place.skymap.lat_deg, place.skymap.lon_deg, place.skymap.alt_m / 1000)
    lat, lon = geodetic_skymap(site, azimuth, elevation.copy(), 120.0)
    mapped = place.skymap.mapped(120.0)
    seen = elevation > 5
    apart = distance_km(mapped.lat_deg[rows, rows], mapped.lon_deg[rows, rows], lat, lon)[seen]
    # 0.1 km overhead to 1 km at 5 degrees: sphere against ellipsoid.
    assert apart.max() < 1.5
