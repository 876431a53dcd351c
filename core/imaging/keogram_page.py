"""A keogram to take away: picture, axes in pixels or degrees, colour bar, and its words."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal, get_args

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from core.errors import BadInput
from core.geo.magnetic import mlt_h, to_magnetic
from core.imaging.caption import caption_of, moment_text
from core.imaging.colour import limits_of
from core.imaging.fisheye import Limits
from core.imaging.page import EdgeMarks, Marks, Page, Plan
from core.imaging.render import Style, paint
from core.imaging.sheet import LIGHT, Palette
from core.imaging.skymap_check import SkymapUse
from core.imaging.ticks import number_text, time_ticks
from core.instruments.registry import array_for, find_site

FloatArray = NDArray[np.float64]
Axis = Literal["pixel", "geographic", "magnetic"]
AXES: tuple[Axis, ...] = get_args(Axis)

_COORDINATE = {"pixel": "pixel", "geographic": "latitude", "magnetic": "mlat_deg"}
_NAME = {"pixel": "pixel from south", "geographic": "latitude", "magnetic": "AACGM latitude"}
_UNIT = {"pixel": "", "geographic": "°", "magnetic": "°"}
_CLOSEST_LETTERS = 1.5
_STEPS = np.array([0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0])


@dataclass(frozen=True, slots=True)
class KeogramLook:
    """How a keogram is drawn.

    Attributes
    ----------
    axis : "pixel", "geographic" or "magnetic"
        What the numbers at its left are; rows of the picture are pixels in any case, so that
        degrees stand closer near the horizon.
    style, scale
        As in `core.imaging.drawing.Look`.
    width, height : int
        Of the image, pixels.
    palette : Palette
    """

    axis: Axis = "pixel"
    style: Style = field(default_factory=Style)
    scale: Literal["percentile", "fixed"] = "percentile"
    width: int = 1200
    height: int = 384
    palette: Palette = LIGHT


def keogram_page(
    dataset: xr.Dataset,
    start: np.datetime64,
    end: np.datetime64,
    use: SkymapUse | None,
    look: KeogramLook | None = None,
) -> tuple[NDArray[np.uint8], dict[str, str]]:
    """Return a keogram as a page, and what it says of itself to programs.

    Parameters
    ----------
    dataset : xarray.Dataset
        counts (time, pixel[, channel]); for an axis in degrees latitude or mlat_deg along pixel.
    start, end : datetime64
        Left and right edge, UTC.
    use : SkymapUse or None
        The skymap that its axis or line comes from.
    look : KeogramLook, optional

    Returns
    -------
    page : uint8 array, shape (height, width, 3)
    facts : dict of str to str

    Raises
    ------
    BadInput
        An axis that the keogram does not have.
    """
    look = look or KeogramLook()
    picture = paint(dataset, start, end, (look.width, look.height), _chosen(dataset, look))
    colour = dataset["counts"].ndim == 3
    plan = Plan(
        look.width, look.height, look.style, not colour,
        edges=_edges(dataset, start, end, look), palette=look.palette,
        text=_letter(look),
    )  # fmt: skip
    method = str(dataset.attrs.get("source", ""))
    if method.startswith("SIMULATED"):  # the caption's mark says so in its own line
        method = method.rpartition("; ")[2]
    caption = caption_of(dataset.attrs, use).saying(
        *([method] if method else []), _cadence(dataset), line=method, axis=_NAME[look.axis]
    )
    facts = dict(caption.facts) | _facts(start, end, picture.limits, look, caption.unit)
    page = Page(caption, plan, picture.limits)
    return page.fill(picture.rgba(), _span(start, end)), facts


def _letter(look: KeogramLook) -> float:
    return max(9.0, 0.0115 * (look.width + look.height))


def _chosen(dataset: xr.Dataset, look: KeogramLook) -> Style:
    """Return the style with the array's limits where those are asked for."""
    if look.scale == "percentile":
        return look.style
    low, high = limits_of(
        dataset["counts"].values[:0], "fixed", array=str(dataset.attrs["array"]),
        vmin=look.style.vmin, vmax=look.style.vmax,
    )  # fmt: skip
    return replace(look.style, vmin=low, vmax=high)


