"""The places and times that a field is asked for, as flat arrays, and subsets of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
Index = NDArray[np.intp]

KM_PER_DEG = 111.2
"""Of magnetic latitude, on the sphere at 110 km above the ground near enough."""

KM_PER_HOUR = 15.0 * KM_PER_DEG * 0.4067
"""Of magnetic local time along the parallel of 66 degrees."""


@dataclass(frozen=True, slots=True)
class Samples:
    """Places (magnetic) and times; arrays of one length.

    `local_h` is magnetic local time from midnight, -12 to 12 hours; `row` says which time each
    sample has (None: all have the only one).
    """

    mlat_deg: Float32
    local_h: Float32
    row: Index | None

    @property
    def size(self) -> int:
        """Return how many there are."""
        return self.mlat_deg.size

    def of(self, per_time: NDArray[np.floating]) -> Float32:
        """Return a driver at each sample's time, shape (n,) or (1,)."""
        values = np.asarray(per_time, dtype=np.float32)
        return values if self.row is None else values.take(self.row)

    def only(self, index: Index) -> Samples:
        """Return some of the samples."""
        row = None if self.row is None else self.row.take(index)
        return Samples(self.mlat_deg.take(index), self.local_h.take(index), row)
