"""Stars, Venus and the Moon in real images stand where the skymaps of their cameras say.

Places in the sky by astropy, of the images' light by a search for its maximum.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core.imaging.pixel_finder import finder_of
from core.imaging.readers import read_frames
from core.imaging.site_model import site_model
from core.imaging.skymap import Skymap
from core.imaging.skymap_sav import read_skymap
from core.instruments.registry import find_site
from core.simulation.cameras.star_list import bright_stars

pytestmark = [pytest.mark.realdata, pytest.mark.filterwarnings("ignore")]
Array = NDArray[np.float64]


def horizon_frame(lat_deg: float, lon_deg: float, time: np.datetime64) -> Any:
    """Azimuth and elevation of a place and time, for astropy."""
    import astropy.units as u
    from astropy.coordinates import AltAz, EarthLocation
    from astropy.time import Time

    place = EarthLocation(lat=lat_deg * u.deg, lon=lon_deg * u.deg)
    return AltAz(obstime=Time(str(time)), location=place)


def stars_over(
    lat_deg: float, lon_deg: float, time: np.datetime64, faintest: float
) -> tuple[Array, Array]:
    """Azimuth and elevation of the stars more than 25 degrees high."""
    import astropy.units as u
    from astropy.coordinates import SkyCoord
    from astropy.utils import iers

    ra_deg, dec_deg, magnitude = bright_stars()
    with iers.conf.set_temp("auto_download", False):
        frame = horizon_frame(lat_deg, lon_deg, time)
        seen = SkyCoord(ra_deg * u.deg, dec_deg * u.deg).transform_to(frame)
    high = (seen.alt.deg > 25) & (magnitude < faintest)
    return seen.az.deg[high], seen.alt.deg[high]


def stars(site_code: str, time: np.datetime64, faintest: float) -> tuple[Array, Array]:
    """Return the same for a site of the TREx imagers."""
    site = find_site("trex_nir", site_code)
    return stars_over(site.lat_deg, site.lon_deg, time, faintest)


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


@pytest.fixture(scope="module")
def gakona(test_data: Path) -> tuple[Array, Skymap, np.datetime64]:
    """The mean of the 23 frames, the skymap of their camera, the time of their middle."""
    frames = read_frames(test_data / "themis" / "thg_l1_asf_gako_2011010617_v01.cdf")
    skymap = read_skymap(test_data / "themis" / "themis_skymap_gako_20110305-+_vXX.sav")
    return frames["images"].values.mean(axis=0), skymap, frames["time"].values[11]


def test_stars_over_gakona_tell_the_order_of_its_pixels(
    gakona: tuple[Array, Skymap, np.datetime64],
) -> None:
    """Frames of a CDF are turned by half a circle when they are read; the skymap is not."""
    mean, skymap, time = gakona
    image = sharpened(mean)
    azimuth, elevation = stars_over(skymap.lat_deg, skymap.lon_deg, time, 2.6)
    x, y = finder_of(skymap).pixels_of(azimuth, elevation)
    assert len(x) >= 20
    # All but a star or two stand out within a pixel of 0.7 degrees.
    assert found(image, x, y, 1) > 0.9
    # As stored, and mirrored either way: no more than chance, a tenth.
    for other in (image[::-1, ::-1], image[::-1], image[:, ::-1]):
        assert found(other, x, y, 1) < 0.25


def test_venus_over_gakona(gakona: tuple[Array, Skymap, np.datetime64]) -> None:
    from astropy.coordinates import EarthLocation, get_body
    from astropy.time import Time
    from astropy.utils import iers

    mean, skymap, time = gakona
    with iers.conf.set_temp("auto_download", False):
        place = EarthLocation(lat=skymap.lat_deg, lon=skymap.lon_deg)
        venus = get_body("venus", Time(str(time)), place).transform_to(
            horizon_frame(skymap.lat_deg, skymap.lon_deg, time)
        )
    x, y = finder_of(skymap).pixels_of(np.array([venus.az.deg]), np.array([venus.alt.deg]))
    south_east = (skymap.azimuth_deg > 140) & (skymap.azimuth_deg < 180)
    row, column = np.unravel_index(np.where(south_east, mean, 0).argmax(), mean.shape)
    assert mean[row, column] > 60_000  # nothing else but the glow of dawn is that bright
    # It overflows its pixels, and near the horizon the skymap of two months later is 2 pixels off.
    assert np.hypot(column + 0.5 - x[0], row + 0.5 - y[0]) < 4


def test_the_moon_over_gillam(test_data: Path) -> None:
    from core.geo.moon import moon_view

    frames = read_frames(test_data / "themis" / "20140310_0600_gill_themis19_full.pgm.gz")
    skymap = site_model("themis_asi", "gill")
    moon = moon_view(skymap.lat_deg, skymap.lon_deg, frames["time"].values[10:11])
    row, column = np.unravel_index(frames["images"].values[10].argmax(), (256, 256))
    # The centre is known to 2 pixels of 0.7 degrees.
    assert skymap.elevation_deg[row, column] == pytest.approx(moon.elevation_deg[0], abs=1.5)
    assert skymap.azimuth_deg[row, column] == pytest.approx(moon.azimuth_deg[0], abs=1.5)
