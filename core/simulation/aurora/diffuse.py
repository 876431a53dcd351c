"""Diffuse aurora: a band of 0.5 to 2 kR all around, brightest after midnight."""

from __future__ import annotations

import numpy as np

from core.simulation.aurora.scene import Scene
from core.simulation.aurora.shapes import Float32, above, f32, ramp, scaled
from core.simulation.aurora.textures import SIZE, fractal


def diffuse(scene: Scene) -> Float32 | None:
    """Return the green emission of the diffuse oval."""
    edge = ramp(scene.north_km, -60.0, 130.0)
    part = scene.north_km / scene.width_km
    edge *= f32(1.0) - ramp(part, 0.25, 1.15)
    lit = np.flatnonzero(edge > f32(0.001))
    if not lit.size:
        return None
    here = scene.only(lit)
    level = np.sin(here.local_h * f32(2 * np.pi / 24))
    level *= f32(0.22)
    level += scaled(here.night, 0.30, 0.6)
    level *= here.of(350.0 + 260.0 * here.drivers.kp)
    u = scaled(here.east_km, 1 / 7.0)
    u -= here.moved(0.25 / 7.0, SIZE)
    v = scaled(here.north_km, 1 / 4.0)
    v += here.moved(0.01, SIZE)
    patch = fractal(scene.seed).at(u, v)
    patch *= f32(0.28)
    patch += f32(1.0)
    level *= above(patch, 0.15)
    level *= edge.take(lit)
    return scene.spread(level, lit)
