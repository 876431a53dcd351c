"""Options that the three verbs share, and what they mean."""

from __future__ import annotations

import argparse
import math
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from core.errors import BadInput
from core.imaging.colour import COLOUR_MAPS, DEFAULT_COLOUR_MAP, DEFAULT_PERCENTILES
from core.imaging.drawing import MIN_ELEVATION_DEG, Look
from core.imaging.fisheye import VIEWS
from core.imaging.render import Style
from core.imaging.sheet import DARK, LIGHT

EPILOG = """SOURCE is one of
  46                     the identifier of a data source
  themis-asi/gill        an imager array and a site
  FILE                   a provider's file (PGM, THEMIS CDF, TREx PNG); needs no archive
  FOLDER                 such files of one camera

Times are UTC, as 2014-03-10T06:00:00. A frame's time is the middle of its exposure.

exit status:
  0  the file was written; its name is on the standard output
  1  it could not be made: no frames, a skymap that does not belong to them, a disk that is full
  2  wrong usage or settings
"""
MIN_SIZE, MAX_SIZE = 128, 4096
GAMMAS = (0.05, 20.0)
MAX_ALT_KM = 2000.0
"""Where the coefficients of AACGM end."""


def add_source(parser: argparse.ArgumentParser) -> None:
    """Add SOURCE and the choice of its skymap."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EPILOG
    parser.add_argument("source", metavar="SOURCE", help="what to draw; see below")
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        "--skymap", type=Path, metavar="FILE.sav",
        help="skymap to use instead of the archive's; files without one get a model, marked so",
    )  # fmt: skip
    group.add_argument(
        "--model-skymap", action="store_true",
        help="use a model of the lens and its turn; marked as approximate",
    )  # fmt: skip
    parser.add_argument(
        "--accept-skymap", action="store_true",
        help="use a skymap of another camera or interval; what is made says so",
    )  # fmt: skip
    parser.add_argument(
        "--alt-km", type=altitude, metavar="KM",
        help="altitude of the emission (default: the array's, 110 or 230)",
    )  # fmt: skip


def add_output(parser: argparse.ArgumentParser, kinds: str, *, bar: bool = True) -> None:
    """Add the file to write, and whether to show progress where there is a bar."""
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE",
        help=f"file to write, {kinds} (default: named after source and time, here)",
    )  # fmt: skip
    if bar:
        parser.add_argument("--quiet", action="store_true", help="no progress bar")


def add_style(parser: argparse.ArgumentParser) -> None:
    """Add colours."""
    group = parser.add_argument_group("colours")
    group.add_argument(
        "--scale", choices=("percentile", "fixed"), default="percentile",
        help="ends of the scale: percentiles of what is drawn, or the array's own limits, "
        "the same for every site and night (default: %(default)s)",
    )  # fmt: skip
    group.add_argument(
        "--percentile", type=percentiles, default=DEFAULT_PERCENTILES, metavar="LOW,HIGH",
        help="percentiles of the scale (default: 1,99)",
    )  # fmt: skip
    group.add_argument("--vmin", type=finite, metavar="COUNTS", help="lower end of the scale")
    group.add_argument("--vmax", type=finite, metavar="COUNTS", help="upper end of the scale")
    group.add_argument("--log", action="store_true", help="logarithmic scale")
    group.add_argument(
        "--gamma", type=exponent, default=1.0, help="above 1 brightens what is faint (default: 1)"
    )
    group.add_argument(
        "--cmap", choices=COLOUR_MAPS, default=DEFAULT_COLOUR_MAP,
        help="colour map (default: %(default)s)",
    )  # fmt: skip
    group.add_argument("--dark", action="store_true", help="on a dark page")


def add_look(parser: argparse.ArgumentParser, size: int) -> None:
    """Add how frames are drawn."""
    group = parser.add_argument_group("drawing")
    group.add_argument("--map", action="store_true", help="project onto a map")
    group.add_argument(
        "--view", choices=VIEWS, default="sky",
        help="east to the left as one looks up (sky), or to the right (map) (default: sky)",
    )  # fmt: skip
    group.add_argument(
        "--radius-km", type=positive, metavar="KM",
        help="half the width of the map (default: what is seen)",
    )  # fmt: skip
    group.add_argument(
        "--min-elevation", type=elevation, default=MIN_ELEVATION_DEG, metavar="DEG",
        help="leave out of the map what is seen lower (default: %(default)g)",
    )  # fmt: skip
    group.add_argument(
        "--size", type=pixels, default=size, metavar="PIXELS",
        help="longer side of the image; the page is larger by its words (default: %(default)s)",
    )  # fmt: skip
    group.add_argument("--no-lines", action="store_true", help="no compass, no graticule")


def style_of(args: argparse.Namespace) -> Style:
    """Return the colours that the options name.

    Raises
    ------
    BadInput
        The lower end of the scale is not below the upper one; a logarithmic scale that ends at 1
        or below.
    """
    if args.log and args.vmax is not None and args.vmax <= 1:
        raise BadInput(
            f"A logarithmic scale cannot end at {args.vmax:g}.",
            hint="It starts at 1 at the least: give a larger --vmax.", field="vmax",
            value=args.vmax,
        )  # fmt: skip
    if args.vmin is not None and args.vmax is not None and args.vmin >= args.vmax:
        raise BadInput(
            f"--vmin {args.vmin:g} is not below --vmax {args.vmax:g}.", field="vmin",
            value=args.vmin,
        )  # fmt: skip
    return Style(args.vmin, args.vmax, args.percentile, args.cmap, args.log, args.gamma)


def look_of(args: argparse.Namespace) -> Look:
    """Return how frames are to be drawn."""
    return Look(
        what="map" if args.map else "frames",
        style=style_of(args),
        scale=args.scale,
        size=args.size,
        view=args.view,
        alt_km=args.alt_km,
        radius_km=args.radius_km,
        min_elevation_deg=args.min_elevation,
        lines=not args.no_lines,
        palette=DARK if args.dark else LIGHT,
    )


def moment(text: str) -> np.datetime64:
    """Return the UTC time that a word names; argparse reports what is none."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no time: write UTC as 2014-03-10T06:00:00"
        ) from None
    if time.tzinfo is not None:
        time = time.astimezone(UTC).replace(tzinfo=None)
    return np.datetime64(time, "us")


