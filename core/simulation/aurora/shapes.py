"""Smooth steps and profiles in single precision, each a function of one value alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]

ONE = np.float32(1.0)
ZERO = np.float32(0.0)


def f32(value: float) -> np.float32:
    """Return a number in single precision, so that arrays stay in it."""
    return np.float32(value)


def ramp(values: Float32, start: float, end: float) -> Float32:
    """Return 0 at `start` and beyond, 1 at `end` and beyond, a cubic in between."""
    scale = np.float32(1.0 / (end - start))
    part = values * scale
    part -= np.float32(start) * scale
    np.clip(part, ZERO, ONE, out=part)
    cubic = part * np.float32(-2.0)
    cubic += np.float32(3.0)
    part *= part
    cubic *= part
    return np.asarray(cubic)


def bell(values: Float32) -> Float32:
    """Return exp(-x**2)."""
    square = values * values
    np.negative(square, out=square)
    return np.asarray(np.exp(square, out=square))


def scaled(values: Float32, factor: float, offset: float = 0.0) -> Float32:
    """Return factor * x + offset as a new array."""
    out = values * np.float32(factor)
    if offset:
        out += np.float32(offset)
    return out


def above(values: Float32, least: float) -> Float32:
    """Return the larger of x and a number, in place."""
    return np.asarray(np.maximum(values, np.float32(least), out=values))


def ramp64(values: NDArray[np.float64], start: float, end: float) -> NDArray[np.float64]:
    """Return what `ramp` returns, in double precision, for drivers."""
    part = np.clip((values - start) / (end - start), 0.0, 1.0)
    return np.asarray(part * part * (3.0 - 2.0 * part))
