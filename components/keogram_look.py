"""How an opened keogram is looked at, as part of the address.

The browser draws the keogram and keeps this part itself (`assets/modules/keogram/look.js` knows the
same words). Here it is read to say what of a link cannot be used, and to give it back unchanged.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import datetime

from core.imaging.colour import COLOUR_MAPS

Look = tuple[tuple[str, str], ...]

SLICES = {"column": "Centre column", "meridian": "Magnetic meridian"}
AXES = {
    "pixel": "Pixel",
    "lat": "Geographic latitude",
    "mlat": "Magnetic latitude",
}
SCALES = {"percentile": "1–99 %", "fixed": "Fixed for the array", "manual": "Manual"}
GAMMA_RANGE = (0.2, 5.0)


def _one_of(allowed: Mapping[str, str] | tuple[str, ...]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in allowed:
            raise ValueError(text)
        return text

    return read


def _number(text: str) -> str:
    if not math.isfinite(float(text)):
        raise ValueError(text)
    return text


def _gamma(text: str) -> str:
    if not GAMMA_RANGE[0] <= float(text) <= GAMMA_RANGE[1]:
        raise ValueError(text)
    return text


def _instant(text: str) -> str:
    datetime.fromisoformat(text)
    return text


# In the order in which an address has them.
READERS: dict[str, Callable[[str], str]] = {
    "slice": _one_of(SLICES),
    "axis": _one_of(AXES),
    "scale": _one_of(SCALES),
    "vmin": _number,
    "vmax": _number,
    "log": _one_of(("0", "1")),
    "gamma": _gamma,
    "cmap": _one_of(COLOUR_MAPS),
    "view": _one_of(("sky", "map")),
    "skymap": _one_of(("forced",)),
    "at": _instant,
    "px": _number,
    "t0": _instant,
    "t1": _instant,
}
LOOK_KEYS = tuple(READERS)
