"""The events of the lists in the sky: STEVE, torches and omega bands, field line resonances."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from core.simulation.aurora.events import Event
from core.simulation.aurora.samples import KM_PER_DEG, KM_PER_HOUR
from core.simulation.aurora.scene import Scene
from core.simulation.aurora.shapes import Float32, above, bell, f32, ramp, ramp64, scaled
from core.simulation.aurora.textures import SIZE, fine, fractal, smooth
from core.simulation.seeds import FloatArray

Draw = Callable[[Scene, Event, Float32, Float32], Float32]

_TURN = 2.0 * np.pi / 24.0
_TORCH_KM = 330.0
_RISE_S, _FALL_S = 100.0, 60.0


def steve(scene: Scene) -> Float32 | None:
    """Return the emission of STEVE: an arc of 20 km, equatorward of the oval, mauve.

    Its continuum fills every band (Gillies et al. 2019, Geophys. Res. Lett. 46), for some 1,500 km
    to either side along the oval; a green picket fence stands below some (MacDonald et al. 2018,
    Sci. Adv. 4, eaaq0030).
    """
    return _drawn(scene, scene.drivers.steve, (1500.0, 120.0), _steve)


def torches(scene: Scene) -> Float32 | None:
    """Return the green emission of torches: tongues of light that drift eastward in a row.

    The tongues of omega bands, 300 to 400 km apart (Amm et al. 2005, Ann. Geophys. 23, 325).
    """
    return _drawn(scene, scene.drivers.torches, (1100.0, 420.0), _torches)


def resonances(scene: Scene) -> Float32 | None:
    """Return the green emission of field line resonances: arcs that move poleward again and again.

    Periods of 2 to 10 minutes (Gillies et al. 2018, Geophys. Res. Lett. 45, 4648).
    """
    return _drawn(scene, scene.drivers.resonances, (1400.0, 300.0), _resonance)


def event_place(event: Event, seconds: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return seconds since an event began, and its local time then, hours from midnight."""
    age = seconds - _start_s(event)
    local = event.mlt_h + event.drift_h_per_min * age / 60.0
    return age, local - 24.0 * np.floor(local / 24.0 + 0.5)


def _strength(event: Event, age: FloatArray) -> FloatArray:
    """Return 0 to 1: an event is seen from its first minute to its last, and fades beyond."""
    end = 60.0 * event.duration_min
    return ramp64(age, -_RISE_S, 80.0) * (1.0 - ramp64(age, end - 120.0, end + _FALL_S))


def _lasts(event: Event, first_s: float, last_s: float) -> bool:
    """Return whether an event can be seen at a time of an interval."""
    start = _start_s(event)
    return last_s > start - _RISE_S and first_s < start + 60.0 * event.duration_min + _FALL_S


def _start_s(event: Event) -> float:
    return float(event.start.astype("datetime64[us]").astype(np.int64)) / 1e6


def _drawn(
    scene: Scene, events: tuple[Event, ...], reach_km: tuple[float, float], draw: Draw
) -> Float32 | None:
    """Return the light of events, each drawn over the samples within its reach."""
    total = None
    seconds = scene.drivers.seconds
    first, last = float(seconds.min()), float(seconds.max())
    for event in events:
        if not _lasts(event, first, last):
            continue
        age, local = event_place(event, seconds)
        strength = _strength(event, age)
        if not (strength > 0.0).any():
            continue
        index, east, north = _near(scene, event, (local, strength), reach_km)
        if not index.size:
            continue
        here = scene.only(index)
        light = draw(here, event, east, north)
        light *= here.of(strength)
        if total is None:
            total = np.zeros(scene.size, np.float32)
        total[index] += light
    return total


