"""A periodic mosaic of irregular patches: which patch a place is in, and how far inside."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.simulation.aurora.shapes import Float32
from core.simulation.aurora.textures import SIZE, Texture, noise_field
from core.simulation.seeds import FloatArray, generator

KM = 2.2
"""Size of a texel: the mosaic repeats after 1,126 km."""

COUNT = 460
"""Patches in the mosaic: 53 km from one to the next on average, from 20 to 150."""

_WARP_TEXELS = 6.5
_GAP_TEXELS = 1.2
_SOFT_TEXELS = 6.0


class Mosaic:
    """Patches by number, with soft edges and gaps between them.

    Parameters
    ----------
    inside : ndarray of float, shape (SIZE, SIZE)
        0 between patches to 1 inside.
    number : ndarray of int
        The patch that each texel belongs to.
    """

    def __init__(self, inside: FloatArray, number: NDArray[np.int32]) -> None:
        self._inside = Texture(inside)
        self._number = number.astype(np.int32).ravel()

    def at(self, u: Float32, v: Float32) -> tuple[Float32, NDArray[np.int32]]:
        """Return how far inside, 0 to 1, and the number, at texel coordinates."""
        index = np.rint(v).astype(np.int32)
        index &= np.int32(SIZE - 1)
        index *= np.int32(SIZE)
        index += np.rint(u).astype(np.int32) & np.int32(SIZE - 1)
        return self._inside.at(u, v), self._number.take(index)


@lru_cache(maxsize=4)
def mosaic(seed: int) -> Mosaic:
    """Return the mosaic of a seed: cells around random points, their borders warped by noise."""
    from scipy.spatial import cKDTree

    random = generator("mosaic", seed=seed)
    points = _crowded(random, seed)
    warps = [_WARP_TEXELS * noise_field(key, seed, SIZE, 1.1, (7.0, 60.0)) for key in (11, 12)]
    rows, columns = np.mgrid[0:SIZE, 0:SIZE].astype(float)
    where = np.stack([columns + warps[0], rows + warps[1]], axis=-1) % SIZE
    near, number = cKDTree(points, boxsize=SIZE).query(where.reshape(-1, 2), k=2)
    margin = (0.5 * (near[:, 1] - near[:, 0])).reshape(SIZE, SIZE)
    grain = 1.0 + 0.22 * noise_field(14, seed, SIZE, 1.2, (8.0, 70.0))
    part = np.clip((margin - _GAP_TEXELS) / _SOFT_TEXELS * grain, 0.0, 1.0)
    lit = random.random(COUNT) < 0.85
    inside = (
        part
        * part
        * (3.0 - 2.0 * part)
        * np.clip(grain, 0.2, 1.5)
        * lit[number[:, 0]].reshape(SIZE, SIZE)
    )
    return Mosaic(inside, number[:, 0].reshape(SIZE, SIZE).astype(np.int32))


def _crowded(random: np.random.Generator, seed: int) -> FloatArray:
    """Return points that stand close in some regions and far apart in others."""
    density = np.exp(0.55 * noise_field(13, seed, SIZE, 0.5, (2.0, 6.0)))
    tries = random.uniform(0.0, SIZE, (40 * COUNT, 2))
    place = tries.astype(np.int64)
    keep = random.random(len(tries)) * density.max() < density[place[:, 1], place[:, 0]]
    return np.asarray(tries[keep][:COUNT])
