"""The observatory as one object: what pages, API and worker are given."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from core.archive import Archive
from core.imaging.file_frames import FileFrames
from core.imaging.keogram_library import KeogramLibrary
from core.imaging.library import FrameLibrary
from core.imaging.render_cache import RenderCache
from core.imaging.skymap_store import SkymapStore
from core.imaging.store import KeogramStore
from core.movies import MovieService
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
        self.skymaps = SkymapStore(self.archive)
        store = KeogramStore(self.archive)
        sky = BuiltSky(self.archive, _imagers, store.days)
        self.frames = FrameLibrary([FileFrames(self.archive, self.skymaps), sky])
        self.keograms = KeogramLibrary(
            store,
            sky,
            self.frames,
            RenderCache(
                Path(self.archive.images_path) / "rendered", settings.max_render_cache_bytes
            ),
            settings.max_slice_frames,
        )
        self.search = SearchService(self.archive)
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


def _imagers(seed: int) -> SimulatedImagers:
    # Star lists and ephemerides take a while to import, and a server starts without them.
    from core.simulation.cameras import SimulatedImagers

    return SimulatedImagers(seed)
