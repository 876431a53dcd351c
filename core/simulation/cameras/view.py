"""Sets of a camera's pixels, with all that is known of them beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.simulation.aurora.field import Aurora
from core.simulation.cameras.camera import Camera
from core.simulation.cameras.glow import Glow, Sight, lay_of, layers_of, nodes_of, sight_of
from core.simulation.cameras.grid import Grid
from core.simulation.cameras.pixels import Pixels, pixels_of
from core.simulation.cameras.spots import Slots

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Float32 = NDArray[np.float32]
Index = NDArray[np.int64]
Times = NDArray[np.datetime64]


class Nodes:
    """The nodes of a camera that some pixels need, or all of them.

    Parameters
    ----------
    camera : Camera
        The camera.
    index : int64 array, optional
        The pixels; by default all of the image.
    """

    def __init__(self, camera: Camera, index: Index | None = None) -> None:
        self.camera = camera
        self.layers = layers_of(camera)
        self.numbers = [
            None if index is None else nodes_of(camera, layer, index) for layer, _ in self.layers
        ]
        self._kept: tuple[np.datetime64, list[Sight]] | None = None

    @property
    def size(self) -> int:
        """Number of nodes."""
        return sum(
            Grid.of(self.camera, layer).size if numbers is None else numbers.size
            for (layer, _), numbers in zip(self.layers, self.numbers, strict=True)
        )

    def glow(self, aurora: Aurora, times: Times) -> Glow:
        """Return the aurora at the nodes, at times of one month."""
        brightness: dict[str, Float32] = {}
        mean: dict[str, NDArray[np.float64]] = {}
        for sight in self._in_month(times[0].astype("datetime64[M]")):
            found = sight.glow(aurora, times, self.camera.array.exposure_s)
            brightness |= found.brightness
            mean |= found.mean
        return Glow(brightness, mean)

    def _in_month(self, month: np.datetime64) -> list[Sight]:
        """Return the lines of sight in a month; the last month asked for is kept."""
        kept = self._kept
        if kept is not None and kept[0] == month:
            return kept[1]
        sights = []
        for (layer, bands), numbers in zip(self.layers, self.numbers, strict=True):
            all_of_them = np.arange(Grid.of(self.camera, layer).size)
            chosen = all_of_them if numbers is None else numbers
            sights.append(sight_of(self.camera, layer, bands, chosen, month))
        self._kept = (month, sights)  # in one step: other threads read it
        return sights


class View:
    """A set of a camera's pixels.

    Parameters
    ----------
    nodes : Nodes
        Of the camera: those of these pixels, or all.
    index : int64 array
        Pixels: row times width plus column, rising.
    """

    def __init__(self, nodes: Nodes, index: Index) -> None:
        self.camera: Camera = nodes.camera
        self.nodes = nodes
        self.index = index
        self.pixels: Pixels = pixels_of(nodes.camera, index)
        self.slots = Slots(nodes.camera, index)
        self._lay: dict[str, csr_array] = {}
        for (layer, bands), numbers in zip(nodes.layers, nodes.numbers, strict=True):
            lay = lay_of(nodes.camera, layer, index, numbers)
            self._lay |= dict.fromkeys(bands, lay)

    def aurora(self, glow: Glow) -> dict[str, Float32]:
        """Return the brightness of each band behind clear air, Rayleigh, (times, pixels)."""
        found = {}
        for band, brightness in glow.brightness.items():
            seen = np.ascontiguousarray((self._lay[band] @ brightness).T)
            seen *= self.pixels.clear
            found[band] = seen
        return found
