"""Where grids are kept: one packed Zarr group for each series and UT minute.

``grids/ovation/2019-11-26/2125.v000001.zarr.zip`` holds the grids that are valid within that
minute. A minute and not a day, because a day of grids every three seconds is 60 GB: what is taken
in is written once, and one grid is read alone. How files come to be written without a lock is told
in `core.imaging.versions`.
"""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from core.errors import BadInput, NotFound
from core.grids.folders import Folders, Listing
from core.grids.packing import merge_grids, pack_grids, times_in, unpack_grids, unpack_one
from core.imaging.cache import DatasetCache
from core.imaging.versions import ATTEMPTS, Version, identity, update

if TYPE_CHECKING:
    from core.archive import Archive

_CACHE_BYTES = 64 * 2**20
_SERIES = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
Times = NDArray[np.datetime64]


class GridStore:
    """The grids of an archive; safe in threads and with many processes.

    Parameters
    ----------
    archive : Archive
        Its `images_path` holds the files, in the folder ``grids/<series>``.
    """

    def __init__(self, archive: Archive) -> None:
        self.root = Path(archive.images_path) / "grids"
        self._folders = Folders()
        self._day_times: dict[tuple[str, str], tuple[str, Times]] = {}
        self._cache = DatasetCache(lambda path, index: unpack_one(path, int(index)), _CACHE_BYTES)

    def add(self, dataset: xr.Dataset) -> int:
        """Add grids to their series; what is there already changes nothing.

        Each minute appears whole or not at all, and is on disk when this returns.

        Parameters
        ----------
        dataset : xarray.Dataset
            As `core.grids.definition.make_grid` makes it; the attribute ``series`` names theirs.

        Returns
        -------
        int
            How many grids are new or different.

        Raises
        ------
        BadInput
            The series' key is not made of small letters, digits and dashes.
        Conflict
            The series holds grids of another kind or unit.
        ArchiveError
            Other writers were faster every time.
        """
        folder = self._folder(str(dataset.attrs.get("series", "")))
        minutes = dataset["time"].values.astype("M8[m]")
        return sum(
            _put(folder, minute, dataset.isel(time=minutes == minute))
            for minute in np.unique(minutes)
        )

    def series(self) -> list[str]:
        """Return the keys of the series that have grids, in order."""
        return sorted(name for name in _names(self.root, _SERIES) if any(self._days(name)))

    def span(self, series: str) -> tuple[np.datetime64, np.datetime64]:
        """Return the first and the last valid time of a series.

        Raises
        ------
        NotFound
            The series has no grid.
        """
        days = sorted(self._days(series))
        ends = [self._times_of_day(series, day) for day in (*days[:1], *days[-1:])]
        if not all(times.size for times in ends) or not days:
            raise _no_series(series)
        return ends[0][0], ends[-1][-1]

    def times(self, series: str, start: np.datetime64, end: np.datetime64) -> Times:
        """Return the valid times of grids with start <= time < end, in order.

        Empty where the series has none; nothing but the folders and the times is read.
        """
        first, last = np.array([start, end], "M8[us]")
        whole = [
            self._times_of_day(series, day)
            for day in sorted(self._days(series))
            if str(first)[:10] <= day <= str(last)[:10]
        ]
        every = np.concatenate([np.array([], "M8[us]"), *whole])
        return np.asarray(every[(every >= first) & (every < last)])

    def nearest(self, series: str, time: np.datetime64) -> np.datetime64:
        """Return the valid time of the grid nearest to a time, of two the earlier.

        Only the day of that time and those before and after it are looked at.

        Raises
        ------
        NotFound
            The series has no grid.
        """
        moment, days = time.astype("M8[us]"), sorted(self._days(series))
        after = bisect_right(days, str(moment)[:10])
        around = [self._times_of_day(series, day) for day in days[max(after - 2, 0) : after + 1]]
        times = np.concatenate([np.array([], "M8[us]"), *around])
        if not times.size:
            raise _no_series(series)
        nearest: np.datetime64 = times[np.argmin(np.abs(times - moment))]
        return nearest

    def read(self, series: str, time: np.datetime64) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Return the grid that is valid at exactly this time.

        Parameters
        ----------
        series : str
        time : datetime64
            One of `times`.

        Returns
        -------
        grid : ndarray of float32, shape (512, 1024)
            Row 0 south, column 0 at -180 degrees, NaN where there is no value; read-only, shared.
        attrs : dict
            Those of the dataset it was added with, its ``units``, and for a forecast
            ``forecast_reference_time``, when it was made.

        Raises
        ------
        NotFound
            There is no such series, or no grid at this time.
        """
        moment = time.astype("M8[us]")
        for _ in range(ATTEMPTS):
            version = self._minute(series, moment)
            try:
                place = np.flatnonzero(_times(version.path, identity(version.path)) == moment)
                if not place.size:
                    break
                dataset = self._cache.get(version.path, str(place[0]))
                return dataset["grid"].values, {**dataset.attrs, "units": dataset["grid"].units}
            except FileNotFoundError:
                continue  # a writer put a newer version in its place since the folder was listed
        raise _no_grid(series, moment)

    def version(self, series: str, time: np.datetime64 | None = None) -> str:
        """Return a text that changes whenever the series changes, or what it has at a time.

        Raises
        ------
        NotFound
            There is no such series, or nothing in the minute of that time.
        """
        if time is not None:
            path = self._minute(series, time.astype("M8[us]")).path
            return f"{path.name}:{identity(path)}"
        days = sorted(self._days(series))
        if not days:
            raise _no_series(series)
        return "|".join(f"{day}:{self._day(series, day).mark}" for day in days)

    def _folder(self, series: str) -> Path:
        if not _SERIES.fullmatch(series):
            raise BadInput(
                f"{series!r} is no key of a series.",
                hint="Keys are made of small letters, digits and dashes.",
                field="series", value=series,
            )  # fmt: skip
        return self.root / series

    def _days(self, series: str) -> Iterator[str]:
        if _SERIES.fullmatch(series):
            yield from _names(self.root / series, _DAY)

    def _day(self, series: str, day: str) -> Listing:
        return self._folders.list(self.root / series / day)

    def _minute(self, series: str, moment: np.datetime64) -> Version:
        """Return the newest file of the minute of a time."""
        day, minute = _place(moment)
        found = self._day(series, day).found if _SERIES.fullmatch(series) else {}
        if minute not in found:
            raise _no_grid(series, moment)
        return found[minute]

    def _times_of_day(self, series: str, day: str) -> Times:
        for _ in range(ATTEMPTS):
            listing = self._day(series, day)
            kept = self._day_times.get((series, day))
            if kept and kept[0] == listing.mark:
                return kept[1]
            try:
                parts = [_times(v.path, identity(v.path)) for v in listing.found.values()]
            except FileNotFoundError:
                continue
            times = np.concatenate([np.array([], "M8[us]"), *parts])
            self._day_times[series, day] = listing.mark, times
            return times
        raise _no_series(series)


@lru_cache(maxsize=50_000)
def _times(path: Path, _identity: str) -> Times:
    return times_in(path)


def _put(folder: Path, minute: np.datetime64, dataset: xr.Dataset) -> int:
    day, key = _place(minute)
    changed = 0

    def content(path: Path | None) -> bytes | None:
        nonlocal changed
        whole, changed = merge_grids(unpack_grids(path) if path else None, dataset)
        return pack_grids(whole) if changed else None

    update(folder / day, key, content)
    return changed


def _place(moment: np.datetime64) -> tuple[str, str]:
    """Return the folder and the key of the minute of a time."""
    text = str(moment.astype("M8[m]"))
    return text[:10], text[11:13] + text[14:16]


def _names(folder: Path, pattern: re.Pattern[str]) -> list[str]:
    try:
        return [name for name in os.listdir(folder) if pattern.fullmatch(name)]
    except FileNotFoundError:
        return []


def _no_series(series: str) -> NotFound:
    return NotFound(
        f"The archive has no grids of the series {series!r}.",
        hint="`python -m core ingest grid FILE` takes grids in.",
        kind="grid series",
        key=series,
    )


def _no_grid(series: str, moment: np.datetime64) -> NotFound:
    return NotFound(
        f"The series {series!r} has no grid that is valid at {moment.astype('M8[s]')}.",
        hint="GridStore.times lists those there are.",
        kind="grid",
        key=f"{series} {moment}",
    )
