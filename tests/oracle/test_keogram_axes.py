"""Axes of keograms against the corners that the official skymap of Gakona lists."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.io import readsav

from core.geo.magnetic import to_magnetic
from core.imaging.keogram_axes import column_axes
from tests.oracle.imaging_peers import SKYMAP, gakona

pytestmark = [
    pytest.mark.realdata,
    # scipy cannot verify the length that IDL states; the values are right.
    pytest.mark.filterwarnings("ignore::UserWarning"),
]

KM_PER_DEG = 111.2
TIME = np.datetime64("2011-03-05T06:00", "us")
BANDS = [(60.0, 90.0), (30.0, 60.0), (20.0, 30.0), (10.0, 20.0), (5.0, 10.0)]
# Half a pixel of this camera in latitude, km, and the mean of four corners less the line of sight
# of the centre: the curvature of the map within a pixel (km, median over all azimuths).
CURVATURE_KM = dict(zip(BANDS, [0.002, 0.012, 0.054, 0.18, 0.52], strict=True))


def corners(test_data: Path, name: str, level: int) -> np.ndarray:
    return np.array(readsav(str(test_data / SKYMAP))["skymap"][name][0][level], dtype=float)


@pytest.mark.parametrize("alt_km", [90.0, 110.0, 150.0])
def test_latitudes_are_the_means_of_four_corners(test_data: Path, alt_km: float) -> None:
    skymap = gakona(test_data).skymap
    level = [90.0, 110.0, 150.0].index(alt_km)
    lat = corners(test_data, "FULL_MAP_LATITUDE", level)
    mean = (lat[1:, 1:] + lat[1:, :-1] + lat[:-1, 1:] + lat[:-1, :-1]) / 4
    axes = column_axes(skymap, alt_km, TIME)
    for (low, high), curvature_km in CURVATURE_KM.items():
        elevation = axes["elevation_deg"].values
        inside = (elevation > low) & (elevation <= high)
        apart = np.abs(axes["latitude"].values - mean[::-1, 128])[inside] * KM_PER_DEG
        assert inside.sum() >= 6
        # A median over a few pixels of one column: three times that over the whole image, scaled
        # with the altitude as the map is.
        assert np.median(apart) < 3 * curvature_km * alt_km / 110 + 0.001


def test_longitudes_are_the_means_of_four_corners(test_data: Path) -> None:
    skymap = gakona(test_data).skymap
    lon = corners(test_data, "FULL_MAP_LONGITUDE", 1)
    mean = (lon[1:, 1:] + lon[1:, :-1] + lon[:-1, 1:] + lon[:-1, :-1]) / 4
    axes = column_axes(skymap, 110.0, TIME)
    high = axes["elevation_deg"].values > 30
    apart = (axes["longitude"].values - mean[::-1, 128] + 180) % 360 - 180
    east_km = apart * np.cos(np.radians(axes["latitude"].values)) * KM_PER_DEG
    assert np.abs(east_km[high]).max() < 0.05


def test_corner_taken_for_the_centre_is_half_a_pixel_off(test_data: Path) -> None:
    """What the axis would be if a corner stood for the pixel: a kilometre and more."""
    skymap = gakona(test_data).skymap
    lat = corners(test_data, "FULL_MAP_LATITUDE", 1)
    axes = column_axes(skymap, 110.0, TIME)
    high = axes["elevation_deg"].values > 60
    off = np.abs(axes["latitude"].values - lat[:-1, :-1][::-1, 128])[high] * KM_PER_DEG
    assert 0.3 < np.median(off) < 1.5


def test_magnetic_latitude_is_that_of_the_altitude(test_data: Path) -> None:
    skymap = gakona(test_data).skymap
    axes = column_axes(skymap, 110.0, TIME)
    good = axes["elevation_deg"].values > 5
    places = axes["latitude"].values[good], axes["longitude"].values[good]
    at_110 = to_magnetic(*places, 110.0, TIME)[0]
    on_ground = to_magnetic(*places, 0.0, TIME)[0]
    assert axes["mlat_deg"].values[good] == pytest.approx(at_110, abs=1e-12)
    # 110 km up a field line at 63 degrees is 0.25 degrees of magnetic latitude.
    assert 0.1 < np.median(np.abs(at_110 - on_ground)) < 0.5
