"""Poleward boundary intensifications and the streamers that grow equatorward from them.

Late in the expansion and in the recovery, north-south forms of 20 to 40 km reach from the
poleward boundary equatorward within some minutes (Henderson et al. 1998, Geophys. Res. Lett. 25,
3737; Nishimura et al. 2010, J. Geophys. Res. 115, A07222).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from core.simulation.aurora.scene import Scene
from core.simulation.aurora.shapes import Float32, above, bell, f32, ramp, ramp64, scaled
from core.simulation.aurora.storm import Storm
from core.simulation.aurora.textures import SIZE, fractal, smooth
from core.simulation.seeds import FloatArray, generator

_MOST = 9
_REACH_KM = 170.0


@lru_cache(maxsize=256)
def _plan(number: int, seed: int) -> FloatArray:
    """Return start (share of expansion and recovery), place, length, speed, level: (n, 6)."""
    random = generator("streamers", number, seed=seed)
    return np.asarray(random.random((3 + random.integers(_MOST - 2), 6)))


def streamers(scene: Scene, storms: list[Storm]) -> Float32 | None:
    """Return the green emission of boundary intensifications and streamers."""
    total = None
    for storm in storms:
        for draw in _plan(storm.substorm.number, scene.seed):
            light = _streamer(storm, draw)
            if light is None:
                continue
            if total is None:
                total = np.zeros(scene.size, np.float32)
            index, values = light
            total[index] += values
    return total


def _streamer(storm: Storm, draw: FloatArray) -> tuple[np.ndarray, Float32] | None:
    """Return the samples that one streamer lights, and its light."""
    substorm, at = storm.substorm, storm.progress
    length_s = 60.0 * (substorm.expansion_min + 0.55 * substorm.recovery_min)
    start = 60.0 * 0.7 * substorm.expansion_min + draw[0] * length_s
    last = 300.0 + 240.0 * draw[2]
    age = at.age_s - start
    power = ramp64(age, 0.0, 70.0) * (1.0 - ramp64(age, 0.55 * last, last))
    if not (power > 0.0).any():
        return None
    place = (draw[1] - 0.6) * 1.3 * 60.0 * substorm.expansion_min * substorm.surge_km_s * 0.6
    near = np.abs(storm.east_km - f32(place)) < storm.here.of(np.where(power > 0, _REACH_KM, -1.0))
    index = np.flatnonzero(near)
    if not index.size:
        return None
    here, east, north = (
        storm.here.only(index),
        storm.east_km.take(index),
        storm.north_km.take(index),
    )
    below = here.of(at.top_km) - north
    lean = east - f32(place) + below * f32(0.7 * (draw[3] - 0.5))
    shift = f32(500.0 * draw[4])
    wander = smooth(here.seed).at(scaled(north, 1 / 6.0) + shift, here.moved(0.05, SIZE) + shift)
    lean += wander * f32(13.0)
    width = f32(28.0 if here.soft else 11.0 + 9.0 * draw[4])
    lean /= width
    value = bell(lean)
    lean *= width
    tip = here.of((0.7 + 0.8 * draw[5]) * np.maximum(age, 0.0))
    value *= f32(1.0) - ramp(below - tip, -40.0, 15.0)
    value *= ramp(below, -25.0, 15.0)
    value *= ramp(north, -60.0, 60.0)
    spot = bell(scaled(below, 1 / 30.0, -0.6)) * bell(scaled(lean, 1 / 75.0)) * f32(1.4)
    value += spot
    grain = fractal(here.seed).at(
        scaled(east, 1 / 1.2) + shift, scaled(north, 1 / 2.5) + here.moved(0.5, SIZE)
    )
    value *= above(scaled(grain, 0.4, 1.0), 0.1)
    value *= here.of(power * (2500.0 + 7000.0 * draw[4] + 6.0 * substorm.strength_nt))
    return storm.index.take(index), value
