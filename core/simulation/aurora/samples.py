"""Lengths on the sphere, and the arrays that a scene is made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.simulation.aurora.shapes import Float32

Index = NDArray[np.intp]

KM_PER_DEG = 111.2
"""Of magnetic latitude, on the sphere at 110 km above the ground near enough."""

KM_PER_HOUR = 15.0 * KM_PER_DEG * 0.4067
"""Of magnetic local time along the parallel of 66 degrees."""


@dataclass(frozen=True, slots=True)
class Coordinates:
    """Arrays of one length, a value a sample.

    `local_h` is magnetic local time from midnight, -12 to 12 hours. `north_km` is the distance
    poleward of the oval's equatorward edge, `width_km` from there to the poleward edge, `east_km`
    the distance along the oval from midnight, positive eastward; `night` is the cosine of local
    time from 23.5 hours.
    """

    mlat_deg: Float32
    local_h: Float32
    north_km: Float32
    width_km: Float32
    east_km: Float32
    night: Float32
