"""Keograms and prepared skymaps beside pyaurorax 1.27, on frames and skymap of Gakona.

pyaurorax takes a corner for the pixel, has one more latitude than rows, and asks AACGM for the
ground. Ours is evaluated in the same way, where it must agree, and then in its own.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.geo.magnetic import to_magnetic
from core.imaging.keogram import keogram
from core.imaging.keogram_axes import column_axes
from core.imaging.overlap import pixel_polygons
from tests.oracle.imaging_peers import Gakona, gakona, pyaurorax_skymap

pytestmark = [pytest.mark.realdata, pytest.mark.filterwarnings("ignore")]

KM_PER_DEG = 111.2


@pytest.fixture(scope="module")
def place(test_data: Path) -> Gakona:
    return gakona(test_data)


def their_keogram(place: Gakona) -> Any:
    from pyaurorax.tools.keogram._create import create

    images = np.moveaxis(place.images[:, ::-1, :], 0, -1)  # row 0 south, time last
    return create(images, place.times, 0, False, None, "green", None, None)


def test_counts_are_those_of_column_127(place: Gakona) -> None:
    theirs = their_keogram(place).data
    assert theirs.shape == (256, 23)
    assert np.array_equal(keogram(place.frames, column=127)["counts"].values, theirs.T)


@pytest.mark.parametrize("alt_km", [90, 110, 150])
def test_latitudes_are_ours_at_their_corner(place: Gakona, alt_km: int) -> None:
    theirs = their_keogram(place)
    theirs.set_geographic_latitudes(pyaurorax_skymap(place.path), altitude_km=alt_km)
    mapped = place.skymap.mapped(float(alt_km))
    corner = mapped.corner_lat_deg[::-1, 127]
    assert theirs.geo_y.shape == (257,)  # one more than rows
    axes = column_axes(place.skymap, float(alt_km), np.datetime64("2011-01-06"), column=127)
    high = np.r_[axes["elevation_deg"].values > 5, False]
    # Single precision of the file: 0.4 m.
    assert np.abs(theirs.geo_y - corner)[high].max() * KM_PER_DEG < 0.002
    # Our centres lie off by the mean of four corners, but for curvature (1 km at 5 degrees).
    lat = mapped.corner_lat_deg
    mean = (lat[1:, 1:] + lat[1:, :-1] + lat[:-1, 1:] + lat[:-1, :-1])[::-1, 127] / 4
    off = axes["latitude"].values - theirs.geo_y[:-1]
    expected = mean - corner[:-1]
    assert np.abs(off - expected)[high[:-1]].max() * KM_PER_DEG < 1.5 * alt_km / 110
    assert np.nanmedian(np.abs(off)) * KM_PER_DEG > 0.3


def test_latitudes_between_two_of_their_altitudes(place: Gakona) -> None:
    theirs = their_keogram(place)
    skymap = pyaurorax_skymap(place.path)
    theirs.set_geographic_latitudes(skymap, altitude_km=130)
    corner = place.skymap.mapped(130.0).corner_lat_deg[::-1, 127]
    elevation = np.r_[place.skymap.elevation_deg[::-1, 127], np.nan]
    # They interpolate linearly from 110 to 150 km: by the second difference of the three
    # altitudes they miss up to 1/8 * (40 km)^2 * d2lat/dalt2, 40 m at 20 degrees.
    low, middle, high = (skymap.full_map_latitude[k][:, 127] for k in range(3))
    curvature = np.abs((high - middle) / 40 - (middle - low) / 20) / 30
    allowed = curvature * 40**2 / 8 * 1.5 + 2e-5
    seen = elevation > 5
    assert (np.abs(theirs.geo_y - corner)[seen] < allowed[seen]).all()


def test_magnetic_latitudes_are_ours_on_the_ground(place: Gakona) -> None:
    theirs = their_keogram(place)
    skymap = pyaurorax_skymap(place.path)
    theirs.set_magnetic_latitudes(skymap, place.times[0], altitude_km=110)
    lat, lon = skymap.full_map_latitude[1][:, 127], skymap.full_map_longitude[1][:, 127]
    time = np.datetime64(place.times[0].replace(tzinfo=None))
    seen = np.r_[place.skymap.elevation_deg[::-1, 127] > 5, False]
    on_ground = to_magnetic(lat, lon, 0.0, time)[0]
    aloft = to_magnetic(lat, lon, 110.0, time)[0]
    assert theirs.mag_y[seen] == pytest.approx(on_ground[seen], abs=1e-6)
    # What the altitude changes: a quarter of a degree here, 25 km.
    assert 0.1 < np.median(np.abs(theirs.mag_y - aloft)[seen]) < 0.5
    axes = column_axes(place.skymap, 110.0, time, column=127)
    off = np.abs(axes["mlat_deg"].values - aloft[:-1])[seen[:-1]]
    assert np.median(off) * KM_PER_DEG < 4  # half a pixel


def test_prepared_polygons_are_our_corners(place: Gakona) -> None:
    from pyaurorax.tools.mosaic._prep_skymaps import prep_skymaps

    skymap = copy.copy(pyaurorax_skymap(place.path))
    rows, columns = slice(60, 100), slice(110, 150)  # theirs takes 0.1 ms a corner
    edges = (slice(60, 101), slice(110, 151))
    skymap.full_elevation = skymap.full_elevation[rows, columns]
    skymap.full_map_latitude = skymap.full_map_latitude[(slice(None), *edges)]
    skymap.full_map_longitude = skymap.full_map_longitude[(slice(None), *edges)]
    theirs = prep_skymaps(None, [skymap], 110, None, True, 1)
    ours = pixel_polygons(place.skymap, 110.0)
    for corners, polygons in (
        (ours.lat_deg, theirs.polyfill_lat[0]), (ours.lon_deg, theirs.polyfill_lon[0])
    ):  # fmt: skip
        whole = corners.reshape(256, 256, 5)[::-1][rows, columns]
        assert np.array_equal(whole[..., 0], whole[..., 4])
        shaped = np.moveaxis(polygons.reshape(5, 40, 40), 0, -1)
        # They begin at the south of the same pixel and leave out the last row and column.
        apart = np.sort(shaped[..., :4]) - np.sort(whole[..., :4])
        assert np.abs(apart)[:-1, :-1].max() < 3e-5  # degrees: single precision
        assert (shaped[-1] == 0).all()
    inside = place.skymap.elevation_deg[::-1][rows, columns]
    assert np.array_equal(theirs.elevation[0].reshape(40, 40), inside)
