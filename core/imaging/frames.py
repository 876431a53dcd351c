"""Frames: the images of one camera as an xarray dataset, and where they come from.

The dataset holds ``images`` (time, y, x) in counts, as the provider stores them: for the UCalgary
and THEMIS all-sky imagers row 0 is the northern edge and column 0 the eastern one, the view of
someone lying on the ground with the head to the north. Nothing is flipped here; a display that
wants a map's view (east to the right) flips when it draws. ``time`` is the middle of each exposure,
UTC, and ``exposure_s`` its length.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol, TypeAlias

import numpy as np
import xarray as xr
from numpy.typing import NDArray

Frames: TypeAlias = xr.Dataset
"""images (time, y, x), exposure_s (time); attributes as `make_frames` says."""

FULL, THUMBNAIL = "full", "thumbnail"
"""Values of the attribute `layer`: pictures, or lists of superpixels."""
ORIENTATION = "row 0 north, column 0 east, as stored by the provider"


class FrameSource(Protocol):
    """Anything that gives the frames of one camera for a window of time."""

    def frames(
        self, site: str, start: np.datetime64, end: np.datetime64
    ) -> Iterator[Frames]:  # pragma: no cover - a declaration
        """Yield datasets in order of time whose frames were measured in [start, end]."""
        ...


def mid_exposure(start: NDArray[Any], exposure_s: NDArray[np.float64]) -> NDArray[Any]:
    """Return the times of measurement, datetime64[us]: request of the image plus half the exposure.

    Parameters
    ----------
    start : datetime64[us] array, shape (n,)
        When each exposure was asked for.
    exposure_s : float array, shape (n,)
        Length of each exposure in seconds.
    """
    half_us = np.rint(np.asarray(exposure_s, dtype="f8") * 5e5).astype("int64")
    return np.asarray(start + half_us.astype("timedelta64[us]"))


def make_frames(
    images: NDArray[np.uint16],
    start: NDArray[Any],
    exposure_s: NDArray[np.float64],
    attributes: dict[str, Any],
) -> Frames:
    """Return a `Frames` dataset.

    Parameters
    ----------
    images : uint16 array, shape (time, y, x)
        Counts, oriented as stored.
    start : datetime64[us] array, shape (time,)
        When each exposure was asked for.
    exposure_s : float array, shape (time,)
        Length of each exposure in seconds.
    attributes : dict
        At least array, site, camera, layer (full or thumbnail), cadence_s, source_file, sha256.
    """
    _, height, width = images.shape
    return xr.Dataset(
        {
            "images": (("time", "y", "x"), images, {"units": "counts", "long_name": "image"}),
            "exposure_s": (
                "time",
                np.asarray(exposure_s, dtype="f8"),
                {"units": "s", "long_name": "length of the exposure"},
            ),
        },
        coords={
            "time": ("time", mid_exposure(start, exposure_s), {"long_name": "middle of exposure"}),
            "y": ("y", np.arange(height) + 0.5, {"long_name": "row, pixel centre"}),
            "x": ("x", np.arange(width) + 0.5, {"long_name": "column, pixel centre"}),
        },
        attrs={"Conventions": "CF-1.11", "units": "counts", "orientation": ORIENTATION}
        | attributes,
    )
