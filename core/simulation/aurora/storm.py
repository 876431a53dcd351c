"""A substorm seen from its onset: local coordinates, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.simulation.aurora.samples import KM_PER_DEG, KM_PER_HOUR, Index
from core.simulation.aurora.scene import Scene
from core.simulation.aurora.shapes import Float32, f32, ramp, ramp64
from core.simulation.seeds import FloatArray
from core.simulation.substorms import Substorm

BREAK_S = 90.0
"""From the brightening of the arc to the start of the expansion (Akasofu 1964: 0 to 5 min)."""

_MARGIN_KM = 320.0
_ARC_KM = 1500.0
_EAST_SHARE = 0.65
_TURN = 2.0 * np.pi / 24.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a substorm is at times; arrays of shape (T,).

    `age_s` since onset, `top_km` the poleward boundary over the middle of the bulge, `west_km`
    and `east_km` its ends, all from the onset; `power` is 0 to 1, `stir` how turbulent it is.
    """

    age_s: FloatArray
    top_km: FloatArray
    west_km: FloatArray
    east_km: FloatArray
    power: FloatArray
    stir: FloatArray
    under_way: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Storm:
    """A substorm with the samples that it may light.

    `east_km` and `north_km` are distances from the onset, along the oval and across it; `index`
    says which samples of the whole scene `here` holds.
    """

    substorm: Substorm
    progress: Progress
    index: Index
    here: Scene
    east_km: Float32
    north_km: Float32


def progress_of(substorm: Substorm, seconds: FloatArray) -> Progress:
    """Return how far a substorm is at times.

    The boundary starts poleward at up to 2 km/s and comes to rest at the end of the expansion;
    the surge keeps its speed longer. In the recovery the boundary goes back by a third.
    """
    age = seconds - substorm.onset_s
    length, rest = 60.0 * substorm.expansion_min, 60.0 * substorm.recovery_min
    since = np.maximum(age - BREAK_S, 0.0)
    rise = (1.0 - np.exp(-2.2 * since / length)) / (1.0 - np.exp(-2.2))
    back = ramp64(since, length, length + rest)
    reach = length * (1.0 - np.exp(-since / length))
    fade = np.exp(-np.maximum(since - 0.8 * length, 0.0) / (0.17 * rest))
    return Progress(
        age_s=age,
        top_km=25.0 + KM_PER_DEG * substorm.bulge_deg * np.minimum(rise, 1.0) * (1.0 - back / 3.0),
        west_km=120.0 + substorm.surge_km_s * reach,
        east_km=120.0 + _EAST_SHARE * substorm.surge_km_s * reach,
        power=ramp64(age, 40.0, 240.0)
        * fade
        * (1.0 - ramp64(since, length + 0.8 * rest, length + rest)),
        stir=0.1 + 0.9 * ramp64(age, 60.0, 300.0) * (1.0 - 0.6 * back),
        under_way=(age > -60.0 * substorm.growth_min) & (since < length + rest),
    )


def storms_of(scene: Scene) -> list[Storm]:
    """Return the substorms under way, each with the samples it may light."""
    found = []
    for substorm in scene.drivers.substorms:
        progress = progress_of(substorm, scene.drivers.seconds)
        if progress.under_way.any():
            storm = _around(scene, substorm, progress)
            if storm is not None:
                found.append(storm)
    return found


def _around(scene: Scene, substorm: Substorm, progress: Progress) -> Storm | None:
    """Return the samples near a substorm, with their coordinates."""
    local = substorm.mlt_h - 24.0 * np.floor(substorm.mlt_h / 24.0 + 0.5)
    east = (scene.local_h - f32(local)) * f32(KM_PER_HOUR)
    bend = (scene.night - f32(np.cos((local + 0.5) * _TURN))) * scene.of(scene.drivers.low_swing)
    north = (scene.mlat_deg - f32(substorm.mlat_deg) - bend) * f32(KM_PER_DEG)
    reach = np.maximum(progress.west_km + _MARGIN_KM, _ARC_KM)
    reach = np.where(progress.under_way, reach, -1.0)
    near = np.abs(east) < scene.of(reach)
    near &= north > f32(-200.0)
    near &= north < f32(KM_PER_DEG * substorm.bulge_deg + 800.0)
    index = np.flatnonzero(near)
    if not index.size:
        return None
    return Storm(substorm, progress, index, scene.only(index), east.take(index), north.take(index))


def disturbed(scene: Scene, storms: list[Storm]) -> Float32 | None:
    """Return 1 where a bulge has swept quiet arcs away, to 0 where it has not; None for nowhere."""
    if not storms:
        return None
    out = np.zeros(scene.size, np.float32)
    for storm in storms:
        at, here = storm.progress, storm.here
        if not (at.power > 0.0).any():
            continue
        inside = ramp(storm.east_km + here.of(at.west_km), -40.0, 160.0)
        inside *= f32(1.0) - ramp(storm.east_km - here.of(at.east_km), -160.0, 40.0)
        inside *= f32(1.0) - ramp(storm.north_km - here.of(at.top_km), 10.0, 70.0)
        inside *= here.of(ramp64(at.age_s, 0.0, 300.0) * np.minimum(2.0 * at.power, 1.0))
        out[storm.index] = np.maximum(out[storm.index], inside)
    return out
