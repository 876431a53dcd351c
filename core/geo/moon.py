"""The Moon from a place: direction with parallax, phase and illuminated fraction.

Positions come from astropy at nodes six hours apart, taken out of the Earth's daily turn; a
cubic through four nodes gives the time between, which adds less than an arcsecond.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.geo.ephemeris import EPOCH, US_PER_DAY, earth_fixed_km
from core.geo.ephemeris import elapsed_us as since_epoch_us
from core.geo.sun import sun_direction
from core.geo.wgs84 import Cartesian, east_north_up, to_cartesian, to_geodetic

FloatArray = NDArray[np.float64]

_NODE = np.timedelta64(6, "h")
_NODE_US = int(_NODE / np.timedelta64(1, "us"))
_NODES_PER_BLOCK = 128
_AU_KM = 149_597_870.7
# Turns of the Earth since 2000-01-01T00:00 (IAU 2000 Earth rotation angle).
_TURN_AT_EPOCH, _TURNS_PER_DAY = 0.7790572732640 - 0.5 * 1.00273781191135448, 1.00273781191135448
# Where the equinox of date is from the origin of that angle, degrees at 2000 and per day.
_EQUINOX_DEG, _EQUINOX_DEG_PER_DAY = 0.0, -4612.157 / 3600.0 / 36525.0
_OBLIQUITY = np.radians(23.4393)


class MoonView(NamedTuple):
    """The Moon seen from places at times; arrays of the broadcast shape unless said otherwise."""

    azimuth_deg: FloatArray
    """From north towards east, [0, 360)."""
    elevation_deg: FloatArray
    """Of the Moon's centre above the horizontal plane, without refraction."""
    distance_km: FloatArray
    """From the place."""
    illuminated: FloatArray
    """Sunlit fraction of the disc, 0 new to 1 full; shape of the times."""
    phase_deg: FloatArray
    """Ecliptic longitude east of the Sun: 0 new, 90 first quarter, 180 full; shape of the times."""
    sublunar_lat_deg: FloatArray
    """Geodetic latitude of the point with the Moon in its zenith; shape of the times."""
    sublunar_lon_deg: FloatArray
    """Longitude of that point, [-180, 180); shape of the times."""


@lru_cache(maxsize=256)
def _block(index: int) -> FloatArray:
    """Return the Moon (km) without the Earth's turn at a block's nodes and one more each side."""
    steps = index * _NODES_PER_BLOCK + np.arange(-1, _NODES_PER_BLOCK + 2)
    times = EPOCH + steps * _NODE
    x, y, z = earth_fixed_km("moon", times)
    turn = _turn_rad((times - EPOCH).astype(np.int64))
    cosine, sine = np.cos(turn), np.sin(turn)
    return np.stack([x * cosine - y * sine, x * sine + y * cosine, z])


def _turn_rad(elapsed_us: NDArray[np.int64]) -> FloatArray:
    days, rest = np.divmod(elapsed_us, US_PER_DAY)
    part = rest / US_PER_DAY
    # Whole turns of whole days are left out, so that no figures are lost to them.
    turns = _TURN_AT_EPOCH + part * _TURNS_PER_DAY + days * (_TURNS_PER_DAY - 1.0)
    return np.asarray(2.0 * np.pi * (turns % 1.0))


def _unturned_km(elapsed_us: NDArray[np.int64]) -> FloatArray:
    """Return the Moon without the Earth's turn, shape (3, ...): Lagrange through four nodes."""
    step, rest = np.divmod(elapsed_us, _NODE_US)
    t = rest / _NODE_US
    weights = (
        -t * (t - 1.0) * (t - 2.0) / 6.0,
        (t + 1.0) * (t - 1.0) * (t - 2.0) / 2.0,
        -(t + 1.0) * t * (t - 2.0) / 2.0,
        (t + 1.0) * t * (t - 1.0) / 6.0,
    )
    blocks, slot = np.divmod(step, _NODES_PER_BLOCK)
    out = np.empty((3, *elapsed_us.shape))
    for index in np.unique(blocks):
        here = blocks == index
        nodes, k = _block(int(index)), slot[here]
        out[:, here] = sum(nodes[:, k + n] * weight[here] for n, weight in enumerate(weights))
    return out


