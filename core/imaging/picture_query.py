"""What a request for a keogram asks for, as a picture or as numbers, checked against the limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast

import numpy as np

from core.errors import LimitExceeded
from core.imaging.keogram_library import LINES, Line
from core.imaging.query_fields import STYLE_FIELDS, Fields, bad
from core.imaging.render import Style
from core.settings import Settings

DEFAULT_SIZE = (1440, 256)
_DAY = np.timedelta64(1, "D")
_WINDOW = ("start", "end", "slice", "accept_skymap")
_PICTURE = (*_WINDOW, "width", "height", *STYLE_FIELDS)
_NUMBERS = (*_WINDOW, "cadence", "alt_km")
_COARSE_COLUMN_S = 60.0
# Of a shorter window numbers are given at the cadence of the images, if nothing else is asked.
_NATIVE_WINDOW = np.timedelta64(3, "h")
_ALTITUDES_KM = (60.0, 1000.0)


@dataclass(frozen=True, slots=True)
class PictureQuery:
    """A window of time, the line of pixels, the size of its picture and the style."""

    start: np.datetime64
    end: np.datetime64
    width: int
    height: int
    style: Style
    line: Line = "column"
    accept_skymap: bool = False

    @property
    def minutes(self) -> bool:
        """Whether minute means suffice: a column is a minute or more."""
        span_s = (self.end - self.start) / np.timedelta64(1, "s")
        return bool(span_s / self.width >= _COARSE_COLUMN_S)

    @classmethod
    def from_dict(
        cls, day: date, parameters: Mapping[str, str], settings: Settings
    ) -> PictureQuery:
        """Return the query that a day and the parameters of an address make.

        Parameters
        ----------
        day : date
            UT day that is shown where `start` and `end` do not say otherwise.
        parameters : mapping of str to str
            start, end (ISO times, UTC), slice (column, meridian), width, height (pixels), vmin,
            vmax (counts), percentile ("1,99"), cmap, log, gamma, accept_skymap.
        settings : Settings
            Holds the limits.

        Raises
        ------
        BadInput
            A parameter that does not exist or cannot be read.
        LimitExceeded
            A picture or a window larger than the settings allow.
        """
        fields = Fields(parameters, _PICTURE)
        start, end = _window(fields, day, settings)
        limits = settings.max_picture_width, settings.max_picture_height
        return cls(
            start,
            end,
            fields.size("width", DEFAULT_SIZE[0], limits[0], "max_picture_width"),
            fields.size("height", DEFAULT_SIZE[1], limits[1], "max_picture_height"),
            fields.style(),
            _line(fields),
            fields.flag("accept_skymap"),
        )


@dataclass(frozen=True, slots=True)
class NumbersQuery:
    """A window of time and the line of pixels whose counts are asked for.

    `alt_km` is the altitude that pixels are mapped to, None for the array's own.
    """

    start: np.datetime64
    end: np.datetime64
    minutes: bool
    line: Line = "column"
    alt_km: float | None = None
    accept_skymap: bool = False

    @classmethod
    def from_dict(
        cls, day: date, parameters: Mapping[str, str], settings: Settings
    ) -> NumbersQuery:
        """Return the query; parameters are start, end, slice, cadence (minute, native), alt_km.

        Raises
        ------
        BadInput, LimitExceeded
            As `PictureQuery.from_dict`.
        """
        fields = Fields(parameters, _NUMBERS)
        start, end = _window(fields, day, settings)
        default = "native" if end - start <= _NATIVE_WINDOW else "minute"
        cadence = fields.choice("cadence", ("minute", "native"), default)
        alt_km = fields.number_within("alt_km", 0.0, *_ALTITUDES_KM) or None
        return cls(
            start, end, cadence == "minute", _line(fields), alt_km, fields.flag("accept_skymap")
        )


def _line(fields: Fields) -> Line:
    return cast("Line", fields.choice("slice", LINES, "column"))


def _window(fields: Fields, day: date, settings: Settings) -> tuple[np.datetime64, np.datetime64]:
    midnight = np.datetime64(day, "us")
    start, end = fields.moment("start", midnight), fields.moment("end", midnight + _DAY)
    days = (end - start) / _DAY
    if days <= 0:
        raise bad("end", str(end), f"It must be later than start ({start}).")
    if days > settings.max_keogram_days:
        raise LimitExceeded(
            f"A window of {days:.1f} days is longer than is drawn as one keogram.",
            hint=f"At most {settings.max_keogram_days:g} days.",
            limit="max_keogram_days",
            asked=float(days),
            allowed=settings.max_keogram_days,
        )
    return start, end
