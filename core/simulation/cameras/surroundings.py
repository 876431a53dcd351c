"""What stands around a camera: trees, buildings, masts, lamps; and dust on its dome."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.simulation.cameras.camera import Camera

FloatArray = NDArray[np.float64]

_STEP_DEG = 0.05
_NODES = int(360 / _STEP_DEG)


@dataclass(frozen=True, eq=False, slots=True)
class Surroundings:
    """Obstacles and lights of one camera.

    Attributes
    ----------
    skyline_deg : float array, shape (7200,)
        Elevation below which trees and buildings hide the sky, every 0.05 degrees of azimuth.
    masts : float array, shape (n, 5)
        Azimuth, top, half width, elevation and half length of a cross-arm, degrees.
    lamps : float array, shape (n, 3)
        Azimuth, elevation and brightness (1 saturates the picture).
    town : (azimuth_deg, width_deg, strength)
        Glow of the nearest settlement.
    dust : float array, shape (n, 4)
        Specks: x and y in units of the horizon's distance, radius in pixels, share of light lost.
    rim : (azimuth_deg, half_width_deg, strength)
        Where the edge of the dome shines beyond the horizon.
    """

    skyline_deg: FloatArray
    masts: FloatArray
    lamps: FloatArray
    town: tuple[float, float, float]
    dust: FloatArray
    rim: tuple[float, float, float]

    def open_share(
        self, azimuth_deg: FloatArray, elevation_deg: FloatArray, pixel_deg: float
    ) -> FloatArray:
        """Return how much of a pixel sees the sky, 0 to 1; edges are one pixel soft."""
        node = azimuth_deg / _STEP_DEG
        low = np.floor(node).astype(np.int64)
        part = node - low
        here, there = self.skyline_deg[low % _NODES], self.skyline_deg[(low + 1) % _NODES]
        share = _soft(elevation_deg - (here + (there - here) * part), pixel_deg)
        for azimuth, top, half, arm, reach in self.masts:
            aside = np.abs(_turn(azimuth_deg - azimuth)) * np.cos(np.radians(elevation_deg))
            # A mast thinner than a pixel dims it by its share.
            cover = min(1.0, 2.0 * half / pixel_deg)
            edge = max(half, 0.5 * pixel_deg)
            pole = _soft(edge - aside, pixel_deg) * _soft(top - elevation_deg, pixel_deg)
            bar = _soft(edge - np.abs(elevation_deg - arm), pixel_deg)
            bar = bar * _soft(reach - aside, pixel_deg)
            share = share * (1.0 - cover * np.maximum(pole, bar))
        return np.asarray(share)


def _soft(inside_deg: FloatArray, pixel_deg: float) -> FloatArray:
    return np.clip(inside_deg / pixel_deg + 0.5, 0.0, 1.0)


def _turn(angle_deg: FloatArray) -> FloatArray:
    return (angle_deg + 180.0) % 360.0 - 180.0


@lru_cache(maxsize=256)
def surroundings_of(camera: Camera) -> Surroundings:
    """Return what stands around a camera; every camera has its own."""
    random = camera.random("surroundings")
    azimuth = np.arange(_NODES, dtype=np.float64) * _STEP_DEG
    skyline = _ground(azimuth, random)
    skyline = np.maximum(skyline, _trees(azimuth, random))
    for _ in range(int(random.integers(0, 3))):
        skyline = np.maximum(skyline, _building(azimuth, random))
    skyline.flags.writeable = False
    return Surroundings(
        skyline_deg=skyline,
        masts=_masts(random),
        lamps=_lamps(camera, random),
        town=(
            float(random.uniform(0, 360)),
            float(random.uniform(18, 45)),
            float(random.choice([0.0, 0.15, 0.4, 1.0, 1.6])),
        ),
        dust=_dust(random),
        rim=(
            float(random.uniform(0, 360)),
            float(random.uniform(25, 60)),
            float(random.uniform(0.05, 0.3)),
        ),
    )


def _ground(azimuth: FloatArray, random: np.random.Generator) -> FloatArray:
    """Return the outline of hills, about a degree high."""
    waves = np.arange(1, 7)
    size, phase = random.normal(size=6) / waves, random.uniform(0, 2 * np.pi, 6)
    shape = (size[:, None] * np.cos(np.radians(waves[:, None] * azimuth) + phase[:, None])).sum(0)
    return np.asarray(np.clip(random.uniform(0.6, 1.8) + 0.5 * shape, 0.3, None))


def _trees(azimuth: FloatArray, random: np.random.Generator) -> FloatArray:
    """Return the outline of spruces: narrow cones in stands that cover part of the horizon."""
    line = np.zeros(azimuth.size)
    for _ in range(int(random.integers(2, 6))):
        middle, width = random.uniform(0, 360), random.uniform(15, 80)
        height = random.uniform(1.5, 5.0)
        for _ in range(int(width * 1.6)):
            at = middle + width * (random.random() - 0.5)
            top = height * random.uniform(0.45, 1.25)
            _add_tree(line, at, top, top * random.uniform(0.14, 0.26))
        near = np.abs(_turn(azimuth - middle))
        line = np.maximum(line, np.where(near < width / 2, 0.55 * height, 0.0))
    return line


def _add_tree(line: FloatArray, azimuth_deg: float, top_deg: float, half_deg: float) -> None:
    node = np.arange(
        int(np.ceil((azimuth_deg - half_deg) / _STEP_DEG)),
        int(np.floor((azimuth_deg + half_deg) / _STEP_DEG)) + 1,
    )
    cone = top_deg * (1.0 - np.abs(node * _STEP_DEG - azimuth_deg) / half_deg)
    line[node % _NODES] = np.maximum(line[node % _NODES], cone)


def _building(azimuth: FloatArray, random: np.random.Generator) -> FloatArray:
    """Return the outline of a house: flat roof, now and then a step in it."""
    middle, half = random.uniform(0, 360), random.uniform(4, 16)
    height = random.uniform(3, 11)
    aside = _turn(azimuth - middle)
    # A level roof seen from near by falls off to the sides.
    roof = np.degrees(np.arctan(np.tan(np.radians(height)) * np.cos(np.radians(1.5 * aside))))
    step = np.where(aside > random.uniform(-0.5, 0.8) * half, random.uniform(0.5, 0.9), 1.0)
    return np.where(np.abs(aside) < half, roof * step, 0.0)


def _masts(random: np.random.Generator) -> FloatArray:
    count = int(random.integers(0, 4))
    top = random.uniform(7, 22, count)
    return np.stack(
        [
            random.uniform(0, 360, count),
            top,
            random.uniform(0.12, 0.5, count),
            top * random.uniform(0.75, 0.97, count),
            random.choice([0.0, 1.0, 2.2], count),
        ],
        axis=1,
    )


def _lamps(camera: Camera, random: np.random.Generator) -> FloatArray:
    """Return lamps; none on the centre column, where whoever set the camera up would see it."""
    count = int(random.integers(0, 5))
    brightness = np.exp(random.uniform(np.log(0.03), np.log(2.0), count))
    azimuth, elevation = random.uniform(0, 360, count), random.uniform(0.5, 2.5, count)
    aside = np.abs(camera.lens.pixel_of(azimuth, elevation)[0] - camera.width // 2)
    return np.stack([azimuth, elevation, brightness], 1)[aside > 0.07 * camera.width]


def _dust(random: np.random.Generator) -> FloatArray:
    count = int(random.integers(2, 9))
    radius, angle = np.sqrt(random.random(count)) * 0.9, random.uniform(0, 2 * np.pi, count)
    return np.stack(
        [
            radius * np.cos(angle),
            radius * np.sin(angle),
            random.uniform(0.7, 2.2, count),
            random.uniform(0.08, 0.35, count),
        ],
        axis=1,
    )
