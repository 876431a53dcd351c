"""Polar aurora: the cusp on the day side, and arcs over the quiet polar cap.

The cusp glows in the red line, 1 to 5 kR, between 9 and 15 hours, with forms that move poleward
every 5 to 10 minutes (Sandholt et al. 1998, J. Geophys. Res. 103, 23325; Fasel 1995, J. Geophys.
Res. 100). Arcs over the polar cap point at the Sun and are there when it is quiet (Valladares et
al. 1994, J. Geophys. Res. 99).
"""

from __future__ import annotations

import numpy as np

from core.simulation.aurora.samples import KM_PER_DEG
from core.simulation.aurora.scene import Scene
from core.simulation.aurora.shapes import Float32, above, bell, f32, ramp, ramp64, scaled
from core.simulation.aurora.textures import SIZE, fractal, smooth

_FORM_KM = 130.0
_FORM_KM_S = 0.33
_CAP_SPACING_KM = 210.0
_TURN = 2.0 * np.pi / 24.0


def cusp(scene: Scene) -> Float32 | None:
    """Return the green emission of the dayside oval; the red one is several times as strong."""
    value = f32(1.0) - ramp(scene.night, -0.96, -0.55)
    part = scene.north_km / scene.width_km
    value *= ramp(part, -0.1, 0.35)
    value *= f32(1.0) - ramp(part, 0.8, 2.2)
    lit = np.flatnonzero(value > f32(0.002))
    if not lit.size:
        return None
    here = scene.only(lit)
    forms = scaled(here.north_km, 2 * np.pi / _FORM_KM)
    forms -= here.of(np.mod(_FORM_KM_S / _FORM_KM * here.drivers.seconds, 1.0) * 2 * np.pi)
    along = smooth(scene.seed).at(scaled(here.east_km, 1 / 12.0), here.moved(1 / 25.0, SIZE))
    forms += along * f32(1.6)
    bright = np.cos(forms)
    above(bright, 0.0)
    bright *= bright
    bright *= above(along, 0.0)
    bright *= f32(0.9)
    bright += f32(0.45)
    grain = fractal(scene.seed).at(scaled(here.east_km, 1 / 6.0), scaled(here.north_km, 1 / 2.5))
    bright *= above(scaled(grain, 0.3, 1.0), 0.2)
    bright *= here.of(220.0 + 60.0 * here.drivers.kp)
    bright *= value.take(lit)
    return scene.spread(bright, lit)


def cap_arcs(scene: Scene) -> Float32 | None:
    """Return the green emission of Sun-aligned arcs over the polar cap."""
    quiet = scene.of(1.0 - ramp64(scene.drivers.kp, 1.3, 2.6))
    value = ramp(scene.north_km - scene.width_km, 60.0, 200.0) * quiet
    lit = np.flatnonzero(value > f32(0.002))
    if not lit.size:
        return None
    here = scene.only(lit)
    angle = here.local_h * f32(_TURN)
    colatitude = f32(90.0) - here.mlat_deg
    colatitude *= f32(KM_PER_DEG)
    dawn, night = colatitude * np.sin(angle), colatitude * np.cos(angle)
    bend = smooth(scene.seed).at(
        scaled(night, 1 / 30.0), scaled(dawn, 1 / 60.0) + here.moved(1 / 200.0, SIZE)
    )
    phase = dawn + bend * f32(35.0)
    phase += here.moved(0.06, _CAP_SPACING_KM * 64)
    phase *= f32(1.0 / _CAP_SPACING_KM)
    number = np.rint(phase)
    phase -= number
    row = number * f32(61.3)
    there = smooth(scene.seed).at(scaled(night, 1 / 40.0) + row, row + here.moved(1 / 150.0, SIZE))
    there -= f32(0.4)
    above(there, 0.0)
    width = 34.0 if scene.soft else 17.0
    there *= bell(scaled(phase, _CAP_SPACING_KM / width))
    there *= value.take(lit)
    there *= f32(650.0)
    return scene.spread(there, lit)
