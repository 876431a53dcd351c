"""Many cameras on one grid: which of those that see a cell shows it.

Two rules. ``elevation``: the camera that sees the cell's centre highest above its horizon.
``nearest``: the camera whose site is nearest to the cell's centre on the ground. On a smooth Earth
with all sites at sea level both would be the same; they differ by the flattening and by the sites'
heights. A camera that has no value in a cell leaves it to the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from core.grids.weights import CameraWeights

Rule = Literal["elevation", "nearest"]
RULES: tuple[Rule, ...] = get_args(Rule)


def combine(
    weights: Sequence[CameraWeights], values: Sequence[NDArray[np.float32]], rule: Rule
) -> tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.int16]]:
    """Return the cells that have a value, their values, and which camera gave each.

    Parameters
    ----------
    weights : sequence of CameraWeights
        One for each camera.
    values : sequence of float32 arrays
        In the cells of `weights`; NaN for none.
    rule : {"elevation", "nearest"}

    Returns
    -------
    cells : int64 array
        Flat numbers of cells, rising.
    values : float32 array
    cameras : int16 array
        Places in `weights`.
    """
    if not weights:
        return np.array([], "i8"), np.array([], "f4"), np.array([], "i2")
    cell = np.concatenate([w.cells for w in weights])
    value = np.concatenate(values)
    camera = np.repeat(np.arange(len(weights), dtype="i2"), [w.cells.size for w in weights])
    badness = np.concatenate(
        [-w.elevation_deg if rule == "elevation" else w.distance_km for w in weights]
    )
    good = np.flatnonzero(np.isfinite(value))
    order = good[np.lexsort((badness[good], cell[good]))]
    first = np.ones(order.size, dtype=bool)
    first[1:] = np.diff(cell[order]) > 0
    chosen = order[first]
    return cell[chosen], value[chosen], camera[chosen]