def moon_position_km(times: ArrayLike) -> Cartesian:
    """Return the Moon's geocentric position, Earth-fixed.

    Parameters
    ----------
    times : array_like of datetime64, any shape
        UTC.

    Returns
    -------
    Cartesian
        Kilometres; within 10 arcseconds of the ephemerides of JPL while the Earth-orientation
        tables last. The distance is that along the light's path, up to 40 km off the one at
        the moment.
    """
    elapsed_us = _elapsed_us(times)
    x, y, z = _unturned_km(elapsed_us)
    turn = _turn_rad(elapsed_us)
    cosine, sine = np.cos(turn), np.sin(turn)
    return Cartesian(x * cosine + y * sine, y * cosine - x * sine, z)


def _elapsed_us(times: ArrayLike) -> NDArray[np.int64]:
    moments = np.asarray(times, dtype="datetime64[us]")
    return since_epoch_us(moments)


def moon_view(lat_deg: ArrayLike, lon_deg: ArrayLike, times: ArrayLike) -> MoonView:
    """Return where the Moon stands and how much of it is lit.

    Parameters
    ----------
    lat_deg, lon_deg : array_like of float
        Geodetic places on the ellipsoid; broadcast against `times`.
    times : array_like of datetime64
        UTC.

    Returns
    -------
    MoonView
        Direction from the place (its parallax is up to a degree), phase and illuminated
        fraction as from the Earth's centre (Meeus, Astronomical Algorithms, chapter 48), and
        the sublunar point.
    """
    moon = moon_position_km(times)
    site = to_cartesian(lat_deg, lon_deg, 0.0)
    away = Cartesian(moon.x - site.x, moon.y - site.y, moon.z - site.z)
    east, north, up = (
        away.x * axis.x + away.y * axis.y + away.z * axis.z
        for axis in east_north_up(lat_deg, lon_deg)
    )
    level = np.hypot(east, north)
    below = to_geodetic(moon)
    return MoonView(
        np.asarray(np.degrees(np.arctan2(east, north)) % 360.0 % 360.0),
        np.asarray(np.degrees(np.arctan2(up, level))),
        np.asarray(np.hypot(level, up)),
        illuminated_fraction(times),
        phase_deg(times),
        below.lat_deg,
        below.lon_deg,
    )


def illuminated_fraction(times: ArrayLike) -> FloatArray:
    """Return the sunlit fraction of the Moon's disc as from the Earth's centre.

    Parameters
    ----------
    times : array_like of datetime64
        UTC.

    Returns
    -------
    ndarray of float64
        0 (new) to 1 (full), to 0.0001 (Meeus, Astronomical Algorithms, chapter 48).
    """
    moon, sun = moon_position_km(times), sun_direction(times)
    distance = np.sqrt(moon.x**2 + moon.y**2 + moon.z**2)
    toward = (moon.x * sun.x + moon.y * sun.y + moon.z * sun.z) / distance
    # The Sun's distance varies by 1.7 %, which changes the fraction by less than 0.00005.
    across = _AU_KM * np.sqrt(np.maximum(1.0 - toward**2, 0.0))
    phase_angle = np.arctan2(across, distance - _AU_KM * toward)
    return np.asarray(0.5 * (1.0 + np.cos(phase_angle)))


def phase_deg(times: ArrayLike) -> FloatArray:
    """Return how far the Moon is east of the Sun in ecliptic longitude.

    Parameters
    ----------
    times : array_like of datetime64
        UTC.

    Returns
    -------
    ndarray of float64
        Degrees in [0, 360), to 0.02: 0 new, 90 first quarter, 180 full, 270 last quarter.
    """
    elapsed_us = _elapsed_us(times)
    days = elapsed_us / US_PER_DAY
    equinox = np.radians(_EQUINOX_DEG + _EQUINOX_DEG_PER_DAY * days)
    turn = _turn_rad(elapsed_us) - equinox
    cosine, sine = np.cos(turn), np.sin(turn)
    moon_deg, sun_deg = (
        _ecliptic_lon_deg(body.x * cosine - body.y * sine, body.x * sine + body.y * cosine, body.z)
        for body in (moon_position_km(times), sun_direction(times))
    )
    return np.asarray((moon_deg - sun_deg) % 360.0 % 360.0)


def _ecliptic_lon_deg(x: FloatArray, y: FloatArray, z: FloatArray) -> FloatArray:
    along = y * np.cos(_OBLIQUITY) + z * np.sin(_OBLIQUITY)
    return np.asarray(np.degrees(np.arctan2(along, x)))
