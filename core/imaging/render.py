"""Painting a keogram into a picture of given width and height, and packing it as PNG or WebP.

North is at the top and time runs to the right. A column shows the mean of the frames measured
within it; where there is none, the frame whose interval (one cadence) covers the column's middle;
where there is none either, the picture is transparent.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from core.imaging.colour import (
    DEFAULT_COLOUR_MAP,
    DEFAULT_PERCENTILES,
    colour_table,
    limits_of,
    to_indices,
    to_rgba,
)
from core.imaging.keogram import means_of_runs
from core.imaging.sky_pixels import sky_limits

PictureFormat = Literal["png", "webp"]


@dataclass(frozen=True, slots=True)
class Style:
    """How counts become colours.

    Attributes
    ----------
    vmin, vmax : float, optional
        Counts at the ends of the colour table; one that is None is taken from `percentiles`.
    percentiles : (float, float)
        Of the columns of the window that is shown, in their pixels of the sky.
    cmap : str
        One of `core.imaging.colour.COLOUR_MAPS`.
    log : bool
        Logarithmic scale.
    gamma : float
        As `core.imaging.colour.scaled` takes it: above 1 brightens what is faint.
    """

    vmin: float | None = None
    vmax: float | None = None
    percentiles: tuple[float, float] = DEFAULT_PERCENTILES
    cmap: str = DEFAULT_COLOUR_MAP
    log: bool = False
    gamma: float = 1.0


@dataclass(frozen=True, slots=True)
class Picture:
    """A painted keogram and the counts at the ends of its scale.

    `indices` are those of the table, shape (height, width), 0 transparent; of a keogram in colour
    they are its RGBA, shape (height, width, 4), and there is no table.
    """

    indices: NDArray[np.uint8]
    table: NDArray[np.uint8] | None
    limits: tuple[float, float]

    def rgba(self) -> NDArray[np.uint8]:
        """Return the picture as RGBA, shape (height, width, 4)."""
        return self.indices if self.table is None else self.table.take(self.indices, axis=0)

    def encode(self, kind: PictureFormat, text: Mapping[str, str] | None = None) -> bytes:
        """Return the bytes of a PNG (exact, with a palette) or a WebP (lossy, smaller).

        A PNG keeps `text`, what the picture shows and how sure that is, in text chunks: it is
        still there when the file has left its place.
        """
        buffer = io.BytesIO()
        chunks = PngInfo()
        for key, value in (text or {}).items():
            chunks.add_itxt(key, value)
        if kind == "webp":
            Image.fromarray(self.rgba()).save(buffer, "WEBP", quality=85, method=1)
        elif self.table is None:
            Image.fromarray(self.rgba()).save(buffer, "PNG", compress_level=3, pnginfo=chunks)
        else:
            image = Image.fromarray(self.indices, mode="P")
            image.putpalette(self.table[:, :3].tobytes(), "RGB")
            image.save(buffer, "PNG", transparency=0, compress_level=3, pnginfo=chunks)
        return buffer.getvalue()


def paint(
    dataset: xr.Dataset,
    start: np.datetime64,
    end: np.datetime64,
    size: tuple[int, int],
    style: Style | None = None,
    sky: NDArray[np.bool_] | None = None,
) -> Picture:
    """Return the picture of a window.

    Parameters
    ----------
    dataset : xarray.Dataset
        counts (time, pixel[, channel]), pixel axis from south to north.
    start, end : datetime64
        Left and right edge, UTC.
    size : (int, int)
        Width and height in pixels of the picture.
    style : Style, optional
    sky : array of bool, shape (pixel,), optional
        The pixels that percentiles are taken of (`core.imaging.sky_pixels`); by default all.
    """
    style = style or Style()
    width, height = size
    columns = paint_columns(dataset, start, end, width)
    own = sky_limits(columns, sky, style.percentiles)
    # North to the top, time to the right.
    values = np.swapaxes(_rows(columns, height)[:, ::-1], 0, 1)
    limits = limits_of(np.array(own), percentiles=(0, 100), vmin=style.vmin, vmax=style.vmax)
    if values.ndim == 3:
        colours = to_rgba(values, limits, log=style.log, gamma=style.gamma)
        return Picture(np.ascontiguousarray(colours), None, limits)
    indices = to_indices(values, limits, log=style.log, gamma=style.gamma)
    return Picture(np.ascontiguousarray(indices), colour_table(style.cmap), limits)


def paint_columns(
    dataset: xr.Dataset, start: np.datetime64, end: np.datetime64, width: int
) -> NDArray[np.float32]:
    """Return the counts of each column, shape (width, pixel[, channel]), NaN for none."""
    times = _microseconds(dataset["time"].values)
    counts = dataset["counts"].values
    edges = np.linspace(_microseconds(start), _microseconds(end), width + 1)
    painted = np.full((width, *counts.shape[1:]), np.nan, dtype="f4")
    if not len(times):
        return painted
    bounds = np.searchsorted(times, edges)
    filled = np.flatnonzero(np.diff(bounds))
    inside = counts[bounds[0] : bounds[-1]]
    painted[filled] = means_of_runs(inside, bounds[filled] - bounds[0])
    empty = np.flatnonzero(np.diff(bounds) == 0)
    frame = _covering(dataset, (edges[empty] + edges[empty + 1]) / 2)
    painted[empty[frame >= 0]] = counts[frame[frame >= 0]]
    return painted


def _covering(dataset: xr.Dataset, moments: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the frame whose interval covers each moment, -1 for none.

    An interval begins with the exposure and lasts for one cadence, or until the next exposure
    where that begins within one and a half cadences (cameras are late by some milliseconds).
    """
    cadence_us = 1e6 * float(dataset.attrs.get("cadence_s", 0.0))
    begin = _microseconds(dataset["time"].values) - 5e5 * dataset["exposure_s"].values
    step = np.diff(begin, append=np.inf)
    last = begin + np.where(step <= 1.5 * cadence_us, step, cadence_us)
    frame = np.searchsorted(begin, moments, side="right") - 1
    covered = (frame >= 0) & (moments < last[frame])
    return np.where(covered, frame, -1)


def _rows(columns: NDArray[np.float32], height: int) -> NDArray[np.float32]:
    """Return the columns with `height` values each: repeated when more, means when fewer."""
    pixels = columns.shape[1]
    if height == pixels:
        return columns
    if height > pixels:
        return columns[:, (np.arange(height) * pixels) // height]
    first = (np.arange(height) * pixels) // height
    southward = np.ascontiguousarray(np.swapaxes(columns, 0, 1))
    return np.swapaxes(means_of_runs(southward, first), 0, 1)


def _microseconds(times: NDArray[np.datetime64] | np.datetime64) -> NDArray[np.int64]:
    return np.asarray(times).astype("M8[us]").astype("int64")
