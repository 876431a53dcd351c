"""Quiet arcs: 10 to 30 km wide, 30 to 60 km apart, along magnetic longitude."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from core.simulation.aurora.scene import Scene
from core.simulation.aurora.shapes import Float32, bell, ramp
from core.simulation.aurora.textures import SIZE, fractal, smooth
from core.simulation.seeds import generator

_SPACING_KM = 46.0
_COUNT = 64


@lru_cache(maxsize=4)
def _kinds(seed: int) -> Float32:
    """Return what an arc is like, by its number: row, level, width."""
    draw = generator("arcs", seed=seed).random((3, _COUNT))
    return np.stack(
        [draw[0] * SIZE, 0.55 + 1.0 * draw[1] ** 2, 6.0 + 7.0 * draw[2]]
    ).astype(np.float32)


def arcs(scene: Scene) -> Float32 | None:
    """Return the green emission of quiet arcs."""
    inside = ramp(scene.north_km, 60.0, 200.0)
    inside *= np.float32(1.0) - ramp(scene.north_km - scene.width_km, -20.0, 90.0)
    inside *= ramp(scene.night, -0.3, 0.4)
    lit = np.flatnonzero(inside)
    if not lit.size:
        return None
    here = scene.only(lit)
    wander = smooth(scene.seed)
    u = here.east_km * np.float32(1 / 9.0) - here.moving(0.01, SIZE)
    bend = wander.at(u, here.north_km * np.float32(1 / 30.0) + here.moving(1 / 60.0, SIZE))
    bend *= np.float32(16.0)
    phase = here.north_km + bend
    phase += here.moving(0.06, _SPACING_KM * _COUNT)
    phase *= np.float32(1.0 / _SPACING_KM)
    number = np.rint(phase)
    off = (phase - number) * np.float32(_SPACING_KM)
    kind = number.astype(np.int32) & (_COUNT - 1)
    row, level, width = (values.take(kind) for values in _kinds(scene.seed))
    u = here.east_km * np.float32(1 / 12.0)
    strength = wander.at(u, row + here.moving(1 / 40.0, SIZE))
    strength += np.float32(0.1)
    np.maximum(strength, np.float32(0.0), out=strength)
    strength *= level
    off /= width
    off *= np.float32(1.0) - np.float32(0.3) * np.sign(off)
    strength *= bell(off)
    fine = fractal(scene.seed).at(here.east_km * np.float32(1 / 3.0), row + here.moving(0.05, SIZE))
    fine *= np.float32(0.3)
    fine += np.float32(1.0)
    strength *= np.maximum(fine, np.float32(0.1))
    strength *= here.of(1500.0 + 900.0 * here.drivers.kp)
    strength *= inside.take(lit)
    value = np.zeros(scene.samples.size, np.float32)
    value[lit] = strength
    return value
