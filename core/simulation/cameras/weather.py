"""Clouds as one camera sees them: the slow field of the whole Earth, continued to small sizes.

How cloudy it is comes from `core.simulation.clouds`; what the clouds look like comes from a picture
of noise that drifts with the wind at 6 km: thin veils below the limit between clear and cloudy,
broken clouds near it, a grey sheet far above.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.instruments.array import Site
from core.simulation.cameras.pixels import Pixels
from core.simulation.clouds import CLOUDY, cloud_level
from core.simulation.seeds import generator

FloatArray = NDArray[np.float64]
Float32 = NDArray[np.float32]
Times = NDArray[np.datetime64]

_CLEAR_BELOW = -0.75
_FINE_KM, _BROAD_KM = 0.22, 2.3
_THICKEST = 7.0
_SIZE = 1024
_H_2005 = 306_816.0


@dataclass(frozen=True, eq=False, slots=True)
class Weather:
    """Clouds over a camera at times; arrays of shape (n,).

    `level` counts from the limit of cloudy; `east_km`, `north_km` say how far the clouds have
    drifted.
    """

    level: FloatArray
    east_km: FloatArray
    north_km: FloatArray

    @property
    def rows(self) -> NDArray[np.intp]:
        """Times at which there may be a cloud."""
        return np.flatnonzero(self.level > _CLEAR_BELOW)


def weather_at(site: Site, times: Times, seed: int) -> Weather:
    """Return the clouds over a site; cameras of one station have the same."""
    random = generator(f"cloud drift {site.code}", seed=seed)
    speed, towards = random.uniform(7.0, 16.0), np.radians(90.0 + random.normal() * 35.0)
    start_km = random.uniform(0.0, 2000.0, 2)
    hours = times.astype("datetime64[us]").astype(np.int64) / 3.6e9 - _H_2005
    # One wind for all time would bring the same clouds again; it turns slowly.
    swing = 60.0 * np.sin(hours / 37.0) + 25.0 * np.sin(hours / 11.3)
    along_km = 3.6 * speed * hours + swing
    # Never a single time: NumPy adds the waves of one time in another order than those of more.
    more = np.append(times, times[:1])
    level = cloud_level(site.lat_deg, site.lon_deg, more, seed)[:-1] - CLOUDY
    return Weather(
        level,
        start_km[0] + along_km * np.sin(towards),
        start_km[1] + along_km * np.cos(towards) + 0.4 * swing,
    )


def cloud_depth(pixels: Pixels, weather: Weather, rows: NDArray[np.intp], seed: int) -> Float32:
    """Return the optical depth of clouds along lines of sight, shape (rows, pixels)."""
    picture = _picture(seed)
    east, north = weather.east_km[rows], weather.north_km[rows]

    def noise(texel_km: float, turn: float, speed: float) -> Float32:
        u = _texels(pixels.cloud_east_km, east * speed, texel_km, turn)
        v = _texels(pixels.cloud_north_km, north * speed, texel_km, -turn)
        return _look_up(picture, u, v)

    level = weather.level[rows].astype(np.float32)[:, None]
    # Far above the limit the sheet closes and loses its contrast.
    closed = np.float32(1.0) / (
        np.float32(1.0) + np.maximum(level * np.float32(3.0), np.float32(0.0))
    )
    shape = noise(_BROAD_KM, 0.0, 1.0)
    shape *= np.float32(0.5)
    fine = noise(_FINE_KM, 211.0, 1.0)
    fine += noise(_FINE_KM * 1.7, 517.0, 1.25)
    fine *= np.float32(0.2) * pixels.cloud_detail
    shape += fine
    shape *= closed
    shape += level
    depth = np.maximum(shape, np.float32(0.0), out=shape)
    # A soft edge: thin at first, then thicker.
    depth *= depth / (depth + np.float32(0.35))
    depth *= np.float32(3.2)
    return np.minimum(depth, np.float32(_THICKEST), out=depth)


def _texels(place_km: Float32, shift_km: FloatArray, texel_km: float, turn: float) -> Float32:
    """Return texels along one axis; whole turns of a long drift are taken off in float64."""
    shift = (shift_km / texel_km + turn) % _SIZE
    return place_km[None, :] / np.float32(texel_km) - shift.astype(np.float32)[:, None]


@lru_cache(maxsize=2)
def _picture(seed: int) -> Float32:
    """Return noise with structure of all sizes, unit variance, periodic.

    Spectral synthesis (Saupe 1988, The Science of Fractal Images, section 2.4), the spectrum of
    stratocumulus: power -5/3 in wave number (Cahalan and Joseph 1989, Mon. Weather Rev. 117, 261).
    Four columns: each texel with its three neighbours, as a bilinear lookup wants them.
    """
    normals = generator("cloud picture", seed=seed).standard_normal((_SIZE, _SIZE))
    waves = np.hypot(np.fft.fftfreq(_SIZE)[:, None], np.fft.rfftfreq(_SIZE)[None, :]) * _SIZE
    gain = np.maximum(waves, 1.0) ** (-(5.0 / 3.0 + 1.4) / 2.0) * np.exp(-((waves / 180.0) ** 2))
    gain[0, 0] = 0.0
    gain[waves < 4.0] *= 0.4
    field = np.fft.irfft2(np.fft.rfft2(normals) * gain, s=(_SIZE, _SIZE))
    here = (field / field.std()).astype(np.float32)
    right, down = np.roll(here, -1, 1), np.roll(here, -1, 0)
    far = np.roll(right, -1, 0)
    return np.stack([here, right - here, down - here, far - right - down + here], -1).reshape(-1, 4)


def _look_up(picture: Float32, u: Float32, v: Float32) -> Float32:
    column, row = np.floor(u), np.floor(v)
    index = row.astype(np.int32)
    index &= _SIZE - 1
    index *= _SIZE
    index += column.astype(np.int32) & (_SIZE - 1)
    corner = picture.take(index, axis=0)
    across, along = np.subtract(u, column, out=u), np.subtract(v, row, out=v)
    value = corner[..., 3] * along
    value += corner[..., 1]
    value *= across
    along *= corner[..., 2]
    value += along
    value += corner[..., 0]
    return np.asarray(value)
