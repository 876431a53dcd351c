"""From the lights of the sky to counts, for any set of a camera's pixels and any times."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.simulation.cameras.bodies import galactic_pole, star_catalogue
from core.simulation.cameras.camera import Camera
from core.simulation.cameras.detector import detected
from core.simulation.cameras.glow import Glow
from core.simulation.cameras.noise import mixed, normals
from core.simulation.cameras.pixels import TWILIGHT_TOWARDS, Pixels
from core.simulation.cameras.sky import Sky
from core.simulation.cameras.spots import Spots, add_gaussians, add_halo, place
from core.simulation.cameras.view import View
from core.simulation.cameras.weather import cloud_depth

FloatArray = NDArray[np.float64]
Float32 = NDArray[np.float32]
Index = NDArray[np.int64]

_LOWEST_STAR = 0.02
_TWINKLE = 0.09
_STAR_WORDS = np.uint64(1 << 50)
_MILKY_WAY, _MILKY_WIDTH = 0.11, 0.17
_ZENITH_DUSK = float(np.exp(0.07 * 90.0))
_DIFFUSE = 0.07
_MOON_COUNTS = 4100.0
_DISC, _HALO, _GHOST = 1.1e5, 8.5e3, 240.0
_GHOST_AT = 0.62
_BINS = 8192


def render(view: View, sky: Sky, glow: Glow) -> NDArray[np.uint16] | NDArray[np.uint8]:
    """Return the counts of a view's pixels.

    Returns
    -------
    uint16 array, shape (times, pixels), or uint8 array, shape (times, pixels, channels)
    """
    design, pixels = view.camera.design, view.pixels
    even = _even_light(pixels, sky)
    moon, dusk = _moonlight(pixels, sky), _twilight(pixels, sky)
    bands = view.aurora(glow)
    stars, disc = _stars(view, sky), _disc(view, sky)
    through = _clouds(pixels, sky, view.camera.seed)
    channels = []
    for channel in range(design.channels):
        light = even * np.float32(design.airglow[channel])
        for part, rows, counts in (
            (moon, sky.moon.light > 0, design.moon),
            (dusk, sky.dusk > 0, design.twilight),
        ):
            if part is not None:
                light[rows] += part * np.float32(counts[channel])
        for band, brightness in bands.items():
            light += brightness * np.float32(design.bands[band][channel])
        light += _row(sky.mean[:, channel] * _DIFFUSE) * pixels.scatter
        light += pixels.town * np.float32(design.town[channel])
        light += stars * np.float32(design.star[channel])
        if disc is not None:
            light[sky.moon.light > 0] += disc * np.float32(design.moon[channel] / _MOON_COUNTS)
        _veil_by_clouds(light, through, pixels, sky, moon, channel, view.camera)
        light *= pixels.open_gain
        light += _row(sky.mean[:, channel]) * pixels.veil
        light += pixels.lamps * np.float32(design.ceiling)
        channels.append(light)
    return detected(view.camera, pixels, sky, channels)


def _row(values: FloatArray) -> Float32:
    """Return a number for each time as a column."""
    return np.asarray(values, dtype=np.float32)[:, None]


def _even_light(pixels: Pixels, sky: Sky) -> Float32:
    """Airglow and Milky Way over the airglow's mean in the zenith."""
    pole = galactic_pole()
    way = sum((sky.turn[:, :, k] * pole[k] for k in range(3)), np.zeros((sky.size, 3)))
    light = _along(pixels, way)
    light *= light
    light *= np.float32(-0.5 / _MILKY_WIDTH**2)
    np.exp(light, out=light)
    light *= np.float32(_MILKY_WAY) * pixels.clear
    light += _row(sky.airglow) * pixels.airglow
    return light


def _along(pixels: Pixels, unit: FloatArray) -> Float32:
    """Return the cosine between lines of sight and a direction at each time."""
    cosine = _row(unit[:, 0]) * pixels.east
    cosine += _row(unit[:, 1]) * pixels.north
    cosine += _row(unit[:, 2]) * pixels.up
    return cosine


def _moonlight(pixels: Pixels, sky: Sky) -> Float32 | None:
    """Scattered moonlight over that in the zenith of the reference; only times with a Moon."""
    rows = sky.moon.light > 0
    if not rows.any():
        return None
    cosine = _along(pixels, sky.moon.unit()[rows])
    cosine += np.float32(1.0)
    cosine *= np.float32(0.5 * (_BINS - 1))
    light = _moon_table().take(cosine.astype(np.int32), mode="clip")
    light *= _row(sky.moon.light[rows]) * pixels.scatter
    return np.asarray(light)


@lru_cache(maxsize=1)
def _moon_table() -> Float32:
    """Return scattering by the cosine from the Moon, 1 at 62 degrees; as in Gillam's frame."""
    angle = np.degrees(np.arccos(np.linspace(-1.0, 1.0, _BINS)))
    shape = 0.83 + 0.95 * np.exp(-angle / 32.0)
    return np.asarray(shape / (0.83 + 0.95 * np.exp(-61.7 / 32.0)), dtype=np.float32)


