"""Small bright things in a picture: stars, the disc of the Moon and its ghost in the lens.

Each is drawn into the pixels around it with one expression and added in one order, so that a
pixel gets the same bits whichever other pixels are asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.imaging.lens import Lens
from core.simulation.cameras.camera import Camera

FloatArray = NDArray[np.float64]
Float32 = NDArray[np.float32]
Index = NDArray[np.int64]


@dataclass(frozen=True, eq=False, slots=True)
class Spots:
    """Spots at times, arrays of shape (n,): row of the time, place in pixels, light."""

    row: Index
    x: FloatArray
    y: FloatArray
    light: FloatArray

    def only(self, chosen: NDArray[np.bool_]) -> Spots:
        """Return some of the spots."""
        return Spots(self.row[chosen], self.x[chosen], self.y[chosen], self.light[chosen])


class Slots:
    """Which of the asked pixels a pixel is.

    Parameters
    ----------
    camera : Camera
        Whose image.
    index : int64 array, shape (n,)
        The asked pixels, rising.
    """

    def __init__(self, camera: Camera, index: Index) -> None:
        self._camera = camera
        self._first, self._count = int(index[0]), index.size
        self._table: NDArray[np.int32] | None = None
        self._near: dict[int, NDArray[np.bool_]] = {}
        columns = index % camera.width
        self._used = np.zeros(camera.width, dtype=np.bool_)
        self._used[columns] = True
        if int(index[-1]) - self._first + 1 != index.size:
            self._table = np.full(camera.height * camera.width, -1, dtype=np.int32)
            self._table[index] = np.arange(index.size)

        column = columns + 0.5 - camera.lens.centre_x
        self.aside_px = float(np.abs(column).max())
        """How far the asked pixels lie to the side of the zenith, at most."""

    def of(self, row: Index, column: Index) -> Index:
        """Return places among the asked pixels, -1 for those not asked for."""
        height, width = self._camera.height, self._camera.width
        inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
        index = np.where(inside, row * width + column, 0)
        if self._table is not None:
            return np.where(inside, self._table[index], -1)
        slot = index - self._first
        return np.where(inside & (slot >= 0) & (slot < self._count), slot, -1)

    def columns(self, column: Index) -> NDArray[np.bool_]:
        """Return which columns of the image hold an asked pixel."""
        inside = (column >= 0) & (column < self._used.size)
        return inside & self._used.take(column, mode="clip")

    def near(self, spots: Spots, reach: int) -> Spots:
        """Return the spots that may touch an asked pixel."""
        width = self._camera.width
        if self._table is None:
            top, bottom = self._first // width, (self._first + self._count - 1) // width
            return spots.only((spots.y > top - reach - 1) & (spots.y < bottom + reach + 2))
        touched = self._touched(reach)
        row = np.clip(np.floor(spots.y), 0, touched.shape[0] - 1).astype(np.int64)
        column = np.clip(np.floor(spots.x), 0, touched.shape[1] - 1).astype(np.int64)
        return spots.only(touched[row, column])

    def _touched(self, reach: int) -> NDArray[np.bool_]:
        """Return for each pixel whether an asked one lies within a square around it."""
        found = self._near.get(reach)
        if found is None:
            assert self._table is not None
            found = (self._table >= 0).reshape(self._camera.height, self._camera.width)
            for axis in (0, 1):
                padded = np.pad(found, _pad(axis, reach))
                ends = np.cumsum(padded, axis=axis, dtype=np.int16)
                last = ends.shape[axis]
                head = np.take(ends, range(2 * reach + 1, last), axis=axis)
                found = head > np.take(ends, range(last - 2 * reach - 1), axis=axis)
            self._near[reach] = found
        return found


def _pad(axis: int, reach: int) -> list[tuple[int, int]]:
    pads = [(0, 0), (0, 0)]
    pads[axis] = (reach + 1, reach)
    return pads


def place(
    lens: Lens, east: FloatArray, north: FloatArray, up: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return where directions (unit vectors above the horizon) fall in an image; see `Lens`."""
    level = np.maximum(np.sqrt(np.maximum(1.0 - up * up, 0.0)), 1e-12)
    radius = lens.radius_px(np.arccos(np.minimum(up, 1.0))) / level
    turn, root = np.radians(lens.rotation_deg), np.sqrt(lens.aspect)
    side = -1.0 if lens.flip else 1.0
    x = lens.centre_x - side * root * radius * (east * np.cos(turn) - north * np.sin(turn))
    y = lens.centre_y - radius / root * (north * np.cos(turn) + east * np.sin(turn))
    return x, y


def add_gaussians(image: Float32, slots: Slots, spots: Spots, sigma_px: float) -> None:
    """Add spots of Gaussian shape; `light` is all of a spot's light.

    Parameters
    ----------
    image : float32 array, shape (times, pixels)
        Is added to.
    """
    reach = int(np.ceil(3.7 * sigma_px))
    found = slots.near(spots, reach)
    if not found.row.size:
        return
    square = _Squares(slots, found, reach)
    across = np.exp(square.across * (-0.5 / sigma_px**2))
    along = np.exp(square.along * (-0.5 / sigma_px**2))
    along *= (found.light / (2.0 * np.pi * sigma_px**2))[:, None]
    square.add(image, along[square.spot] * across[:, None])


def add_halo(image: Float32, slots: Slots, spots: Spots, length_px: float, reach: int) -> None:
    """Add spots that fall off exponentially from `light` at their middle."""
    found = slots.near(spots, reach)
    if not found.row.size:
        return
    square = _Squares(slots, found, reach)
    distance = np.sqrt(square.across[:, None] + square.along[square.spot])
    light = found.light[square.spot, None]
    square.add(image, light * np.exp(distance * (-1.0 / length_px)))


class _Squares:
    """The pixels around spots, as upright strips; strips with no asked pixel are left out.

    Parameters
    ----------
    slots, spots
        The asked pixels and the spots, n of them.
    reach : int
        How many pixels to each side of a spot's own.

    Attributes
    ----------
    spot : int64 array, shape (strips,)
        Number of the spot, rising.
    across : array, shape (strips,)
        Squared distance of the strip's column from its spot.
    along : array, shape (n, 2 reach + 1)
        Squared distance of each row from its spot.
    """

    def __init__(self, slots: Slots, spots: Spots, reach: int) -> None:
        step = np.arange(-reach, reach + 1)
        column = np.floor(spots.x).astype(np.int64)[:, None] + step
        row = np.floor(spots.y).astype(np.int64)[:, None] + step
        self._slots, self._time, self._row = slots, spots.row, row
        self.spot, strip = np.nonzero(slots.columns(column))
        self._column = column[self.spot, strip]
        self.across: FloatArray = (self._column + 0.5 - spots.x[self.spot]) ** 2
        self.along: FloatArray = (row + 0.5 - spots.y[:, None]) ** 2

    def add(self, image: Float32, value: FloatArray) -> None:
        """Add values of shape (strips, 2 reach + 1) to an image of shape (times, pixels)."""
        slot = self._slots.of(self._row[self.spot], self._column[:, None])
        asked = slot >= 0
        flat = (self._time[self.spot, None] * image.shape[1] + slot)[asked]
        np.add.at(image.reshape(-1), flat, value[asked].astype(np.float32))
