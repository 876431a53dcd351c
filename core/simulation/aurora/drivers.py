"""What drives the aurora at a time: activity, the place of the oval, and substorms under way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.geo.magnetic import mlt_h
from core.simulation.activity import smooth_kp
from core.simulation.oval import oval_terms
from core.simulation.seeds import FloatArray
from core.simulation.substorms import Substorm, oval_shift_deg, substorms_between

TimeArray = NDArray[np.datetime64]

_BEFORE = np.timedelta64(270, "m")
_AHEAD = np.timedelta64(100, "m")


@dataclass(frozen=True, slots=True)
class Drivers:
    """Drivers at times; arrays of shape (T,).

    The oval's edges lie at `low` + `low_swing` * c and `high` + `high_swing` * c degrees, with c
    the cosine of local time from 23.5 hours; `seconds` are since 1970, with fractions.
    """

    seconds: FloatArray
    zero_h: FloatArray
    kp: FloatArray
    low: FloatArray
    low_swing: FloatArray
    high: FloatArray
    high_swing: FloatArray
    substorms: tuple[Substorm, ...]

    def part(self, rows: slice) -> Drivers:
        """Return the drivers of some of the times."""
        arrays = (self.seconds, self.zero_h, self.kp)
        edges = (self.low, self.low_swing, self.high, self.high_swing)
        return Drivers(*(values[rows] for values in (*arrays, *edges)), self.substorms)


def drivers_at(times: TimeArray, seed: int) -> Drivers:
    """Return the drivers at times in any order, each known without the others."""
    moments = times.astype("datetime64[us]")
    activity = smooth_kp(moments, seed=seed)
    near = substorms_between(moments.min() - _BEFORE, moments.max() + _AHEAD, seed=seed)
    shift = oval_shift_deg(moments, seed=seed)
    low, low_swing, high, high_swing = oval_terms(activity)
    return Drivers(
        seconds=moments.astype(np.int64) / 1e6,
        zero_h=mlt_h(0.0, moments),
        kp=activity,
        low=low + 0.5 * shift,
        low_swing=low_swing + 0.5 * shift,
        high=high,
        high_swing=high_swing,
        substorms=tuple(near),
    )
