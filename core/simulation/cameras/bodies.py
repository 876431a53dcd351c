"""Sun, Moon and stars over a site at given times."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.geo.moon import moon_view
from core.geo.sun import sun_azimuth_deg, sun_elevation_deg
from core.instruments.array import Site
from core.simulation.cameras.star_list import bright_stars
from core.simulation.seeds import generator

FloatArray = NDArray[np.float64]
Times = NDArray[np.datetime64]

_J1970 = 2440587.5
_FAINTEST = 4.6
_FAINT = 260
# North galactic pole, J2000 (Blaauw et al. 1960, MNRAS 121, 123).
_POLE_RA_DEG, _POLE_DEC_DEG = 192.8595, 27.1283
_PHASE_AT_66 = 71.34
_MOON_DEPTH_MAG = 0.172
_MOON_AT_28_DEG = 28.33
_SUN_REFERENCE_DEG = -11.7
_DUSK_GONE_DEG = -18.0
_MOON_GONE_DEG = -7.0


def twilight_level(site: Site, times: Times) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return twilight over that with the Sun at -11.7 degrees, and the Sun's horizontal direction.

    It grows tenfold in three degrees; below -16 degrees it is lost in the airglow.

    Returns
    -------
    level : float array, shape (n,)
        Zero below -18 degrees.
    east, north : float array, shape (n,)
        Unit vector towards the Sun's azimuth.
    """
    elevation = sun_elevation_deg(site.lat_deg, site.lon_deg, times)
    azimuth = np.radians(sun_azimuth_deg(site.lat_deg, site.lon_deg, times))
    level = 10.0 ** ((elevation - _SUN_REFERENCE_DEG) / 3.0)
    level = np.where(elevation > _DUSK_GONE_DEG, level, 0.0)
    return level, np.sin(azimuth), np.cos(azimuth)


@dataclass(frozen=True, eq=False, slots=True)
class Moon:
    """The Moon at times: arrays of shape (n,).

    `light` is what it adds to the zenith over what a Moon of 66 per cent at 28.3 degrees adds;
    `disc` is the light of the disc itself over that of the full Moon outside the atmosphere.
    """

    azimuth_deg: FloatArray
    elevation_deg: FloatArray
    light: FloatArray
    disc: FloatArray

    def unit(self) -> FloatArray:
        """Return directions, shape (n, 3): east, north, up."""
        azimuth, elevation = np.radians(self.azimuth_deg), np.radians(self.elevation_deg)
        level = np.cos(elevation)
        return np.stack([level * np.sin(azimuth), level * np.cos(azimuth), np.sin(elevation)], 1)


def moon_at(site: Site, times: Times) -> Moon:
    """Return the Moon over a site.

    Its light with phase and elevation: Krisciunas and Schaefer (1991), Publ. Astron. Soc. Pacific
    103, 1033, equations 3, 9 and 20.
    """
    view = moon_view(site.lat_deg, site.lon_deg, times)
    phase = np.degrees(np.arccos(np.clip(2.0 * view.illuminated - 1.0, -1.0, 1.0)))
    disc = _illuminance(phase)
    # Its light fades over some degrees as it sets: the air above is lit a little longer.
    up = 1.0 / (1.0 + np.exp((2.0 - view.elevation_deg) / 1.6))
    up = np.where(view.elevation_deg > _MOON_GONE_DEG, up, 0.0)
    through = _transmission(view.elevation_deg) / _transmission(np.array(_MOON_AT_28_DEG))
    light = up * disc / _illuminance(np.array(_PHASE_AT_66)) * through
    return Moon(view.azimuth_deg, view.elevation_deg, light, disc)


def _illuminance(phase_deg: FloatArray) -> FloatArray:
    return np.asarray(10.0 ** (-0.4 * (0.026 * phase_deg + 4e-9 * phase_deg**4)))


def _transmission(elevation_deg: FloatArray) -> FloatArray:
    sine = np.sin(np.radians(np.maximum(elevation_deg, 0.0)))
    air = 1.0 / np.sqrt(1.0 - 0.96 * (1.0 - sine**2))
    return np.asarray(10.0 ** (-0.4 * _MOON_DEPTH_MAG * air))


@lru_cache(maxsize=4)
def star_catalogue(seed: int) -> tuple[FloatArray, FloatArray]:
    """Return J2000 unit vectors (3, n) and fluxes over magnitude 0: real stars, then fainter ones.

    The real list is complete to 3.4. Of the thousand stars down to 4.6 below that, as many as show
    in the pictures are drawn with the real distribution of magnitudes (number times four a
    magnitude and a half) and crowd towards the Milky Way as they do.
    """
    ra, dec, magnitude = bright_stars()
    random = generator("faint stars", seed=seed)
    vectors = _unit(np.radians(ra), np.radians(dec))
    drawn = random.normal(size=(3, 6 * _FAINT))
    drawn /= np.sqrt((drawn**2).sum(axis=0))
    crowd = 0.35 + 0.65 * np.exp(-((galactic_pole() @ drawn) ** 2) / 0.05)
    kept = drawn[:, random.random(drawn.shape[1]) < crowd][:, :_FAINT]
    share = random.random(kept.shape[1])
    # Numbers grow as 10 ** (0.45 m) between 3.8 and the faintest.
    first, last = 10.0 ** (0.45 * 3.8), 10.0 ** (0.45 * _FAINTEST)
    faint = np.log10(first + share * (last - first)) / 0.45
    flux = 10.0 ** (-0.4 * np.concatenate([magnitude, faint]))
    return np.concatenate([vectors, kept], axis=1), flux


def galactic_pole() -> FloatArray:
    """Return the unit vector of the north galactic pole, J2000."""
    return _unit(np.radians(_POLE_RA_DEG), np.radians(_POLE_DEC_DEG))


def _unit(ra: FloatArray | float, dec: FloatArray | float) -> FloatArray:
    return np.stack([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)])


def turn_of_sky(site: Site, times: Times) -> FloatArray:
    """Return the matrices from J2000 to east, north, up at a site, shape (n, 3, 3).

    Precession and nutation of the month (IAU 2006/2000A by ERFA), the Earth's turn by the mean
    sidereal time; aberration (20 arcseconds) is left out.
    """
    import erfa

    days = times.astype("datetime64[us]").astype(np.int64) / 86_400e6
    angle = erfa.gmst82(_J1970, days) + np.radians(site.lon_deg)
    sine, cosine, lat = np.sin(angle), np.cos(angle), np.radians(site.lat_deg)
    zero = np.zeros(days.shape)
    east = np.stack([-sine, cosine, zero], -1)
    north = np.stack(
        [-np.sin(lat) * cosine, -np.sin(lat) * sine, np.full(days.shape, np.cos(lat))], -1
    )
    up = np.stack([np.cos(lat) * cosine, np.cos(lat) * sine, np.full(days.shape, np.sin(lat))], -1)
    months = times.astype("datetime64[M]")
    out = np.empty((days.size, 3, 3))
    for month in np.unique(months):
        here = months == month
        frame = np.stack([east[here], north[here], up[here]], axis=1)
        to_date = _precession(str(month))
        # Written out: the order of sums in a product of matrices may depend on their number.
        out[here] = sum(frame[:, :, k, None] * to_date[k] for k in range(3))
    return out


@lru_cache(maxsize=64)
def _precession(month: str) -> FloatArray:
    import erfa

    day = float(np.datetime64(month, "D").astype(np.int64)) + 15.0
    return np.asarray(erfa.pnm06a(_J1970, day))
