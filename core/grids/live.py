"""Grids of light made from the frames of many cameras, when they are asked for.

Each camera's own dark level is taken away from its frame; what is left is counts of one design of
camera, so that all cameras of an array are on one scale without a factor for any of them. Pixels
become cells by the weights of `core.grids.weights`, and where cameras overlap one of two rules
tells which is shown (`core.grids.combine`). Cells that nobody sees have no value.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.grids.cameras import Cameras, Span, nothing_at
from core.grids.combine import RULES, Rule, combine
from core.grids.definition import COLUMNS, ROWS
from core.grids.frame_keeper import CameraFrame, FrameKeeper, Lost
from core.grids.series import Series, series_of_array
from core.grids.weights import CameraWeights, WeightsKeeper
from core.imaging.frame_media import SkymapAnswer
from core.imaging.query_fields import bad
from core.imaging.render_cache import RenderCache
from core.imaging.targets import OVATION_GRID, Target
from core.instruments.model import DataSource
from core.instruments.registry import array_for, arrays

if TYPE_CHECKING:
    from core.archive import Archive
    from core.imaging.library import FrameLibrary

_KEPT_GRIDS = 256
SideBySide = Callable[[Sequence[tuple[int, float, Target]]], None]


@dataclass(frozen=True, slots=True)
class CameraNote:
    """A camera that a grid is made of.

    Attributes
    ----------
    source_id, site, lat_deg, lon_deg
        Which camera, and where it stands (geodetic).
    provenance : str
        "ingested" or "simulated".
    time : datetime64[us]
        Middle of its exposure.
    marks : tuple of str
        What its skymap is to be labelled with: "approximate-skymap", "forced-skymap".
    skymap : str
        Kind of its skymap: "official", "model" or "simulated".
    dark : tuple of float
        Counts that were taken away, for each channel.
    """

    source_id: int
    site: str
    lat_deg: float
    lon_deg: float
    provenance: str
    time: np.datetime64
    marks: tuple[str, ...]
    skymap: str
    dark: tuple[float, ...]


@dataclass(frozen=True, eq=False, slots=True)
class GridFrame:
    """One grid, as small as the part of it that has values.

    Attributes
    ----------
    series : Series
    time : datetime64[us]
        That was asked for.
    valid_time : datetime64[us]
        Of what is shown.
    provenance : str
        "simulated", "ingested" or "mixed".
    cells : int64 array, shape (n,)
        Flat numbers of cells that have a value: row 0 south, column 0 at -180 degrees; rising.
    cell_values : float32 array, shape (n,)
    cell_cameras : int16 array, shape (n,)
        Place in `cameras` of the one that is shown; empty where there are no cameras.
    cameras : tuple of CameraNote
    of : int
        How many cameras of the array were in place; 0 where there are no cameras.
    lost : tuple of Lost
        Cameras that have a frame which cannot be shown.
    attributes : dict
        What else a stored grid says of itself.
    """

    series: Series
    time: np.datetime64
    valid_time: np.datetime64
    provenance: str
    cells: NDArray[np.int64]
    cell_values: NDArray[np.float32]
    cell_cameras: NDArray[np.int16]
    cameras: tuple[CameraNote, ...] = ()
    of: int = 0
    lost: tuple[Lost, ...] = ()
    attributes: dict[str, Any] = field(default_factory=dict)

    @property
    def values(self) -> NDArray[np.float32]:
        """The whole grid, float32 (512, 1024), NaN where there is no value."""
        whole = np.full(ROWS * COLUMNS, np.nan, dtype=np.float32)
        whole[self.cells] = self.cell_values
        return whole.reshape(ROWS, COLUMNS)

    def at(self, row: int, column: int) -> tuple[float, CameraNote | None] | None:
        """Return value and camera of a cell, None where it has no value."""
        cell = row * COLUMNS + column
        place = int(np.searchsorted(self.cells, cell))
        if place == self.cells.size or self.cells[place] != cell:
            return None
        camera = self.cameras[self.cell_cameras[place]] if self.cameras else None
        return float(self.cell_values[place]), camera


class FrameGrids:
    """The series that are made of frames; safe in threads.

    Parameters
    ----------
    archive : Archive
    frames : FrameLibrary
    files : RenderCache, optional
        Keeps weights beyond the life of the process.
    max_frame_bytes : int, optional
        Most memory for frames.
    side_by_side : callable, optional
        Makes weights of cameras that have none yet, (source, altitude in km, target) each, in
        `files`; what it leaves is made here, one after the other.
    """

    def __init__(
        self,
        archive: Archive,
        frames: FrameLibrary,
        files: RenderCache | None = None,
        max_frame_bytes: int | None = None,
        side_by_side: SideBySide | None = None,
    ) -> None:
        self.cameras = Cameras(archive, frames)
        self._library = frames
        limit = {} if max_frame_bytes is None else {"max_bytes": max_frame_bytes}
        self.frames = FrameKeeper(frames, **limit)
        self.weights = WeightsKeeper(files)
        self._side_by_side = side_by_side
        self._grids: OrderedDict[tuple[str, str, np.datetime64, Rule], GridFrame] = OrderedDict()
        self._series: tuple[str, list[Series]] = ("", [])
        self._lock = threading.Lock()

    def version(self) -> str:
        """Return a text that changes when any grid could."""
        return self.cameras.state()

    def series(self) -> list[Series]:
        """Return one series for each imager array that has frames, in the order of arrays."""
        state = self.cameras.state()
        if self._series[0] != state:
            self._series = (state, self._all_series())
        return self._series[1]

    def span(self, series: Series) -> Span | None:
        """Return the first and the last minute of a series."""
        return self.cameras.span(str(series.array))

    def times(
        self, series: Series, start: np.datetime64, end: np.datetime64
    ) -> NDArray[np.datetime64]:
        """Return the minutes, start <= minute < end, in which some camera has a frame."""
        self.cameras.state()
        return self.cameras.minutes(str(series.array), start, end)

    def shots(self, series: Series, time: np.datetime64) -> tuple[str, list[CameraFrame | Lost]]:
        """Return the frames of a series nearest to a time, and the state they are of.

        Raises
        ------
        NotFound
            No camera has a frame then; the hint names times that have.
        """
        state = self.cameras.state()
        shots = self.cameras.at(array_for(str(series.array)), time)
        if not shots:
            nearest = self.cameras.nearest(str(series.array), time.astype("M8[us]"))
            raise nothing_at(series.key, time, nearest)
        return state, self.frames.get(shots, state)

    def grid(self, series: Series, time: np.datetime64, rule: Rule = "elevation") -> GridFrame:
        """Return the grid of the frames nearest to a time, at most one cadence away.

        Parameters
        ----------
        series : Series
            One of `series`.
        time : datetime64
            UTC.
        rule : {"elevation", "nearest"}
            Which camera is shown where several see a cell.

        Raises
        ------
        NotFound
            No camera has a frame then; the hint names times that have.
        BadInput
            An unknown rule.
        """
        if rule not in RULES:
            raise bad("rule", rule, f"It is one of {', '.join(RULES)}.")
        key = (self.cameras.state(), series.key, time.astype("M8[us]"), rule)
        with self._lock:
            found = self._grids.get(key)
            if found is not None:
                self._grids.move_to_end(key)
                return found
        made = self._make(series, time.astype("M8[us]"), rule)
        with self._lock:
            self._grids[key] = made
            while len(self._grids) > _KEPT_GRIDS:
                self._grids.popitem(last=False)
        return made

    def weights_of(
        self, shown: Sequence[CameraFrame], alt_km: float, target: Target = OVATION_GRID
    ) -> list[CameraWeights]:
        """Return the weights of cameras in the cells of a target."""
        new = [one for one in shown if not self.weights.ready(one.skymap, alt_km, target)]
        if new and self._side_by_side is not None:
            # Those of the simulation: observed frames have skymaps of their own.
            asked = [(one.source_id, alt_km, target) for one in new if one.simulated]
            self._side_by_side(asked)
        return [self.weights.get(one.skymap, alt_km, target) for one in shown]

    def note(self, frame: CameraFrame) -> CameraNote:
        """Return what is said of a camera."""
        skymap = frame.skymap
        return CameraNote(
            frame.source_id, skymap.site, skymap.lat_deg, skymap.lon_deg, frame.provenance,
            frame.time, SkymapAnswer(frame.use).marks(), skymap.kind,
            tuple(round(float(level), 2) for level in np.atleast_1d(frame.dark)),
        )  # fmt: skip

    def _make(self, series: Series, time: np.datetime64, rule: Rule) -> GridFrame:
        _, found = self.shots(series, time)
        shown = [one for one in found if isinstance(one, CameraFrame)]
        weights = self.weights_of(shown, series.alt_km)
        values = [
            brightness(w.apply(one.image), one.dark) for w, one in zip(weights, shown, strict=True)
        ]
        both = combine(weights, values, rule, ROWS * COLUMNS)
        return GridFrame(
            series, time, middle([one.time for one in shown], time),
            provenance_of([one.provenance for one in shown]), both.cells, both.values, both.cameras,
            tuple(self.note(one) for one in shown), self.expected(series, time, found),
            tuple(one for one in found if isinstance(one, Lost)),
        )  # fmt: skip

    def expected(self, series: Series, time: np.datetime64, found: list[CameraFrame | Lost]) -> int:
        """Return how many cameras of the array were in place."""
        alive = {source.identifier for source in self.cameras.alive(str(series.array), time)}
        return len(alive | {one.source_id for one in found})

    def _all_series(self) -> list[Series]:
        found = []
        for array in arrays():
            cameras = self.cameras.of(array.key)
            series = series_of_array(array, self._provenance(cameras))
            if series is not None and self.cameras.span(array.key) is not None:
                found.append(series)
        return found

    def _provenance(self, cameras: list[DataSource]) -> str:
        return provenance_of(
            [
                str(source.metadata.get("provenance", "ingested"))
                for source in cameras
                if self._library.days(source.identifier).size
            ]
        )


def brightness(values: NDArray[np.float32], dark: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return counts above the dark level; of colours their mean."""
    above = np.asarray(values - dark, dtype=np.float32)
    return above if above.ndim == 1 else np.asarray(above.mean(axis=1, dtype=np.float64), "f4")


def provenance_of(kinds: list[str]) -> str:
    """Return what a whole is called of which the parts are "simulated" or "ingested"."""
    found = set(kinds)
    return found.pop() if len(found) == 1 else "mixed" if found else "ingested"


def middle(times: list[np.datetime64], otherwise: np.datetime64) -> np.datetime64:
    """Return the median of exposures' middles."""
    if not times:
        return otherwise
    found: np.datetime64 = np.sort(np.array(times))[len(times) // 2]
    return found
