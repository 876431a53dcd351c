"""The observatory as one object: what pages, API and worker are given."""

from __future__ import annotations

import contextlib
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from core.archive import Archive
from core.imaging.keogram_library import KeogramLibrary
from core.imaging.library import FrameLibrary
from core.imaging.render_cache import RenderCache
from core.imaging.store import KeogramStore
from core.search.service import SearchService
from core.settings import Settings
from core.simulation.built_sky import BuiltSky

if TYPE_CHECKING:
    from core.simulation.cameras import SimulatedImagers


class Observatory:
    """An open archive with the services over it.

    Parameters
    ----------
    settings : Settings
        Where the archive is, and the limits.

    Attributes
    ----------
    frames : FrameLibrary
        Observed frames, and simulated ones where there are none.
    keograms : KeogramLibrary
        Stored keograms, and simulated ones where there are none.
    skymaps : SkymapStore
        Skymaps of observed frames.
    search : SearchService
        Searches for conjunctions and records.
    movies : MovieService
        Movies of frames and maps.

    Raises
    ------
    core.errors.ArchiveError
        When there is no archive at `settings.archive`, or one of another format version.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.archive = Archive.open(settings)
        sky = BuiltSky(self.archive, _imagers)
        sources = []
        with contextlib.suppress(ImportError):
            from core.imaging.skymap_store import SkymapStore

            self.skymaps = SkymapStore(self.archive)
        with contextlib.suppress(ImportError):
            from core.imaging.file_frames import FileFrames

            sources.append(FileFrames(self.archive))
        self.frames = FrameLibrary([*sources, sky])
        self.keograms = KeogramLibrary(
            KeogramStore(self.archive),
            sky,
            self.frames,
            RenderCache(
                Path(self.archive.images_path) / "rendered", settings.max_render_cache_bytes
            ),
            settings.max_slice_frames,
        )
        self.search = SearchService(self.archive)
        with contextlib.suppress(ImportError):
            from core.movies import MovieService

            self.movies = MovieService(self.archive, self.frames)

    def close(self) -> None:
        """Give back connections and files."""
        self.archive.close()

    def __enter__(self) -> Observatory:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _imagers(seed: int):
    try:
        from core.simulation.cameras import SimulatedImagers

        return SimulatedImagers(seed)
    except ImportError:
        return _Nothing()


class _Nothing:
    model_version = 0

    def times(self, source_id, start, end):
        import numpy as np

        return np.array([], dtype="M8[us]")
