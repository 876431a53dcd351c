"""From the word SOURCE to frames: an imager of the archive, a provider's file or a folder."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.errors import BadInput, NotFound
from core.imaging.frames import Frames, Times
from core.imaging.skymap import Skymap
from core.imaging.skymap_check import SkymapUse, check
from core.instruments.array import ImagerArray, Site
from core.instruments.registry import array_for, arrays
from core.media_cli.loose_files import LooseFiles, model_of
from core.media_cli.outputs import note
from core.settings import Settings

if TYPE_CHECKING:
    from core.imaging.library import FrameLibrary
    from core.observatory import Observatory

_REACH = np.timedelta64(120, "s")
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Camera:
    """What the verbs draw.

    Attributes
    ----------
    array, site
        Of the camera.
    frames : FrameSource
        Its frames, with the skymap that was asked for.
    observatory : Observatory or None
        The archive they come from; None for files.
    """

    array: ImagerArray
    site: Site
    frames: LooseFiles | ArchiveFrames
    observatory: Observatory | None

    @property
    def source_id(self) -> int:
        """Identifier of the data source."""
        return self.site.identifier

    @property
    def name(self) -> str:
        """Name for files, such as ``themis_asi_gill``."""
        return f"{self.array.key}_{self.site.code}"


class ArchiveFrames:
    """The frames of an archive with a skymap of the user's choice.

    Parameters
    ----------
    library : FrameLibrary
    array, site
        Of the source.
    skymap : Skymap, optional
        Used instead of the archive's.
    model : bool
        Use a model of the lens.
    """

    provenance: str = ""

    def __init__(
        self, library: FrameLibrary, array: ImagerArray, site: Site, skymap: Skymap | None,
        model: bool,
    ) -> None:  # fmt: skip
        self._library, self._array, self._site = library, array, site
        self._skymap, self._model = skymap, model

    def version(self, source_id: int) -> str:
        """Return that of the library."""
        return self._library.version(source_id)

    def times(self, source_id: int, start: np.datetime64, end: np.datetime64) -> Times:
        """Return the middles of exposures with start <= time < end."""
        return self._library.times(source_id, start, end)

    def frames(self, source_id: int, times: Times) -> Frames:
        """Return the frames of exactly these times."""
        return self._library.frames(source_id, times)

    def skymap(self, source_id: int, time: np.datetime64, *, accept: bool = False) -> SkymapUse:
        """Return the chosen skymap if it belongs to the frames, else the archive's."""
        if self._skymap is None and not self._model:
            return self._library.skymap(source_id, time, accept=accept)
        frame = self._library.frame_at(source_id, time)
        array, code = self._array.key, self._site.code
        skymap = self._skymap or model_of(array, code, frame["images"].shape[1:3])
        camera = str(frame.attrs.get("camera", ""))
        return check(skymap, code, camera, time, array=array, accept=accept)


@contextmanager
def open_camera(args: argparse.Namespace, settings: Settings) -> Iterator[Camera]:
    """Open what SOURCE names; the archive is closed afterwards.

    Raises
    ------
    NotFound
        No such source.
    BadInput
        The word names nothing.
    FileRefused, ArchiveError
        The file or the archive cannot be read.
    """
    skymap = _given_skymap(args, settings)
    path = Path(args.source)
    if path.exists() or path.suffix in (".gz", ".pgm", ".cdf", ".h5", ".png"):
        files = LooseFiles(path, settings.max_frame_file_bytes, skymap)
        array = array_for(str(files.attributes["array"]))
        _note_passed_over(files.passed_over)
        yield Camera(array, files.site, files, None)
        return
    array, site = find_imager(args.source)
    from core.observatory import Observatory  # takes a second, and files do not need it

    with Observatory(settings) as observatory:
        frames = ArchiveFrames(observatory.frames, array, site, skymap, args.model_skymap)
        yield Camera(array, site, frames, observatory)


