"""Samples together with their drivers: the coordinates that every part of the sky uses."""

from __future__ import annotations

from dataclasses import dataclass, replace

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
        return replace(
            self,
            samples=self.samples.only(index),
            north_km=self.north_km.take(index),
            width_km=self.width_km.take(index),
            east_km=self.east_km.take(index),
            night=self.night.take(index),
        )

    def moved(self, per_s: float, period: float) -> Float32:
        """Return how far something has moved by each sample's time, modulo a period."""
        return self.of(np.mod(per_s * self.drivers.seconds, period))

    def spread(self, values: Float32, index: Index) -> Float32:
        """Return values of some samples as an array of all, 0 elsewhere."""
        out = np.zeros(self.samples.size, np.float32)
        out[index] = values
        return out


def scene_of(samples: Samples, drivers: Drivers, exposure_s: float, seed: int) -> Scene:
    """Return the scene of samples."""
    night = np.cos((samples.local_h + np.float32(0.5)) * _TURN)
    low = night * samples.of(drivers.low_swing)
    low += samples.of(drivers.low)
    high = night * samples.of(drivers.high_swing)
    high += samples.of(drivers.high)
    high -= low
    high *= np.float32(KM_PER_DEG)
    np.subtract(samples.mlat_deg, low, out=low)
    low *= np.float32(KM_PER_DEG)
    return Scene(
        samples=samples,
        drivers=drivers,
        exposure_s=exposure_s,
        soft=False,
        seed=seed,
        north_km=low,
        width_km=high,
        east_km=samples.local_h * np.float32(KM_PER_HOUR),
        night=night,
    )
