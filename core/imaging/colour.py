"""From counts to colours: limits, linear or logarithmic scale, colour tables.

Index 0 of a table is transparent and means "no data"; 1 to 255 are the colours from low to high.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.instruments.registry import array_for

COLOUR_MAPS = ("viridis", "cividis", "inferno", "gray", "green", "red")
DEFAULT_COLOUR_MAP = "viridis"
DEFAULT_PERCENTILES = (1.0, 99.0)
LEAST_GAMMA, MOST_GAMMA = 0.01, 100.0

LimitsMode = Literal["percentile", "fixed", "manual"]
LIMITS_MODES: tuple[LimitsMode, ...] = ("percentile", "fixed", "manual")

# From black over the hue of the line (557.7 and 630.0 nm) to nearly white: told apart by lightness
# alone, so that every eye sees the same steps.
_SINGLE_HUE = {
    "gray": ((0, 0, 0), (255, 255, 255)),
    "green": (
        (0, 0, 0),
        (4, 60, 40),
        (22, 130, 70),
        (92, 205, 110),
        (190, 242, 170),
        (250, 255, 235),
    ),
    "red": ((0, 0, 0), (66, 8, 24), (146, 20, 38), (222, 72, 52), (250, 165, 120), (255, 240, 225)),
}


@cache
def colour_table(name: str) -> NDArray[np.uint8]:
    """Return 256 RGBA colours, the first of them transparent.

    The perceptual maps viridis, cividis and inferno are interpolated between the stops that plotly
    carries; gray, green and red keep one hue and grow lighter.

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
    stops = np.array(_SINGLE_HUE[name]) if name in _SINGLE_HUE else _stops(name)
    at = np.linspace(0, len(stops) - 1, 255)
    table = np.zeros((256, 4), dtype=np.uint8)
    for channel in range(3):
        table[1:, channel] = np.rint(np.interp(at, np.arange(len(stops)), stops[:, channel]))
    table[1:, 3] = 255
    table.flags.writeable = False
    return table


def percentile_limits(
    values: NDArray[Any], percentiles: tuple[float, float] = DEFAULT_PERCENTILES
) -> tuple[float, float]:
    """Return the values at two percentiles, not-a-number left out; (0, 1) where there are none."""
    good = values[np.isfinite(values)]
    if not good.size:
        return 0.0, 1.0
    low, high = np.percentile(good, percentiles)
    return float(low), float(high)


def limits_of(
    values: NDArray[Any],
    mode: LimitsMode = "percentile",
    *,
    array: str = "",
    percentiles: tuple[float, float] = DEFAULT_PERCENTILES,
    vmin: float | None = None,
    vmax: float | None = None,
) -> tuple[float, float]:
    """Return the values at the ends of the colour scale.

    Parameters
    ----------
    values : array
        What is painted; in colour all channels together, so that hues stay as they are.
    mode : {"percentile", "fixed", "manual"}
        percentile: of the values themselves, so that faint nights show. fixed: those of the
        imager array, the same for every site and night, for comparing them. manual: `vmin` and
        `vmax`.
    array : str
        Key of the imager array, for ``fixed``.
    percentiles : (float, float)
        For ``percentile``.
    vmin, vmax : float, optional
        Where given they stand, in every mode; ``manual`` wants both.

    Returns
    -------
    (float, float)
        Low and high. Where one end is given and all values lie beyond it, the other end follows
        a hundredth of it (a count at the least) away: the values then have the colour of that end.

    Raises
    ------
    BadInput
        An unknown mode, or manual limits that are missing.
    NotFound
        ``fixed`` for an array that does not exist.
    """
    if mode not in LIMITS_MODES:
        raise BadInput(
            f"There is no mode {mode!r} of limits.", hint=f"Choose {', '.join(LIMITS_MODES)}.",
            field="limits", value=mode,
        )  # fmt: skip
    if mode == "manual" and (vmin is None or vmax is None):
        raise BadInput(
            "Manual limits want both ends.", hint="Give vmin and vmax.", field="limits",
            value=(vmin, vmax),
        )  # fmt: skip
    if vmin is not None and vmax is not None:
        return vmin, vmax
    found = array_for(array).scale_limits if mode == "fixed" else None
    low, high = found or percentile_limits(values, percentiles)
    if vmin is not None:
        return vmin, high if high > vmin else vmin + max(1.0, 0.01 * abs(vmin))
    if vmax is not None:
        return low if low < vmax else vmax - max(1.0, 0.01 * abs(vmax)), vmax
    return low, high


