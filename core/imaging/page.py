"""A picture to take away: image, compass or graticule, colour bar, and the words that belong to it.

A page is made once and filled with one frame after the other, so that a movie costs little more
than its frames.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.imaging.caption import Caption
from core.imaging.fisheye import RGBA, Limits
from core.imaging.render import Style
from core.imaging.sheet import LIGHT, Box, Colour, Palette, Sheet, joined, text_width, wrapped

Marks = tuple[tuple[float, str], ...]

_MOMENT = "0000-00-00 00:00:00.0 UTC"


@dataclass(frozen=True, slots=True)
class EdgeMarks:
    """Numbers along the edges of an image: pixels from the left or upper end, and words.

    Attributes
    ----------
    left, bottom, right, top : Marks
        Those to the right and at the top are magnetic.
    below : Marks
        A second row below the lower edge, magnetic.
    names : (str, str, str)
        Of the left edge (written above it), of the lower edge and of the second row.
    """

    left: Marks = ()
    bottom: Marks = ()
    right: Marks = ()
    top: Marks = ()
    below: Marks = ()
    names: tuple[str, str, str] = ("", "", "")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a page looks like apart from its words.

    Attributes
    ----------
    width, height : int
        Of the image on it, pixels.
    style : Style
    bar : bool
        Draw a colour bar; colour frames have none.
    overlay : RGBA, optional
        Laid over every image.
    edges : EdgeMarks
    palette : Palette
    text : float
        Size of the letters in pixels; by default a forty-second part of the image's height.
    """

    width: int
    height: int
    style: Style
    bar: bool = True
    overlay: RGBA | None = None
    edges: EdgeMarks = field(default_factory=EdgeMarks)
    palette: Palette = LIGHT
    text: float = 0.0

    @property
    def letter(self) -> float:
        """Size of the letters, pixels."""
        return self.text or letter_size(self.width, self.height)


def letter_size(width: int, height: int) -> float:
    """Return the size of letters that suits an image of this size, pixels."""
    return max(9.0, 0.6 * (width + height) / 2 / 26)


