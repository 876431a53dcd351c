"""Images of many cameras on one grid.

Each camera's own dark level is taken away first. A cell that several cameras see is their weighted
mean; weights fall to nothing at the least elevation, so that no seam shows where one camera's field
ends. A camera that is off, and pixels that are not valid, leave their part to the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.errors import BadInput
from core.imaging.projection import MIN_SHARE, Projection
from core.imaging.skymap import Skymap

FloatArray = NDArray[np.float64]
Blend = Literal["elevation", "nearest"]

_LEAST = 1e-6
_DARK_PIXELS: WeakKeyDictionary[Skymap, NDArray[np.intp]] = WeakKeyDictionary()
_DARK_PERCENTILE = 1.0
_ENOUGH_PIXELS = 50


@dataclass(frozen=True)
class Mosaic:
    """Images on a grid.

    Attributes
    ----------
    values : float32 array, shape (time, *shape_out[, channel])
        Above the dark level; NaN where no camera saw anything.
    cameras : int16 array, shape (time, *shape_out)
        Index of the camera with the largest weight, -1 for none.
    """

    values: NDArray[np.float32]
    cameras: NDArray[np.int16]


def mosaic(
    projections: Sequence[Projection],
    images: Sequence[NDArray[Any] | None],
    dark_levels: Sequence[ArrayLike] | None = None,
    *,
    valid: Sequence[NDArray[np.bool_] | None] | None = None,
    gains: Sequence[float] | None = None,
    blend: Blend = "elevation",
    min_share: float = MIN_SHARE,
) -> Mosaic:
    """Return the images of cameras on their common target.

    Parameters
    ----------
    projections : sequence of Projection
        One for each camera, all onto the same target.
    images : sequence of array or None
        Images of each camera at the same times, (time, y, x) or (time, y, x, channel); None
        for a camera that is off. A camera that misses some times has NaN there.
    dark_levels : sequence of float or array (channel,), optional
        Counts without light, taken away from each camera; see `dark_level`. Default none.
    valid : sequence of bool arrays or None, optional
        Pixels to use, as in `Projection.apply`.
    gains : sequence of float, optional
        Factor for each camera after the dark level. Default 1.
    blend : {"elevation", "nearest"}
        Weights that grow with elevation, or only the camera that sees the cell highest.
    min_share : float
        As in `Projection.apply`, for each camera.

    Returns
    -------
    Mosaic
        One time of no values where all cameras are off.

    Raises
    ------
    BadInput
        Targets, times or channels differ, or the sequences are not equally long.
    """
    times, channels = _common(projections, images, dark_levels, valid, gains)
    shape = (times, *projections[0].shape_out)
    total = np.zeros((*shape, *channels))
    weights = np.zeros((*shape, *channels))
    largest, cameras = np.zeros(shape), np.full(shape, -1, dtype=np.int16)
    for number, (projection, frames) in enumerate(zip(projections, images, strict=True)):
        if frames is None:
            continue
        mask = None if valid is None else valid[number]
        values = projection.apply(frames, mask, min_share=min_share).astype(np.float64)
        level = 0.0 if dark_levels is None else np.asarray(dark_levels[number], dtype=float)
        values = (values - level) * (1.0 if gains is None else gains[number])
        weight = _weights(projection, values, len(channels))
        seen = weight if not channels else weight.max(axis=-1)
        better = seen > largest
        cameras[better], largest = number, np.where(better, seen, largest)
        if blend == "nearest":
            keep = better if not channels else better[..., None]
            total = np.where(keep, np.where(weight > 0, values, 0.0) * weight, total)
            weights = np.where(keep, weight, weights)
        else:
            total += np.where(weight > 0, values, 0.0) * weight
            weights += weight
    means = total / np.where(weights > 0, weights, np.nan)
    return Mosaic(means.astype(np.float32), cameras)


def dark_level(images: NDArray[Any], skymap: Skymap) -> FloatArray:
    """Return the counts of a camera where no light falls: the median of pixels beyond the sky.

    Parameters
    ----------
    images : array, shape (time, y, x) or (time, y, x, channel)
    skymap : Skymap
        Pixels without a direction see no sky. Where there are fewer than 50 of them, the first
        percentile of the images stands for the dark level.

    Returns
    -------
    float64 array, shape () or (channel,)
        NaN without any finite pixel.
    """
    dark = dark_pixels(skymap)
    shape = (images.shape[0], -1, *images.shape[3:])
    outside = images.reshape(shape)[:, dark] if dark.size >= _ENOUGH_PIXELS else None
    pixels = images.reshape(images.shape[0], -1, *images.shape[3:]) if outside is None else outside
    flat = pixels.reshape(-1, *images.shape[3:]).astype(np.float64)
    if not np.isfinite(flat).any():
        return np.full(images.shape[3:], np.nan)
    if outside is None:
        return np.asarray(np.nanpercentile(flat, _DARK_PERCENTILE, axis=0))
    return np.asarray(np.nanmedian(flat, axis=0))


def dark_pixels(skymap: Skymap) -> NDArray[np.intp]:
    """Return the flat numbers of pixels where no light falls: those well beyond the sky."""
    known = _DARK_PIXELS.get(skymap)
    if known is None:
        # A rim of light around the horizon comes from the glass.
        known = np.flatnonzero(_shrunk(~np.isfinite(skymap.elevation_deg)))
        _DARK_PIXELS[skymap] = known
    return known


def _shrunk(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the mask without the four pixels next to its border with the rest."""
    from scipy.ndimage import binary_dilation

    return ~np.asarray(binary_dilation(~mask, iterations=4))


def _weights(projection: Projection, values: FloatArray, channels: int) -> FloatArray:
    """Return the weights of one camera's values, 0 where it has none."""
    elevation = np.radians(projection.elevation_deg)
    lowest = np.radians(projection.min_elevation_deg)
    rise = np.clip(np.sin(elevation) - np.sin(lowest), 0.0, None)
    # Squared, so that it leaves zero without a kink. A camera alone needs any weight at all.
    weight = projection.coverage * (rise**2 + _LEAST)
    weight = weight.reshape(1, *weight.shape, *[1] * channels)
    return np.where(np.isfinite(values), weight, 0.0)


def _common(
    projections: Sequence[Projection], images: Sequence[NDArray[Any] | None], *others: Any
) -> tuple[int, tuple[int, ...]]:
    """Return the number of times and the shape of channels that all cameras share."""
    counts = {len(projections), len(images), *(len(o) for o in others if o is not None)}
    targets = {projection.shape_out for projection in projections}
    kinds = {(len(frames), frames.shape[3:]) for frames in images if frames is not None}
    if len(counts) != 1 or len(targets) != 1 or len(kinds) > 1:
        raise BadInput(
            f"{len(projections)} projections onto {len(targets)} shapes of target and images of "
            f"{len(kinds)} kinds do not make a mosaic.",
            hint="Each camera has one entry, all have one target, one number of times, and colour "
            "or none.",
            field="images", value=sorted(counts),
        )  # fmt: skip
    return kinds.pop() if kinds else (1, ())