def find_imager(word: str) -> tuple[ImagerArray, Site]:
    """Return the imager that an identifier or a name means.

    Parameters
    ----------
    word : str
        ``46``, or array and site with a slash: key, program or label of the array in either case,
        code or platform of the site.

    Raises
    ------
    NotFound
        No imager has the identifier; no such array, no such site in it.
    BadInput
        The word is neither.
    """
    if word.isdecimal():
        return _by_identifier(int(word))
    head, slash, tail = word.partition("/")
    if not slash or not tail:
        raise BadInput(
            f"{word!r} is no source.",
            hint="Give an identifier (46), an array and a site (themis-asi/gill), or a file.",
            field="source", value=word,
        )  # fmt: skip
    found = [
        a for a in arrays() if _plain(head) in {_plain(n) for n in (a.key, a.program, a.label)}
    ]
    if not found:
        known = ", ".join(array.key.replace("_", "-") for array in arrays())
        raise NotFound(
            f"No imager array {head!r}.", hint=f"Known: {known}.", kind="array", key=head
        )
    for array in found:
        for site in array.sites.values():
            if _plain(tail) in (site.code, _plain(site.platform)):
                return array, site
    known = ", ".join(code for array in found for code in array.sites)
    raise NotFound(
        f"{found[0].name} has no site {tail!r}.", hint=f"Known: {known}.", kind="site", key=tail
    )


def frame_near(camera: Camera, time: np.datetime64 | None) -> np.datetime64:
    """Return the time of the frame nearest to a time, at most one cadence away.

    Parameters
    ----------
    camera : Camera
    time : datetime64 or None
        None is the first frame of a file.

    Raises
    ------
    BadInput
        No time for an archive.
    NotFound
        No frame is that near; says which is the nearest within two minutes.
    """
    if time is None:
        if isinstance(camera.frames, LooseFiles):
            first: np.datetime64 = camera.frames.every_time[0]
            return first
        raise BadInput("Say of which time.", hint="Write UTC as 2014-03-10T06:00:00.", field="time")
    near = camera.frames.times(camera.source_id, time - _REACH, time + _REACH)
    if not len(near):
        raise NotFound(
            f"{camera.array.display_name(camera.site)} has no frame within two minutes of {time}.",
            hint=_held(camera), kind="frame", key=str(time),
        )  # fmt: skip
    nearest: np.datetime64 = near[np.abs(near - time).argmin()]
    if abs(nearest - time) / np.timedelta64(1, "s") > camera.array.cadence_s:
        raise NotFound(
            f"There is no frame within {camera.array.cadence_s:g} s of {time}.",
            hint=f"The nearest is of {nearest}.", kind="frame", key=str(time),
        )  # fmt: skip
    return nearest


def frames_between(camera: Camera, start: np.datetime64 | None, end: np.datetime64 | None) -> Times:
    """Return the times of frames with start <= time < end; all of a file where they are None.

    Raises
    ------
    BadInput
        The end is not after the start; an archive without both.
    NotFound
        There are none.
    """
    if start is None or end is None:
        if isinstance(camera.frames, LooseFiles):
            return camera.frames.every_time
        raise BadInput("Say from when to when.", hint="Write START END.", field="start")
    if end <= start:
        raise BadInput(f"END {end} is not after START {start}.", field="end", value=str(end))
    times = camera.frames.times(camera.source_id, start, end)
    if not len(times):
        raise NotFound(
            f"{camera.array.display_name(camera.site)} has no frames from {start} to {end}.",
            hint=_held(camera), kind="frame", key=str(start),
        )  # fmt: skip
    return times


def _held(camera: Camera) -> str:
    if isinstance(camera.frames, LooseFiles):
        times = camera.frames.every_time
        return f"The files hold {times[0]} to {times[-1]}."
    return "Frames are there in minutes that have a record; the Keogramist shows them."


def _note_passed_over(names: list[str]) -> None:
    if names:
        few = ", ".join(names[:_NAMED]) + (" and others" if len(names) > _NAMED else "")
        what = "file of the folder is" if len(names) == 1 else "files of the folder are"
        note(f"{len(names)} {what} no image {'file' if len(names) == 1 else 'files'}: {few}")


def _given_skymap(args: argparse.Namespace, settings: Settings) -> Skymap | None:
    if args.skymap is None:
        return None
    from core.imaging.skymap_sav import read_skymap  # brings scipy

    return read_skymap(args.skymap, settings.max_skymap_file_bytes)


def _by_identifier(identifier: int) -> tuple[ImagerArray, Site]:
    for array in arrays():
        for site in array.sites.values():
            if site.identifier == identifier:
                return array, site
    raise NotFound(
        f"No imager has the identifier {identifier}.",
        hint="`themis-asi/gill` names one by array and site.", kind="source", key=identifier,
    )  # fmt: skip


def _plain(text: str) -> str:
    return text.lower().replace("_", "-").replace(" ", "-")
