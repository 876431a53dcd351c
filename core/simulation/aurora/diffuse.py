"""Diffuse aurora: a band of 0.5 to 2 kR all around, brightest after midnight."""

from __future__ import annotations

import numpy as np

from core.simulation.aurora.scene import Scene
from core.simulation.aurora.shapes import Float32, ramp
from core.simulation.aurora.textures import SIZE, fractal


def diffuse(scene: Scene) -> Float32 | None:
    """Return the green emission of the diffuse oval."""
    edge = ramp(scene.north_km, -60.0, 130.0)
    part = scene.north_km / scene.width_km
    value = edge * (np.float32(1.0) - ramp(part, 0.25, 1.15))
    lit = np.flatnonzero(value)
    here = scene.only(lit)
    dawn = np.sin(here.samples.local_h * np.float32(2 * np.pi / 24))
    level = here.night * np.float32(0.30)
    level += np.float32(0.6)
    level += dawn * np.float32(0.22)
    level *= here.of(350.0 + 260.0 * here.drivers.kp)
    texture = fractal(scene.seed)
    u = here.east_km * np.float32(1 / 7.0)
    u -= here.moving(0.25 / 7.0, SIZE)
    v = here.north_km * np.float32(1 / 4.0)
    v += here.moving(0.01, SIZE)
    patch = texture.at(u, v)
    patch *= np.float32(0.28)
    patch += np.float32(1.0)
    np.maximum(patch, np.float32(0.15), out=patch)
    level *= patch
    level *= value.take(lit)
    value[:] = 0.0
    value[lit] = level
    return value
