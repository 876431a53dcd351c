"""Movies as jobs: asked for by pages and API, made by the worker, kept for some days.

A movie shares the queue, the leases and the result folder of searches: it survives a worker that
is killed, can be cancelled, and appears whole, by rename. It is always made by a worker.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from core.archive import Archive
from core.archive.values import as_whole
from core.errors import (
    Conflict,
    LimitExceeded,
    MovieCancelled,
    NotFound,
    SearchCancelled,
    SearchFailed,
)
from core.imaging.drawing import Look, Scale, What, draw_frames
from core.imaging.fisheye import VIEWS, View
from core.imaging.frame_media import imager_array, need_skymap
from core.imaging.frame_query import ALTITUDES_KM, DEFAULT_ELEVATION_DEG, ELEVATIONS_DEG
from core.imaging.frames import Times
from core.imaging.library import FrameLibrary
from core.imaging.movie import write_movie
from core.imaging.query_fields import STYLE_FIELDS, Fields, bad
from core.search.jobs.execution import (
    Executor,
    Finished,
    cancelled_text,
    delete_result,
)
from core.search.jobs.files import result_path
from core.search.jobs.monitor import Monitor
from core.search.jobs.queue import Claim, Job, JobStore
from core.settings import Settings

KIND = "movie"
ENDING = "mp4"
RATES = (0.5, 60.0)
STEPS_S = (0.1, 86_400.0)
DEFAULT_STEP_S, DEFAULT_RATE, DEFAULT_SIZE = 60.0, 15.0, 512
SMALLEST_SIZE = 64
_SMALLEST_RADIUS_KM = 10.0
_KEPT = 1000
_LONGEST = np.timedelta64(2, "D")
_FIELDS = (
    "source", "start", "end", "step_s", "fps", "what", "size", "view", "scale", "radius_km",
    "alt_km", "min_elevation_deg", "marks", "accept_skymap", *STYLE_FIELDS,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MovieQuery:
    """Which frames a movie shows and how.

    `step_s` is the time between two frames: of each step the first frame is shown. `fps` are
    pictures a second of the movie.
    """

    source: int
    start: np.datetime64
    end: np.datetime64
    step_s: float
    fps: float
    look: Look
    accept_skymap: bool

    @classmethod
    def from_dict(cls, asked: Mapping[str, Any], settings: Settings) -> MovieQuery:
        """Return the query that a JSON object makes.

        Parameters
        ----------
        asked : mapping
            source, start, end (ISO times, UTC), step_s (60), fps (15), what (frames, map), size
            (512), view (sky, map), scale (percentile, fixed), radius_km, alt_km,
            min_elevation_deg, marks (true), accept_skymap; and vmin, vmax, percentile, cmap, log,
            gamma, at the top or in an object `style`.
        settings : Settings
            Holds the limits.

        Raises
        ------
        BadInput
            Something that does not exist or cannot be read.
        LimitExceeded
            A size or a window above its limit.
        """
        fields = Fields(_flat(asked), _FIELDS)
        source = fields.text("source")
        if not (source.isascii() and source.isdigit() and len(source) < 10):
            raise bad("source", source, "Name the data source by its identifier.")
        start, end = fields.moment("start"), fields.moment("end")
        if not start < end <= start + _LONGEST:
            raise bad("end", fields.text("end"), "It lies at most two days after start.")
        return cls(
            source=int(source),
            start=start,
            end=end,
            step_s=fields.number_within("step_s", DEFAULT_STEP_S, *STEPS_S),
            fps=fields.number_within("fps", DEFAULT_RATE, *RATES),
            look=_look(fields, settings),
            accept_skymap=fields.flag("accept_skymap"),
        )

    def times(self, frames: FrameLibrary) -> Times:
        """Return the times of the frames that it shows: the first of each step."""
        every = frames.times(self.source, self.start, self.end)
        step_us = max(1, round(self.step_s * 1e6))
        number = (every - self.start).astype("m8[us]").astype("int64") // step_us
        return np.asarray(every[np.unique(number, return_index=True)[1]])


class MovieService:
    """Takes movies, tells how they are, and gives out their files.

    Parameters
    ----------
    archive : Archive
        Its catalogue holds the queue, its `results_path` the files.
    frames : FrameLibrary
        Says which frames there are.
    """

    def __init__(self, archive: Archive, frames: FrameLibrary) -> None:
        self.archive, self.frames = archive, frames
        self.settings = archive.settings
        self.jobs = JobStore(archive.catalogue.engine)
        self._provenance: dict[str, str] = {}

    def submit(
        self, asked: Mapping[str, Any], *, client: str = "", owner: str | None = None
    ) -> str:
        """Queue a movie and return its identifier.

        Raises
        ------
        BadInput
            The query is not valid.
        LimitExceeded
            The movie has too many frames, or too many movies are waiting.
        NotFound
            There is no such source, or there are no frames of it.
        SkymapRefused
            A map is asked for and no skymap belongs to the frames.
        """
        query = MovieQuery.from_dict(asked, self.settings)
        imager_array(self.archive.catalogue.sources.get(query.source))
        times = query.times(self.frames)
        _check_times(query, times, self.settings.max_movie_frames)
        if query.look.what == "map":
            need_skymap(self.frames, query.source, times[0], accept=query.accept_skymap)
        self._check_queue()
        chosen = str(uuid.uuid4())
        self.jobs.add(chosen, KIND, _flat(asked), client=client, owner=owner)
        self.jobs.log(chosen, ("info", f"A movie of {len(times)} frames waits for a worker."))
        return chosen

    def status(self, movie_id: str) -> dict[str, Any]:
        """Return how a movie is.

        Returns
        -------
        dict
            id, state (queued, running, done, failed, cancelled), progress (0 to 1), message (the
            last line of its log), frames (made so far), bytes, available (whether there is a
            file), error.
        """
        job = self._job(movie_id)
        lines = self.jobs.logs(movie_id)
        done = job.state == "done"
        return {
            "id": movie_id,
            "state": job.state,
            "progress": 1.0 if done else round(job.progress, 4),
            "message": lines[-1][2] if lines else "",
            "frames": job.result_count or 0,
            "bytes": job.file_size if done else None,
            "available": done and job.result_deleted is None,
            "error": job.error_message,
            "provenance": self.provenance(movie_id),
            "query": job.query,
        }

    def file(self, movie_id: str) -> Path:
        """Return the file of a movie.

        Raises
        ------
        NotFound
            There is no such movie, or its file was deleted.
        Conflict
            It is not made yet.
        SearchFailed, SearchCancelled
            It ended without a file.
        """
        job = self._job(movie_id)
        if not job.finished:
            raise Conflict(f"The movie {movie_id} is still {job.state}.", request_id=movie_id)
        if job.state != "done":
            kind = SearchCancelled if job.state == "cancelled" else SearchFailed
            raise kind(job.error_message or cancelled_text(KIND), request_id=movie_id)
        path = result_path(self.archive, movie_id, job.attempts, ENDING)
        if job.result_deleted is not None or not path.exists():
            raise NotFound(
                f"The movie {movie_id} was deleted.",
                hint="Ask for it again.",
                kind="movie",
                key=movie_id,
            )
        return path

    def provenance(self, movie_id: str) -> str:
        """Return "simulated" or "ingested": what the frames of a movie are."""
        if movie_id not in self._provenance:
            query = MovieQuery.from_dict(self._job(movie_id).query, self.settings)
            times = query.times(self.frames)
            kind = self.frames.provenance_of(query.source, times[0]) if len(times) else ""
            self._provenance[movie_id] = kind
            while len(self._provenance) > _KEPT:
                del self._provenance[next(iter(self._provenance))]
            return kind
        return self._provenance[movie_id]

    def cancel(self, movie_id: str) -> None:
        """Cancel a movie that is not made yet; delete the file of one that is."""
        job = self._job(movie_id)
        if job.finished:
            delete_result(self.archive, self.jobs, movie_id)
        else:
            self.jobs.cancel(movie_id, ("error", cancelled_text(KIND)))

    def _job(self, movie_id: str) -> Job:
        try:
            job = self.jobs.get(movie_id)
        except NotFound:
            job = None
        if job is None or job.kind != KIND:
            raise NotFound(f"There is no movie {movie_id}.", kind="movie", key=movie_id)
        return job

    def _check_queue(self) -> None:
        waiting, allowed = self.jobs.queued([KIND]), self.settings.max_queued_movies
        if waiting >= allowed:
            raise LimitExceeded(
                f"{waiting} movies are waiting already.",
                hint="Try again when some of them are done.",
                limit="queued movies",
                asked=waiting + 1,
                allowed=allowed,
            )


def movie_executor(frames: FrameLibrary) -> Executor:
    """Return what runs the jobs of kind `KIND`, with frames from a library."""

    def run(archive: Archive, store: JobStore, claim: Claim, monitor: Monitor) -> Finished:
        query = MovieQuery.from_dict(claim.query, archive.settings)
        times = query.times(frames)
        _check_times(query, times, archive.settings.max_movie_frames)
        store.log(claim.request_id, ("info", f"Drawing {len(times)} frames."))
        path = result_path(archive, claim.request_id, claim.attempt, ENDING)
        count = _make(path, frames, query, times, monitor)
        return Finished(path, count, path.stat().st_size, f"A movie of {count} frames was made")

    return run


def _make(
    path: Path, frames: FrameLibrary, query: MovieQuery, times: Times, monitor: Monitor
) -> int:
    def check() -> None:
        if monitor.cancelled():
            raise SearchCancelled(cancelled_text(KIND))

    drawing, pages = draw_frames(
        frames,
        query.source,
        times,
        query.look,
        accept=query.accept_skymap,
        without_skymap=query.look.what == "frames",
        check=check,
    )

    def progress(made: int, total: int) -> None:
        monitor.progress(made / max(1, total), made)

    try:
        return write_movie(
            path,
            pages,
            query.fps,
            total=len(times),
            progress=progress,
            cancelled=monitor.cancelled,
            metadata=_tags(drawing.facts(times[0])),
        )
    except MovieCancelled as error:
        raise SearchCancelled(cancelled_text(KIND)) from error


def _tags(facts: Mapping[str, str]) -> dict[str, str]:
    """Return the facts as the few tags that an MP4 keeps."""
    lines = "\n".join(f"{name}: {value}" for name, value in facts.items())
    return {"title": facts.get("Title", ""), "comment": lines}


def _look(fields: Fields, settings: Settings) -> Look:
    size = fields.size("size", DEFAULT_SIZE, settings.max_movie_size, "max_movie_size")
    if size < SMALLEST_SIZE:
        raise bad("size", str(size), f"A movie is at least {SMALLEST_SIZE} pixels wide.")
    widest = settings.max_map_radius_km
    alt_km = fields.number_within("alt_km", 0.0, *ALTITUDES_KM) or None
    radius_km = fields.number_within("radius_km", 0.0, _SMALLEST_RADIUS_KM, widest) or None
    return Look(
        what=cast("What", fields.choice("what", ("frames", "map"), "frames")),
        style=fields.style(),
        scale=cast("Scale", fields.choice("scale", ("percentile", "fixed"), "percentile")),
        size=size,
        view=cast("View", fields.choice("view", VIEWS, "sky")),
        alt_km=alt_km,
        radius_km=radius_km,
        min_elevation_deg=fields.number_within(
            "min_elevation_deg", DEFAULT_ELEVATION_DEG, *ELEVATIONS_DEG
        ),
        lines=fields.flag("marks") if fields.text("marks") else True,
    )


def _flat(asked: Mapping[str, Any]) -> dict[str, str]:
    """Return a JSON object as texts, with the fields of its `style` at the top."""
    flat: dict[str, str] = {}
    style = asked.get("style") or {}
    if not isinstance(style, Mapping):
        raise bad("style", str(style), "It is an object.")
    for name, value in [*((n, v) for n, v in asked.items() if n != "style"), *style.items()]:
        if isinstance(value, list | tuple):
            flat[str(name)] = ",".join(str(item) for item in value)
        elif value is not None:
            whole = as_whole(value)
            flat[str(name)] = str(value if whole is None else whole)
    return flat


def _check_times(query: MovieQuery, times: Times, allowed: int) -> None:
    if not len(times):
        raise NotFound(
            f"There are no frames of source {query.source} from {query.start} to {query.end}.",
            hint="Frames are there in the minutes that have a record.",
            kind="frame",
            key=query.source,
        )
    if len(times) > allowed:
        raise LimitExceeded(
            f"The movie would have {len(times)} frames.",
            hint="Ask for a longer step or a shorter window.",
            limit="max_movie_frames",
            asked=len(times),
            allowed=allowed,
        )
