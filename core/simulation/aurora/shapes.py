"""Smooth steps and profiles in single precision, each a function of one value alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]

_ONE = np.float32(1.0)


def ramp(values: Float32, start: float, end: float) -> Float32:
    """Return 0 at `start` and beyond, 1 at `end` and beyond, a cubic in between."""
    scale = np.float32(1.0 / (end - start))
    part = values * scale
    part -= np.float32(start) * scale
    np.clip(part, np.float32(0.0), _ONE, out=part)
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


def floor_int(values: Float32) -> NDArray[np.int32]:
    """Return the whole part as an integer."""
    return np.floor(values).astype(np.int32)
