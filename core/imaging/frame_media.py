"""Frames as pictures: as the camera saw them, and on a map around the site."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from PIL import Image

from core.errors import NotFound, SkymapRefused
from core.imaging.fisheye import RGBA, Limits, fitted, frame_limits, paint_fisheye
from core.imaging.frame_query import FrameQuery, MapQuery
from core.imaging.frames import Frames
from core.imaging.map_picture import map_picture
from core.imaging.skymap import Skymap
from core.imaging.skymap_check import SkymapUse
from core.imaging.targets import AzimuthalGrid
from core.instruments.array import ImagerArray
from core.instruments.model import DataSource
from core.instruments.registry import array_of_source

if TYPE_CHECKING:
    from core.imaging.library import FrameLibrary

_LETTER_SHARE = 1 / 30
_SMALLEST_LETTER_PX = 9.0


class Skymaps(Protocol):
    """What says which skymap belongs to frames: `core.imaging.library.FrameLibrary`."""

    def skymap(self, source_id: int, time: np.datetime64, *, accept: bool = False) -> SkymapUse:
        """Return the skymap for a frame."""
        ...


@dataclass(frozen=True, slots=True)
class SkymapAnswer:
    """The skymap of a frame, or in words why there is none; `frames` False where it is lost."""

    use: SkymapUse | None
    refused: str = ""
    frames: bool = True

    def to_dict(self) -> dict[str, Any] | None:
        """Return what JSON says of the skymap, None without one."""
        if self.use is None:
            return None
        skymap = self.use.skymap
        return {
            "kind": skymap.kind,
            "source": skymap.source,
            "camera": skymap.camera,
            "valid_from": _text(skymap.valid_from),
            "valid_to": _text(skymap.valid_to),
            "forced": self.use.forced,
            "approximate": skymap.approximate,
            "reason": self.use.reason,
        }

    @property
    def key(self) -> str:
        """Text that is equal for equal answers; for entity tags."""
        return f"{self.use.skymap.key}{self.use.forced}" if self.use else self.refused

    def marks(self) -> tuple[str, ...]:
        """Return the words that a picture drawn with this skymap is to be labelled with."""
        if self.use is None:
            return ()
        approximate = ("approximate-skymap",) if self.use.skymap.approximate else ()
        return (*approximate, "forced-skymap") if self.use.forced else approximate


def ask_skymap(
    skymaps: Skymaps, source_id: int, time: np.datetime64, *, accept: bool
) -> SkymapAnswer:
    """Return the skymap of a frame, or why it is refused; no error for the latter."""
    try:
        return SkymapAnswer(skymaps.skymap(source_id, time, accept=accept))
    except (SkymapRefused, NotFound) as error:
        return SkymapAnswer(None, str(error))


def ask_first_skymap(
    frames: FrameLibrary,
    source_id: int,
    start: np.datetime64,
    end: np.datetime64,
    *,
    accept: bool,
) -> SkymapAnswer:
    """Return the skymap of the first frame of a window, or why there is none."""
    try:
        use = frames.first_skymap(source_id, start, end, accept=accept)
    except (SkymapRefused, NotFound) as error:
        return SkymapAnswer(None, str(error))
    if use is None:
        lost = "The frames of this keogram are not in the archive."
        return SkymapAnswer(None, lost, frames=False)
    return SkymapAnswer(use)


def need_skymap(
    skymaps: Skymaps, source_id: int, time: np.datetime64, *, accept: bool
) -> SkymapUse:
    """Return the skymap of a frame.

    Raises
    ------
    SkymapRefused
        There is none, or none that belongs to the frame.
    """
    try:
        return skymaps.skymap(source_id, time, accept=accept)
    except NotFound as error:
        raise SkymapRefused(error.message, hint=error.hint, reason=error.message) from error


def imager_array(source: DataSource) -> ImagerArray:
    """Return the array of an imager; NotFound where the source is none."""
    array = array_of_source(source)
    if array is None:
        raise NotFound(
            f"{source.display_name} has no frames: it is no imager.",
            kind="frame",
            key=source.identifier,
        )
    return array


def fisheye_picture(
    frames: Frames, query: FrameQuery, use: SkymapUse | None, limits: Limits | None = None
) -> RGBA:
    """Return the first of `frames` as the camera saw it; marks are drawn where `use` is given."""
    image = frames["images"].values[0]
    chosen = limits or frame_limits(image, query.style, None if use is None else use.skymap)
    painted = paint_fisheye(image, query.style, query.size, query.view, chosen)
    if not query.marks or use is None:
        return painted
    # These bring SciPy, which takes a while to import.
    from core.imaging.compass import compass
    from core.imaging.overlay import fisheye_overlay

    lines = compass(use.skymap, image.shape, query.size, query.view)
    return over(painted, fisheye_overlay(lines, _letter_px(painted)))


def map_grid(use: SkymapUse, query: MapQuery) -> AzimuthalGrid:
    """Return the grid of a map: centred on the camera, north up and west to the left."""
    skymap = use.skymap
    return AzimuthalGrid(skymap.lat_deg, skymap.lon_deg, query.radius_km, query.size)


def frame_map(
    frames: Frames, query: MapQuery, use: SkymapUse, limits: Limits | None = None
) -> RGBA:
    """Return the first of `frames` on a map around its site.

    The colour scale is that of the whole frame, so that map and fisheye show the same.
    """
    from core.imaging.projection import build_projection  # brings SciPy

    images = frames["images"].values[:1]
    grid = map_grid(use, query)
    projection = build_projection(use.skymap, query.alt_km, grid, query.min_elevation_deg)
    chosen = limits or frame_limits(images, query.style, use.skymap)
    painted = map_picture(projection.apply(images)[0], query.style, chosen)
    if not query.marks:
        return painted
    # Magnetic coordinates move by a hundredth of a degree a month: one date serves the day.
    day = frames["time"].values[0].astype("M8[D]")
    seen = query.alt_km, query.min_elevation_deg
    return over(painted, _map_marks(use.skymap, grid, *seen, day))


@lru_cache(maxsize=16)
def _map_marks(
    skymap: Skymap, grid: AzimuthalGrid, alt_km: float, elevation_deg: float, day: np.datetime64
) -> RGBA:
    """Return what is drawn over a map: coast, graticules, field of view."""
    from core.imaging.map_lines import map_lines
    from core.imaging.overlay import map_overlay

    lines = map_lines(skymap, grid, grid.size, alt_km, day.astype("M8[us]"), elevation_deg)
    layer = map_overlay(lines, max(_SMALLEST_LETTER_PX, grid.size * _LETTER_SHARE))
    layer.flags.writeable = False
    return layer


def over(picture: RGBA, layer: RGBA) -> RGBA:
    """Return a picture with a layer over it."""
    below = Image.fromarray(np.ascontiguousarray(picture))
    return np.asarray(Image.alpha_composite(below, Image.fromarray(np.ascontiguousarray(layer))))


def frame_document(
    frames: Frames, query: FrameQuery, answer: SkymapAnswer, array: ImagerArray
) -> dict[str, Any]:
    """Return what JSON says of a frame: time, size, skymap, and where directions lie in it.

    `geometry` is in shares of the picture's width and height, x to the right and y downwards.
    """
    image = frames["images"].values[0]
    skymap = None if answer.use is None else answer.use.skymap
    height, width = fitted(image.shape, query.size)
    return {
        **moment_document(frames),
        "width": width,
        "height": height,
        "view": query.view,
        "limits": list(frame_limits(image, query.style, skymap)),
        "units": array.intensity_unit,
        "skymap": answer.to_dict(),
        "skymap_refused": answer.refused,
        "geometry": _geometry(frames, query, answer.use, array) if answer.use else None,
    }


def moment_document(frames: Frames) -> dict[str, Any]:
    """Return what JSON says of a frame whatever is drawn of it."""
    attributes = frames.attrs
    return {
        "time": iso_ms(frames["time"].values[0]),
        "exposure_s": float(frames["exposure_s"].values[0]),
        "cadence_s": float(attributes.get("cadence_s", 0.0)),
        "array": attributes.get("array", ""),
        "site": attributes.get("site", ""),
        "camera": attributes.get("camera", ""),
        "provenance": attributes.get("provenance", "ingested"),
        "source_file": attributes.get("source_file", ""),
    }


def iso_ms(time: np.datetime64) -> str:
    """Return a moment as ISO 8601 with milliseconds and a Z."""
    return f"{time.astype('M8[ms]')}Z"


def _geometry(
    frames: Frames, query: FrameQuery, use: SkymapUse, array: ImagerArray
) -> dict[str, Any]:
    from core.imaging.compass import compass
    from core.imaging.keogram_axes import meridian_directions

    shape = frames["images"].shape[1:]
    time = frames["time"].values[0]
    drawn = compass(use.skymap, shape, query.size, query.view).to_dict(fractions=True)
    line = meridian_directions(use.skymap, array.emission_alt_km, time)
    directions = line.azimuth_deg, line.elevation_deg
    meridian = compass(use.skymap, shape, query.size, query.view, directions)
    return drawn | {
        "slices": {
            "column": drawn.pop("slice"),
            "meridian": meridian.to_dict(fractions=True)["slice"],
        }
    }


def _letter_px(picture: RGBA) -> float:
    return max(_SMALLEST_LETTER_PX, float(max(picture.shape[:2])) * _LETTER_SHARE)


def _text(moment: np.datetime64 | None) -> str | None:
    return None if moment is None else str(moment.astype("M8[s]"))
