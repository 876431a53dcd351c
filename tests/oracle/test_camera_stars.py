"""Stars and the Moon in real images stand where the model skymaps of their cameras say.

Places of stars by astropy, of the images' light by a search for its maximum.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core.imaging.readers import read_frames
from core.imaging.site_model import site_model
from core.instruments.registry import find_site
from core.simulation.cameras.star_list import bright_stars

pytestmark = [pytest.mark.realdata, pytest.mark.filterwarnings("ignore")]
Array = NDArray[np.float64]


def stars(site_code: str, time: np.datetime64, faintest: float) -> tuple[Array, Array]:
    """Azimuth and elevation of the stars more than 25 degrees high."""
    import astropy.units as u
    from astropy.coordinates import AltAz, EarthLocation, SkyCoord
    from astropy.time import Time
    from astropy.utils import iers

    site = find_site("trex_nir", site_code)
    place = EarthLocation(lat=site.lat_deg * u.deg, lon=site.lon_deg * u.deg)
    ra_deg, dec_deg, magnitude = bright_stars()
    with iers.conf.set_temp("auto_download", False):
        frame = AltAz(obstime=Time(str(time)), location=place)
        seen = SkyCoord(ra_deg * u.deg, dec_deg * u.deg).transform_to(frame)
    high = (seen.alt.deg > 25) & (magnitude < faintest)
    return seen.az.deg[high], seen.alt.deg[high]


def sharpened(image: Array) -> Array:
    from scipy.ndimage import gaussian_filter, median_filter

    fine = gaussian_filter(image, 0.6) - median_filter(image, 15)
    return np.asarray(fine / (1.4826 * np.median(np.abs(fine))))


def found(image: Array, x: Array, y: Array, reach: int) -> float:
    """Return the share of places with a peak of five standard deviations within `reach` pixels."""
    hits = 0
    for column, row in zip(x.astype(int), y.astype(int), strict=True):
        around = image[
            max(row - reach, 0) : row + reach + 1, max(column - reach, 0) : column + reach + 1
        ]
        hits += bool(around.size and around.max() > 5.0)
    return hits / len(x)


@pytest.mark.parametrize(
    ("name", "array", "faintest", "reach", "least"),
    [
        # A pixel is 0.7 and 0.3 degrees; haze and noise hide some of the stars.
        ("20220307_0600_gill_nir-216_8446.pgm.gz", "trex_nir", 2.6, 1, 0.6),
        ("20211030_060500_149606_gill_rgb-04_320ms_burst.png", "trex_rgb", 2.6, 3, 0.6),
    ],
)
def test_stars_are_where_the_model_looks(
    test_data: Path, name: str, array: str, faintest: float, reach: int, least: float
) -> None:
    from core.imaging.lens import default_lens

    frames = read_frames(test_data / "trex" / name)
    images = frames["images"].values.astype(float)
    image = sharpened(np.median(images.sum(-1) if images.ndim == 4 else images, axis=0))
    time = frames["time"].values[frames.sizes["time"] // 2]
    azimuth, elevation = stars("gill", time, faintest)
    lens = default_lens(array, image.shape, "gill")
    x, y = lens.pixel_of(azimuth, elevation)
    assert len(x) > 20
    assert found(image, x, y, reach) > least
    # Mirrored or turned by a tenth of a circle, hardly any star is met.
    assert found(image, image.shape[1] - x, y, reach) < least / 2
    assert found(image, *lens.pixel_of(azimuth + 36, elevation), reach) < least / 2


def test_the_moon_over_gillam(test_data: Path) -> None:
    from core.geo.moon import moon_view

    frames = read_frames(test_data / "themis" / "20140310_0600_gill_themis19_full.pgm.gz")
    skymap = site_model("themis_asi", "gill")
    moon = moon_view(skymap.lat_deg, skymap.lon_deg, frames["time"].values[10:11])
    row, column = np.unravel_index(frames["images"].values[10].argmax(), (256, 256))
    # The centre is known to 2 pixels of 0.7 degrees.
    assert skymap.elevation_deg[row, column] == pytest.approx(moon.elevation_deg[0], abs=1.5)
    assert skymap.azimuth_deg[row, column] == pytest.approx(moon.azimuth_deg[0], abs=1.5)
