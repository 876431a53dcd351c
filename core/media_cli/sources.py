"""From the word SOURCE to frames: an imager of the archive, a provider's file or a folder."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.imaging.frames import Frames, Times
from core.imaging.site_model import site_model
from core.imaging.skymap import Skymap
from core.imaging.skymap_check import SkymapUse, check
from core.instruments.array import ImagerArray, Site
from core.instruments.registry import array_for
from core.media_cli.loose_files import LooseFiles
from core.media_cli.names import find_imager
from core.media_cli.outputs import note
from core.settings import Settings

if TYPE_CHECKING:
    from core.imaging.library import FrameLibrary
    from core.observatory import Observatory

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
        camera = str(frame.attrs.get("camera", ""))
        skymap = self._skymap or site_model(array, code, camera)
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
    if _is_there(path) or path.suffix in (".gz", ".pgm", ".cdf", ".h5", ".png"):
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


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a word that can be no name: too long, or with a zero in it
        return False


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
