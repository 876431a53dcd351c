"""Painting frames as the camera saw them: counts to colours, at any size, in two views.

``view="sky"`` is the picture as it is stored: north up and east to the left, as one sees it lying
on the back with the head to the north. ``view="map"`` is its mirror image, east to the right.
"""

from __future__ import annotations

import io
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from core.errors import BadInput
from core.imaging.colour import colour_table, limits_of, to_indices, to_rgba
from core.imaging.render import PictureFormat, Style
from core.imaging.sky_pixels import sky_values
from core.imaging.skymap import Skymap

View = Literal["sky", "map"]
MOST_PIXELS = 8192
"""Longest side of a picture."""
VIEWS: tuple[View, ...] = get_args(View)
Limits = tuple[float, float]
RGBA = NDArray[np.uint8]


def paint_fisheye(
    image: NDArray[Any],
    style: Style | None = None,
    size: int | None = None,
    view: View = "sky",
    limits: Limits | None = None,
) -> RGBA:
    """Return one frame as a picture.

    Parameters
    ----------
    image : array, shape (y, x) or (y, x, 3)
        Counts as stored, row 0 north, column 0 east. Colour frames keep their colours: the three
        channels are scaled between one pair of limits and no colour table is used.
    style : Style, optional
        Limits or percentiles, colour table, logarithm, gamma.
    size : int, optional
        Length in pixels of the picture's longer side; the frame's own by default. Where that is
        less than the frame has, pixels show the mean of the counts in them, where it is more,
        counts are repeated: no value is made up between two pixels.
    view : "sky" or "map"
        East to the left or to the right.
    limits : (low, high), optional
        Counts at the ends of the scale, instead of those that the style gives for this frame, so
        that the frames of a movie share theirs.

    Returns
    -------
    uint8 array, shape (size_y, size_x, 4)
        RGBA with the frame's aspect; not-a-number is transparent.

    Raises
    ------
    BadInput
        An array that is no image, a size below 1 or above 8192, an unknown view.
    """
    style = style or Style()
    seen = view_of(_checked(image), view)
    chosen = limits or frame_limits(image, style)
    return painted(resample(np.asarray(seen, dtype="f4"), size), style, chosen)


def frame_limits(images: NDArray[Any], style: Style, skymap: Skymap | None = None) -> Limits:
    """Return the counts at the ends of the scale for these frames.

    Percentiles are those of the sky where a skymap tells which pixels see it: the dark around the
    horizon's circle is a fifth of an image.
    """
    values = sky_values(np.asarray(images), skymap)
    return limits_of(values, percentiles=style.percentiles, vmin=style.vmin, vmax=style.vmax)


def painted(values: NDArray[Any], style: Style, limits: Limits) -> RGBA:
    """Return the colours of values (y, x) by the style's table, of (y, x, 3) by their channels."""
    if values.ndim == 3:
        return to_rgba(values, limits, log=style.log, gamma=style.gamma)
    indices = to_indices(values, limits, log=style.log, gamma=style.gamma)
    return np.asarray(colour_table(style.cmap)[indices])


def view_of(image: NDArray[Any], view: View) -> NDArray[Any]:
    """Return the image as stored for "sky", mirrored for "map"."""
    if view not in VIEWS:
        raise BadInput(
            f"There is no view {view!r}.", hint="Say sky (east to the left) or map (to the right).",
            field="view", value=view,
        )  # fmt: skip
    return image if view == "sky" else image[:, ::-1]


def fitted(shape: tuple[int, ...], size: int | None) -> tuple[int, int]:
    """Return height and width of a picture whose longer side is `size`, with a frame's aspect."""
    height, width = shape[:2]
    if size is None:
        return height, width
    if not 1 <= size <= MOST_PIXELS:
        raise BadInput(
            f"A picture of {size} pixels cannot be drawn.", hint=f"Give 1 to {MOST_PIXELS}.",
            field="size", value=size,
        )  # fmt: skip
    scale = size / max(height, width)
    return max(1, round(height * scale)), max(1, round(width * scale))


def resample(values: NDArray[np.float32], size: int | None) -> NDArray[np.float32]:
    """Return values (y, x[, channel]) at another size: means weighted with the area of overlap.

    Not-a-number takes no part; a pixel that covers nothing else is not a number.
    """
    height, width = fitted(values.shape, size)
    if (height, width) == values.shape[:2]:
        return values
    good = np.isfinite(values)
    if good.all():
        return _averaged(values, height, width).astype("f4")
    weight = _averaged(good.astype("f4"), height, width)
    total = _averaged(np.where(good, values, 0), height, width)
    return np.asarray(total / np.where(weight > 1e-6, weight, np.nan), dtype="f4")


def _averaged(values: NDArray[np.float32], height: int, width: int) -> NDArray[np.float64]:
    """Return means over the areas of new pixels, by differences of running sums."""
    averaged = values
    for axis, new in enumerate((height, width)):
        lines = np.moveaxis(averaged, axis, 0)
        sums = np.zeros((len(lines) + 1, *lines.shape[1:]))
        np.cumsum(lines, axis=0, out=sums[1:])
        edges = np.arange(new + 1) * (len(lines) / new)
        cell = np.minimum(edges.astype(int), len(lines) - 1)
        share = (edges - cell).reshape(-1, *(1,) * (lines.ndim - 1))
        at = sums[cell] + share * lines[cell]
        averaged = np.moveaxis(np.diff(at, axis=0) * (new / len(lines)), 0, axis)
    return np.asarray(averaged)


def encode(rgba: RGBA, kind: PictureFormat, text: dict[str, str] | None = None) -> bytes:
    """Return the bytes of a picture.

    Parameters
    ----------
    rgba : uint8 array, shape (height, width, 3 or 4)
    kind : "png" or "webp"
        Exact, or lossy and smaller.
    text : dict of str to str, optional
        Kept in the PNG as text chunks: what the picture shows and where it comes from.
    """
    buffer = io.BytesIO()
    picture = Image.fromarray(np.ascontiguousarray(rgba))
    if kind == "png":
        picture.save(buffer, "PNG", compress_level=3, pnginfo=_text_chunks(text or {}))
    else:
        picture.save(buffer, "WEBP", quality=85, method=1)
    return buffer.getvalue()


def _text_chunks(text: dict[str, str]) -> PngInfo:
    chunks = PngInfo()
    for key, value in text.items():
        chunks.add_itxt(key[:79], value)  # international text: names have accents
    return chunks


def _checked(image: NDArray[Any]) -> NDArray[Any]:
    array = np.asarray(image)
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] != 3) or not array.size:
        raise BadInput(
            f"An image has rows, columns and perhaps three colours, not the shape {array.shape}.",
            field="image", value=array.shape,
        )  # fmt: skip
    return array