def _near(
    scene: Scene, event: Event, moving: tuple[FloatArray, FloatArray], reach_km: tuple[float, float]
) -> tuple[NDArray[np.intp], Float32, Float32]:
    """Return which samples an event reaches, and their distances from it along and across."""
    local, strength = moving
    east = scene.local_h - scene.of(local)
    east *= f32(KM_PER_HOUR)
    swing = scene.drivers.low_swing
    bend = scene.night * scene.of(swing) - scene.of(swing * np.cos((local + 0.5) * _TURN))
    north = (scene.mlat_deg - f32(event.mlat_deg) - bend) * f32(KM_PER_DEG)
    near = np.abs(east) < scene.of(np.where(strength > 0.0, reach_km[0], -1.0))
    near &= np.abs(north) < f32(reach_km[1])
    index = np.flatnonzero(near)
    return index, east.take(index), north.take(index)


def _steve(here: Scene, event: Event, east: Float32, north: Float32) -> Float32:
    shift = f32(float(event.duration_min * 31 + round(event.mlat_deg * 1000) % 400))
    bend = smooth(here.seed).at(scaled(east, 1 / 30.0) + shift, here.moved(1 / 150.0, SIZE) + shift)
    line = north - bend * f32(7.0)
    value = bell(scaled(line, 1 / (17.0 if here.soft else 11.0)))
    stripes = fine(here.seed).at(
        scaled(east, 1 / 2.5) + here.moved(2.4, SIZE), scaled(north, 1 / 12.0) + shift
    )
    value *= above(scaled(stripes, 0.18, 1.0), 0.2)
    if not here.soft and event.duration_min % 2:
        pickets = fine(here.seed).at(
            scaled(east, 1 / 0.9) + here.moved(0.25, SIZE), shift + here.moved(0.06, SIZE)
        )
        value += bell(scaled(line, 1 / 6.0, 2.4)) * above(pickets - f32(0.4), 0.0)
    value *= f32(1.0) - ramp(np.abs(east), 900.0, 1480.0)
    value *= f32(1500.0)
    return value


def _torches(here: Scene, event: Event, east: Float32, north: Float32) -> Float32:
    shift = f32(float(event.duration_min * 17 + round(event.mlat_deg * 1000) % 400))
    lean = east + north * f32(0.35)
    wander = smooth(here.seed)
    lean += wander.at(
        scaled(east, 1 / 9.0) + shift, scaled(north, 1 / 9.0) + here.moved(0.015, SIZE)
    ) * f32(28.0)
    tongue = np.cos(lean * f32(2 * np.pi / _TORCH_KM))
    tongue += f32(1.0)
    tongue *= f32(0.5)
    tongue *= tongue
    tongue *= tongue
    tongue *= f32(300.0)
    tongue -= f32(60.0)
    depth = tongue - north
    value = ramp(depth, -25.0, 60.0)
    value += bell(scaled(depth, 1 / 26.0, -0.9)) * f32(0.4)
    value *= ramp(north, -330.0, -120.0)
    grain = fractal(here.seed).at(
        scaled(east, 1 / 2.2) + shift, scaled(north, 1 / 2.2) + here.moved(0.1, SIZE)
    )
    value *= above(scaled(grain, 0.4, 0.9), 0.08)
    value *= bell(scaled(east, 1 / 560.0))
    value *= f32(1.0) - ramp(np.abs(east), 800.0, 1090.0)
    value *= f32(2700.0)
    return value


def _resonance(here: Scene, event: Event, east: Float32, north: Float32) -> Float32:
    period_s = 120.0 + 60.0 * (event.duration_min % 7)
    phase = scaled(north, 1 / 75.0)
    phase -= here.of(np.mod(here.drivers.seconds / period_s, 1.0))
    phase += east * f32(1 / 900.0)
    phase *= f32(2 * np.pi)
    value = np.cos(phase)
    above(value, 0.0)
    value *= bell(scaled(north, 1 / 130.0))
    value *= f32(1.0) - ramp(np.abs(east), 600.0, 1390.0)
    value *= f32(1400.0)
    return value
