"""Geomagnetic activity: Kp every three hours, Dst every hour, from one seeded process.

Kp is a sum of autocorrelated noise (e-folding time 12 hours), recurrence with half and one solar
rotation, a level that follows the solar cycle, and storms. Dst answers to Kp with a ring current
that decays in 12 hours (the idea of Burton et al. 1975, J. Geophys. Res. 80, 4204). Each value
is a function of the seed and of the days before it, so any day can be asked for alone.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.simulation.seeds import SEED, FloatArray, block_normals, generator

TimeArray = NDArray[np.datetime64]

_MEMORY_DAYS = 5
_STORM_DAYS = 5
_BINS_PER_DAY = 8
_BIN_US = 3 * 3600 * 1_000_000
_ROTATION_BINS = 27.27 * _BINS_PER_DAY
_CYCLE_YEARS = 11.0
_CYCLE_MAXIMUM = 2014.3
_STORMS_PER_DAY = 0.07
_CHUNK_DAYS = 32

_WEIGHTS = np.exp(-np.arange(_MEMORY_DAYS * _BINS_PER_DAY) / 4.0)
_WEIGHTS /= np.sqrt((_WEIGHTS**2).sum())


def bins_of(times: ArrayLike) -> NDArray[np.int64]:
    """Return the number of the three-hour bin (since 1970) that holds each time."""
    elapsed = np.asarray(times, dtype="datetime64[us]").astype(np.int64)
    return np.asarray(elapsed // _BIN_US)


def kp(times: ArrayLike, *, seed: int = SEED) -> FloatArray:
    """Return Kp in thirds, 0 to 9, of the three-hour interval that holds each UTC time."""
    bins = bins_of(times)
    out = np.empty(bins.shape)
    chunks = bins // (_CHUNK_DAYS * _BINS_PER_DAY)
    for chunk in np.unique(chunks):
        here = chunks == chunk
        series = _kp_chunk(int(chunk), seed)
        out[here] = series[bins[here] - chunk * _CHUNK_DAYS * _BINS_PER_DAY]
    return out


def smooth_kp(times: ArrayLike, *, seed: int = SEED) -> FloatArray:
    """Return activity without steps: Kp in the middle of each interval, eased in between.

    What moves with activity (the oval) moves with this: less than two thirds of a unit an hour
    for each unit between intervals.
    """
    elapsed = np.asarray(times, dtype="datetime64[us]").astype(np.int64) - _BIN_US // 2
    before = elapsed // _BIN_US
    part = (elapsed - before * _BIN_US) / _BIN_US
    start = (before * _BIN_US).astype("datetime64[us]")
    first = kp(start, seed=seed)
    second = kp(start + np.timedelta64(_BIN_US, "us"), seed=seed)
    return np.asarray(first + (second - first) * part * part * (3.0 - 2.0 * part))


@lru_cache(maxsize=64)
def _kp_chunk(chunk: int, seed: int) -> FloatArray:
    """Return Kp of 32 days of bins."""
    first = chunk * _CHUNK_DAYS
    last = first + _CHUNK_DAYS - 1
    normals = block_normals("kp", first - _MEMORY_DAYS, last, _BINS_PER_DAY, seed=seed)
    memory = _WEIGHTS.size
    noise = np.convolve(normals, _WEIGHTS)[memory : memory + _CHUNK_DAYS * _BINS_PER_DAY]
    bins = first * _BINS_PER_DAY + np.arange(_CHUNK_DAYS * _BINS_PER_DAY)
    turn = 2 * np.pi * bins / _ROTATION_BINS
    years = 1970.0 + bins / (_BINS_PER_DAY * 365.2425)
    cycle = np.cos(2 * np.pi * (years - _CYCLE_MAXIMUM) / _CYCLE_YEARS)
    level = 1.9 + 0.4 * cycle + 0.7 * np.sin(turn) + 0.4 * np.sin(2 * turn + 1.0) + 0.9 * noise
    raw = np.maximum(level, 0.0) + _storms(first, last, seed)
    return np.asarray(np.clip(np.round(raw * 3.0) / 3.0, 0.0, 9.0))


def _storms(first: int, last: int, seed: int) -> FloatArray:
    """Return what storms add to Kp: up within three hours, down with half a day to a day."""
    bins = np.arange((last - first + 1) * _BINS_PER_DAY) + first * _BINS_PER_DAY
    total = np.zeros(bins.size)
    for day in range(first - _STORM_DAYS, last + 1):
        random = generator("storm", day, seed=seed)
        if random.random() >= _STORMS_PER_DAY:
            continue
        start = day * _BINS_PER_DAY + random.integers(_BINS_PER_DAY)
        strength, decay = 2.0 + random.exponential(1.3), random.uniform(4.0, 8.0)
        age = bins - start
        total += np.where(age >= 0, strength * np.exp(-np.maximum(age, 0) / decay), 0.0)
    return total


def dst_nt(hours: TimeArray, *, seed: int = SEED) -> FloatArray:
    """Return Dst at whole hours, nT.

    Parameters
    ----------
    hours : ndarray of datetime64, shape (n,)
        UTC.
    """
    lags = np.arange(72)
    weights = np.exp(-lags / 12.0)
    weights /= weights.sum()
    moments = hours.astype("datetime64[us]")
    total = np.zeros(hours.size)
    for lag, weight in zip(lags, weights, strict=True):
        past = kp(moments - lag * np.timedelta64(1, "h"), seed=seed)
        total += weight * np.maximum(past - 2.0, 0.0) ** 1.7
    normals = kp(moments, seed=seed)
    return np.asarray(np.round(8.0 - 3.0 * normals - 6.0 * total, 1))
