"""Frames of the files that were taken in: read where they lie, when they are asked for.

The catalogue tells which file holds which frames; files read last are kept decoded in memory up to
a number of bytes. A file that is gone or has changed since it was taken in is refused by name.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from core.errors import Conflict, NotFound
from core.imaging.cache import DatasetCache
from core.imaging.frame_files import FrameFile, FrameFileTable
from core.imaging.frames import Frames, Times
from core.imaging.readers import read_frames
from core.imaging.site_model import site_model
from core.imaging.skymap_check import SkymapUse, check
from core.imaging.skymap_store import SkymapStore
from core.instruments.registry import array_of_source

if TYPE_CHECKING:
    from core.archive import Archive

_US = np.timedelta64(1, "us")
# The same frame has slightly different times in PGM (exposure asked for) and CDF (measured).
_SAME_FRAME = np.timedelta64(250_000, "us")
_NO_LENS = ("trex_spectrograph",)
_ATTRIBUTES_OF_ONE_FILE = ("sha256",)


class FileFrames:
    """The `FrameSource` of ingested files; safe in threads.

    Parameters
    ----------
    archive : Archive
        Open; its settings bound the memory.
    skymaps : SkymapStore, optional
        Official skymaps; those of the archive.
    """

    provenance = "ingested"

    def __init__(self, archive: Archive, skymaps: SkymapStore | None = None) -> None:
        settings = archive.settings
        self.skymaps = skymaps or SkymapStore(archive)
        self._sources = archive.catalogue.sources
        self._files = FrameFileTable(archive.catalogue)
        self._max_file_bytes = settings.max_frame_file_bytes
        self._cache = DatasetCache(self._decode, settings.max_decoded_frame_bytes)

    def version(self, source_id: int) -> str:
        """Return a text that changes when files of the source were taken in."""
        return self._files.version(source_id)

    def state(self) -> str:
        """Return a text that changes when files or skymaps of any source were taken in."""
        return f"{self._files.state()}:{self.skymaps.state()}"

    def days(self, source_id: int) -> Times:
        """Return the UT days that files of the source touch, datetime64[D], rising."""
        return self._files.days(source_id)

    def sources(self) -> list[int]:
        """Return the identifiers of the sources that have frames, rising."""
        return self._files.sources()

    def times(self, source_id: int, start: np.datetime64, end: np.datetime64) -> Times:
        """Return the middles of exposures with start <= time < end, rising; empty for none.

        No file is opened. A frame that two files hold is there once, with the earlier of its times.
        """
        found = [f.times for f in self._files.between(source_id, start - _SAME_FRAME, end)]
        every = np.unique(np.concatenate([np.array([], dtype="M8[us]"), *found]))
        first = np.ones(len(every), dtype=bool)
        first[1:] = np.diff(every) > _SAME_FRAME
        return np.asarray(every[first & (every >= start) & (every < end)])

    def frames(self, source_id: int, times: Times) -> Frames:
        """Return the frames of exactly these times, in their order.

        Parameters
        ----------
        source_id : int
            Data source of the camera.
        times : datetime64[us] array, shape (n,)
            As `times` gave them.

        Raises
        ------
        NotFound
            There is no frame of one of the times; details kind, key, missing.
        FileRefused
            The file that holds one is gone or has changed since it was taken in.
        Conflict
            Files of the window differ in the shape of their images.
        """
        wanted = np.asarray(times, dtype="M8[us]")
        left, parts = np.unique(wanted), []
        files = self._files.between(source_id, left[0], left[-1] + _US) if len(left) else []
        for file in files:
            held = np.intersect1d(left, file.times)
            if len(held):
                parts.append(self._part(file, held))
                left = np.setdiff1d(left, held)
        if len(left) or not parts:
            raise _no_frames(source_id, wanted, left)
        return _joined(parts, wanted)

    def skymap(self, source_id: int, time: np.datetime64, *, accept: bool = False) -> SkymapUse:
        """Return the skymap for a frame: the official one, or a model where the site has none.

        Parameters
        ----------
        source_id : int
            Data source of the camera.
        time : datetime64
            When the frame was measured.
        accept : bool
            Use an official skymap of another time or camera; the answer says that it was forced.

        Raises
        ------
        SkymapRefused
            The archive has skymaps of the camera's site, none of them for this camera and time:
            a model in their stead would hide that.
        NotFound
            The source is not known, is no imager, or its images are no pictures of the sky.
        """
        source = self._sources.get(source_id)
        array = array_of_source(source)
        if array is None or array.key in _NO_LENS:
            raise NotFound(
                f"{source.display_name} has no images of the whole sky, and no skymap.",
                kind="skymap", key=source_id,
            )  # fmt: skip
        site = str(source.metadata.get("site", ""))
        camera = self._camera(source_id, time)
        if self.skymaps.entries(array.key, site):
            return self.skymaps.use(array.key, site, camera, time, accept=accept)
        return check(site_model(array.key, site, camera), site, camera, time, array=array.key)

    def _camera(self, source_id: int, time: np.datetime64) -> str:
        """Name of the device that took the frame, or the one nearest before; empty if unknown."""
        files = self._files.between(source_id, time, time + _US)
        return files[0].camera if files else ""

    def _part(self, file: FrameFile, held: Times) -> Frames:
        mtime_ns = file.check()
        dataset = self._cache.get(file.path, file.sha256)
        if file.path.stat().st_mtime_ns != mtime_ns:
            file.check()  # it was written while it was read: its bytes decide
        return dataset.isel(time=np.searchsorted(dataset["time"].values, held))

    def _decode(self, path: Path, _sha256: str) -> Frames:
        return read_frames(path, self._max_file_bytes)


def _joined(parts: list[Frames], wanted: Times) -> Frames:
    if len({part["images"].shape[1:] for part in parts}) > 1:
        raise Conflict(
            f"The images from {wanted[0]} to {wanted[-1]} are not of one shape.",
            hint="Ask for the frames of one file at a time.",
        )
    whole = parts[0] if len(parts) == 1 else xr.concat(parts, "time", combine_attrs="override")
    names = dict.fromkeys(str(part.attrs["source_file"]) for part in parts)
    order = np.argsort(whole["time"].values, kind="stable")
    place = order[np.searchsorted(whole["time"].values[order], wanted)]
    if not np.array_equal(place, np.arange(whole.sizes["time"])):
        whole = whole.isel(time=place)
    attributes = {k: v for k, v in whole.attrs.items() if k not in _ATTRIBUTES_OF_ONE_FILE}
    return whole.assign_attrs(attributes | {"source_file": ", ".join(names)})


def _no_frames(source_id: int, wanted: Times, missing: Times) -> NotFound:
    some = f", the first of {len(missing)} at {missing[0]}" if len(missing) else ""
    return NotFound(
        f"{len(missing)} of {len(wanted)} frames of source {source_id} were not taken in{some}.",
        hint="Frames are taken in by `python -m core ingest asi FILES`.",
        kind="frame",
        key=source_id,
        missing=len(missing),
    )
