"""Projections beside interpolation and binning that know nothing of the camera.

The places of pixel centres come from the corners of the official skymap; scipy interpolates
between them, or numpy counts them into cells.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.interpolate import LinearNDInterpolator
from scipy.io import readsav
from scipy.ndimage import gaussian_filter

from core.geo.sphere import EARTH_RADIUS_KM
from core.imaging.offsets import offsets_km
from core.imaging.projection import build_projection
from core.imaging.targets import AzimuthalGrid, Box, centres
from core.imaging.targets import Path as Line
from tests.oracle.imaging_peers import SKYMAP, Gakona, gakona

pytestmark = [
    pytest.mark.realdata,
    pytest.mark.filterwarnings("ignore::UserWarning"),  # scipy on the length in IDL files
]


@pytest.fixture(scope="module")
def place(test_data: Path) -> Gakona:
    return gakona(test_data)


@pytest.fixture(scope="module")
def offsets(test_data: Path, place: Gakona) -> tuple[np.ndarray, np.ndarray]:
    """East and north of pixel centres from the site, by the means of the file's corners."""
    skymap = readsav(str(test_data / SKYMAP))["skymap"]
    lat = np.array(skymap["FULL_MAP_LATITUDE"][0][1], dtype=float)
    lon = np.array(skymap["FULL_MAP_LONGITUDE"][0][1], dtype=float)
    site = place.skymap.lat_deg, place.skymap.lon_deg
    east, north = offsets_km(*site, lat, lon, EARTH_RADIUS_KM)

    def mean(values: np.ndarray) -> np.ndarray:
        return (values[1:, 1:] + values[1:, :-1] + values[:-1, 1:] + values[:-1, :-1]) / 4

    return mean(east), mean(north)


def smooth(place: Gakona) -> np.ndarray:
    """Return the first frame without its noise, which no two interpolations treat alike."""
    return gaussian_filter(place.images[0].astype(float), 3.0)


def test_fine_map_is_that_of_scipy(place: Gakona, offsets: tuple[np.ndarray, np.ndarray]) -> None:
    grid = AzimuthalGrid(place.skymap.lat_deg, place.skymap.lon_deg, 250.0, 300)
    image = smooth(place)
    ours = build_projection(place.skymap, 110.0, grid).apply(image[None])[0]
    east, north = offsets
    good = np.isfinite(east) & (place.skymap.elevation_deg > 8)
    theirs = LinearNDInterpolator(np.stack([east[good], north[good]], axis=1), image[good])
    across = (np.arange(300) + 0.5) * grid.cell_km - 250.0
    expected = theirs(*np.meshgrid(across, across[::-1]))
    seen = np.isfinite(ours) & np.isfinite(expected)
    assert seen.mean() > 0.99
    # Both are linear between the same pixels, on triangles or on squares: the difference is the
    # curvature of the picture within a pixel. Its scale is the second difference of the image.
    curvature = np.abs(np.diff(image, 2, axis=0))[good[1:-1]].max()
    scatter = np.abs(ours - expected)[seen]
    assert scatter.max() < curvature
    assert np.median(scatter) < 0.02 * curvature
    assert np.std(expected[seen]) > 50 * np.median(scatter)


def test_coarse_map_is_the_mean_of_the_pixels_in_it(
    place: Gakona, offsets: tuple[np.ndarray, np.ndarray]
) -> None:
    grid = AzimuthalGrid(place.skymap.lat_deg, place.skymap.lon_deg, 120.0, 8)
    image = place.images[3].astype(float)
    ours = build_projection(place.skymap, 110.0, grid).apply(image[None])[0]
    column = np.floor((offsets[0] + 120.0) / grid.cell_km)
    row = np.floor((120.0 - offsets[1]) / grid.cell_km)
    area = pixel_areas(place)
    for i in range(8):
        for j in range(8):
            inside = (row == i) & (column == j)
            weights = area[inside]
            mean = np.average(image[inside], weights=weights)
            # Rim pixels count by a part here and whole there: 4 sqrt(n) of them, at random.
            scatter, count = image[inside].std(), inside.sum()
            assert count > 100
            assert abs(ours[i, j] - mean) < 4 * scatter * np.sqrt(4 * np.sqrt(count)) / count
    # North is up: no other turn of the picture fits as well.
    means = np.array(
        [[image[(row == i) & (column == j)].mean() for j in range(8)] for i in range(8)]
    )
    errors = [np.abs(np.rot90(ours, k) - means).mean() for k in range(4)]
    assert errors[0] < 0.2 * min(errors[1:])


def pixel_areas(place: Gakona) -> np.ndarray:
    mapped = place.skymap.mapped(110.0)
    east, north = offsets_km(
        place.skymap.lat_deg, place.skymap.lon_deg, mapped.corner_lat_deg, mapped.corner_lon_deg,
        EARTH_RADIUS_KM,
    )  # fmt: skip
    one = (east[1:, 1:] - east[:-1, :-1]) * (north[1:, :-1] - north[:-1, 1:])
    two = (north[1:, 1:] - north[:-1, :-1]) * (east[1:, :-1] - east[:-1, 1:])
    return np.abs(one - two) / 2


def test_box_and_line_agree_with_the_map(place: Gakona) -> None:
    """Three ways to the same mean: an exact box, a one-celled map, a short wide path."""
    lat, lon = 62.9, -144.2
    scale = EARTH_RADIUS_KM / (EARTH_RADIUS_KM + 110.0)
    box = build_projection(place.skymap, 110.0, Box(np.array([lat]), np.array([lon]), 40.0, 40.0))
    cell = build_projection(place.skymap, 110.0, AzimuthalGrid(lat, lon, 20.0 * scale, 1))
    step = np.degrees(40.0 * scale / EARTH_RADIUS_KM)
    line = build_projection(
        place.skymap, 110.0, Line(lat + step * np.array([-1, 0, 1]), np.full(3, lon), 40.0)
    )
    images = place.images[:5]
    exact = box.apply(images)[:, 0]
    scatter = images.std(axis=(1, 2))
    # 900 pixels: what interpolation spreads over the rim is far below a hundredth of the scatter.
    assert np.abs(cell.apply(images)[:, 0, 0] - exact).max() < 0.01 * scatter.max()
    assert np.abs(line.apply(images)[:, 1] - exact).max() < 0.01 * scatter.max()
    assert centres(AzimuthalGrid(lat, lon, 1.0, 1))[0] == pytest.approx(lat)
