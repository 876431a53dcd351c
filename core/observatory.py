"""The observatory as one object: what pages, API and worker are given."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from core.archive import Archive
from core.grids.library import GridLibrary
from core.grids.live import FrameGrids
from core.grids.store import GridStore
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
from core.simulation.render_ahead import RenderAhead
from core.simulation.render_pool import RenderPool

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
    grids : GridLibrary
        Grids of the whole Earth: those taken in, and those made of frames.
    search : SearchService
        Searches for conjunctions and records.
    movies : MovieService
        Movies of frames and maps.
    render_pool : RenderPool
        Processes that render simulated keograms; `start_rendering` starts them.

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
        self.render_pool = RenderPool(settings.render_processes)
        sky = BuiltSky(self.archive, _imagers, store.days, self.render_pool)
        self.frames = FrameLibrary([FileFrames(self.archive, self.skymaps), sky])
        rendered = RenderCache(
            Path(self.archive.images_path) / "rendered", settings.max_render_cache_bytes
        )
        self.keograms = KeogramLibrary(store, sky, self.frames, rendered, settings.max_slice_frames)
        live = FrameGrids(
            self.archive,
            self.frames,
            rendered,
            settings.max_grid_frame_bytes,
            side_by_side=lambda asked: sky.make_weights(asked, rendered),
        )
        self.grids = GridLibrary(GridStore(self.archive), live)
        self.search = SearchService(self.archive)
        self.movies = MovieService(self.archive, self.frames)
        self._sky = sky
        self._ahead = RenderAhead(self.archive, sky, self.render_pool, rendered)

    def start_rendering(self) -> None:
        """Start the processes that render simulated keograms, if the settings ask for any."""
        if self.settings.render_processes:
            self._sky.start_pool()
            self._ahead.start()

    def close(self) -> None:
        """Give back connections, files and processes."""
        self._ahead.close()
        self.render_pool.close()
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
