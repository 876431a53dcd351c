"""Processes that render simulated keograms and frames side by side.

Rendering is many short NumPy calls. Threads of one process would wait for each other's
interpreter lock most of the time; two processes take half as long as one.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import structlog
import xarray as xr

from core.grids.weights import WeightsKeeper
from core.imaging.frames import Frames, Shot
from core.imaging.render_cache import RenderCache
from core.imaging.targets import Target

if TYPE_CHECKING:
    from core.imaging.keogram_library import Line
    from core.simulation.cameras import SimulatedImagers

log = structlog.get_logger(__name__)

WeightsAsked = tuple[int, float, Target]
"""A camera's source, the altitude of its light in km, and what its images are put on."""


class RenderPool:
    """Processes that render keograms; they end with the process that started them.

    Parameters
    ----------
    processes : int
        How many.
    """

    def __init__(self, processes: int) -> None:
        self._processes = processes
        self._lock = threading.Lock()
        self._workers: list[_Worker] = []

    def start(self, seed: int, time: np.datetime64, sources: Sequence[int]) -> None:
        """Start the processes; each gets ready for its cameras while the caller goes on.

        Parameters
        ----------
        seed : int
            Of the archive.
        time : datetime64
            Of the pictures that will be asked for first.
        sources : sequence of int
            The cameras.
        """
        with self._lock:
            self._workers = [_Worker(seed, time, sources) for _ in range(self._processes)]

    def wait(self, timeout_s: float) -> None:
        """Wait until all processes are ready; TimeoutError after `timeout_s` seconds."""
        for worker in self._workers:
            worker.ready.result(timeout_s)

    def keogram(
        self, seed: int, source_id: int, start: np.datetime64, end: np.datetime64, line: Line
    ) -> xr.Dataset | None:
        """Return a keogram, or None where the processes are not ready or have died."""
        worker = self._chosen(source_id)
        if worker is None:
            return None
        made: xr.Dataset | None = self._result(
            _Job.submit(worker, _keogram, seed, source_id, start, end, line)
        )
        return made

    def frames(self, seed: int, shots: Sequence[Shot]) -> list[Frames | None]:
        """Return one frame of each of many cameras, rendered side by side.

        Parameters
        ----------
        seed : int
            Of the archive.
        shots : sequence of (source, time)
            Exposures that there are.

        Returns
        -------
        list of Frames or None
            None where no process is ready, or the one that rendered it has died.
        """
        jobs: list[_Job | None] = []
        for source_id, time in shots:
            # What it takes to render a whole image is large: one process keeps it.
            worker = self._chosen(source_id, own=True)
            job = None if worker is None else _Job.submit(worker, _frame, seed, source_id, time)
            jobs.append(job)
        return [None if job is None else self._result(job) for job in jobs]

    def weights(self, seed: int, asked: Sequence[WeightsAsked], folder: Path, limit: int) -> None:
        """Make weights of simulated cameras side by side, and leave them in a folder.

        Parameters
        ----------
        seed : int
            Of the archive.
        asked : sequence of (source, altitude in km, target)
            What `core.grids.weights.WeightsKeeper` will be asked for.
        folder : Path
            Of a `RenderCache`, which `limit` bytes bound.
        """
        jobs = []
        for one in asked:
            worker = self._chosen(one[0])
            if worker is not None:
                jobs.append(_Job.submit(worker, _weights, seed, *one, folder, limit))
        for job in jobs:
            self._result(job)

    def prepare_image(self, seed: int, source_id: int, time: np.datetime64) -> None:
        """Load what rendering the first image of a camera would wait for, in its process."""
        worker = self._chosen(source_id, own=True)
        if worker is not None:
            self._result(_Job.submit(worker, _prepare_image, seed, source_id, time))

    @property
    def idle(self) -> bool:
        """Whether all processes are ready and none has anything to do."""
        with self._lock:
            return bool(self._workers) and all(
                worker.ready.done() and not worker.waiting for worker in self._workers
            )

    def close(self) -> None:
        """End the processes."""
        with self._lock:
            workers, self._workers = self._workers, []
        for worker in workers:
            worker.executor.shutdown(cancel_futures=True)

    def _result(self, job: _Job) -> Any:
        """Return what a process made, None where it has died."""
        try:
            return job.future.result()
        except (BrokenProcessPool, CancelledError):
            # Killed from outside, for want of memory perhaps: this process renders alone then.
            log.warning("a process that renders has died")
            with self._lock:
                self._workers = [other for other in self._workers if other is not job.worker]
            return None
        finally:
            with self._lock:
                job.worker.waiting -= 1

    def _chosen(self, source_id: int, *, own: bool = False) -> _Worker | None:
        """Return the process that has least to do, or the camera's `own` however busy it is."""
        with self._lock:
            if not self._workers or not all(worker.ready.done() for worker in self._workers):
                return None
            idle = min(self._workers, key=lambda worker: worker.waiting)
            first = self._workers[source_id % len(self._workers)]
            chosen = idle if not own and first.waiting > idle.waiting else first
            chosen.waiting += 1
            return chosen


