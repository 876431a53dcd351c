"""What shines over a camera at given times, before it is asked for single pixels."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.simulation.cameras.bodies import Moon, moon_at, turn_of_sky, twilight_level
from core.simulation.cameras.camera import Camera
from core.simulation.cameras.noise import Words, keys_of
from core.simulation.cameras.weather import Weather, weather_at
from core.simulation.seeds import generator, smooth_noise

FloatArray = NDArray[np.float64]
Float32 = NDArray[np.float32]
Times = NDArray[np.datetime64]

# Mean over the sky, above 15 degrees, of each light over its zenith value.
_AIRGLOW_MEAN, _MOON_MEAN, _AURORA_MEAN = 1.35, 1.0, 1.6
_TWILIGHT_MEAN = 9.0


@dataclass(frozen=True, eq=False, slots=True)
class Sky:
    """The lights at times; arrays of shape (n,) unless said otherwise.

    Attributes
    ----------
    keys : uint64 array
        Starts of the random numbers of each frame.
    airglow : array
        Over its long-time mean.
    dusk, sun_east, sun_north : array
        Twilight over that with the Sun at -11.7 degrees, and where the Sun is.
    turn : float array, shape (n, 3, 3)
        From J2000 to east, north, up.
    mean : float array, shape (n, channels)
        Counts of the mean sky: what clouds, snow and trees are lit by.
    """

    times: Times
    exposure_s: float
    keys: Words
    airglow: FloatArray
    dusk: FloatArray
    sun_east: FloatArray
    sun_north: FloatArray
    moon: Moon
    weather: Weather
    turn: FloatArray
    mean: FloatArray

    @property
    def size(self) -> int:
        """Number of times."""
        return self.times.size


def part_of(sky: Sky, part: slice) -> Sky:
    """Return the lights at some of the times."""
    moon, weather = sky.moon, sky.weather
    return replace(
        sky,
        times=sky.times[part],
        keys=sky.keys[part],
        airglow=sky.airglow[part],
        dusk=sky.dusk[part],
        sun_east=sky.sun_east[part],
        sun_north=sky.sun_north[part],
        moon=Moon(
            moon.azimuth_deg[part], moon.elevation_deg[part], moon.light[part], moon.disc[part]
        ),
        weather=Weather(weather.level[part], weather.east_km[part], weather.north_km[part]),
        turn=sky.turn[part],
        mean=sky.mean[part],
    )


def sky_at(camera: Camera, times: Times, aurora: dict[str, FloatArray]) -> Sky:
    """Return the lights over a camera in the middle of its exposures.

    Parameters
    ----------
    camera, times
        Which camera and when.
    aurora : dict
        Mean emission over the sky of each band that the camera sees, Rayleigh, shape (n,).
    """
    site, design = camera.site, camera.design
    dusk, sun_east, sun_north = twilight_level(site, times)
    moon = moon_at(site, times)
    airglow = _airglow(camera, times)
    mean = np.zeros((times.size, design.channels))
    for channel in range(design.channels):
        mean[:, channel] = (
            _AIRGLOW_MEAN * design.airglow[channel] * airglow
            + _MOON_MEAN * design.moon[channel] * moon.light
            + _TWILIGHT_MEAN * design.twilight[channel] * dusk
        )
        for band, counts in design.bands.items():
            mean[:, channel] += _AURORA_MEAN * counts[channel] * aurora[band]
    return Sky(
        times=times,
        exposure_s=camera.array.exposure_s,
        keys=keys_of(camera.key, times),
        airglow=airglow,
        dusk=dusk,
        sun_east=sun_east,
        sun_north=sun_north,
        moon=moon,
        weather=weather_at(site, times, camera.seed),
        turn=turn_of_sky(site, times),
        mean=mean,
    )


def _airglow(camera: Camera, times: Times) -> FloatArray:
    """Return the airglow over its mean: by place, and slowly with the hours."""
    hours = times.astype("datetime64[us]").astype(np.int64) / 3.6e9
    base = generator(f"airglow {camera.site.code}", seed=camera.seed).uniform(0.85, 1.35)
    slow = smooth_noise("airglow", hours, 4.0, seed=camera.seed)
    return np.asarray(base * np.clip(1.0 + 0.1 * slow, 0.75, 1.3))
