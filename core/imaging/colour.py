"""From counts to colours: limits, linear or logarithmic scale, colour tables.

Index 0 of a table is transparent and means "no data"; 1 to 255 are the colours from low to high.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput

COLOUR_MAPS = ("viridis", "cividis", "inferno", "gray")
DEFAULT_COLOUR_MAP = "viridis"
DEFAULT_PERCENTILES = (1.0, 99.0)


@cache
def colour_table(name: str) -> NDArray[np.uint8]:
    """Return 256 RGBA colours, the first of them transparent.

    The three perceptual maps are interpolated between the stops that plotly carries.

    Raises
    ------
    BadInput
        A name that is not in `COLOUR_MAPS`.
    """
    if name not in COLOUR_MAPS:
        raise BadInput(
            f"There is no colour map {name!r}.",
            hint=f"Choose {', '.join(COLOUR_MAPS)}.",
            field="cmap",
            value=name,
        )
    stops = np.array([[0, 0, 0], [255, 255, 255]]) if name == "gray" else _stops(name)
    at = np.linspace(0, len(stops) - 1, 255)
    table = np.zeros((256, 4), dtype=np.uint8)
    for channel in range(3):
        table[1:, channel] = np.rint(np.interp(at, np.arange(len(stops)), stops[:, channel]))
    table[1:, 3] = 255
    table.flags.writeable = False
    return table


def percentile_limits(
    values: NDArray[np.float32], percentiles: tuple[float, float] = DEFAULT_PERCENTILES
) -> tuple[float, float]:
    """Return the values at two percentiles, not-a-number left out; (0, 1) where there are none."""
    good = values[np.isfinite(values)]
    if not good.size:
        return 0.0, 1.0
    low, high = np.percentile(good, percentiles)
    return float(low), float(high)


def to_indices(
    values: NDArray[np.float32], limits: tuple[float, float], *, log: bool = False
) -> NDArray[np.uint8]:
    """Return table indices: 0 where the value is not a number, else 1 to 255 between the limits.

    Parameters
    ----------
    values : float array
    limits : (low, high)
        Values at and below `low` get 1, at and above `high` 255.
    log : bool
        Logarithmic scale; limits below 1 count as 1.
    """
    low, high = limits
    missing = ~np.isfinite(values)
    scaled = np.where(missing, low, values)
    if log:
        low, high = np.log(max(low, 1.0)), np.log(max(high, 1.0))
        scaled = np.log(np.maximum(scaled, 1.0))
    span = high - low
    share = (scaled - low) / span if span > 0 else np.full(values.shape, 0.5)
    indices = np.asarray(np.clip(share, 0, 1) * 254 + 1.5, dtype=np.uint8)
    indices[missing] = 0
    return indices


def _stops(name: str) -> NDArray[np.int64]:
    # plotly takes a while to import, and only this needs it.
    from plotly.colors import hex_to_rgb, sequential

    colours: list[str] = getattr(sequential, name.capitalize())
    return np.array([hex_to_rgb(colour) for colour in colours])