# What single precision can hold.
_LEAST_SPAN, _MOST_LIMIT = 2.0**-126, float(np.finfo(np.float32).max)


def scaled(
    values: NDArray[Any], limits: tuple[float, float], *, log: bool = False, gamma: float = 1.0
) -> NDArray[Any]:
    """Return where values lie between the limits, 0 to 1; 0.5 where the limits are one number.

    Parameters
    ----------
    values : float array
        NaN stays NaN.
    limits : (low, high)
        Values at and below `low` get 0, at and above `high` 1.
    log : bool
        Logarithmic scale; limits and values below 1 count as 1.
    gamma : float
        Applied last: the share between the limits to the power 1 / gamma. Above 1 brightens what
        is faint.

    Raises
    ------
    BadInput
        A gamma below 0.01 or above 100.
    """
    if not LEAST_GAMMA <= gamma <= MOST_GAMMA:
        raise BadInput(
            f"Gamma {gamma} is not a number from {LEAST_GAMMA} to {MOST_GAMMA}.",
            hint="1 changes nothing.", field="gamma", value=gamma,
        )  # fmt: skip
    low, high = limits
    if log:
        low, high = np.log(max(low, 1.0)), np.log(max(high, 1.0))
        values = np.log(np.maximum(values, 1.0))
    span = high - low
    if span < _LEAST_SPAN or max(abs(low), abs(high), span) > _MOST_LIMIT:
        values = values.astype(np.float64)  # single precision has no such limits
    with np.errstate(over="ignore"):  # far beyond a limit
        share = (values - low) / span if span > 0 else np.where(np.isnan(values), np.nan, 0.5)
    clipped = np.clip(share, 0, 1)
    return np.asarray(clipped if gamma == 1.0 else clipped ** (1.0 / gamma))


def to_indices(
    values: NDArray[np.float32],
    limits: tuple[float, float],
    *,
    log: bool = False,
    gamma: float = 1.0,
) -> NDArray[np.uint8]:
    """Return table indices: 0 where the value is not a number, else 1 to 255 between the limits.

    Parameters
    ----------
    values : float array
    limits : (low, high)
        Values at and below `low` get 1, at and above `high` 255.
    log, gamma
        As in `scaled`.
    """
    missing = ~np.isfinite(values)
    share = scaled(np.where(missing, 0.0, values), limits, log=log, gamma=gamma)
    indices = np.asarray(share * 254 + 1.5, dtype=np.uint8)
    indices[missing] = 0
    return indices


def to_rgba(
    values: NDArray[Any],
    limits: tuple[float, float],
    *,
    log: bool = False,
    gamma: float = 1.0,
) -> NDArray[np.uint8]:
    """Return a colour image as RGBA, transparent where a channel is not a number.

    Parameters
    ----------
    values : array, shape (..., 3)
        Red, green, blue. One pair of limits holds for all of them: limits for each would turn
        the night sky grey and the aurora any colour.
    limits, log, gamma
        As in `scaled`.

    Raises
    ------
    BadInput
        There are not three channels.
    """
    if values.ndim == 0 or values.shape[-1] != 3:
        raise BadInput(
            f"A colour image has three channels, not shape {values.shape}.", field="images",
            value=values.shape,
        )  # fmt: skip
    missing = ~np.isfinite(values).all(axis=-1)
    share = scaled(np.where(missing[..., None], 0, values), limits, log=log, gamma=gamma)
    alpha = np.where(missing, 0, 255)[..., None]
    colours = np.where(missing[..., None], 0, share * 255 + 0.5)
    return np.concatenate([colours, alpha], axis=-1).astype(np.uint8)


def _stops(name: str) -> NDArray[np.int64]:
    # plotly takes a while to import, and only this needs it.
    from plotly.colors import hex_to_rgb, sequential

    colours: list[str] = getattr(sequential, name.capitalize())
    return np.array([hex_to_rgb(colour) for colour in colours])
