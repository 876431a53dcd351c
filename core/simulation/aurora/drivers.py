"""What drives the aurora at a time: activity, the place of the oval, and what is under way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.geo.magnetic import mlt_h
from core.simulation.activity import smooth_kp
from core.simulation.aurora.events import Event, resonances, steve, torches
from core.simulation.oval import oval_terms
from core.simulation.seeds import FloatArray
from core.simulation.substorms import (
    Substorm,
    days_near,
    oval_shift_deg,
    substorms_near,
)

TimeArray = NDArray[np.datetime64]

_BEFORE_S, _AHEAD_S = 270 * 60, 100 * 60
_BEFORE, _AHEAD = np.timedelta64(_BEFORE_S, "s"), np.timedelta64(_AHEAD_S, "s")
_DAY, _NOW = np.timedelta64(1, "D"), np.timedelta64(0, "s")
_SERIES = ("seconds", "zero_h", "kp", "shift", "low", "low_swing", "high", "high_swing")


@dataclass(frozen=True, slots=True)
class Drivers:
    """Drivers at times; arrays of shape (T,).

    The oval's edges lie at `low` + `low_swing` * c and `high` + `high_swing` * c degrees, with c
    the cosine of local time from 23.5 hours; `seconds` are since 1970, with fractions; `shift`
    is `oval_shift_deg`. Substorms and events are those that may matter at one of the times.
    """

    seconds: FloatArray
    zero_h: FloatArray
    kp: FloatArray
    shift: FloatArray
    low: FloatArray
    low_swing: FloatArray
    high: FloatArray
    high_swing: FloatArray
    substorms: tuple[Substorm, ...]
    steve: tuple[Event, ...]
    torches: tuple[Event, ...]
    resonances: tuple[Event, ...]

    def part(self, rows: slice) -> Drivers:
        """Return the drivers of some of the times."""
        series = {name: getattr(self, name)[rows] for name in _SERIES}
        first, last = series["seconds"].min(), series["seconds"].max()
        near = tuple(
            substorm
            for substorm in self.substorms
            if first - _BEFORE_S <= substorm.onset_s <= last + _AHEAD_S
        )
        return replace(self, substorms=near, **series)


def drivers_at(times: TimeArray, seed: int) -> Drivers:
    """Return the drivers at times in any order, each known without the others."""
    return _drivers_at(times.astype("datetime64[us]").tobytes(), seed)


@lru_cache(maxsize=8)
def _drivers_at(times: bytes, seed: int) -> Drivers:
    """Return the drivers; kept, because bands and cameras ask for the same times in turn."""
    moments = np.frombuffer(times, dtype="datetime64[us]")
    days = days_near(moments, _DAY, _NOW)
    activity = smooth_kp(moments, seed=seed)
    shift = oval_shift_deg(moments, seed=seed)
    low, low_swing, high, high_swing = oval_terms(activity)
    return Drivers(
        seconds=moments.astype(np.int64) / 1e6,
        zero_h=mlt_h(0.0, moments),
        kp=activity,
        shift=shift,
        low=low + 0.5 * shift,
        low_swing=low_swing + 0.5 * shift,
        high=high,
        high_swing=high_swing,
        substorms=tuple(substorms_near(moments, _BEFORE, _AHEAD, seed=seed)),
        steve=tuple(event for day in days for event in steve(day, seed)),
        torches=tuple(event for day in days for event in torches(day, seed)),
        resonances=tuple(event for day in days for event in resonances(day, seed)),
    )
