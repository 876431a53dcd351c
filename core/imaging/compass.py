"""Where north, east and the circles of elevation lie in a picture of a frame.

Everything is given in pixels of the picture, x to the right and y downwards from its top left
corner, so that the drawing of the server and the overlay of a browser use the same lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.errors import BadInput
from core.imaging.fisheye import View, fitted, view_of

if TYPE_CHECKING:
    from core.imaging.skymap import Skymap

FloatArray = NDArray[np.float64]
Lines = tuple[FloatArray, ...]
"""Polylines, each float64 (points, 2) of x and y: a line that leaves the picture is cut there."""

CIRCLES_DEG = (0.0, 10.0, 30.0, 60.0)
_POINTS = {"N": 0.0, "E": 90.0, "S": 180.0, "W": 270.0}
_AROUND = np.linspace(0.0, 360.0, 181)
_DOWN = np.linspace(90.0, 0.0, 46)


@dataclass(frozen=True, slots=True)
class Compass:
    """Lines over a picture of `size` (width, height).

    Attributes
    ----------
    zenith : (float, float) or None
        Where the camera sees the zenith.
    north, east : Lines
        The azimuths 0 and 90 from the zenith down to the horizon.
    labels : dict of str to (x, y)
        N, E, S, W: the lowest place of these azimuths that the picture holds.
    circles : dict of float to Lines
        By elevation in degrees.
    slice : Lines
        The line of pixels that the keogram is made of.
    """

    size: tuple[int, int]
    view: View
    zenith: tuple[float, float] | None
    north: Lines
    east: Lines
    labels: dict[str, tuple[float, float]]
    circles: dict[float, Lines]
    slice: Lines

    def to_dict(self, *, fractions: bool = False) -> dict[str, Any]:
        """Return the lines as JSON has them.

        Parameters
        ----------
        fractions : bool
            Shares of the picture's width and height (five decimals) instead of pixels (a tenth).
        """
        unit = np.array(self.size if fractions else (1, 1), dtype="f8")
        digits = 5 if fractions else 1

        def plain(points: ArrayLike) -> Any:
            return np.round(np.asarray(points, dtype="f8") / unit, digits).tolist()

        return {
            "size": list(self.size),
            "view": self.view,
            "zenith": None if self.zenith is None else plain(self.zenith),
            "north": [plain(line) for line in self.north],
            "east": [plain(line) for line in self.east],
            "labels": {name: plain(at) for name, at in self.labels.items()},
            "circles": [
                {"elevation_deg": elevation, "lines": [plain(line) for line in lines]}
                for elevation, lines in self.circles.items()
            ],
            "slice": [plain(line) for line in self.slice],
        }


def compass(
    skymap: Skymap,
    shape: tuple[int, ...],
    size: int | None = None,
    view: View = "sky",
    slice_directions: tuple[ArrayLike, ArrayLike] | None = None,
) -> Compass:
    """Return where north, east, elevations and the keogram's line lie in a picture of a frame.

    Parameters
    ----------
    skymap : Skymap
        Of the frame's camera.
    shape : tuple of int
        Rows and columns of the frame.
    size, view
        As given to `core.imaging.fisheye.paint_fisheye`.
    slice_directions : (azimuth_deg, elevation_deg), optional
        Of the points of the keogram's line; by default it is the centre column.

    Raises
    ------
    BadInput
        A frame of another shape than the skymap's.
    """
    if tuple(shape[:2]) != tuple(skymap.shape):
        raise BadInput(
            f"The skymap is for frames of {skymap.shape}, not of {tuple(shape[:2])} pixels.",
            field="shape", value=tuple(shape),
        )  # fmt: skip
    canvas = _Canvas(skymap, size, view)
    down = {name: canvas.lines(azimuth, _DOWN) for name, azimuth in _POINTS.items()}
    column = canvas.column() if slice_directions is None else canvas.lines(*slice_directions)
    zenith = canvas.points(0.0, 90.0)[0]
    return Compass(
        (canvas.width, canvas.height),
        view,
        (float(zenith[0]), float(zenith[1])) if np.isfinite(zenith).all() else None,
        down["N"],
        down["E"],
        {name: _end(lines) for name, lines in down.items() if lines},
        {elevation: canvas.lines(_AROUND, elevation) for elevation in CIRCLES_DEG},
        column,
    )


class _Canvas:
    """From directions to pixels of the picture."""

    def __init__(self, skymap: Skymap, size: int | None, view: View) -> None:
        from core.imaging.pixel_finder import finder_of  # brings scipy

        view_of(np.empty((1, 1)), view)  # says so when there is no such view
        self.finder = finder_of(skymap)
        self.rows, self.columns = skymap.shape
        self.height, self.width = fitted(skymap.shape, size)
        self.mirrored = view == "map"

    def points(self, azimuth_deg: ArrayLike, elevation_deg: ArrayLike) -> FloatArray:
        azimuth, elevation = np.broadcast_arrays(
            np.atleast_1d(np.asarray(azimuth_deg, dtype="f8")),
            np.atleast_1d(np.asarray(elevation_deg, dtype="f8")),
        )
        # Continued over the rim: a table of directions ends with the last pixel above the horizon.
        x, y = self.finder.extended(azimuth, elevation)
        with np.errstate(invalid="ignore"):
            inside = (x >= 0) & (x <= self.columns) & (y >= 0) & (y <= self.rows)
        x, y = np.where(inside, x, np.nan), np.where(inside, y, np.nan)
        return self._placed(x, y)

    def lines(self, azimuth_deg: ArrayLike, elevation_deg: ArrayLike) -> Lines:
        return runs(self.points(azimuth_deg, elevation_deg))

    def column(self) -> Lines:
        middle = self.columns // 2 + 0.5
        return (self._placed(np.full(2, middle), np.array([0.0, self.rows])),)

    def _placed(self, x: FloatArray, y: FloatArray) -> FloatArray:
        across = np.asarray(x, dtype="f8") * (self.width / self.columns)
        if self.mirrored:
            across = self.width - across
        return np.stack([across, np.asarray(y, dtype="f8") * (self.height / self.rows)], axis=-1)


def runs(points: FloatArray) -> Lines:
    """Return the runs of two and more points that are finite."""
    good = np.isfinite(points).all(axis=1)
    cuts = np.flatnonzero(np.diff(good)) + 1
    return tuple(
        run for run in np.split(points, cuts) if len(run) > 1 and bool(np.isfinite(run).all())
    )


def _end(lines: Lines) -> tuple[float, float]:
    x, y = lines[-1][-1]
    return float(x), float(y)