def finite(text: str) -> float:
    """Return a number."""
    value = _number(text)
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"{text!r} is no number")
    return value


def positive(text: str) -> float:
    """Return a number above 0."""
    value = _number(text)
    if not (math.isfinite(value) and value > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return value


def altitude(text: str) -> float:
    """Return an altitude in km, above 0 and where magnetic coordinates are defined."""
    value = _number(text)
    if not 0 < value <= MAX_ALT_KM:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no altitude: it is above 0 and at most {MAX_ALT_KM:g} km"
        )
    return value


def exponent(text: str) -> float:
    """Return a gamma."""
    value = _number(text)
    if not GAMMAS[0] <= value <= GAMMAS[1]:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no gamma: it is {GAMMAS[0]:g} to {GAMMAS[1]:g}"
        )
    return value


def elevation(text: str) -> float:
    """Return an angle above the horizon."""
    value = _number(text)
    if not 0 <= value < 90:
        raise argparse.ArgumentTypeError(f"{text!r} is no elevation: it is 0 to 89 degrees")
    return value


def pixels(text: str) -> int:
    """Return the size of a picture."""
    if not text.isdecimal() or not MIN_SIZE <= int(text) <= MAX_SIZE:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no size: it is {MIN_SIZE} to {MAX_SIZE} pixels"
        )
    return int(text)


def percentiles(text: str) -> tuple[float, float]:
    """Return two rising percentiles."""
    numbers = [_number(part) for part in text.split(",")]
    if len(numbers) != 2 or not 0 <= numbers[0] < numbers[1] <= 100:
        raise argparse.ArgumentTypeError(f"{text!r} are no two rising percentiles, as in 1,99")
    return numbers[0], numbers[1]


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
