"""What shines over a camera at given times, before it is asked for single pixels."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.simulation.aurora.field import Aurora
from core.simulation.cameras.bodies import Moon, moon_at, turn_of_sky, twilight_level
from core.simulation.cameras.camera import Camera
from core.simulation.cameras.noise import Words, keys_of
from core.simulation.cameras.sight import central_angle, magnetic_plane
from core.simulation.cameras.weather import Weather, weather_at
from core.simulation.seeds import generator, smooth_noise

FloatArray = NDArray[np.float64]
Float32 = NDArray[np.float32]
Times = NDArray[np.datetime64]

_MEAN_ELEVATION_DEG = (20.0, 38.0, 60.0)
_MEAN_AZIMUTHS = 8
_MEAN_ALT_KM = 110.0
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
    aurora : dict
        Mean brightness of each band over the sky, Rayleigh.
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
    aurora: dict[str, FloatArray]
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
        aurora={band: mean[part] for band, mean in sky.aurora.items()},
        mean=sky.mean[part],
    )


def skies_of(camera: Camera, times: Times, aurora: Aurora) -> list[tuple[NDArray[np.intp], Sky]]:
    """Return the lights at times, a part a month: which times, and their lights."""
    months = times.astype("datetime64[M]")
    found = []
    for month in np.unique(months):
        here = np.flatnonzero(months == month)
        found.append((here, sky_at(camera, times[here], aurora)))
    return found


def sky_at(camera: Camera, times: Times, aurora: Aurora) -> Sky:
    """Return the lights over a camera in the middle of its exposures."""
    site, design = camera.site, camera.design
    dusk, sun_east, sun_north = twilight_level(site, times)
    moon = moon_at(site, times)
    airglow = _airglow(camera, times)
    bands = _mean_aurora(camera, times, aurora)
    mean = np.zeros((times.size, design.channels))
    for channel in range(design.channels):
        mean[:, channel] = (
            _AIRGLOW_MEAN * design.airglow[channel] * airglow
            + _MOON_MEAN * design.moon[channel] * moon.light
            + _TWILIGHT_MEAN * design.twilight[channel] * dusk
        )
        for band, counts in design.bands.items():
            mean[:, channel] += _AURORA_MEAN * counts[channel] * bands[band]
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
        aurora=bands,
        mean=mean,
    )


def _airglow(camera: Camera, times: Times) -> FloatArray:
    """Return the airglow over its mean: by place, and slowly with the hours."""
    hours = times.astype("datetime64[us]").astype(np.int64) / 3.6e9
    base = generator(f"airglow {camera.site.code}", seed=camera.seed).uniform(0.85, 1.35)
    slow = smooth_noise("airglow", hours, 4.0, seed=camera.seed)
    return np.asarray(base * np.clip(1.0 + 0.1 * slow, 0.75, 1.3))


def _mean_aurora(camera: Camera, times: Times, aurora: Aurora) -> dict[str, FloatArray]:
    """Return the mean emission over 24 directions, one sum at a time: each time stays its own."""
    azimuth = np.radians(np.arange(_MEAN_AZIMUTHS) * 360.0 / _MEAN_AZIMUTHS)
    turn, height = np.meshgrid(azimuth, np.radians(_MEAN_ELEVATION_DEG))
    angle = central_angle(height.ravel(), _MEAN_ALT_KM)
    east, north = angle * np.sin(turn.ravel()), angle * np.cos(turn.ravel())
    months = times.astype("datetime64[M]")
    means = {band: np.zeros(times.size) for band in camera.design.bands}
    for month in np.unique(months):
        here = months == month
        plane = magnetic_plane(camera.site, _MEAN_ALT_KM, month)
        mlat, mlon = (a.astype(np.float32) for a in plane.magnetic(east, north))
        for band, mean in means.items():
            got = aurora.emission_r(mlat, mlon, times[here], camera.array.exposure_s, band)
            total = np.zeros(got.shape[0])
            for column in range(got.shape[1]):
                total += got[:, column]
            mean[here] = total / got.shape[1]
    return means