class Page:
    """A sheet with everything on it but the image and its time.

    Parameters
    ----------
    caption : Caption
    plan : Plan
    limits : (low, high)
        Values at the ends of the colour bar.
    """

    def __init__(self, caption: Caption, plan: Plan, limits: Limits) -> None:
        self.caption, self.plan = caption, plan
        self._measure()
        self.sheet = Sheet(self.width, self.height, plan.palette)
        self._write_head()
        self._write_edges()
        if plan.bar:
            self._write_bar(limits)
        self._write_notes()

    def fill(self, image: RGBA, moment: str) -> NDArray[np.uint8]:
        """Return the page with an image on it.

        Parameters
        ----------
        image : uint8 array, shape (height, width, 3 or 4)
            Transparent parts show the ground of the page.
        moment : str
            The time, written beside the title.

        Returns
        -------
        uint8 array, shape (page height, page width, 3)
        """
        left, top = self.box[:2]
        plan, sheet = self.plan, self.sheet
        sheet.clear(self.box)
        sheet.paste(image, left, top)
        if plan.overlay is not None:
            sheet.paste(plan.overlay, left, top)
        sheet.frame(self.box, plan.palette.quiet)
        self._write_moment(moment)
        return sheet.pixels()

    def _write_moment(self, moment: str) -> None:
        size, baseline = 1.25 * self.plan.letter, round(self.head_y + 1.2 * self.plan.letter)
        right = self.width - self.margin
        wide = round(text_width(max(moment, _MOMENT, key=len), size)) + 4
        self.sheet.clear((right - wide, self.head_y - 2, self.width, baseline + round(0.4 * size)))
        self.sheet.text(right, baseline, moment, size, self.plan.palette.ink, "rs")

    def _measure(self) -> None:
        plan, letter = self.plan, self.plan.letter
        self.margin = round(1.6 * letter)
        left = self.margin + self._widest(plan.edges.left)
        right = left + plan.width
        self.side = right + self._widest(plan.edges.right)
        named = self._widest(tuple((0.0, name) for name in plan.edges.names[1:]))
        room = round(7.2 * letter) if plan.bar else max(self.margin, named + round(letter))
        self.width = max(self.side + room, self._head_width())
        within = self.width - 2 * self.margin
        self.head_y = self.margin
        self.details = joined(self.caption.details, letter, within)
        self.marks = [
            line for mark in self.caption.marks for line in wrapped(mark, 1.05 * letter, within)
        ]
        head = 1.95 * letter + 1.45 * letter * (len(self.details) + len(self.marks))
        top = round(self.head_y + head + 0.8 * letter)
        if plan.bar:
            top = max(top, round(self.head_y + 3.2 * letter))
        top += round(1.6 * letter) if plan.edges.top or plan.edges.names[0] else 0
        self.box: Box = (left, top, right, top + plan.height)
        rows = 1.1 + 1.5 * bool(plan.edges.bottom) + 1.3 * bool(plan.edges.below)
        self.notes_y = self.box[3] + round(rows * letter)
        self.notes = [
            line for note in self.caption.notes for line in wrapped(note, 0.86 * letter, within)
        ]
        self.height = self.notes_y + round(1.25 * letter * len(self.notes)) + round(0.8 * letter)

    def _head_width(self) -> int:
        """Return the least width at which title and time do not meet."""
        letter = self.plan.letter
        title = text_width(self.caption.title, 1.5 * letter)
        return round(title + text_width(_MOMENT, 1.25 * letter) + 1.5 * letter) + 2 * self.margin

    def _widest(self, marks: Marks) -> int:
        size = 0.9 * self.plan.letter
        widest = max((text_width(text, size) for _, text in marks), default=0.0)
        return round(widest + 0.9 * size) if widest else 0

    def _write_head(self) -> None:
        letter, palette, sheet = self.plan.letter, self.plan.palette, self.sheet
        y = float(round(self.head_y + 1.2 * letter))
        sheet.text(self.margin, y, self.caption.title, 1.5 * letter, palette.ink, "ls")
        y += 0.75 * letter
        for line in self.details:
            y += 1.45 * letter
            sheet.text(self.margin, y - 0.5 * letter, line, letter, palette.quiet, "ls")
        for line in self.marks:
            y += 1.45 * letter
            sheet.text(self.margin, y - 0.5 * letter, line, 1.05 * letter, palette.mark, "ls")

    def _write_edges(self) -> None:
        edges, size, sheet = self.plan.edges, 0.9 * self.plan.letter, self.sheet
        quiet, second = self.plan.palette.quiet, self.plan.palette.second
        left, top, right, bottom = self.box
        gap, tick = 0.55 * size, 0.3 * size
        for y, text in edges.left:
            sheet.line([(left - tick, top + y), (left - 1, top + y)], quiet)
            sheet.text(left - gap, top + y, text, size, quiet, "rm")
        for y, text in edges.right:
            sheet.line([(right, top + y), (right + tick, top + y)], second)
            sheet.text(right + gap, top + y, text, size, second, "lm")
        for x, _ in edges.bottom:
            sheet.line([(left + x, bottom), (left + x, bottom + tick)], quiet)
        for x, _ in edges.top:
            sheet.line([(left + x, top - 1 - tick), (left + x, top - 1)], second)
        self._level(edges.bottom, bottom + 1.4 * size, size, quiet)
        self._level(edges.below, bottom + 2.8 * size, size, second)
        self._level(edges.top, top - 0.6 * size, size, second)
        side, first, below = edges.names
        sheet.text(self.margin, top - 0.7 * size, side, size, quiet, "ls")
        sheet.text(right + gap, bottom + 1.4 * size, first, size, quiet, "ls")
        sheet.text(right + gap, bottom + 2.8 * size, below, size, second, "ls")

    def _level(self, marks: Marks, y: float, size: float, colour: Colour) -> None:
        """Write along a level edge, leaving out what would touch its neighbour or the name."""
        free, named = -1e9, any(self.plan.edges.names)
        end = self.plan.width + (0.2 * size if named else 1e9)
        for x, text in sorted(marks):
            half = text_width(text, size) / 2
            if x - half > free and x + half < end:
                self.sheet.text(self.box[0] + x, y, text, size, colour, "ms")
                free = x + half + 0.6 * size

    def _write_bar(self, limits: Limits) -> None:
        letter = self.plan.letter
        left = round(self.side + 1.4 * letter)
        top, bottom = self.box[1] + round(1.2 * letter), self.box[3]
        box = (left, top, left + round(1.1 * letter), bottom)
        self.sheet.colour_bar(box, self.plan.style, limits, self.caption.unit, 0.9 * letter)

    def _write_notes(self) -> None:
        letter, y = self.plan.letter, self.notes_y + 0.86 * self.plan.letter
        for line in self.notes:
            self.sheet.text(self.margin, y, line, 0.86 * letter, self.plan.palette.quiet, "ls")
            y += 1.25 * letter
