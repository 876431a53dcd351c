"""The simulated imagers as far as an archive has them: its days, its simulated sources.

A simulated frame exists where the archive was built: on the UT days of its builds, of sources
that observed data have not taken over. Keograms are rendered a night at a time, from local solar
noon to noon, because that is what is looked at.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from core.errors import AtlasError, NotFound
from core.imaging.frames import Frames, Shot, Times
from core.imaging.keogram_library import Line, Span
from core.imaging.render_cache import RenderCache
from core.imaging.skymap_check import SkymapUse
from core.imaging.wall_nights import name_of, window
from core.instruments.model import DataSource
from core.simulation import marker
from core.simulation.render_pool import RenderPool, WeightsAsked, render_keogram
from core.simulation.tables import PROVENANCE

if TYPE_CHECKING:
    from core.archive import Archive
    from core.simulation.cameras import SimulatedImagers

_KEPT_SPANS = 20_000


class BuiltSky:
    """A `FrameSource` and renderer of keograms of the simulated imagers of an archive.

    Parameters
    ----------
    archive : Archive
        Says which days were built, with which seed, and which sources are simulated.
    imagers : callable
        Makes the simulated imagers from a seed, when they are first needed.
    observed : callable
        Returns the UT days of a source that have an observed keogram: they have no simulated
        frames, even where the files of the observed ones are not known.
    pool : RenderPool
        Renders keograms once it is started; until then they are rendered here.
    """

    provenance = PROVENANCE

    def __init__(
        self,
        archive: Archive,
        imagers: Callable[[int], SimulatedImagers],
        observed: Callable[[int], Collection[date]],
        pool: RenderPool,
    ) -> None:
        self._archive, self._make, self._observed = archive, imagers, observed
        self._pool = pool
        self._made: tuple[int, SimulatedImagers] | None = None
        self._lock = threading.Lock()
        self._known: dict[tuple[Any, ...], bool] = {}

    def version(self, source_id: int) -> str:
        """Return model version, seed and whether the source is simulated."""
        model = self._imagers().model_version
        return f"{model}:{self._build().seed}:{self._source(source_id) is not None}"

    def state(self) -> str:
        """Return model version, seed, days that were built, and what sources are simulated."""
        build, model = self._build(), self._imagers().model_version
        sources = self._archive.catalogue.sources.list()
        ours = sum(source.metadata.get("provenance") == PROVENANCE for source in sources)
        return f"{model}:{build.seed}:{hash(build.days)}:{ours} of {len(sources)}"

    def days(self, source_id: int) -> Times:
        """Return the UT days of builds on which the source may have simulated frames."""
        if self._source(source_id) is None:
            return np.array([], dtype="M8[D]")
        days = np.array(sorted(self._days(source_id)), dtype="M8[D]")
        first, last = self._imagers().life(source_id)
        begun = days[days >= first]
        return begun if last is None else begun[begun <= last]

    def many(self, shots: Sequence[Shot]) -> list[Frames | AtlasError]:
        """Return the one frame of each source and time, or why there is none."""
        found: list[Frames | AtlasError | None] = [None] * len(shots)
        for place, (source_id, time) in enumerate(shots):
            try:
                self._check(source_id, np.array([time]))
            except NotFound as error:
                found[place] = error
        left = [place for place, what in enumerate(found) if what is None]
        rendered = self._pool.frames(self._build().seed, [shots[place] for place in left])
        for place, frames in zip(left, rendered, strict=True):
            found[place] = frames
        return [
            self._imagers().frames(source_id, np.array([time])) if what is None else what
            for (source_id, time), what in zip(shots, found, strict=True)
        ]

    def times(self, source_id: int, start: np.datetime64, end: np.datetime64) -> Times:
        """Return the middles of exposures with start <= time < end on days that were built."""
        if self._source(source_id) is None or end <= start:
            return np.array([], dtype="M8[us]")
        parts = [
            self._imagers().times(source_id, first, last)
            for first, last in self._built(source_id, start, end)
        ]
        return np.concatenate(parts) if parts else np.array([], dtype="M8[us]")

    def frames(self, source_id: int, times: Times) -> Frames:
        """Return the frames of exactly these times; NotFound where there is none."""
        self._check(source_id, times)
        return self._imagers().frames(source_id, times)

    def skymap(self, source_id: int, time: np.datetime64, *, accept: bool = False) -> SkymapUse:
        """Return the skymap of the simulated camera."""
        self._check(source_id, np.array([time]))
        return self._imagers().skymap(source_id, time, accept=accept)

    def spans(self, source_id: int, start: np.datetime64, end: np.datetime64) -> list[Span]:
        """Return the nights, cut to days that were built, that touch a window and are not empty."""
        source = self._source(source_id)
        if source is None or end <= start:
            return []
        first = name_of(source, _moment(start), "night")
        last = name_of(source, _moment(end) - timedelta(microseconds=1), "night")
        found = []
        for step in range((last - first).days + 1):
            edges = window(source, first + timedelta(days=step), "night")
            night = tuple(np.datetime64(edge.replace(tzinfo=None), "us") for edge in edges)
            for a, b in self._built(source_id, night[0], night[1]):
                if b > start and a < end and self._operates(source_id, a, b):
                    found.append((a, b))
        return found

    def keogram(
        self, source_id: int, start: np.datetime64, end: np.datetime64, line: Line
    ) -> xr.Dataset:
        """Return the keogram of a span, one line a minute of operation."""
        found = self._pool.keogram(self._build().seed, source_id, start, end, line)
        if found is not None:
            return found
        return render_keogram(self._imagers(), source_id, start, end, line)

    def start_pool(self) -> None:
        """Start the processes that render, ready for the last day that was built."""
        build = self._build()
        if build.days:
            sources = self._archive.catalogue.sources.list()
            cameras = [source.identifier for source in sources if self.simulates(source)]
            self._pool.start(build.seed, max(build.days).astype("M8[us]"), cameras)

    def simulates(self, source: DataSource) -> bool:
        """Return whether a data source is a simulated imager."""
        return self._source(source.identifier) is not None

    def make_weights(self, asked: Sequence[WeightsAsked], files: RenderCache) -> None:
        """Make weights of simulated cameras side by side where processes are ready; leave others.

        Parameters
        ----------
        asked : sequence of (source, altitude in km, target)
        files : RenderCache
            Where they are left.
        """
        ours = [one for one in asked if self._source(one[0]) is not None]
        if files.max_bytes:
            self._pool.weights(self._build().seed, ours, files.folder, files.max_bytes)

    def prepare_image(self, source_id: int) -> None:
        """Load what the first frame of a simulated camera would wait for."""
        build = self._build()
        self._pool.prepare_image(build.seed, source_id, max(build.days).astype("M8[us]"))

    def _imagers(self) -> SimulatedImagers:
        seed = self._build().seed
        with self._lock:
            if self._made is None or self._made[0] != seed:
                self._made = (seed, self._make(seed))
            return self._made[1]

    def _build(self) -> marker.Build:
        return marker.read_build(self._archive.settings)

    def _source(self, source_id: int) -> DataSource | None:
        """Return the simulated imager of this identifier, None where it is none."""
        try:
            source = self._archive.catalogue.sources.get(source_id)
        except NotFound:
            return None
        simulated = source.metadata.get("provenance") == PROVENANCE
        return source if simulated and source_id in self._imagers().sources else None

    def _days(self, source_id: int) -> Collection[np.datetime64]:
        """Return the UT days on which the source has simulated frames, if any."""
        observed = self._observed(source_id)
        return self._build().days - {np.datetime64(day, "D") for day in observed}

    def _built(self, source_id: int, start: np.datetime64, end: np.datetime64) -> list[Span]:
        """Return the parts of a window that lie on such days, neighbours joined."""
        days = self._days(source_id)
        last = (end - np.timedelta64(1, "us")).astype("M8[D]")
        spans: list[Span] = []
        for day in np.arange(start.astype("M8[D]"), last + 1):
            if day not in days:
                continue
            first = max(start, day.astype("M8[us]"))
            stop = min(end, (day + 1).astype("M8[us]"))
            if spans and spans[-1][1] == first:
                first = spans.pop()[0]
            spans.append((first, stop))
        return spans

    def _operates(self, source_id: int, start: np.datetime64, end: np.datetime64) -> bool:
        key = (self._build().seed, source_id, start, end)
        known = self._known.get(key)
        if known is None:
            known = bool(len(self._imagers().times(source_id, start, end)))
            if len(self._known) >= _KEPT_SPANS:
                self._known.clear()
            self._known[key] = known
        return known

    def _check(self, source_id: int, times: Times) -> None:
        days = self._days(source_id)
        asked = np.unique(np.asarray(times).astype("M8[D]"))
        if self._source(source_id) is None or any(day not in days for day in asked):
            raise NotFound(
                f"There is no simulated frame of source {source_id} at {times[0]}.",
                hint="`python -m core archive --days` builds more days.",
                kind="frame",
                key=source_id,
            )


def _moment(time: np.datetime64) -> datetime:
    moment: datetime = time.astype("M8[us]").item()
    return moment.replace(tzinfo=UTC)
