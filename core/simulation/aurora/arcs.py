"""Quiet arcs: 10 to 30 km wide, 30 to 60 km apart, along magnetic longitude.

Widths are those of all-sky cameras, 18 km on average (Knudsen et al. 2001, Geophys. Res. Lett.
28, 705). An arc is where a phase, the distance poleward with a gentle bend, is a whole number;
the number says how wide and how bright the arc is, where along the oval and when it is there,
and where it splits in two. The system meanders, and drifts equatorward before an onset.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from core.simulation.aurora.samples import KM_PER_DEG
from core.simulation.aurora.scene import Scene
from core.simulation.aurora.shapes import Float32, above, bell, f32, ramp, scaled
from core.simulation.aurora.textures import SIZE, fractal, smooth
from core.simulation.seeds import FloatArray, generator
from core.simulation.substorms import SHIFT_SHARE

_SPACING_KM = 44.0
_COUNT = 64
_DRIFT_KM_S = 0.015
_MEANDER_KM_S = 0.022
_MEANDER_MIN = (34.0, 71.0, 153.0, 340.0)
_SOFT_KM = 24.0
_GROWTH_SHARE = 0.35


@lru_cache(maxsize=4)
def _kinds(seed: int) -> Float32:
    """Return what arcs are like by number: row of the noise, level, half width in km."""
    draw = generator("arcs", seed=seed).random((3, _COUNT))
    level = 0.35 * np.exp(1.7 * draw[1])
    return np.stack([draw[0] * SIZE, level, 6.0 + 7.0 * draw[2]]).astype(np.float32)


def arcs(scene: Scene, swept: Float32 | None) -> Float32 | None:
    """Return the green emission of quiet arcs; `swept` says where a bulge took them away."""
    inside = _where(scene)
    if swept is not None:
        inside *= f32(1.0) - f32(0.92) * swept
    lit = np.flatnonzero(inside > f32(0.001))
    if not lit.size:
        return None
    here = scene.only(lit)
    phase = _phase(here)
    value = np.zeros(lit.size, np.float32)
    if scene.soft:
        # The red line is broad: two arcs reach a place.
        number = np.floor(phase)
        _add(here, phase, number, value)
        _add(here, phase, number + f32(1.0), value)
    else:
        _add(here, phase, np.rint(phase), value)
    value *= inside.take(lit)
    value *= here.of(1500.0 + 1000.0 * here.drivers.kp)
    return scene.spread(value, lit)


def _add(whole: Scene, phase: Float32, number: Float32, total: Float32) -> None:
    """Add the light of arcs, one number for each sample, where the arc of that number is lit."""
    row = _kinds(whole.seed)[0].take(number.astype(np.int32) & (_COUNT - 1))
    strength = _strength(whole, row)
    part = phase - number
    lit = np.flatnonzero((strength > f32(0.0)) & (np.abs(part) < f32(1.0)))
    here, row, part, number = whole.only(lit), row.take(lit), part.take(lit), number.take(lit)
    kind = number.astype(np.int32) & (_COUNT - 1)
    _, level, width = (values.take(kind) for values in _kinds(here.seed))
    value = strength.take(lit)
    if not here.soft:
        value *= _grain(here, row)
    value *= level
    value *= _profile(here, part * f32(_SPACING_KM), width, row)
    limit = (0.6, 1.0) if here.soft else (0.33, 0.5)
    value *= f32(1.0) - ramp(np.abs(part, out=part), *limit)
    total[lit] += value


def _where(scene: Scene) -> Float32:
    """Return where in the oval arcs are: its poleward part, from afternoon to early morning."""
    inside = ramp(scene.north_km, 60.0, 230.0)
    inside *= f32(1.0) - ramp(scene.north_km - scene.width_km, -40.0, 90.0)
    evening = ramp(scene.night, -0.55, 0.3)
    evening *= f32(1.0) - f32(0.75) * ramp(scene.local_h, 0.5, 3.5)
    inside *= evening
    return inside


def _phase(here: Scene) -> Float32:
    """Return the distance poleward in arcs."""
    wander = smooth(here.seed)
    u = scaled(here.east_km, 1 / 36.0)
    u -= here.moved(0.003, SIZE)
    bend = wander.at(u, scaled(here.north_km, 1 / 11.0) + here.moved(1 / 240.0, SIZE))
    bend *= f32(9.5)
    bend += here.north_km
    bend += here.of(_drift_km(here.drivers.seconds, here.seed))
    growth_km = here.drivers.shift * (-(_GROWTH_SHARE / SHIFT_SHARE) * KM_PER_DEG)
    bend += here.of(growth_km) * above(here.night.copy(), 0.0)
    bend *= f32(1.0 / _SPACING_KM)
    return bend


def _drift_km(seconds: FloatArray, seed: int) -> FloatArray:
    """Return how far the arcs have drifted: slowly equatorward, back and forth on the way."""
    total = np.mod(_DRIFT_KM_S * seconds, _SPACING_KM * _COUNT)
    starts = generator("meander", seed=seed).uniform(0.0, 2 * np.pi, len(_MEANDER_MIN))
    for minutes, start in zip(_MEANDER_MIN, starts, strict=True):
        rate = 2 * np.pi / (60.0 * minutes)
        total += _MEANDER_KM_S / rate * np.sin(np.mod(rate * seconds, 2 * np.pi) + start)
    return total


def _strength(here: Scene, row: Float32) -> Float32:
    """Return how bright an arc is along itself: it begins, ends, comes and goes; dark below 0."""
    value = smooth(here.seed).near(
        scaled(here.east_km, 1 / 48.0), row + here.moved(1 / 190.0, SIZE)
    )
    value += _plenty(here)
    return value


def _grain(here: Scene, row: Float32) -> Float32:
    """Return the fine variation of brightness along an arc."""
    along = fractal(here.seed).at(
        scaled(here.east_km, 1 / 3.0) - here.moved(0.05, SIZE), row + here.moved(0.06, SIZE)
    )
    along *= f32(0.28)
    along += f32(1.0)
    return above(along, 0.1)


def _plenty(here: Scene) -> Float32:
    """Return how many arcs there are: some hours and sectors have several, some none."""
    value = smooth(here.seed).near(
        scaled(here.east_km, 1 / 90.0) + f32(77.0), here.moved(1 / 260.0, SIZE)
    )
    value *= f32(0.22)
    value += here.of(0.15 * np.minimum(here.drivers.kp, 3.0) - 0.85)
    return value


def _profile(here: Scene, off: Float32, width: Float32, row: Float32) -> Float32:
    """Return the profile across an arc, sharper on the equatorward side, split in places."""
    split = smooth(here.seed).near(scaled(here.east_km, 1 / 24.0), row + here.moved(1 / 80.0, SIZE))
    side = np.sign(off)
    apart = ramp(split, 0.8, 1.7)
    side *= f32(1.0) - apart
    apart *= f32(9.0)
    off = np.abs(off) - apart
    if here.soft:
        width = np.sqrt(width * width + f32(_SOFT_KM**2))
    off /= width
    off *= f32(1.0) - f32(0.28) * side
    return bell(off)
