"""Cameras anywhere, with images that a test makes, as a library of frames and an archive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import SkymapRefused
from core.grids.live import FrameGrids
from core.grids.weights import WeightsKeeper
from core.imaging.frames import make_frames
from core.imaging.lens import Lens
from core.imaging.library import FrameLibrary
from core.imaging.skymap import Skymap, model_skymap
from core.imaging.skymap_check import SkymapUse
from core.instruments.registry import all_sources

MINUTE = np.timedelta64(1, "m")
NOON = np.datetime64("2019-01-01T06:00", "us")
SHAPE = (100, 100)
Painter = Callable[[Skymap, np.datetime64], NDArray[Any]]
THEMIS = tuple(source for source in all_sources() if source.metadata.get("array") == "themis_asi")


def camera(number: int, lat_deg: float, lon_deg: float) -> Skymap:
    """A camera of 100 x 100 pixels, turned and off centre; its corners see no sky."""
    lens = Lens(50.0 - number, 49.0 + number, 40.0 * number, (29.0, -0.5))
    return model_skymap(
        f"s{number:03d}", lens, SHAPE, array="themis_asi", lat_deg=lat_deg, lon_deg=lon_deg,
        alt_m=150.0 * number, kind="simulated",
    )  # fmt: skip


# The same for all tests: they belong to skymaps, by content.
_WEIGHTS = WeightsKeeper()


class World:
    """Cameras at places; each paints its image of a time; frames begin with each minute."""

    provenance = "simulated"

    def __init__(self, places: list[tuple[float, float]], paint: Painter) -> None:
        self.skymaps = {THEMIS[k].identifier: camera(k, *place) for k, place in enumerate(places)}
        self.paint = paint
        self.off: set[int] = set()
        self.refused: set[int] = set()
        self.asked: list[tuple[int, np.datetime64]] = []
        self.minutes = NOON + np.arange(30) * MINUTE
        self.edition = "1"

    def state(self) -> str:
        return self.edition

    def version(self, source_id: int) -> str:
        return self.edition

    def days(self, source_id: int) -> NDArray[np.datetime64]:
        days = np.unique(self.minutes.astype("M8[D]"))
        return days if source_id in self.skymaps else days[:0]

    def times(self, source_id: int, start: Any, end: Any) -> NDArray[np.datetime64]:
        if source_id not in self.skymaps or source_id in self.off:
            return self.minutes[:0]
        middles = self.minutes + np.timedelta64(500, "ms")
        return middles[(middles >= start) & (middles < end)]

    def frames(self, source_id: int, times: NDArray[np.datetime64]) -> Any:
        self.asked += [(source_id, time) for time in times]
        skymap = self.skymaps[source_id]
        images = np.stack([self.paint(skymap, time) for time in times])
        about = {"array": "themis_asi", "site": skymap.site, "provenance": "simulated"}
        starts = times - np.timedelta64(500, "ms")
        return make_frames(images, starts, np.ones(len(times)), about)

    def skymap(self, source_id: int, time: Any, *, accept: bool = False) -> SkymapUse:
        if source_id in self.refused:
            raise SkymapRefused("It is for another camera.", reason="camera")
        return SkymapUse(self.skymaps[source_id])

    @property
    def sources(self) -> list[Any]:
        found = []
        for source in THEMIS[: len(self.skymaps)]:
            skymap = self.skymaps[source.identifier]
            place = {"latitude_deg": skymap.lat_deg, "longitude_deg": skymap.lon_deg}
            metadata = source.metadata | place | {"provenance": "simulated", "lifetime": {}}
            found.append(replace(source, metadata=metadata))
        return found

    def grids(self, **more: Any) -> FrameGrids:
        listed = SimpleNamespace(list=lambda: self.sources)
        archive: Any = SimpleNamespace(catalogue=SimpleNamespace(sources=listed))
        source: Any = self
        grids = FrameGrids(archive, FrameLibrary([source]), **more)
        grids.weights = _WEIGHTS
        return grids


def even(level: float) -> Painter:
    """The same counts in all of the sky, over a dark level that is each camera's own."""

    def paint(skymap: Skymap, time: np.datetime64) -> NDArray[Any]:
        dark = 300.0 + 17.0 * int(skymap.site[1:])
        return np.where(np.isfinite(skymap.elevation_deg), level + dark, dark)

    return paint
