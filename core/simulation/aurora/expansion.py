"""Substorms: growth arc, beads, expansion, westward surge, recovery (Akasofu 1964)."""

from __future__ import annotations

import numpy as np

from core.simulation.aurora.scene import Scene
from core.simulation.aurora.samples import KM_PER_DEG, KM_PER_HOUR
from core.simulation.aurora.shapes import Float32, bell, ramp
from core.simulation.aurora.textures import SIZE, fractal, smooth
from core.simulation.substorms import Substorm


def expansion(scene: Scene) -> Float32 | None:
    """Return the green emission of substorms."""
    value = np.zeros(scene.samples.size, np.float32)
    any_lit = False
    for substorm in scene.drivers.substorms:
        any_lit |= _add(scene, substorm, value)
    return value if any_lit else None


def _add(scene: Scene, substorm: Substorm, value: Float32) -> bool:
    onset_s = float(substorm.onset.astype("datetime64[us]").astype(np.int64)) / 1e6
    age = scene.drivers.seconds - onset_s
    last = 60.0 * (substorm.expansion_min + substorm.recovery_min)
    under_way = (age > 0.0) & (age < last)
    if not under_way.any():
        return False
    x = scene.samples.local_h - np.float32(substorm.mlt_h - 24.0 if substorm.mlt_h > 12 else substorm.mlt_h)
    x *= np.float32(KM_PER_HOUR)
    y = (scene.samples.mlat_deg - np.float32(substorm.mlat_deg)) * np.float32(KM_PER_DEG)
    length = 60.0 * substorm.expansion_min
    grown = np.where(under_way, 1.0 - np.exp(-2.0 * np.maximum(age, 0) / length), 0.0)
    fade = np.where(under_way, np.exp(-np.maximum(age - length, 0) / (0.3 * last)), 0.0)
    west, east = 1400.0 * grown + 50.0, 700.0 * grown + 50.0
    half, centre = scene.of(0.5 * (west + east)), scene.of(0.5 * (east - west))
    across = (x - centre) / half
    shape = np.float32(1.0) - across * across
    near = np.flatnonzero((shape > 0) & (scene.of(under_way.astype(float)) > 0) & (y > -150) & (y < 1100))
    if not near.size:
        return False
    here = scene.only(near)
    x, y, shape = x.take(near), y.take(near), shape.take(near)
    texture, wander = fractal(scene.seed), smooth(scene.seed)
    warp = wander.at(x * np.float32(0.2) + here.moving(0.1, SIZE), y * np.float32(0.25) + here.moving(0.05, SIZE))
    top = here.of(60.0 + 550.0 * grown) * np.sqrt(shape)
    gap = top - y + warp * np.float32(25.0)
    front = bell(gap * np.float32(1 / 18.0)) * here.of(30_000.0 * fade)
    fold = y * np.float32(1 / 14.0) + warp * np.float32(2.0)
    ridge = texture.at(x * np.float32(0.25) + here.moving(0.3, SIZE), y * np.float32(0.7) + warp * np.float32(18.0))
    inner = bell(ridge * np.float32(1.6)) * ramp(gap, -10.0, 60.0) * ramp(y, -60.0, 40.0)
    del fold
    inner *= here.of(9_000.0 * fade)
    total = (front + inner) * ramp(shape, 0.0, 0.2)
    value[near] += total
    return True
