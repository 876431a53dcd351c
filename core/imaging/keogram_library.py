"""All keograms of an archive: stored ones first, rendered ones for the other days it has.

A keogram is asked for by window and slice. The centre column of observed frames is stored when
they are ingested. Simulated keograms are rendered when they are asked for, a night at a time, and
kept (`core.imaging.render_cache`). The slice along the magnetic meridian is made from frames, and
kept as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Literal, Protocol, get_args

import numpy as np
import xarray as xr

from core.errors import BadInput, Conflict, LimitExceeded, NotFound
from core.imaging.frames import Times
from core.imaging.keogram import minute_keogram
from core.imaging.library import FrameLibrary
from core.imaging.render_cache import RenderCache
from core.imaging.skymap import Skymap
from core.imaging.store import KeogramStore
from core.instruments.registry import array_for

Line = Literal["column", "meridian"]
LINES: tuple[Line, ...] = get_args(Line)
Span = tuple[np.datetime64, np.datetime64]

# Raised whenever the same frames would give another slice, so that what is kept lets go.
_MAKER = 2
_DAY = np.timedelta64(1, "D")
_BLOCK = 128


class KeogramRenderer(Protocol):
    """What renders simulated keograms."""

    def version(self, source_id: int) -> str:
        """Return a text that changes when what is rendered could have changed."""
        ...

    def spans(self, source_id: int, start: np.datetime64, end: np.datetime64) -> Sequence[Span]:
        """Return the pieces that touch a window and have something to render, in order."""
        ...

    def keogram(
        self, source_id: int, start: np.datetime64, end: np.datetime64, line: Line
    ) -> xr.Dataset:
        """Return the keogram of a piece, one line a minute of operation."""
        ...


@dataclass(frozen=True, slots=True)
class _Part:
    """Consecutive UT days of a window that come from one place."""

    stored: bool
    start: np.datetime64
    end: np.datetime64
    spans: Sequence[Span] = ()
    """What has to be rendered, where nothing is stored."""


@dataclass(frozen=True, slots=True)
class KeogramPlan:
    """Where the keogram of a window comes from; nothing of it is read or rendered yet."""

    source_id: int
    start: np.datetime64
    end: np.datetime64
    parts: Sequence[_Part]

    @property
    def provenance(self) -> str:
        """Ingested, simulated or mixed; empty where there is no keogram."""
        kinds = {part.stored for part in self.parts}
        if len(kinds) > 1:
            return "mixed"
        return {True: "ingested", False: "simulated"}[kinds.pop()] if kinds else ""

    def check(self) -> None:
        """Raise NotFound where there is no keogram of any part of the window."""
        if not self.parts:
            raise NotFound(
                f"There is no keogram of source {self.source_id} from {self.start} to {self.end}.",
                hint="Keograms are made by `python -m core ingest asi FILES`, simulated ones for "
                "the days that the archive was built for.",
                kind="keogram",
                key=self.source_id,
            )


class KeogramLibrary:
    """The keograms of an archive.

    Parameters
    ----------
    store : KeogramStore
        Keograms of observed frames.
    rendered : KeogramRenderer
        Keograms of simulated frames.
    frames : FrameLibrary
        Where slices other than the centre column are made from.
    cache : RenderCache
        Keeps what was made.
    max_frames : int
        Most observed frames that one slice is made from in one go.
    """

    def __init__(
        self,
        store: KeogramStore,
        rendered: KeogramRenderer,
        frames: FrameLibrary,
        cache: RenderCache,
        max_frames: int,
    ) -> None:
        self.store = store
        self._rendered, self._frames, self._cache = rendered, frames, cache
        self._max_frames = max_frames

    def load(
        self,
        source_id: int,
        start: np.datetime64,
        end: np.datetime64,
        *,
        minutes: bool = False,
        line: Line = "column",
        accept: bool = False,
    ) -> xr.Dataset:
        """Return the keogram of a window.

        Parameters
        ----------
        source_id : int
            Identifier of the data source.
        start, end : datetime64
            UTC; frames measured at start <= time < end are returned.
        minutes : bool
            Minute means instead of the native cadence. A window that is partly observed and
            partly simulated is given in minutes in any case.
        line : {"column", "meridian"}
            Centre column of the images, or the magnetic meridian through the site.
        accept : bool
            Use a skymap of another time or camera for the meridian.

        Returns
        -------
        xarray.Dataset
            As `core.imaging.keogram.keogram`; the attribute `provenance` says ingested, simulated
            or mixed.

        Raises
        ------
        NotFound
            There is no keogram of any part of the window.
        Conflict
            Days differ in their number of pixels.
        core.errors.SkymapRefused
            The meridian needs a skymap, and the one there is does not belong to the frames.
        LimitExceeded
            The meridian would have to be made from too many observed frames.
        """
        plan = self.plan(source_id, start, end)
        return self.load_planned(plan, minutes=minutes, line=line, accept=accept)

    def load_planned(
        self,
        plan: KeogramPlan,
        *,
        minutes: bool = False,
        line: Line = "column",
        accept: bool = False,
    ) -> xr.Dataset:
        """Return the keogram of a plan, as `load` does."""
        _check_line(line)
        plan.check()
        mixed = plan.provenance == "mixed"
        parts = [
            self._part(plan.source_id, part, minutes or mixed, line, accept) for part in plan.parts
        ]
        filled = [part for part in parts if part.sizes["time"]]
        if not filled:
            raise NotFound(
                f"There is no keogram of source {plan.source_id} from {plan.start} to {plan.end}: "
                "no image was taken then.",
                hint="The Keogramist shows the nights and their hours.",
                kind="keogram",
                key=plan.source_id,
            )
        return _joined(filled).assign_attrs(provenance=plan.provenance)

    def version(self, plan: KeogramPlan, line: Line = "column", *, accept: bool = False) -> str:
        """Return a text that changes whenever `load_planned` of the same could change.

        No two sources, windows or slices share one. Nothing is read or rendered for it.

        Raises
        ------
        NotFound
            There is no keogram of any part of the window.
        core.errors.SkymapRefused
            As `load`.
        """
        _check_line(line)
        plan.check()
        source_id = plan.source_id
        # Two cameras may share window and model: the source is part of what is named.
        texts = [f"{_MAKER}:{source_id}:{line}"]
        for part in plan.parts:
            if part.stored:
                texts.append(self.store.version(source_id, part.start, part.end))
                if line != "column":
                    times = self._observed_times(source_id, part.start, part.end)
                    use = self._frames.skymap(source_id, times[0], accept=accept)
                    texts += [self._frames.version(source_id), use.skymap.key]
            else:
                texts.append(f"{self._rendered.version(source_id)}:{part.start}/{part.end}")
        return "|".join(texts)

    def provenance(self, source_id: int, start: np.datetime64, end: np.datetime64) -> str:
        """Return ingested, simulated or mixed; empty where there is no keogram."""
        return self.plan(source_id, start, end).provenance

    def has(self, source_id: int, day: date) -> bool:
        """Return whether there is a keogram of a UT day, stored or to be rendered."""
        first = np.datetime64(day, "us")
        return bool(self.plan(source_id, first, first + _DAY).parts)

    def plan(self, source_id: int, start: np.datetime64, end: np.datetime64) -> KeogramPlan:
        """Return where the keogram of a window would come from: no parts where there is none."""
        start, end = start.astype("M8[us]"), end.astype("M8[us]")
        if end <= start:
            return KeogramPlan(source_id, start, end, ())
        stored = {np.datetime64(day, "D") for day in self.store.days(source_id)}
        last = (end - np.timedelta64(1, "us")).astype("M8[D]")
        parts = []
        for kind, group in groupby(np.arange(start.astype("M8[D]"), last + 1), stored.__contains__):
            days = list(group)
            first, stop = days[0].astype("M8[us]"), (days[-1] + 1).astype("M8[us]")
            a, b = max(start, first), min(end, stop)
            spans = () if kind else self._rendered.spans(source_id, a, b)
            if kind or spans:
                parts.append(_Part(kind, a, b, spans))
        return KeogramPlan(source_id, start, end, parts)

    def _part(
        self, source_id: int, part: _Part, minutes: bool, line: Line, accept: bool
    ) -> xr.Dataset:
        if not part.stored:
            return self._simulated(source_id, part, line)
        if line == "column":
            return self.store.load(source_id, part.start, part.end, minutes=minutes)
        native = self._observed_meridian(source_id, part.start, part.end, accept)
        return minute_keogram(native) if minutes else native

    def _simulated(self, source_id: int, part: _Part, line: Line) -> xr.Dataset:
        version = self._rendered.version(source_id)
        whole = _joined(
            [
                self._cache.get(
                    f"simulated|{_MAKER}|{version}|{source_id}|{line}|{first}|{last}",
                    lambda first=first, last=last: self._rendered.keogram(  # type: ignore[misc]
                        source_id, first, last, line
                    ),
                )
                for first, last in part.spans
            ]
        )
        return _within(whole, part.start, part.end)

    def _observed_times(self, source_id: int, start: np.datetime64, end: np.datetime64) -> Times:
        times = self._frames.times(source_id, start, end)
        if not len(times):
            raise NotFound(
                f"There are no frames of source {source_id} from {start} to {end}.",
                hint="The centre column is kept in the archive; other slices are made from frames.",
                kind="frames",
                key=source_id,
            )
        if len(times) > self._max_frames:
            raise LimitExceeded(
                f"A slice of {len(times)} frames would have to be made.",
                hint="Ask for a shorter window, or for the centre column, which is stored.",
                limit="max_slice_frames",
                asked=len(times),
                allowed=self._max_frames,
            )
        return times

    def _observed_meridian(
        self, source_id: int, start: np.datetime64, end: np.datetime64, accept: bool
    ) -> xr.Dataset:
        times = self._observed_times(source_id, start, end)
        use = self._frames.skymap(source_id, times[0], accept=accept)
        version = self._frames.version(source_id)
        key = f"observed|{_MAKER}|{version}|{use.skymap.key}|{source_id}|{start}|{end}"
        return self._cache.get(key, lambda: self._slice(source_id, times, use.skymap))

    def _slice(self, source_id: int, times: Times, skymap: Skymap) -> xr.Dataset:
        # Projections need SciPy, which takes a while to import.
        from core.imaging.keogram_paths import meridian_keogram

        alt_km = array_for(skymap.array).emission_alt_km
        blocks = [times[k : k + _BLOCK] for k in range(0, len(times), _BLOCK)]
        return _joined(
            [
                meridian_keogram(
                    self._frames.frames(source_id, block), skymap, alt_km, time=times[0]
                )
                for block in blocks
            ]
        )


def _check_line(line: str) -> None:
    if line not in LINES:
        raise BadInput(
            f"There is no slice {line!r}.",
            hint=f"Choose one of {', '.join(LINES)}.",
            field="slice",
            value=line,
        )


def _joined(parts: Sequence[xr.Dataset]) -> xr.Dataset:
    if len(parts) == 1:
        return parts[0]
    if len({part["counts"].shape[1:] for part in parts}) > 1:
        raise Conflict(
            "The keograms of the window differ in their pixels.",
            hint="Ask for one day at a time.",
        )
    # What only simulated keograms say of their pixels is not said of a mixed window.
    common = set.intersection(*({str(name) for name in part.coords} for part in parts))
    bare = [part.drop_vars([n for n in part.coords if str(n) not in common]) for part in parts]
    return xr.concat(
        bare, "time", combine_attrs="override", data_vars="minimal", coords="minimal",
        compat="override", join="override",
    )  # fmt: skip


def _within(dataset: xr.Dataset, start: np.datetime64, end: np.datetime64) -> xr.Dataset:
    edges = np.array([start, end], "M8[us]")
    first, last = np.searchsorted(dataset["time"].values.astype("M8[us]"), edges)
    if first == 0 and last == dataset.sizes["time"]:
        return dataset
    return dataset.isel(time=slice(int(first), int(last)))
