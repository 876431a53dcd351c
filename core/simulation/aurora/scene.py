"""Samples together with their drivers: the coordinates that every part of the sky uses."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from core.simulation.aurora.drivers import Drivers
from core.simulation.aurora.samples import KM_PER_DEG, KM_PER_HOUR, Coordinates, Index
from core.simulation.aurora.shapes import Float32

_TURN = np.float32(2.0 * np.pi / 24.0)


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Places and times, all or some of those that are worked on together.

    Attributes
    ----------
    drivers : Drivers
        Of the times.
    exposure_s : float
        Seconds.
    soft : bool
        Whether the red line is asked for.
    seed : int
        Of the aurora.
    whole : Coordinates
        Of all samples; the properties of the same names give those of the chosen ones.
    rows : ndarray of int or None
        Which time each of all samples has; None where there is only one time.
    index : ndarray of int or None
        Which samples are chosen; None for all.
    """

    drivers: Drivers
    exposure_s: float
    soft: bool
    seed: int
    whole: Coordinates
    rows: Index | None
    index: Index | None = None
    _taken: dict[str, Float32] = field(default_factory=dict)
    _rows: list[Index] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Return the number of samples."""
        return self.whole.mlat_deg.size if self.index is None else self.index.size

    @property
    def mlat_deg(self) -> Float32:
        """Return magnetic latitude, without its sign."""
        return self._some("mlat_deg")

    @property
    def local_h(self) -> Float32:
        """Return magnetic local time from midnight."""
        return self._some("local_h")

    @property
    def north_km(self) -> Float32:
        """Return the distance poleward of the oval's equatorward edge."""
        return self._some("north_km")

    @property
    def width_km(self) -> Float32:
        """Return the width of the oval."""
        return self._some("width_km")

    @property
    def east_km(self) -> Float32:
        """Return the distance along the oval from midnight."""
        return self._some("east_km")

    @property
    def night(self) -> Float32:
        """Return the cosine of local time from 23.5 hours."""
        return self._some("night")

    def _some(self, name: str) -> Float32:
        """Return a coordinate of the chosen samples; taken when first asked for."""
        values: Float32 = getattr(self.whole, name)
        if self.index is None:
            return values
        if name not in self._taken:
            self._taken[name] = values.take(self.index)
        return self._taken[name]

    def of(self, per_time: NDArray[np.floating]) -> Float32:
        """Return a driver at each sample's time, shape (n,), or (1,) where there is one time."""
        values = np.asarray(per_time, dtype=np.float32)
        if self.rows is None:
            return values
        if self.index is None:
            return np.repeat(values, self.size // values.size)
        if not self._rows:
            self._rows.append(self.rows.take(self.index))
        return values.take(self._rows[0])

    def only(self, index: Index) -> Scene:
        """Return some of the samples."""
        chosen = index if self.index is None else self.index.take(index)
        return replace(self, index=chosen, _taken={}, _rows=[])

    def moved(self, per_s: float, period: float) -> Float32:
        """Return how far something has moved by each sample's time, modulo a period."""
        return self.of(np.mod(per_s * self.drivers.seconds, period))

    def spread(self, values: Float32, index: Index) -> Float32:
        """Return values of some samples as an array of all, 0 elsewhere."""
        out = np.zeros(self.size, np.float32)
        out[index] = values
        return out


def scene_of(
    mlat: Float32, local: Float32, drivers: Drivers, exposure_s: float, seed: int
) -> Scene:
    """Return the scene of places at every time; `local` has the shape (times, places)."""
    count = drivers.seconds.size
    rows = np.repeat(np.arange(count), mlat.size) if count > 1 else None
    latitude = np.tile(mlat, count) if count > 1 else mlat
    local_h = local.ravel()
    night = np.cos((local_h + np.float32(0.5)) * _TURN)
    first = Coordinates(latitude, local_h, night, night, night, night)
    bare = Scene(drivers, exposure_s, soft=False, seed=seed, whole=first, rows=rows)
    low = night * bare.of(drivers.low_swing)
    low += bare.of(drivers.low)
    high = night * bare.of(drivers.high_swing)
    high += bare.of(drivers.high)
    high -= low
    high *= np.float32(KM_PER_DEG)
    np.subtract(latitude, low, out=low)
    low *= np.float32(KM_PER_DEG)
    east = local_h * np.float32(KM_PER_HOUR)
    return replace(bare, whole=Coordinates(latitude, local_h, low, high, east, night))
