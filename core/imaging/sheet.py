"""A sheet to draw on: text, lines, pictures and colour bars, by Pillow and its own typeface.

Aileron, which Pillow carries in itself, has Latin letters without accents and few signs; what it
lacks is written with what it has (`plain`). So a picture looks the same on every machine.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from core.imaging.colour import colour_table, scaled
from core.imaging.render import Style
from core.imaging.ticks import log_ticks, number_text, round_ticks

Colour = tuple[int, int, int]
Ink = tuple[int, int, int, int]
Box = tuple[int, int, int, int]
Anchor = Literal["la", "ra", "ma", "lm", "rm", "mm", "ls", "rs", "ms", "lb", "mb", "rb"]

_SIGNS = "°·±“”‘’…©"
_WRITTEN = str.maketrans({"–": "-", "—": "-", "−": "-", "×": "x", "→": "to", "µ": "u", "λ": "l"})
_FINE = 3
"""Lines are drawn this much larger and reduced, which makes them smooth."""


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of a sheet; the second one is for magnetic coordinates."""

    paper: Colour
    ink: Colour
    quiet: Colour
    rule: Colour
    mark: Colour
    second: Colour


LIGHT = Palette((255, 255, 255), (24, 24, 27), (98, 98, 106), (205, 205, 210), (176, 32, 24),
                (190, 58, 36))  # fmt: skip
DARK = Palette((16, 17, 21), (236, 236, 240), (160, 161, 170), (70, 72, 80), (255, 140, 110),
               (232, 112, 88))  # fmt: skip


def plain(text: str) -> str:
    """Return text in the letters that the typeface has; what it cannot say becomes a ``?``."""
    letters = []
    for letter in unicodedata.normalize("NFC", text.translate(_WRITTEN)):
        known = letter if letter in _SIGNS else unicodedata.normalize("NFKD", letter)
        letters.append("".join(c for c in known if not unicodedata.combining(c)))
    return "".join(c if " " <= c <= "~" or c in _SIGNS else "?" for c in "".join(letters))


@lru_cache(maxsize=32)
def font(size: float) -> ImageFont.FreeTypeFont:
    """Return the typeface at a size in pixels."""
    found = ImageFont.load_default(size)
    assert isinstance(found, ImageFont.FreeTypeFont)  # Pillow's wheels bring FreeType
    return found


def text_width(text: str, size: float) -> float:
    """Return the width of a line in pixels."""
    return float(font(size).getlength(plain(text)))


def wrapped(text: str, size: float, width: float) -> list[str]:
    """Return the lines that a text makes in a width; a longer word has a line of its own."""
    lines: list[str] = []
    for word in plain(text).split():
        if lines and text_width(f"{lines[-1]} {word}", size) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def joined(parts: Iterable[str], size: float, width: float) -> list[str]:
    """Return parts with dots between them, on as many lines as a width asks for."""
    lines: list[str] = []
    for part in parts:
        longer = f"{lines[-1]} · {part}" if lines else ""
        if lines and text_width(longer, size) <= width:
            lines[-1] = longer
        else:
            lines += wrapped(part, size, width)
    return lines


