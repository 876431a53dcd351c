"""Drawing frames of a source with everything that belongs to them, one by one or for a movie."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput, NotFound
from core.imaging.caption import Caption, caption_of, moment_text
from core.imaging.colour import limits_of
from core.imaging.compass import compass
from core.imaging.fisheye import RGBA, Limits, View, paint_fisheye
from core.imaging.frames import Frames, FrameSource, Times
from core.imaging.map_picture import map_picture
from core.imaging.overlay import fisheye_overlay, map_overlay
from core.imaging.page import EdgeMarks, Page, Plan, letter_size
from core.imaging.render import Style
from core.imaging.sheet import LIGHT, Palette
from core.imaging.sky_pixels import sky_values
from core.imaging.skymap_check import SkymapUse
from core.instruments.registry import array_for

What = Literal["frames", "map"]
Scale = Literal["percentile", "fixed"]

MIN_ELEVATION_DEG = 5.0
SLITS = frozenset({"trex_spectrograph"})
"""Arrays whose images are no pictures."""
# So few that a movie that is cancelled ends soon.
_BLOCK = 8
_SAMPLES = 24
_MARGIN = 1.06
_RADIUS_STEP_KM = 50.0


@dataclass(frozen=True, slots=True)
class Look:
    """How frames are drawn.

    Attributes
    ----------
    what : "frames" or "map"
        As the camera saw them, or projected.
    style : Style
        Colours; limits that it gives stand.
    scale : "percentile" or "fixed"
        Limits from the frames that are drawn (one pair for a movie), or those of the array.
    size : int
        Longer side of the image in pixels; the page is larger by its words.
    view : "sky" or "map"
        East to the left or to the right, for frames.
    alt_km : float, optional
        Altitude of the emission; the array's by default.
    radius_km : float, optional
        Half the width of a map; by default a little more than is seen above `min_elevation_deg`.
    min_elevation_deg : float
        What is seen lower is left out of a map.
    lines : bool
        Draw compass or graticule.
    palette : Palette
    """

    what: What = "frames"
    style: Style = field(default_factory=Style)
    scale: Scale = "percentile"
    size: int = 768
    view: View = "sky"
    alt_km: float | None = None
    radius_km: float | None = None
    min_elevation_deg: float = MIN_ELEVATION_DEG
    lines: bool = True
    palette: Palette = LIGHT


class Drawing:
    """Draws frames of one camera, all alike: first `fit` to some of them, then `draw` each.

    Parameters
    ----------
    attributes : mapping
        Of the frames: array, site, provenance, source_file.
    shape : tuple of int
        Of one frame.
    use : SkymapUse or None
        None draws frames without a compass; a map needs one.
    look : Look
    time : datetime64
        For magnetic coordinates.
    exposure_s : float
        Said in the caption.

    Raises
    ------
    BadInput
        A map without a skymap; a skymap of another shape; spectra, which are no pictures.
    """

    def __init__(
        self,
        attributes: Mapping[Any, Any],
        shape: tuple[int, ...],
        use: SkymapUse | None,
        look: Look,
        time: np.datetime64,
        exposure_s: float,
    ) -> None:
        self.look, self.use = look, use
        self.array = array_for(str(attributes["array"]))
        if self.array.key in SLITS:
            raise BadInput(
                f"{self.array.name}: its images are spectra along a slit, no pictures of the sky.",
                hint="Its keogram shows the slit in the green line.", field="array",
                value=self.array.key,
            )  # fmt: skip
        self.alt_km = self.array.emission_alt_km if look.alt_km is None else look.alt_km
        self.colour = len(shape) == 3
        caption = caption_of(attributes, use)
        self.limits: Limits = (0.0, 1.0)
        self._page: Page | None = None
        self._project: Callable[[NDArray[Any]], NDArray[Any]] | None = None
        if look.what == "map":
            self._prepare_map(shape, time)
        else:
            self._prepare_frames(shape)
        self.caption = self._worded(caption, exposure_s)

    def fit(self, images: NDArray[Any]) -> None:
        """Choose the colour scale, `limits`, for images (time, y, x[, channel])."""
        style = self.look.style
        self.limits = limits_of(
            self._values(images) if self.look.scale == "percentile" else images,
            self.look.scale,
            array=self.array.key, percentiles=style.percentiles, vmin=style.vmin, vmax=style.vmax,
        )  # fmt: skip
        self._page = None

    def draw(self, image: NDArray[Any], time: np.datetime64) -> NDArray[np.uint8]:
        """Return one page, uint8 RGB (height, width, 3)."""
        if self._page is None:
            self._page = Page(self.caption, self._plan, self.limits)
        return self._page.fill(self.image(image), moment_text(time))

    def image(self, image: NDArray[Any]) -> RGBA:
        """Return the image alone, without lines and words."""
        look = self.look
        if self._project:
            return map_picture(self._project(image[None])[0], look.style, self.limits)
        return paint_fisheye(image, look.style, look.size, look.view, self.limits)

    def facts(self, time: np.datetime64) -> dict[str, str]:
        """Return what a picture of this time says of itself to programs."""
        style, (low, high) = self.look.style, self.limits
        scale = "logarithmic" if style.log else "linear"
        return dict(self.caption.facts) | {
            "Time": f"{np.datetime_as_string(time.astype('M8[ms]'))}Z",
            "Colour scale": f"{low:g} to {high:g} {self.caption.unit}, {scale}, "
            f"gamma {style.gamma:g}, {'colours of the camera' if self.colour else style.cmap}",
        }

    def _values(self, images: NDArray[Any]) -> NDArray[Any]:
        """Return what the colour scale is chosen by: the map, or the sky in the images."""
        if self._project:
            return self._project(images)
        return sky_values(images, None if self.use is None else self.use.skymap)

    def _prepare_frames(self, shape: tuple[int, ...]) -> None:
        look, overlay = self.look, None
        empty = paint_fisheye(np.zeros(shape[:2]), look.style, look.size, look.view, (0.0, 1.0))
        height, width = empty.shape[:2]
        if self.use is not None and look.lines:
            lines = compass(self.use.skymap, shape, look.size, look.view)
            overlay = fisheye_overlay(lines, letter_size(width, height))
        self._plan = Plan(width, height, look.style, not self.colour, overlay, palette=look.palette)

    def _prepare_map(self, shape: tuple[int, ...], time: np.datetime64) -> None:
        # Projections need SciPy, which takes a while to import.
        from core.imaging.map_lines import map_lines
        from core.imaging.projection import build_projection
        from core.imaging.targets import AzimuthalGrid

        look = self.look
        if self.use is None:
            raise BadInput("A map needs a skymap.", field="skymap", value=None)
        skymap = self.use.skymap
        self.radius_km = look.radius_km or self._seen_km()
        grid = AzimuthalGrid(skymap.lat_deg, skymap.lon_deg, self.radius_km, look.size)
        projection = build_projection(skymap, self.alt_km, grid, look.min_elevation_deg)
        self._project = projection.apply
        lines = map_lines(skymap, grid, look.size, self.alt_km, time, look.min_elevation_deg)
        overlay = map_overlay(lines, letter_size(look.size, look.size)) if look.lines else None
        edges = EdgeMarks(lines.left, lines.bottom, lines.right, lines.top)
        self._plan = Plan(
            look.size, look.size, look.style, not self.colour, overlay,
            edges if look.lines else EdgeMarks(), look.palette,
        )  # fmt: skip

    def _seen_km(self) -> float:
        from core.geo.field_of_view import ground_range_km

        seen = float(ground_range_km(self.look.min_elevation_deg, self.alt_km))
        return float(np.ceil(_MARGIN * seen / _RADIUS_STEP_KM)) * _RADIUS_STEP_KM

    def _worded(self, caption: Caption, exposure_s: float) -> Caption:
        look = self.look
        exposure = f"{exposure_s:.3g} s exposure, time at its middle"
        channels = ("three channels, colours of the camera",) if self.colour else ()
        if look.what == "map":
            return caption.saying(
                f"mapped to {self.alt_km:g} km, above {look.min_elevation_deg:g}° elevation",
                f"grey: geographic, red: AACGM at {self.alt_km:g} km",
                exposure, *channels,
                view="map, north up, east to the right",
                altitude=f"{self.alt_km:g} km",
                least_elevation=f"{look.min_elevation_deg:g} degrees",
                map_radius=f"{self.radius_km:g} km",
            )  # fmt: skip
        side = "left, as one looks up" if look.view == "sky" else "right, mirrored"
        dashes = ("dashed: centre column",) if self.use is not None and look.lines else ()
        return caption.saying(f"east to the {side}", exposure, *dashes, *channels,
                              view=f"as the camera saw it, east to the {side}")  # fmt: skip


def draw_frames(
    source: FrameSource,
    source_id: int,
    times: Times,
    look: Look,
    *,
    accept: bool = False,
    without_skymap: bool = False,
    check: Callable[[], None] = lambda: None,
) -> tuple[Drawing, Iterator[NDArray[np.uint8]]]:
    """Return a drawing and the pages of these times, made as they are asked for.

    One pair of limits holds for all of them: that of the array, or percentiles over two dozen
    frames spread over the whole.

    Parameters
    ----------
    source : FrameSource or FrameLibrary
    source_id : int
        Identifier of the data source.
    times : datetime64[us] array
        As `source.times` gives them; at least one.
    look : Look
    accept : bool
        Use a skymap of another time or camera; the pages say so.
    without_skymap : bool
        Draw frames without a compass where there is no skymap at all.
    check : callable, optional
        Called between every few frames; it may raise to end the work.

    Raises
    ------
    core.errors.SkymapRefused
        The skymap does not belong to the frames, and `accept` is false.
    NotFound
        No times, no frames, no skymap.
    """
    if not len(times):
        raise NotFound("There are no frames to draw.", kind="frame", key=source_id)
    picks = times[np.unique(np.linspace(0, len(times) - 1, _SAMPLES).astype(int))]
    samples = list(_blocks(source, source_id, picks, check))
    sample = samples[0]
    images = np.concatenate([block["images"].values for block in samples])
    use = _skymap(source, source_id, times[0], accept, without_skymap)
    drawing = Drawing(
        sample.attrs, images.shape[1:], use, look, times[0], float(sample["exposure_s"].values[0])
    )
    drawing.fit(images)
    pages = (
        drawing.draw(image, moment)
        for block in _blocks(source, source_id, times, check)
        for image, moment in zip(block["images"].values, block["time"].values, strict=True)
    )
    return drawing, pages


def _blocks(
    source: FrameSource, source_id: int, times: Times, check: Callable[[], None]
) -> Iterator[Frames]:
    """Yield the frames a few at a time: of one minute, so that no file is read for one frame."""
    minutes = times.astype("M8[m]")
    first = 0
    while first < len(times):
        check()
        alike = int(np.searchsorted(minutes, minutes[first], side="right"))
        last = min(alike, first + _BLOCK)
        yield source.frames(source_id, times[first:last])
        first = last


def _skymap(
    source: FrameSource, source_id: int, time: np.datetime64, accept: bool, without: bool
) -> SkymapUse | None:
    try:
        return source.skymap(source_id, time, accept=accept)
    except NotFound:
        if not without:
            raise
        return None
