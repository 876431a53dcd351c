"""Which pixels of a keogram show the sky: those that may say how it is coloured.

An all-sky image is dark beyond the horizon, and just above it there are lamps, trees and the haze
of the atmosphere. Percentiles over all pixels would spend a part of the colours on them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from core.imaging.colour import DEFAULT_PERCENTILES, percentile_limits
from core.imaging.skymap import Skymap

# The air mass is 5.6 there; what is below is seldom used in analyses of all-sky images either.
SKY_FROM_DEG = 10.0
_FEWEST = 8
_CHANNELS = 3
# Enough for a percentile to three digits.
_MOST_VALUES = 500_000


def sky_pixels(keogram: xr.Dataset, skymap: Skymap | None) -> NDArray[np.bool_] | None:
    """Return which pixels see the sky at least `SKY_FROM_DEG` above the horizon.

    Parameters
    ----------
    keogram : xarray.Dataset
        With elevation_deg along its pixels, or the centre column of images.
    skymap : Skymap, optional
        Of those images.

    Returns
    -------
    array of bool, shape (pixel,), or None
        From south to north; None where nothing tells, or hardly a pixel is so high.
    """
    if "elevation_deg" in keogram.coords:
        elevation = np.asarray(keogram["elevation_deg"].values, dtype="f8")
    elif skymap is not None and skymap.shape[0] == keogram.sizes["pixel"]:
        elevation = skymap.elevation_deg[::-1, skymap.shape[1] // 2]
    else:
        return None
    high = np.asarray(elevation >= SKY_FROM_DEG)  # not for NaN
    return high if high.sum() >= _FEWEST else None


def sky_values(images: NDArray[Any], skymap: Skymap | None) -> NDArray[Any]:
    """Return the counts of images that see the sky as `sky_pixels` has it, in no order of places.

    Parameters
    ----------
    images : array, shape (y, x), (y, x, 3), (time, y, x) or (time, y, x, 3)
    skymap : Skymap, optional
        Of the camera. Without one, with one of another shape, or where hardly a pixel is high
        enough, all counts are returned.
    """
    # By the number of dimensions, not by sizes: as many images as an image has rows are no image.
    first = images.ndim - 2 - (images.shape[-1] == _CHANNELS)
    if skymap is None or images.shape[first : first + 2] != skymap.shape:
        return images
    high = np.asarray(skymap.elevation_deg >= SKY_FROM_DEG)  # not for NaN
    if high.sum() < _FEWEST:
        return images
    return np.asarray(images[high] if first == 0 else images[:, high])


def sky_limits(
    counts: NDArray[Any],
    sky: NDArray[np.bool_] | None,
    percentiles: tuple[float, float] = DEFAULT_PERCENTILES,
) -> tuple[float, float]:
    """Return the counts at two percentiles over the pixels of the sky.

    Parameters
    ----------
    counts : array, shape (time, pixel[, channel])
    sky : array of bool, shape (pixel,), optional
        As `sky_pixels`; None for all pixels.
    percentiles : (float, float)
    """
    # Lines of time are left out of a long keogram before any is copied.
    step = max(1, -(-counts.size // _MOST_VALUES))
    lines = counts[:: min(step, max(1, len(counts)))]
    seen = lines if sky is None else lines[:, sky]
    return percentile_limits(np.asarray(seen, dtype="f4"), percentiles)
