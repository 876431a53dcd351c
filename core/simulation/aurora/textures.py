"""Periodic pictures of noise, looked up bilinearly: what small structure is made of.

A picture of 256 or 512 texels square is made once from the seed (a Gaussian random field by
spectral synthesis: Saupe 1988, in The Science of Fractal Images, chapter 2). A lookup costs the
same however many octaves the picture holds, and the value at a place depends on that place
alone. Pictures are small enough to stay in the processor's cache.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.simulation.aurora.shapes import Float32
from core.simulation.seeds import generator

SIZE = 512
"""Texels after which every picture repeats."""

_DENSER = 4


class Texture:
    """A periodic picture of unit variance.

    Parameters
    ----------
    values : ndarray of float, shape (n, n)
        Rows are v, columns u; n is a power of two that divides `SIZE`.
    """

    def __init__(self, values: NDArray[np.floating]) -> None:
        here = values.astype(np.float32)
        east = np.roll(here, -1, axis=1)
        north, far = np.roll(here, -1, axis=0), np.roll(east, -1, axis=0)
        corners = (here, east - here, north - here, far - east - north + here)
        self._corners = np.stack(corners, axis=-1).reshape(-1, 4)
        self._size = np.int32(values.shape[0])
        self._mask = self._size - np.int32(1)
        self._dense: Float32 | None = None

    def at(self, u: Float32, v: Float32) -> Float32:
        """Return the picture at texel coordinates of any size; one may be of length 1."""
        corner, across, along = self._around(u, v)
        value = corner[:, 3] * across
        value += corner[:, 2]
        value *= along
        value += across * corner[:, 1]
        value += corner[:, 0]
        return np.asarray(value)

    def near(self, u: Float32, v: Float32) -> Float32:
        """Return what `at` returns but for steps of a few per cent, in a third of the time."""
        if self._dense is None:
            self._dense = self._denser()
        size = self._size * np.int32(_DENSER)
        index = np.floor(v * np.float32(_DENSER)).astype(np.int32)
        index &= size - np.int32(1)
        index *= size
        column = np.floor(u * np.float32(_DENSER)).astype(np.int32)
        column &= size - np.int32(1)
        return np.asarray(self._dense.take(index + column))

    def _denser(self) -> Float32:
        """Return the picture with `_DENSER` times as many texels along an edge, flat."""
        centres = (np.arange(_DENSER * int(self._size)) + 0.5) / _DENSER
        u, v = (grid.ravel().astype(np.float32) for grid in np.meshgrid(centres, centres))
        return self.at(u, v)

    def with_slopes(self, u: Float32, v: Float32) -> tuple[Float32, Float32, Float32]:
        """Return the picture and its slopes along u and v, per texel."""
        corner, across, along = self._around(u, v)
        by_u = corner[:, 3] * along
        by_u += corner[:, 1]
        by_v = corner[:, 3] * across
        by_v += corner[:, 2]
        value = along * corner[:, 2]
        value += corner[:, 0]
        value += across * by_u
        return value, by_u, by_v

    def _around(self, u: Float32, v: Float32) -> tuple[Float32, Float32, Float32]:
        column, row = np.floor(u), np.floor(v)
        index = row.astype(np.int32)
        index &= self._mask
        index *= self._size
        index = index + (column.astype(np.int32) & self._mask)
        return self._corners.take(index, axis=0), u - column, v - row


def noise_field(
    key: int, seed: int, size: int, slope: float, waves_from_to: tuple[float, float]
) -> NDArray[np.float64]:
    """Return a Gaussian field with amplitudes k**-slope between two wave numbers."""
    low, high = waves_from_to
    normals = generator("texture", key, seed=seed).standard_normal((size, size))
    spectrum = np.fft.rfft2(normals)
    waves = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None, :]) * size
    gain = np.maximum(waves, 1e-9) ** -slope
    gain *= np.exp(-((waves / high) ** 4)) * (1.0 - np.exp(-((waves / low) ** 4)))
    field = np.fft.irfft2(spectrum * gain, s=(size, size))
    return np.asarray(field / field.std())


@lru_cache(maxsize=4)
def smooth(seed: int) -> Texture:
    """Return rounded blobs, 18 to 50 texels from one to the next."""
    return Texture(noise_field(1, seed, SIZE // 2, 0.5, (5.0, 14.0)))


@lru_cache(maxsize=4)
def fractal(seed: int) -> Texture:
    """Return structure of all sizes from 256 texels down, as cloudy and patchy things have."""
    return Texture(noise_field(2, seed, SIZE, 1.6, (2.0, 110.0)))


@lru_cache(maxsize=4)
def fine(seed: int) -> Texture:
    """Return structure between 5 and 50 texels, rough: rays and striations."""
    return Texture(noise_field(3, seed, SIZE, 0.7, (10.0, 90.0)))
