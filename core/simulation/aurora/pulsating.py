"""Pulsating aurora: patches of the morning that go on and off every few seconds.

Patches of 20 to 150 km and irregular shape, each with a period of 2 to 20 s (median 8) of its
own, drift eastward with the cold plasma (Lessard 2012, AGU Monograph 197, 55; Nishimura et al.
2020, Space Sci. Rev. 216, 4). What an exposure holds is the mean of the on-off wave over it, in
closed form. Where they are amorphous their shapes change from pulsation to pulsation (Grono and
Donovan 2018, Ann. Geophys. 36, 891), mostly at early local times.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.simulation.aurora.drivers import Drivers
from core.simulation.aurora.patches import COUNT, KM, mosaic
from core.simulation.aurora.scene import Scene
from core.simulation.aurora.shapes import Float32, f32, ramp, scaled
from core.simulation.aurora.textures import SIZE, smooth
from core.simulation.seeds import FloatArray, generator, smooth_noise

_CLOCK_S = 4096.0
_DRIFT_KM_S = 0.6
_SLOPE = 0.12
AMORPHOUS_H = 3.5
AMORPHOUS_PER_H = 0.22
_MEMORY_MIN = 90.0


@dataclass(frozen=True, slots=True)
class Patches:
    """What patches are like, by their number."""

    turns: Float32
    start: Float32
    duty: Float32
    level: Float32


@lru_cache(maxsize=4)
def _kinds(seed: int) -> Patches:
    """Return the patches: periods are 4,096 s over a whole number, so that time can wrap."""
    random = generator("pulsation", seed=seed)
    period = np.clip(8.0 * np.exp(0.5 * random.standard_normal(COUNT)), 2.0, 20.0)
    start, duty = random.random(COUNT), random.uniform(0.3, 0.65, COUNT)
    level = np.clip(1.6 * np.exp(0.45 * random.standard_normal(COUNT)), 0.5, 4.5)
    columns = np.round(_CLOCK_S / period), start, duty, 1000.0 * level
    return Patches(*(values.astype(np.float32) for values in columns))


def pulsating(scene: Scene) -> Float32 | None:
    """Return the green emission of pulsating patches; none in the red line, which is too slow."""
    if scene.soft:
        return None
    inside = presence(scene)
    lit = np.flatnonzero(inside > f32(0.01))
    if not lit.size:
        return None
    here = scene.only(lit)
    shape, number = _shapes(here)
    value = shape * inside.take(lit)
    on = np.flatnonzero(value > f32(0.004))
    patches = number.take(on)
    value[on] *= _kinds(scene.seed).level.take(patches) * _pulse(here.only(on), patches)
    return scene.spread(value, lit)


def presence(scene: Scene) -> Float32:
    """Return how much pulsating aurora there is at places, 0 to 1.

    Between 1 and 7 hours of local time, between 62 and 68 degrees at Kp 3 and a degree lower for
    each Kp more; more often with Kp and after onsets (Jones et al. 2011, J. Geophys. Res. 116,
    A03214).
    """
    drivers = scene.drivers
    morning = ramp(scene.local_h, 0.7, 2.5)
    morning *= f32(1.0) - ramp(scene.local_h, 5.5, 7.5)
    lit = np.flatnonzero(morning)
    if not lit.size:
        return morning
    here = scene.only(lit)
    off = np.abs(here.mlat_deg - here.of(65.0 - (drivers.kp - 3.0)))
    value = f32(1.0) - ramp(off, 2.0, 3.6)
    value *= ramp(here.north_km, -140.0, 0.0)
    drive = smooth(scene.seed).near(
        scaled(here.east_km, 1 / 60.0) - here.moved(0.2 / 60.0, SIZE), here.moved(0.01, SIZE)
    )
    drive *= f32(0.4)
    drive += here.of(0.28 * drivers.kp + _after_onset(drivers))
    value *= ramp(drive, 0.4, 1.2)
    value *= morning.take(lit)
    morning[lit] = value
    return morning


def _after_onset(drivers: Drivers) -> FloatArray:
    """Return what substorms add: up in ten minutes, down in an hour and a half."""
    total = np.zeros(drivers.seconds.size)
    for substorm in drivers.substorms:
        age = (drivers.seconds - substorm.onset_s) / 60.0
        rise = np.clip(age / 10.0, 0.0, 1.0) * np.clip(1.0 - age / _MEMORY_MIN, 0.0, 1.0)
        total += 0.7 * rise * min(substorm.strength_nt / 600.0, 1.0)
    return total


def amorphous_base(seconds: FloatArray, seed: int) -> FloatArray:
    """Return how amorphous pulsating aurora is at `AMORPHOUS_H` hours, before clipping to 0..1.

    It falls by `AMORPHOUS_PER_H` an hour later.
    """
    noise = smooth_noise("amorphous", seconds / 3600.0, 1.2, seed=seed)
    return np.asarray(0.55 + 0.6 * noise)


def _shapes(here: Scene) -> tuple[Float32, np.ndarray]:
    """Return how much of a patch is over places, and which."""
    u = scaled(here.east_km, 1.0 / KM) - here.moved(_DRIFT_KM_S / KM, SIZE)
    v = scaled(here.north_km, 1.0 / KM) + here.moved(0.004, SIZE)
    loose = here.of(amorphous_base(here.drivers.seconds, here.seed))
    loose = loose - f32(AMORPHOUS_PER_H) * (here.local_h - f32(AMORPHOUS_H))
    np.clip(loose, f32(0.0), f32(1.0), out=loose)
    wander = smooth(here.seed)
    swing = wander.at(
        scaled(u, 0.8) + here.moved(0.9, SIZE), scaled(v, 0.8) + here.moved(1.3, SIZE)
    )
    u += swing * loose * f32(6.0)
    v += wander.at(scaled(v, 0.8) + here.moved(1.6, SIZE), scaled(u, 0.8)) * loose * f32(6.0)
    return mosaic(here.seed).at(u, v)


def _pulse(here: Scene, number: np.ndarray) -> Float32:
    """Return the mean of each patch's on-off wave over the exposure, 0 to 1."""
    kinds = _kinds(here.seed)
    rate = kinds.turns.take(number) * f32(1.0 / _CLOCK_S)
    begin = here.of(np.mod(here.drivers.seconds - 0.5 * here.exposure_s, _CLOCK_S)) * rate
    begin += kinds.start.take(number)
    begin -= np.floor(begin)
    duty = kinds.duty.take(number)
    length = rate * f32(here.exposure_s)
    end = begin + length
    value = _filled(end, duty)
    value -= _filled(begin, duty)
    value /= length
    value *= f32(0.92)
    value += f32(0.08)
    return value


def _filled(phase: Float32, duty: Float32) -> Float32:
    """Return the integral from 0 of a wave that is on for a share of its turn, with slopes."""
    turns = np.floor(phase)
    part = phase - turns
    turns *= duty
    turns += _slope_integral(part)
    part -= duty
    turns -= _slope_integral(part)
    return turns


def _slope_integral(x: Float32) -> Float32:
    """Return the integral of a rise from 0 to 1 within `_SLOPE` of a turn, then 1."""
    inside = np.clip(x, f32(0.0), f32(_SLOPE))
    rest = x - f32(_SLOPE)
    np.maximum(rest, f32(0.0), out=rest)
    inside *= inside
    inside *= f32(0.5 / _SLOPE)
    inside += rest
    return inside
