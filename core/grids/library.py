"""All series of grids as one: those of the archive's store, and those made of frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.errors import NotFound
from core.grids.cameras import Span, nothing_at
from core.grids.combine import Rule
from core.grids.definition import Kind
from core.grids.live import FrameGrids, GridFrame
from core.grids.series import Series

if TYPE_CHECKING:
    from core.grids.store import GridStore

_LONG_AGO, _FAR = np.datetime64("1900-01-01", "us"), np.datetime64("2200-01-01", "us")
_PROBABILITY_COLOURS, _COUNTS_COLOURS = "green", "viridis"
_REACH = np.timedelta64(15, "m")


class GridLibrary:
    """The grids of an archive; safe in threads.

    Parameters
    ----------
    store : GridStore
        Grids that were taken in.
    live : FrameGrids
        Grids of the cameras of arrays.
    """

    def __init__(self, store: GridStore, live: FrameGrids) -> None:
        self.store, self.live = store, live
        self._stored: tuple[str, list[Series]] = ("", [])

    def series(self) -> list[Series]:
        """Return every series that has grids: of arrays first, then stored ones."""
        return [*self.live.series(), *self._of_store()]

    def get(self, key: str) -> Series:
        """Return one series.

        Raises
        ------
        NotFound
            There is none of this key; the hint names those there are.
        """
        known = self.series()
        for series in known:
            if series.key == key:
                return series
        names = ", ".join(series.key for series in known) or "none in this archive"
        raise NotFound(
            f"There is no series of grids {key[:60]!r}.", hint=f"Known: {names}.",
            kind="series", key=key,
        )  # fmt: skip

    def span(self, series: Series) -> Span | None:
        """Return the first and the last time of a series, None where it has none."""
        if series.array is not None:
            return self.live.span(series)
        first, last = self.store.span(series.key)
        return first, last

    def times(
        self, series: Series, start: np.datetime64, end: np.datetime64
    ) -> NDArray[np.datetime64]:
        """Return the times of grids with start <= time < end, datetime64[us], rising.

        Of arrays these are whole minutes; a grid may be asked for at any time between.
        """
        if series.array is not None:
            return self.live.times(series, start, end)
        return self.store.times(series.key, start, end)

    def grid(self, series: Series, time: np.datetime64, rule: Rule = "elevation") -> GridFrame:
        """Return the grid of a time: of an array the frames nearest to it, else the last one valid.

        Raises
        ------
        NotFound
            There is none; the hint names the nearest times that have one.
        BadInput
            An unknown rule.
        """
        moment = time.astype("M8[us]")
        if series.array is not None:
            return self.live.grid(series, moment, rule)
        valid = self._stored_time(series, moment)
        values, attributes = self.store.read(series.key, valid)
        cells = np.flatnonzero(np.isfinite(values))
        return GridFrame(
            series, moment, valid, str(attributes.get("provenance", series.provenance)),
            cells.astype(np.int64), values.ravel()[cells], np.array([], np.int16),
            attributes=dict(attributes),
        )  # fmt: skip

    def version(self, series: Series, time: np.datetime64) -> str:
        """Return a text that changes when the grid of a time could."""
        if series.array is not None:
            return self.live.version()
        return self.store.version(series.key)

    def _stored_time(self, series: Series, moment: np.datetime64) -> np.datetime64:
        reach = max(_REACH, 3 * np.timedelta64(round(series.cadence_s), "s"))
        one = np.timedelta64(1, "us")
        times = self.store.times(series.key, moment - reach, moment + one)
        if not len(times):
            raise nothing_at(series.key, moment, [self.store.nearest(series.key, moment)])
        found: np.datetime64 = times[-1]
        return found

    def _of_store(self) -> list[Series]:
        keys = self.store.series()
        state = "|".join(f"{key}={self.store.version(key)}" for key in keys)
        if self._stored[0] != state:
            self._stored = (state, [self._describe(key) for key in keys])
        return self._stored[1]

    def _describe(self, key: str) -> Series:
        times = self.store.times(key, _LONG_AGO, _FAR)
        attributes = self.store.read(key, times[-1])[1]
        kind: Kind = "probability" if attributes.get("kind") == "probability" else "counts"
        steps = np.diff(times[-1000:]) / np.timedelta64(1, "s")
        default = (0.0, 100.0) if kind == "probability" else (0.0, 255.0)
        return Series(
            key=key,
            title=str(attributes.get("title", key)),
            kind=kind,
            units=str(attributes.get("units", "")),
            limits=_pair(attributes.get("limits"), default),
            cadence_s=float(np.median(steps)) if len(steps) else 300.0,
            alt_km=float(attributes.get("alt_km", 110.0)),
            colour_map=_PROBABILITY_COLOURS if kind == "probability" else _COUNTS_COLOURS,
            provenance=str(attributes.get("provenance", "ingested")),
        )


def _pair(given: Any, default: tuple[float, float]) -> tuple[float, float]:
    try:
        low, high = (float(value) for value in given)
    except (TypeError, ValueError):
        return default
    return (low, high) if low < high else default
