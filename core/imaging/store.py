"""Where keograms are kept: one packed Zarr group for each source and UT day.

How files come to be written without a lock is told in `core.imaging.versions`.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from core.errors import Conflict, NotFound
from core.imaging.cache import DatasetCache
from core.imaging.keogram import minute_keogram
from core.imaging.merging import merge_keograms
from core.imaging.versions import ATTEMPTS, Version, identity, newest, update, versions
from core.imaging.zarr_file import MINUTE, pack, unpack

if TYPE_CHECKING:
    from core.archive import Archive

_CACHE_BYTES = 128 * 2**20


class KeogramStore:
    """The keograms of an archive.

    Parameters
    ----------
    archive : Archive
        Its `images_path` holds the files, in the folder ``keograms/<source identifier>``.
    """

    def __init__(self, archive: Archive) -> None:
        self.root = Path(archive.images_path) / "keograms"
        self._cache = DatasetCache(unpack, _CACHE_BYTES)

    def save(self, source_id: int, day: date, dataset: xr.Dataset) -> bool:
        """Merge a keogram into that of its source and day.

        A frame that is there already is replaced; the same keogram saved twice changes nothing.

        Parameters
        ----------
        source_id : int
            Identifier of the data source.
        day : date
            UT day; all times must lie in it.
        dataset : xarray.Dataset
            As `core.imaging.keogram.keogram` makes it.

        Returns
        -------
        bool
            Whether anything changed.

        Raises
        ------
        Conflict
            The day holds a keogram with another number of pixels, or times lie outside the day.
        ArchiveError
            Other writers were faster every time.
        """
        _check_day(day, dataset)

        def merged(path: Path | None) -> bytes | None:
            old = unpack(path) if path else None
            whole = merge_keograms(old, dataset)
            if old is not None and whole.identical(old):
                return None
            return pack(whole, minute_keogram(whole))

        return update(self._folder(source_id), str(day), merged)

    def load(
        self,
        source_id: int,
        start: np.datetime64,
        end: np.datetime64,
        *,
        minutes: bool = False,
    ) -> xr.Dataset:
        """Return the keogram of a window.

        Parameters
        ----------
        source_id : int
            Identifier of the data source.
        start, end : datetime64
            UTC; frames measured at start <= time < end are returned.
        minutes : bool
            Minute means instead of the native cadence.

        Raises
        ------
        NotFound
            No day of the window has a keogram.
        Conflict
            Days differ in their number of pixels.
        """
        found = self._versions_between(source_id, start, end)
        parts = [self._read(version, MINUTE if minutes else "") for version in found]
        if len({part["counts"].shape[1:] for part in parts}) > 1:
            raise Conflict(
                f"The keograms of source {source_id} from {start} to {end} differ in their pixels.",
                hint="Ask for one day at a time.",
            )
        whole = parts[0] if len(parts) == 1 else xr.concat(parts, "time", combine_attrs="override")
        first, last = np.searchsorted(whole["time"].values, np.array([start, end], "M8[us]"))
        return whole.isel(time=slice(int(first), int(last)))

    def version(self, source_id: int, start: np.datetime64, end: np.datetime64) -> str:
        """Return a text that changes whenever `load` of the same window could change.

        Raises
        ------
        NotFound
            No day of the window has a keogram.
        """
        found = self._versions_between(source_id, start, end)
        # The inode tells a new archive from an older one in the same place.
        return "|".join(f"{item.path.name}:{identity(item.path)}" for item in found)

    def days(self, source_id: int) -> list[date]:
        """Return the UT days that have a keogram, in order."""
        return sorted({version.day for version in versions(self._folder(source_id))})

    def has(self, source_id: int, day: date) -> bool:
        """Return whether the day has a keogram."""
        return day in self.days(source_id)

    def _folder(self, source_id: int) -> Path:
        return self.root / str(source_id)

    def _versions_between(
        self, source_id: int, start: np.datetime64, end: np.datetime64
    ) -> list[Version]:
        last_moment = end.astype("M8[us]") - np.timedelta64(1, "us")
        first_day, last_day = (_day(start), _day(last_moment))
        found: dict[date, Version] = {}
        for version in sorted(versions(self._folder(source_id)), key=lambda v: v.number):
            if first_day <= version.day <= last_day:
                found[version.day] = version
        if found:
            return [found[day] for day in sorted(found)]
        raise NotFound(
            f"There is no keogram of source {source_id} from {start} to {end}.",
            hint="Keograms are made by `python -m core ingest asi FILES`.",
            kind="keogram",
            key=source_id,
        )

    def _read(self, version: Version, group: str) -> xr.Dataset:
        for _ in range(ATTEMPTS):
            try:
                return self._cache.get(version.path, group)
            except FileNotFoundError:
                # A writer put a newer version in its place since the folder was listed.
                newer = newest(version.path.parent, version.key)
                if newer is None:
                    break
                version = newer
        raise NotFound(f"The keogram {version.path.name} is gone.", kind="keogram", key=version.day)


def _check_day(day: date, dataset: xr.Dataset) -> None:
    times = dataset["time"].values
    if not len(times) or (times.astype("M8[D]") != np.datetime64(day, "D")).any():
        what = f"{times[0]} to {times[-1]}" if len(times) else "no times"
        raise Conflict(f"A keogram of {day} was given with {what}.", hint="Split it by UT day.")


def _day(moment: np.datetime64) -> date:
    return date.fromisoformat(str(moment.astype("M8[D]")))
