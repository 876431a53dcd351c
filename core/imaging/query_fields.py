"""Parameters of pictures and movies as text, read and checked against the limits."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from datetime import UTC, datetime

import numpy as np

from core.errors import BadInput, LimitExceeded
from core.imaging.colour import COLOUR_MAPS, DEFAULT_COLOUR_MAP, DEFAULT_PERCENTILES
from core.imaging.render import Style

STYLE_FIELDS = ("vmin", "vmax", "percentile", "cmap", "log", "gamma")
GAMMAS = (0.05, 20.0)
SCALE_END = 1e9
"""Largest value at an end of a scale: images are float32, and differences have to be too."""
_TRUE, _FALSE = ("true", "1", "yes"), ("false", "0", "no", "")


class Fields:
    """The parameters of one request.

    Parameters
    ----------
    values : mapping of str to str
        An empty text counts as absent.
    known : collection of str
        Names that there are; another one raises BadInput, so that a misspelt wish is not lost.
    """

    def __init__(self, values: Mapping[str, str], known: Collection[str]) -> None:
        self._values = values
        unknown = sorted(set(values) - set(known))
        if unknown:
            raise bad(unknown[0], values[unknown[0]], f"Known are {', '.join(known)}.")

    def text(self, name: str) -> str:
        """Return a parameter, empty where it is absent."""
        return self._values.get(name) or ""

    def choice(self, name: str, allowed: Collection[str], default: str) -> str:
        """Return a parameter that is one of `allowed`."""
        given = self.text(name) or default
        if given not in allowed:
            raise bad(name, given, f"It is one of {', '.join(allowed)}.")
        return given

    def flag(self, name: str) -> bool:
        """Return a parameter that is true or false; absent means false."""
        given = self.text(name).lower()
        if given not in _TRUE + _FALSE:
            raise bad(name, given, "Say true or false.")
        return given in _TRUE

    def number(self, name: str, hint: str = "Write a number.") -> float | None:
        """Return a parameter that is a finite number, None where it is absent."""
        given = self.text(name)
        if not given:
            return None
        try:
            value = float(given)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise bad(name, given, hint)
        return value

    def scale_end(self, name: str, hint: str) -> float | None:
        """Return a parameter that is an end of a colour scale, None where it is absent."""
        value = self.number(name, hint)
        if value is not None and abs(value) > SCALE_END:
            raise bad(name, self.text(name), f"It lies between -{SCALE_END:g} and {SCALE_END:g}.")
        return value

    def number_within(self, name: str, default: float, low: float, high: float) -> float:
        """Return a parameter that is a number from `low` to `high`."""
        value = self.number(name)
        if value is None:
            return default
        if not low <= value <= high:
            raise bad(name, self.text(name), f"It lies between {low:g} and {high:g}.")
        return value

    def size(self, name: str, default: int, limit: int, setting: str) -> int:
        """Return a number of pixels, which `setting` limits."""
        given = self.text(name)
        if not given:
            return min(default, limit)
        if not (given.isascii() and given.isdigit() and len(given) < 10 and int(given) > 0):
            raise bad(name, given, "Write a whole number of pixels, at least 1.")
        if int(given) > limit:
            raise LimitExceeded(
                f"A picture of {name} {given} is larger than is drawn here.",
                hint=f"At most {limit} pixels.",
                limit=setting,
                asked=int(given),
                allowed=limit,
            )
        return int(given)

    def moment(self, name: str, default: np.datetime64 | None = None) -> np.datetime64:
        """Return a parameter that is an ISO time, UTC unless it says otherwise; datetime64[us]."""
        given = self.text(name)
        if not given and default is not None:
            return default
        try:
            moment = datetime.fromisoformat(given)
            if moment.tzinfo is not None:
                moment = moment.astimezone(UTC).replace(tzinfo=None)
        except (ValueError, OverflowError):  # an offset may lead out of all years
            raise bad(name, given, "Write a UTC time as YYYY-MM-DDTHH:MM:SS.") from None
        return np.datetime64(moment, "us")

    def style(self) -> Style:
        """Return how counts become colours, from `STYLE_FIELDS`."""
        cmap = self.choice("cmap", COLOUR_MAPS, DEFAULT_COLOUR_MAP)
        counts = "Write a number of counts."
        vmin, vmax = self.scale_end("vmin", counts), self.scale_end("vmax", counts)
        if vmin is not None and vmax is not None and vmin >= vmax:
            raise bad("vmin", self.text("vmin"), f"It must be below vmax ({vmax:g}).")
        gamma = self.number_within("gamma", 1.0, *GAMMAS)
        return Style(vmin, vmax, self._percentiles(), cmap, self.flag("log"), gamma)

    def _percentiles(self) -> tuple[float, float]:
        given = self.text("percentile")
        if not given:
            return DEFAULT_PERCENTILES
        try:
            low, high = (float(part) for part in given.split(","))
        except ValueError:
            low, high = 1.0, 0.0
        if not 0 <= low < high <= 100:
            raise bad("percentile", given, "Write two rising numbers from 0 to 100, as in 1,99.")
        return low, high


def bad(name: str, value: str, hint: str) -> BadInput:
    """Return the error that says which parameter cannot be used."""
    return BadInput(f"{name}: {value[:60]!r} cannot be used.", hint=hint, field=name, value=value)
