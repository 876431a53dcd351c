"""The arc of the growth phase, its brightening at onset, and its beads.

The most equatorward arc drifts equatorward, thins and brightens until onset (Akasofu 1964,
Planet. Space Sci. 12, 273); then beads of 60 to 130 km grow on it, by a factor e in half a
minute (Motoba et al. 2012, Geophys. Res. Lett. 39, L08108; Kalmoni et al. 2015, J. Geophys. Res.
Space Physics 120), and it becomes 5 to 10 times as bright before it breaks up.
"""

from __future__ import annotations

import numpy as np

from core.simulation.aurora.scene import Scene
from core.simulation.aurora.shapes import Float32, above, bell, f32, ramp, ramp64, scaled
from core.simulation.aurora.storm import Storm
from core.simulation.aurora.textures import SIZE, fine, smooth
from core.simulation.seeds import FloatArray

_BEAD_GROWTH_S = 32.0
_LAST_S = 780.0


def onset_arcs(scene: Scene, storms: list[Storm]) -> Float32 | None:
    """Return the green emission of growth and onset arcs."""
    total = None
    for storm in storms:
        age, last = storm.progress.age_s, _LAST_S
        if not ((age > -60.0 * storm.substorm.growth_min) & (age < last)).any():
            continue
        if total is None:
            total = np.zeros(scene.size, np.float32)
        total[storm.index] += _arc(storm)
    return total


def _arc(storm: Storm) -> Float32:
    """Return the emission of one substorm's arc over the storm's samples."""
    here, age, substorm = storm.here, storm.progress.age_s, storm.substorm
    shift = f32(211.7 * (substorm.number % 997))
    line = storm.north_km - here.of(substorm.drift_km_s * np.maximum(-age, 0.0))
    rough = np.flatnonzero(np.abs(line) < f32(120.0))
    line, east, here = line.take(rough), storm.east_km.take(rough), here.only(rough)
    bend = smooth(here.seed).at(scaled(east, 1 / 20.0) + shift, here.moved(1 / 100.0, SIZE))
    line -= scaled(bend, 9.0)
    wave = east * f32(2 * np.pi / substorm.bead_km) + here.of(np.mod(age * 0.02, 2 * np.pi))
    bead = bell(east * f32(1 / 420.0)) * here.of(_bead_level(age))
    line += np.sin(wave) * bead * f32(9.0)
    width = here.of(_width_km(age, here.soft))
    line /= width
    line *= f32(1.0) - f32(0.25) * np.sign(line)
    value = bell(line)
    value *= f32(1.0) - ramp(np.abs(east), 500.0, 1400.0)
    flare = bell(east / here.of(260.0 + 1.2 * np.maximum(age, 0.0)))
    flare *= here.of(ramp64(age, -20.0, 150.0))
    flare *= f32(7.0)
    flare += f32(1.0)
    value *= flare
    if not here.soft:
        bright = np.cos(wave) * f32(0.9) * bead
        bright += f32(1.0)
        value *= bright
        rays = fine(here.seed).at(
            scaled(east, 1 / 1.5) + here.moved(0.8, SIZE), here.moved(0.7, SIZE)
        )
        rays *= f32(0.22)
        rays += f32(1.0)
        value *= above(rays, 0.2)
    value *= here.of(_level_r(storm))
    out = np.zeros(storm.index.size, np.float32)
    out[rough] = value
    return out


def _bead_level(age: FloatArray) -> FloatArray:
    """Return the amplitude of beads, 0 to 1, by the seconds since onset."""
    grow = np.exp(np.minimum((age - 100.0) / _BEAD_GROWTH_S, 0.0))
    return np.where(age > -60.0, grow, 0.0) * (1.0 - ramp64(age, 160.0, 330.0))


def _width_km(age: FloatArray, soft: bool) -> FloatArray:
    """Return the half width: thinner towards onset, wide as a surge grows from it."""
    width = 11.0 - 5.0 * ramp64(age, -3000.0, -120.0) + 7.0 * ramp64(age, 60.0, 300.0)
    return np.hypot(width, 26.0) if soft else width


def _level_r(storm: Storm) -> FloatArray:
    """Return the brightness: rising in the growth phase, dim for a moment before onset.

    The fading before breakup is that of Pellinen and Heikkila 1978, J. Geophys. Res. 83, 4207.
    """
    age, substorm = storm.progress.age_s, storm.substorm
    rise = ramp64(age, -60.0 * substorm.growth_min, -240.0)
    fading = 1.0 - 0.45 * ramp64(age, -240.0, -110.0) * (1.0 - ramp64(age, -100.0, 0.0))
    level = 1200.0 + 8.0 * substorm.strength_nt
    return level * rise * fading * (1.0 - ramp64(age, 200.0, _LAST_S))
