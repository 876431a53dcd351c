"""What is drawn over a picture: compass and elevations on a frame, graticule and coast on a map."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from core.imaging.compass import Compass
from core.imaging.fisheye import RGBA
from core.imaging.sheet import Ink, dashed, font, plain, smooth

if TYPE_CHECKING:
    from core.imaging.map_lines import MapLines

FloatArray = NDArray[np.float64]
Line = tuple[FloatArray, Ink, float]

_WHITE: Ink = (255, 255, 255, 150)
_LETTER: Ink = (255, 255, 255, 235)
_SLICE: Ink = (255, 255, 255, 215)
_SHADE: Ink = (0, 0, 0, 110)
_UNDER: Ink = (0, 0, 0, 55)
GEOGRAPHIC: Ink = (90, 94, 104, 150)
MAGNETIC: Ink = (196, 62, 40, 190)
_COAST: Ink = (30, 30, 34, 210)
_HALO: Ink = (255, 255, 255, 110)
_PLATE: Ink = (255, 255, 255, 205)
_VIEW: Ink = (20, 20, 24, 200)


@dataclass(frozen=True, slots=True)
class Label:
    """A word on a picture: where, and how it stands there (Pillow's anchors)."""

    x: float
    y: float
    text: str
    anchor: str = "mm"


def fisheye_overlay(compass: Compass, letter_px: float) -> RGBA:
    """Return the circles of elevation, the slice and the letters N, E, S, W of a frame.

    Parameters
    ----------
    compass : Compass
        Of the picture.
    letter_px : float
        Size of the letters.
    """
    thin = letter_px / 13
    layer = smooth(compass.size, _fisheye_lines(compass, thin))
    labels = [*_elevation_labels(compass, letter_px), *_letters(compass, letter_px)]
    return _lettered(layer, labels, letter_px)


def map_overlay(lines: MapLines, letter_px: float) -> RGBA:
    """Return graticules, coast, field of view, site and scale bar of a map."""
    thin = letter_px / 13
    layer = smooth((lines.size, lines.size), _map_lines(lines, thin))
    x, y = lines.site
    bar, width = lines.size * 0.04, lines.scale_px
    labels = [
        Label(x + 0.55 * letter_px, y, lines.site_code, "lm"),
        Label(bar + width / 2, lines.size - 1.55 * bar, f"{lines.scale_km:g} km", "mb"),
    ]
    return _lettered(layer, labels, 0.86 * letter_px, ink=_VIEW, halo=(255, 255, 255, 170))


def _fisheye_lines(compass: Compass, thin: float) -> Iterator[Line]:
    for lines in compass.circles.values():
        for line in lines:
            yield line, _UNDER, 2.6 * thin
    for elevation, lines in compass.circles.items():
        for line in lines:
            yield line, _WHITE, thin * (1.3 if elevation == 0 else 0.9)
    for line in compass.slice:
        for dash in dashed(line, 6 * thin, 5 * thin):
            yield dash, _SLICE, thin
    if compass.zenith:
        x, y = compass.zenith
        arm = 4.5 * thin
        yield np.array([(x - arm, y), (x + arm, y)]), _SLICE, thin
        yield np.array([(x, y - arm), (x, y + arm)]), _SLICE, thin


def _elevation_labels(compass: Compass, letter_px: float) -> Iterator[Label]:
    """Write the elevation on each circle, south-west of the zenith, where no line is."""
    width, height = compass.size
    for elevation, lines in compass.circles.items():
        if elevation == 0 or not lines:
            continue
        points = np.concatenate(lines)
        centre = np.array(compass.zenith or (width / 2, height / 2))
        away = points - centre
        # Down and to the left in the picture, whatever the camera's turn.
        turn = np.abs(np.arctan2(away[:, 1], -away[:, 0]) - np.radians(40))
        x, y = points[int(np.argmin(turn))]
        yield Label(float(x), float(y), f"{elevation:g}°")


def _letters(compass: Compass, letter_px: float) -> Iterator[Label]:
    """Put the letters just outside the horizon, or inside the edge where there is no room."""
    width, height = compass.size
    middle = np.array(compass.zenith or (width / 2, height / 2))
    for name, at in compass.labels.items():
        away = np.array(at) - middle
        length = float(np.hypot(*away)) or 1.0
        x, y = np.array(at) + away / length * 0.85 * letter_px
        edge = 0.75 * letter_px
        yield Label(
            float(np.clip(x, edge, width - edge)), float(np.clip(y, edge, height - edge)), name
        )


def _map_lines(lines: MapLines, thin: float) -> Iterator[Line]:
    for line in lines.coast:
        yield line, _HALO, 2.4 * thin
    for line in lines.coast:
        yield line, _COAST, 0.9 * thin
    for line in lines.geographic:
        yield line, GEOGRAPHIC, 0.7 * thin
    for line in lines.magnetic:
        for dash in dashed(line, 5 * thin, 3.5 * thin):
            yield dash, MAGNETIC, 0.9 * thin
    for line in lines.view:
        yield line, _VIEW, 1.1 * thin
    x, y = lines.site
    ring = np.linspace(0, 2 * np.pi, 33)
    dot = np.stack([x + 2.2 * thin * np.cos(ring), y + 2.2 * thin * np.sin(ring)], axis=1)
    yield dot, _HALO, 4 * thin
    yield dot, _VIEW, 2 * thin
    bar = lines.size * 0.04
    at = np.array([(bar, lines.size - bar), (bar + lines.scale_px, lines.size - bar)])
    yield at + thin * np.array([(-6.0, -8.0), (6.0, -8.0)]), _PLATE, 30 * thin
    yield at, _VIEW, 2 * thin


def _lettered(
    layer: RGBA,
    labels: Iterable[Label],
    letter_px: float,
    ink: Ink = _LETTER,
    halo: Ink = _SHADE,
) -> RGBA:
    image = Image.fromarray(layer)
    words = Image.new("RGBA", image.size)
    draw = ImageDraw.Draw(words)
    for label in labels:
        big = len(label.text) == 1
        draw.text(
            (label.x, label.y),
            plain(label.text),
            fill=ink,
            font=font(letter_px if big else 0.8 * letter_px),
            anchor=label.anchor,
            stroke_width=max(1.0, letter_px / 12),
            stroke_fill=halo,
        )
    return np.array(Image.alpha_composite(image, words))