def _edges(
    dataset: xr.Dataset, start: np.datetime64, end: np.datetime64, look: KeogramLook
) -> EdgeMarks:
    span = (end - start) / np.timedelta64(1, "us")
    moments, texts = time_ticks(start, end, max(2, look.width // 110))
    shares = (moments.astype("M8[us]") - start) / np.timedelta64(1, "us") / span
    bottom = tuple(zip((shares * look.width).tolist(), texts, strict=True))
    below: Marks = ()
    if look.axis == "magnetic":
        below = tuple(
            (x, text) for (x, _), text in zip(bottom, _mlt(dataset, moments), strict=True)
        )
    letter = _letter(look)
    names = (_NAME[look.axis], "UTC", "MLT" if below else "")
    return EdgeMarks(left=_rows(dataset, look, letter), bottom=bottom, below=below, names=names)


def _rows(dataset: xr.Dataset, look: KeogramLook, letter: float) -> Marks:
    """Return round values along the left edge, from pixel centres by interpolation."""
    name = _COORDINATE[look.axis]
    if name not in dataset.coords:
        raise BadInput(
            f"The keogram has no {_NAME[look.axis]} axis.", hint="It needs a skymap.",
            field="axis", value=look.axis,
        )  # fmt: skip
    values = np.asarray(dataset[name].values, dtype="f8")
    pixels = np.arange(len(values)) + 0.5
    if look.axis == "pixel":
        values = pixels
    ordered = _rising(values)
    if ordered.size < 2:
        return ()
    order = ordered[np.argsort(values[ordered])]
    lat, row = values[order], look.height * (1 - pixels[order] / len(values))
    apart = _CLOSEST_LETTERS * letter
    fastest = float(np.abs(np.gradient(row, lat)).max())  # pixels of the picture for a unit
    steps = _STEPS[_STEPS * fastest >= 2.0 * apart]
    middle = float(lat[np.abs(row - look.height / 2).argmin()])
    ticks = _outward(lat, row, middle, steps, apart)
    return tuple(
        (float(np.interp(tick, lat, row)), f"{number_text(tick)}{_UNIT[look.axis]}")
        for tick in ticks
    )


def _rising(values: FloatArray) -> NDArray[np.intp]:
    """Return the longest run of pixels whose values are numbers and go one way."""
    best: NDArray[np.intp] = np.zeros(0, dtype=np.intp)
    for sign in (1, -1):
        good = np.r_[False, sign * np.diff(values) > 0]
        for run in np.split(np.arange(len(values)), np.flatnonzero(~good)):
            if run.size > best.size and np.isfinite(values[run]).all():
                best = run
    return best


def _outward(
    values: FloatArray, rows: FloatArray, middle: float, steps: FloatArray, apart: float
) -> list[float]:
    """Return round values from the middle to both ends, in larger steps where rows are close.

    Near the horizon a pixel spans degrees: numbers in one step would stand on each other there.
    """
    if not len(steps):
        return []
    first = float(np.clip(round(middle / steps[0]) * steps[0], values[0], values[-1]))
    first = round(first / steps[0]) * float(steps[0])
    ticks = [first] if values[0] <= first <= values[-1] else []
    for side in (1, -1):
        at = first
        for number, step in enumerate(steps):
            while True:
                # The finest step goes on without a gap; a larger one may leave out one number.
                ahead = np.floor(side * at / step + 1e-9) + np.arange(1, 2 + bool(number))
                here = side * ahead * step
                here = here[(here >= values[0]) & (here <= values[-1])]
                far = np.abs(np.interp(here, values, rows) - np.interp(at, values, rows))
                if not (far >= apart).any():
                    break
                at = float(here[int(np.argmax(far >= apart))])
                ticks.append(at)
    return sorted(ticks)


def _mlt(dataset: xr.Dataset, moments: NDArray[np.datetime64]) -> list[str]:
    """Return magnetic local times of the site, HH:MM."""
    array = array_for(str(dataset.attrs["array"]))
    site = find_site(array.key, str(dataset.attrs["site"]))
    if not len(moments):
        return []
    _, mlon_deg = to_magnetic(site.lat_deg, site.lon_deg, array.emission_alt_km, moments[0])
    minutes = np.rint(mlt_h(mlon_deg, moments) * 60).astype(int) % 1440
    return [f"{minute // 60:02d}:{minute % 60:02d}" for minute in minutes]


def _cadence(dataset: xr.Dataset) -> str:
    cadence_s = float(dataset.attrs.get("cadence_s", 0.0))
    count = dataset.sizes["time"]
    return f"{count:,} lines, one every {cadence_s:g} s" if cadence_s else f"{count:,} lines"


def _span(start: np.datetime64, end: np.datetime64) -> str:
    digits = 19 if end - start < np.timedelta64(2, "h") else 16
    first, last = (moment_text(moment)[:digits] for moment in (start, end))
    return f"{first} to {last[11:] if first[:10] == last[:10] else last} UTC"


def _facts(
    start: np.datetime64, end: np.datetime64, limits: Limits, look: KeogramLook, unit: str
) -> dict[str, str]:
    style = look.style
    return {
        "Start": f"{np.datetime_as_string(start.astype('M8[ms]'))}Z",
        "End": f"{np.datetime_as_string(end.astype('M8[ms]'))}Z",
        "Colour scale": f"{limits[0]:g} to {limits[1]:g} {unit}, "
        f"{'logarithmic' if style.log else 'linear'}, gamma {style.gamma:g}, {style.cmap}",
    }
