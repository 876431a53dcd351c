"""What a request for a picture of a keogram asks for, checked against the limits."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np

from core.errors import BadInput, LimitExceeded
from core.imaging.colour import COLOUR_MAPS, DEFAULT_COLOUR_MAP, DEFAULT_PERCENTILES
from core.imaging.render import Style
from core.settings import Settings

DEFAULT_SIZE = (1440, 256)
_DAY = np.timedelta64(1, "D")
_PARAMETERS = ("start", "end", "width", "height", "vmin", "vmax", "percentile", "cmap", "log")
_TRUE, _FALSE = ("true", "1", "yes"), ("false", "0", "no", "")
_COARSE_COLUMN_S = 60.0


@dataclass(frozen=True, slots=True)
class PictureQuery:
    """A window of time, the size of its picture and the style it is painted in."""

    start: np.datetime64
    end: np.datetime64
    width: int
    height: int
    style: Style

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
            start, end (ISO times, UTC), width, height (pixels), vmin, vmax (counts),
            percentile ("1,99"), cmap, log.
        settings : Settings
            Holds the limits.

        Raises
        ------
        BadInput
            A parameter that does not exist or cannot be read.
        LimitExceeded
            A picture or a window larger than the settings allow.
        """
        unknown = sorted(set(parameters) - set(_PARAMETERS))
        if unknown:
            raise _bad(unknown[0], parameters[unknown[0]], f"Known are {', '.join(_PARAMETERS)}.")
        midnight = np.datetime64(day, "us")
        start = _moment(parameters, "start", midnight)
        end = _moment(parameters, "end", midnight + _DAY)
        _check_window(start, end, settings.max_keogram_days)
        return cls(
            start,
            end,
            _size(parameters, "width", DEFAULT_SIZE[0], settings.max_picture_width),
            _size(parameters, "height", DEFAULT_SIZE[1], settings.max_picture_height),
            _style(parameters),
        )


def _style(parameters: Mapping[str, str]) -> Style:
    cmap = parameters.get("cmap") or DEFAULT_COLOUR_MAP
    if cmap not in COLOUR_MAPS:
        raise _bad("cmap", cmap, f"It is one of {', '.join(COLOUR_MAPS)}.")
    vmin, vmax = _number(parameters, "vmin"), _number(parameters, "vmax")
    if vmin is not None and vmax is not None and vmin >= vmax:
        raise _bad("vmin", parameters["vmin"], f"It must be below vmax ({vmax:g}).")
    log = parameters.get("log", "").lower()
    if log not in _TRUE + _FALSE:
        raise _bad("log", log, "Say true or false.")
    return Style(vmin, vmax, _percentiles(parameters), cmap, log in _TRUE)


def _percentiles(parameters: Mapping[str, str]) -> tuple[float, float]:
    given = parameters.get("percentile")
    if not given:
        return DEFAULT_PERCENTILES
    try:
        low, high = (float(part) for part in given.split(","))
    except ValueError:
        low, high = 1.0, 0.0
    if not 0 <= low < high <= 100:
        raise _bad("percentile", given, "Write two rising numbers from 0 to 100, as in 1,99.")
    return low, high


def _number(parameters: Mapping[str, str], name: str) -> float | None:
    given = parameters.get(name)
    if not given:
        return None
    try:
        value = float(given)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise _bad(name, given, "Write a number of counts.")
    return value


def _size(parameters: Mapping[str, str], name: str, default: int, limit: int) -> int:
    given = parameters.get(name)
    if not given:
        return min(default, limit)
    if not (given.isascii() and given.isdigit() and len(given) < 10 and int(given) > 0):
        raise _bad(name, given, "Write a whole number of pixels, at least 1.")
    if int(given) > limit:
        raise LimitExceeded(
            f"A picture of {name} {given} is larger than is drawn here.",
            hint=f"At most {limit} pixels.",
            limit=f"max_picture_{name}",
            asked=int(given),
            allowed=limit,
        )
    return int(given)


def _moment(parameters: Mapping[str, str], name: str, default: np.datetime64) -> np.datetime64:
    given = parameters.get(name)
    if not given:
        return default
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise _bad(name, given, "Write a UTC time as YYYY-MM-DDTHH:MM:SS.") from None
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    return np.datetime64(moment, "us")


def _check_window(start: np.datetime64, end: np.datetime64, max_days: float) -> None:
    days = (end - start) / _DAY
    if days <= 0:
        raise _bad("end", str(end), f"It must be later than start ({start}).")
    if days > max_days:
        raise LimitExceeded(
            f"A window of {days:.1f} days is longer than is drawn as one keogram.",
            hint=f"At most {max_days:g} days.",
            limit="max_keogram_days",
            asked=float(days),
            allowed=max_days,
        )


def _bad(name: str, value: str, hint: str) -> BadInput:
    return BadInput(f"{name}: {value[:60]!r} cannot be used.", hint=hint, field=name, value=value)
