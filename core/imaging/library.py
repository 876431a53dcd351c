"""All frames of an archive as if they came from one place: ingested ones before simulated ones.

On a UT day of which an imager has ingested frames there are no simulated ones of it: real data
replace the simulation day by day, never frame by frame.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import xarray as xr

from core.errors import AtlasError, NotFound
from core.imaging.frames import ArchiveFrames, Frames, ManyFrames, Shot, Times
from core.imaging.skymap_check import SkymapUse

_DAY = np.timedelta64(1, "D")
DEFAULT_REACH_S = 60.0


class FrameLibrary:
    """The frames of several sources of frames.

    Parameters
    ----------
    sources : sequence of ArchiveFrames
        The first that has frames on a UT day serves that day.
    """

    provenance = "any"
    """What frames are is told by their attributes, and by `provenance_of`."""

    def __init__(self, sources: Sequence[ArchiveFrames]) -> None:
        self._sources = tuple(sources)

    def version(self, source_id: int) -> str:
        """Return a text that changes when frames of a data source could have changed."""
        return "|".join(source.version(source_id) for source in self._sources)

    def state(self) -> str:
        """Return a text that changes when frames of any data source could have changed."""
        return "|".join(source.state() for source in self._sources)

    def days(self, source_id: int) -> Times:
        """Return the UT days that may have frames of a source, datetime64[D], rising."""
        parts = [source.days(source_id) for source in self._sources]
        return np.unique(np.concatenate([np.array([], dtype="M8[D]"), *parts]))

    def many(self, shots: Sequence[Shot]) -> list[Frames | AtlasError]:
        """Return one frame of each of many cameras, or the error that it cannot be had.

        Faster than one after the other where a source of frames works on them side by side.

        Parameters
        ----------
        shots : sequence of (source, time)
            Times as `times` gives them.
        """
        found: dict[int, Frames | AtlasError] = {}
        groups: dict[int, tuple[ArchiveFrames, list[int]]] = {}
        for place, (source_id, time) in enumerate(shots):
            try:
                serving = self._serving(source_id, time)
            except AtlasError as error:
                found[place] = error
                continue
            groups.setdefault(id(serving), (serving, []))[1].append(place)
        for serving, places in groups.values():
            found |= dict(zip(places, _together(serving, [shots[k] for k in places]), strict=True))
        return [found[place] for place in range(len(shots))]

    def times(self, source_id: int, start: np.datetime64, end: np.datetime64) -> Times:
        """Return the middles of exposures with start <= time < end, datetime64[us], rising."""
        parts = [times for _, times in self._days(source_id, start, end)]
        return np.concatenate(parts) if parts else np.array([], dtype="M8[us]")

    def frames(self, source_id: int, times: Times) -> Frames:
        """Return the frames of exactly these times, in their order.

        Raises
        ------
        NotFound
            There is no frame of one of the times.
        """
        times = np.asarray(times, dtype="M8[us]")
        days = times.astype("M8[D]")
        edges = [0, *(np.flatnonzero(np.diff(days)) + 1).tolist(), len(times)]
        parts = [
            self._serving(source_id, times[first]).frames(source_id, times[first:last])
            for first, last in pairwise(edges)
            if first < last
        ]
        if not parts:
            raise _nothing(source_id, "no times")
        return parts[0] if len(parts) == 1 else xr.concat(parts, "time", combine_attrs="override")

    def frame_time(
        self, source_id: int, time: np.datetime64, reach_s: float = DEFAULT_REACH_S
    ) -> np.datetime64:
        """Return the time of the frame that was measured nearest to a moment.

        Parameters
        ----------
        source_id : int
            Identifier of the data source.
        time : datetime64
            UTC.
        reach_s : float
            Farthest that it may be away: one cadence of the array.

        Raises
        ------
        NotFound
            There is none.
        """
        moment = _us(time)
        reach = np.timedelta64(round(reach_s * 1e6), "us")
        near = self.times(source_id, moment - reach, moment + reach + np.timedelta64(1, "us"))
        if not len(near):
            raise _nothing(source_id, f"within {reach_s:g} s of {moment}")
        found: np.datetime64 = near[np.abs(near - moment).argmin()]
        return found

    def frame_at(
        self, source_id: int, time: np.datetime64, reach_s: float = DEFAULT_REACH_S
    ) -> Frames:
        """Return the one frame measured nearest to a moment; see `frame_time`."""
        return self.frames(source_id, np.array([self.frame_time(source_id, time, reach_s)]))

    def provenance_of(self, source_id: int, time: np.datetime64) -> str:
        """Return "ingested" or "simulated": what the frames of the time's UT day are."""
        return self._serving(source_id, time).provenance

    def skymap(self, source_id: int, time: np.datetime64, *, accept: bool = False) -> SkymapUse:
        """Return the skymap for the frames of a time; raises as `FrameSource.skymap`."""
        return self._serving(source_id, time).skymap(source_id, time, accept=accept)

    def first_skymap(
        self, source_id: int, start: np.datetime64, end: np.datetime64, *, accept: bool = False
    ) -> SkymapUse | None:
        """Return the skymap for the first frame of a window, None where there is no frame.

        Raises as `FrameSource.skymap`.
        """
        for source, times in self._days(source_id, start, end):
            return source.skymap(source_id, times[0], accept=accept)
        return None

    def _days(
        self, source_id: int, start: np.datetime64, end: np.datetime64
    ) -> Iterator[tuple[ArchiveFrames, Times]]:
        """Yield what serves each day of a window that has frames in it, and their times."""
        edges = np.array([start, end], dtype="M8[us]")
        for first, _ in pairwise(_midnights(start, end)):
            source, times = self._of_day(source_id, first)
            inside = times[slice(*np.searchsorted(times, edges))]
            if source is not None and len(inside):
                yield source, inside

    def _serving(self, source_id: int, time: np.datetime64) -> ArchiveFrames:
        source, _ = self._of_day(source_id, time.astype("M8[D]"))
        if source is None:
            raise _nothing(source_id, f"on {time.astype('M8[D]')}")
        return source

    def _of_day(self, source_id: int, day: np.datetime64) -> tuple[ArchiveFrames | None, Times]:
        """Return the source that has frames on a UT day, with their times."""
        first = day.astype("M8[D]").astype("M8[us]")
        for source in self._sources:
            times = source.times(source_id, first, first + _DAY)
            if len(times):
                return source, times
        return None, np.array([], dtype="M8[us]")


def _together(source: ArchiveFrames, shots: Sequence[Shot]) -> list[Frames | AtlasError]:
    if isinstance(source, ManyFrames):
        return source.many(shots)
    found: list[Frames | AtlasError] = []
    for source_id, time in shots:
        try:
            found.append(source.frames(source_id, np.array([time])))
        except AtlasError as error:
            found.append(error)
    return found


def _midnights(start: np.datetime64, end: np.datetime64) -> list[np.datetime64]:
    """Return the UT midnights around a window, from before its start to after its end."""
    if end <= start:
        return []
    first = start.astype("M8[D]")
    last = (_us(end) - np.timedelta64(1, "us")).astype("M8[D]") + 1
    return [day.astype("M8[us]") for day in np.arange(first, last + 1)]


def _us(time: np.datetime64) -> np.datetime64:
    exact: np.datetime64 = time.astype("M8[us]")
    return exact


def _nothing(source_id: int, what: str) -> NotFound:
    return NotFound(
        f"There is no frame of source {source_id} {what}.",
        hint="Frames are there in the minutes that have a record.",
        kind="frame",
        key=source_id,
    )
