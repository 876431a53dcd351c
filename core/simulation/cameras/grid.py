"""Nodes over a camera's image, a few pixels apart, and the way between them and pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.imaging.lens import Lens
from core.simulation.cameras.camera import Camera
from core.simulation.cameras.layers import Layer

FloatArray = NDArray[np.float64]
Float32 = NDArray[np.float32]
Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Grid:
    """Nodes every `step` pixels; one of their columns is the centre column of the image.

    Attributes
    ----------
    lens : Lens
        Of the camera.
    width : int
        Columns of pixels.
    step : int
        Pixels between nodes.
    left : float
        Place of the first column of pixels among the columns of nodes.
    columns, rows : int
        Of nodes; the outermost lie on or beyond the edges of the image.
    """

    lens: Lens
    width: int
    step: int
    left: float
    columns: int
    rows: int

    @staticmethod
    def of(camera: Camera, layer: Layer) -> Grid:
        """Return the nodes at which a camera sees a layer."""
        step, middle = camera.design.node_step * layer.coarse, camera.width // 2
        left = -(-middle // step)
        right = -(-(camera.width - 1 - middle) // step)
        rows = -(-(camera.height - 1) // step) + 1
        return Grid(camera.lens, camera.width, step, left - middle / step, left + right + 1, rows)

    @property
    def size(self) -> int:
        """Number of nodes."""
        return self.columns * self.rows

    def pixel(self, node: Index) -> tuple[FloatArray, FloatArray]:
        """Return where nodes are in the image, pixels."""
        row, column = np.divmod(node, self.columns)
        return (column - self.left) * self.step + 0.5, row * self.step + 0.5

    def at(self, x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return column and row among the nodes of places in the image."""
        return (x - 0.5) / self.step + self.left, (y - 0.5) / self.step

    def at_pixels(self, index: Index) -> tuple[FloatArray, FloatArray]:
        """Return column and row among the nodes of pixels (row times width plus column)."""
        row, column = np.divmod(index, self.width)
        return self.at(column + 0.5, row + 0.5)

    def beyond(self, x: FloatArray, y: FloatArray) -> FloatArray:
        """Return how far places lie beyond the horizon, pixels; negative within."""
        root = np.sqrt(self.lens.aspect)
        reach = np.hypot((x - self.lens.centre_x) / root, (y - self.lens.centre_y) * root)
        return np.asarray(reach - self.lens.horizon_px)


def bilinear(column: FloatArray, row: FloatArray, grid: Grid) -> tuple[Index, Float32]:
    """Return the four nodes around each place, and their weights, arrays of shape (..., 4).

    A place on a node has the node alone: what has no weight is that node again.
    """
    column = np.clip(column, 0.0, grid.columns - 1.0)
    row = np.clip(row, 0.0, grid.rows - 1.0)
    left = np.minimum(np.floor(column), grid.columns - 2).astype(np.int64)
    top = np.minimum(np.floor(row), grid.rows - 2).astype(np.int64)
    right, down = column - left, row - top
    first = top * grid.columns + left
    nodes = np.stack([first, first + 1, first + grid.columns, first + grid.columns + 1], -1)
    weights = np.stack(
        [(1 - right) * (1 - down), right * (1 - down), (1 - right) * down, right * down], -1
    ).astype(np.float32)
    most = np.take_along_axis(nodes, weights.argmax(-1)[..., None], -1)
    return np.where(weights > 0, nodes, most), weights
