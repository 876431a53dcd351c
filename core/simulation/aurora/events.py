"""What happens beside substorms: STEVE, torches, field line resonances; the event lists' source.

Each event has a place, a start and a duration, and drifts in local time. It is in the sky there
and then, and in the event list of its kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.simulation.activity import smooth_kp
from core.simulation.oval import equatorward_edge_deg
from core.simulation.seeds import SEED, FloatArray, generator
from core.simulation.substorms import Substorm, substorms_of_day

_MINUTE = np.timedelta64(1, "m")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that lasts some minutes and may drift in local time."""

    start: np.datetime64
    duration_min: int
    mlat_deg: float
    mlt_h: float
    drift_h_per_min: float = 0.0


@lru_cache(maxsize=512)
def steve(day: int, seed: int = SEED) -> tuple[Event, ...]:
    """Return the STEVE events that follow from a day's substorms.

    Half an hour to an hour after strong onsets, 2.5 to 4.5 degrees equatorward of the oval,
    before midnight, for 20 to 60 minutes, drifting westward (Gallardo-Lacourt et al. 2018, J.
    Geophys. Res. Space Physics 123, 9893).
    """
    return tuple(
        Event(
            substorm.onset + int(30 + 35 * draw[1]) * _MINUTE,
            int(20 + 40 * draw[2]),
            _edge(substorm, seed) - 2.5 - 2.0 * draw[3],
            20.5 + 2.5 * draw[4],
            -0.008,
        )
        for substorm, draw in _with_draws("steve", day, seed)
        if substorm.strength_nt > 350.0 and draw[0] < 0.4
    )


@lru_cache(maxsize=512)
def torches(day: int, seed: int = SEED) -> tuple[Event, ...]:
    """Return torches: in the recovery, after midnight, drifting eastward at some 0.2 km/s."""
    return tuple(
        Event(
            substorm.onset + int(40 + 50 * draw[1]) * _MINUTE,
            int(15 + 20 * draw[2]),
            _edge(substorm, seed) + 1.0 + 1.5 * draw[3],
            2.0 + 4.0 * draw[4],
            0.015,
        )
        for substorm, draw in _with_draws("torch", day, seed)
        if substorm.strength_nt > 250.0 and draw[0] < 0.4
    )


@lru_cache(maxsize=512)
def resonances(day: int, seed: int = SEED) -> tuple[Event, ...]:
    """Return field line resonances: at most one a day, in the morning, 30 to 90 minutes long."""
    draw = generator("resonance", day, seed=seed).random(5)
    if draw[0] > 0.4:
        return ()
    start = np.datetime64(day, "D").astype("datetime64[us]") + int(1440 * draw[1]) * _MINUTE
    return (Event(start, int(30 + 60 * draw[2]), 66.0 + 4.0 * draw[3], 3.5 + 4.5 * draw[4]),)


def _with_draws(purpose: str, day: int, seed: int) -> list[tuple[Substorm, FloatArray]]:
    substorms = substorms_of_day(day, seed)
    draws = generator(purpose, day, seed=seed).random((len(substorms), 5))
    return list(zip(substorms, draws, strict=True))


def _edge(substorm: Substorm, seed: int) -> float:
    return float(equatorward_edge_deg(substorm.mlt_h, smooth_kp(substorm.onset, seed=seed)))
