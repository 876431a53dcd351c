"""Random numbers that depend on what they are for and when, not on the order of asking."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]

SEED = 20130522
"""Seed of the embedded archive; another seed gives another, equally plausible one."""


def generator(purpose: str, *keys: int, seed: int = SEED) -> np.random.Generator:
    """Return the generator of one purpose and its keys (a source, a day since 1970, ...)."""
    words = [seed, zlib.crc32(purpose.encode()), *(key & 0xFFFFFFFF for key in keys)]
    return np.random.default_rng(words)


def day_number(day: np.datetime64) -> int:
    """Return days since 1970-01-01."""
    return int(day.astype("datetime64[D]").astype(np.int64))


def block_normals(
    purpose: str, first: int, last: int, per_block: int, *keys: int, seed: int = SEED
) -> FloatArray:
    """Return standard normals of blocks `first` to `last` inclusive, `per_block` from each."""
    blocks = [
        generator(purpose, *keys, block, seed=seed).standard_normal(per_block)
        for block in range(first, last + 1)
    ]
    return np.concatenate(blocks)


def smooth_noise(
    purpose: str, time_h: ArrayLike, scale_h: float, *keys: int, seed: int = SEED
) -> FloatArray:
    """Return a stationary random function of time with unit variance.

    It is a sum of 24 cosines with random phases whose periods lie around `scale_h` times 2 to
    30: smooth on `scale_h`, and known at any time without its past.

    Parameters
    ----------
    time_h : array_like of float
        Hours since 1970.
    scale_h : float
        Correlation time in hours.
    """
    random = generator(purpose, *keys, seed=seed)
    count = 24
    omega = np.exp(random.uniform(np.log(0.2), np.log(3.0), count)) / scale_h
    phase = random.uniform(0.0, 2 * np.pi, count)
    hours = np.asarray(time_h, dtype=float)
    total = np.zeros(hours.shape)
    for rate, shift in zip(omega, phase, strict=True):
        total += np.cos(rate * hours + shift)
    return np.asarray(total * np.sqrt(2.0 / count))
