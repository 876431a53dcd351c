"""Periodic pictures of noise, looked up bilinearly: what small structure is made of.

A picture of 1,024 x 1,024 texels is made once from the seed (a Gaussian random field by spectral
synthesis: Saupe 1988, in The Science of Fractal Images, section 2.4). A lookup costs the same
however many octaves the picture holds, and the value at a place depends on that place alone.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.simulation.aurora.shapes import Float32
from core.simulation.seeds import generator

SIZE = 1024
"""Texels along an edge, after which a picture repeats."""

_MASK = SIZE - 1


class Texture:
    """A periodic picture of unit variance.

    Parameters
    ----------
    values : ndarray of float, shape (SIZE, SIZE)
        Rows are v, columns u.
    """

    def __init__(self, values: NDArray[np.floating]) -> None:
        here = values.astype(np.float32)
        east = np.roll(here, -1, axis=1)
        north, far = np.roll(here, -1, axis=0), np.roll(east, -1, axis=0)
        corners = (here, east - here, north - here, far - east - north + here)
        self._corners = np.stack(corners, axis=-1).reshape(-1, 4)

    def at(self, u: Float32, v: Float32) -> Float32:
        """Return the picture at texel coordinates of any size, shape of `u`."""
        corner, across, along = self._around(u, v)
        value = corner[:, 3] * across
        value += corner[:, 2]
        value *= along
        across *= corner[:, 1]
        value += across
        value += corner[:, 0]
        return np.asarray(value)

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
        index = (row.astype(np.int32) & _MASK) * SIZE + (column.astype(np.int32) & _MASK)
        return self._corners.take(index, axis=0), u - column, v - row


def _field(key: int, seed: int, slope: float, low: float, high: float) -> NDArray[np.float64]:
    """Return a Gaussian field with amplitudes k**-slope between wave numbers low and high."""
    normals = generator("texture", key, seed=seed).standard_normal((SIZE, SIZE))
    spectrum = np.fft.rfft2(normals)
    waves = np.hypot(np.fft.fftfreq(SIZE)[:, None], np.fft.rfftfreq(SIZE)[None, :]) * SIZE
    gain = np.maximum(waves, 1e-9) ** -slope
    gain *= np.exp(-((waves / high) ** 4)) * (1.0 - np.exp(-((waves / low) ** 4)))
    field = np.fft.irfft2(spectrum * gain, s=(SIZE, SIZE))
    return np.asarray(field / field.std())


@lru_cache(maxsize=4)
def smooth(seed: int) -> Texture:
    """Return rounded blobs, 70 to 200 texels from one to the next."""
    return Texture(_field(1, seed, 0.5, 5.0, 14.0))


@lru_cache(maxsize=4)
def fractal(seed: int) -> Texture:
    """Return structure of all sizes from 256 texels down, as cloudy and patchy things have."""
    return Texture(_field(2, seed, 1.6, 4.0, 200.0))


@lru_cache(maxsize=4)
def fine(seed: int) -> Texture:
    """Return structure between 5 and 50 texels, rough: rays and striations."""
    return Texture(_field(3, seed, 0.7, 20.0, 160.0))