def _twilight(pixels: Pixels, sky: Sky) -> Float32 | None:
    rows = sky.dusk > 0
    if not rows.any():
        return None
    light = _row(sky.sun_east[rows] * TWILIGHT_TOWARDS) * pixels.east
    light += _row(sky.sun_north[rows] * TWILIGHT_TOWARDS) * pixels.north
    np.exp(light, out=light)
    light *= _row(sky.dusk[rows] * _ZENITH_DUSK) * pixels.twilight
    return light


def _stars(view: View, sky: Sky) -> Float32:
    """Stars over one of magnitude 0 in the zenith."""
    image = np.zeros((sky.size, view.index.size), dtype=np.float32)
    vectors, flux = star_catalogue(view.camera.seed)
    row, star = _stars_near(view, sky, vectors)
    east, north, up = (
        sum((sky.turn[row, axis, k] * vectors[k, star] for k in range(3)), np.zeros(row.size))
        for axis in range(3)
    )
    risen = up > _LOWEST_STAR
    row, star, up = row[risen], star[risen], up[risen]
    x, y = place(view.camera.lens, east[risen], north[risen], up)
    twinkle = normals(mixed(sky.keys[row] + star.astype(np.uint64) + _STAR_WORDS))
    light = flux[star] * np.maximum(1.0 + _TWINKLE / up * twinkle, 0.1)
    add_gaussians(image, view.slots, Spots(row, x, y, light), view.camera.design.psf_px)
    image *= view.pixels.clear
    return image


def _stars_near(view: View, sky: Sky, vectors: FloatArray) -> tuple[Index, Index]:
    """Return times and numbers of stars that may stand over the pixels, by how far aside they are.

    A pixel's distance from the zenith is at least the lens's least slope times the sine of the
    zenith angle, and so are both of its parts.
    """
    lens = view.camera.lens
    turn = np.radians(lens.rotation_deg)
    sideways = sky.turn[:, 0] * np.cos(turn) - sky.turn[:, 1] * np.sin(turn)
    aside = sum((sideways[:, k, None] * vectors[k] for k in range(3)), np.zeros(1))
    zenith = np.linspace(0.01, np.pi / 2, 90)
    slope = float((lens.radius_px(zenith) / np.sin(zenith)).min() * np.sqrt(lens.aspect))
    margin = 4.0 * view.camera.design.psf_px + 2.0
    row, star = np.nonzero(np.abs(aside) * slope < view.slots.aside_px + margin)
    return row, star


def _disc(view: View, sky: Sky) -> Float32 | None:
    """Return the Moon's disc with its halo, and its ghost in the lens; counts of THEMIS."""
    rows = np.flatnonzero(sky.moon.light > 0)
    if not rows.size:
        return None
    image = np.zeros((rows.size, view.index.size), dtype=np.float32)
    lens, moon = view.camera.lens, sky.moon
    unit = moon.unit()[rows]
    x, y = place(lens, unit[:, 0], unit[:, 1], unit[:, 2])
    scale = lens.horizon_px / 122.0
    order = np.arange(rows.size)
    light = moon.light[rows]
    spread = 1.05 * max(scale, 0.8)
    core = Spots(order, x, y, light * (_DISC * 2.0 * np.pi * spread**2))
    add_gaussians(image, view.slots, core, spread)
    add_halo(image, view.slots, Spots(order, x, y, light * _HALO), 2.3 * scale, int(16 * scale))
    ghost_x = lens.centre_x - _GHOST_AT * (x - lens.centre_x)
    ghost_y = lens.centre_y - _GHOST_AT * (y - lens.centre_y)
    size = 5.0 * scale
    ghost = Spots(order, ghost_x, ghost_y, light * (_GHOST * 2.0 * np.pi * size**2))
    add_gaussians(image, view.slots, ghost, size)
    return image


def _clouds(
    pixels: Pixels, sky: Sky, seed: int
) -> tuple[NDArray[np.intp], Float32, Float32] | None:
    """Return the times with clouds, their transmission, and how much light they send back."""
    rows = sky.weather.rows
    if not rows.size:
        return None
    depth = cloud_depth(pixels, sky.weather, rows, seed)
    through = np.exp(-depth)
    depth *= np.float32(0.12)
    depth += np.float32(1.0)
    back = (np.float32(1.0) - through) / depth
    return rows, through, back


def _veil_by_clouds(
    light: Float32,
    clouds: tuple[NDArray[np.intp], Float32, Float32] | None,
    pixels: Pixels,
    sky: Sky,
    moon: Float32 | None,
    channel: int,
    camera: Camera,
) -> None:
    """Dim the light by clouds, and add what they scatter of the whole sky, Moon and town."""
    if clouds is None:
        return
    rows, through, back = clouds
    design = camera.design
    glow = _row(0.8 * sky.mean[rows, channel]) + pixels.town * np.float32(
        1.5 * design.town[channel]
    )
    if moon is not None:
        lit = np.cumsum(sky.moon.light > 0) - 1
        bright = sky.moon.light[rows] > 0
        glow[bright] += moon[lit[rows[bright]]] * np.float32(0.35 * design.moon[channel])
    dimmed = light[rows]
    dimmed *= through
    glow *= back
    dimmed += glow
    light[rows] = dimmed
