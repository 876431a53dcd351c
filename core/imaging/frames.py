"""Frames: the images of one camera as an xarray dataset, and where they come from.

The dataset holds ``images`` (time, y, x) in counts, (time, y, x, channel) in colour. Row 0 is the
northern edge and column 0 the eastern one, the view of someone lying on the ground with the head to
the north: the order of the University of Calgary's raw files. Readers of files in another order
turn the images; nothing else does, and a display that wants a map's view (east to the right) flips
when it draws. ``time`` is the middle of each exposure, UTC, and ``exposure_s`` its length.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, runtime_checkable

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from core.errors import AtlasError

if TYPE_CHECKING:
    from core.imaging.skymap_check import SkymapUse

Times: TypeAlias = NDArray[np.datetime64]
"""datetime64[us], shape (n,), rising."""

Frames: TypeAlias = xr.Dataset
"""images (time, y, x[, channel]), exposure_s (time); attributes as `make_frames` says."""

FULL, THUMBNAIL = "full", "thumbnail"
"""Values of the attribute `layer`: pictures, or lists of superpixels."""
ORIENTATION = "row 0 north, column 0 east"


Shot: TypeAlias = tuple[int, np.datetime64]
"""A data source, and the middle of an exposure of its camera."""


class FrameSource(Protocol):
    """Anything that has frames of cameras, by the identifiers of their data sources.

    `times` is cheap and says what there is; `frames` gives exactly those. Callers ask for blocks
    of some hundred frames, not for a night.
    """

    provenance: str
    """"ingested" or "simulated"."""

    def version(self, source_id: int) -> str:
        """Return a text that changes when the frames of a source could have changed."""
        ...

    def times(self, source_id: int, start: np.datetime64, end: np.datetime64) -> Times:
        """Return the middles of exposures with start <= time < end, rising; empty for none."""
        ...

    def frames(self, source_id: int, times: Times) -> Frames:
        """Return the frames of exactly these times, in their order, as one dataset.

        Raises
        ------
        NotFound
            There is no frame of one of the times.
        """
        ...

    def skymap(self, source_id: int, time: np.datetime64, *, accept: bool = False) -> SkymapUse:
        """Return the skymap for a frame, and whether it had to be forced.

        Raises
        ------
        SkymapRefused
            There is none that holds at that time; `accept` takes one of another time.
        NotFound
            The source is not known or has no images.
        """
        ...


class ArchiveFrames(FrameSource, Protocol):
    """A `FrameSource` of an archive, which knows what there is without being asked day by day."""

    def state(self) -> str:
        """Return a text that changes when the frames of any source could have changed."""
        ...

    def days(self, source_id: int) -> Times:
        """Return the UT days that may have frames of a source, datetime64[D], rising."""
        ...


@runtime_checkable
class ManyFrames(Protocol):
    """A `FrameSource` that is faster when it is asked for frames of many cameras at once."""

    def many(self, shots: Sequence[Shot]) -> list[Frames | AtlasError]:
        """Return the one frame of each source and time, or why there is none."""
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
    images: NDArray[np.uint16] | NDArray[np.uint8],
    start: NDArray[Any],
    exposure_s: NDArray[np.float64],
    attributes: dict[str, Any],
) -> Frames:
    """Return a `Frames` dataset.

    Parameters
    ----------
    images : uint16 array, shape (time, y, x), or uint8 array, shape (time, y, x, channel)
        Counts, row 0 north; channels are red, green, blue.
    start : datetime64[us] array, shape (time,)
        When each exposure was asked for.
    exposure_s : float array, shape (time,)
        Length of each exposure in seconds.
    attributes : dict
        At least array, site, camera, layer (full or thumbnail), cadence_s, source_file, sha256;
        provenance is "ingested" unless given.
    """
    height, width = images.shape[1:3]
    dimensions = ("time", "y", "x", "channel")[: images.ndim]
    return xr.Dataset(
        {
            "images": (dimensions, images, {"units": "counts", "long_name": "image"}),
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
        attrs={
            "Conventions": "CF-1.11",
            "units": "counts",
            "orientation": ORIENTATION,
            "provenance": "ingested",
        }
        | attributes,
    )
