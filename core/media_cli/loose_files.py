"""Providers' files as a source of frames, with no archive."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import xarray as xr

from core.errors import BadInput, FileRefused, NotFound
from core.imaging.frames import THUMBNAIL, Frames, Times
from core.imaging.readers import read_frames
from core.imaging.site_model import site_model
from core.imaging.skymap import Skymap
from core.imaging.skymap_check import SkymapUse, check
from core.instruments.registry import find_site

MAX_FILES = 3000
_KEPT_FILES = 4


class LooseFiles:
    """The frames of a file, or of a folder of files of one camera.

    Parameters
    ----------
    path : Path
        A file, or a folder; files in it that are no images are passed over and counted.
    max_bytes : int
        Most bytes of one file when unpacked.
    skymap : Skymap, optional
        To be used; by default a model, which is marked as approximate.

    Raises
    ------
    FileRefused
        The file cannot be read; the folder has none that can.
    BadInput
        Files of two cameras; thumbnails; more files than can be looked through.
    """

    provenance: str = "ingested"

    def __init__(self, path: Path, max_bytes: int, skymap: Skymap | None = None) -> None:
        self._read = lru_cache(maxsize=_KEPT_FILES)(lambda file: read_frames(file, max_bytes))
        self._skymap = skymap
        self.passed_over: list[str] = []
        self._files: list[tuple[Path, Times]] = []
        for file in _files(path):
            self._add(file, alone=not path.is_dir())
        if not self._files:
            raise FileRefused(
                f"{path} holds no file of images.", path=str(path),
                reason="it holds no file of images",
            )  # fmt: skip
        self._files.sort(key=lambda item: item[1][0])
        self.attributes = dict(self._read(self._files[0][0]).attrs)
        site = find_site(str(self.attributes["array"]), str(self.attributes["site"]))
        self.site, self.source_id = site, site.identifier

    def version(self, source_id: int) -> str:
        """Return names and times of change of the files."""
        return "|".join(f"{file.name}:{file.stat().st_mtime_ns}" for file, _ in self._files)

    def times(self, source_id: int, start: np.datetime64, end: np.datetime64) -> Times:
        """Return the middles of exposures with start <= time < end."""
        every = self.every_time
        return every[(every >= start) & (every < end)]

    @property
    def every_time(self) -> Times:
        """The middles of all exposures, rising, each once."""
        return np.unique(np.concatenate([times for _, times in self._files]))

    def frames(self, source_id: int, times: Times) -> Frames:
        """Return the frames of exactly these times; NotFound where there is none."""
        wanted, parts = np.asarray(times, dtype="M8[us]"), []
        for file, held in self._files:
            here = np.isin(held, wanted)
            if here.any():
                parts.append(self._read(file).isel(time=here))
        whole = xr.concat(parts, "time", combine_attrs="override") if parts else None
        if whole is None or not np.isin(wanted, whole["time"].values).all():
            raise NotFound("There is no frame of that time in the files.", kind="frame", key=times)
        kept = np.unique(whole["time"].values, return_index=True)[1]
        return whole.isel(time=kept).sel(time=wanted).assign_attrs(source_file=self.names)

    @property
    def names(self) -> str:
        """The file, or the first and the last of several."""
        first, last = self._files[0][0].name, self._files[-1][0].name
        count = len(self._files)
        return first if count == 1 else f"{first} to {last}, {count} files"

    def skymap(self, source_id: int, time: np.datetime64, *, accept: bool = False) -> SkymapUse:
        """Return the skymap that was given if it belongs to the frames, else a model."""
        facts = self.attributes
        array, code = str(facts["array"]), self.site.code
        camera = str(facts.get("camera", ""))
        skymap = self._skymap or site_model(array, code, camera)
        return check(skymap, code, camera, time, array=array, accept=accept)

    def _add(self, file: Path, *, alone: bool) -> None:
        try:
            frames = self._read(file)
        except FileRefused:
            if alone:
                raise
            self.passed_over.append(file.name)
            return
        _check_pictures(file, frames)
        if self._files:
            self._check_camera(file, frames)
        self._files.append((file, frames["time"].values.astype("M8[us]")))

    def _check_camera(self, file: Path, frames: Frames) -> None:
        first = self._files[0][0]
        names = ("array", "site")
        mine, its = ([self._read(f).attrs[name] for name in names] for f in (first, file))
        if mine != its:
            raise BadInput(
                f"{first.name} is of {' '.join(mine)}, {file.name} of {' '.join(its)}.",
                hint="Give files of one camera.", field="source", value=str(file.parent),
            )  # fmt: skip


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(file for file in path.iterdir() if file.is_file())
    if len(found) > MAX_FILES:
        raise BadInput(
            f"{path} has {len(found)} files; at most {MAX_FILES} are looked through.",
            hint="Take them into an archive: `python -m core ingest asi FILES`.",
            field="source", value=str(path),
        )  # fmt: skip
    return found


def _check_pictures(file: Path, frames: Frames) -> None:
    if frames.attrs.get("layer") == THUMBNAIL:
        raise BadInput(
            f"{file.name} holds thumbnails, which are lists of superpixels and no pictures.",
            hint="Give full images.", field="source", value=str(file),
        )  # fmt: skip
