"""Round numbers and times at which an axis is labelled."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

_STEPS = (1.0, 2.0, 5.0, 10.0)
_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200)
_DAY_S = 86_400


def round_ticks(low: float, high: float, most: int) -> NDArray[np.float64]:
    """Return multiples of 1, 2 or 5 times a power of ten in [low, high], at most `most` of them."""
    span = high - low
    if not (math.isfinite(span) and span > 0 and most > 0):
        return np.zeros(0)
    power = 10.0 ** math.floor(math.log10(span / most))
    for step in (factor * power for factor in (*_STEPS, 20.0, 50.0)):
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first + 1 <= most:
            return np.asarray(np.arange(first, last + 1) * step, dtype="f8")
    return np.zeros(0)


def log_ticks(low: float, high: float, most: int) -> NDArray[np.float64]:
    """Return 1, 2 and 5 times powers of ten in [low, high]; powers alone where they suffice."""
    if not 0 < low < high:
        return np.zeros(0)
    powers = 10.0 ** np.arange(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for factors in ((1.0, 2.0, 5.0), (1.0, 3.0), (1.0,)):
        ticks = np.sort(np.multiply.outer(powers, factors).ravel())
        ticks = ticks[(ticks >= low * (1 - 1e-9)) & (ticks <= high * (1 + 1e-9))]
        if len(ticks) <= most:
            return np.asarray(ticks)
    return np.asarray(ticks[:: -(-len(ticks) // most)])


def time_ticks(
    start: np.datetime64, end: np.datetime64, most: int
) -> tuple[NDArray[np.datetime64], list[str]]:
    """Return whole steps of the clock in [start, end] and their labels (with a date at midnight).

    Labels have as much of the clock as tells them apart: HH:MM, or HH:MM:SS below a minute.
    """
    first, last = (moment.astype("M8[us]").astype("int64") / 1e6 for moment in (start, end))
    days = [_DAY_S * factor for factor in (1, 2, 5, 10, 30, 100, 365)]
    step = next((s for s in (*_STEPS_S, *days) if (last - first) / s < most), days[-1])
    seconds = np.arange(math.ceil(first / step), math.floor(last / step) + 1) * step
    moments = seconds.astype("int64").astype("M8[s]")
    texts = [str(moment) for moment in moments]
    if step >= _DAY_S:
        return moments, [text[:10] for text in texts]
    clock = slice(11, 16) if step >= 60 else slice(11, 19)
    return moments, [text[clock] for text in texts]


def number_text(value: float) -> str:
    """Return a number as axes show it, without an exponent between a thousandth and a million."""
    if value != 0 and not 1e-3 <= abs(value) < 1e7:
        return f"{value:.3g}"
    return f"{value:.4f}".rstrip("0").rstrip(".") if abs(value) < 1e3 else f"{value:.0f}"
