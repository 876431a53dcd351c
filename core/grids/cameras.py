"""Which cameras of an array have frames, and when: known by UT day, asked for again on change."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from time import monotonic
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.errors import NotFound
from core.imaging.frames import Times
from core.instruments.array import ImagerArray
from core.instruments.model import DataSource
from core.instruments.registry import array_of_source, arrays

if TYPE_CHECKING:
    from core.archive import Archive
    from core.imaging.library import FrameLibrary

Shot = tuple[int, np.datetime64]
"""A camera's data source, and the middle of an exposure of it."""

_DAY = np.timedelta64(1, "D")
_KEPT_DAYS = 512
_SAME_ANSWER_S = 0.02
Span = tuple[np.datetime64, np.datetime64]


class Cameras:
    """The cameras of an archive by array; safe in threads.

    Parameters
    ----------
    archive : Archive
        Its catalogue knows the cameras.
    frames : FrameLibrary
        Knows when they have frames.
    """

    def __init__(self, archive: Archive, frames: FrameLibrary) -> None:
        self._sources, self._frames = archive.catalogue.sources, frames
        self._days: OrderedDict[tuple[int, np.datetime64], Times] = OrderedDict()
        self._spans: dict[str, Span | None] = {}
        self._arrays: dict[str, list[DataSource]] = {}
        self._state, self._asked = "", 0.0
        self._lock = threading.Lock()

    def state(self) -> str:
        """Return a text that changes when any frame could have; what was known is forgotten then.

        Everything else here is as of the last call. An answer is made of several parts, each of
        which asks: within some milliseconds all get the same text.
        """
        now = monotonic()
        if self._state and now - self._asked < _SAME_ANSWER_S:
            return self._state
        state = self._frames.state()
        with self._lock:
            self._asked = now
            if state != self._state:
                self._days.clear()
                self._spans.clear()
                self._arrays = self._by_array()
                self._state = state
        return state

    def of(self, array: str) -> list[DataSource]:
        """Return the cameras of an array, by identifier."""
        return self._arrays.get(array, [])

    def alive(self, array: str, time: np.datetime64) -> list[DataSource]:
        """Return the cameras of an array that were in place at a time."""
        day = str(time.astype("M8[D]"))
        return [source for source in self.of(array) if _in_place(source, day)]

    def at(self, array: ImagerArray, time: np.datetime64) -> list[Shot]:
        """Return each camera's frame nearest to a time, at most one cadence away."""
        moment = time.astype("M8[us]")
        reach = np.timedelta64(round(array.cadence_s * 1e6), "us")
        found = []
        for source in self.of(array.key):
            times = self._near(source.identifier, moment, reach)
            if len(times):
                nearest: np.datetime64 = times[np.abs(times - moment).argmin()]
                found.append((source.identifier, nearest))
        return found

    def minutes(self, array: str, start: np.datetime64, end: np.datetime64) -> Times:
        """Return the minutes, start <= minute < end, in which some camera has a frame."""
        first, last = start.astype("M8[us]"), end.astype("M8[us]")
        found: NDArray[np.datetime64] = np.array([], "M8[m]")
        for source in self.of(array):
            for day in np.arange(first.astype("M8[D]"), last.astype("M8[D]") + 1):
                times = self._of_day(source.identifier, day)
                found = np.union1d(found, times.astype("M8[m]"))
        minutes = found.astype("M8[us]")
        return np.asarray(minutes[(minutes >= first) & (minutes < last)])

    def span(self, array: str) -> Span | None:
        """Return the first and the last minute with a frame, None where there are no frames."""
        if array not in self._spans:
            self._spans[array] = self._search_span(array)
        return self._spans[array]

    def nearest(self, array: str, time: np.datetime64) -> list[np.datetime64]:
        """Return the last minute with a frame before a time, and the first after it, if any."""
        days, found = self._days_of(array), []
        today = int(np.searchsorted(days, time.astype("M8[D]"), side="right"))
        for order, pick in ((days[:today][::-1], -1), (days[max(0, today - 1) :], 0)):
            for day in order:
                first, last = day.astype("M8[us]"), (day + 1).astype("M8[us]")
                inside = (first, min(last, time)) if pick else (max(first, time), last)
                times = self.minutes(array, *inside)
                if len(times):
                    found.append(times[pick])
                    break
        return found

    def _search_span(self, array: str) -> Span | None:
        days = self._days_of(array)
        ends = []
        for order, pick in ((days, 0), (days[::-1], -1)):
            for day in order:
                times = self.minutes(array, day.astype("M8[us]"), (day + 1).astype("M8[us]"))
                if len(times):
                    ends.append(times[pick])
                    break
        return (ends[0], ends[1]) if len(ends) == 2 else None

    def _days_of(self, array: str) -> NDArray[np.datetime64]:
        parts = [self._frames.days(source.identifier) for source in self.of(array)]
        return np.unique(np.concatenate([np.array([], "M8[D]"), *parts]))

    def _by_array(self) -> dict[str, list[DataSource]]:
        found: dict[str, list[DataSource]] = {array.key: [] for array in arrays()}
        for source in self._sources.list():
            array = array_of_source(source)
            if array is not None:
                found[array.key].append(source)
        return {key: sorted(some, key=lambda s: s.identifier) for key, some in found.items()}

    def _near(self, source_id: int, moment: np.datetime64, reach: np.timedelta64) -> Times:
        low, high = moment - reach, moment + reach
        found = []
        for day in sorted({low.astype("M8[D]"), high.astype("M8[D]")}):
            times = self._of_day(source_id, day)
            found.append(
                times[slice(*np.searchsorted(times, [low, high + np.timedelta64(1, "us")]))]
            )
        return np.concatenate(found)

    def _of_day(self, source_id: int, day: np.datetime64) -> Times:
        key = (source_id, day)
        with self._lock:
            known = self._days.get(key)
            if known is not None:
                self._days.move_to_end(key)
                return known
        first = day.astype("M8[us]")
        times = self._frames.times(source_id, first, first + _DAY)
        with self._lock:
            self._days[key] = times
            while len(self._days) > _KEPT_DAYS:
                self._days.popitem(last=False)
        return times


def nothing_at(key: str, time: np.datetime64, nearest: Sequence[np.datetime64]) -> NotFound:
    """Return the error for a time at which a series has nothing, with the nearest that have."""
    names = [f"{near.astype('M8[s]')}Z" for near in nearest]
    return NotFound(
        f"{key} has nothing at {time.astype('M8[s]')}Z.",
        hint=f"Nearest to it there is something at {' and '.join(names)}." if names else "",
        kind="grid", key=str(time), nearest=names,
    )  # fmt: skip


def _in_place(source: DataSource, day: str) -> bool:
    life = source.metadata.get("lifetime") or {}
    start, end = life.get("start"), life.get("end")
    return (not start or start <= day) and (not end or day <= end)
