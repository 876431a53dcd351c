"""Frames of many cameras at once, with their dark levels, the last ones kept in memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.errors import AtlasError
from core.grids.cameras import Shot
from core.imaging.mosaic import dark_level
from core.imaging.skymap import Skymap
from core.imaging.skymap_check import SkymapUse

if TYPE_CHECKING:
    from core.imaging.library import FrameLibrary

KEPT_BYTES = 192 * 2**20
Key = tuple[str, int, np.datetime64]
"""State, data source and time of a frame."""
_KEPT_SKYMAPS = 48


@dataclass(frozen=True, eq=False, slots=True)
class CameraFrame:
    """One camera's frame, ready to be put on a grid.

    Attributes
    ----------
    source_id : int
        The camera's data source.
    time : datetime64[us]
        Middle of the exposure.
    image : array, shape (y, x) or (y, x, channel)
        Counts.
    dark : float array, shape () or (channel,)
        Counts of the camera without light.
    use : SkymapUse
        Where its pixels look.
    provenance : str
        "ingested" or "simulated".
    """

    source_id: int
    time: np.datetime64
    image: NDArray[Any]
    dark: NDArray[np.float64]
    use: SkymapUse
    provenance: str

    @property
    def skymap(self) -> Skymap:
        """Where its pixels look."""
        return self.use.skymap

    @property
    def simulated(self) -> bool:
        """Whether it was rendered, with the skymap that the simulation looks through."""
        return self.provenance == "simulated"


@dataclass(frozen=True, slots=True)
class Lost:
    """A camera that has a frame which cannot be shown, and why."""

    source_id: int
    reason: str


Answer: TypeAlias = "Future[CameraFrame | Lost]"


class FrameKeeper:
    """The frames asked for last; safe in threads.

    Parameters
    ----------
    frames : FrameLibrary
        Where they come from.
    max_bytes : int
        Most memory for images.
    """

    def __init__(self, frames: FrameLibrary, max_bytes: int = KEPT_BYTES) -> None:
        self._frames, self._max_bytes, self._bytes = frames, max_bytes, 0
        self._kept: OrderedDict[Key, CameraFrame] = OrderedDict()
        self._uses: OrderedDict[Key, SkymapUse] = OrderedDict()
        self._making: dict[Key, Answer] = {}
        self._lock = threading.Lock()

    @property
    def nbytes(self) -> int:
        """Memory of the images that are kept."""
        return self._bytes

    def get(self, shots: Sequence[Shot], state: str) -> list[CameraFrame | Lost]:
        """Return the frames of cameras, in their order.

        Parameters
        ----------
        shots : sequence of (source, time)
        state : str
            As `Cameras.state` gave it: frames of another state are made again.
        """
        keys = [(state, *shot) for shot in shots]
        with self._lock:
            found: dict[Key, CameraFrame | Lost] = {}
            for key in keys:
                if key in self._kept:
                    self._kept.move_to_end(key)
                    found[key] = self._kept[key]
            # A globe and a map ask for the same minute at once: one makes it, the other waits.
            awaited = {key: self._making[key] for key in keys if key in self._making}
            missing = [key for key in keys if key not in found and key not in awaited]
            mine: dict[Key, Answer] = {key: Future() for key in missing}
            self._making |= mine
        self._fill(mine)
        for key, answer in (mine | awaited).items():
            found[key] = answer.result()
        return [found[key] for key in keys]

    def _fill(self, mine: dict[Key, Answer]) -> None:
        """Make frames and answer those who wait for them, whatever happens."""
        try:
            shots = [(source_id, time) for _, source_id, time in mine]
            for (key, answer), frames in zip(mine.items(), self._frames.many(shots), strict=True):
                made = self._make(key[1:], frames, key[0])
                if isinstance(made, CameraFrame):
                    self._keep(key, made)
                answer.set_result(made)
        except BaseException as error:
            for answer in mine.values():
                if not answer.done():
                    answer.set_exception(error)
            raise
        finally:
            with self._lock:
                for key in mine:
                    self._making.pop(key, None)

    def _make(self, shot: Shot, frames: Any, state: str) -> CameraFrame | Lost:
        source_id, time = shot
        if isinstance(frames, AtlasError):
            return Lost(source_id, str(frames))
        try:
            use = self._use(shot, state)
        except AtlasError as error:
            return Lost(source_id, str(error))
        images = frames["images"].values
        if use.skymap.shape != images.shape[1:3]:
            return Lost(source_id, f"Its skymap is not for images of {images.shape[1:3]} pixels.")
        image = np.array(images[0])  # its own: the rest of a file is not kept with it
        level = dark_level(images[:1], use.skymap)
        return CameraFrame(
            source_id, time, image, level, use, str(frames.attrs.get("provenance", "ingested"))
        )

    def _use(self, shot: Shot, state: str) -> SkymapUse:
        """Return the skymap of a frame; intervals of skymaps are given in whole hours."""
        source_id, time = shot
        key = (state, source_id, time.astype("M8[h]"))
        with self._lock:
            known = self._uses.get(key)
        if known is None:
            known = self._frames.skymap(source_id, time)
            with self._lock:
                self._uses[key] = known
                while len(self._uses) > _KEPT_SKYMAPS:
                    self._uses.popitem(last=False)
        return known

    def _keep(self, key: Key, frame: CameraFrame) -> None:
        frame.image.flags.writeable = False
        with self._lock:
            if key not in self._kept:
                self._kept[key] = frame
                self._bytes += frame.image.nbytes
            while self._bytes > self._max_bytes and len(self._kept) > 1:
                self._bytes -= self._kept.popitem(last=False)[1].image.nbytes
