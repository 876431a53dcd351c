"""Samples together with their drivers: the coordinates that every part of the sky uses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.simulation.aurora.drivers import Drivers
from core.simulation.aurora.samples import KM_PER_DEG, KM_PER_HOUR, Index, Samples
from core.simulation.aurora.shapes import Float32

_TURN = np.float32(2.0 * np.pi / 24.0)


@dataclass(frozen=True, slots=True)
class Scene:
    """Coordinates of samples.

    `north_km` is the distance poleward of the oval's equatorward edge, `width_km` from there to
    the poleward edge, `east_km` the distance along the oval from midnight, positive eastward;
    `night` is the cosine of local time from 23.5 hours. `soft` asks for the red line.
    """

    samples: Samples
    drivers: Drivers
    exposure_s: float
    soft: bool
    seed: int
    north_km: Float32
    width_km: Float32
    east_km: Float32
    night: Float32

    def of(self, per_time: NDArray[np.floating]) -> Float32:
        """Return a driver at each sample's time."""
        return self.samples.of(per_time)

    def only(self, index: Index) -> Scene:
        """Return some of the samples."""
        return Scene(
            self.samples.only(index),
            self.drivers,
            self.exposure_s,
            self.soft,
            self.seed,
            self.north_km.take(index),
            self.width_km.take(index),
            self.east_km.take(index),
            self.night.take(index),
        )

    def moving(self, speed_km_s: float, period_km: float) -> Float32:
        """Return how far something has moved by each sample's time, modulo a period."""
        return self.of(np.mod(speed_km_s * self.drivers.seconds, period_km))

    def turning(self, period_s: float) -> Float32:
        """Return the phase of an oscillation at each sample's time, radians in [0, 2 pi)."""
        return self.of(np.mod(self.drivers.seconds / period_s, 1.0) * (2.0 * np.pi))


def scene_of(
    samples: Samples, drivers: Drivers, exposure_s: float, soft: bool, seed: int
) -> Scene:
    """Return the scene of samples."""
    night = np.cos((samples.local_h + np.float32(0.5)) * _TURN)
    low = night * samples.of(drivers.low_swing)
    low += samples.of(drivers.low)
    high = night * samples.of(drivers.high_swing)
    high += samples.of(drivers.high)
    km = np.float32(KM_PER_DEG)
    return Scene(
        samples=samples,
        drivers=drivers,
        exposure_s=exposure_s,
        soft=soft,
        seed=seed,
        north_km=(samples.mlat_deg - low) * km,
        width_km=(high - low) * km,
        east_km=samples.local_h * np.float32(KM_PER_HOUR),
        night=night,
    )