class _Worker:
    """One process, and how many jobs wait for it."""

    def __init__(self, seed: int, time: np.datetime64, sources: Sequence[int]) -> None:
        # Spawned, not forked: threads of this process may hold locks of libraries.
        context = multiprocessing.get_context("spawn")
        self.executor = ProcessPoolExecutor(1, context, initializer=_begin)
        self.ready: Future[None] = self.executor.submit(_prepare, seed, time, sources)
        self.waiting = 0


@dataclass(frozen=True, slots=True)
class _Job:
    """What a process was asked for."""

    worker: _Worker
    future: Future[Any]

    @classmethod
    def submit(cls, worker: _Worker, what: Callable[..., Any], *arguments: Any) -> _Job:
        """Ask a process; where it cannot be asked any more, the job has failed."""
        try:
            return cls(worker, worker.executor.submit(what, *arguments))
        except (BrokenProcessPool, RuntimeError) as error:
            failed: Future[Any] = Future()
            failed.set_exception(BrokenProcessPool(str(error)))
            return cls(worker, failed)


def _begin() -> None:
    """Leave Ctrl-C to the parent, and end with it however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, name="end-with-parent", daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


@lru_cache(maxsize=2)
def _imagers(seed: int) -> SimulatedImagers:
    from core.simulation.cameras import SimulatedImagers

    return SimulatedImagers(seed)


def _prepare(seed: int, time: np.datetime64, sources: Sequence[int]) -> None:
    _imagers(seed).prepare(time, sources)


def _keogram(
    seed: int, source_id: int, start: np.datetime64, end: np.datetime64, line: Line
) -> xr.Dataset:
    return render_keogram(_imagers(seed), source_id, start, end, line)


def _frame(seed: int, source_id: int, time: np.datetime64) -> Frames:
    return _imagers(seed).frames(source_id, np.array([time]))


def _prepare_image(seed: int, source_id: int, time: np.datetime64) -> None:
    _imagers(seed).prepare_image(time, source_id)


def _weights(
    seed: int, source_id: int, alt_km: float, target: Target, folder: Path, limit: int
) -> None:
    skymap = _imagers(seed).skymap(source_id, np.datetime64("now")).skymap
    _weights_keeper(folder, limit).get(skymap, alt_km, target)


@lru_cache(maxsize=2)
def _weights_keeper(folder: Path, limit: int) -> WeightsKeeper:
    # What is made goes to the folder; nothing of it is kept in this process.
    return WeightsKeeper(RenderCache(folder, limit, 1), 1)


def render_keogram(
    imagers: SimulatedImagers,
    source_id: int,
    start: np.datetime64,
    end: np.datetime64,
    line: Line,
) -> xr.Dataset:
    """Return the keogram of a slice, in this process."""
    if line == "column":
        return imagers.keogram(source_id, start, end)
    return imagers.meridian_keogram(source_id, start, end)
