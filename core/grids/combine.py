"""Many cameras on one grid: which of those that see a cell shows it.

Two rules. ``elevation``: the camera that sees the cell's centre highest above its horizon.
``nearest``: the camera whose site is nearest to the cell's centre on the ground. On a smooth Earth
with all sites at sea level both would be the same; they differ by the flattening and by the sites'
heights. A camera that has no value in a cell leaves it to the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from core.grids.weights import CameraWeights

Rule = Literal["elevation", "nearest"]
RULES: tuple[Rule, ...] = get_args(Rule)


@dataclass(frozen=True, eq=False, slots=True)
class Combined:
    """What many cameras show together.

    Attributes
    ----------
    cells : int64 array, shape (n,)
        Flat numbers of the cells that have a value, rising.
    values : float32 array, shape (n,)
    cameras : int16 array, shape (n,)
        Which camera gave each value: its place in what was combined.
    """

    cells: NDArray[np.int64]
    values: NDArray[np.float32]
    cameras: NDArray[np.int16]


def combine(
    weights: Sequence[CameraWeights], values: Sequence[NDArray[np.float32]], rule: Rule, count: int
) -> Combined:
    """Return what many cameras show together.

    Parameters
    ----------
    weights : sequence of CameraWeights
        One for each camera, all in cells of one target.
    values : sequence of float32 arrays
        In the cells of `weights`; NaN for none.
    rule : {"elevation", "nearest"}
        Of two that are equally good the first is shown.
    count : int
        Cells of the target.
    """
    best = np.full(count, np.inf, dtype=np.float64)
    value = np.zeros(count, dtype=np.float32)
    camera = np.full(count, -1, dtype=np.int16)
    for number, (weight, own) in enumerate(zip(weights, values, strict=True)):
        badness = -weight.elevation_deg if rule == "elevation" else weight.distance_km
        better = np.isfinite(own) & (badness < best[weight.cells])
        cells = weight.cells[better]
        best[cells], value[cells], camera[cells] = badness[better], own[better], number
    shown = np.flatnonzero(camera >= 0)
    return Combined(shown.astype(np.int64), value[shown], camera[shown])