class Sheet:
    """A page of pixels.

    Parameters
    ----------
    width, height : int
        Pixels.
    palette : Palette
    """

    def __init__(self, width: int, height: int, palette: Palette = LIGHT) -> None:
        self.palette = palette
        self.image = Image.new("RGB", (width, height), palette.paper)
        self._draw = ImageDraw.Draw(self.image)

    def text(
        self, x: float, y: float, text: str, size: float, colour: Colour, anchor: Anchor = "la"
    ) -> None:
        """Write one line."""
        self._draw.text((x, y), plain(text), fill=colour, font=font(size), anchor=anchor)

    def line(self, points: Iterable[tuple[float, float]], colour: Colour, width: int = 1) -> None:
        """Draw a straight line, sharp where it is level or upright."""
        self._draw.line([(round(x), round(y)) for x, y in points], fill=colour, width=width)

    def frame(self, box: Box, colour: Colour) -> None:
        """Draw a thin frame around what is in `box` (left, top, right, bottom)."""
        left, top, right, bottom = box
        self._draw.rectangle((left - 1, top - 1, right, bottom), outline=colour)

    def clear(self, box: Box) -> None:
        """Make a part blank."""
        self._draw.rectangle((box[0], box[1], box[2] - 1, box[3] - 1), fill=self.palette.paper)

    def paste(self, picture: NDArray[np.uint8], left: int, top: int) -> None:
        """Put an RGBA picture on the sheet."""
        layer = Image.fromarray(np.ascontiguousarray(picture))
        self.image.paste(layer, (left, top), layer if layer.mode == "RGBA" else None)

    def pixels(self) -> NDArray[np.uint8]:
        """Return the sheet as RGB, shape (height, width, 3)."""
        return np.array(self.image)

    def colour_bar(
        self, box: Box, style: Style, limits: tuple[float, float], unit: str, size: float
    ) -> None:
        """Draw an upright colour bar with its numbers to the right and its unit above.

        Its colours are drawn where their values are on the style's scale, so that a logarithm or
        a gamma shows in the distances of the numbers.
        """
        left, top, right, bottom = box
        shares = np.linspace(1, 0, bottom - top)
        table = colour_table(style.cmap)[1 + np.rint(shares * 254).astype(int)]
        self.paste(np.repeat(table[:, None], right - left, axis=1).astype("u1"), left, top)
        self.frame(box, self.palette.quiet)
        most = max(3, round((bottom - top) / (4.5 * size)))
        for value, share in _scale_marks(style, limits, most):
            y = round(bottom - 1 - share * (bottom - top - 1))
            self.line([(right, y), (right + 0.35 * size, y)], self.palette.quiet)
            self.text(right + 0.6 * size, y, number_text(value), size, self.palette.ink, "lm")
        self.text(left, top - 0.7 * size, unit, size, self.palette.quiet, "ls")


def smooth(
    size: tuple[int, int], lines: Iterable[tuple[NDArray[np.float64], Ink, float]]
) -> NDArray[np.uint8]:
    """Return polylines without steps in them, as RGBA of `size` (width, height).

    Parameters
    ----------
    size : (int, int)
        Width and height of the picture.
    lines : iterable of (points (n, 2), colour with opacity, width)
        In pixels of the picture.
    """
    layer = Image.new("RGBA", (size[0] * _FINE, size[1] * _FINE))
    draw = ImageDraw.Draw(layer)
    for points, ink, width in lines:
        at = [tuple(point) for point in np.asarray(points) * _FINE]
        draw.line(at, fill=ink, width=max(1, round(width * _FINE)), joint="curve")
    return np.array(_reduced(layer))


def dashed(points: NDArray[np.float64], on_px: float, off_px: float) -> list[NDArray[np.float64]]:
    """Return the dashes of a polyline."""
    steps = np.hypot(*np.diff(points, axis=0).T)
    along = np.r_[0.0, np.cumsum(steps)]
    if not along[-1]:
        return []
    starts = np.arange(0.0, along[-1], on_px + off_px)
    inner = [along[(along > s) & (along < s + on_px)] for s in starts]
    cuts = [np.r_[s, i, min(s + on_px, along[-1])] for s, i in zip(starts, inner, strict=True)]
    x, y = points.T
    return [np.stack([np.interp(c, along, x), np.interp(c, along, y)], axis=1) for c in cuts]


def _reduced(layer: Image.Image) -> Image.Image:
    """Return the layer at its size, colours weighted with their opacity."""
    return layer.convert("RGBa").reduce(_FINE).convert("RGBA")


def _scale_marks(style: Style, limits: tuple[float, float], most: int) -> list[tuple[float, float]]:
    """Return round values of a scale and where they stand on it, 0 to 1."""
    low, high = limits
    if style.log:
        values = log_ticks(max(low, 1.0), max(high, 1.0), most)
    else:
        values = round_ticks(low, high, most)
    shares = scaled(values, limits, log=style.log, gamma=style.gamma)
    return [(float(value), float(share)) for value, share in zip(values, shares, strict=True)]
