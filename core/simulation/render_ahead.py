"""What rendering will want soon, loaded while the processes that render have nothing to do."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

import structlog

from core.errors import AtlasError
from core.imaging.targets import OVATION_GRID
from core.instruments.registry import array_of_source

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.archive import Archive
    from core.imaging.render_cache import RenderCache
    from core.simulation.built_sky import BuiltSky
    from core.simulation.render_pool import RenderPool

log = structlog.get_logger(__name__)

FIRST_SHOWN = "themis_asi"
_LOOK_S = 0.25


class RenderAhead:
    """A thread that gets simulated cameras ready for grids, one by one, in idle moments.

    Of the array that is shown first: a process needs a quarter of a second before the first image
    of a camera, and half a second, once in an archive's life, for its weights on the grid. Who
    asks for a keogram meanwhile waits for one such step at the most.

    Parameters
    ----------
    archive : Archive
    sky : BuiltSky
    pool : RenderPool
    files : RenderCache
        Where weights are left.
    """

    def __init__(
        self, archive: Archive, sky: BuiltSky, pool: RenderPool, files: RenderCache
    ) -> None:
        self._archive, self._sky, self._pool, self._files = archive, sky, pool, files
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, beside whatever else the program does."""
        self._thread = threading.Thread(target=self._run, name="render-ahead", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End after the step that is being done."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join(10.0)

    def _run(self) -> None:
        try:
            for step in self._steps():
                if not self._wait_for_quiet():
                    return
                step()
        except (AtlasError, OSError) as error:
            # Whoever asks for a picture waits a little longer then, and is told what is wrong.
            log.warning("cameras are not got ready", error=str(error))

    def _steps(self) -> Iterator[Callable[[], None]]:
        for source in self._archive.catalogue.sources.list():
            array = array_of_source(source)
            if array is None or array.key != FIRST_SHOWN or not self._sky.simulates(source):
                continue
            camera, alt_km = source.identifier, array.emission_alt_km
            yield partial(self._sky.prepare_image, camera)
            yield partial(self._sky.make_weights, [(camera, alt_km, OVATION_GRID)], self._files)

    def _wait_for_quiet(self) -> bool:
        """Wait until nobody is waiting for anything; False when all is to end."""
        while not self._ended.wait(_LOOK_S):
            if self._pool.idle:
                return True
        return False
