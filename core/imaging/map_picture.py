"""Painting a frame that was projected onto a map's grid."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.imaging.fisheye import RGBA, Limits, frame_limits, painted
from core.imaging.render import Style


def map_picture(
    values: NDArray[Any], style: Style | None = None, limits: Limits | None = None
) -> RGBA:
    """Return projected values as a picture.

    Parameters
    ----------
    values : float array, shape (n, m) or (n, m, 3)
        Counts in the grid's cells, row 0 north, column 0 west; NaN where the camera saw nothing.
    style : Style, optional
        Percentiles are those of the cells that have a value.
    limits : (low, high), optional
        Counts at the ends of the scale, instead of those of this map.

    Returns
    -------
    uint8 array, shape (n, m, 4)
        RGBA; transparent where there is no value.
    """
    style = style or Style()
    return painted(np.asarray(values, dtype="f4"), style, limits or frame_limits(values, style))
