"""Keograms: one line of pixels of every frame, side by side in time.

The centre column of an all-sky image runs from the northern to the southern edge of the picture;
it is not the magnetic meridian, because cameras are not turned to magnetic north. The pixel axis
counts from the southern edge, so that it rises as latitude does on the northern hemisphere.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from core.errors import BadInput
from core.imaging.frames import THUMBNAIL, Frames

GREEN_LINE_NM = (553.7, 561.7)
GREEN_BACKGROUND_NM = (543.0, 551.0)
_SHORT_RUN = 8
_CARRIED = ("array", "site", "cadence_s", "camera", "provenance")
_METHOD = {"column": "centre column of each image", "slit": "slit of the spectrograph, 557.7 nm"}


def keogram(frames: Frames, column: int | None = None) -> xr.Dataset:
    """Return the keogram of frames.

    Parameters
    ----------
    frames : Frames
        images (time, y, x) or, in colour, (time, y, x, channel) in counts, row 0 north.
    column : int, optional
        Column of the image, counted from 0; by default the centre, ``width // 2``.

    Returns
    -------
    xarray.Dataset
        ``counts`` (time, pixel) or (time, pixel, channel), as stored, pixel axis from south to
        north with the values of pixel centres (0.5 is the southernmost), and ``exposure_s``
        (time). Spectrograph frames give the
        slit in the green line, float32 counts, instead: mean of 553.7 to 561.7 nm (wide, because
        the raw image bends the line by some ten rows) minus that of 543 to 551 nm.

    Raises
    ------
    BadInput
        A column that the images do not have; a spectrograph without wavelengths; thumbnails,
        whose superpixels are not in the order of a picture.
    """
    images = pictures_of(frames)
    if frames.attrs.get("array") == "trex_spectrograph":
        line, method = _slit(images, frames.attrs.get("wavelength_coefficients_nm")), "slit"
    else:
        line, method = _column(images, column), "column"
    return make_keogram(
        line,
        frames["time"].values,
        frames["exposure_s"].values,
        carried_attributes(frames) | {"source": _METHOD[method]},
    )


def pictures_of(frames: Frames) -> NDArray[Any]:
    """Return the images of frames, (time, y, x) or (time, y, x, channel).

    Raises
    ------
    BadInput
        Thumbnails, or images of other dimensions.
    """
    images: NDArray[Any] = frames["images"].values
    if frames.attrs.get("layer") == THUMBNAIL:
        raise BadInput(
            "Thumbnails are lists of superpixels, not pictures; they have no centre column.",
            hint="Full images have one.",
            field="layer",
            value=THUMBNAIL,
        )
    if images.ndim not in (3, 4):
        raise BadInput(
            f"A keogram wants images of time, y and x, not of {images.ndim} dimensions.",
            hint="Colour images have a fourth one, the channels.",
            field="images", value=images.shape,
        )  # fmt: skip
    return images


def carried_attributes(frames: Frames) -> dict[str, Any]:
    """Return the attributes of frames that their keogram has too."""
    return {name: frames.attrs[name] for name in _CARRIED if name in frames.attrs}


def make_keogram(
    counts: NDArray[Any], time: NDArray[Any], exposure_s: NDArray[Any], attributes: dict[str, Any]
) -> xr.Dataset:
    """Return a keogram dataset with its CF attributes.

    Parameters
    ----------
    counts : array, shape (time, pixel) or (time, pixel, channel)
        Pixel axis from south to north.
    time : datetime64 array, shape (time,)
        Middle of each exposure, UTC.
    exposure_s : float array, shape (time,)
        Length of each exposure.
    attributes : dict
        array, site, cadence_s and what else is to be kept.
    """
    pixel = np.arange(counts.shape[1]) + 0.5
    return xr.Dataset(
        {
            "counts": (
                ("time", "pixel", "channel")[: counts.ndim], counts,
                {"units": "counts", "long_name": "raw intensity"},
            ),
            "exposure_s": ("time", exposure_s, {"units": "s", "long_name": "length of exposure"}),
        },
        coords={
            "time": (
                "time", time.astype("datetime64[us]"),
                {"standard_name": "time", "long_name": "middle of exposure", "axis": "T"},
            ),
            "pixel": (
                "pixel", pixel,
                {"units": "1", "axis": "Y", "long_name": "pixel centre, from the southern edge"},
            ),
        },
        attrs={"Conventions": "CF-1.11", "title": "keogram"} | attributes,
    )  # fmt: skip


def minute_keogram(dataset: xr.Dataset) -> xr.Dataset:
    """Return means over whole UT minutes, float32, time at the middle of each minute.

    Minutes without a frame are left out; `exposure_s` is 60 s, the span that a mean stands for.
    """
    time = dataset["time"].values.astype("datetime64[us]")
    minute = time.astype("datetime64[m]")
    first = np.flatnonzero(np.r_[True, minute[1:] != minute[:-1]])[: len(minute)]
    counts = means_of_runs(dataset["counts"].values, first)
    middle = minute[first].astype("datetime64[us]") + np.timedelta64(30, "s")
    return make_keogram(
        counts, middle, np.full(len(first), 60.0), dataset.attrs | {"cadence_s": 60.0}
    )


def means_of_runs(values: NDArray[Any], first: NDArray[np.intp]) -> NDArray[np.float32]:
    """Return the mean over each run of rows; run i begins at row first[i], the last one ends all.

    Parameters
    ----------
    values : array, shape (n, ...)
    first : int array, shape (k,), strictly rising
    """
    if not len(first):
        return np.zeros((0, *values.shape[1:]), dtype="f4")
    if len(first) == len(values):
        return values.astype("f4")  # every run is one row
    kind = np.uint32 if values.dtype.kind == "u" else np.float64
    length = np.diff(np.r_[first, len(values)])
    if length.max() <= _SHORT_RUN:
        # Row by row of all runs at once: what is a row of a picture has a few pixels.
        totals = values[first].astype(kind)
        for k in range(1, length.max()):
            longer = length > k
            totals[longer] += values[first[longer] + k]
    else:
        totals = np.add.reduceat(values, first, axis=0, dtype=kind)
    shape = (-1, *[1] * (values.ndim - 1))
    return np.asarray(totals / length.astype("f4").reshape(shape), dtype="f4")


def _column(images: NDArray[Any], column: int | None) -> NDArray[Any]:
    width = images.shape[2]
    chosen = width // 2 if column is None else column
    if not 0 <= chosen < width:
        raise BadInput(
            f"Column {chosen} is not in an image of {width} columns.",
            hint=f"Choose 0 to {width - 1}.", field="column", value=chosen,
        )  # fmt: skip
    return np.ascontiguousarray(images[:, ::-1, chosen])


def _slit(images: NDArray[Any], coefficients: Any) -> NDArray[np.float32]:
    """Return the green line along the slit, column 0 of the raw image first."""
    if coefficients is None:
        raise BadInput(
            "The spectrograph's header gives no wavelengths.", field="Calibration unwarping alpha0"
        )
    wavelength_nm = np.polynomial.polynomial.polyval(np.arange(images.shape[1]), coefficients)

    def band(limits: tuple[float, float]) -> NDArray[Any]:
        rows = (wavelength_nm >= limits[0]) & (wavelength_nm <= limits[1])
        return np.asarray(images[:, rows, :].mean(axis=1, dtype="f8"))

    return np.asarray(band(GREEN_LINE_NM) - band(GREEN_BACKGROUND_NM), dtype="f4")
